// Owns captures of datagrams written while they arrive: pcap or pcapng, packed or not, one file or many. Knows no sFlow and
// no socket. Start at CaptureFile.open; the disk's side is capture-disk.ts, the bytes are capture-form.ts and
// udp-frame.ts, names capture-names.ts.

import { TextBuffer } from '../wire/text.ts'
import { CaptureBlock } from './capture-block.ts'
import { CaptureDisk } from './capture-disk.ts'
import { type CaptureForm, captureForms } from './capture-form.ts'
import { splitCaptureName } from './capture-names.ts'
import { type UdpPath, udpFrameOverhead, writeUdpFrame } from './udp-frame.ts'

/**
 * One call of the disk for so much: large enough that calls don't count (1 µs a datagram at 16 KiB, 0.1 at this), small
 * enough that a reused block is still in the cache.
 */
const BLOCK_BYTES = 256 << 10
/** What may wait for the disk: half a second at a gigabit a second. */
const QUEUE_BYTES = 64 << 20
/** So that what a killed process leaves behind lacks less than a second. */
const FLUSH_MS = 500
/** Frames may be of another time than the file by so much without a new one: clocks step, datagrams overtake. */
const TOLERATED_S = 60
/** Blocks that are kept when nothing waits: more than a disk at work needs. */
const MOST_FREE = 16
/** What a file may have beside its first block: its header, and what packing adds where nothing can be packed. */
const FILE_HEAD_BYTES = 1024
/** A record of the longest datagram (65,527 bytes in IPv6) fits a file. */
export const LEAST_ROTATE_BYTES = 128 << 10

export interface CaptureFileOptions {
  /** Its ending says the form: .pcap or .pcapng, .gz behind it. */
  readonly path: string
  /** The next file before one becomes longer; at least LEAST_ROTATE_BYTES. */
  readonly rotateBytes?: number | undefined
  /** The next file at each multiple of so many seconds of the datagrams' time. */
  readonly rotateSeconds?: number | undefined
  /** Files of this name that are kept, earlier runs' too; needs a rotation. */
  readonly keep?: number | undefined
  /** The flag, for messages. */
  readonly what: string
  /** Takes a line for the user: trouble, and that it is over. Called once a trouble. */
  tell(line: string): void
  /** Stand in for the constants above in tests. */
  readonly queueBytes?: number | undefined
  readonly retryMs?: number | undefined
}

/** Counts of datagrams; bytes are of their payload. */
export interface CaptureCounts {
  /** In the file. */
  readonly written: number
  readonly bytes: number
  /** Not written: no room in the queue, or given up at the end. */
  readonly failed: number
  /** Why writing fails now, or failed last; undefined where it never did. */
  readonly problem: string | undefined
}

/**
 * Takes datagrams without waiting and without throwing; they are on disk half a second later. Close it.
 */
export class CaptureFile {
  readonly #disk: CaptureDisk
  readonly #form: CaptureForm
  readonly #blockBytes: number
  readonly #mostBlocks: number
  readonly #rotateSeconds: number | undefined
  /** Most bytes of a file, where they are known before they are written; what is packed is measured by the disk's side. */
  readonly #fileBytes: number
  /** Bytes that the present file will have. */
  #planned = FILE_HEAD_BYTES
  readonly #free: CaptureBlock[] = []
  #block: CaptureBlock | undefined
  /** Blocks that exist: the one that is filled, those that wait, those that are free. */
  #blocks = 0
  /** Time of the present file: from, to (not included), seconds since 1970. */
  #from = 0
  #to = 0
  #startFile = false
  readonly #timer: NodeJS.Timeout
  #closed = false
  #written = 0
  #bytes = 0
  #failed = 0
  #problem: string | undefined

  private constructor(options: CaptureFileOptions) {
    const { path, rotateBytes, rotateSeconds, keep, what, tell, retryMs } = options
    const name = splitCaptureName(path, what)
    this.#form = captureForms[name.form]
    this.#rotateSeconds = rotateSeconds
    this.#fileBytes = name.packed ? Number.POSITIVE_INFINITY : (rotateBytes ?? Number.POSITIVE_INFINITY)
    this.#blockBytes = Math.min(BLOCK_BYTES, (rotateBytes ?? Number.POSITIVE_INFINITY) - FILE_HEAD_BYTES)
    this.#mostBlocks = Math.max(2, Math.trunc((options.queueBytes ?? QUEUE_BYTES) / this.#blockBytes))
    const header = new TextBuffer(1024)
    this.#form.header(header)
    const numbering = rotateSeconds !== undefined ? 'time' : rotateBytes !== undefined ? 'number' : undefined
    this.#disk = new CaptureDisk(
      { name, numbering, rotateBytes, keep, what, tell, done: (block, written) => this.#done(block, written), retryMs },
      header.written(),
    )
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS).unref()
  }

  /**
   * Creates the file, or the first one; with times in the names that waits for the first datagram.
   * @throws InputError for an ending of no capture, a file that exists, a directory that does not; EnvironmentError where
   *   it can't be written
   */
  static async open(options: CaptureFileOptions): Promise<CaptureFile> {
    const file = new CaptureFile(options)
    try {
      await file.#disk.start()
    } catch (error) {
      clearInterval(file.#timer)
      throw error
    }
    return file
  }

  /** The file that is written now, or was written last. */
  get path(): string {
    return this.#disk.path
  }

  /** Files begun up to now. */
  get files(): number {
    return this.#disk.files
  }

  /** Whether at least half of the queue is free: for who can wait with more. */
  get hasRoom(): boolean {
    return this.#blocks - this.#free.length <= this.#mostBlocks >> 1
  }

  /**
   * Takes a datagram of `length` bytes at `at`; `wireLength` is what it had when it was sent. The bytes are copied.
   * @returns false where there was no room: it is counted as failed
   */
  datagram(
    sec: number,
    nsec: number,
    path: UdpPath,
    bytes: Uint8Array,
    at: number,
    length: number,
    wireLength: number,
  ): boolean {
    if (this.#closed) return false
    if (this.#rotateSeconds !== undefined && (sec >= this.#to || sec < this.#from - TOLERATED_S)) this.#newTime(sec)
    const overhead = udpFrameOverhead(path)
    if (this.#planned + this.#form.recordBytes + overhead + length > this.#fileBytes) this.#newFile()
    const block = this.#roomFor(this.#form.recordBytes + overhead + length)
    if (block === undefined) {
      this.#failed++
      this.#disk.refused()
      return false
    }
    if (block.datagrams === 0) {
      block.sec = sec
      block.startsFile = this.#startFile
      this.#startFile = false
    }
    this.#form.begin(block, sec, nsec, overhead + length, overhead + wireLength)
    writeUdpFrame(block, path, bytes, at, length)
    this.#planned += this.#form.recordBytes + overhead + length
    this.#form.end(block, overhead + length)
    block.datagrams++
    block.payload += length
    return true
  }

  counts(): CaptureCounts {
    const problem = this.#disk.problem
    if (problem !== undefined) this.#problem = problem
    else if (this.#problem === undefined && this.#failed > 0)
      this.#problem = 'the disk is slower than the datagrams come'
    return { written: this.#written, bytes: this.#bytes, failed: this.#failed, problem: this.#problem }
  }

  /** Writes what is left, or gives it up where the disk fails; then closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    this.#seal()
    await this.#disk.close()
  }

  /** Twice a second: hands what there is to the disk, unless the disk is busy; then it comes with the next. */
  #flush(): void {
    if (this.#disk.idle) this.#seal()
  }

  /** So that a file is filled to its last record, and not to its last block. */
  #newFile(): void {
    this.#seal()
    this.#planned = FILE_HEAD_BYTES
    this.#startFile = true
  }

  #newTime(sec: number): void {
    this.#seal()
    const span = this.#rotateSeconds!
    this.#from = sec - (sec % span)
    this.#to = this.#from + span
    this.#startFile = true
  }

  /** The block that is filled, with room for `bytes`; undefined where there is none. */
  #roomFor(bytes: number): CaptureBlock | undefined {
    const block = this.#block
    if (block !== undefined) {
      if (block.length + bytes <= this.#blockBytes) return block
      this.#seal()
    }
    const free = this.#free.pop()
    if (free === undefined && this.#blocks >= this.#mostBlocks) return undefined
    if (free === undefined) this.#blocks++
    this.#block = free ?? new CaptureBlock(this.#blockBytes)
    return this.#block
  }

  #seal(): void {
    const block = this.#block
    if (block === undefined || block.datagrams === 0) return
    this.#block = undefined
    this.#disk.push(block)
  }

  #done(block: CaptureBlock, written: boolean): void {
    if (written) {
      this.#written += block.datagrams
      this.#bytes += block.payload
    } else {
      this.#failed += block.datagrams
    }
    if (this.#free.length === MOST_FREE) {
      this.#blocks--
      return
    }
    block.clear()
    this.#free.push(block)
  }
}
