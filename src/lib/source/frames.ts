// Owns frames: packets with their link header, as a container holds them, in batches over reused memory.
// Knows no protocol inside the frames; the containers are pcap.ts and pcapng.ts. Start at FrameReader.

import type { ByteInput } from './byte-input.ts'
import type { IssueLog } from './report.ts'
import type { Window } from './window.ts'

/** Frames of one batch at most: bounds the arrays where frames are tiny. */
export const FRAMES_PER_BATCH = 4096
/**
 * No frame is longer: MAXIMUM_SNAPLEN of libpcap (pcap-int.h), which is also what tcpdump and Wireshark write at most
 * for the link types that are read here. A longer one is a damaged length.
 */
export const MAX_FRAME_BYTES = 262_144

/**
 * Some frames in one buffer. Valid until the next batch: copy what must stay. Entries 0..count-1 of the arrays count;
 * every offset..offset+length lies inside `bytes`.
 */
export class FrameBatch {
  bytes: Uint8Array = new Uint8Array(0)
  /** Over the same memory as `bytes`, from its first byte. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** First byte of `bytes` that no frame uses and that the reader of the batch may write to. */
  spareStart = 0
  count = 0
  readonly offset = new Uint32Array(FRAMES_PER_BATCH)
  /** Bytes of the frame that are here. */
  readonly length = new Uint32Array(FRAMES_PER_BATCH)
  /** Bytes of the frame as sent, as the container says. */
  readonly wireLength = new Uint32Array(FRAMES_PER_BATCH)
  /** Capture time: seconds since 1970 UTC, and nanoseconds below 1,000,000,000. */
  readonly sec = new Uint32Array(FRAMES_PER_BATCH)
  readonly nsec = new Uint32Array(FRAMES_PER_BATCH)
  /** LINKTYPE_ value of each frame (tcpdump.org/linktypes.html). */
  readonly linkType = new Uint16Array(FRAMES_PER_BATCH)
}

/** One container format: takes records out of a window. Holds what the format keeps between records. */
export interface ContainerFormat {
  /** For messages: `pcap`, `pcapng`. */
  readonly name: string
  /** Bytes that must be in the window before `take` can go on. */
  readonly need: number
  /** The format has ended before its input (damage that can't be stepped over). */
  readonly stopped: boolean
  /** Takes whole records from the window into the batch, from `batch.count` on, until either is used up. */
  take(window: Window, batch: FrameBatch): void
  /** Says what is wrong with the bytes that are left when the input has ended. */
  finish(window: Window): void
}

/** Reads the frames of one capture in order. */
export class FrameReader {
  readonly name: string
  readonly issues: IssueLog
  readonly #input: ByteInput
  readonly #window: Window
  readonly #format: ContainerFormat
  readonly #batch = new FrameBatch()
  #done = false

  constructor(input: ByteInput, window: Window, format: ContainerFormat, issues: IssueLog) {
    this.name = input.name
    this.issues = issues
    this.#input = input
    this.#window = window
    this.#format = format
  }

  /** `pcap` or `pcapng`. */
  get format(): string {
    return this.#format.name
  }

  get bytesRead(): number {
    return this.#input.bytesRead
  }

  get bytesTotal(): number | undefined {
    return this.#input.bytesTotal
  }

  /** The next frames, at least one; undefined at the end. The same object each time. */
  async next(): Promise<FrameBatch | undefined> {
    const batch = this.#batch
    const window = this.#window
    const format = this.#format
    batch.count = 0
    while (!this.#done) {
      format.take(window, batch)
      if (batch.count > 0) {
        batch.bytes = window.bytes
        batch.view = window.view
        batch.spareStart = window.spareStart
        return batch
      }
      if (format.stopped) {
        this.#done = true
      } else if (!(await window.fill(format.need)) && !this.#done) {
        this.#done = true
        format.finish(window)
      }
    }
    return undefined
  }

  /** Also while next() waits for a pipe: it gives undefined then, and what is left is not called damage. */
  async close(): Promise<void> {
    this.#done = true
    await this.#input.close()
  }
}
