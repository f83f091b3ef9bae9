// Owns writing sFlow version 5 datagrams by hand, field after field, from the specification's text. Deliberately not
// the library's encoder: what the generators write must not have passed through the code that is measured and tested.

import { type Flows, HEADER_BYTES } from './flows.ts'

const encoder = new TextEncoder()

/** Writes one datagram after the other into `view`; `position` is where the next field goes. */
export class DatagramWriter {
  view: DataView = new DataView(new ArrayBuffer(0))
  bytes: Uint8Array = new Uint8Array(0)
  position = 0
  #start = 0
  #samples = 0
  #sample = 0
  #records = 0
  #recordCount = 0
  #record = 0

  /** Starts a datagram of an IPv4 agent. */
  begin(bytes: Uint8Array, view: DataView, at: number, agent: number, sequence: number, uptime: number): void {
    this.bytes = bytes
    this.view = view
    this.#start = at
    this.position = at
    this.u32(5, 1, agent, 0, sequence, uptime, 0)
    this.#samples = 0
  }

  /** Ends the datagram and gives its length. */
  end(): number {
    this.view.setUint32(this.#start + 24, this.#samples)
    return this.position - this.#start
  }

  /** Starts a sample; `head` are its fields before the record count. */
  beginSample(tag: number, ...head: number[]): void {
    this.#samples++
    this.u32(tag, 0)
    this.#sample = this.position
    this.u32(...head)
    this.#records = this.position
    this.#recordCount = 0
    this.u32(0)
  }

  endSample(): void {
    this.view.setUint32(this.#records, this.#recordCount)
    this.view.setUint32(this.#sample - 4, this.position - this.#sample)
  }

  /** Starts a sample that is one structure, without records. */
  beginBody(tag: number): void {
    this.#samples++
    this.u32(tag, 0)
    this.#sample = this.position
  }

  endBody(): void {
    this.view.setUint32(this.#sample - 4, this.position - this.#sample)
  }

  beginRecord(tag: number): void {
    this.#recordCount++
    this.u32(tag, 0)
    this.#record = this.position
  }

  endRecord(): void {
    this.view.setUint32(this.#record - 4, this.position - this.#record)
  }

  u32(...values: number[]): void {
    for (const value of values) {
      this.view.setUint32(this.position, value)
      this.position += 4
    }
  }

  u64(...values: number[]): void {
    for (const value of values) this.u32(Math.floor(value / 4_294_967_296), value % 4_294_967_296)
  }

  f32(...values: number[]): void {
    for (const value of values) {
      this.view.setFloat32(this.position, value)
      this.position += 4
    }
  }

  /** A variable-length string or opaque: length, bytes, zeros to the next multiple of four. */
  text(value: string): void {
    this.opaque(encoder.encode(value), 0, encoder.encode(value).length)
  }

  opaque(from: Uint8Array, at: number, length: number): void {
    this.u32(length)
    this.fixed(from, at, length)
  }

  /** Bytes without a length, and zeros to the next multiple of four. */
  fixed(from: Uint8Array, at: number, length: number): void {
    const p = this.position
    for (let i = 0; i < length; i++) this.bytes[p + i] = from[at + i]!
    for (let i = length; i % 4 !== 0; i++) this.bytes[p + i] = 0
    this.position = p + ((length + 3) & ~3)
  }

  /** 0:1 of one packet of the flow; frame_length with its FCS, which is stripped. */
  sampledHeader(flows: Flows, flow: number): void {
    this.beginRecord(1)
    this.u32(1, flows.frameLength[flow]! + 4, 4)
    this.opaque(flows.headers, flow * HEADER_BYTES, flows.headerLength[flow]!)
    this.endRecord()
  }

  /** 0:1001. */
  extendedSwitch(vlan: number): void {
    this.beginRecord(1001)
    this.u32(vlan, 0, vlan, 0)
    this.endRecord()
  }

  /** 0:1002. */
  extendedRouter(nextHop: number): void {
    this.beginRecord(1002)
    this.u32(1, nextHop, 24, 16)
    this.endRecord()
  }

  /** 0:1003 with one AS_SEQUENCE of `path` and two communities. */
  extendedGateway(nextHop: number, path: readonly number[]): void {
    this.beginRecord(1003)
    this.u32(1, nextHop, 65_000, 65_001, 65_002)
    this.u32(1, 2, path.length, ...path)
    this.u32(2, (65_000 << 16) | 100, (65_000 << 16) | 200)
    this.u32(100)
    this.endRecord()
  }
}
