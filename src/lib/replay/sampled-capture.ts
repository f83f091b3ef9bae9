// Owns turning a capture of packets into the sFlow of an agent that saw them. Knows no sending. Start at SampledCapture.

import { InputError } from '../errors.ts'
import { AgentExporter } from '../exporter/exporter.ts'
import { PacketSampler } from '../exporter/packet-sampler.ts'
import type { AddressWords } from '../parse/address.ts'
import { FRAMES_PER_BATCH, type FrameBatch, type FrameReader } from '../source/frames.ts'
import { linkTypeName } from '../source/link.ts'
import type { Batch, Source, SourceReport } from '../source/source.ts'
import type { Address } from '../wire/kinds.ts'
import { PacketHeader } from './packet-header.ts'

/** Bytes of a packet in its sample, as hsflowd and most switches send (sflow5.md 5.1). */
const HEADER_BYTES = 128
/** One sample with its share of a datagram's header: 204 bytes and at most 40. */
const BYTES_PER_FRAME = 256
/** Each frame may end a datagram that waited, and one more goes at the end. */
const MOST_DATAGRAMS = FRAMES_PER_BATCH + 1
const MOST_LINK_TYPES = 32

export interface CaptureSampling {
  /** N of 1 in N. */
  readonly rate: number
  readonly seed: number
  readonly agent: AddressWords
  readonly subAgent: number
  /** ifIndex of the interface that was captured, where packets don't tell theirs. */
  readonly ifIndex: number
}

class DatagramBatch implements Batch {
  readonly bytes = new Uint8Array(MOST_DATAGRAMS * BYTES_PER_FRAME)
  readonly view = new DataView(this.bytes.buffer)
  count = 0
  readonly offset = new Uint32Array(MOST_DATAGRAMS)
  readonly length = new Uint32Array(MOST_DATAGRAMS)
  readonly wireLength = this.length
  readonly sec = new Uint32Array(MOST_DATAGRAMS)
  readonly nsec = new Uint32Array(MOST_DATAGRAMS)
  readonly sender = new Uint32Array(MOST_DATAGRAMS * 4)
  readonly senderPort = new Uint16Array(MOST_DATAGRAMS)

  add(bytes: Uint8Array, length: number, sec: number, nsec: number): void {
    const n = this.count
    const at = n === 0 ? 0 : this.offset[n - 1]! + this.length[n - 1]!
    this.bytes.set(bytes.subarray(0, length), at)
    this.offset[n] = at
    this.length[n] = length
    this.sec[n] = sec
    this.nsec[n] = nsec
    this.count = n + 1
  }
}

/**
 * Random samples of a capture's packets as datagrams, at the time when an agent would have sent them. Every packet that
 * could have been sampled is in the pool of its data source.
 */
export class SampledCapture implements Source {
  readonly name: string
  readonly recorded = true
  /** Flow samples taken. */
  samples = 0
  /** Packets that could have been: the pool of all data sources. */
  pool = 0
  readonly #reader: FrameReader
  readonly #sampling: CaptureSampling
  readonly #sampler: PacketSampler
  readonly #exporter: AgentExporter
  readonly #batch = new DatagramBatch()
  readonly #header = new PacketHeader()
  #packets = 0
  #firstSec = 0
  #firstNsec = 0
  readonly #skipped = new Map<string, number>()

  constructor(reader: FrameReader, sampling: CaptureSampling) {
    this.name = reader.name
    this.#reader = reader
    this.#sampling = sampling
    this.#sampler = new PacketSampler(sampling.rate, sampling.seed)
    const options = { agent: addressOf(sampling.agent), subAgent: sampling.subAgent }
    this.#exporter = new AgentExporter(options, (bytes, length, timeMs) => this.#take(bytes, length, timeMs))
  }

  /** @throws InputError at the end, where there are packets and none could be sampled */
  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const batch = this.#batch
    for (let frames = await this.#reader.next(); frames; frames = await this.#reader.next()) {
      batch.count = 0
      for (let i = 0; i < frames.count; i++) this.#frame(frames, i)
      if (batch.count > 0) yield batch
    }
    batch.count = 0
    this.#exporter.flush()
    if (batch.count > 0) yield batch
    if (this.#packets > 0 && this.pool === 0) {
      const why = [...this.#skipped].map(([reason, packets]) => `${reason}: ${packets}`).join(', ')
      throw new InputError(`None of ${this.#packets} packets in ${this.name} can be sampled (${why}).`)
    }
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  /** `datagrams` are the packets that could be sampled: none of them means that the capture holds nothing of use. */
  report(): SourceReport {
    const { issues, bytesRead, bytesTotal } = this.#reader
    const shared = { packets: this.#packets, cut: 0, otherPorts: new Map(), skipped: this.#skipped }
    return { ...shared, datagrams: this.pool, issues: issues.list(), bytesRead, bytesTotal }
  }

  #frame(frames: FrameBatch, i: number): void {
    const sec = frames.sec[i]!
    const nsec = frames.nsec[i]!
    if (this.#packets++ === 0) {
      this.#firstSec = sec
      this.#firstNsec = nsec
    }
    const exporter = this.#exporter
    exporter.advance((sec - this.#firstSec) * 1000 + (nsec - this.#firstNsec) / 1e6)
    const at = frames.offset[i]!
    const end = at + frames.length[i]!
    const header = this.#header
    if (!header.find(frames.view, frames.linkType[i]!, at, end, Math.max(frames.wireLength[i]!, end - at))) {
      this.#skip(frames.linkType[i]!)
      return
    }
    const ifIndex = header.ifIndex || this.#sampling.ifIndex
    const source = exporter.source(0, ifIndex)
    source.pool++
    this.pool++
    if (!this.#sampler.take()) return
    this.samples++
    const start = at + header.skip
    exporter.add({
      kind: 'flow',
      source_id_type: 0,
      source_id_index: ifIndex,
      sampling_rate: this.#sampling.rate,
      input_format: 0,
      input_value: header.input ?? ifIndex,
      output_format: 0,
      output_value: header.output ?? ifIndex,
      records: [
        {
          tag: 1,
          name: 'sampled_header',
          fields: {
            protocol: header.protocol,
            frame_length: header.frameLength,
            stripped: header.stripped,
            header: frames.bytes.subarray(start, Math.min(end, start + HEADER_BYTES)),
          },
        },
      ],
    })
  }

  #skip(linkType: number): void {
    const name = linkTypeName(linkType)
    if (this.#skipped.has(name) || this.#skipped.size < MOST_LINK_TYPES) {
      this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1)
    }
  }

  #take(bytes: Uint8Array, length: number, timeMs: number): void {
    const seconds = Math.floor(timeMs / 1000)
    const nsec = this.#firstNsec + Math.round((timeMs - seconds * 1000) * 1e6)
    const carry = Math.floor(nsec / 1e9)
    this.#batch.add(bytes, length, this.#firstSec + seconds + carry, nsec - carry * 1e9)
  }
}

function addressOf(words: AddressWords): Address {
  const v4 = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  const bytes = new DataView(new ArrayBuffer(16))
  for (let k = 0; k < 4; k++) bytes.setUint32(k * 4, words[k]!)
  return { type: v4 ? 1 : 2, bytes: new Uint8Array(bytes.buffer, v4 ? 12 : 0) }
}
