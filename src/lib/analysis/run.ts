// Owns an analysis from options to exit code, over recorded input or live without a screen. Knows no terminal.
// Start at runAnalysis; with a screen the same runs in a thread, see watched.ts.

import { lossOf } from '../agents/loss.ts'
import { exitCode, formatCount } from '../errors.ts'
import { openNdjson } from '../ndjson/ndjson-source.ts'
import { IssueLog } from '../print/issue-log.ts'
import { leftOut, notSflow } from '../print/left-out.ts'
import { passBatches, type Taker } from '../print/pass.ts'
import { ReadProgress } from '../print/progress.ts'
import type { RunReport } from '../print/run-report.ts'
import type { Publishing } from '../serve/publishing.ts'
import { SampleKind } from '../sflow/samples.ts'
import { flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import { Inputs } from '../source/inputs.ts'
import { tickUntil } from '../source/live.ts'
import { emptyAdvice, isKernel, noticesOf } from '../source/live-notices.ts'
import type { LiveReport, Source } from '../source/source.ts'
import { TextBuffer } from '../wire/text.ts'
import type { Analysis } from './analysis.ts'
import { Checks } from './checks.ts'
import { runFactNames, runFacts } from './facts.ts'
import type { Form } from './form.ts'
import { createForm } from './forms.ts'
import { openLive } from './live-input.ts'
import { lostShareOf } from './lost.ts'
import type { AnalysisInput, AnalysisOptions } from './options.ts'
import type { PublishOptions } from './publish.ts'
import { Reading } from './reading.ts'

/** Live: how often it is looked whether a window is over. */
const TICK_MS = 250
/** Samples that are no older when they come are of now, and so is what comes next. A recording is not, but by a rare chance. */
const OF_NOW_MS = 5000
/** Live: when nothing has come for so long, it is said what to check. */
const SILENCE_MS = 10_000

/**
 * Reads all of the input, or listens until it is stopped, the limit is reached, the time is over or the reader of the
 * output has gone; windows are written as they end.
 * @param openSink called once, when the options are found good and there is something to read
 * @returns the exit code: of the inputs as decode has them, 4 where a --fail-if was true, 5 where what was to be pushed was lost; the
 *   highest
 * @throws InputError for options that contradict each other; EnvironmentError where an address can't be had; what the sink throws
 */
export async function runAnalysis<Window, Row>(
  analysis: Analysis<Window, Row>,
  options: AnalysisOptions,
  report: RunReport,
  openSink: () => Sink,
): Promise<number> {
  const run = new Run(analysis, options, report)
  const code = options.input.kind === 'recorded' ? await run.read(options.input, openSink) : await run.receive(openSink)
  return run.conclude(code)
}

/** What one run has, whatever its input. */
class Run<Window, Row> {
  readonly #analysis: Analysis<Window, Row>
  readonly #options: AnalysisOptions
  readonly #report: RunReport
  readonly #issues: IssueLog
  readonly #checks: Checks
  readonly #form: Form<Window>
  readonly #reading: Reading<Window>
  readonly #out = new TextBuffer()
  #publishing: Publishing<Window> | undefined
  /** What was to be pushed was lost. */
  #isUnsent = false
  /** Windows that had something to show, and all. */
  #full = 0
  #windows = 0

  constructor(analysis: Analysis<Window, Row>, options: AnalysisOptions, report: RunReport) {
    this.#analysis = analysis
    this.#options = options
    this.#report = report
    this.#issues = new IssueLog((line) => report.tell(line), report.verbose ? (line) => report.detail(line) : undefined)
    const own = new Set(analysis.factNames.map(({ name }) => name))
    const others = runFactNames.filter(({ name }) => !own.has(name))
    this.#checks = new Checks(options.failIf, [...analysis.factNames, ...others])
    const { format, view } = options
    const lostShare = () => lostShareOf(this.#reading)
    this.#form = analysis.form?.(format, view, lostShare) ?? createForm(format, analysis, view, lostShare)
    this.#reading = new Reading(
      (agents) => analysis.engine(agents),
      options,
      this.#issues,
      (window, out) => this.#window(window, out),
    )
  }

  #window(window: Window, out: TextBuffer): void {
    this.#windows++
    if (!this.#analysis.isEmpty(window)) this.#full++
    this.#form.window(window, out)
    this.#publishing?.window(window)
    for (const line of this.#analysis.notes(window)) this.#report.note(line)
    if (this.#checks.any) this.#test(this.#analysis.facts(window), this.#analysis.when(window, this.#options.view))
  }

  #test(facts: object, when: string | undefined): void {
    const all = { ...runFacts(this.#reading, this.#issues.total), ...facts }
    for (const line of this.#checks.test(all, when)) this.#report.tell(line)
  }

  async read(input: AnalysisInput & { kind: 'recorded' }, openSink: () => Sink): Promise<number> {
    const report = this.#report
    const { stop, publish } = this.#options
    const { paths, ports } = input
    const inputs = await Inputs.open(paths, { ports, ndjson: openNdjson, signal: stop }, report)
    const { source } = inputs
    try {
      if (inputs.count > 0 || stop.aborted) {
        if (inputs.count > 0) report.detail(`Reading ${source.name}, UDP port ${ports.join(', ')}.`)
        if (publish !== undefined) this.#publishing = await this.#publish(publish, () => undefined)
        await this.#through(openSink, async (sink) => {
          const pass = () => passBatches(source, this.#taker(source), this.#out, sink, { stop })
          // A file is read to its end at once; what comes through a pipe may be of now.
          await (source.report().bytesTotal === undefined ? this.#withClock(source, sink, pass) : pass())
        })
      }
    } finally {
      await this.#closePublishing()
      await inputs.close()
    }
    const code = inputs.conclude(stop.aborted)
    if (stop.aborted) report.note(`Stopped after ${formatCount(this.#reading.samples)} samples.`)
    return this.#explain(source.name, code)
  }

  #taker(source: Source): Taker {
    const reading = this.#reading
    const progress = new ReadProgress(source, this.#report)
    return {
      take: (batch, i, out) => reading.take(batch, i, out),
      get done() {
        return reading.done
      },
      pause: () => progress.batch(() => `${formatCount(reading.samples)} samples`),
    }
  }

  async receive(openSink: () => Sink): Promise<number> {
    const { input, stop, publish } = this.#options
    if (input.kind === 'recorded') throw new TypeError('this input is recorded')
    const end = new AbortController()
    const signals = [stop, end.signal]
    if (input.durationMs !== undefined) signals.push(AbortSignal.timeout(input.durationMs))
    const over = AbortSignal.any(signals)
    const source = await openLive(over, input)
    try {
      for (const line of noticesOf(source.report().live)) this.#report.note(line)
      if (publish !== undefined) this.#publishing = await this.#publish(publish, () => source.report().live)
      await this.#through(openSink, (sink) =>
        this.#withClock(source, sink, () => passBatches(source, this.#reading, this.#out, sink)),
      )
    } finally {
      end.abort()
      await this.#closePublishing()
      await source.close()
    }
    this.#summary(source)
    return exitCode.good
  }

  async #publish(options: PublishOptions, live: () => LiveReport | undefined): Promise<Publishing<Window>> {
    const { Publishing } = await import('../serve/publishing.ts')
    return Publishing.open(options, {
      published: this.#analysis,
      reading: this.#reading,
      live,
      issues: () => this.#issues.total,
      report: this.#report,
    })
  }

  async #closePublishing(): Promise<void> {
    const account = (await this.#publishing?.close()) ?? []
    if (account.length === 0) return
    const { hasFailed } = await import('../push/account.ts')
    this.#isUnsent = hasFailed(account, this.#options.input.kind === 'recorded')
  }

  /** Windows end by the time of samples, and where none come any more by the clock. */
  async #withClock(source: Source, sink: Sink, pass: () => Promise<void>): Promise<void> {
    const end = new AbortController()
    let failure: { readonly error: unknown } | undefined
    const tick = this.#tick(source, sink, (error) => {
      failure = { error }
      void source.close()
    })
    const ticks = tickUntil(end.signal, TICK_MS, tick)
    try {
      await pass()
    } finally {
      end.abort()
      await ticks
    }
    if (failure !== undefined) throw failure.error
  }

  #tick(source: Source, sink: Sink, failed: (error: unknown) => void): () => void {
    const reading = this.#reading
    const startMs = Date.now()
    let offered = 0
    let isOfNow = false
    let waiting = false
    let said = false
    return () => {
      if (reading.gate.offered !== offered) {
        offered = reading.gate.offered
        isOfNow = Math.abs(Date.now() - reading.newestMs) < OF_NOW_MS
        return
      }
      const { live } = source.report()
      if (offered === 0 && !said && live !== undefined && Date.now() - startMs >= SILENCE_MS) {
        said = true
        this.#report.note(emptyAdvice(live.bound))
      }
      if (waiting || !isOfNow) return
      reading.advance(Date.now(), this.#out)
      // A reader that is slow is waited for by the pass; here nothing more is added until it has taken this.
      waiting = true
      flush(this.#out, sink).then(() => {
        waiting = false
      }, failed)
    }
  }

  async #through(openSink: () => Sink, pass: (sink: Sink) => Promise<void>): Promise<void> {
    const sink = openSink()
    const out = this.#out
    try {
      this.#form.begin(out)
      await flush(out, sink)
      await pass(sink)
      await this.#reading.engine.settle?.()
      this.#reading.finish(out)
      this.#form.end(out)
      await flush(out, sink)
    } finally {
      await sink.close()
    }
  }

  /** Live, at the end: what came and what was lost on the way. */
  #summary(source: Source): void {
    const { gate, samples, agents } = this.#reading
    const report = this.#report
    const { live } = source.report()
    const loss = lossOf(agents)
    const kernel = live?.kernelDropped
    if (live !== undefined && isKernel(live.bound)) {
      report.note(`${formatCount(this.#reading.kinds[SampleKind.discard]!)} drops were heard.`)
      if (loss.agent_drops > 0) report.tell(`Not heard: ${formatCount(loss.agent_drops)} drops, as the ring was full.`)
      if (this.#full === 0) report.note(this.#analysis.explainEmpty(this.#reading))
      return
    }
    if (gate.offered === 0) report.note(emptyAdvice(live?.bound ?? []))
    else report.note(`${formatCount(gate.offered)} datagrams, ${formatCount(samples)} samples.`)
    const parts = [
      `datagrams ${formatCount(loss.lost)}`,
      `by the kernel ${kernel === undefined ? 'not known' : formatCount(kernel)}`,
      ...(live !== undefined && live.queueDropped > 0 ? [`by sonde itself ${formatCount(live.queueDropped)}`] : []),
      `by agents themselves ${formatCount(loss.agent_drops)} samples`,
    ]
    const bad = loss.lost + loss.agent_drops + (live?.queueDropped ?? 0) + (kernel ?? 0)
    if (bad > 0) report.tell(`Lost: ${parts.join(', ')}.`)
    if (samples > 0 && this.#full === 0) report.note(this.#analysis.explainEmpty(this.#reading))
  }

  /** No window had anything to show: says why. */
  #explain(name: string, code: number): number {
    const { gate } = this.#reading
    const foreign = notSflow(gate, this.#issues, name)
    if (foreign !== undefined) {
      this.#report.failure(foreign)
      return Math.max(code, exitCode.input)
    }
    if (this.#full > 0 || gate.offered === 0) return code
    const reasons = leftOut(gate, this.#options)
    if (this.#reading.samples === 0 && reasons.length > 0) {
      this.#report.note(`Nothing of ${name} was chosen: ${reasons.join(', ')}.`)
    } else this.#report.note(this.#analysis.explainEmpty(this.#reading))
    return code
  }

  /** @param code of the inputs */
  conclude(code: number): number {
    this.#issues.close()
    if (this.#checks.any && this.#windows === 0) this.#test(this.#analysis.noFacts, undefined)
    for (const line of this.#checks.close()) this.#report.tell(line)
    const damaged = this.#issues.total > 0 ? exitCode.damaged : exitCode.good
    const unsent = this.#isUnsent ? exitCode.environment : exitCode.good
    return Math.max(code, damaged, unsent, this.#checks.failed ? exitCode.failIf : exitCode.good)
  }
}
