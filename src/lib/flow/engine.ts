// Owns the course of time: samples go into windows, and windows that are over become rows. Start at FlowEngine.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import { InputError } from '../errors.ts'
import { usesFunction } from '../expression/expression.ts'
import { SampleKind } from '../sflow/samples.ts'
import { closeWindow } from './close.ts'
import { type Compiled, compileFlows } from './compile.ts'
import { OpenWindows } from './open-windows.ts'
import type { FlowOptions } from './options.ts'
import type { FlowWindow } from './rows.ts'
import { IngressPorts, markIngress } from './selection.ts'
import { OpenWindow } from './window.ts'

/** The last rows wait so long for their names. */
const NAMES_MS = 2000
/** e^40 times the least weight that counts is far from the ends of doubles, squared too. */
const MOST_EXPONENT = 40
const nothing: readonly FlowWindow[] = Object.freeze([])

/**
 * Counts flows. `sample` for each sample that the AgentTable has taken, `advance` now and then; nothing is allocated a
 * sample but for new flows. Bounded by `maxFlows` in each open window; at most two are open where time runs evenly.
 */
export class FlowEngine {
  readonly options: FlowOptions
  readonly #agents: AgentTable
  readonly #kind: SampleKind
  readonly #compiled: Compiled
  readonly #ingress = new IngressPorts()
  readonly #windows: OpenWindows<OpenWindow>
  readonly #ready: FlowWindow[] = []
  #tooLate = 0
  /** Smoothed: time at which a sample weighs 1 (later ones weigh more), and when the next window is to be given. */
  #landmark = Number.NaN
  #due = Number.NaN

  /**
   * @throws InputError where an expression needs data that is not there, or values do not go with smoothing
   * @throws RangeError without values
   */
  constructor(options: FlowOptions, agents: AgentTable, seed = Math.floor(Math.random() * 0x7fffffff)) {
    if (options.values.length === 0) throw new RangeError('no values')
    this.options = options
    this.#agents = agents
    agents.holdRuns()
    this.#kind = options.dropped ? SampleKind.discard : SampleKind.flow
    const { windowMs, smoothMs } = options
    this.#windows = new OpenWindows(
      windowMs === 'all' || smoothMs !== undefined ? Number.POSITIVE_INFINITY : windowMs,
      (index) => new OpenWindow(index, options, this.#compiled, agents, seed),
      (window) => this.#over(window),
    )
    checkSmooth(options)
    this.#compiled = compileFlows(options, [seed, Math.imul(seed, 3) ^ 0x2545f491, Math.imul(seed, 5) ^ 0x6c078965])
  }

  /** The view stands on a sample that the AgentTable has taken, and that is no duplicate. */
  sample(view: SampleView): void {
    const w = view.walker
    if (w.sampleKind !== this.#kind || w.sampleBroken || this.#agents.source < 0) return
    if (!this.#windows.isAt(view.sec, view.nsec)) this.#time(view)
    const window = this.#windows.current
    if (window === undefined) this.#tooLate++
    else window.sample(view)
  }

  /**
   * @param toMs time up to which samples have come, milliseconds since 1970
   * @returns windows that are over by then, with `latenessMs`; oldest first. Smoothed: the state at each multiple of
   *   `windowMs`, lateness apart; call it before the samples of `toMs` then
   */
  advance(toMs: number): readonly FlowWindow[] {
    const { latenessMs } = this.options
    this.#windows.pass(toMs)
    if (this.options.smoothMs !== undefined) this.#giveSmoothed(toMs)
    this.#windows.closeUntil(toMs - latenessMs)
    return this.#taken()
  }

  /** Asks DNS for the addresses of the rows that are about to be given, and waits for the answers. */
  async settle(): Promise<void> {
    const { keys, data } = this.options
    if (data.dns === undefined || !keys.some((key) => usesFunction(key, 'dns'))) return
    this.peek()
    await data.dns.settle(NAMES_MS)
  }

  /** Nothing more comes: all windows that are left. */
  finish(): readonly FlowWindow[] {
    this.#windows.closeAll()
    return this.#taken()
  }

  /**
   * The newest window so far; undefined before the first sample. It goes on.
   * @param back 1: the one before it, while samples that are late may still come into it
   */
  peek(top = this.options.top, back: 0 | 1 = 0): FlowWindow | undefined {
    const window = this.#windows.at(-1 - back)
    return window === undefined ? undefined : this.#rows(window, top)
  }

  /** What is ready. `advance` is called for each datagram: nothing is allocated then. */
  #taken(): readonly FlowWindow[] {
    return this.#ready.length === 0 ? nothing : this.#ready.splice(0)
  }

  #giveSmoothed(toMs: number): void {
    const { windowMs } = this.options
    const window = this.#windows.at(0)
    if (windowMs === 'all' || window === undefined || !(toMs >= this.#due)) return
    const at = Math.floor(toMs / windowMs) * windowMs
    this.#due = at + windowMs
    this.#weigh(window, at)
    this.#ready.push(this.#rows(window, this.options.top, at))
  }

  /** Lets samples of `ms` weigh e^((ms - landmark) / t); far from the landmark everything is decayed and it moves. */
  #weigh(window: OpenWindow, ms: number): void {
    const t = this.options.smoothMs
    if (t === undefined) return
    if (Number.isNaN(this.#landmark)) this.#landmark = ms
    const exponent = (ms - this.#landmark) / t
    if (exponent > MOST_EXPONENT) {
      window.decay(Math.exp(-exponent))
      this.#landmark = ms
    }
    window.sampleWeight = Math.exp((ms - this.#landmark) / t)
  }

  #time(view: SampleView): void {
    const ms = this.#windows.take(view.sec, view.nsec)
    const { current } = this.#windows
    const { smoothMs, windowMs } = this.options
    if (current === undefined || smoothMs === undefined) return
    this.#weigh(current, ms)
    if (Number.isNaN(this.#due) && windowMs !== 'all') this.#due = (Math.floor(ms / windowMs) + 1) * windowMs
  }

  #over(window: OpenWindow): void {
    markIngress(window.places, this.#ingress)
    this.#ready.push(this.#rows(window, this.options.top))
    this.#tooLate = 0
  }

  #rows(window: OpenWindow, top: number, at = this.#windows.lastMs): FlowWindow {
    const { startMs, endMs, coveredMs } = this.#windows.spanOf(window)
    const { options } = this
    let ms = coveredMs
    if (options.smoothMs !== undefined) {
      this.#weigh(window, Math.max(at, window.firstMs))
      // The next sample is to be weighed anew.
      this.#windows.forgetTime()
      ms = options.smoothMs * -Math.expm1(-(Math.max(at, window.firstMs) - window.firstMs) / options.smoothMs)
    }
    return closeWindow(window, {
      options,
      ingress: this.#ingress,
      startMs,
      endMs: options.smoothMs === undefined ? endMs : at,
      seconds: ms / 1000,
      tooLate: this.#tooLate,
      top,
    })
  }
}

function checkSmooth({ smoothMs, values }: FlowOptions): void {
  if (smoothMs === undefined) return
  const wrong = values.find((x) => x.statistic !== 'rate' && x.statistic !== 'avg')
  if (wrong === undefined) return
  throw new InputError(`${wrong.text} can't be smoothed: min, max and count are of the samples of one window.`, [
    'Leave --smooth out, or use a rate or an average.',
  ])
}
