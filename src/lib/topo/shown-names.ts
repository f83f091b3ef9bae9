// Owns names as a person sees them: short where that is enough. See topology.ts for the folder. Start at shownNodes.

import { shortName } from './check-topology.ts'

/** The middle of a long name is left out. */
export function shorten(name: string, width: number): string {
  if (name.length <= width) return name
  const tail = Math.ceil((width - 1) * 0.6)
  return `${name.slice(0, width - 1 - tail)}…${name.slice(-tail)}`
}

/** Names of nodes as they are shown: the first label, where that is one node's only. */
export function shownNodes(names: Iterable<string>): ReadonlyMap<string, string> {
  const all = new Set(names)
  const labels = new Map<string, number>()
  for (const name of all) labels.set(shortName(name), (labels.get(shortName(name)) ?? 0) + 1)
  return new Map([...all].map((name) => [name, labels.get(shortName(name)) === 1 ? shortName(name) : name]))
}
