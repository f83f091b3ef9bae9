// Owns printing a trace: its head, steps and end in a form, handed on to a sink at each round. See step.ts for the folder. Start at
// PrintedTrace.

import { flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import { TextBuffer } from '../wire/text.ts'
import type { TraceEnd, TraceHead } from './head.ts'
import { type LineOptions, TraceLines } from './lines.ts'
import type { TraceFormat } from './options.ts'
import type { TraceSight } from './run.ts'
import type { TraceStep } from './step.ts'
import { endJson, headJson, StepWriter } from './write.ts'

/** Text is encoded in pieces of so many characters: the engine joins them cheaply, and encoding has a price a call. */
const PIECE = 1 << 15

/** A form of a trace: text for each of its parts. */
export interface TraceForm {
  begin(head: TraceHead | undefined): string
  step(step: TraceStep): string
  end(end: TraceEnd): string
}

/** Lines for a person. */
export function linesForm(options: LineOptions): TraceForm {
  const lines = new TraceLines(options)
  return { begin: (head) => lines.header(head), step: (step) => lines.step(step), end: () => '' }
}

/** An object a line; of json one array of them. */
export function objectsForm(format: Exclude<TraceFormat, 'table'>): TraceForm {
  const writer = new StepWriter()
  if (format === 'ndjson') {
    return {
      begin: (head) => (head === undefined ? '' : `${headJson(head)}\n`),
      step: (step) => `${writer.step(step)}\n`,
      end: (end) => `${endJson(end)}\n`,
    }
  }
  let before = '['
  const next = (json: string): string => {
    const text = `${before}\n${json}`
    before = ','
    return text
  }
  return {
    begin: (head) => (head === undefined ? '' : next(headJson(head))),
    step: (step) => next(writer.step(step)),
    end: (end) => `${next(endJson(end))}\n]\n`,
  }
}

/** Writes a form to a sink. */
export class PrintedTrace implements TraceSight {
  readonly #form: TraceForm
  readonly #sink: Sink
  readonly #out = new TextBuffer()
  #text = ''

  constructor(form: TraceForm, sink: Sink) {
    this.#form = form
    this.#sink = sink
  }

  begin(head: TraceHead | undefined): void {
    this.#text += this.#form.begin(head)
  }

  step(step: TraceStep): void {
    this.#text += this.#form.step(step)
    if (this.#text.length >= PIECE) this.#encode()
  }

  /** Waits while the sink can't take more: what comes meanwhile stays in the ring. */
  async turn(): Promise<boolean> {
    if (this.#text !== '') {
      this.#encode()
      await flush(this.#out, this.#sink)
    }
    return !this.#sink.closed
  }

  /** Writes the end; the sink stays open. */
  async end(end: TraceEnd): Promise<void> {
    this.#text += this.#form.end(end)
    await this.turn()
  }

  #encode(): void {
    this.#out.text(this.#text)
    this.#text = ''
  }
}
