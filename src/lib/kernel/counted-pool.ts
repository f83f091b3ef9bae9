// Owns how many packets on the wire passed an interface, where only its own counters tell. Pure. See packet-socket-tap.ts.
//
// Drivers differ in what they count of a buffer of several segments (GSO, GRO): the segments (most cards, software segmentation), or
// one packet (veth, tun, virtio). Which, shows in the mean length of what they count: near the mean packet or near the mean buffer of
// the samples. In the latter case the count is multiplied by the mean number of segments. That is an estimate, and as good as the samples.

import type { InterfaceCounters } from './link-message.ts'

/** Packets of one direction of one interface since `begin`. Never falls. */
export class CountedPool {
  readonly #way: 'ingress' | 'egress'
  #packets = 0
  /** The counters when they were last read, and what they counted since the beginning. */
  #lastPackets = 0n
  #lastBytes = 0n
  #countedPackets = 0
  #countedBytes = 0
  /** Of what was seen, each weighted by how rarely its like is: buffers, their segments, their bytes. */
  #buffers = 0
  #segments = 0
  #bytes = 0

  constructor(way: 'ingress' | 'egress') {
    this.#way = way
  }

  /** Where counting begins; undefined counters are zeros. */
  begin(counters: InterfaceCounters | undefined): void {
    const [packets, bytes] = this.#read(counters)
    this.#lastPackets = packets
    this.#lastBytes = bytes
  }

  /** Takes the counters as they are now; undefined, where the interface is gone, changes nothing. */
  count(counters: InterfaceCounters | undefined): void {
    if (counters === undefined) return
    const [packets, bytes] = this.#read(counters)
    // Some drivers begin again at 0 with a reset of the card.
    const more = Number(packets >= this.#lastPackets ? packets - this.#lastPackets : packets)
    const moreBytes = Number(bytes >= this.#lastBytes ? bytes - this.#lastBytes : bytes)
    this.#lastPackets = packets
    this.#lastBytes = bytes
    this.#countedPackets += more
    this.#countedBytes += moreBytes
    this.#packets += more * this.#factor()
  }

  /** A buffer that the filter took. @param probability with which it took one like it */
  see(bytes: number, segments: number, probability: number): void {
    const weight = 1 / probability
    this.#buffers += weight
    this.#segments += segments * weight
    this.#bytes += bytes * weight
  }

  /** As of the last `count`. */
  get packets(): number {
    return Math.round(this.#packets)
  }

  /** Packets on the wire for each that the driver counts. */
  #factor(): number {
    if (this.#segments === this.#buffers || this.#countedPackets === 0) return 1
    const counted = this.#countedBytes / this.#countedPackets
    const buffer = this.#bytes / this.#buffers
    const packet = this.#bytes / this.#segments
    return Math.abs(counted - buffer) < Math.abs(counted - packet) ? this.#segments / this.#buffers : 1
  }

  #read(counters: InterfaceCounters | undefined): readonly [packets: bigint, bytes: bigint] {
    if (counters === undefined) return [0n, 0n]
    return this.#way === 'ingress' ? [counters.rxPackets, counters.rxBytes] : [counters.txPackets, counters.txBytes]
  }
}
