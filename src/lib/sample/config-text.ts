// Owns the syntax of hsflowd.conf: keys with values, and blocks of them. Must not know what a key means. Start at
// parseConfigText; config.ts has the meaning.

import { InputError } from '../errors.ts'

/** `key = value`. */
export interface ConfigSetting {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** `name { ... }`. */
export interface ConfigBlock {
  readonly name: string
  readonly line: number
  readonly settings: readonly ConfigSetting[]
  readonly blocks: readonly ConfigBlock[]
}

interface Token {
  readonly text: string
  readonly line: number
  /** It stood in quotes: no brace or equals sign is meant. */
  readonly isQuoted: boolean
}

/** A file that is larger is no hsflowd.conf. */
const MOST_BYTES = 1 << 20
/** Blocks in blocks: hsflowd has two levels. */
const MOST_DEPTH = 8
const tokenPattern = /#[^\n]*|"((?:[^"\\\n]|\\.)*)"|[{}=]|[^\s{}="#]+|\n/g

/**
 * What stands in a file, as one block without a name.
 * @param name of the file, for messages
 * @throws InputError with the line where it is not so
 */
export function parseConfigText(text: string, name: string): ConfigBlock {
  if (text.length > MOST_BYTES) throw new InputError(`${name} is larger than any hsflowd.conf.`)
  const tokens = tokensOf(text)
  const reader = new ConfigReader(tokens, name)
  return reader.block('', 1, 0)
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (const [whole, quoted] of text.matchAll(tokenPattern)) {
    if (whole === '\n') line++
    else if (!whole.startsWith('#')) {
      const isQuoted = quoted !== undefined
      tokens.push({ text: isQuoted ? quoted.replace(/\\(.)/g, '$1') : whole, line, isQuoted })
    }
  }
  return tokens
}

class ConfigReader {
  readonly #tokens: readonly Token[]
  readonly #name: string
  #at = 0

  constructor(tokens: readonly Token[], name: string) {
    this.#tokens = tokens
    this.#name = name
  }

  /** Up to the closing brace, or the end of the file for the outermost. */
  block(name: string, line: number, depth: number): ConfigBlock {
    const settings: ConfigSetting[] = []
    const blocks: ConfigBlock[] = []
    for (let token = this.#next(); !is(token, '}'); token = this.#next()) {
      if (token === undefined) {
        if (depth === 0) return { name, line, settings, blocks }
        throw this.#wrong(line, `the block "${name}" has no closing brace`)
      }
      if (is(token, '{') || is(token, '=')) throw this.#wrong(token.line, `"${token.text}" without a name before it`)
      const after = this.#next()
      if (is(after, '{')) {
        if (depth === MOST_DEPTH) throw this.#wrong(token.line, 'blocks in blocks, too deep')
        blocks.push(this.block(token.text, token.line, depth + 1))
      } else if (is(after, '=')) {
        const value = this.#next()
        if (value === undefined || is(value, '{') || is(value, '}') || is(value, '=')) {
          throw this.#wrong(token.line, `"${token.text}" has no value`)
        }
        settings.push({ key: token.text, value: value.text, line: token.line })
      } else throw this.#wrong(token.line, `"${token.text}" needs = and a value, or { and a block`)
    }
    if (depth === 0) throw this.#wrong(this.#tokens[this.#at - 1]!.line, 'one closing brace too many')
    return { name, line, settings, blocks }
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  #wrong(line: number, problem: string): InputError {
    return new InputError(`${this.#name}:${line}: ${problem}.`)
  }
}

function is(token: Token | undefined, text: string): boolean {
  return token !== undefined && !token.isQuoted && token.text === text
}
