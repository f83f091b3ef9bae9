// Owns reading sonde's own NDJSON as a source of datagrams: lines of one datagram are put together and encoded again,
// so that every command sees the same bytes as from the capture. Start at openNdjson.

import { InputError } from '../errors.ts'
import type { Sample } from '../sflow/datagram.ts'
import { encodeDatagram } from '../sflow/encode.ts'
import type { TextInput } from '../source/open.ts'
import { IssueLog } from '../source/report.ts'
import type { Batch, Source, SourceReport } from '../source/source.ts'
import { XdrWriter } from '../wire/encode.ts'
import { JsonMismatch } from '../wire/json.ts'
import { LineCutter } from './lines.ts'
import { datagramOf, type LineHead, type ParsedLine, parseLine } from './parse.ts'

/** Datagrams given at a time. */
const BATCH = 512
/** A sample's line: 65,507 bytes at 64 characters each is the most that we write. */
const LONGEST_LINE = 8 << 20

/** Opens sonde NDJSON; every line is checked, the first one must be ours. */
export function openNdjson(input: TextInput): Source {
  return new NdjsonSource(input)
}

class NdjsonSource implements Source {
  readonly name: string
  readonly recorded = true
  readonly #input: TextInput
  readonly #issues = new IssueLog()
  readonly #cutter: LineCutter
  readonly #batch = new DatagramBatch()
  readonly #decoder = new TextDecoder()
  #head: LineHead | undefined
  #samples: Sample[] = []
  #lastIndex = -1
  #linesRead = 0
  #datagrams = 0
  /** Byte offset of the current line, for issues. */
  #at = 0

  constructor(input: TextInput) {
    this.name = input.name
    this.#input = input
    this.#cutter = new LineCutter(LONGEST_LINE, (line) => {
      this.#issues.note('line too long', this.#at, () => `line ${line} is longer than ${LONGEST_LINE} bytes`)
    })
  }

  async *batches(): AsyncIterable<Batch> {
    const line = (bytes: Uint8Array, start: number, end: number) => this.#line(bytes, start, end)
    for (let block = await this.#input.next(); block !== undefined; block = await this.#input.next()) {
      // A block is at most some thousand lines; a batch is given when it is full, behind the block.
      this.#cutter.push(block, line)
      if (this.#batch.count >= BATCH) yield this.#batch.take()
    }
    this.#cutter.finish(line)
    this.#flush()
    if (this.#batch.count > 0) yield this.#batch.take()
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    this.#at += end - start + 1
    let blank = true
    for (let i = start; i < end && blank; i++) blank = bytes[i]! <= 0x20
    if (blank) return
    const first = this.#linesRead++ === 0
    let parsed: ParsedLine
    try {
      parsed = parseLine(this.#decoder.decode(bytes.subarray(start, end)))
    } catch (error) {
      if (!(error instanceof JsonMismatch || error instanceof SyntaxError)) throw error
      const place = `line ${this.#cutter.number}`
      if (first) {
        throw new InputError(`${this.name} ${place} is no sample of sonde's: ${error.message}.`, [
          'Samples are read as `sonde decode FILE --format ndjson` prints them; --fields and csv output can not be read back.',
        ])
      }
      this.#issues.note('bad line', this.#at, () => `${place}: ${error.message}`)
      return
    }
    this.#take(parsed)
  }

  #take({ head, samples }: ParsedLine): void {
    const index = samples[0]?.[0] ?? 0
    if (this.#head === undefined || index <= this.#lastIndex || !sameDatagram(this.#head, head)) {
      this.#flush()
      this.#head = head
    } else if (head.trailing !== undefined) {
      this.#head = head
    }
    for (const [i, sample] of samples) {
      this.#samples.push(sample)
      this.#lastIndex = i
    }
  }

  #flush(): void {
    if (this.#head === undefined) return
    const head = this.#head
    const samples = this.#samples
    this.#head = undefined
    this.#samples = []
    this.#lastIndex = -1
    try {
      this.#batch.add(head, samples)
      this.#datagrams++
    } catch (error) {
      // A value that JSON can say and the wire can't, in a line that somebody changed.
      if (!(error instanceof RangeError)) throw error
      this.#issues.note('bad value', this.#at, () => `before line ${this.#cutter.number}: ${error.message}`)
    }
  }

  close(): Promise<void> {
    return this.#input.close()
  }

  report(): SourceReport {
    return {
      packets: this.#linesRead,
      datagrams: this.#datagrams,
      cut: 0,
      otherPorts: new Map(),
      skipped: new Map(),
      issues: [...this.#input.issues(), ...this.#issues.list()],
      bytesRead: this.#input.bytesRead,
      bytesTotal: this.#input.bytesTotal,
    }
  }
}

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

/** Encoded datagrams one after the other; grows to what one block of lines holds. */
class DatagramBatch implements Batch {
  readonly #writer = new XdrWriter(1 << 16)
  readonly #one = new XdrWriter()
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  count = 0
  offset = new Uint32Array(BATCH)
  length = new Uint32Array(BATCH)
  wireLength = new Uint32Array(BATCH)
  sec = new Uint32Array(BATCH)
  nsec = new Uint32Array(BATCH)
  sender = new Uint32Array(BATCH * 4)
  senderPort = new Uint16Array(BATCH)
  #taken = false

  add(head: LineHead, samples: Sample[]): void {
    if (this.#taken) {
      this.#taken = false
      this.count = 0
      this.#writer.length = 0
    }
    if (this.count === this.offset.length) this.#grow()
    const bytes = encodeDatagram(datagramOf(head, samples), this.#one)
    const i = this.count++
    this.offset[i] = this.#writer.length
    this.length[i] = bytes.length
    this.wireLength[i] = bytes.length
    this.sec[i] = head.sec
    this.nsec[i] = head.nsec
    this.#setSender(i, head.sender)
    this.#writer.raw(bytes)
  }

  /** The batch to give; what is added afterwards starts a new one. */
  take(): this {
    this.bytes = this.#writer.bytes
    this.view = this.#writer.view
    this.#taken = true
    return this
  }

  #setSender(i: number, sender: Uint8Array): void {
    this.sender.fill(0, i * 4, i * 4 + 4)
    const view = new DataView(sender.buffer, sender.byteOffset, sender.byteLength)
    if (sender.length === 4) {
      this.sender[i * 4 + 2] = 0xffff
      this.sender[i * 4 + 3] = view.getUint32(0)
    }
    for (let k = 0; sender.length === 16 && k < 4; k++) this.sender[i * 4 + k] = view.getUint32(k * 4)
  }

  #grow(): void {
    const larger = (x: Uint32Array) => {
      const grown = new Uint32Array(x.length * 2)
      grown.set(x)
      return grown
    }
    this.offset = larger(this.offset)
    this.length = larger(this.length)
    this.wireLength = larger(this.wireLength)
    this.sec = larger(this.sec)
    this.nsec = larger(this.nsec)
    this.sender = larger(this.sender)
    this.senderPort = new Uint16Array(this.senderPort.length * 2)
  }
}
