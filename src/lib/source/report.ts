// Owns the counts behind a SourceReport: why packets were left out, other UDP ports, damage of the container.
// Knows no format and no protocol. Start at Tally.

import type { SourceReport } from './source.ts'

/** One kind of damage, as SourceReport gives it. */
export type ContainerIssue = SourceReport['issues'][number]

/**
 * Damage of a container, counted by kind. Only the first of a kind is put into words, so that a file that is bad all
 * over costs no more than one that is bad once. Kinds are constants of the readers, so the log is bounded.
 */
export class IssueLog {
  readonly #first = new Map<string, { kind: string; at: number; problem: string; count: number }>()

  /**
   * Counts one issue.
   * @param at byte offset in the (unpacked) container
   * @param problem gives the words, found and needed; called for the first of a kind only
   */
  note(kind: string, at: number, problem: () => string): void {
    const known = this.#first.get(kind)
    if (known) known.count++
    else this.#first.set(kind, { kind, at, problem: problem(), count: 1 })
  }

  list(): readonly ContainerIssue[] {
    return [...this.#first.values()]
  }
}

/** Why a packet was left out. Numbers, so that the hot path counts in an array; words in `skipWords`. */
export const skip = {
  linkType: 1,
  notIp: 2,
  notUdp: 3,
  otherPort: 4,
  cutHeader: 5,
  badIp: 6,
  badUdp: 7,
  fragmentAlone: 8,
  fragmentOverlap: 9,
  fragmentAgain: 10,
  fragmentBad: 11,
  early: 12,
  late: 13,
} as const

export type SkipReason = (typeof skip)[keyof typeof skip]

const skipWords: Readonly<Record<SkipReason, string>> = {
  [skip.linkType]: 'link type is not read',
  [skip.notIp]: 'not IP',
  [skip.notUdp]: 'not UDP',
  [skip.otherPort]: 'UDP to another port',
  [skip.cutHeader]: 'cut before the end of its headers',
  [skip.badIp]: 'malformed IP header',
  [skip.badUdp]: 'malformed UDP header',
  [skip.fragmentAlone]: 'IP fragment without its rest',
  [skip.fragmentOverlap]: 'IP fragment that overlaps another',
  [skip.fragmentAgain]: 'IP fragment seen before',
  [skip.fragmentBad]: 'malformed IP fragment',
  [skip.early]: 'before the first time asked for',
  [skip.late]: 'after the last time asked for',
}

/** SourceReport keeps this many other ports, those with most packets. */
const MAX_OTHER_PORTS = 64
/** Link types are 16 bits wide; a hostile pcapng may name them all, so only the first of them are told apart. */
const MAX_LINK_TYPES = 32

/** Counts of one source, of packets unless said otherwise. */
export class Tally {
  packets = 0
  datagrams = 0
  cut = 0
  readonly #skipped = new Float64Array(Object.keys(skip).length + 1)
  /** Packets by UDP port; made when the first packet to another port comes (most captures have none). */
  #ports: Uint32Array | undefined
  readonly #linkTypes = new Map<number, number>()

  skip(reason: SkipReason, packets = 1): void {
    this.#skipped[reason]! += packets
  }

  otherPort(port: number): void {
    this.#skipped[skip.otherPort]!++
    this.#ports ??= new Uint32Array(65_536)
    if (this.#ports[port]! < 0xffff_ffff) this.#ports[port]!++
  }

  otherLinkType(type: number): void {
    const known = this.#linkTypes.get(type)
    if (known !== undefined || this.#linkTypes.size < MAX_LINK_TYPES) this.#linkTypes.set(type, (known ?? 0) + 1)
    else this.skip(skip.linkType)
  }

  /** Packets to other UDP ports, most first; at most 64 ports. */
  otherPorts(): ReadonlyMap<number, number> {
    const found: [number, number][] = []
    this.#ports?.forEach((packets, port) => {
      if (packets > 0) found.push([port, packets])
    })
    return new Map(found.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MAX_OTHER_PORTS))
  }

  /** Reasons in words, with packets, in the order of `skip`. */
  skipped(linkTypeName: (type: number) => string): ReadonlyMap<string, number> {
    const found = new Map<string, number>()
    for (const [type, packets] of this.#linkTypes) found.set(`${linkTypeName(type)} is not read`, packets)
    for (const reason of Object.values(skip)) {
      const packets = this.#skipped[reason]!
      if (packets > 0) found.set(skipWords[reason], packets)
    }
    return found
  }
}
