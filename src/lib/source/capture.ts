// Owns turning the frames of a capture into batches of UDP payloads, and counting every packet that gives none.
// Knows no container and no sFlow. Start at CaptureSource.

import { BugError } from '../errors.ts'
import { SFLOW_PORT } from '../parse/udp-address.ts'
import { FRAMES_PER_BATCH, type FrameBatch, type FrameReader } from './frames.ts'
import { findNetwork, linkTypeName, network, networkCode, networkOffset } from './link.ts'
import { type Joined, Reassembly } from './reassembly.ts'
import { skip, Tally } from './report.ts'
import type { Batch, Source, SourceReport } from './source.ts'
import { UdpWalk, type WalkResult, walkFound } from './udp-walk.ts'

/** A moment of capture time: seconds since 1970 UTC, and nanoseconds. */
export interface CaptureTime {
  readonly sec: number
  readonly nsec: number
}

/** What to take out of a capture. */
export interface TakeOptions {
  /** UDP destination ports; 6343 where not given. */
  readonly ports?: readonly number[] | undefined
  /** Packets before this time are left out. */
  readonly since?: CaptureTime | undefined
  /** Packets at this time and later are left out. */
  readonly until?: CaptureTime | undefined
}

/** Room for joined datagrams beside a block: the largest, and some smaller ones before the batch must be given. */
export const SPARE_BYTES = 4 * 65_536
const MAX_DATAGRAM_BYTES = 65_536

/** Batch over the memory of a frame batch. */
class PayloadBatch implements Batch {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  count = 0
  readonly offset = new Uint32Array(FRAMES_PER_BATCH)
  readonly length = new Uint32Array(FRAMES_PER_BATCH)
  readonly wireLength = new Uint32Array(FRAMES_PER_BATCH)
  readonly sec = new Uint32Array(FRAMES_PER_BATCH)
  readonly nsec = new Uint32Array(FRAMES_PER_BATCH)
  readonly sender = new Uint32Array(FRAMES_PER_BATCH * 4)
  readonly senderPort = new Uint16Array(FRAMES_PER_BATCH)
}

/** The UDP payloads of one capture, in its order. Nothing is copied but datagrams that came in fragments. */
export class CaptureSource implements Source {
  readonly name: string
  readonly recorded = true
  readonly #reader: FrameReader
  readonly #wanted = new Uint8Array(65_536)
  readonly #since: CaptureTime | undefined
  readonly #until: CaptureTime | undefined
  readonly #tally = new Tally()
  readonly #walk = new UdpWalk()
  readonly #reassembly = new Reassembly((reason, packets) => this.#tally.skip(reason, packets))
  readonly #batch = new PayloadBatch()
  /** First free byte of the batch's spare part. */
  #spare = 0

  /** @param reader its blocks must have SPARE_BYTES to spare */
  constructor(reader: FrameReader, options: TakeOptions = {}) {
    this.name = reader.name
    this.#reader = reader
    this.#since = options.since
    this.#until = options.until
    for (const port of options.ports ?? [SFLOW_PORT]) this.#wanted[port] = 1
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    for (let frames = await this.#reader.next(); frames; frames = await this.#reader.next()) {
      for (let i = 0; i < frames.count; ) {
        i = this.#takeFrames(frames, i)
        if (this.#batch.count > 0) yield this.#batch
      }
    }
    this.#reassembly.finish()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  report(): SourceReport {
    const { packets, datagrams, cut } = this.#tally
    return {
      packets,
      datagrams,
      cut,
      otherPorts: this.#tally.otherPorts(),
      skipped: this.#tally.skipped(linkTypeName),
      issues: this.#reader.issues.list(),
      bytesRead: this.#reader.bytesRead,
      bytesTotal: this.#reader.bytesTotal,
    }
  }

  /** Fills the batch from frame `from` on; gives the first frame that is not in it. */
  #takeFrames(frames: FrameBatch, from: number): number {
    const batch = this.#batch
    batch.bytes = frames.bytes
    batch.view = frames.view
    batch.count = 0
    this.#spare = frames.spareStart
    if (frames.bytes.length - this.#spare < SPARE_BYTES) throw new BugError('a frame reader without spare bytes')
    let i = from
    for (; i < frames.count; i++) {
      if (frames.bytes.length - this.#spare < MAX_DATAGRAM_BYTES) break
      this.#takeFrame(frames, i)
    }
    this.#tally.packets += i - from
    this.#tally.datagrams += batch.count
    return i
  }

  #takeFrame(frames: FrameBatch, i: number): void {
    const result = this.#walkFrame(frames, i)
    if (result === walkFound.payload) this.#takePayload(frames, i)
    else if (result === skip.linkType) this.#tally.otherLinkType(frames.linkType[i]!)
    else if (result !== walkFound.fragment) this.#tally.skip(result)
  }

  /** Walks a frame; a fragment that completed its datagram gives that datagram's result. */
  #walkFrame(frames: FrameBatch, i: number): WalkResult {
    const sec = frames.sec[i]!
    const nsec = frames.nsec[i]!
    const since = this.#since
    if (since && (sec < since.sec || (sec === since.sec && nsec < since.nsec))) return skip.early
    const until = this.#until
    if (until && (sec > until.sec || (sec === until.sec && nsec >= until.nsec))) return skip.late
    const { view } = frames
    const start = frames.offset[i]!
    const length = frames.length[i]!
    const end = start + length
    const wireEnd = start + Math.max(frames.wireLength[i]!, length)
    const found = findNetwork(view, frames.linkType[i]!, start, end)
    const at = networkOffset(found)
    let code = networkCode(found)
    if (code === network.either) code = at < end ? view.getUint8(at) >>> 4 : network.cut
    if (code === network.unknownLink) return skip.linkType
    if (code === network.cut) return skip.cutHeader
    let result: WalkResult = skip.notIp
    if (code === network.ipv4) result = this.#walk.ipv4(view, at, end, wireEnd)
    else if (code === network.ipv6) result = this.#walk.ipv6(view, at, end, wireEnd)
    if (result !== walkFound.fragment) return result
    const joined = this.#reassembly.add(this.#walk, frames.bytes, sec)
    return joined === undefined ? result : this.#walkJoined(frames, joined)
  }

  #takePayload(frames: FrameBatch, i: number): void {
    const walk = this.#walk
    if (this.#wanted[walk.destinationPort] === 0) {
      this.#tally.otherPort(walk.destinationPort)
      return
    }
    const batch = this.#batch
    const n = batch.count++
    batch.offset[n] = walk.payload
    batch.length[n] = walk.length
    batch.wireLength[n] = walk.wireLength
    batch.sec[n] = frames.sec[i]!
    batch.nsec[n] = frames.nsec[i]!
    batch.sender[n * 4] = walk.source[0]!
    batch.sender[n * 4 + 1] = walk.source[1]!
    batch.sender[n * 4 + 2] = walk.source[2]!
    batch.sender[n * 4 + 3] = walk.source[3]!
    batch.senderPort[n] = walk.sourcePort
    if (walk.length < walk.wireLength) this.#tally.cut++
  }

  /** Copies a joined datagram to the spare part, so that it lies in the memory of its batch. */
  #walkJoined(frames: FrameBatch, joined: Joined): WalkResult {
    const at = this.#spare
    const end = at + joined.length
    frames.bytes.set(joined.bytes.subarray(0, joined.length), at)
    this.#spare = end
    const result = this.#walk.afterIpv6(frames.view, joined.next, at, end, at + joined.wireLength)
    // A fragment inside a joined datagram: no sender makes that.
    return result === walkFound.fragment ? skip.fragmentBad : result
  }
}
