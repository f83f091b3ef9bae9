// Owns what a node is called in the end, and which names --switches means. See topo-import.ts for the folder.

import { notUnderstood } from '../parse/parse.ts'
import { shortName } from '../topo/check-topology.ts'

/** Names that a person means. */
export interface NamePattern {
  readonly text: string
  /** What stands between its commas. */
  readonly parts: readonly { readonly text: string; matches(name: string): boolean }[]
  matches(name: string): boolean
}

/**
 * `leaf*,spine?`: names with `*` for any text and `?` for one character, several with commas; or `/^(leaf|spine)\d+$/`, a regular
 * expression. Case counts.
 * @throws InputError naming `what`
 */
export function parseNamePattern(text: string, what: string): NamePattern {
  const trimmed = text.trim()
  if (trimmed === '') throw notUnderstood(what, text, 'Give names of switches, such as leaf*,spine*.')
  const expression = /^\/(.+)\/(i?)$/s.exec(trimmed)
  if (expression === null) {
    const globs = trimmed.split(',').map((glob) => glob.trim())
    const parts = globs.map((glob) => ({ text: glob, matches: (name: string) => matchesGlob(glob, name) }))
    return { text, parts, matches: (name) => parts.some((part) => part.matches(name)) }
  }
  let compiled: RegExp
  try {
    compiled = new RegExp(expression[1]!, expression[2])
  } catch (error) {
    throw notUnderstood(what, text, `It is no regular expression: ${(error as Error).message.replace(/^.*: /s, '')}.`)
  }
  const whole = { text: trimmed, matches: (name: string) => compiled.test(name) }
  return { ...whole, text, parts: [whole] }
}

/** Linear in pattern × name, whatever the pattern: it goes back to the last `*` only. */
function matchesGlob(glob: string, name: string): boolean {
  let g = 0
  let n = 0
  let star = -1
  let from = 0
  while (n < name.length) {
    if (glob[g] === '*') {
      star = g++
      from = n
    } else if (glob[g] === '?' || (g < glob.length && glob[g] === name[n])) {
      g++
      n++
    } else if (star >= 0) {
      g = star + 1
      n = ++from
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}

export interface NameOptions {
  /** `leaf1.example.net` is leaf1. */
  readonly stripDomain: boolean
  /** `LEAF1` is leaf1. */
  readonly lower: boolean
}

/**
 * What nodes are called: first as they call themselves (a neighbour may say leaf1.example.net of leaf1), then as asked for.
 * @param aliases other name → own name, of all sources together
 */
export function nodeNamer(aliases: ReadonlyMap<string, string>, options: NameOptions): (name: string) => string {
  const known = new Map<string, string>()
  const rename = (name: string): string => {
    const own = aliases.get(name) ?? name
    const short = options.stripDomain ? shortName(own) : own
    return options.lower ? short.toLowerCase() : short
  }
  return (name) => {
    let renamed = known.get(name)
    if (renamed === undefined) {
      renamed = rename(name)
      known.set(name, renamed)
    }
    return renamed
  }
}
