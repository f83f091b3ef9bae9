// Owns reading foreign YAML within bounds: size, tokens, depth, anchors. Knows no format. See topo-import.ts for the folder.

import { type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument } from 'yaml'
import { formatCount, InputError } from '../errors.ts'

/**
 * The package takes 7 s and 1.4 GB for two million tokens, and its time grows with the square of the anchors (measured: 20,000 of
 * them 11 s). A lab of 10,000 links has 220,000 tokens and no anchor.
 */
const MOST_TOKENS = 600_000
const MOST_ANCHORS = 500
const MOST_DEPTH = 100
const MOST_BYTES = 16 << 20

/** A YAML document; aliases are followed one at a time, so that they can't multiply. */
export class YamlText {
  readonly what: string
  readonly root: Node | null
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #linesBefore: number

  constructor(what: string, document: Document, lines: LineCounter, linesBefore: number) {
    this.what = what
    this.#linesBefore = linesBefore
    this.root = document.contents as Node | null
    this.#document = document
    this.#lines = lines
  }

  /** The node itself, or what an alias stands for. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node
  }

  /** Members of a map, in order; a merge key (`<<`) is a member. The last of several with one name counts, as in Go's reader. */
  entries(node: unknown): [name: string, value: unknown][] {
    const map = this.resolve(node)
    if (!isMap(map)) return []
    return map.items.map(({ key, value }) => [this.text(key) ?? '', value])
  }

  get(node: unknown, name: string): unknown {
    const map = this.resolve(node)
    return isMap(map) ? this.resolve(map.get(name, true)) : undefined
  }

  items(node: unknown): readonly unknown[] {
    const list = this.resolve(node)
    return isSeq(list) ? list.items : []
  }

  /** A scalar as text; undefined for anything else and for empty text. */
  text(node: unknown): string | undefined {
    const scalar = this.resolve(node)
    if (!isScalar(scalar) || scalar.value === null || scalar.value === undefined) return undefined
    return scalar.source ?? String(scalar.value)
  }

  lineOf(node: unknown): number | undefined {
    const range = (node as Node | null)?.range
    return range ? this.#linesBefore + this.#lines.linePos(range[0]).line : undefined
  }
}

/**
 * @param linesBefore where `text` is a piece of a file
 * @throws InputError `FILE:LINE: ...` where it is no YAML, or too large
 */
export function readYaml(text: string, what: string, linesBefore = 0): YamlText {
  refuseLarge(text, what)
  const lines = new LineCounter()
  // uniqueKeys: the check compares every key with every other.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })
  const error = document.errors[0]
  if (error === undefined) return new YamlText(what, document, lines, linesBefore)
  const { line } = lines.linePos(error.pos[0])
  const template = text.includes('{{')
    ? ['It looks like a template: import what it is turned into, or clab-NAME/topology-data.json.']
    : []
  throw new InputError(`${what}:${linesBefore + line}: it is no YAML: ${error.message.split('\n')[0]}.`, template)
}

function refuseLarge(text: string, what: string): void {
  if (text.length > MOST_BYTES) throw tooLarge(what, `${formatCount(MOST_BYTES >> 20)} MiB`)
  let tokens = 0
  let anchors = 0
  let depth = 0
  let indent = 0
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MOST_TOKENS) throw tooLarge(what, `${formatCount(MOST_TOKENS)} words`)
    const c = token[0]
    if ((c === '&' || c === '*') && token.length > 1 && ++anchors > MOST_ANCHORS) {
      throw tooLarge(what, `${formatCount(MOST_ANCHORS)} anchors and aliases`)
    }
    if (token === '[' || token === '{') depth++
    else if ((token === ']' || token === '}') && depth > 0) depth--
    // Blocks nest by indentation: one of its blanks, or `- - -` on one line.
    else if (token === '\n' || token === '\r\n') indent = 0
    else if (token === '-' || token === '?') indent++
    if (depth > MOST_DEPTH || indent > MOST_DEPTH)
      throw new InputError(`${what}: it is nested more than ${MOST_DEPTH} levels deep.`)
    if (token.length > 2 * MOST_DEPTH && c === ' ' && token.trim() === '') {
      throw new InputError(
        `${what}: a line is indented by ${formatCount(token.length)} blanks, needed at most ${2 * MOST_DEPTH}.`,
      )
    }
  }
}

function tooLarge(what: string, bound: string): InputError {
  return new InputError(`${what}: it has more than ${bound}, which no lab has.`, [
    'Several files are merged, so it can be imported in parts; topology-data.json of a deployed lab has no such bound.',
  ])
}
