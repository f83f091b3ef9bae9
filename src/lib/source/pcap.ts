// Owns the classic pcap container (draft-ietf-opsawg-pcap, pcap-savefile(5)). Knows nothing of what is in the frames.
// Start at PcapFormat.

import { type ContainerFormat, FRAMES_PER_BATCH, type FrameBatch, MAX_FRAME_BYTES } from './frames.ts'
import type { IssueLog } from './report.ts'
import type { Window } from './window.ts'

/** First four bytes, read big-endian; a file of the other byte order has them reversed. */
export const pcapMagic = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const

const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16

/** pcap of either byte order and resolution. */
export class PcapFormat implements ContainerFormat {
  readonly name = 'pcap'
  need = FILE_HEADER_BYTES
  stopped = false
  readonly #littleEndian: boolean
  readonly #unitsPerSecond: number
  readonly #nanosPerUnit: number
  readonly #issues: IssueLog
  #headerTaken = false
  #linkType = 0
  /** Files before version 2.3 have the two lengths of a record the other way round (libpcap, sf-pcap.c). */
  #lengthsSwapped = false

  /** @param nanoseconds by the magic; else microseconds */
  constructor(littleEndian: boolean, nanoseconds: boolean, issues: IssueLog) {
    this.#littleEndian = littleEndian
    this.#unitsPerSecond = nanoseconds ? 1_000_000_000 : 1_000_000
    this.#nanosPerUnit = nanoseconds ? 1 : 1000
    this.#issues = issues
  }

  take(window: Window, batch: FrameBatch): void {
    if (this.stopped) return
    if (!this.#headerTaken && !this.#takeHeader(window)) return
    const { view, end } = window
    const le = this.#littleEndian
    const unitsPerSecond = this.#unitsPerSecond
    const capturedAt = this.#lengthsSwapped ? 12 : 8
    const linkType = this.#linkType
    let p = window.start
    let n = batch.count
    while (n < FRAMES_PER_BATCH) {
      if (end - p < RECORD_HEADER_BYTES) {
        this.need = RECORD_HEADER_BYTES
        break
      }
      const captured = view.getUint32(p + capturedAt, le)
      if (captured > MAX_FRAME_BYTES) {
        this.#stopAt(window.offsetOf(p), captured)
        break
      }
      const frame = p + RECORD_HEADER_BYTES
      if (end - frame < captured) {
        this.need = RECORD_HEADER_BYTES + captured
        break
      }
      let sec = view.getUint32(p, le)
      let fraction = view.getUint32(p + 4, le)
      if (fraction >= unitsPerSecond) {
        this.#noteFraction(window.offsetOf(p), fraction)
        const carry = Math.trunc(fraction / unitsPerSecond)
        sec += carry
        fraction -= carry * unitsPerSecond
      }
      batch.sec[n] = sec
      batch.nsec[n] = fraction * this.#nanosPerUnit
      batch.offset[n] = frame
      batch.length[n] = captured
      batch.wireLength[n] = view.getUint32(p + 20 - capturedAt, le)
      batch.linkType[n] = linkType
      n++
      p = frame + captured
    }
    window.start = p
    batch.count = n
  }

  finish(window: Window): void {
    const { left, at } = window
    if (left === 0 && this.#headerTaken) return
    if (!this.#headerTaken) {
      this.#issues.note(
        'file header cut',
        at,
        () => `the file ends after ${left} of the ${FILE_HEADER_BYTES} bytes of its header`,
      )
    } else if (left < RECORD_HEADER_BYTES) {
      this.#issues.note(
        'packet header cut',
        at,
        () => `the file ends after ${left} of the ${RECORD_HEADER_BYTES} bytes of a packet header`,
      )
    } else {
      this.#issues.note(
        'packet cut',
        at,
        () =>
          `the file ends after ${left - RECORD_HEADER_BYTES} of the ${this.need - RECORD_HEADER_BYTES} bytes of a packet`,
      )
    }
  }

  #takeHeader(window: Window): boolean {
    if (window.left < FILE_HEADER_BYTES) return false
    const { view, start } = window
    const le = this.#littleEndian
    const major = view.getUint16(start + 4, le)
    const minor = view.getUint16(start + 6, le)
    if (major !== 2 || minor > 4) {
      this.#issues.note(
        'file version',
        start + 4,
        () => `the header says version ${major}.${minor}; 2.4 is known and was assumed`,
      )
    }
    this.#lengthsSwapped = major === 2 && minor < 3
    // The upper half holds the FCS length and flags, not the type (draft-ietf-opsawg-pcap, section 4).
    this.#linkType = view.getUint32(start + 20, le) & 0xffff
    window.start += FILE_HEADER_BYTES
    this.#headerTaken = true
    return true
  }

  #stopAt(at: number, captured: number): void {
    this.stopped = true
    this.#issues.note(
      'packet length',
      at,
      () =>
        `a packet claims ${captured} captured bytes, at most ${MAX_FRAME_BYTES} are possible; nothing after it can be read`,
    )
  }

  #noteFraction(at: number, fraction: number): void {
    this.#issues.note(
      'packet time',
      at,
      () =>
        `a packet's time has ${fraction} parts of a second, below ${this.#unitsPerSecond} are possible; carried into the seconds`,
    )
  }
}
