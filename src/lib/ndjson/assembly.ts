// Owns putting samples back into datagrams: lines that say the same of their datagram belong together.
// Start at Assembly.

import { writeHead, writeSample } from '../sflow/encode.ts'
import type { Batch } from '../source/source.ts'
import { XdrWriter } from '../wire/encode.ts'
import { compileExpect, SCAN_SLACK } from '../wire/scan.ts'
import { type LineHead, type ParsedLine, parseLine } from './parse.ts'
import { SampleScanner } from './scan-sample.ts'

/** A datagram's part of a line is no longer than this: two IPv6 addresses, three numbers, the keys. */
const LONGEST_HEAD = 400
const MARK = new TextEncoder().encode(',"sample_index":')

/** Datagrams being put together, one after the other in one buffer. */
export class Assembly {
  /** Datagrams finished up to now. */
  datagrams = 0
  readonly #out = new XdrWriter(1 << 16)
  readonly #scanner = new SampleScanner()
  readonly #mark = compileExpect(',"sample_index":')
  readonly #batch = new AssembledBatch()
  /** The open datagram: its head, where it starts and where its number of samples stands. */
  #head: LineHead | undefined
  #start = 0
  #countAt = 0
  #samples = 0
  #lastIndex = -1
  /** A line of the open datagram was taken; without one it is dropped (its only line was bad). */
  #whole = false
  /** Bytes of the open datagram's part of its lines, for the comparison with the next line. */
  readonly #text = new Uint8Array(LONGEST_HEAD)
  #textLength = 0
  /** A line near the end of its block is copied here, so that there is something to read behind it. */
  #padded = new Uint8Array(1 << 16)

  /**
   * Takes a line in our own form.
   * @returns false where it is not, and nothing was taken
   */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    let s = bytes
    let from = start
    let to = end
    if (end + SCAN_SLACK > bytes.length) {
      const length = end - start
      if (this.#padded.length < length + SCAN_SLACK) this.#padded = new Uint8Array(2 * (length + SCAN_SLACK))
      this.#padded.fill(0, length, length + SCAN_SLACK)
      this.#padded.set(bytes.subarray(start, end))
      s = this.#padded
      from = 0
      to = length
    }
    const d = new DataView(s.buffer, s.byteOffset, s.byteLength)
    let q = this.#sameHead(s, from) ? this.#mark(d, from + this.#textLength) : -1
    if (q < 0) {
      q = this.#newHead(s, d, from, to)
      if (q < 0) return false
    }
    let index = 0
    for (let c = s[q]! - 48; c >= 0 && c <= 9; c = s[++q]! - 48) index = index * 10 + c
    if (index <= this.#lastIndex) this.#reopen()
    if (!this.#scanner.scan(s, d, q, to, this.#out)) return false
    this.#lastIndex = index
    this.#samples++
    this.#whole = true
    return true
  }

  /** Takes a line that was read the slow way. @throws RangeError where a value does not fit */
  add({ head, samples }: ParsedLine): void {
    const index = samples[0]?.[0] ?? 0
    if (this.#head === undefined || index <= this.#lastIndex || !sameDatagram(this.#head, head)) {
      this.#close()
      this.#open(head)
      this.#textLength = 0
    }
    for (const [i, sample] of samples) {
      const before = this.#out.length
      try {
        writeSample(this.#out, sample)
      } catch (error) {
        this.#out.length = before
        throw error
      }
      this.#samples++
      this.#lastIndex = i
    }
    this.#whole = true
    if (head.trailing !== undefined) {
      this.#out.append(head.trailing)
      this.#close()
    }
  }

  /**
   * Gives the finished datagrams; the open one too where `all`. Valid until the next call of anything here.
   */
  take(all: boolean): Batch {
    if (all) this.#close()
    const batch = this.#batch
    const open = this.#head === undefined ? this.#out.length : this.#start
    batch.give(this.#out, open)
    // What is open moves to the front of the buffer when the next line comes.
    this.#given = open
    return batch
  }

  /** Bytes at the front that were given away and are dropped at the next change. */
  #given = 0

  #drop(): void {
    if (this.#given === 0) return
    const out = this.#out
    out.bytes.copyWithin(0, this.#given, out.length)
    out.length -= this.#given
    this.#start -= this.#given
    this.#countAt -= this.#given
    this.#given = 0
    this.#batch.clear()
  }

  #sameHead(s: Uint8Array, from: number): boolean {
    this.#drop()
    const length = this.#textLength
    if (length === 0) return false
    const text = this.#text
    // From the back: it is there that neighbours differ (sequence, uptime).
    for (let i = length - 1; i >= 0; i--) if (s[from + i] !== text[i]) return false
    return true
  }

  /** Reads the part of a line that belongs to its datagram. @returns position behind `"sample_index":`, or -1 */
  #newHead(s: Uint8Array, d: DataView, from: number, to: number): number {
    const limit = Math.min(to, from + LONGEST_HEAD)
    let at = -1
    for (let i = from; i < limit && at < 0; i++) {
      if (s[i] === MARK[0] && s[i + 2] === MARK[2] && this.#mark(d, i) >= 0) at = i
    }
    if (at < 0) return -1
    let head: LineHead
    try {
      head = parseLine(`${decoder.decode(s.subarray(from, at))}}`).head
    } catch {
      // The slow way reads the whole line and says what is wrong with it.
      return -1
    }
    if (this.#head === undefined || !sameDatagram(this.#head, head)) {
      this.#close()
      this.#open(head)
    }
    this.#textLength = at - from
    this.#text.set(s.subarray(from, at))
    return at + MARK.length
  }

  /** The same head again, but an index that went back: another datagram that says the same of itself. */
  #reopen(): void {
    const head = this.#head!
    const length = this.#textLength
    this.#close()
    this.#open(head)
    this.#textLength = length
  }

  #open(head: LineHead): void {
    this.#drop()
    this.#head = head
    this.#start = this.#out.length
    const { agent, subAgent, sequence, uptime } = head
    const datagram = { agent, sub_agent_id: subAgent, sequence_number: sequence, uptime }
    this.#countAt = writeHead(this.#out, datagram, 0)
    this.#samples = 0
    this.#lastIndex = -1
    this.#whole = false
  }

  #close(): void {
    this.#drop()
    if (this.#head === undefined) return
    if (!this.#whole) {
      this.#out.length = this.#start
      this.#head = undefined
      this.#textLength = 0
      return
    }
    this.#out.view.setUint32(this.#countAt, this.#samples)
    this.#batch.add(this.#head, this.#start, this.#out.length)
    this.#head = undefined
    this.#textLength = 0
    this.datagrams++
  }
}

const decoder = new TextDecoder()

function sameDatagram(a: LineHead, b: LineHead): boolean {
  return (
    a.sequence === b.sequence &&
    a.subAgent === b.subAgent &&
    a.uptime === b.uptime &&
    a.sec === b.sec &&
    a.nsec === b.nsec &&
    sameBytes(a.agent.bytes, b.agent.bytes) &&
    sameBytes(a.sender, b.sender)
  )
}

const sameBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((x, i) => x === b[i])

/** Where datagrams are in the assembly's buffer; grows to what one block of lines holds. */
class AssembledBatch implements Batch {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  count = 0
  offset = new Uint32Array(64)
  length = new Uint32Array(64)
  wireLength = new Uint32Array(64)
  sec = new Uint32Array(64)
  nsec = new Uint32Array(64)
  sender = new Uint32Array(64 * 4)
  senderPort = new Uint16Array(64)

  add(head: LineHead, start: number, end: number): void {
    const i = this.count++
    if (i === this.offset.length) this.#grow()
    this.offset[i] = start
    this.length[i] = end - start
    this.wireLength[i] = end - start
    this.sec[i] = head.sec
    this.nsec[i] = head.nsec
    const sender = new DataView(head.sender.buffer, head.sender.byteOffset, head.sender.byteLength)
    this.sender.fill(0, i * 4, i * 4 + 4)
    if (sender.byteLength === 4) this.sender.set([0xffff, sender.getUint32(0)], i * 4 + 2)
    for (let k = 0; sender.byteLength === 16 && k < 4; k++) this.sender[i * 4 + k] = sender.getUint32(k * 4)
  }

  give(out: XdrWriter, end: number): void {
    this.bytes = out.bytes.subarray(0, end)
    this.view = out.view
  }

  clear(): void {
    this.count = 0
  }

  #grow(): void {
    const longer = <A extends Uint32Array | Uint16Array>(made: A, old: A): A => {
      made.set(old)
      return made
    }
    this.offset = longer(new Uint32Array(this.offset.length * 2), this.offset)
    this.length = longer(new Uint32Array(this.length.length * 2), this.length)
    this.wireLength = longer(new Uint32Array(this.wireLength.length * 2), this.wireLength)
    this.sec = longer(new Uint32Array(this.sec.length * 2), this.sec)
    this.nsec = longer(new Uint32Array(this.nsec.length * 2), this.nsec)
    this.sender = longer(new Uint32Array(this.sender.length * 2), this.sender)
    this.senderPort = new Uint16Array(this.senderPort.length * 2)
  }
}
