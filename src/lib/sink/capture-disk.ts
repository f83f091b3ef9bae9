// Owns the disk's side of a capture: blocks into files, one after the other, and going on after a failure. The data path
// never waits for it. Knows no datagram. See capture-file.ts. Start at CaptureDisk.push.

import { access, constants, type FileHandle, open, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import { formatCount } from '../errors.ts'
import type { CaptureBlock } from './capture-block.ts'
import { clauseOf, notCreated } from './capture-errors.ts'
import { type CaptureName, numberedName, rotatedFiles, timedName } from './capture-names.ts'

/** Blocks of one system call: what came while the one before was at work. */
const MOST_BLOCKS = 64
/** Blocks packed at a time: Node has four threads for it, and while datagrams keep coming the next ones wait for 10 ms. */
const MOST_PACKED = 16
/**
 * Level 1 packs sFlow to 24 %, level 6 to 19 %, in a third of the time (fabric.pcap of the fixtures, Node 24: 125 and 45
 * MB/s). Blocks for themselves cost nothing at 256 KiB and a tenth at 14 KiB.
 */
const packing = { level: 1 }
/** After a failure. A disk that is full for a while is none for ever. */
const RETRY_MS = 5000
/** Names that may be taken by others between looking and creating. */
const MOST_TRIES = 1000

const pack = promisify<Uint8Array, { level: number }, Uint8Array>(gzip)

export interface DiskOptions {
  readonly name: CaptureName
  /** How rotated files are named; undefined: one file of just this name. */
  readonly numbering: 'number' | 'time' | undefined
  /** No file becomes longer; undefined: as long as it gets. */
  readonly rotateBytes: number | undefined
  /** Files of this name that are kept, the present one counted; undefined: all. */
  readonly keep: number | undefined
  /** The flag, for messages. */
  readonly what: string
  /** Takes a line for the user: trouble, and that it is over. */
  tell(line: string): void
  /** Takes a block back that is written, or was given up. */
  done(block: CaptureBlock, written: boolean): void
  /** Stands in for RETRY_MS in tests. */
  readonly retryMs?: number | undefined
}

/**
 * Every block is packed for itself (a gzip member; members are one stream to every reader, RFC 1952 section 2.2), so that
 * a file that ends behind any block unpacks whole, and a failed write can be taken back.
 */
export class CaptureDisk {
  /** Files begun. */
  files = 0
  /** The newest failure, until it is over. */
  problem: string | undefined
  readonly #options: DiskOptions
  readonly #header: Uint8Array
  #queue: CaptureBlock[] = []
  #file: FileHandle | undefined
  #path = ''
  /** Bytes of the present file that are whole blocks. */
  #size = 0
  #running: Promise<void> | undefined
  #closing = false
  #wake: (() => void) | undefined
  /** When the trouble began, and what was lost since then. */
  #troubleMs = 0
  #lost = 0
  #notRemoved = false

  /** @param header what every file begins with */
  constructor(options: DiskOptions, header: Uint8Array) {
    this.#options = options
    this.#header = options.name.packed ? gzipSync(header, packing) : header
  }

  /** The file that is written, or that was written last. */
  get path(): string {
    return this.#path
  }

  /** Nothing waits. */
  get idle(): boolean {
    return this.#running === undefined
  }

  /**
   * Creates the first file, unless its name needs the time of the first datagram.
   * @throws InputError, EnvironmentError
   */
  async start(): Promise<void> {
    const { name, numbering, what } = this.#options
    try {
      if (numbering === 'time') {
        await rotatedFiles(name, numbering)
        await access(name.folder, constants.W_OK)
        return
      }
      await this.#next(0)
      await this.#put([], [])
    } catch (error) {
      if (this.#file !== undefined) {
        // Without its header it is no capture, and would be in the way of the next try.
        await this.#shut()
        await this.#remove([{ path: this.#path }])
      }
      throw notCreated(this.#path === '' ? name.path : this.#path, what, error)
    }
  }

  /** Queues a block; `done` gets it back. */
  push(block: CaptureBlock): void {
    this.#queue.push(block)
    this.#running ??= this.#run()
  }

  /** Counts datagrams that had no room in the queue, for the message that tells the end of trouble. */
  refused(): void {
    this.#lost++
  }

  /** Writes what is queued, once; gives up what can't be written. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wake?.()
    await this.#running
    await this.#shut()
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      try {
        await this.#some()
      } catch (error) {
        await this.#failed(error)
      }
    }
    // Here and not behind an await: a block that is pushed from now on starts the next run.
    this.#running = undefined
  }

  /** Writes as many blocks as make one call. */
  async #some(): Promise<void> {
    const { packed } = this.#options.name
    const blocks = this.#queue.slice(0, packed ? MOST_PACKED : MOST_BLOCKS)
    await Promise.all(
      blocks.map(async (block) => {
        block.ready ??= packed ? await pack(block.written(), packing) : block.written()
      }),
    )
    if (this.#file === undefined || blocks[0]!.startsFile || this.#isFull(this.#size, blocks[0]!)) {
      await this.#next(blocks[0]!.sec)
      blocks[0]!.startsFile = false
    }
    let size = this.#size === 0 ? this.#header.length : this.#size
    let count = 0
    while (count < blocks.length) {
      const block = blocks[count]!
      if (count > 0 && (block.startsFile || this.#isFull(size, block))) break
      size += block.ready!.length
      count++
    }
    const fitting = blocks.slice(0, count)
    await this.#put(
      fitting.map((block) => block.ready!),
      fitting,
    )
    if (this.problem !== undefined) this.#recovered()
  }

  /** Whether a file of so many bytes is too long for one more block; one with nothing in it never is. */
  #isFull(size: number, { ready }: CaptureBlock): boolean {
    const { rotateBytes } = this.#options
    return rotateBytes !== undefined && size > this.#header.length && size + ready!.length > rotateBytes
  }

  /** Appends to the present file, its header first where it has none; hands the blocks back that are whole. */
  async #put(parts: readonly Uint8Array[], blocks: readonly CaptureBlock[]): Promise<void> {
    const file = this.#file!
    const buffers = this.#size === 0 ? [this.#header, ...parts] : [...parts]
    const from = this.#size
    const total = buffers.reduce((sum, x) => sum + x.length, 0)
    let written = 0
    try {
      while (written < total) {
        const { bytesWritten } = await file.writev(restOf(buffers, written), from + written)
        written += bytesWritten
      }
    } finally {
      const whole = wholeParts(buffers, written)
      this.#size = from + whole.bytes
      const ready = Math.min(blocks.length, whole.count - (buffers.length - parts.length))
      for (let i = 0; i < ready; i++) this.#options.done(blocks[i]!, true)
      if (ready > 0) this.#queue.splice(0, ready)
    }
  }

  /** Ends the present file and begins the next; `sec` is the time in its name. */
  async #next(sec: number): Promise<void> {
    await this.#shut()
    const { name, numbering, keep } = this.#options
    if (numbering === undefined) {
      this.#path = name.path
      this.#file = await open(name.path, 'wx')
    } else {
      const old = await rotatedFiles(name, numbering)
      if (keep !== undefined) await this.#remove(old.slice(0, Math.max(0, old.length - keep + 1)))
      const last = numbering === 'number' ? (old.at(-1)?.number ?? 0) : 0
      this.#file = await this.#create((again) =>
        numbering === 'number' ? numberedName(name, last + again) : timedName(name, sec, again),
      )
    }
    this.#size = 0
    this.files++
  }

  /** The first of these names that is free. */
  async #create(nameOf: (again: number) => string): Promise<FileHandle> {
    for (let again = 1; ; again++) {
      this.#path = nameOf(again)
      try {
        return await open(this.#path, 'wx')
      } catch (error) {
        if (again === MOST_TRIES || !(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
    }
  }

  async #remove(files: readonly { readonly path: string }[]): Promise<void> {
    for (const { path } of files) {
      try {
        await unlink(path)
      } catch (error) {
        if (!this.#notRemoved) this.#options.tell(`'${path}' can't be removed: ${clauseOf(error)}.`)
        this.#notRemoved = true
      }
    }
  }

  async #shut(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (file === undefined) return
    try {
      await file.close()
    } catch (error) {
      // NFS tells here that earlier writes failed.
      this.#options.tell(`Closing '${this.#path}' failed: ${clauseOf(error)}.`)
    }
  }

  /** Tells a failure once, makes the file whole, and waits; at the end all that is queued is given up. */
  async #failed(error: unknown): Promise<void> {
    const problem = clauseOf(error)
    const { name, tell, retryMs = RETRY_MS } = this.#options
    const path = this.#file === undefined ? name.path : this.#path
    if (this.problem === undefined) {
      this.#troubleMs = performance.now()
      this.#lost = 0
      tell(
        this.#closing
          ? `Writing '${path}' failed: ${problem}.`
          : `Writing '${path}' stopped: ${problem}. All else goes on; writing is tried again every ${retryMs / 1000} s.`,
      )
    }
    this.problem = problem
    try {
      // A part of a record at its end would be damage to every reader.
      await this.#file?.truncate(this.#size)
    } catch {
      // What can't be cut stays: readers stop there.
    }
    if (!this.#closing) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, retryMs).unref()
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
      return
    }
    for (const block of this.#queue) {
      this.#lost += block.datagrams
      this.#options.done(block, false)
    }
    this.#queue = []
    tell(`${formatCount(this.#lost)} datagrams are not in '${path}': ${problem}.`)
  }

  #recovered(): void {
    const seconds = Math.max(1, Math.round((performance.now() - this.#troubleMs) / 1000))
    const lost = this.#lost > 0 ? `${formatCount(this.#lost)} datagrams were lost` : 'no datagram was lost'
    this.problem = undefined
    this.#options.tell(`Writing '${this.#path}' goes on after ${seconds} s; ${lost}.`)
  }
}

/** The buffers without their first `written` bytes. */
function restOf(buffers: readonly Uint8Array[], written: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let skip = written
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length
    else {
      rest.push(skip === 0 ? buffer : buffer.subarray(skip))
      skip = 0
    }
  }
  return rest
}

/** How many buffers the first `written` bytes fill whole, and their bytes. */
function wholeParts(buffers: readonly Uint8Array[], written: number): { count: number; bytes: number } {
  let bytes = 0
  let count = 0
  for (const buffer of buffers) {
    if (bytes + buffer.length > written) break
    bytes += buffer.length
    count++
  }
  return { count, bytes }
}
