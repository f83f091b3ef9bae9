// Owns putting IP fragments together, bounded in number, bytes and capture time. Knows no containers.
// Start at Reassembly.add.

import { type SkipReason, skip } from './report.ts'
import type { UdpWalk } from './udp-walk.ts'

/** Datagrams that may be incomplete at a time; the oldest goes first. With 64 KiB each, at most 16 MiB. */
const MAX_INCOMPLETE = 256
/** Seconds of capture time after which an incomplete datagram is given up, as Linux does (ipfrag_time). */
const MAX_SECONDS = 30
/** Offsets are 13 bits of 8 bytes (RFC 791, RFC 8200), so no datagram is longer. */
const MAX_BYTES = 65_536
const UNIT_BYTES = 8

/** One datagram while its fragments come in. */
class Incomplete {
  readonly source = new Uint32Array(4)
  readonly destination = new Uint32Array(4)
  id = 0
  ipv6 = false
  /** Protocol number of what the first fragment begins with. */
  next = 0
  sec = 0
  fragments = 0
  /** Bytes of the whole, known once the last fragment came; else -1. */
  total = -1
  /** One past the furthest byte of all fragments. */
  furthest = 0
  /** All bytes below are here; lower than `total` where the capture cut a fragment. */
  whole = MAX_BYTES
  unitsSeen = 0
  bytes: Uint8Array = new Uint8Array(4096)
  /** One bit for each 8 bytes that came. */
  readonly #seen = new Uint32Array(MAX_BYTES / UNIT_BYTES / 32)

  start(walk: UdpWalk, sec: number): void {
    this.source.set(walk.source)
    this.destination.set(walk.destination)
    this.id = walk.fragment.id
    this.ipv6 = walk.fragment.ipv6
    this.next = walk.fragment.next
    this.sec = sec
    this.fragments = 0
    this.total = -1
    this.furthest = 0
    this.whole = MAX_BYTES
    this.unitsSeen = 0
    this.#seen.fill(0)
  }

  is(walk: UdpWalk): boolean {
    const { fragment, source, destination } = walk
    if (this.id !== fragment.id || this.ipv6 !== fragment.ipv6) return false
    for (let i = 0; i < 4; i++) {
      if (this.source[i] !== source[i] || this.destination[i] !== destination[i]) return false
    }
    return true
  }

  /** Whether units of the range came before: 0 none, 1 some, 2 all. */
  seen(from: number, to: number): 0 | 1 | 2 {
    let any = false
    let all = true
    for (let word = from >>> 5; word <= (to - 1) >>> 5; word++) {
      const mask = maskOf(word, from, to)
      const bits = this.#seen[word]! & mask
      if (bits !== 0) any = true
      if (bits !== mask) all = false
    }
    return any ? (all ? 2 : 1) : 0
  }

  mark(from: number, to: number): void {
    for (let word = from >>> 5; word <= (to - 1) >>> 5; word++) this.#seen[word]! |= maskOf(word, from, to)
    this.unitsSeen += to - from
  }

  makeRoom(length: number): void {
    if (length <= this.bytes.length) return
    const grown = new Uint8Array(Math.min(MAX_BYTES, Math.max(length, this.bytes.length * 2)))
    grown.set(this.bytes.subarray(0, this.furthest))
    this.bytes = grown
  }
}

/** A datagram whose fragments are all here. Valid until the next add(). */
export interface Joined {
  /** What follows the IP header (IPv6: the fragment header); `length` bytes of it are here, `wireLength` were sent. */
  bytes: Uint8Array
  length: number
  wireLength: number
  /** Protocol number of the first byte. */
  next: number
}

/** Joins fragments. Overlapping ones spoil their datagram (RFC 5722; Linux does so for IPv4 too). */
export class Reassembly {
  /** Oldest first. */
  readonly #incomplete: Incomplete[] = []
  readonly #free: Incomplete[] = []
  readonly #giveUp: (reason: SkipReason, packets: number) => void
  readonly #joined: Joined = { bytes: new Uint8Array(0), length: 0, wireLength: 0, next: 0 }

  /** @param giveUp is told of fragments that will not become a datagram */
  constructor(giveUp: (reason: SkipReason, packets: number) => void) {
    this.#giveUp = giveUp
  }

  /**
   * Adds the fragment that `walk` found.
   * @param bytes what the walk walked
   * @param sec capture time
   * @returns the datagram when this was the last missing part; `walk.source` is its source
   */
  add(walk: UdpWalk, bytes: Uint8Array, sec: number): Joined | undefined {
    this.#expire(sec)
    const { offset, more, at, length, wireLength, next } = walk.fragment
    const end = offset + wireLength
    if (wireLength <= 0 || end > MAX_BYTES || (more && wireLength % UNIT_BYTES !== 0)) {
      this.#giveUp(skip.fragmentBad, 1)
      return undefined
    }
    const index = this.#find(walk, sec)
    const datagram = this.#incomplete[index]!
    const first = offset / UNIT_BYTES
    const last = Math.ceil(end / UNIT_BYTES)
    const seen = datagram.seen(first, last)
    if (seen > 0) {
      if (seen === 2 && same(datagram, bytes, at, offset, length)) {
        this.#giveUp(skip.fragmentAgain, 1)
      } else {
        this.#spoil(index, skip.fragmentOverlap)
      }
      return undefined
    }
    const ends = more ? datagram.total : end
    if ((datagram.total >= 0 && (ends !== datagram.total || end > ends)) || (!more && datagram.furthest > end)) {
      this.#spoil(index, skip.fragmentBad)
      return undefined
    }
    datagram.total = ends
    datagram.fragments++
    datagram.makeRoom(offset + length)
    datagram.bytes.set(bytes.subarray(at, at + length), offset)
    datagram.furthest = Math.max(datagram.furthest, end)
    datagram.mark(first, last)
    if (offset === 0) datagram.next = next
    if (length < wireLength) datagram.whole = Math.min(datagram.whole, offset + length)
    if (datagram.total < 0 || datagram.unitsSeen < Math.ceil(datagram.total / UNIT_BYTES)) return undefined
    this.#release(index)
    const joined = this.#joined
    joined.bytes = datagram.bytes
    joined.wireLength = datagram.total
    joined.length = Math.min(datagram.total, datagram.whole)
    joined.next = datagram.next
    return joined
  }

  /** Gives up what is still incomplete: at the end of the input. */
  finish(): void {
    while (this.#incomplete.length > 0) this.#abandon(0)
  }

  #find(walk: UdpWalk, sec: number): number {
    for (let i = 0; i < this.#incomplete.length; i++) if (this.#incomplete[i]!.is(walk)) return i
    if (this.#incomplete.length >= MAX_INCOMPLETE) this.#abandon(0)
    const datagram = this.#free.pop() ?? new Incomplete()
    datagram.start(walk, sec)
    return this.#incomplete.push(datagram) - 1
  }

  #expire(sec: number): void {
    // Oldest first, so the first one that is young ends the search; captures out of order only keep some longer.
    while (this.#incomplete.length > 0 && sec - this.#incomplete[0]!.sec > MAX_SECONDS) this.#abandon(0)
  }

  #abandon(index: number): void {
    const { fragments } = this.#incomplete[index]!
    this.#release(index)
    if (fragments > 0) this.#giveUp(skip.fragmentAlone, fragments)
  }

  /** Drops a datagram together with the fragment that spoiled it. */
  #spoil(index: number, reason: SkipReason): void {
    const { fragments } = this.#incomplete[index]!
    this.#release(index)
    this.#giveUp(reason, fragments + 1)
  }

  #release(index: number): void {
    const [datagram] = this.#incomplete.splice(index, 1)
    this.#free.push(datagram!)
  }
}

/** Bits of one word that stand for units `from` to `to` (exclusive); at least one does. */
function maskOf(word: number, from: number, to: number): number {
  const low = Math.max(from - word * 32, 0)
  const high = Math.min(to - word * 32, 32)
  return (0xffff_ffff >>> (32 - (high - low))) << low
}

/** Whether the bytes that are here are those that came before. */
function same(datagram: Incomplete, bytes: Uint8Array, at: number, offset: number, length: number): boolean {
  if (offset + length > datagram.bytes.length) return false
  for (let i = 0; i < length; i++) if (datagram.bytes[offset + i] !== bytes[at + i]) return false
  return true
}
