// Owns text split at a delimiter, in bytes: what prefix, suffix, first and uri do where there is no faster way. Called by
// generated code; allocates nothing. Start at prefixLength.

/** Position of the delimiter from `from` on, or -1. */
function indexOf(bytes: Uint8Array, from: number, end: number, delimiter: Uint8Array): number {
  for (let i = from; i + delimiter.length <= end; i++) {
    let k = 0
    while (k < delimiter.length && bytes[i + k] === delimiter[k]) k++
    if (k === delimiter.length) return i
  }
  return -1
}

/** Length of the first `count` tokens with the delimiters between them; of all where there are fewer. -1 is missing. */
export function prefixLength(
  bytes: Uint8Array,
  at: number,
  length: number,
  delimiter: Uint8Array,
  count: number,
): number {
  if (length < 0) return -1
  const end = at + length
  let next = at
  for (let token = 0; token < count; token++) {
    const found = indexOf(bytes, next, end, delimiter)
    if (found < 0) return length
    if (token === count - 1) return found - at
    next = found + delimiter.length
  }
  return length
}

/** Where the last `count` tokens begin, relative to `at`; 0 where there are no more. */
export function suffixStart(
  bytes: Uint8Array,
  at: number,
  length: number,
  delimiter: Uint8Array,
  count: number,
): number {
  const end = at + length
  let found = 0
  for (let next = at; ; ) {
    const i = indexOf(bytes, next, end, delimiter)
    if (i < 0) break
    found++
    next = i + delimiter.length
  }
  let skip = found + 1 - count
  let start = at
  for (; skip > 0; skip--) start = indexOf(bytes, start, end, delimiter) + delimiter.length
  return start - at
}

/** Number of the word that the first token equal to any of `words` is, or -1. */
export function firstToken(
  bytes: Uint8Array,
  at: number,
  length: number,
  delimiter: Uint8Array,
  words: readonly Uint8Array[],
): number {
  if (length < 0) return -1
  const end = at + length
  for (let from = at; ; ) {
    const found = indexOf(bytes, from, end, delimiter)
    const to = found < 0 ? end : found
    for (let w = 0; w < words.length; w++) if (isToken(bytes, from, to, words[w]!)) return w
    if (found < 0) return -1
    from = found + delimiter.length
  }
}

function isToken(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false
  return true
}

export const uriParts = ['scheme', 'user', 'host', 'port', 'path', 'file', 'extension', 'query', 'fragment'] as const
export type UriPart = (typeof uriParts)[number]

const COLON = 0x3a
const SLASH = 0x2f
const QUESTION = 0x3f
const HASH = 0x23
const AT = 0x40
const DOT = 0x2e
const OPEN = 0x5b
const CLOSE = 0x5d

/** Finds a part of a URL (RFC 3986 section 3). Reused: `at` and `length` are of the last one, length -1 where it is not there. */
export class UriReader {
  at = 0
  length = -1
  readonly #part: UriPart

  constructor(part: UriPart) {
    this.#part = part
  }

  /** @returns the length, -1 where the text is missing (length < 0) or has no such part */
  read(s: Uint8Array, at: number, length: number): number {
    this.at = at
    this.length = -1
    if (length >= 0) this.#find(s, at, at + length)
    return this.length
  }

  #take(from: number, to: number): void {
    this.at = from
    this.length = to - from
  }

  #find(s: Uint8Array, at: number, whole: number): void {
    const part = this.#part
    const hash = scan(s, at, whole, HASH)
    if (part === 'fragment') {
      if (hash < whole) this.#take(hash + 1, whole)
      return
    }
    const question = scan(s, at, hash, QUESTION)
    if (part === 'query') {
      if (question < hash) this.#take(question + 1, hash)
      return
    }
    const schemeEnd = schemeLength(s, at, question)
    const hasScheme = schemeEnd > 0
    if (part === 'scheme') {
      if (hasScheme) this.#take(at, at + schemeEnd)
      return
    }
    let path = hasScheme ? at + schemeEnd + 1 : at
    const hasHost = s[path] === SLASH && s[path + 1] === SLASH && path + 2 <= question
    if (hasHost) {
      const authority = path + 2
      path = scan(s, authority, question, SLASH)
      if (part === 'user' || part === 'host' || part === 'port') this.#authority(s, authority, path)
    }
    if (part === 'path') this.#take(path, question)
    if (part === 'file' || part === 'extension') this.#file(s, path, question)
  }

  #authority(s: Uint8Array, from: number, to: number): void {
    const user = scan(s, from, to, AT)
    const host = user < to ? user + 1 : from
    const close = s[host] === OPEN ? scan(s, host, to, CLOSE) : host
    const colon = scan(s, close, to, COLON)
    if (this.#part === 'user') {
      if (user < to) this.#take(from, user)
    } else if (this.#part === 'host') {
      this.#take(host, colon)
    } else if (colon < to) {
      this.#take(colon + 1, to)
    }
  }

  #file(s: Uint8Array, path: number, end: number): void {
    const file = scanBack(s, path, end, SLASH) + 1
    if (this.#part === 'file') {
      if (file < end) this.#take(file, end)
      return
    }
    const dot = scanBack(s, file, end, DOT)
    if (dot >= file && dot + 1 < end) this.#take(dot + 1, end)
  }
}

/** Position of the byte, or `end`. */
function scan(s: Uint8Array, from: number, end: number, byte: number): number {
  let i = from
  while (i < end && s[i] !== byte) i++
  return i
}

/** Position of the last such byte, or `from` - 1. */
function scanBack(s: Uint8Array, from: number, end: number, byte: number): number {
  let i = end - 1
  while (i >= from && s[i] !== byte) i--
  return i
}

/** Letters, digits and +-. before a colon, a letter first; 0 where there is no scheme. */
function schemeLength(s: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) {
    const c = s[i]! | 0x20
    if (c >= 0x61 && c <= 0x7a) continue
    if (i > at && s[i] === COLON) return i - at
    const isMore = (s[i]! >= 0x30 && s[i]! <= 0x39) || s[i] === 0x2b || s[i] === 0x2d || s[i] === DOT
    if (i === at || !isMore) return 0
  }
  return 0
}
