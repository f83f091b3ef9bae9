// Owns the pcapng container (draft-ietf-opsawg-pcapng): sections, interfaces and the blocks that carry packets.
// Knows nothing of what is in the frames. Start at PcapngFormat.

import { type ContainerFormat, FRAMES_PER_BATCH, type FrameBatch, MAX_FRAME_BYTES } from './frames.ts'
import { InterfaceClock } from './pcapng-time.ts'
import type { IssueLog } from './report.ts'
import type { Window } from './window.ts'

const block = { section: 0x0a0d0d0a, interface: 1, packet: 2, simplePacket: 3, enhancedPacket: 6 } as const
/** First word of a section in its own byte order, at byte 8. */
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
/** Type, total length and total length again. */
const LEAST_BLOCK_BYTES = 12
/** Blocks up to here are held whole: a frame and its options, which are at most a few kilobytes. */
const MAX_HELD_BYTES = MAX_FRAME_BYTES + 65_536
/** A section may describe this many interfaces; more would let a hostile file fill the memory. */
const MAX_INTERFACES = 4096
const option = { end: 0, tsresol: 9, tsoffset: 14 } as const

interface Interface {
  readonly linkType: number
  /** Bytes captured of a frame at most; 0 for no limit. */
  readonly snaplen: number
  readonly clock: InterfaceClock
}

/** pcapng of either byte order, which may change from section to section. */
export class PcapngFormat implements ContainerFormat {
  readonly name = 'pcapng'
  need = LEAST_BLOCK_BYTES
  stopped = false
  readonly #issues: IssueLog
  #littleEndian = false
  #interfaces: Interface[] = []
  /** Bytes of a block too large to hold that are still to be stepped over. */
  #skip = 0
  /** Time of the packet before, for simple packets, which have none. */
  #sec = 0
  #nsec = 0

  constructor(issues: IssueLog) {
    this.#issues = issues
  }

  take(window: Window, batch: FrameBatch): void {
    while (!this.stopped && batch.count < FRAMES_PER_BATCH) {
      if (this.#skip > 0) {
        const n = Math.min(this.#skip, window.left)
        window.start += n
        this.#skip -= n
        if (this.#skip > 0) {
          this.need = 1
          return
        }
      }
      if (window.left < LEAST_BLOCK_BYTES) {
        this.need = LEAST_BLOCK_BYTES
        return
      }
      if (!this.#takeBlock(window, batch)) return
    }
  }

  finish(window: Window): void {
    const { left, at } = window
    if (this.#skip > 0) {
      this.#issues.note('block cut', at, () => `the file ends ${this.#skip} bytes before the end of a block`)
    } else if (left > 0) {
      this.#issues.note('block cut', at, () => `the file ends after ${left} of the ${this.need} bytes of a block`)
    }
  }

  /** Takes the block at the start of the window; false where more bytes are needed or nothing more can be read. */
  #takeBlock(window: Window, batch: FrameBatch): boolean {
    const { view, start } = window
    const isSection = view.getUint32(start) === block.section
    if (isSection && !this.#readByteOrder(window)) return false
    const le = this.#littleEndian
    const length = view.getUint32(start + 4, le)
    if (length < LEAST_BLOCK_BYTES || length % 4 !== 0) {
      this.#stop(
        'block length',
        window.at,
        () =>
          `a block claims ${length} bytes, a multiple of 4 from ${LEAST_BLOCK_BYTES} on is needed; nothing after it can be read`,
      )
      return false
    }
    const type = view.getUint32(start, le)
    if (length > MAX_HELD_BYTES) {
      if (isSection || (type >= block.interface && type <= block.simplePacket) || type === block.enhancedPacket) {
        this.#issues.note(
          'block too long',
          window.at,
          () => `a block of type ${type} claims ${length} bytes, at most ${MAX_HELD_BYTES} are read; it was left out`,
        )
      }
      this.#skip = length
      return true
    }
    if (window.left < length) {
      this.need = length
      return false
    }
    const again = view.getUint32(start + length - 4, le)
    if (again !== length) {
      this.#issues.note(
        'block length differs',
        window.at,
        () => `a block begins with length ${length} and ends with ${again}; the first was used`,
      )
    }
    // What a block holds ends before its second length.
    const end = start + length - 4
    if (isSection) this.#readSection(window, end)
    else if (type === block.enhancedPacket) this.#readPacket(window, end, batch, view.getUint32(start + 8, le), 32)
    else if (type === block.packet) this.#readPacket(window, end, batch, view.getUint16(start + 8, le), 32)
    else if (type === block.simplePacket) this.#readSimplePacket(window, end, batch)
    else if (type === block.interface) this.#readInterface(window, end)
    if (this.stopped) return false
    window.start += length
    return true
  }

  #readByteOrder(window: Window): boolean {
    const { view, start } = window
    const magic = view.getUint32(start + 8)
    if (magic === BYTE_ORDER_MAGIC) this.#littleEndian = false
    else if (view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true
    else {
      this.#stop(
        'section byte order',
        window.at + 8,
        () =>
          `a section has byte-order magic ${hex(magic)}, 1a2b3c4d or 4d3c2b1a is needed; nothing after it can be read`,
      )
      return false
    }
    return true
  }

  #readSection(window: Window, end: number): void {
    const { view, start } = window
    this.#interfaces = []
    if (end - start < 24) {
      this.#issues.note(
        'section header',
        window.at,
        () => `a section header has ${end - start + 4} bytes, 28 are needed`,
      )
      return
    }
    const major = view.getUint16(start + 12, this.#littleEndian)
    const minor = view.getUint16(start + 14, this.#littleEndian)
    // 1.2 is what some writers put; it is read as 1.0 (draft-ietf-opsawg-pcapng, section 4.1).
    if (major !== 1) {
      this.#stop(
        'section version',
        window.at + 12,
        () => `a section says version ${major}.${minor}, 1.0 is known; nothing after it can be read`,
      )
    }
  }

  #readInterface(window: Window, end: number): void {
    const { view, start } = window
    const le = this.#littleEndian
    if (end - start < 16) {
      this.#issues.note('interface block', window.at, () => `an interface has ${end - start + 4} bytes, 20 are needed`)
    } else if (this.#interfaces.length >= MAX_INTERFACES) {
      this.#issues.note('too many interfaces', window.at, () => `a section has more than ${MAX_INTERFACES} interfaces`)
      return
    }
    let resolution = 6
    let offset = 0
    let p = start + 16
    while (p < end) {
      const code = end - p >= 4 ? view.getUint16(p, le) : -1
      const length = end - p >= 4 ? view.getUint16(p + 2, le) : 0
      if (code === option.end) break
      const room = end - p - 4
      if (length > room) {
        this.#issues.note(
          'interface option',
          window.offsetOf(p),
          () =>
            `an option of an interface ${room < 0 ? 'has no room for its header' : `claims ${length} bytes, ${room} are left`}`,
        )
        break
      }
      if (code === option.tsresol && length >= 1) resolution = view.getUint8(p + 4)
      if (code === option.tsoffset && length >= 8) {
        offset = view.getInt32(p + (le ? 8 : 4), le) * 4_294_967_296 + view.getUint32(p + (le ? 4 : 8), le)
      }
      p += 4 + ((length + 3) & ~3)
    }
    const known = end - start >= 16
    // A broken description keeps its place, so that the numbers of those after it stay right.
    this.#interfaces.push({
      linkType: known ? view.getUint16(start + 8, le) : 0xffff,
      snaplen: known ? view.getUint32(start + 12, le) : 0,
      clock: new InterfaceClock(resolution, offset),
    })
  }

  /** Enhanced packet, or the obsolete packet block: they differ in how the interface is written. */
  #readPacket(window: Window, end: number, batch: FrameBatch, id: number, least: number): void {
    const { view, start } = window
    const le = this.#littleEndian
    const frame = start + least - 4
    if (end < frame) {
      this.#issues.note(
        'packet block',
        window.at,
        () => `a packet block has ${end - start + 4} bytes, ${least} are needed`,
      )
      return
    }
    const captured = view.getUint32(start + 20, le)
    if (captured > end - frame || captured > MAX_FRAME_BYTES) {
      this.#issues.note(
        'packet length',
        window.at + 20,
        () => `a packet claims ${captured} captured bytes, ${end - frame} are in its block; it was left out`,
      )
      return
    }
    const from = this.#interfaces[id]
    if (!from) {
      this.#noteInterface(window.at + 8, id)
      return
    }
    const { clock } = from
    clock.read(view.getUint32(start + 12, le), view.getUint32(start + 16, le))
    if (clock.outOfRange) {
      this.#issues.note('packet time', window.at + 12, () => 'a packet has a time before 1970 or after 2106')
    }
    this.#sec = clock.sec
    this.#nsec = clock.nsec
    this.#add(batch, frame, captured, view.getUint32(start + 24, le), from.linkType)
  }

  #readSimplePacket(window: Window, end: number, batch: FrameBatch): void {
    const { view, start } = window
    const frame = start + 12
    if (end < frame) {
      this.#issues.note(
        'packet block',
        window.at,
        () => `a simple packet block has ${end - start + 4} bytes, 16 are needed`,
      )
      return
    }
    const from = this.#interfaces[0]
    if (!from) {
      this.#noteInterface(window.at, 0)
      return
    }
    // The captured length is not written: it is the original one, cut at the snaplen (section 4.4 of the draft).
    const original = view.getUint32(start + 8, this.#littleEndian)
    const captured = from.snaplen === 0 ? original : Math.min(original, from.snaplen)
    if (captured > end - frame || captured > MAX_FRAME_BYTES) {
      this.#issues.note(
        'packet length',
        window.at + 8,
        () =>
          `a simple packet of ${original} bytes needs ${captured} in its block, ${end - frame} are there; it was left out`,
      )
      return
    }
    this.#add(batch, frame, captured, original, from.linkType)
  }

  #add(batch: FrameBatch, offset: number, length: number, wireLength: number, linkType: number): void {
    const n = batch.count++
    batch.offset[n] = offset
    batch.length[n] = length
    batch.wireLength[n] = wireLength
    batch.sec[n] = this.#sec
    batch.nsec[n] = this.#nsec
    batch.linkType[n] = linkType
  }

  #noteInterface(at: number, id: number): void {
    this.#issues.note(
      'packet interface',
      at,
      () =>
        `a packet is from interface ${id}, ${this.#interfaces.length} are described; packets of unknown interfaces were left out`,
    )
  }

  #stop(kind: string, at: number, problem: () => string): void {
    this.stopped = true
    this.#issues.note(kind, at, problem)
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
