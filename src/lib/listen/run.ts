// Owns `sonde listen` from options to exit code: sockets in, samples out, sides fed. Knows no terminal. Start at runListen.

import { EnvironmentError } from '../errors.ts'
import type { Format } from '../print/format.ts'
import { nothing } from '../print/formats.ts'
import { IssueLog } from '../print/issue-log.ts'
import { passBatches } from '../print/pass.ts'
import { openSampleFilter } from '../print/sample-filter.ts'
import { flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import { receiveUntil, tickUntil } from '../source/live.ts'
import { noticesOf } from '../source/live-notices.ts'
import type { Batch, Source } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import { Listening } from './listening.ts'
import { LossNews } from './loss-news.ts'
import { openSides } from './open-sides.ts'
import type { ListenOptions } from './options.ts'
import type { Resampler, ThinningIssues } from './resample.ts'
import type { Side } from './side.ts'
import type { ListenSnapshot } from './snapshot.ts'

const TICK_MS = 1000
/** Where nothing shows before the next tick, datagrams may wait for each other: CPU a datagram falls by half at 5,000 a second. */
const UNSEEN_PATIENCE_MS = 20

/** Where everything but the samples goes. */
export interface ListenReport {
  /** Damage and loss: always told. */
  tell(line: string): void
  /** What was chosen and why, the summary: --quiet hides it. */
  note(line: string): void
  detail(line: string): void
  /** Whether `detail` shows anything; undefined where nobody can ask for it. */
  readonly verbose?: boolean | undefined
  /** The state, at most `everyMs` apart, where somebody watches. */
  watch?: { readonly everyMs: number; snapshot(snapshot: ListenSnapshot): void }
}

/** How a listener ended. */
export interface ListenEnd {
  /** The last state. */
  readonly snapshot: ListenSnapshot
  /** Why it could not go on: the output can't be written, a socket failed. What it knows is told all the same. */
  readonly failure: EnvironmentError | undefined
}

/**
 * Listens until it is stopped, the limit is reached, the time is over, the reader of the output has gone or the output can't be
 * written.
 * @throws EnvironmentError where an address or a file can't be had
 */
export async function runListen(
  options: ListenOptions,
  format: Format,
  report: ListenReport,
  sink: Sink,
): Promise<ListenEnd> {
  const end = new AbortController()
  const stop = AbortSignal.any([
    options.stop,
    end.signal,
    ...(options.durationMs === undefined ? [] : [AbortSignal.timeout(options.durationMs)]),
  ])
  const filter = await openSampleFilter(options)
  const { addresses, bufferBytes, allow, sharePort } = options
  const unseen = format === nothing && options.sides.forward === undefined
  const patienceMs = unseen ? UNSEEN_PATIENCE_MS : undefined
  const source = await receiveUntil(stop, { addresses, bufferBytes, allow, sharePort, patienceMs })
  let sides: readonly Side[] = []
  let ticks = Promise.resolve()
  try {
    // Behind the sockets: where a port can't be had, no empty capture stays.
    sides = (await openSides(options.sides, addresses, report)).all
    const issues = issueLog(report)
    const told = { log: issues, records: format !== nothing }
    const resampler = options.resample === undefined ? undefined : await resamplerOf(options.resample, told)
    const clock = () => performance.now()
    const listening = new Listening(format, options, sides, issues, clock, resampler, filter)
    for (const line of noticesOf(source.report().live)) report.note(line)
    const news = new LossNews(clock())
    const tick = () => {
      listening.tick(source.report().live)
      // Who watches sees it.
      const lost =
        report.watch === undefined ? news.take(clock(), () => listening.lossSoFar(source.report().live)) : undefined
      if (lost !== undefined) report.tell(lost)
      report.watch?.snapshot(listening.snapshot(source.report().live))
      options.onSnapshot?.(listening.snapshot(source.report().live))
    }
    ticks = tickUntil(stop, report.watch?.everyMs ?? TICK_MS, tick)
    const out = new TextBuffer()
    const passed = await failureOf(async () => {
      format.begin(out)
      await flush(out, sink)
      await passBatches(resampler === undefined ? source : thinned(source, resampler), listening, out, sink, {
        // What the sockets hold still goes to the sides.
        unread: () => end.abort(),
      })
    })
    end.abort()
    await source.close()
    const ended = await failureOf(async () => {
      format.end(out)
      await flush(out, sink)
    })
    listening.tick(source.report().live, true)
    await Promise.all(sides.map((side) => side.close()))
    for (const line of filter?.packets?.notes() ?? []) report.note(line)
    listening.issues.close()
    return { snapshot: listening.snapshot(source.report().live), failure: passed ?? ended }
  } finally {
    end.abort()
    await source.close()
    await ticks
    await Promise.all(sides.map((side) => side.close()))
  }
}

/** What the machine refuses in the middle of the work; undefined where it is done. */
export async function failureOf(work: () => Promise<void>): Promise<EnvironmentError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
}

/** The source with some of its flow samples left out. */
function thinned(source: Source, resampler: Resampler): Pick<Source, 'batches' | 'close'> {
  return {
    async *batches(): AsyncGenerator<Batch, void, undefined> {
      for await (const batch of source.batches()) yield resampler.batch(batch)
    },
    close: () => source.close(),
  }
}

function issueLog(report: ListenReport): IssueLog {
  const detail = report.verbose ? (line: string) => report.detail(line) : undefined
  return new IssueLog((line) => report.tell(line), detail, report.verbose === undefined ? '' : undefined)
}

/** Same seed, same samples: a listener's choice can be repeated. */
const RESAMPLE_SEED = 1

async function resamplerOf(factor: number, issues: ThinningIssues): Promise<Resampler> {
  const { Resampler } = await import('./resample.ts')
  return new Resampler(factor, RESAMPLE_SEED, undefined, issues)
}
