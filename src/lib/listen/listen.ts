// Owns choosing how a listener runs: in this thread, or in several. Knows no terminal. Start at listen.

import { InputError } from '../errors.ts'
import { createFormat } from '../print/formats.ts'
import type { PrintOptions } from '../print/options.ts'
import type { Sink } from '../sink/sink.ts'
import { listenInWorkers, mixableFormats } from './in-worker.ts'
import { LossNews } from './loss-news.ts'
import type { ListenOptions } from './options.ts'
import { failureOf, type ListenEnd, type ListenReport, runListen } from './run.ts'
import type { ListenSnapshot } from './snapshot.ts'

/** Between two states of threads, of which loss is told here. */
const EVERY_MS = 1000

/**
 * Listens and prints until it is stopped, the limit is reached, the time is over or the reader of the output has gone.
 * @throws EnvironmentError where an address can't be had; InputError for options that contradict each other
 */
export async function listen(
  options: ListenOptions,
  print: PrintOptions,
  workers: number,
  report: ListenReport,
  sink: Sink,
): Promise<ListenEnd> {
  const { snapshot, failure } = await run(options, print, workers, report, sink)
  if (!print.summary || failure !== undefined) return { snapshot, failure }
  const text = new TextEncoder().encode(`${await summaryText(snapshot, print)}\n`)
  const unwritten = await failureOf(async () => {
    sink.write(text)
    await sink.drain()
  })
  return { snapshot, failure: unwritten }
}

async function summaryText(last: ListenSnapshot, { format, view }: PrintOptions): Promise<string> {
  if (format === 'json') return JSON.stringify(snakeCase(last), null, 2)
  if (format === 'ndjson') return JSON.stringify(snakeCase(last))
  const { formatListenSummary } = await import('./summary-text.ts')
  return formatListenSummary(last, view.style, view.width).join('\n')
}

/** As data keys are written: `datagrams_per_second`; fractions to the microsecond, small shares to four digits. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase)
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return Number(Math.abs(value) < 0.001 ? value.toPrecision(4) : value.toFixed(6))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, x]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    snakeCase(x),
  ])
  return Object.fromEntries(entries)
}

async function run(
  options: ListenOptions,
  print: PrintOptions,
  workers: number,
  report: ListenReport,
  sink: Sink,
): Promise<ListenEnd> {
  const format = await createFormat(print, (line) => report.note(line))
  if (workers === 1) return runListen(options, format, report, sink)
  if (!print.summary && !mixableFormats.includes(print.format)) {
    throw new InputError(`--format ${print.format} is one whole, which several workers can't write.`, [
      `Use ${mixableFormats.join(', ')} with --workers, or leave --workers out.`,
    ])
  }
  checkThreads(options)
  const { view: _view, ...plain } = print
  const threads = { workers, everyMs: EVERY_MS, print: print.summary ? undefined : plain }
  const news = new LossNews(performance.now())
  const snapshot = ({ loss, receiving }: ListenSnapshot) => {
    const { kernelDropped = null, queueDropped = 0 } = receiving ?? {}
    const line = news.take(performance.now(), () => ({ ...loss, kernelDropped, queueDropped }))
    if (line !== undefined) report.tell(line)
  }
  return listenInWorkers(options, threads, { ...reportOf(report), snapshot }, sink)
}

/** @throws InputError for what one thread must do alone */
function checkThreads(options: ListenOptions): void {
  if (options.limit !== undefined) {
    throw new InputError("--limit can't go with --workers: each would count for itself.", ['Use --duration.'])
  }
  if (options.sides.write !== undefined || options.sides.ring !== undefined) {
    throw new InputError("--write and --ring can't go with --workers: one file takes the datagrams of one thread.", [
      'Leave --workers out; or save at another listener: --forward HOST:PORT goes with --workers.',
    ])
  }
}

/**
 * The threads that a screen watches: their state five times a second.
 * @throws as listen
 */
export async function listenForScreen(
  options: ListenOptions,
  workers: number,
  report: { tell(line: string): void; note(line: string): void; snapshot(snapshot: ListenSnapshot): void },
  sink: Sink,
): Promise<ListenEnd> {
  if (workers > 1) checkThreads(options)
  const threads = { workers, everyMs: SCREEN_MS, print: undefined }
  return await listenInWorkers(options, threads, report, sink)
}
const SCREEN_MS = 200

const reportOf = (report: ListenReport) => ({
  tell: (line: string) => report.tell(line),
  note: (line: string) => report.note(line),
})
