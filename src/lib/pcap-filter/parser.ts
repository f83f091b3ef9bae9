// Owns the grammar of conditions: chains, parentheses, qualifiers and what stands behind them. Start at parseFilter.

import { ArithmeticParser } from './arithmetic-parser.ts'
import { FilterText, type Place, span } from './problem.ts'
import type {
  Arithmetic,
  Comparison,
  Direction,
  Expression,
  Id,
  Link,
  Protocol,
  Qualifiers,
  Type,
  Word,
} from './syntax.ts'
import { readWlan, readWlanDirection } from './wlan-parser.ts'
import { directions, foreignWords, protocols, types, words } from './words.ts'

/** A condition, and the qualifiers that an id behind it takes over: `port 80 or 443`. */
interface Parsed {
  readonly of: Expression
  readonly qualifiers: Qualifiers | undefined
}

/** What a parenthesis may hold, or a term may turn out to be. */
type Term = Parsed | { readonly number: Arithmetic }

const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>='])

const PRIMITIVE = 'a primitive such as host 10.0.0.1, port 53, tcp or ip[8] > 64'

/**
 * Parses a filter.
 * @returns undefined for an empty one, which takes every packet
 * @throws InputError at the place that is wrong
 */
export function parseFilter(text: string): Expression | undefined {
  return new Parser(new FilterText(text)).parse()
}

class Parser extends ArithmeticParser {
  parse(): Expression | undefined {
    if (this.token.kind === 'end') return undefined
    const { of } = this.#chain(undefined)
    this.#stray()
    return of
  }

  /** A token that nothing takes: what is usually meant by it. */
  #stray(): void {
    if (this.token.kind === 'end') return
    if (this.is(')')) this.fail(this.token, "this ')' closes nothing.")
    this.unexpected("'and', 'or' or the end", ['Primitives are joined with and or or: tcp and port 443.'])
  }

  #chain(before: Qualifiers | undefined): Parsed {
    return this.#boolean(this.#chainOrNumber(before))
  }

  /** Conditions with `and` and `or` between them, or a number within parentheses. */
  #chainOrNumber(before: Qualifiers | undefined): Term {
    const term = this.#term(before)
    if ('number' in term) return term
    let { of: first, qualifiers } = term
    const rest: Link[] = []
    while (this.is('and') || this.is('or')) {
      const operator = this.next().text === 'and' ? 'and' : 'or'
      const right = this.#isId() ? this.#id(qualifiers) : this.#boolean(this.#term(qualifiers))
      rest.push({ operator, of: right.of })
      qualifiers = right.qualifiers
    }
    if (rest.length > 0) first = { kind: 'chain', first, rest, ...span(first, rest.at(-1)!.of) }
    return { of: first, qualifiers }
  }

  #boolean(term: Term): Parsed {
    if (!('number' in term)) return term
    const { number } = term
    if (number.kind === 'constant') {
      this.fail(number, 'a number alone is no condition.', ['Say what it is the number of: port 53, proto 89, vlan 7.'])
    }
    this.unexpected("a comparison: '=', '!=', '<', '<=', '>' or '>='")
  }

  /** One condition, or a number that no comparison follows. */
  #term(before: Qualifiers | undefined): Term {
    const from = this.token
    let negations = 0
    while (this.take('not')) negations++
    const term = this.#plain(before)
    if (negations === 0) return term
    const { of, qualifiers } = this.#boolean(term)
    return { of: this.#negated(of, from, negations), qualifiers }
  }

  #negated(of: Expression, from: Place, negations: number): Expression {
    return negations % 2 === 0 ? of : { kind: 'not', of, ...span(from, of) }
  }

  #plain(before: Qualifiers | undefined): Term {
    const open = this.token
    this.startComparison()
    if (open.text === '(' && open.kind === 'sign') {
      this.next()
      const inner = this.nested(() => this.#chainOrNumber(before))
      this.close(')', open)
      if ('number' in inner) return this.#comparison(this.moreArithmetic(inner.number))
      return { of: inner.of, qualifiers: before }
    }
    if (this.startsArithmetic()) return this.#comparison(this.arithmetic())
    return this.#primitive()
  }

  /** A number, or a condition if a comparison follows. */
  #comparison(left: Arithmetic): Term {
    const sign = this.token
    if (sign.kind !== 'sign' || !comparisons.has(sign.text)) return { number: left }
    this.next()
    const right = this.arithmetic()
    const operator = sign.text as Comparison
    return { of: { kind: 'comparison', operator, left, right, ...span(left, right) }, qualifiers: undefined }
  }

  #primitive(): Parsed {
    const from = this.token
    if (from.kind !== 'keyword') this.#noPrimitive()
    const word = from.text
    const protocol = Object.hasOwn(protocols, word) ? protocols[word]! : undefined
    if (protocol !== undefined) this.next()
    const head = this.#qualifiers(protocol)
    if (head !== undefined) return this.#id(head)
    const done = (of: Expression): Parsed => ({ of, qualifiers: undefined })
    const { text } = this.token
    if (this.is('broadcast') || this.is('multicast')) {
      const to = this.next().text === 'broadcast' ? 'broadcast' : 'multicast'
      return done({ kind: 'cast', to, protocol, ...span(from, this.last) })
    }
    if (['type', 'subtype', 'direction', 'dir'].some((x) => this.is(x))) {
      return done({ ...this.#wlan(), ...span(from, this.last) })
    }
    if (protocol !== undefined) return done({ kind: 'protocol', protocol, ...span(from, this.last) })
    this.next()
    if (Object.hasOwn(words, text)) return done(this.#word(text as Word))
    if (text === 'byte') return done(this.#byte(from))
    if (text === 'llc') return done(this.#llc(from))
    if (Object.hasOwn(foreignWords, text)) {
      const next = [`If it is meant as a name, write a backslash before it: \\${text}.`]
      this.fail(from, `'${text}' is only for links of ${foreignWords[text]}, which are not read here.`, next)
    }
    this.fail(from, `'${text}' does not fit here; needed: ${PRIMITIVE}.`)
  }

  #noPrimitive(): never {
    const { token } = this
    if (token.kind === 'ipv4' || token.kind === 'ipv6') {
      this.fail(token, 'an address needs a word that says what of it.', [
        `Write host ${token.text}, src ${token.text} or net ${token.text}.`,
      ])
    }
    if (token.kind === 'ether') {
      this.fail(token, 'a MAC address needs a word that says what of it.', [`Write ether host ${token.text}.`])
    }
    this.unexpected(PRIMITIVE)
  }

  /** Direction and type, in this order, at least one of them. */
  #qualifiers(protocol: Protocol | undefined): Qualifiers | undefined {
    const direction = this.#direction()
    const type =
      this.token.kind === 'keyword' && Object.hasOwn(types, this.token.text) ? types[this.token.text]! : undefined
    if (type === undefined && direction === undefined) return undefined
    if (type !== undefined) {
      if (direction !== undefined && (type === 'proto' || type === 'protochain' || type === 'gateway')) {
        this.fail(this.token, `'${type}' has no direction.`)
      }
      this.next()
    }
    return { protocol, direction, type }
  }

  #direction(): Direction | undefined {
    const { token } = this
    if (token.kind !== 'keyword' || !Object.hasOwn(directions, token.text)) return undefined
    this.next()
    const direction: Direction = directions[token.text]!
    const other = direction === 'src' ? 'dst' : 'src'
    if ((direction !== 'src' && direction !== 'dst') || !(this.is('and') || this.is('or'))) return direction
    const operator = this.next().text
    if (!this.take(other)) this.unexpected(`'${other}'`)
    return operator === 'and' ? 'both' : 'either'
  }

  /** Whether what comes is an id alone, which takes over the qualifiers before it. */
  #isId(): boolean {
    let ahead = 0
    let open = 0
    for (; this.is('(', ahead) || this.is('not', ahead); ahead++) open = this.is('(', ahead) ? open + 1 : 0
    switch (this.peek(ahead).kind) {
      case 'name':
      case 'ipv4':
      case 'ipv6':
      case 'ether':
      case 'arcnet':
        return true
      case 'number': {
        ahead++
        for (; open > 0 && this.is(')', ahead); ahead++) open--
        return !this.isOperator(ahead) && !comparisons.has(this.peek(ahead).text)
      }
      default:
        return false
    }
  }

  #id(qualifiers: Qualifiers | undefined): Parsed {
    const from = this.token
    let negations = 0
    while (this.take('not')) negations++
    const open = this.token
    let of: Expression
    if (this.take('(')) {
      of = this.nested(() => this.#ids(qualifiers))
      this.close(')', open)
    } else {
      of = { kind: 'id', id: this.#plainId(qualifiers), qualifiers, ...span(open, this.last) }
    }
    return { of: this.#negated(of, from, negations), qualifiers }
  }

  #ids(qualifiers: Qualifiers | undefined): Expression {
    const first = this.#id(qualifiers).of
    const rest: Link[] = []
    while (this.is('and') || this.is('or')) {
      const operator = this.next().text === 'and' ? 'and' : 'or'
      rest.push({ operator, of: this.#id(qualifiers).of })
    }
    return rest.length === 0 ? first : { kind: 'chain', first, rest, ...span(first, rest.at(-1)!.of) }
  }

  #plainId(qualifiers: Qualifiers | undefined): Id {
    const { token } = this
    switch (token.kind) {
      case 'number':
        this.next()
        return { kind: 'number', value: token.value }
      case 'name':
      case 'ether':
      case 'arcnet':
        this.next()
        return { kind: token.kind, text: token.text }
      case 'ipv4':
      case 'ipv6': {
        this.next()
        const { text } = token
        if (this.take('/')) {
          const bits = this.number('the length of the prefix, as in 10.0.0.0/8')
          return { kind: token.kind === 'ipv4' ? 'prefix4' : 'prefix6', text, bits }
        }
        if (token.kind === 'ipv6' || !this.take('mask')) return { kind: token.kind, text }
        if (this.token.kind !== 'ipv4') this.unexpected('a mask, as in net 10.0.0.0 mask 255.0.0.0')
        return { kind: 'masked', text, mask: this.next().text }
      }
      default:
        return this.#noId(qualifiers)
    }
  }

  #noId(qualifiers: Qualifiers | undefined): never {
    const { token } = this
    const what = idNeeded(qualifiers?.type)
    if (token.kind === 'keyword') {
      this.unexpected(what, [`'${token.text}' is a word of the language; as a name it is written \\${token.text}.`])
    }
    this.unexpected(what)
  }

  #word(word: Word): Expression {
    const from = this.last
    const follows = words[word]
    let number: number | undefined
    if (follows === 'must') number = this.number(`a number behind '${word}'`)
    else if (follows === 'may') number = this.#optionalNumber()
    return { kind: 'word', word, number, ...span(from, this.last) }
  }

  #optionalNumber(): number | undefined {
    const open = this.token
    if (this.take('(')) {
      const value = this.nested(() => this.#optionalNumber())
      if (value === undefined) this.unexpected('a number')
      this.close(')', open)
      return value
    }
    return this.token.kind === 'number' ? this.number('a number') : undefined
  }

  #byte(from: Place): Expression {
    const index = this.number('the number of a byte')
    const operator = this.token.text
    if (this.token.kind !== 'sign' || !['&', '|', '<', '>', '='].includes(operator))
      this.unexpected("'&', '|', '<', '>' or '='")
    this.next()
    const value = this.number('a number')
    return { kind: 'byte', index, operator, value, ...span(from, this.last) }
  }

  #llc(from: Place): Expression {
    const named = this.token.kind === 'name' || this.is('rnr')
    const type = named ? this.next().text.toLowerCase() : undefined
    return { kind: 'llc', type, ...span(from, this.last) }
  }

  #wlan() {
    const word = this.next().text
    const value = (): number | string => {
      const { token } = this
      if (token.kind !== 'name' && token.kind !== 'number') this.unexpected(`a name or number behind '${word}'`)
      this.next()
      return token.kind === 'number' ? token.value : token.text.toLowerCase()
    }
    const refuse = (message: string): never => this.fail(this.last, message)
    if (word === 'dir' || word === 'direction') return readWlanDirection(value(), refuse)
    const type = word === 'type' ? value() : undefined
    const subtype = word === 'subtype' || this.take('subtype') ? value() : undefined
    return readWlan(type, subtype, refuse)
  }
}

function idNeeded(type: Type | undefined): string {
  switch (type) {
    case 'port':
      return "a port's number or name, such as 443 or https"
    case 'portrange':
      return 'two ports, such as 6000-6008'
    case 'net':
      return 'a network, such as 10.0.0.0/8 or 2001:db8::/32'
    case 'proto':
    case 'protochain':
      return "a protocol's number or name, such as 6 or \\tcp"
    default:
      return 'an address, such as 10.0.0.1 or 2001:db8::1'
  }
}
