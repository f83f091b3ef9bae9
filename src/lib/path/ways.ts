// Owns how much goes over each link: measured at one of its ends, else bridged by shortest ways. Knows no row. See path.ts for the
// folder. Start at Ways.

import { noAmount, partOf, sumOf } from '../flow/amount.ts'
import { naturalOrder } from '../topo/natural-order.ts'
import type { Fabric, Way } from './fabric.ts'
import { atPort, type SeenNode, trafficOf } from './seen.ts'
import type { HopState, Traffic } from './snapshot.ts'

/** What goes over a link in one direction. */
export interface WayFlow {
  readonly way: Way
  readonly traffic: Traffic
  readonly state: Exclude<HopState, 'unused'>
}

/** The two ends of a link tell of other packets: not what chance, loss or a switch that samples little explains. */
export interface LinkDoubt {
  readonly way: Way
  /** Zero where that end sampled these packets elsewhere only. */
  readonly sent: Traffic
  readonly received: Traffic
}

/** So much more at one end of a link than at the other is more than sampling rates are off. */
const OTHER_FACTOR = 1.3
/** The same, where one end has a few samples only. */
const STRAY_FACTOR = 20
/** One part of so many, at least, has to be seen to go elsewhere. */
const STRAY_SHARE = 2
/** By so many times what chance leaves open at 95 %: of the links of a large fabric none is suspected by chance. */
const BEYOND_CHANCE = 1.5
/** Agents send samples up to a second or two after they took them, each at its own time: shorter windows do not have the same packets. */
const LEAST_SECONDS = 5
/** Where fewer samples than this go in, that none was taken behind it is no wonder. */
const FEW_SAMPLES = 10
/** Nodes where packets leave the fabric, of which shortest ways are looked for: those with most packets. */
const MOST_TARGETS = 64
/** Where less of it ends than this part of what ends elsewhere, a stray packet does: no even share is expected of the ways there. */
const LEAST_TARGET = 0.01
/** A difference between what goes in and what goes out that is neither error nor loss, of what goes in. */
const LEAST_MISSING = 0.05

export const noTraffic: Traffic = Object.freeze({ packets: noAmount, bytes: noAmount })

export function addTraffic(parts: readonly Traffic[]): Traffic {
  return { packets: sumOf(parts.map((x) => x.packets)), bytes: sumOf(parts.map((x) => x.bytes)) }
}

/** Larger traffic first; of unknown scale by samples. */
export function busiest(a: Traffic, b: Traffic): number {
  return weightOf(b) - weightOf(a)
}

export function weightOf({ packets }: Traffic): number {
  return packets.total > 0 ? packets.total : packets.samples
}

export class Ways {
  readonly #fabric: Fabric
  readonly #nodes: ReadonlyMap<string, SeenNode>
  readonly #flows = new Map<Way, WayFlow>()
  readonly #into = new Map<string, WayFlow[]>()
  readonly #outOf = new Map<string, WayFlow[]>()
  readonly #isLong: boolean
  /** Ways whose receiving end has samples of it. */
  readonly #received = new Set<Way>()
  /** Of nodes of the topology: what comes in from hosts, what goes out to them; by port. */
  readonly #entering = new Map<string, Map<string, Traffic>>()
  readonly #leaving = new Map<string, Map<string, Traffic>>()
  /** Nodes that tell of any link by which packets came in, or went out. */
  readonly #knowsIn = new Set<string>()
  readonly #knowsOut = new Set<string>()
  /** Nodes that something goes out of, and nothing was measured to come in. */
  readonly #orphans: readonly string[]
  /** Links whose ends disagree; the sending end is believed. */
  readonly doubts: readonly LinkDoubt[]
  #ends: readonly string[] | undefined

  /** @param seconds that the samples are of */
  constructor(fabric: Fabric, nodes: ReadonlyMap<string, SeenNode>, seconds: number) {
    this.#fabric = fabric
    this.#nodes = nodes
    for (const node of nodes.values()) if (node.isInTopology) this.#measureOut(node)
    const doubts: LinkDoubt[] = []
    this.#isLong = seconds >= LEAST_SECONDS
    for (const node of nodes.values()) if (node.isInTopology) this.#measureIn(node, doubts)
    for (const { way, traffic } of this.#isLong ? this.#flows.values() : []) {
      if (!this.#knowsIn.has(way.to) || this.#received.has(way)) continue
      if (this.#samplesOf(traffic, way.to) >= FEW_SAMPLES) doubts.push({ way, sent: traffic, received: noTraffic })
    }
    this.doubts = doubts.filter((doubt) => isCrossed(doubt, doubts) || this.#isElsewhere(doubt))
    this.#orphans = this.names.filter(
      (node) => !(weightOf(this.comingIn(node)) > 0) && weightOf(this.goingOut(node)) > 0,
    )
    this.#bridge()
  }

  /** Ways that are used in both directions, each link once. */
  get bothWays(): Way[] {
    return [...this.#flows.keys()].filter((way) => {
      const back = this.#fabric.over(way.to, way.link)
      return back !== undefined && this.#flows.has(back) && way.from < way.to
    })
  }

  /** Every node that has samples, or traffic by what others saw. */
  get names(): string[] {
    return [...new Set([...this.#nodes.keys(), ...this.#into.keys(), ...this.#outOf.keys()])]
  }

  /** Nodes that packets come out of over links, and nobody saw them go into. */
  get roots(): string[] {
    return this.names.filter(
      (node) => this.into(node).length === 0 && this.outOf(node).length > 0 && this.entering(node).size === 0,
    )
  }

  into(node: string): readonly WayFlow[] {
    return this.#into.get(node) ?? []
  }

  outOf(node: string): readonly WayFlow[] {
    return this.#outOf.get(node) ?? []
  }

  /** Ports by which packets enter the fabric here, with what comes in. */
  entering(node: string): ReadonlyMap<string, Traffic> {
    return this.#entering.get(node) ?? new Map()
  }

  /** Ports by which packets leave the fabric here. */
  leaving(node: string): ReadonlyMap<string, Traffic> {
    return this.#leaving.get(node) ?? new Map()
  }

  /**
   * Sets of equal-cost ways that leave the node towards where packets leave the fabric. A set has traffic on one of them at
   * least; those of it without are not used.
   */
  branches(node: string): readonly (readonly Way[])[] {
    const used = new Set(this.outOf(node).map(({ way }) => way))
    const sets: Set<Way>[] = []
    for (const target of this.#targets()) {
      const ways = this.#fabric.towards(node, target)
      if (ways.length < 2 || !ways.some((way) => used.has(way))) continue
      const joined = new Set(ways)
      // Sets that share a way share its traffic too.
      for (let i = sets.length - 1; i >= 0; i--) {
        const set = sets[i]!
        if (![...set].some((way) => joined.has(way))) continue
        for (const way of set) joined.add(way)
        sets.splice(i, 1)
      }
      sets.push(joined)
    }
    return sets.map((set) => [...set])
  }

  /** Whether samples would tell of traffic there. */
  isWatched(way: Way): boolean {
    return this.#knowsOut.has(way.from) || this.#knowsIn.has(way.to)
  }

  #measureOut(node: SeenNode): void {
    const { key, seen } = node
    const ports = new Map(seen.flatMap(({ output }) => (output === null ? [] : [[output.name, output]])))
    for (const { name, link, isEdge } of ports.values()) {
      const traffic = trafficOf(atPort(seen, 'output', name))
      const way = link === null ? undefined : this.#fabric.over(key, link)
      if (way !== undefined) this.#set({ way, traffic, state: 'measured' })
      else if (isEdge) inside(this.#leaving, key).set(name, traffic)
      if (way !== undefined || isEdge) this.#knowsOut.add(key)
    }
  }

  #measureIn(node: SeenNode, doubts: LinkDoubt[]): void {
    const { key, seen } = node
    const ports = new Map(seen.flatMap(({ input }) => (input === null ? [] : [[input.name, input]])))
    for (const { name, link, isEdge } of ports.values()) {
      const traffic = trafficOf(atPort(seen, 'input', name))
      const back = link === null ? undefined : this.#fabric.over(key, link)
      const way = back === undefined ? undefined : this.#fabric.over(back.to, back.link)
      if (way === undefined) {
        if (isEdge) inside(this.#entering, key).set(name, traffic)
        continue
      }
      this.#knowsIn.add(key)
      this.#received.add(way)
      const sent = this.#flows.get(way)?.traffic
      const isTold = sent !== undefined || this.#knowsOut.has(way.from)
      if (this.#isLong && isTold && this.#differ(sent ?? noTraffic, traffic, way.from)) {
        // A switch that samples these packets knows by which port they left.
        doubts.push({ way, sent: sent ?? noTraffic, received: traffic })
      } else if (sent === undefined) this.#set({ way, traffic, state: 'neighbour' })
    }
  }

  #differ(sent: Traffic, received: Traffic, sender: string): boolean {
    const own = trafficOf(this.#nodes.get(sender)?.seen ?? []).packets
    if (sent.packets.samples === 0) return Math.min(own.samples, this.#samplesOf(received, sender)) >= FEW_SAMPLES
    const [a, b] = [sent.packets, received.packets]
    if (!(a.total > 0 && b.total > 0)) return false
    const [more, less] = a.total > b.total ? [a, b] : [b, a]
    if (more.samples < FEW_SAMPLES) return false
    // Stray packets go over each link, as those that look for neighbours.
    const factor = less.samples < FEW_SAMPLES ? STRAY_FACTOR : OTHER_FACTOR
    const chance = Math.hypot(more.total - more.low, less.high - less.total)
    return more.total - less.total > BEYOND_CHANCE * chance && more.total > factor * less.total
  }

  /** A few stray packets were sent by the port, and what the other end received went out by other ports. */
  #isElsewhere({ way, sent, received }: LinkDoubt): boolean {
    const isStray = sent.packets.samples < FEW_SAMPLES && sent.packets.total < received.packets.total
    return isStray && this.goingOut(way.from).packets.total > received.packets.total / STRAY_SHARE
  }

  /** How many samples a node would have of that, by the packets that a sample of its own stands for. */
  #samplesOf({ packets }: Traffic, node: string): number {
    const own = trafficOf(this.#nodes.get(node)?.seen ?? []).packets
    const rate = own.total / own.samples
    return rate > 0 && packets.total > 0 ? packets.total / rate : packets.samples
  }

  #set(flow: WayFlow): void {
    this.#flows.set(flow.way, flow)
    listed(this.#outOf, flow.way.from).push(flow)
    listed(this.#into, flow.way.to).push(flow)
  }

  /** All that comes into a node, from hosts and over links. */
  comingIn(node: string): Traffic {
    const links = this.into(node).map(({ traffic }) => traffic)
    return addTraffic([...links, ...this.entering(node).values()])
  }

  /** All that leaves it. */
  goingOut(node: string): Traffic {
    const links = this.outOf(node).map(({ traffic }) => traffic)
    return addTraffic([...links, ...this.leaving(node).values()])
  }

  /** Nodes where packets leave the fabric, or are seen no further; those with most first. */
  #targets(): readonly string[] {
    if (this.#ends !== undefined) return this.#ends
    // Where a cable is elsewhere, where packets are seen no further is no end of theirs.
    const isSure = this.doubts.length === 0 || this.#leaving.size === 0
    const ends = this.names.filter((node) => this.#leaving.has(node) || (isSure && this.outOf(node).length === 0))
    const weight = (node: string) =>
      weightOf(this.#leaving.has(node) ? addTraffic([...this.leaving(node).values()]) : this.comingIn(node))
    const weights = new Map(ends.map((node) => [node, weight(node)]))
    const least = LEAST_TARGET * Math.max(0, ...weights.values())
    this.#ends = ends
      .filter((node) => weights.get(node)! > least)
      .sort((a, b) => weights.get(b)! - weights.get(a)! || naturalOrder(a, b))
      .slice(0, MOST_TARGETS)
    return this.#ends
  }

  /** Gives traffic that no sample follows a way; each node once, so that it ends. */
  #bridge(): void {
    const waiting = this.names.sort(naturalOrder)
    const done = new Set<string>()
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
      if (done.has(node)) continue
      const missing = this.#missing(node)
      if (missing === undefined) continue
      done.add(node)
      const ways = this.#waysOn(node, missing)
      const whole = ways.reduce((sum, { weight }) => sum + weight, 0)
      for (const { way, weight } of ways) {
        const part = weight / whole
        const traffic = { packets: partOf(missing.packets, part), bytes: partOf(missing.bytes, part) }
        this.#set({ way, traffic, state: 'inferred' })
        waiting.push(way.to)
      }
    }
  }

  /** What comes in and is not seen to go out. */
  #missing(node: string): Traffic | undefined {
    if (this.#knowsOut.has(node)) return undefined
    const input = this.comingIn(node)
    const output = this.goingOut(node)
    if (!(weightOf(input) > 0)) return undefined
    if (output.packets.samples === 0) return input
    const rest = input.packets.total - output.packets.total
    const isSure = input.packets.low > output.packets.high && rest > LEAST_MISSING * input.packets.total
    if (!isSure) return undefined
    const part = rest / input.packets.total
    return { packets: partOf(input.packets, part), bytes: partOf(input.bytes, part) }
  }

  /** Nearest first: nodes whose traffic comes from nowhere, and nodes where packets leave the fabric. */
  #waysOn(node: string, missing: Traffic): { way: Way; weight: number }[] {
    const backwards = new Set(this.into(node).map(({ way }) => way.from))
    const isOpen = (way: Way) =>
      !this.#flows.has(way) &&
      !backwards.has(way.to) &&
      (!this.#knowsIn.has(way.to) || missing.packets.samples < FEW_SAMPLES)
    const orphans = this.#orphans.filter((name) => name !== node)
    const ends = [...this.#leaving.keys()].filter((name) => name !== node)
    for (const targets of [orphans, ends]) {
      const nearest = nearestWays(this.#fabric, node, targets.slice(0, MOST_TARGETS), isOpen)
      if (nearest.length === 0) continue
      return nearest.map((way) => ({ way, weight: targets === orphans ? weightOf(this.goingOut(way.to)) || 1 : 1 }))
    }
    return []
  }
}

/**
 * Of both ends of a link something was seen, but not as much: where cables are crossed another link of the same switch has too much
 * where this one has too little. Else the rate of a switch may be wrong, or its samples late.
 */
function isCrossed({ way, sent, received }: LinkDoubt, all: readonly LinkDoubt[]): boolean {
  if (sent.packets.samples === 0 || received.packets.samples === 0) return true
  const isMore = received.packets.total > sent.packets.total
  return all.some(
    (other) =>
      (other.way.from === way.from || other.way.to === way.to) &&
      other.received.packets.total > other.sent.packets.total !== isMore,
  )
}

function nearestWays(fabric: Fabric, node: string, targets: readonly string[], isOpen: (way: Way) => boolean): Way[] {
  let best = Number.POSITIVE_INFINITY
  let ways = new Set<Way>()
  for (const target of targets) {
    const far = fabric.distancesTo(target).get(node)
    if (far === undefined || far > best) continue
    const open = fabric.towards(node, target).filter(isOpen)
    if (open.length === 0) continue
    if (far < best) ways = new Set()
    best = far
    for (const way of open) ways.add(way)
  }
  return [...ways]
}

function inside<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let value = map.get(key)
  if (value === undefined) {
    value = new Map()
    map.set(key, value)
  }
  return value
}

function listed<V>(map: Map<string, V[]>, key: string): V[] {
  let value = map.get(key)
  if (value === undefined) {
    value = []
    map.set(key, value)
  }
  return value
}
