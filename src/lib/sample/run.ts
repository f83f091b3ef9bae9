// Owns `sonde sample` from options to its end: packets of this host sampled, printed or sent. Knows no terminal. Start at
// runSample; what is opened is in open-host.ts.

import { Decoding } from '../print/decoding.ts'
import { createFormat } from '../print/formats.ts'
import { IssueLog } from '../print/issue-log.ts'
import type { PrintOptions } from '../print/options.ts'
import { passBatches } from '../print/pass.ts'
import { openSampleFilter } from '../print/sample-filter.ts'
import { flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import { TextBuffer } from '../wire/text.ts'
import { type HostGround, type HostReport, openHost, type SamplingHost } from './open-host.ts'
import type { SampleOptions } from './options.ts'
import { periodicLines, type SampleState, startLines, stateOf } from './report.ts'

/** Between two words on how it goes where nobody watches. */
const PERIOD_MS = 60_000

export interface SampleReport extends HostReport {
  /** The state, at most `everyMs` apart, where somebody watches; else lines tell of it. */
  readonly watch?: { readonly everyMs: number; state(state: SampleState): void } | undefined
}

/**
 * Samples until it is stopped, the limit is reached, the time is over or the reader of the output has gone.
 * @param print how samples are printed; undefined: not
 * @returns the last state
 * @throws InputError, EnvironmentError as openHost, and for contradictory options
 */
export async function runSample(
  options: SampleOptions,
  print: PrintOptions | undefined,
  report: SampleReport,
  openSink: () => Sink,
  ground: HostGround,
): Promise<SampleState> {
  const printing = print === undefined ? undefined : await openPrinting(options, print, report)
  const host = await openHost(options, report, ground)
  const startMs = performance.now()
  const state = () => stateOf(host, options.direction, (performance.now() - startMs) / 1000)
  const { stop, durationMs } = options
  const end = AbortSignal.any([stop, ...(durationMs === undefined ? [] : [AbortSignal.timeout(durationMs)])])
  const finish = () => host.source.finish()
  end.addEventListener('abort', finish, { once: true })
  if (end.aborted) finish()
  let watching: NodeJS.Timeout | undefined
  try {
    for (const line of startLines(state(), options)) report.note(line)
    if (print === undefined) watching = watch(state, report)
    const sink = printing === undefined ? undefined : openSink()
    if (printing === undefined || sink === undefined) await send(host, options.limit)
    else {
      await printing(host, sink).finally(() => sink.close())
    }
  } finally {
    clearInterval(watching)
    await host.close()
  }
  return state()
}

/** Everything that can be wrong with the options is found before anything is sampled. */
async function openPrinting(options: SampleOptions, print: PrintOptions, report: HostReport) {
  const issues = new IssueLog((line) => report.tell(line))
  const format = await createFormat(print, (line) => report.note(line))
  const filter = await openSampleFilter(options)
  const decoding = new Decoding(format, options, issues, undefined, filter)
  return async ({ source }: SamplingHost, sink: Sink): Promise<void> => {
    const out = new TextBuffer()
    format.begin(out)
    await flush(out, sink)
    await passBatches(source, decoding, out, sink)
    await source.close()
    format.end(out)
    await flush(out, sink)
    for (const line of filter?.packets?.notes() ?? []) report.note(line)
    issues.close()
  }
}

/** Nothing is printed: datagrams have gone to the collectors when a batch has them. */
async function send(host: SamplingHost, limit: number | undefined): Promise<void> {
  const { source } = host
  for await (const _ of source.batches()) {
    const { flow, counters, discards } = host.counts()
    if (limit !== undefined && flow + counters + discards >= limit) source.finish()
  }
}

function watch(state: () => SampleState, report: SampleReport): NodeJS.Timeout {
  const watcher = report.watch
  if (watcher !== undefined) {
    watcher.state(state())
    return setInterval(() => watcher.state(state()), watcher.everyMs)
  }
  let before = state()
  return setInterval(() => {
    const now = state()
    for (const line of periodicLines(now, before)) report.note(line)
    before = now
  }, PERIOD_MS)
}
