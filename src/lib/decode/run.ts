// Owns `sonde decode` from options to exit code. Knows no terminal. Start at runDecode.

import { exitCode, formatCount } from '../errors.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import { Decoding } from '../print/decoding.ts'
import { createFormat } from '../print/formats.ts'
import { IssueLog } from '../print/issue-log.ts'
import { leftOut, notSflow } from '../print/left-out.ts'
import { passBatches, type Taker } from '../print/pass.ts'
import { ReadProgress } from '../print/progress.ts'
import type { RunReport } from '../print/run-report.ts'
import { openSampleFilter } from '../print/sample-filter.ts'
import { flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import { Inputs } from '../source/inputs.ts'
import type { Source } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import type { DecodeOptions } from './options.ts'
import type { Summary, SummaryObject } from './summary.ts'

/**
 * Decodes the inputs and writes what was asked for to the sink.
 * @param openSink called once, when the options are found good and there is something to read: nothing is emptied for less
 * @returns the exit code: 0, 2 where an input is missing, foreign or without sFlow, 3 where one is damaged, 5 where the
 * machine can't read it; the highest, for all inputs are read
 * @throws InputError for options that contradict each other; what the sink throws
 */
export async function runDecode(options: DecodeOptions, report: RunReport, openSink: () => Sink): Promise<number> {
  const out = new TextBuffer()
  if (options.listFields) {
    const { writeAttributeList } = await import('./list-fields.ts')
    writeAttributeList(out, options)
    await withSink(openSink, (sink) => flush(out, sink))
    return exitCode.good
  }
  const issues = new IssueLog((line) => report.tell(line), report.verbose ? (line) => report.detail(line) : undefined)
  const summary = options.summary ? await createSummary() : undefined
  const format = await createFormat(options, (line) => report.note(line))
  const filter = await openSampleFilter(options)
  const decoding = new Decoding(format, options, issues, summary, filter)
  const { ports, stop } = options
  const inputs = await Inputs.open(options.inputs, { ports, ndjson: openNdjson, signal: stop }, report)
  const { source } = inputs
  try {
    if (inputs.count > 0 || stop.aborted) {
      if (inputs.count > 0)
        report.detail(`Reading ${source.name}, UDP port ${ports.join(', ')}; printing ${options.format}.`)
      await withSink(openSink, async (sink) => {
        format.begin(out)
        await pass(source, decoding, out, sink, options, report)
        format.end(out)
        if (summary !== undefined) {
          const { name } = source
          await writeSummary(out, summary.toObject({ name, report: source.report(), issues: issues.counts }), options)
        }
        await flush(out, sink)
      })
    }
  } finally {
    await inputs.close()
  }
  for (const line of filter?.packets?.notes() ?? []) report.note(line)
  issues.close()
  const code = inputs.conclude(stop.aborted)
  if (stop.aborted) report.note(`Stopped after ${formatCount(decoding.samples)} samples.`)
  else if (decoding.samples === 0) return explainNothing(source.name, decoding, issues, options, report, code)
  return issues.total > 0 ? Math.max(code, exitCode.damaged) : code
}

async function withSink(openSink: () => Sink, use: (sink: Sink) => Promise<void>): Promise<void> {
  const sink = openSink()
  try {
    await use(sink)
  } finally {
    await sink.close()
  }
}

async function pass(
  source: Source,
  decoding: Decoding,
  out: TextBuffer,
  sink: Sink,
  { stop }: DecodeOptions,
  report: RunReport,
): Promise<void> {
  const fromPipe = source.report().bytesTotal === undefined
  const progress = new ReadProgress(source, report)
  const taker: Taker = {
    take: (batch, i, to) => decoding.take(batch, i, to),
    get done() {
      return decoding.done
    },
    pause: (to) => {
      if (fromPipe) decoding.pause(to)
      progress.batch(() => `${formatCount(decoding.samples)} samples`)
    },
  }
  await passBatches(source, taker, out, sink, { stop })
}

async function createSummary(): Promise<Summary> {
  const { Summary } = await import('./summary.ts')
  return new Summary()
}

async function writeSummary(out: TextBuffer, summary: SummaryObject, { format, view }: DecodeOptions): Promise<void> {
  if (format === 'ndjson') out.text(`${JSON.stringify(summary, wellFormed)}\n`)
  else if (format === 'json') out.text(`${JSON.stringify(summary, wellFormed, 2)}\n`)
  else {
    const { formatSummary } = await import('./summary-text.ts')
    const lines = formatSummary(summary, { ...view, time: (iso) => isoTime(iso, view) })
    out.text(`${lines.join('\n')}\n`)
  }
}

/** JSON has no bytes that are no UTF-8: U+FFFD there, as everywhere in NDJSON. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

/** An ISO time in UTC with nine digits, as the view shows times. */
function isoTime(iso: string, view: DecodeOptions['view']): string {
  const [second, fraction] = iso.replace('Z', '').split('.')
  return view.time(Date.parse(`${second}Z`) / 1000, Number(fraction ?? 0))
}

/** What left samples out, by name. */
function filtersText({ filter, packets }: DecodeOptions): string {
  const names = [...(filter ? ['--filter'] : []), ...(packets ? [`the filter '${packets.text}'`] : [])]
  return names.join(' and ')
}

/**
 * No sample was printed though there were datagrams: says why.
 * @returns the exit code: what is not version 5 is foreign; agents or times that are not there are an empty answer
 */
function explainNothing(
  name: string,
  { gate, chosen, unwanted, filtered }: Decoding,
  issues: IssueLog,
  options: DecodeOptions,
  report: RunReport,
  code: number,
): number {
  const foreign = notSflow(gate, issues, name)
  if (foreign !== undefined) {
    report.failure(foreign)
    return Math.max(code, exitCode.input)
  }
  const reasons = [
    ...leftOut(gate, options),
    ...(unwanted > 0 ? [`${formatCount(unwanted)} samples are of kinds that --samples leaves out`] : []),
    ...(filtered > 0 ? [`${formatCount(filtered)} samples are left out by ${filtersText(options)}`] : []),
  ]
  if (chosen === 0 && reasons.length > 0) {
    report.note(`Nothing of ${name} was chosen: ${reasons.join(', ')}. --summary tells what is there.`)
  }
  return issues.total > 0 ? Math.max(code, exitCode.damaged) : code
}
