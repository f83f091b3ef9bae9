// Owns reading foreign JSON with the line of every object in it, for messages; JSON.parse tells no places. Bounded in depth and
// number of values. Knows no format. See topo-import.ts for the folder. Start at readJson.

import { formatCount, InputError } from '../errors.ts'
import type { JsonValue } from '../topo/topology.ts'

export type JsonObject = { readonly [name: string]: JsonValue }

/** Every known source has fewer than 20 levels. */
const MOST_DEPTH = 100
/** 20,000 interfaces of NetBox have 800,000. */
const MOST_VALUES = 3_000_000

/** Of names that are twice in one object, those that are remembered. */
const MOST_TWICE = 1000

/** A name that an object has already: what it named before is lost, as with JSON.parse. */
export interface NameTwice {
  readonly name: string
  /** Of the later one. */
  readonly line: number
}

/** A JSON text that was read. */
export class JsonText {
  readonly what: string
  readonly value: JsonValue
  readonly twice: readonly NameTwice[]
  readonly #lines: ReadonlyMap<JsonValue, number>

  constructor(what: string, value: JsonValue, lines: ReadonlyMap<JsonValue, number>, twice: readonly NameTwice[] = []) {
    this.what = what
    this.value = value
    this.twice = twice
    this.#lines = lines
  }

  /** Line on which an object of this text begins, from 1. */
  lineOf(value: JsonValue): number | undefined {
    return this.#lines.get(value)
  }
}

/**
 * JSON (RFC 8259) from text; a byte order mark is passed over. The same values as JSON.parse.
 * @param what for messages: the file's name
 * @param lines false: no line is remembered, for answers of live sources, which nobody can open
 * @throws InputError `FILE:LINE: ...` where it is no JSON, too deep or too large; a web page is called one
 */
export function readJson(text: string, what: string, lines = true): JsonText {
  refuseWebPage(text, what)
  return new Reader(text, what, lines).read()
}

/**
 * A server whose login page was saved, or that answers with it, gives HTML.
 * @throws InputError with the page's title
 */
export function refuseWebPage(text: string, what: string): void {
  const begin = text.slice(0, 4096)
  if (!/^\ufeff?\s*<(?:!doctype\s+html|html|head|body)\b/i.test(begin)) return
  const title = /<title[^>]*>([^<]{1,60})/i.exec(begin)?.[1]?.replace(/\s+/g, ' ').trim()
  const called = title === undefined || title === '' ? '' : ` with the title ${JSON.stringify(title)}`
  throw new InputError(`${what} is a web page (HTML)${called}, and holds no cabling.`, [
    'It may be a page to log in: check the address, and that the request carries a token that is still good.',
  ])
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An array's elements that are objects; nothing for anything else. */
export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((one: JsonValue): one is JsonObject => isObject(one)) : []
}

/** The first of the members that is text or a number, as text without blanks around; undefined for empty text. */
export function textOf(object: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return undefined
}

/** The member if it is an object. */
export function objectOf(object: JsonObject, ...names: readonly string[]): JsonObject | undefined {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    if (isObject(value)) return value
  }
  return undefined
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wordPattern = /[A-Za-z_]\w{0,15}/y

class Reader {
  readonly #text: string
  readonly #what: string
  readonly #lines: Map<JsonValue, number> | undefined
  #at = 0
  #line = 1
  #values = 0
  readonly #twice: NameTwice[] = []

  constructor(text: string, what: string, lines: boolean) {
    this.#text = text
    this.#what = what
    this.#lines = lines ? new Map() : undefined
    if (text.startsWith('\ufeff')) this.#at = 1
  }

  read(): JsonText {
    this.#blanks()
    if (this.#at === this.#text.length) throw new InputError(`${this.#what} is empty, needed JSON.`)
    const value = this.#value(0)
    this.#blanks()
    if (this.#at < this.#text.length) this.#fail('the end, since the value is complete')
    return new JsonText(this.#what, value, this.#lines ?? new Map(), this.#twice)
  }

  #blanks(): void {
    const text = this.#text
    for (; ; this.#at++) {
      const c = text.charCodeAt(this.#at)
      if (c === NEWLINE) this.#line++
      else if (c !== 0x20 && c !== 0x09 && c !== 0x0d) return
    }
  }

  #value(depth: number): JsonValue {
    if (++this.#values > MOST_VALUES) {
      throw new InputError(
        `${this.#place()}: there are more than ${formatCount(MOST_VALUES)} values, which no fabric has.`,
        ['Import it in parts: several files are merged.'],
      )
    }
    const c = this.#text[this.#at]
    if (c === '"') return this.#string()
    if (c === '{') return this.#object(this.#container(depth))
    if (c === '[') return this.#array(this.#container(depth))
    numberPattern.lastIndex = this.#at
    const number = numberPattern.exec(this.#text)
    if (number !== null) {
      this.#at += number[0].length
      return Number(number[0])
    }
    wordPattern.lastIndex = this.#at
    const word = wordPattern.exec(this.#text)?.[0]
    if (word === 'null' || word === 'true' || word === 'false') {
      this.#at += word.length
      return word === 'null' ? null : word === 'true'
    }
    this.#fail('a value')
  }

  #container(depth: number): number {
    if (depth === MOST_DEPTH) {
      throw new InputError(`${this.#place()}: it is nested more than ${MOST_DEPTH} levels deep, which no topology is.`)
    }
    this.#at++
    return depth + 1
  }

  #object(depth: number): JsonValue {
    const line = this.#line
    const object: { [name: string]: JsonValue } = {}
    this.#lines?.set(object, line)
    this.#blanks()
    if (this.#take('}')) return object
    do {
      this.#blanks()
      if (this.#text.charCodeAt(this.#at) !== QUOTE) this.#fail('a name in quotes')
      const name = this.#string()
      if (Object.hasOwn(object, name) && this.#twice.length < MOST_TWICE) this.#twice.push({ name, line: this.#line })
      this.#blanks()
      if (!this.#take(':')) this.#fail('":"')
      this.#blanks()
      const value = this.#value(depth)
      // An assignment would set the prototype.
      if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true })
      else object[name] = value
      this.#blanks()
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail('"," or "}"')
    return object
  }

  #array(depth: number): JsonValue {
    const array: JsonValue[] = []
    this.#blanks()
    if (this.#take(']')) return array
    do {
      this.#blanks()
      array.push(this.#value(depth))
      this.#blanks()
    } while (this.#take(','))
    if (!this.#take(']')) this.#fail('"," or "]"')
    return array
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    let escaped = false
    let at = start + 1
    for (; ; at++) {
      const c = text.charCodeAt(at)
      if (c === QUOTE) break
      if (c === BACKSLASH) {
        escaped = true
        at++
      } else if (!(c >= 0x20)) {
        this.#at = at
        this.#fail('the end of the text that begins before it (")')
      }
    }
    this.#at = at + 1
    if (!escaped) return text.slice(start + 1, at)
    try {
      return JSON.parse(text.slice(start, at + 1)) as string
    } catch {
      this.#at = start
      this.#fail('text with JSON escapes (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)')
    }
  }

  #place(): string {
    return `${this.#what}:${this.#line}`
  }

  #fail(needed: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20).split('\n')[0] ?? ''
    const found =
      this.#at >= this.#text.length
        ? 'the file ends'
        : rest === ''
          ? 'found the line’s end'
          : `found ${JSON.stringify(rest)}`
    throw new InputError(`${this.#place()}: ${found}, needed ${needed}. It is no JSON.`)
  }
}
