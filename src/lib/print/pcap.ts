// Owns --format pcap: sampled headers, headers of discarded packets, or the sFlow datagrams themselves, as a capture.
// Start at HeaderCapture and DatagramCapture.

import { formatCount } from '../errors.ts'
import { SFLOW_PORT } from '../parse/udp-address.ts'
import { packetLength } from '../sflow/header-length.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { writeCaptureHeader, writeCaptureRecord } from '../sink/capture-writer.ts'
import { type UdpPath, udpFrameOverhead, writeUdpFrame } from '../sink/udp-frame.ts'
import type { Batch } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Format } from './format.ts'

const SAMPLED_HEADER = 1
const EXTENDED_TIMESTAMP = 1043
const NS = 1_000_000_000

const ETHERNET = 1
/** sFlow header_protocol → LINKTYPE_ of pcap (tcpdump.org/linktypes.html), for those that have one. */
export const linkTypes: ReadonlyMap<number, number> = new Map([
  [1, ETHERNET],
  [3, 6], // IEEE 802.5
  [4, 10], // FDDI
  [5, 107], // Frame Relay
  [7, 9], // PPP
  [11, 228], // IPv4
  [12, 229], // IPv6
  [13, 219], // MPLS
  [14, 50], // PPP in HDLC-like framing
  [15, 105], // IEEE 802.11
  [18, 247], // InfiniBand
])

/**
 * One packet a sampled header, at the time the packet was seen where the agent tells it (0:1043), else at the
 * datagram's. A capture has one link type: that of the first header; headers of another kind are counted, not written.
 */
export class HeaderCapture implements Format {
  readonly #kind: SampleKind
  readonly #tell: (line: string) => void
  #linkType: number | undefined
  #sec = 0
  #nsec = 0
  /** header_protocol → headers that could not be written. */
  readonly #others = new Map<number, number>()

  constructor(kind: typeof SampleKind.flow | typeof SampleKind.discard, tell: (line: string) => void) {
    this.#kind = kind
    this.#tell = tell
  }

  begin(): void {}

  datagram(_w: Walker, batch: Batch, i: number): void {
    this.#sec = batch.sec[i]!
    this.#nsec = batch.nsec[i]!
  }

  sample(w: Walker, out: TextBuffer): boolean {
    if (w.sampleKind !== this.#kind || w.sampleBroken) return false
    let written = false
    for (let i = 0; i < w.recordCount; i++) {
      if (w.recordTag[i] === SAMPLED_HEADER && i !== w.recordClipped) written = this.#header(w, i, out) || written
    }
    return written
  }

  #header(w: Walker, i: number, out: TextBuffer): boolean {
    const { view } = w
    const at = w.recordOffset[i]!
    const left = w.recordEnd[i]! - at - 16
    if (left < 0 || view.getUint32(at + 12) > left) {
      w.reportShortHeader(i)
      return false
    }
    const protocol = view.getUint32(at)
    const linkType = linkTypes.get(protocol)
    if (linkType !== undefined && this.#linkType === undefined) {
      this.#linkType = linkType
      writeCaptureHeader(out, linkType)
    }
    if (linkType === undefined || linkType !== this.#linkType) {
      // 32 bits of the network's choice: only some are kept apart.
      const key = protocol <= 18 ? protocol : -1
      this.#others.set(key, (this.#others.get(key) ?? 0) + 1)
      return false
    }
    const length = view.getUint32(at + 12)
    const original = packetLength(view, at, this.#kind === SampleKind.discard)
    const time = w.findRecord(EXTENDED_TIMESTAMP)
    let sec = this.#sec
    let nsec = this.#nsec
    if (time >= 0 && w.recordEnd[time]! - w.recordOffset[time]! >= 8) {
      const t = w.recordOffset[time]!
      const ns = view.getBigUint64(t)
      const whole = ns / BigInt(NS)
      if (whole <= 0xffffffffn) {
        sec = Number(whole)
        nsec = Number(ns % BigInt(NS))
      }
    }
    writeCaptureRecord(out, sec, nsec, w.view, at + 16, length, original)
    return true
  }

  endDatagram(): void {}

  end(out: TextBuffer): void {
    if (this.#linkType === undefined) {
      writeCaptureHeader(out, ETHERNET)
      const what = this.#kind === SampleKind.flow ? 'flow samples' : 'discards'
      this.#tell(`The capture is without packets: no sampled header was found in ${what}.`)
    }
    for (const [protocol, count] of this.#others) {
      const what = protocol < 0 ? 'an unknown header protocol' : `header protocol ${protocol}`
      this.#tell(
        `${formatCount(count)} headers of ${what} are not in the capture: a pcap file has one link type, here ${this.#linkType ?? ETHERNET}.`,
      )
    }
  }
}

/** The datagrams that hold a chosen sample, whole, in made-up Ethernet, IP and UDP headers. */
export class DatagramCapture implements Format {
  readonly #frame = new TextBuffer(1 << 16)
  readonly #path = {
    source: new Uint32Array(4),
    sourcePort: 0,
    destination: new Uint32Array(4),
    // Where a captured datagram went is not kept in a batch: the collector is shown as the local host.
    destinationPort: SFLOW_PORT,
  }
  #batch: Batch | undefined
  #index = 0
  #samples = 0

  begin(out: TextBuffer): void {
    writeCaptureHeader(out, ETHERNET)
  }

  datagram(_w: Walker, batch: Batch, i: number): void {
    this.#batch = batch
    this.#index = i
    this.#samples = 0
  }

  sample(): boolean {
    this.#samples++
    return true
  }

  endDatagram(w: Walker, out: TextBuffer): void {
    if (this.#samples === 0 && w.sampleCount > 0) return
    const batch = this.#batch!
    const i = this.#index
    const path = this.#pathOf(w, batch, i)
    const length = batch.length[i]!
    const frame = this.#frame
    frame.clear()
    writeUdpFrame(frame, path, batch.bytes, batch.offset[i]!, length)
    const original = udpFrameOverhead(path) + batch.wireLength[i]!
    writeCaptureRecord(out, batch.sec[i]!, batch.nsec[i]!, frame.view, 0, frame.length, original)
  }

  #pathOf(w: Walker, batch: Batch, i: number): UdpPath {
    const { source, destination } = this.#path
    source.set(batch.sender.subarray(i * 4, i * 4 + 4))
    if (source.every((x) => x === 0)) w.agentWords(source)
    const v4 = source[0] === 0 && source[1] === 0 && source[2] === 0xffff
    destination.set(v4 ? [0, 0, 0xffff, 0x7f000001] : [0, 0, 0, 1])
    this.#path.sourcePort = batch.senderPort[i]!
    return this.#path
  }

  end(): void {}
}
