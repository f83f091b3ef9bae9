// Owns a recorded trace from its bytes to its end: lines into steps, those that are chosen go to whoever looks at them; damaged lines
// are told. Knows no format and no terminal. See step.ts for the folder. Start at readTrace.

import { InputError } from '../errors.ts'
import { LineCutter } from '../ndjson/lines.ts'
import type { TextInput } from '../source/open.ts'
import { JsonMismatch } from '../wire/json.ts'
import { endTime, type TraceEnd, type TraceHead } from './head.ts'
import type { Choice, RecordedOptions } from './options.ts'
import { parseTraceLine, type TraceLine } from './read.ts'
import type { TraceSight } from './run.ts'
import type { TraceStep } from './step.ts'

/** A step with a stack of 127 frames of 512 characters is far below. */
const LONGEST_LINE = 1 << 20

export interface RecordedReport {
  /** What the recording says of itself: once, before its steps; undefined where its first line is not there. */
  opened(head: TraceHead | undefined): void
  /** A line that is not what it should be, or damage of the packing; always to be told. */
  damage(problem: string): void
  /** How far it is, bytes. */
  progress(done: number, total: number | undefined): void
}

export interface RecordedEnd extends TraceEnd {
  /** Lines that are damaged, and other damage of the file. */
  readonly damaged: number
  /** Steps that were not chosen, and lines of other kinds. */
  readonly leftOut: number
  readonly otherLines: number
  /** The recording says itself where it ends. */
  readonly isWhole: boolean
}

/**
 * Reads a recording through, or until the limit is reached, it is stopped or nobody looks any more.
 * @throws InputError where its first line is no trace; EnvironmentError where the machine can't read on
 */
export async function readTrace(
  { choice, stop, names }: RecordedOptions,
  input: TextInput,
  report: RecordedReport,
  sight: TraceSight,
): Promise<RecordedEnd> {
  const reading = new Reading(input.name, choice, names, report, sight)
  // A pipe may have nothing for long: closing ends the wait.
  const leave = () => void input.close()
  stop.addEventListener('abort', leave)
  try {
    let by: TraceEnd['by'] = 'end'
    for (;;) {
      const block = await input.next()
      if (block === undefined) reading.finish()
      else reading.push(block)
      report.progress(input.bytesRead, input.bytesTotal)
      if (!(await sight.turn(reading.progress()))) by = 'reader'
      else if (reading.isFull) by = 'limit'
      else if (stop.aborted) by = 'stop'
      else if (block !== undefined) continue
      break
    }
    const packing = by === 'end' ? input.issues() : []
    for (const { problem } of packing) report.damage(`${input.name}: ${problem}`)
    const end = reading.end(by, packing.length)
    await sight.end(end)
    return end
  } finally {
    stop.removeEventListener('abort', leave)
    await input.close()
  }
}

class Reading {
  readonly #name: string
  readonly #choice: Choice
  readonly #names: boolean
  readonly #report: RecordedReport
  readonly #sight: TraceSight
  readonly #cutter: LineCutter
  readonly #decoder = new TextDecoder()
  readonly #line = (bytes: Uint8Array, start: number, end: number) => this.#take(bytes, start, end)
  #hasBegun = false
  /** A head was handed on: a recording of several traces has the first one's. */
  #hasHead = false
  #steps = 0
  #leftOut = 0
  #otherLines = 0
  #damaged = 0
  #first: bigint | undefined
  #last = 0n
  #ends: TraceEnd[] = []
  #head: TraceHead | undefined
  #heads = 0

  constructor(name: string, choice: Choice, names: boolean, report: RecordedReport, sight: TraceSight) {
    this.#name = name
    this.#choice = choice
    this.#names = names
    this.#report = report
    this.#sight = sight
    this.#cutter = new LineCutter(LONGEST_LINE, (line) => this.#bad(line, `it is longer than ${LONGEST_LINE} bytes`))
  }

  get isFull(): boolean {
    return this.#steps >= (this.#choice.limit ?? Number.POSITIVE_INFINITY)
  }

  push(block: Uint8Array): void {
    this.#cutter.push(block, this.#line)
  }

  finish(): void {
    this.#cutter.finish(this.#line)
  }

  progress() {
    return { steps: this.#steps, ...this.#counts() }
  }

  end(by: TraceEnd['by'], morePackingDamage: number): RecordedEnd {
    return {
      steps: this.#steps,
      ...this.#counts(),
      seconds: this.#first === undefined ? 0 : Number(this.#last - this.#first) / 1e9,
      at: this.#endOfTrace(),
      by,
      damaged: this.#damaged + morePackingDamage,
      leftOut: this.#leftOut,
      otherLines: this.#otherLines,
      isWhole: this.#ends.length > 0,
    }
  }

  #endOfTrace(): bigint | undefined {
    const [end] = this.#ends
    if (this.#head === undefined || this.#heads > 1 || end === undefined) return undefined
    return endTime(this.#head.time, end.seconds)
  }

  /** What the recording's own ends say, all of its traces together. */
  #counts(): Pick<TraceEnd, 'notShown' | 'seen' | 'refused' | 'lost' | 'missed'> {
    const sum = (of: (end: TraceEnd) => number | undefined): number | undefined => {
      const told = this.#ends.map(of).filter((x) => x !== undefined)
      return told.length === 0 ? undefined : told.reduce((a, b) => a + b, 0)
    }
    const notShown = sum((end) => end.notShown)
    return {
      // What is not chosen is not shown either, so that the sum stays true.
      notShown: notShown === undefined ? undefined : notShown + this.#leftOut,
      seen: sum((end) => end.seen),
      refused: sum((end) => end.refused),
      lost: sum((end) => end.lost) ?? 0,
      missed: sum((end) => end.missed),
    }
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.isFull || isBlank(bytes, start, end)) return
    let line: TraceLine
    try {
      line = parseTraceLine(this.#decoder.decode(bytes.subarray(start, end)))
    } catch (error) {
      if (!(error instanceof JsonMismatch || error instanceof SyntaxError)) throw error
      this.#bad(this.#cutter.number, error.message)
      return
    }
    if (line.kind === 'other') this.#otherLines++
    if (!this.#hasBegun && line.kind === 'other')
      throw this.#noTrace(this.#cutter.number, 'its "kind" is none of a trace')
    this.#hasBegun = true
    if (line.kind === 'trace' && this.#heads++ === 0) this.#head = line.head
    if (line.kind === 'trace' && !this.#hasHead) {
      this.#hasHead = true
      this.#report.opened(line.head)
      this.#sight.begin(line.head)
    } else if (line.kind === 'trace_end') this.#ends.push(line.end)
    else if (line.kind === 'step') this.#step(line.step)
  }

  #step(step: TraceStep): void {
    if (!this.#hasHead) {
      // A part of a recording, such as grep's.
      this.#hasHead = true
      this.#report.opened(undefined)
      this.#sight.begin(undefined)
    }
    this.#first ??= step.time
    this.#last = step.time > this.#last ? step.time : this.#last
    if (!isChosen(step, this.#choice)) {
      this.#leftOut++
      return
    }
    this.#steps++
    this.#sight.step(this.#names || step.netnsName === '' ? step : { ...step, netnsName: '' })
  }

  #bad(line: number, problem: string): void {
    if (!this.#hasBegun) throw this.#noTrace(line, problem)
    this.#damaged++
    this.#report.damage(`${this.#name} line ${line}: ${problem}.`)
  }

  #noTrace(line: number, problem: string): InputError {
    return new InputError(`${this.#name} line ${line} is no trace of sonde's: ${problem}.`, [
      'A trace is recorded with: sonde trace -o trace.ndjson',
    ])
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! > 0x20) return false
  return true
}

function isChosen(step: TraceStep, { functions, interfaceName, netns, mark }: Choice): boolean {
  if (functions !== undefined && !functions.test(step.functionName)) return false
  if (interfaceName !== undefined && step.interfaceName !== interfaceName) return false
  if (netns !== undefined && (typeof netns === 'number' ? step.netns : step.netnsName) !== netns) return false
  return mark === undefined || (step.mark & mark.mask) >>> 0 === (mark.value & mark.mask) >>> 0
}
