// Owns how far each node stands from the hosts: leaves, spines, superspines, found by the cabling. Knows no samples. See fabric.ts
// for the folder. Start at tiersOf.

import { shortName } from '../topo/check-topology.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import { nodeNames, type Topology } from '../topo/topology.ts'

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>

/** Searches that cost more steps than this are left out: half a second. */
const MOST_STEPS = 30_000_000

/**
 * Nodes by tier, that of the leaves first, each in natural order. Per part of the fabric that hangs together: leaves are those
 * whose attribute `function`, `role`, `group` or `tag`, or whose name, says so; else the nodes that are farthest from others, and
 * have the fewest links among these. A node's tier is its distance from the next leaf.
 */
export function tiersOf(topology: Topology): string[][] {
  const neighbours = neighboursOf(topology)
  const tiers: string[][] = []
  const seen = new Set<string>()
  for (const name of neighbours.keys()) {
    if (seen.has(name)) continue
    const part = [...distances(neighbours, [name]).keys()].sort(naturalOrder)
    for (const one of part) seen.add(one)
    const named = part.filter((one) => isLeaf(one, topology))
    const leaves = named.length > 0 && named.length < part.length ? named : outermost(neighbours, part)
    for (const [one, distance] of distances(neighbours, leaves)) {
      while (tiers.length <= distance) tiers.push([])
      tiers[distance]!.push(one)
    }
  }
  return tiers.map((names) => names.sort(naturalOrder))
}

function neighboursOf(topology: Topology): Neighbours {
  const neighbours = new Map(nodeNames(topology).map((name) => [name, new Set<string>()]))
  for (const { node1, node2 } of topology.links.values()) {
    if (node1 === node2) continue
    neighbours.get(node1)!.add(node2)
    neighbours.get(node2)!.add(node1)
  }
  return neighbours
}

/** Breadth first, from several nodes at once; what can't be reached is not in it. */
function distances(neighbours: Neighbours, from: readonly string[]): Map<string, number> {
  const found = new Map(from.map((name) => [name, 0]))
  for (const [name, distance] of found) {
    for (const next of neighbours.get(name)!) if (!found.has(next)) found.set(next, distance + 1)
  }
  return found
}

const leafWords = /(^|[-_])(leaf|tor|access|edge|rack|border|exit)([-_]?\d|[-_]|s?$)/

function isLeaf(name: string, { nodes }: Topology): boolean {
  const attributes = nodes.get(name)?.attributes
  const told = ['function', 'role', 'group', 'tag'].map((key) => attributes?.get(key))
  return [...told, shortName(name)].some((word) => typeof word === 'string' && leafWords.test(word.toLowerCase()))
}

function outermost(neighbours: Neighbours, part: readonly string[]): string[] {
  const degree = (name: string): number => neighbours.get(name)!.size
  const steps = part.reduce((sum, name) => sum + 1 + degree(name), 0) * part.length
  const eccentricity = (name: string): number => Math.max(...distances(neighbours, [name]).values())
  const far = steps > MOST_STEPS ? new Map<string, number>() : new Map(part.map((name) => [name, eccentricity(name)]))
  const most = Math.max(0, ...far.values())
  const outside = part.filter((name) => (far.get(name) ?? 0) === most)
  const least = outside.reduce((min, name) => Math.min(min, degree(name)), Number.POSITIVE_INFINITY)
  const leaves = outside.filter((name) => degree(name) === least)
  return leaves.length < part.length ? leaves : oneSide(neighbours, part)
}

/** All are alike: those at an even distance from the first one, where no two of them are linked; else all. */
function oneSide(neighbours: Neighbours, part: readonly string[]): string[] {
  const side = [...distances(neighbours, part.slice(0, 1))].filter(([, d]) => d % 2 === 0).map(([name]) => name)
  const isSide = new Set(side)
  const isTwoSided = part.every((name) =>
    [...neighbours.get(name)!].every((other) => isSide.has(name) !== isSide.has(other)),
  )
  return isTwoSided ? side : [...part]
}
