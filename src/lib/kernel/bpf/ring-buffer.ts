// Owns reading a BPF ring buffer that is mapped into this process. See bpf.ts for the folder. RingReader is pure: it works on
// any memory of that form; openRingBuffer maps the kernel's.

import { SystemCallError } from '../../sys/errno.ts'
import { pageBytes } from '../../sys/page-size.ts'
import type { Bpf, BpfMap } from './bpf.ts'
import { refuseLoad } from './refusal.ts'

/** Bits of a record's first word beside its length: linux/bpf.h, BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT. */
const BUSY_BELOW_ZERO = 0
const DISCARDED = 0x4000_0000
const LENGTH = 0x3fff_ffff
/** Before each record: length with bits, and a page number that only the kernel needs. */
const HEADER_BYTES = 8
const PROT_READ = 1
const PROT_READ_WRITE = 3
const MAP_SHARED = 1
/** Room is given back while a full ring is read, this often a ring, so that the kernel drops less meanwhile. */
const RETURNS_A_RING = 8

/**
 * The reader's side of a ring: positions count bytes since the ring was made and never wrap here (2^53 bytes are years); places in
 * the ring are kept beside them as small integers.
 */
export class RingReader {
  readonly #consumer: BigInt64Array
  readonly #producer: BigInt64Array
  readonly #headers: Int32Array
  readonly #size: number
  #position: number
  /** #position modulo #size. */
  #at: number

  /**
   * @param consumer one element: where this side is; it writes it
   * @param producer one element: where the kernel is
   * @param data holds the ring twice in a row from `from` on, so that no record wraps
   * @param size bytes of the ring, a power of two
   */
  constructor(consumer: BigInt64Array, producer: BigInt64Array, data: ArrayBufferLike, from: number, size: number) {
    this.#consumer = consumer
    this.#producer = producer
    this.#headers = new Int32Array(data, from, (2 * size) / 4)
    this.#size = size
    this.#position = Number(Atomics.load(consumer, 0))
    this.#at = this.#position % size
  }

  /**
   * Hands on records, see RingBuffer.drain. A record that the kernel still writes ends it: those behind it wait, too. Where `take`
   * throws, its record counts as taken.
   * @returns records handed on
   */
  drain(take: (at: number, length: number) => void): number {
    const headers = this.#headers
    const mask = this.#size - 1
    const most = this.#size / RETURNS_A_RING
    let left = this.waiting()
    let at = this.#at
    let done = 0
    let count = 0
    try {
      while (left > 0) {
        const header = Atomics.load(headers, at >>> 2)
        if (header < BUSY_BELOW_ZERO) break
        const length = header & LENGTH
        const bytes = (length + HEADER_BYTES + 7) & ~7
        const record = at + HEADER_BYTES
        at = (at + bytes) & mask
        left -= bytes
        done += bytes
        if ((header & DISCARDED) === 0) {
          count++
          take(record, length)
        }
        if (done >= most) {
          this.#giveBack(done)
          done = 0
        }
      }
    } finally {
      this.#at = at
      if (done > 0) this.#giveBack(done)
    }
    return count
  }

  /** From here on the kernel may write over them. */
  #giveBack(bytes: number): void {
    this.#position += bytes
    Atomics.store(this.#consumer, 0, BigInt(this.#position))
  }

  /** Bytes that wait, those of records still being written included. */
  waiting(): number {
    return Number(Atomics.load(this.#producer, 0)) - this.#position
  }
}

/** A ring buffer's reader. One a map. */
export interface RingBuffer {
  /** The ring's data, mapped twice in a row: a record that wraps lies in one piece. Empty after close. */
  readonly bytes: Uint8Array
  readonly view: DataView
  /**
   * Hands on the records that were complete when it was called, in order; never blocks, allocates nothing a record.
   * @param take is told where a record begins in bytes and view (a multiple of 8) and its length; both are valid until it returns
   * @returns records handed on
   */
  drain(take: (at: number, length: number) => void): number
  /** Bytes of the ring that are full. */
  waiting(): number
  close(): void
}

/**
 * Maps the ring: the consumer's page to be written, the producer's page and the data to be read only.
 * @throws BpfRefusal where mmap is not permitted
 * @see the kernel's Documentation/bpf/ringbuf.rst; kernel/bpf/ringbuf.c for the layout
 */
export function openRingBuffer({ libc }: Bpf, map: BpfMap): RingBuffer {
  const page = pageBytes()
  const size = map.maxEntries
  const bytes = page + 2 * size
  const consumerAt = libc.mmap(0, page, PROT_READ_WRITE, MAP_SHARED, map.fd, 0)
  if (consumerAt === -1) throw refuseLoad(`memory of ${map.name}`, new SystemCallError('mmap', libc.errno()), '')
  const producerAt = libc.mmap(0, bytes, PROT_READ, MAP_SHARED, map.fd, page)
  if (producerAt === -1) {
    const error = new SystemCallError('mmap', libc.errno())
    libc.munmap(consumerAt, page)
    throw refuseLoad(`memory of ${map.name}`, error, '')
  }
  const own = libc.viewOf(consumerAt, page)
  const kernels = libc.viewOf(producerAt, bytes)
  const reader = new RingReader(new BigInt64Array(own, 0, 1), new BigInt64Array(kernels, 0, 1), kernels, page, size)
  let open = true
  return {
    bytes: new Uint8Array(kernels, page),
    view: new DataView(kernels, page),
    drain: (take) => (open ? reader.drain(take) : 0),
    waiting: () => (open ? reader.waiting() : 0),
    close: () => {
      if (!open) return
      open = false
      // As Arena.close: a late reader finds nothing instead of a fault.
      own.transfer(0)
      kernels.transfer(0)
      libc.munmap(consumerAt, page)
      libc.munmap(producerAt, bytes)
    },
  }
}
