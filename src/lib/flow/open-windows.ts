// Owns which of several windows of one length a sample is in, and which of them are over, by the time of samples. Knows nothing of
// what is in them. See flow.ts for the folder. Start at OpenWindows.take.

/** So many windows are open at most: where times jump, the oldest is closed before its time. */
const MOST_OPEN = 64
/** Rates of a window that begins or ends inside are by the time that it covers, but by no less. */
const LEAST_COVERED_MS = 1000

/** Milliseconds since 1970. */
export interface WindowSpan {
  readonly startMs: number
  readonly endMs: number
  /** What its rates are by, milliseconds. */
  readonly coveredMs: number
}

interface Timed {
  /** floor(time / length). */
  readonly index: number
  /** Of its first and last sample, milliseconds since 1970. */
  firstMs: number
  lastMs: number
}

/** Nothing is allocated a sample; at most two windows are open where time runs evenly. */
export class OpenWindows<W extends Timed> {
  /** Of the newest sample; undefined: that came when it was over. */
  current: W | undefined
  /** Of what was taken and passed, milliseconds since 1970. */
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  readonly #lengthMs: number
  readonly #make: (index: number) => W
  readonly #close: (window: W, previous: number) => void
  /** By index, oldest first. */
  readonly #open: W[] = []
  /** Index of the last one that was closed. */
  #closed = Number.NEGATIVE_INFINITY
  #sec = -1
  #nsec = -1

  /**
   * @param lengthMs Infinity: one window for all
   * @param close is handed each window that is over, oldest first, and the index of the one before: between them there was none
   */
  constructor(lengthMs: number, make: (index: number) => W, close: (window: W, previous: number) => void) {
    this.#lengthMs = lengthMs
    this.#make = make
    this.#close = close
  }

  /** Whether samples of this time are in `current`, as the ones before. */
  isAt(sec: number, nsec: number): boolean {
    return nsec === this.#nsec && sec === this.#sec
  }

  /** Samples of this time come now: they are in `current`. @returns milliseconds since 1970 */
  take(sec: number, nsec: number): number {
    this.#sec = sec
    this.#nsec = nsec
    const ms = sec * 1000 + nsec / 1e6
    const index = this.isOne ? 0 : Math.floor(ms / this.#lengthMs)
    if (this.current?.index !== index) this.current = this.#of(index)
    const { current } = this
    if (current === undefined) return ms
    if (ms < current.firstMs) current.firstMs = ms
    if (ms > current.lastMs) current.lastMs = ms
    this.pass(ms)
    return ms
  }

  /** The next sample is asked for anew, whatever its time. */
  forgetTime(): void {
    this.#sec = -1
  }

  /** Time went on to this, or began before it. */
  pass(ms: number): void {
    if (ms < this.firstMs) this.firstMs = ms
    if (ms > this.lastMs) this.lastMs = ms
  }

  /** One window has all. */
  get isOne(): boolean {
    return this.#lengthMs === Number.POSITIVE_INFINITY
  }

  /** From the oldest on, or with -1 the newest. */
  at(n: number): W | undefined {
    return this.#open.at(n)
  }

  /** Closes those that ended by then. */
  closeUntil(ms: number): void {
    while (this.#open.length > 0 && (this.#open[0]!.index + 1) * this.#lengthMs <= ms) this.#closeOldest()
  }

  closeAll(): void {
    while (this.#open.length > 0) this.#closeOldest()
  }

  /** What is open is forgotten. */
  clear(): void {
    this.#open.length = 0
    this.current = undefined
    this.#sec = -1
  }

  /** Index of the next window where no sample came into it and it ended by then; that is closed now. */
  skipUntil(ms: number): number | undefined {
    const next = this.#closed + 1
    if (this.#open.length > 0 || !Number.isFinite(next) || this.isOne) return undefined
    if ((next + 1) * this.#lengthMs > ms) return undefined
    this.#closed = next
    return next
  }

  spanOf({ index, firstMs, lastMs }: Timed): WindowSpan {
    if (this.isOne) return { startMs: firstMs, endMs: lastMs, coveredMs: lastMs - firstMs }
    const startMs = index * this.#lengthMs
    const endMs = startMs + this.#lengthMs
    const covered = Math.min(endMs, this.lastMs) - Math.max(startMs, this.firstMs)
    return { startMs, endMs, coveredMs: Math.max(covered, Math.min(this.#lengthMs, LEAST_COVERED_MS)) }
  }

  #of(index: number): W | undefined {
    if (index <= this.#closed) return undefined
    const open = this.#open
    let at = open.length
    while (at > 0 && open[at - 1]!.index > index) at--
    const known = open[at - 1]
    if (known?.index === index) return known
    const window = this.#make(index)
    open.splice(at, 0, window)
    if (open.length > MOST_OPEN) this.#closeOldest()
    return window.index > this.#closed ? window : undefined
  }

  #closeOldest(): void {
    const window = this.#open.shift()!
    if (this.current === window) {
      this.current = undefined
      this.#sec = -1
    }
    const previous = this.#closed
    this.#closed = window.index
    this.#close(window, previous)
  }
}
