// Owns taking the list of links out of a large lab file, so that it is read item by item: the YAML parser needs 25 kB a link for
// what it throws away. Knows containerlab's outline. See topo-import.ts for the folder. Start at splitLinks.

/** Fewer links are parsed with all the rest. */
const FEW = 500

/** An item of the list. */
export interface LinkItem {
  /** Both ends where the item is `- endpoints: ["leaf1:eth1", "spine1:eth1"]`, as nearly all are; undefined: `text` has to be parsed. */
  readonly ends: readonly [string, string] | undefined
  readonly text: string
  /** Lines before it in the file. */
  readonly linesBefore: number
}

/** A list on one line of two texts in quotes without escapes: what YAML means by it needs no parser. */
const shortForm = /^ *- endpoints: *\[ *(["'])([^"'\\\r\n]+)\1 *, *(["'])([^"'\\\r\n]+)\3 *\] *\r?\n?$/

/**
 * Takes the items of `topology.links` out where they are a long block list without anchors. All lines keep their numbers.
 * @returns the rest of the file, where the list is empty, and the items; or the whole file and none
 */
export function splitLinks(text: string): { rest: string; items: LinkItem[] } {
  const whole = { rest: text, items: [] }
  const header = findLinks(text)
  if (header === undefined) return whole
  const { indent, begin } = header
  const first = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)- /.exec(text.slice(begin, begin + 4096))
  if (first === null || first[1]!.length < indent) return whole
  const dash = first[1]!.length
  const items: LinkItem[] = []
  const linesBefore = text.slice(0, begin).split('\n').length - 1
  let lines = 0
  let item = { at: begin, lines: 0 }
  const finish = (to: number): void => {
    const of = text.slice(item.at, to)
    const match = shortForm.exec(of)
    const ends = match === null ? undefined : ([match[2]!, match[4]!] as const)
    items.push({ ends, text: of, linesBefore: linesBefore + item.lines })
  }
  let at = begin
  while (at < text.length) {
    const next = text.indexOf('\n', at) + 1 || text.length
    const depth = indentOf(text, at, next)
    const begins = depth === dash && text.startsWith('- ', at + depth)
    if (depth >= 0 && depth <= indent && !begins) break
    if (begins) {
      if (at > item.at) finish(at)
      item = { at, lines }
    }
    at = next
    lines++
  }
  if (items.length < FEW || /[&*]/.test(text.slice(begin, at))) return whole
  finish(at)
  return { rest: text.slice(0, begin) + '\n'.repeat(lines) + text.slice(at), items }
}

/** Where the key `links` stands directly below `topology`, and the first line below it. */
function findLinks(text: string): { indent: number; begin: number } | undefined {
  const topology = /^topology:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( +)\S/m.exec(text)
  if (topology === null) return undefined
  const indent = topology[1]!.length
  const pattern = new RegExp(`^ {${indent}}links:[ \\t]*(?:#.*)?\\r?\\n`, 'gm')
  pattern.lastIndex = topology.index
  const links = pattern.exec(text)
  return links === null ? undefined : { indent, begin: links.index + links[0].length }
}

/** Blanks before a line's text; -1 where it is empty or a comment. */
function indentOf(text: string, from: number, to: number): number {
  let at = from
  while (at < to && text[at] === ' ') at++
  const c = text[at]
  return at >= to || c === '\n' || c === '\r' || c === '#' ? -1 : at - from
}
