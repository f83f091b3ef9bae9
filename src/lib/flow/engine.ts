// Owns the course of time: which window a sample belongs to, when a window is over. Start at FlowEngine.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import { InputError } from '../errors.ts'
import { usesFunction } from '../expression/expression.ts'
import { SampleKind } from '../sflow/samples.ts'
import { closeWindow } from './close.ts'
import { type Compiled, compileFlows } from './compile.ts'
import type { FlowOptions } from './options.ts'
import type { FlowWindow } from './rows.ts'
import { IngressPorts, markIngress } from './selection.ts'
import { OpenWindow } from './window.ts'

/** So many windows are open at most: where times jump, the oldest is closed before its time. */
const MOST_OPEN = 64
/** Rates of a window that begins or ends inside are by the time that it covers, but by no less. */
const LEAST_COVERED_MS = 1000
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
  readonly #seed: number
  readonly #windowMs: number
  readonly #ingress = new IngressPorts()
  /** By index, oldest first. */
  readonly #open: OpenWindow[] = []
  readonly #ready: FlowWindow[] = []
  #current: OpenWindow | undefined
  #sec = -1
  #nsec = -1
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  /** Index of the last window that was closed. */
  #closed = Number.NEGATIVE_INFINITY
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
    this.#seed = seed
    this.#kind = options.dropped ? SampleKind.discard : SampleKind.flow
    const { windowMs, smoothMs } = options
    this.#windowMs = windowMs === 'all' || smoothMs !== undefined ? Number.POSITIVE_INFINITY : windowMs
    checkSmooth(options)
    this.#compiled = compileFlows(options, [seed, Math.imul(seed, 3) ^ 0x2545f491, Math.imul(seed, 5) ^ 0x6c078965])
  }

  /** The view stands on a sample that the AgentTable has taken, and that is no duplicate. */
  sample(view: SampleView): void {
    const w = view.walker
    if (w.sampleKind !== this.#kind || w.sampleBroken || this.#agents.source < 0) return
    if (view.nsec !== this.#nsec || view.sec !== this.#sec) this.#time(view)
    const window = this.#current
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
    if (toMs < this.#firstMs) this.#firstMs = toMs
    if (toMs > this.#lastMs) this.#lastMs = toMs
    if (this.options.smoothMs !== undefined) this.#giveSmoothed(toMs)
    while (this.#open.length > 0 && (this.#open[0]!.index + 1) * this.#windowMs + latenessMs <= toMs)
      this.#closeOldest()
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
    while (this.#open.length > 0) this.#closeOldest()
    return this.#taken()
  }

  /**
   * The newest window so far; undefined before the first sample. It goes on.
   * @param back 1: the one before it, while samples that are late may still come into it
   */
  peek(top = this.options.top, back: 0 | 1 = 0): FlowWindow | undefined {
    const window = this.#open.at(-1 - back)
    return window === undefined ? undefined : this.#rows(window, top)
  }

  /** What is ready. `advance` is called for each datagram: nothing is allocated then. */
  #taken(): readonly FlowWindow[] {
    return this.#ready.length === 0 ? nothing : this.#ready.splice(0)
  }

  #giveSmoothed(toMs: number): void {
    const { windowMs } = this.options
    const window = this.#open[0]
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
    this.#sec = view.sec
    this.#nsec = view.nsec
    const ms = view.sec * 1000 + view.nsec / 1e6
    const index = this.#windowMs === Number.POSITIVE_INFINITY ? 0 : Math.floor(ms / this.#windowMs)
    if (this.#current?.index !== index) this.#current = this.#windowOf(index)
    if (this.#current === undefined) return
    this.#current.at(ms)
    if (ms < this.#firstMs) this.#firstMs = ms
    if (ms > this.#lastMs) this.#lastMs = ms
    const { smoothMs, windowMs } = this.options
    if (smoothMs === undefined) return
    this.#weigh(this.#current, ms)
    if (Number.isNaN(this.#due) && windowMs !== 'all') this.#due = (Math.floor(ms / windowMs) + 1) * windowMs
  }

  #windowOf(index: number): OpenWindow | undefined {
    if (index <= this.#closed) return undefined
    const open = this.#open
    let at = open.length
    while (at > 0 && open[at - 1]!.index > index) at--
    const known = open[at - 1]
    if (known?.index === index) return known
    const window = new OpenWindow(index, this.options, this.#compiled, this.#agents, this.#seed)
    open.splice(at, 0, window)
    if (open.length > MOST_OPEN) this.#closeOldest()
    return window.index > this.#closed ? window : undefined
  }

  #closeOldest(): void {
    const window = this.#open.shift()!
    this.#closed = window.index
    if (this.#current === window) {
      this.#current = undefined
      this.#sec = -1
    }
    markIngress(window.places, this.#ingress)
    this.#ready.push(this.#rows(window, this.options.top))
    this.#tooLate = 0
  }

  #rows(window: OpenWindow, top: number, at = this.#lastMs): FlowWindow {
    const isAll = this.#windowMs === Number.POSITIVE_INFINITY
    const startMs = isAll ? window.firstMs : window.index * this.#windowMs
    const endMs = isAll ? window.lastMs : startMs + this.#windowMs
    const { options } = this
    let ms = endMs - startMs
    if (options.smoothMs !== undefined) {
      this.#weigh(window, Math.max(at, window.firstMs))
      // The next sample is to be weighed anew.
      this.#sec = -1
      ms = options.smoothMs * -Math.expm1(-(Math.max(at, window.firstMs) - window.firstMs) / options.smoothMs)
    } else if (!isAll) {
      const covered = Math.min(endMs, this.#lastMs) - Math.max(startMs, this.#firstMs)
      ms = Math.max(covered, Math.min(this.#windowMs, LEAST_COVERED_MS))
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
