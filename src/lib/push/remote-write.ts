// Owns Prometheus remote write 1.0: the message. See push.ts for the folder. Start at remoteWriteEncoding.

import type { Family, Labels } from '../metrics/metrics.ts'
import { type Chunk, type Encoding, sortedLabels, VALUES_PER_CHUNK } from './encoding.ts'
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
  encode(families: readonly Family[], timeMs: number, labels: Labels): Chunk[] {
    const chunks: Chunk[] = []
    let message = new Message()
    let values = 0
    const flush = (): void => {
      if (values > 0) chunks.push({ bytes: message.bytes, values })
      message = new Message()
      values = 0
    }
    for (const { definition, series } of families) {
      for (const one of series) {
        const named = sortedLabels([['__name__', definition.name], ...one.labels], labels)
        message.series(named, Number(one.value), timeMs)
        if (++values === VALUES_PER_CHUNK) flush()
      }
    }
    flush()
    return chunks
  },
  compress: async (body: Uint8Array) => compressSnappy(body),
})

/** Field numbers with wire types: 0 varint, 1 eight bytes, 2 bytes behind their length. */
const WRITE_REQUEST_TIMESERIES = (1 << 3) | 2
const TIME_SERIES_LABELS = (1 << 3) | 2
const TIME_SERIES_SAMPLES = (2 << 3) | 2
const LABEL_NAME = (1 << 3) | 2
const LABEL_VALUE = (2 << 3) | 2
const SAMPLE_VALUE = (1 << 3) | 1
const SAMPLE_TIMESTAMP = (2 << 3) | 0

/** A WriteRequest that grows. */
class Message {
  #bytes = Buffer.alloc(4096)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset)
  #length = 0

  get bytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length)
  }

  series(labels: Labels, value: number, timeMs: number): void {
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
    this.#view.setFloat64(this.#length, value, true)
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
