// Owns which hop a node is: by links from where packets enter, else by TTL. See path.ts for the folder. Start at hopNumbers.

import type { Ways } from './ways.ts'

/** Nodes whose TTL differs by less are at the same hop: means of flows with several are no whole numbers. */
const SAME_TTL = 0.5

/**
 * 1 for nodes where packets enter the fabric, 2 for those that they go to over a link, and so on. Nodes that no link of them
 * leads to have the place of their TTL: each router takes one off it (RFC 791, section 3.2). No number is left out.
 * @param ttlOf mean of IPv4 packets as they come in
 */
export function hopNumbers(
  nodes: readonly string[],
  ways: Ways,
  ttlOf: (node: string) => number | undefined,
): Map<string, number> {
  const steps = new Map<string, number>()
  const starts = startsOf(nodes, ways, ttlOf)
  const lastStart = Math.max(-1, ...starts.values())
  let next: readonly string[] = []
  for (let step = 0; step <= lastStart || next.length > 0; step++) {
    const begun = [...starts].flatMap(([node, at]) => (at === step ? [node] : []))
    const front = [...new Set([...next, ...begun])].filter((node) => !steps.has(node))
    for (const node of front) steps.set(node, step)
    next = front.flatMap((node) => ways.outOf(node).map(({ way }) => way.to))
  }
  const highest = Math.max(...nodes.map((node) => ttlOf(node) ?? Number.NEGATIVE_INFINITY))
  const last = Math.max(-1, ...steps.values())
  const places = new Map<string, number>()
  for (const node of nodes) {
    const ttl = ttlOf(node)
    places.set(node, steps.get(node) ?? (ttl === undefined ? last + 1 : highest - ttl))
  }
  const order = [...places].sort((a, b) => a[1] - b[1])
  const numbers = new Map<string, number>()
  let number = 0
  let start = Number.NEGATIVE_INFINITY
  for (const [node, place] of order) {
    if (place - start >= SAME_TTL) {
      number++
      start = place
    }
    numbers.set(node, number)
  }
  return numbers
}

/**
 * Where packets enter, and nodes that they come out of and nobody saw them go into: these as far before the end as their way on is
 * shorter than the longest.
 */
function startsOf(
  nodes: readonly string[],
  ways: Ways,
  ttlOf: (node: string) => number | undefined,
): ReadonlyMap<string, number> {
  const entries = nodes.filter((node) => ways.entering(node).size > 0)
  const roots = ways.roots.filter((node) => entries.length === 0 || ttlOf(node) === undefined)
  const far = distancesToEnd(nodes, ways)
  const longest = Math.max(0, ...[...entries, ...roots].map((node) => far.get(node) ?? 0))
  const starts = new Map(roots.map((node) => [node, longest - (far.get(node) ?? longest)]))
  for (const node of entries) starts.set(node, 0)
  return starts
}

/** Links that are used from a node to where packets are seen no further; none of nodes whose packets go round. */
function distancesToEnd(nodes: readonly string[], ways: Ways): ReadonlyMap<string, number> {
  const far = new Map<string, number>()
  let front = nodes.filter((node) => ways.outOf(node).length === 0)
  for (let step = 0; front.length > 0; step++) {
    for (const node of front) far.set(node, step)
    const before = front.flatMap((node) => ways.into(node).map(({ way }) => way.from))
    front = [...new Set(before)].filter((node) => !far.has(node))
  }
  return far
}
