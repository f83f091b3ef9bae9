// Owns Prometheus remote write 1.0: the message. See push.ts for the folder. Start at remoteWriteEncoding.

import type { Family, Labels } from '../metrics/metrics.ts'
import { type Chunk, type Encoder, type Encoding, sortedLabels, VALUES_PER_CHUNK } from './encoding.ts'
import { compressSnappy } from './snappy.ts'

/**
 * A WriteRequest of protobuf, in snappy's block format. Each value is a series with one sample; a whole number of 64 bits
 * becomes the nearest double, as Prometheus would read it.
 * @see https://prometheus.io/docs/specs/prw/remote_write_spec/; prometheus/prompb types.proto, remote.proto
 */
export const remoteWriteEncoding: Encoding = Object.freeze({
  headers: {
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  start: (labels: Labels): Encoder => new RemoteWriteEncoder(labels),
  compress: async (body: Uint8Array) => compressSnappy(body),
})

/**
 * A series that is gone gets a stale marker, as the specification demands: otherwise servers go on with its last value for five
 * minutes, and the flows of many windows would add up.
 */
class RemoteWriteEncoder implements Encoder {
  readonly #labels: Labels
  /** Series of the moment before, by name and labels. */
  #known = new Map<string, Labels>()
  #chunks: Chunk[] = []
  #message = new Message()
  #values = 0

  constructor(labels: Labels) {
    this.#labels = labels
  }

  encode(families: readonly Family[], timeMs: number): Chunk[] {
    const now = new Map<string, Labels>()
    for (const { definition, series } of families) {
      for (const one of series) {
        const labels = sortedLabels([['__name__', definition.name], ...one.labels], this.#labels)
        const key = keyOf(labels)
        now.set(key, labels)
        this.#known.delete(key)
        this.#message.series(labels, Number(one.value), timeMs)
        this.#values++
        this.#flush(VALUES_PER_CHUNK)
      }
    }
    this.#gone(timeMs)
    this.#known = now
    return this.#taken()
  }

  end(timeMs: number): Chunk[] {
    this.#gone(timeMs)
    this.#known.clear()
    return this.#taken()
  }

  /** What is left in #known is not there any more. */
  #gone(timeMs: number): void {
    for (const labels of this.#known.values()) {
      this.#message.series(labels, undefined, timeMs)
      this.#flush(VALUES_PER_CHUNK)
    }
  }

  #taken(): Chunk[] {
    this.#flush(1)
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }

  /** @param least series that are needed for a chunk */
  #flush(least: number): void {
    if (this.#message.count < least) return
    // A marker is no value, and nothing is lost with it.
    this.#chunks.push({ bytes: this.#message.bytes, values: this.#values })
    this.#message = new Message()
    this.#values = 0
  }
}

function keyOf(labels: Labels): string {
  let key = ''
  for (const [name, value] of labels) key += `${name}\0${value}\0`
  return key
}

/** Field numbers with wire types: 0 varint, 1 eight bytes, 2 bytes behind their length. */
const WRITE_REQUEST_TIMESERIES = (1 << 3) | 2
const TIME_SERIES_LABELS = (1 << 3) | 2
const TIME_SERIES_SAMPLES = (2 << 3) | 2
const LABEL_NAME = (1 << 3) | 2
const LABEL_VALUE = (2 << 3) | 2
const SAMPLE_VALUE = (1 << 3) | 1
const SAMPLE_TIMESTAMP = (2 << 3) | 0

/** A NaN of its own: prometheus/model/value StaleNaN. */
const STALE_NAN = 0x7ff0000000000002n

/** A WriteRequest that grows. */
class Message {
  /** Series. */
  count = 0
  #bytes = Buffer.alloc(4096)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset)
  #length = 0

  get bytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length)
  }

  /** @param value undefined: stale from now on */
  series(labels: Labels, value: number | undefined, timeMs: number): void {
    this.count++
    const time = Math.max(0, Math.round(timeMs))
    const sizes = labels.map(([name, text]) => textSize(name) + textSize(text))
    const sampleSize = 1 + 8 + 1 + varintSize(time)
    let size = fieldSize(sampleSize)
    for (const one of sizes) size += fieldSize(one)
    this.#ensure(fieldSize(size))
    this.#begin(WRITE_REQUEST_TIMESERIES, size)
    for (let i = 0; i < labels.length; i++) {
      const [name, text] = labels[i]!
      this.#begin(TIME_SERIES_LABELS, sizes[i]!)
      this.#text(LABEL_NAME, name)
      this.#text(LABEL_VALUE, text)
    }
    this.#begin(TIME_SERIES_SAMPLES, sampleSize)
    this.#varint(SAMPLE_VALUE)
    if (value === undefined) this.#view.setBigUint64(this.#length, STALE_NAN, true)
    else this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
    this.#varint(SAMPLE_TIMESTAMP)
    this.#varint(time)
  }

  #begin(tag: number, size: number): void {
    this.#varint(tag)
    this.#varint(size)
  }

  #text(tag: number, text: string): void {
    this.#begin(tag, Buffer.byteLength(text))
    // Half a surrogate pair becomes U+FFFD, three bytes, as byteLength counts it.
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** A whole number from 0 to 2^53. */
  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80
    this.#bytes[this.#length++] = rest
  }

  #ensure(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const bytes = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset)
  }
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** A field of so many bytes, with its tag and length. */
function fieldSize(bytes: number): number {
  return 1 + varintSize(bytes) + bytes
}

function textSize(text: string): number {
  return fieldSize(Buffer.byteLength(text))
}
