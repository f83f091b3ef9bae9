// Owns the grammar of keys: text → tree, names looked up, numbers and choices checked. Emits nothing. Start at
// KeyParser.keys; filter-parser.ts has the grammar of filters.

import { type Found, findAttribute } from '../attributes/find.ts'
import { attributesByName } from '../attributes/table.ts'
import { InputError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'
import { functionsByName } from './functions/table.ts'
import { Reader } from './reader.ts'
import type { KeyFunction, Node, Parameter } from './syntax.ts'
import { usage } from './usage.ts'

/** Brackets in brackets; nobody writes more by hand. */
export const MOST_DEPTH = 50

/** Recursive descent over one text, one method a rule. */
export class KeyParser extends Reader {
  /** What ends an argument, besides a colon. Brackets are counted apart. */
  protected readonly ends: string = ','
  /** Statistics may stand before a key. */
  protected readonly isOfValues: boolean = false
  #square = 0
  /** Where the innermost bracket that is open stands. */
  #opened = 0
  #inQuotes = false

  /** Items with commas between them; `item` parses one at its first character. An empty text has none. */
  list<T>(item: () => T): T[] {
    this.space()
    if (this.ended()) return []
    const items: T[] = []
    for (;;) {
      this.space()
      if (this.ended() || this.here() === ',')
        this.fail('something is missing here: there is a comma too many.', this.at, 1)
      items.push(item())
      this.space()
      if (this.ended()) return items
      if (this.here() !== ',') this.fail(this.#strayAfterKey())
      this.at++
    }
  }

  keys(): Node[] {
    return this.list(() => this.key())
  }

  /** One key: an attribute, a function, either in quotes or square brackets. */
  key(): Node {
    this.space()
    const open = this.here()
    if (open === '[') return this.#bracket()
    if (open !== "'") return this.#expression()
    const from = this.at++
    this.#inQuotes = true
    const node = this.#expression()
    this.space()
    if (this.here() !== "'") {
      if (this.ended()) this.fail('a quote that was opened is not closed.', from, 1)
      this.fail('needed the quote that ends this.', this.at, 1)
    }
    this.#inQuotes = false
    this.at++
    return node
  }

  #bracket(): Node {
    const outer = this.#opened
    const from = this.at++
    this.#opened = from
    if (++this.#square > MOST_DEPTH) this.fail(`more than ${MOST_DEPTH} brackets in each other.`, from, 1)
    this.space()
    if (this.here() === ']') this.fail('these brackets are empty.', from, 2)
    const node = this.here() === '[' ? this.#bracket() : this.#expression()
    this.space()
    if (this.here() !== ']') {
      if (this.ended()) this.fail('a bracket that was opened is not closed.', from, 1)
      this.fail('needed : or the ] of the bracket that is open.', this.at, 1)
    }
    this.at++
    this.#square--
    this.#opened = outer
    this.space()
    return node
  }

  /** `attribute` or `function:argument:...`. */
  #expression(): Node {
    this.space()
    const from = this.at
    const name = this.#name()
    const declared = functionsByName.get(name)
    if (this.here() === ':') {
      if (declared !== undefined) return this.#call(declared, from)
      this.fail(this.#noFunction(name), from, name.length)
    }
    if (name === '') this.fail(this.#noName(), from, 1)
    if (declared !== undefined && !attributesByName.has(name)) {
      this.fail(`${name} is a function: ${usage(declared)}, such as ${declared.example}.`, from, name.length)
    }
    return { kind: 'attribute', found: this.#attribute(name, from), at: from, length: name.length }
  }

  #name(): string {
    const pattern = /[\w.$-]*/y
    pattern.lastIndex = this.at
    const name = pattern.exec(this.text)![0]
    this.at += name.length
    return name
  }

  #noName(): string {
    if (this.here() === '"') return "quotes are single here: 'text'."
    if (this.here() === "'") return 'text in quotes is no attribute.'
    if (this.here() === '(') return 'functions take colons and square brackets, such as or:ipsource:ip6source.'
    return 'an attribute or a function is missing here.'
  }

  #noFunction(name: string): string {
    if (name === '') return 'a function has its name before the colon, such as or:ipsource:ip6source.'
    if (/^(?:avg|min|max|count|rate)$/.test(name)) {
      return this.isOfValues
        ? `${name}: stands before the whole value, once.`
        : `${name}: is for values (--value), not for keys and filters.`
    }
    if (attributesByName.has(name)) {
      return `${name} is an attribute, so nothing follows it with a colon; functions come first: mask:ipsource:24.`
    }
    const meant = didYouMean(name, functionsByName.keys())
    return `"${name}" is no function.${meant === undefined ? this.#statistics() : ` ${meant}`}`
  }

  #statistics(): string {
    return this.isOfValues ? ' Before a value may stand rate:, avg:, min:, max: or count:.' : ''
  }

  #attribute(name: string, at: number): Found {
    try {
      return findAttribute(name)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      // What no attribute is was an argument of the function outside, had the bracket been closed before it.
      if (this.#square > 0 && !this.text.includes(']', at)) {
        this.fail(`"${name}" is no attribute, and this bracket is not closed.`, this.#opened, 1)
      }
      return this.fail(error.message + (error.message.endsWith('?') ? '' : this.#statistics()), at, name.length)
    }
  }

  #call(declared: KeyFunction, from: number): Node {
    const { parameters } = declared
    const args: Node[] = []
    while (this.here() === ':') {
      this.at++
      const parameter = parameters[args.length] ?? parameters.at(-1)!
      if (args.length >= parameters.length && parameter.repeated !== true) {
        const many = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`
        this.fail(`${declared.name} takes at most ${many}: ${usage(declared)}.`, this.at, this.#argumentLength())
      }
      args.push(this.#argument(parameter, declared))
    }
    const missing = parameters[args.length]
    if (missing !== undefined && missing.optional !== true) {
      this.fail(`${declared.name} needs ${missing.name}: ${usage(declared)}, such as ${declared.example}.`, this.at, 1)
    }
    return { kind: 'call', function: declared, args, at: from, length: this.at - from }
  }

  #argument(parameter: Parameter, of: KeyFunction): Node {
    const spaces = this.at
    this.space()
    const from = this.at
    const takesNode = parameter.kind === 'expression' || parameter.kind === 'any'
    if (this.here() === "'") {
      const text = this.quoted(false)
      this.space()
      this.#mustEnd()
      return this.#constant(parameter, of, { kind: 'text', text, quoted: true, at: from, length: this.at - from })
    }
    if (this.here() === '[' && takesNode) {
      const node = this.#bracket()
      this.#mustEnd()
      return node
    }
    if (parameter.kind === 'expression') return this.#plainArgument(of, from)
    this.at = spaces
    const text = this.raw(this.#stops(), '[')
    const place = { at: from, length: Math.max(1, this.trimmedLength(from)) }
    if (parameter.kind === 'any' && attributeNamed(text)) {
      return { kind: 'attribute', found: this.#attribute(text, from), ...place }
    }
    return this.#constant(parameter, of, { kind: 'text', text, quoted: false, ...place })
  }

  /** An attribute as argument; a function here lacks its brackets. */
  #plainArgument(of: KeyFunction, from: number): Node {
    const name = this.#name()
    if (name === '') {
      if (!this.ended() && !':],'.includes(this.here())) this.fail(this.#noName(), from, 1)
      this.fail(`${of.name} needs an attribute here: ${usage(of)}.`, from, 1)
    }
    const declared = functionsByName.get(name)
    if (declared !== undefined && !attributesByName.has(name)) {
      this.fail(`a function in a function stands in square brackets: [${usage(declared)}].`, from, name.length)
    }
    this.space()
    this.#mustEnd()
    return { kind: 'attribute', found: this.#attribute(name, from), at: from, length: name.length }
  }

  /** Checks a constant against what the parameter permits. */
  #constant(parameter: Parameter, of: KeyFunction, node: Extract<Node, { kind: 'text' }>): Node {
    const { text } = node
    const fail = (message: string) => this.fail(message, node.at, node.length)
    switch (parameter.kind) {
      case 'number':
        if (!/^\d{1,16}$/.test(text) || Number(text) < parameter.from || Number(text) > parameter.to) {
          fail(`${of.name} needs a number from ${parameter.from} to ${parameter.to} as ${parameter.name}.`)
        }
        break
      case 'choice':
        if (!parameter.choices.includes(text)) {
          const meant = didYouMean(text, parameter.choices)
          fail(`${parameter.name} is one of ${parameter.choices.join(', ')}.${meant === undefined ? '' : ` ${meant}`}`)
        }
        break
      case 'text':
        if (text === '' && parameter.empty !== true) fail(`${of.name} needs ${parameter.name} here: ${usage(of)}.`)
        break
    }
    return node
  }

  /** What ends an argument here. In square brackets only they do; round ones never stand inside a key. */
  #stops(): string {
    return `:]${this.#square > 0 ? '' : this.ends}${this.#inQuotes ? "'" : ''}`
  }

  #mustEnd(): void {
    if (!this.ended() && !this.#stops().includes(this.here())) {
      const or = this.#square > 0 ? 'the ] of the bracket that is open' : 'the end of the function'
      this.fail(`needed a colon before the next argument, or ${or}.`, this.at, 1)
    }
  }

  #argumentLength(): number {
    return Math.max(1, /^[^:,\]=!~&|]*/.exec(this.text.slice(this.at))![0].trimEnd().length)
  }

  #strayAfterKey(): string {
    const found = this.here()
    if (found === ']') return 'this bracket was not opened.'
    if ('=!~&|'.includes(found)) return 'a condition belongs into --filter; keys have commas between them.'
    return 'needed a comma before the next key.'
  }
}

function attributeNamed(text: string): boolean {
  if (!/^[a-z][\w.]*$/.test(text)) return false
  try {
    findAttribute(text)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
