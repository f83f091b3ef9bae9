// Owns reading foreign JSON with the line of every object in it, for messages; JSON.parse tells no places. Bounded in depth and
// number of values. Knows no format. See topo-import.ts for the folder. Start at readJson.

import { formatCount, InputError } from '../errors.ts'
import type { JsonValue } from '../topo/topology.ts'

export type JsonObject = { readonly [name: string]: JsonValue }

/** Every known source has fewer than 20 levels. */
const MOST_DEPTH = 100
/** 20,000 interfaces of NetBox have 800,000. */
const MOST_VALUES = 3_000_000

/** A JSON text that was read. */
export class JsonText {
  readonly what: string
  readonly value: JsonValue
  readonly #lines: ReadonlyMap<JsonValue, number>

  constructor(what: string, value: JsonValue, lines: ReadonlyMap<JsonValue, number>) {
    this.what = what
    this.value = value
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
 * @throws InputError `FILE:LINE: ...` where it is no JSON, too deep or too large
 */
export function readJson(text: string, what: string, lines = true): JsonText {
  return new Reader(text, what, lines).read()
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
    return new JsonText(this.#what, value, this.#lines ?? new Map())
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
