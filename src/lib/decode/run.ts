// Owns `sonde decode` from options to exit code. Knows no terminal. Start at runDecode.

import { exitCode, InputError } from '../errors.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import type { Sink } from '../sink/sink.ts'
import { openCaptures } from '../source/open.ts'
import type { Source, SourceReport } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import { Decoding } from './decoding.ts'
import { createFormat } from './formats.ts'
import { IssueLog } from './issue-log.ts'
import { writeAttributeList } from './list-fields.ts'
import type { DecodeOptions, DecodeReport } from './options.ts'
import { Summary, type SummaryObject } from './summary.ts'
import { formatSummary } from './summary-text.ts'

/** Output is handed on when so much is there: large enough that system calls don't count. */
const FLUSH_BYTES = 1 << 17

/**
 * Decodes the inputs and writes what was asked for to the sink.
 * @returns the exit code: 0, or 3 where the input was damaged
 * @throws InputError for an input that is missing, empty or foreign, and for one without any sFlow
 */
export async function runDecode(options: DecodeOptions, report: DecodeReport, sink: Sink): Promise<number> {
  const out = new TextBuffer()
  if (options.listFields) {
    writeAttributeList(out, options.format, options.view.style)
    await flush(out, sink)
    return exitCode.good
  }
  const issues = new IssueLog((line) => report.tell(line))
  const summary = options.summary ? new Summary() : undefined
  const format = createFormat(options, (line) => report.note(line))
  const decoding = new Decoding(format, options, issues, summary)
  const source = await openCaptures(options.inputs, { ports: options.ports, ndjson: openNdjson })
  try {
    format.begin(out)
    await pass(source, decoding, out, sink, options, report)
    if (decoding.datagrams === 0 && !options.stop.aborted) explainNothing(source, decoding, issues, options)
    format.end(out)
    if (summary !== undefined) {
      const { name } = source
      writeSummary(out, summary.toObject({ name, report: source.report(), issues: issues.counts }), options)
    }
    await flush(out, sink)
  } finally {
    await source.close()
  }
  issues.close()
  return tellSource(source.report(), report) || issues.total > 0 ? exitCode.damaged : exitCode.good
}

async function pass(
  source: Source,
  decoding: Decoding,
  out: TextBuffer,
  sink: Sink,
  options: DecodeOptions,
  report: DecodeReport,
): Promise<void> {
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count && !decoding.done; i++) {
      decoding.datagram(batch, i, out)
      if (out.length >= FLUSH_BYTES) await flush(out, sink)
    }
    if (decoding.done || sink.closed || options.stop.aborted) return
    const { bytesRead, bytesTotal } = source.report()
    report.progress(source.name, bytesRead, bytesTotal, `${decoding.samples} samples`)
  }
}

async function flush(out: TextBuffer, sink: Sink): Promise<void> {
  if (out.length === 0) return
  const room = sink.write(out.written())
  out.clear()
  if (!room) await sink.drain()
}

function writeSummary(out: TextBuffer, summary: SummaryObject, { format, view }: DecodeOptions): void {
  if (format === 'ndjson') out.text(`${JSON.stringify(summary)}\n`)
  else if (format === 'json') out.text(`${JSON.stringify(summary, null, 2)}\n`)
  else for (const line of formatSummary(summary, { ...view, time: (iso) => isoTime(iso, view) })) out.text(`${line}\n`)
}

/** An ISO time in UTC with nine digits, as the view shows times. */
function isoTime(iso: string, view: DecodeOptions['view']): string {
  const [second, fraction] = iso.replace('Z', '').split('.')
  return view.time(Date.parse(`${second}Z`) / 1000, Number(fraction ?? 0))
}

/** Nothing was decoded: says what was there instead. */
function explainNothing(source: Source, decoding: Decoding, issues: IssueLog, options: DecodeOptions): void {
  const { packets, otherPorts, skipped } = source.report()
  if (decoding.offered > 0) {
    const kinds = [...issues.counts].map(([kind, n]) => `${kind}: ${n}`).join(', ')
    // Wanted agents or times that are not there are an empty answer, not a foreign input.
    if (kinds === '') return
    throw new InputError(`None of ${decoding.offered} datagrams in ${source.name} is sFlow version 5 (${kinds}).`)
  }
  const ports = [...otherPorts].sort((a, b) => b[1] - a[1]).slice(0, 8)
  const seen = ports.length > 0 ? `; UDP ports seen: ${ports.map(([port, n]) => `${port} (${n})`).join(', ')}` : ''
  const why = [...skipped].map(([reason, n]) => `${reason}: ${n}`).join(', ')
  const wanted = options.ports.join(', ')
  throw new InputError(
    `0 of ${packets.toLocaleString('en-US')} packets in ${source.name} are sFlow (UDP port ${wanted})${seen}${why === '' ? '' : `; ${why}`}.`,
    ports.length > 0 ? [`If your agents send to another port: --port ${ports[0]![0]}`] : [],
  )
}

/** Tells damage of the container. @returns whether there was any */
function tellSource(source: SourceReport, report: DecodeReport): boolean {
  for (const { at, problem, count } of source.issues) {
    report.tell(`byte ${at}: ${problem}${count > 1 ? ` (and ${count - 1} more like it)` : ''}`)
  }
  if (source.cut > 0) report.tell(`${source.cut} datagrams were cut by the capture's snaplen.`)
  return source.issues.length > 0 || source.cut > 0
}
