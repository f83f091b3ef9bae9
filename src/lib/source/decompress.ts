// Owns unpacking gzip and zstd as a stream, and keeping all that can be unpacked of a damaged one.
// Knows no capture format. Start at Decompressed.

import type { Gunzip, ZlibOptions, ZstdDecompress, ZstdOptions } from 'node:zlib'
// As a namespace: a named import of what an older Node lacks would stop the whole program.
import * as zlib from 'node:zlib'
import { EnvironmentError } from '../errors.ts'
import type { ByteInput } from './byte-input.ts'
import type { IssueLog } from './report.ts'
import type { Window } from './window.ts'

export type Packing = 'gzip' | 'zstd'

/** Packed bytes given to the engine at once. */
const PACKED_BYTES = 1 << 14
/**
 * Packed bytes given at once where a damaged stream is unpacked a second time: when the engine meets damage it throws
 * away what it unpacked since the last write, so the write with the damage must hold nothing else. The 16,384 writes
 * of the last block take about 0.2 s, once.
 */
const CAREFUL_BYTES = 1
/** Size of the engine's output blocks, and how many bytes of them may wait: a bomb unpacks no faster than it is read. */
const OUTPUT_BYTES = 1 << 16
const WAITING_BYTES = 1 << 20

/** highWaterMark of 1: a paused engine stops after the block it is at (a Transform option that zlib passes on). */
const engineOptions: ZlibOptions & ZstdOptions & { readableHighWaterMark: number } = {
  chunkSize: OUTPUT_BYTES,
  readableHighWaterMark: 1,
}

/** The unpacked bytes of a packed input. Members (gzip) and frames (zstd) that follow each other are one stream. */
export class Decompressed implements ByteInput {
  readonly name: string
  readonly bytesTotal: number | undefined
  readonly #packed: Window
  readonly #input: ByteInput
  readonly #packing: Packing
  readonly #issues: IssueLog
  #engine: Gunzip | ZstdDecompress
  readonly #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Unpacked bytes given to `#waiting` since the start of the stream. */
  #unpacked = 0
  /** Bytes to drop, when unpacking a second time: they were given before. */
  #again = 0
  #writing = false
  #engineEnded = false
  #failure: Error | undefined
  #finished = false
  #wake: (() => void) | undefined
  /** Packed bytes: given to engines, and given before the write that is going on. */
  #given = 0
  #givenBefore = 0
  /** Where writes become small; undefined in the first pass. */
  #carefulFrom: number | undefined
  /** Packed bytes that the engine did not want because its stream had ended; `#ending` until it says so. */
  #rest: Uint8Array | undefined
  #ending = false

  /** @param packed holds the packed bytes from the first on; `input` is what it reads from */
  constructor(packed: Window, input: ByteInput, packing: Packing, issues: IssueLog) {
    this.name = input.name
    this.bytesTotal = input.bytesTotal
    this.#packed = packed
    this.#input = input
    this.#packing = packing
    this.#issues = issues
    this.#engine = this.#start()
  }

  get bytesRead(): number {
    return this.#input.bytesRead
  }

  async read(target: Uint8Array, from: number, to: number): Promise<number> {
    while (this.#waiting.length === 0) {
      if (this.#finished) return 0
      await this.#step()
    }
    const block = this.#waiting[0]!
    const n = Math.min(block.length, to - from)
    target.set(n === block.length ? block : block.subarray(0, n), from)
    if (n === block.length) this.#waiting.shift()
    else this.#waiting[0] = block.subarray(n)
    this.#waitingBytes -= n
    return n
  }

  /** Unpacked bytes are not read twice by their readers. */
  rewind(): boolean {
    return false
  }

  async close(): Promise<void> {
    this.#finished = true
    this.#waiting.length = 0
    this.#engine.destroy()
    await this.#input.close()
    this.#signal()
  }

  #start(): Gunzip | ZstdDecompress {
    const engine = this.#packing === 'gzip' ? zlib.createGunzip(engineOptions) : zstdEngine(this.name)
    engine.on('data', (block: Uint8Array) => {
      if (engine === this.#engine) this.#receive(block)
    })
    engine.on('error', (error) => {
      if (engine !== this.#engine) return
      this.#failure = error
      this.#signal()
    })
    engine.on('end', () => {
      if (engine !== this.#engine) return
      this.#engineEnded = true
      this.#signal()
    })
    this.#writing = false
    this.#ending = false
    this.#engineEnded = false
    this.#failure = undefined
    return engine
  }

  #receive(block: Uint8Array): void {
    const dropped = Math.min(this.#again, block.length)
    this.#again -= dropped
    if (dropped < block.length) {
      const rest = dropped === 0 ? block : block.subarray(dropped)
      this.#waiting.push(rest)
      this.#waitingBytes += rest.length
      this.#unpacked += rest.length
      if (this.#waitingBytes >= WAITING_BYTES) this.#engine.pause()
    }
    this.#signal()
  }

  /** Moves the engine on until it has something to say. */
  async #step(): Promise<void> {
    if (this.#failure) return this.#fail(this.#failure)
    if (this.#engineEnded) return this.#nextFrame()
    let chunk: Uint8Array | undefined
    const idle = !this.#writing && !this.#ending && !this.#engine.isPaused() && !this.#engine.writableEnded
    if (idle) chunk = await this.#nextChunk()
    if (this.#finished) return // closed while it waited for the pipe
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (this.#engine.isPaused()) this.#engine.resume()
    else if (chunk) this.#write(chunk)
    else if (idle) this.#engine.end()
    if (this.#failure || this.#engineEnded) return
    await woken
  }

  async #nextChunk(): Promise<Uint8Array | undefined> {
    const rest = this.#rest
    if (rest) {
      this.#rest = undefined
      return rest
    }
    if (this.#carefulFrom === undefined) return this.#packed.take(PACKED_BYTES)
    const before = this.#carefulFrom - this.#given
    return this.#packed.take(before > 0 ? Math.min(before, PACKED_BYTES) : CAREFUL_BYTES)
  }

  #write(chunk: Uint8Array): void {
    const engine = this.#engine
    const before = engine.bytesWritten
    this.#writing = true
    this.#givenBefore = this.#given
    this.#given += chunk.length
    engine.write(chunk, (error) => {
      if (engine !== this.#engine || error) return
      const left = chunk.length - (engine.bytesWritten - before)
      if (left > 0) {
        this.#rest = chunk.subarray(chunk.length - left)
        this.#given -= left
        this.#ending = true
      }
      this.#writing = false
      this.#signal()
    })
  }

  /**
   * The engine ended of itself: the input did, or a zstd frame did. Node's zstd engine stops at the end of a frame
   * and drops what follows in the same write; the rest goes to a new engine. Zeros after the end are padding (tapes,
   * block devices), as gzip itself takes them.
   */
  async #nextFrame(): Promise<void> {
    let more = await this.#nextChunk()
    while (more?.every((byte) => byte === 0)) {
      this.#given += more.length
      more = await this.#nextChunk()
    }
    if (!more || this.#finished) {
      this.#finished = true
      return
    }
    this.#rest = more
    this.#engine = this.#start()
  }

  /** Damage: unpacks once more with small writes where that is possible, to lose nothing before it; then gives up. */
  #fail(error: Error): void {
    this.#engine.destroy()
    const cut = 'code' in error && error.code === 'Z_BUF_ERROR'
    if (!cut && this.#carefulFrom === undefined && this.#packed.rewind()) {
      this.#carefulFrom = this.#givenBefore
      this.#again = this.#unpacked
      this.#given = 0
      this.#givenBefore = 0
      this.#rest = undefined
      this.#engine = this.#start()
      return
    }
    this.#finished = true
    if (cut) {
      this.#issues.note(
        `${this.#packing} stream cut`,
        this.#given,
        () =>
          `the file ends after ${this.#given} bytes, before the end of its ${this.#packing} stream; ${this.#unpacked} bytes were unpacked`,
      )
    } else {
      this.#issues.note(
        `${this.#packing} stream damaged`,
        this.#givenBefore,
        () =>
          `the file can't be unpacked from byte ${this.#givenBefore} on (${error.message}); ${this.#unpacked} bytes were unpacked before it`,
      )
    }
  }

  #signal(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

function zstdEngine(name: string): ZstdDecompress {
  // Node has zstd since 22.15 and 23.8; types say that it is always there.
  const create: typeof zlib.createZstdDecompress | undefined = zlib.createZstdDecompress
  if (create === undefined) {
    throw new EnvironmentError(`${name} is packed with zstd, which this Node (${process.version}) can't unpack.`, [
      'Use Node 22.15 or newer, or unpack it first: zstd -dc FILE | sonde decode -',
    ])
  }
  return create(engineOptions)
}
