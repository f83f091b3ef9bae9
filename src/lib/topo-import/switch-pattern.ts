// Owns what is wrong with a --switches that names nothing, or nothing that is connected: an empty topology would look like an
// answer. See topo-import.ts for the folder; the pattern itself is in node-names.ts.

import { formatCount, InputError } from '../errors.ts'
import type { NamePattern } from './node-names.ts'

/** Of nodes, in a message. */
const NAMES_SHOWN = 8

/**
 * Parts of the pattern that no name matches.
 * @param names of all nodes, sorted
 * @throws InputError where that are all parts
 */
export function idleParts(switches: NamePattern | undefined, names: readonly string[]): string[] {
  if (switches === undefined || names.length === 0) return []
  const idle = switches.parts.filter((part) => !names.some((name) => part.matches(name)))
  if (idle.length < switches.parts.length) return idle.map(({ text }) => text)
  throw new InputError(
    `--switches ${switches.text} matches no name of the ${formatCount(names.length)} nodes, so there is no switch and no link.`,
    [
      `They are called ${listed(names)}.`,
      'Case counts; leaf*,spine* and /^(leaf|spine)/i are patterns; names are as --strip-domain and --lower leave them.',
    ],
  )
}

/**
 * Call where there is no link.
 * @param names of all nodes, sorted
 * @throws InputError where a pattern is the reason
 */
export function refuseNoLinks(switches: NamePattern | undefined, names: readonly string[]): void {
  const chosen = switches === undefined ? [] : names.filter((name) => switches.matches(name))
  if (switches === undefined || chosen.length === 0) return
  const others = names.filter((name) => !switches.matches(name))
  throw new InputError(
    `--switches ${switches.text} matches ${listed(chosen)}, and no cable joins two of them.`,
    others.length === 0 ? [] : [`Other nodes are called ${listed(others)}.`],
  )
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, NAMES_SHOWN).join(', ')}${names.length > NAMES_SHOWN ? ` and ${formatCount(names.length - NAMES_SHOWN)} more` : ''}`
