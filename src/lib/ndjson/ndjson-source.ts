// Owns reading sonde's own NDJSON as a source of datagrams: lines of one datagram are put together and encoded again,
// so that every command sees the same bytes as from the capture. Start at openNdjson.

import { InputError } from '../errors.ts'
import type { TextInput } from '../source/open.ts'
import { IssueLog } from '../source/report.ts'
import type { Batch, Source, SourceReport } from '../source/source.ts'
import { JsonMismatch } from '../wire/json.ts'
import { Assembly } from './assembly.ts'
import { LineCutter } from './lines.ts'
import { parseLine } from './parse.ts'

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
  readonly #assembly = new Assembly()
  readonly #decoder = new TextDecoder()
  #linesRead = 0
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
      this.#cutter.push(block, line)
      const batch = this.#assembly.take(false)
      if (batch.count > 0) yield batch
    }
    this.#cutter.finish(line)
    const last = this.#assembly.take(true)
    if (last.count > 0) yield last
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    this.#at += end - start + 1
    if (this.#assembly.scan(bytes, start, end)) {
      this.#linesRead++
      return
    }
    let blank = true
    for (let i = start; i < end && blank; i++) blank = bytes[i]! <= 0x20
    if (blank) return
    const first = this.#linesRead++ === 0
    try {
      this.#assembly.add(parseLine(this.#decoder.decode(bytes.subarray(start, end))))
    } catch (error) {
      // RangeError: a value that JSON can say and the wire can't, in a line that somebody changed.
      if (!(error instanceof JsonMismatch || error instanceof SyntaxError || error instanceof RangeError)) throw error
      this.#badLine(first, error.message)
    }
  }

  #badLine(first: boolean, problem: string): void {
    const place = `line ${this.#cutter.number}`
    if (first) {
      throw new InputError(`${this.name} ${place} is no sample of sonde's: ${problem}.`, [
        'Samples are read as `sonde decode FILE --format ndjson` prints them; --fields and csv output can not be read back.',
      ])
    }
    this.#issues.note('bad line', this.#at, () => `${place}: ${problem}`)
  }

  close(): Promise<void> {
    return this.#input.close()
  }

  report(): SourceReport {
    return {
      packets: this.#linesRead,
      datagrams: this.#assembly.datagrams,
      cut: 0,
      otherPorts: new Map(),
      skipped: new Map(),
      issues: [...this.#input.issues(), ...this.#issues.list()],
      bytesRead: this.#input.bytesRead,
      bytesTotal: this.#input.bytesTotal,
    }
  }
}
