// Owns the course of time and what each sample goes into. Knows no estimate and no form. See ai-metrics.ts for the folder. Start at
// AiEngine.sample.

import type { AgentTable } from '../agents/agents.ts'
import type { Engine } from '../analysis/engine.ts'
import type { SampleView } from '../attributes/context.ts'
import { OpenWindows } from '../flow/open-windows.ts'
import { IngressPorts, markIngress } from '../flow/selection.ts'
import { SampleKind } from '../sflow/samples.ts'
import { type Choice, choose, EdgeAgents } from './choice.ts'
import { closeWindow } from './close.ts'
import { compatChoice, compatWindow, Extremes } from './compat.ts'
import { CounterPorts } from './counter-ports.ts'
import { History, noHistory } from './history.ts'
import { LiveFlags } from './live-flags.ts'
import { OpenWindow } from './open-window.ts'
import { type AiOptions, COMPAT_T_MS } from './options.ts'
import { PacketFacts } from './packet-facts.ts'
import { PeriodFeed } from './period-feed.ts'
import type { AiBy, AiWindow } from './rows.ts'
import { SequencePairs } from './sequence-pairs.ts'
import { Sums } from './sums.ts'

/** Where nothing was heard for longer, quiet is not told from gone: agents send counters every 20 or 30 s. */
const SILENT_MS = 40_000
/** Empty windows in a row that are given between others; at the end, live, they go on: what reads them sees that it runs. */
const MOST_EMPTY = 60
/** By then every agent has told counters at least. */
const ALL_HEARD_MS = 25_000
/** What counts is looked at anew so often, by the time of samples. */
const CHOICE_MS = 1000
const FIRST_CHOICE_MS = 50
/** e^40 times the least weight that counts is far from the ends of doubles. */
const MOST_EXPONENT = 40
const nothing: readonly AiWindow[] = Object.freeze([])

/**
 * Counts RoCE packets, marks, answers, drops and errors. `sample` for each sample that the AgentTable has taken, `advance` now
 * and then; one pass, nothing is allocated a sample. With `compat` and a window of some length, sums decay as the reference's do.
 */
export class AiEngine implements Engine<AiWindow> {
  #options: AiOptions
  readonly #agents: AgentTable
  readonly #facts: PacketFacts
  readonly #pairs: SequencePairs
  readonly #counters: CounterPorts
  readonly #period: PeriodFeed
  readonly #seen = new IngressPorts()
  readonly #edges = new EdgeAgents()
  readonly #flags: LiveFlags
  readonly #history: History | undefined
  readonly #smooth: boolean
  readonly #extremes = new Extremes()
  readonly #windows: OpenWindows<OpenWindow>
  readonly #ready: AiWindow[] = []
  /** Of a window that is over. */
  #spare: Sums | undefined
  /** Last sample of any kind. */
  #heardMs = Number.NEGATIVE_INFINITY
  #tooLate = 0
  #quietRate = Number.NaN
  #tellsDiscards = false
  #nextChoiceMs = Number.NEGATIVE_INFINITY
  /** Row of the window's `keyed` that the current sample is in, or -1. */
  #key = -1
  /** Smoothed: time at which a sample weighs 1, what one weighs now, and when the next window is to be given. */
  #landmark = Number.NaN
  #weight = 1
  #due = Number.NaN

  constructor(options: AiOptions, agents: AgentTable) {
    this.#options = options
    this.#agents = agents
    agents.holdRuns()
    this.#facts = new PacketFacts(options.trimDscp)
    this.#pairs = new SequencePairs(agents)
    this.#counters = new CounterPorts(agents)
    this.#period = new PeriodFeed(options.period, agents)
    this.#flags = new LiveFlags(agents)
    this.#history = options.windowMs === 'all' ? new History() : undefined
    this.#smooth = options.compat && options.windowMs !== 'all'
    this.#windows = new OpenWindows(
      options.windowMs === 'all' || this.#smooth ? Number.POSITIVE_INFINITY : options.windowMs,
      (index) => this.#newWindow(index),
      (window, previous) => this.#over(window, previous),
    )
  }

  sample(view: SampleView): void {
    const w = view.walker
    if (w.sampleBroken || this.#agents.source < 0) return
    if (!this.#windows.isAt(view.sec, view.nsec)) this.#time(view)
    if (w.sampleKind === SampleKind.flow) this.#flow(view)
    else if (w.sampleKind === SampleKind.counters) this.#counters.take(view, view.sec * 1000 + view.nsec / 1e6)
    else if (w.sampleKind === SampleKind.discard) {
      this.#tellsDiscards = true
      this.#windows.current?.discards.take(w, this.#weight)
    }
  }

  advance(toMs: number): readonly AiWindow[] {
    this.#windows.pass(toMs)
    if (toMs >= this.#nextChoiceMs) {
      this.#lookAtChoice()
      this.#nextChoiceMs = toMs + (this.#flags.isSet ? CHOICE_MS : FIRST_CHOICE_MS)
    }
    this.#period.advance(toMs)
    if (this.#smooth) this.#giveSmoothed(toMs)
    const { latenessMs } = this.#options
    this.#windows.closeUntil(toMs - latenessMs)
    // Windows in which no sample came, up to now.
    const empty = this.#windows.skipUntil(toMs - latenessMs)
    if (empty !== undefined) this.#ready.push(this.#result(this.#newWindow(empty)))
    return this.#taken()
  }

  /** Windows that begin from now on have other rows; smoothed sums begin anew. */
  setBy(by: AiBy | undefined): void {
    this.#options = { ...this.#options, by }
    if (this.#smooth) this.#windows.clear()
  }

  finish(): readonly AiWindow[] {
    const { lastMs } = this.#windows
    this.#period.advance(lastMs)
    const open = this.#windows.at(0)
    if (this.#smooth && open !== undefined) this.#ready.push(this.#smoothed(open, lastMs))
    else this.#windows.closeAll()
    return this.#taken()
  }

  #taken(): readonly AiWindow[] {
    return this.#ready.length === 0 ? nothing : this.#ready.splice(0)
  }

  #flow(view: SampleView): void {
    const w = view.walker
    const facts = this.#facts
    const agents = this.#agents
    facts.read(view)
    this.#pairs.pass(w)
    const window = this.#windows.current
    if (window === undefined) {
      this.#tooLate++
      return
    }
    window.received++
    const { sampling } = agents
    if (sampling.stepSamples !== 0) {
      window.lost += sampling.stepGenerated - 1
      window.agentDrops += sampling.stepDrops
    }
    const { places, sums } = window
    const segment = places.of(w)
    if (segment < 0 || !sums.reach(segment)) {
      window.unplaced++
      return
    }
    const weight = this.#weight
    places.tell(segment, weight)
    sums.add(segment, facts, weight)
    const side = places.side(segment)
    const flag = this.#flags.of(agents.source, side)
    const isRoce = facts.opcode >= 0
    if (isRoce) this.#keyed(view, window, segment)
    const counts = (flag & LiveFlags.COUNTS) !== 0
    const isMark = (flag & LiveFlags.LEAVES) !== 0 && isRoce && facts.ce && this.#history !== undefined
    // What is new may count: of that, pairs at least are not lost.
    if (!counts && !isMark && flag !== LiveFlags.UNKNOWN) return
    if (!isRoce && this.#history === undefined) return
    const ms = facts.clockMs(view)
    if (isMark) this.#history?.mark(ms, w.samplingRate)
    if (counts) {
      this.#history?.add(facts, ms, w.samplingRate)
      if (isRoce) this.#period.take(view, ms)
    } else if (flag !== LiveFlags.UNKNOWN) return
    if (!isRoce || this.#smooth) return
    facts.addresses(view)
    const { keyed } = window
    this.#pairs.see(facts, w.samplingRate, side, ms, sums, segment, keyed, this.#key)
  }

  /** A RoCE packet of rows by key. */
  #keyed(view: SampleView, window: OpenWindow, segment: number): void {
    this.#key = -1
    if (window.keyed === undefined) return
    this.#facts.addresses(view)
    this.#key = window.keyOf(segment, this.#facts)
    if (this.#key >= 0) window.keyed.add(this.#key, this.#facts, this.#weight)
  }

  #time(view: SampleView): void {
    const ms = this.#windows.take(view.sec, view.nsec)
    if (ms > this.#heardMs) this.#heardMs = ms
    const window = this.#windows.current
    if (window === undefined || !this.#smooth) return
    this.#weigh(window, ms)
    const { windowMs } = this.#options
    if (Number.isNaN(this.#due) && windowMs !== 'all') this.#due = (Math.floor(ms / windowMs) + 1) * windowMs
  }

  #newWindow(index: number): OpenWindow {
    const sums = this.#spare ?? new Sums()
    this.#spare = undefined
    return new OpenWindow(index, this.#options, this.#agents, sums)
  }

  #over(window: OpenWindow, previous: number): void {
    this.#agents.settle()
    if (!this.#windows.isOne && Number.isFinite(previous)) this.#fill(previous + 1, window.index)
    this.#ready.push(this.#result(window))
    markIngress(window.places, this.#seen)
    this.#tooLate = 0
    this.#counters.beginWindow()
  }

  /** Windows in which no sample came, between others. */
  #fill(from: number, to: number): void {
    if (to - from > MOST_EMPTY) return
    for (let index = from; index < to; index++) {
      this.#ready.push(this.#result(this.#newWindow(index)))
    }
  }

  #choice(window: OpenWindow): Choice {
    if (this.#options.compat) return compatChoice(window.places, this.#options)
    return choose(window.places, window.sums, this.#options, this.#seen, this.#edges)
  }

  /** For what can't wait for the window's end: the period, and the shape over time. */
  #lookAtChoice(): void {
    const window = this.#windows.at(-1)
    if (window !== undefined && this.#flags.isDue(window.places)) this.#flags.set(window.places, this.#choice(window))
  }

  #result(window: OpenWindow): AiWindow {
    const { startMs, endMs, coveredMs } = this.#windows.spanOf(window)
    const choice = this.#choice(window)
    this.#flags.set(window.places, choice)
    const closed = this.#close(window, choice, startMs, endMs, coveredMs / 1000, 1)
    for (let s = 0; s < window.places.stretches.count; s++) {
      const rate = window.places.rates[s]!
      if (s === 0 && rate > 0) this.#quietRate = rate
      else if (rate > this.#quietRate) this.#quietRate = rate
    }
    window.sums.clear()
    this.#spare = window.sums
    return this.#options.compat ? compatWindow(closed, 1) : closed
  }

  #close(
    window: OpenWindow,
    choice: Choice,
    startMs: number,
    endMs: number,
    seconds: number,
    weight: number,
  ): AiWindow {
    const silent = startMs - this.#heardMs >= SILENT_MS
    return closeWindow(window, {
      options: window.options,
      choice,
      counters: this.#counters,
      startMs,
      endMs,
      seconds,
      weight,
      quietRate: silent ? Number.NaN : this.#quietRate,
      silent,
      heardMs: this.#heardMs,
      agents: endMs - this.#windows.firstMs >= ALL_HEARD_MS ? this.#agents.agents : undefined,
      tooLate: this.#tooLate,
      tellsDiscards: this.#tellsDiscards,
      period: this.#period.state(this.#options.windowMs === 'all'),
      history: this.#history?.read() ?? noHistory,
    })
  }

  /** Lets samples of `ms` weigh e^((ms - landmark) / t); far from the landmark everything is decayed and it moves. */
  #weigh(window: OpenWindow, ms: number): void {
    if (Number.isNaN(this.#landmark)) this.#landmark = ms
    const exponent = (ms - this.#landmark) / COMPAT_T_MS
    if (exponent > MOST_EXPONENT) {
      const factor = Math.exp(-exponent)
      window.sums.decay(factor)
      window.keyed?.decay(factor)
      window.places.decay(factor)
      window.discards.decay(factor)
      this.#landmark = ms
    }
    this.#weight = Math.exp((ms - this.#landmark) / COMPAT_T_MS)
  }

  #giveSmoothed(toMs: number): void {
    const { windowMs } = this.#options
    const window = this.#windows.at(0)
    if (windowMs === 'all' || window === undefined) return
    // Of a long silence the end tells enough.
    const last = Math.floor(toMs / windowMs) * windowMs
    if (last - this.#due > MOST_EMPTY * windowMs) this.#due = last
    for (; this.#due <= last; this.#due += windowMs) this.#ready.push(this.#smoothed(window, this.#due))
  }

  #smoothed(window: OpenWindow, at: number): AiWindow {
    const { windowMs } = this.#options
    this.#agents.settle()
    this.#weigh(window, Math.max(at, this.#landmark))
    // The next sample is to be weighed anew.
    this.#windows.forgetTime()
    const choice = this.#choice(window)
    const startMs = windowMs === 'all' ? window.firstMs : at - windowMs
    const closed = this.#close(window, choice, startMs, at, COMPAT_T_MS / 1000, this.#weight)
    this.#counters.beginWindow()
    window.beginCounts()
    return this.#extremes.take(compatWindow(closed, this.#weight), window)
  }
}
