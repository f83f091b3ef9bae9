// Owns how long agents hold samples before they send them, by when datagrams come and how many samples they have; and which
// periods that hides. See period.ts for the folder. Start at HoldEstimate.

/** The most that sFlow version 5 allows (section 5: samples are sent within a second). */
const MOST_SECONDS = 1
/** What comes within this is one lot. */
const LOT_MS = 20
/** Samples are taken to be held where a lot comes after a silence this much longer than itself. */
const SILENCE = 5
/** What is known fades: its weight falls to 1/e in so many samples. */
const MEMORY = 2000
/** Ticks that agents send at, and how closely datagrams of single samples must keep to one. */
const TICKS = [1, 0.5, 0.25, 0.2, 0.1] as const
const TICK_CLOSENESS = 0.95
const TICK_SAMPLES = 12

/** Samples held by agents. */
export interface Hold {
  /** Of all samples, 0 .. 1. */
  readonly share: number
  /** Up to so long. */
  readonly seconds: number
}

export const noHold: Hold = Object.freeze({ share: 0, seconds: 0 })

/**
 * Lots of samples that come at once behind a silence may have been taken at any time in it; datagrams of one sample that keep to a
 * tick were held for it. One for each agent; nothing grows.
 */
export class HoldEstimate {
  #all = 0
  #held = 0
  #heldSeconds = 0
  #lotStart = Number.NaN
  #lotEnd = Number.NaN
  #lotSamples = 0
  #lotSilence = 0
  #singles = 0
  readonly #re = new Float64Array(TICKS.length)
  readonly #im = new Float64Array(TICKS.length)

  /** A datagram with so many samples. @param timeMs milliseconds, of when it was sent where that is known */
  datagram(timeMs: number, samples: number): void {
    if (samples === 1) this.#single(timeMs)
    if (timeMs - this.#lotEnd <= LOT_MS) {
      this.#lotEnd = Math.max(this.#lotEnd, timeMs)
      this.#lotSamples += samples
      return
    }
    this.#close()
    this.#lotSilence = Number.isNaN(this.#lotEnd) ? 0 : timeMs - this.#lotEnd
    this.#lotStart = timeMs
    this.#lotEnd = timeMs
    this.#lotSamples = samples
  }

  #close(): void {
    const samples = this.#lotSamples
    if (samples === 0) return
    const fade = Math.exp(-samples / MEMORY)
    this.#all = this.#all * fade + samples
    this.#held *= fade
    this.#heldSeconds *= fade
    const length = Math.max(LOT_MS / 2, this.#lotEnd - this.#lotStart)
    if (samples < 2 || this.#lotSilence < SILENCE * length) return
    this.#held += samples
    this.#heldSeconds += samples * Math.min(MOST_SECONDS, this.#lotSilence / 1000)
  }

  #single(timeMs: number): void {
    const fade = Math.exp(-1 / MEMORY)
    this.#singles = this.#singles * fade + 1
    for (let i = 0; i < TICKS.length; i++) {
      const angle = (2 * Math.PI * timeMs) / 1000 / TICKS[i]!
      this.#re[i] = this.#re[i]! * fade + Math.cos(angle)
      this.#im[i] = this.#im[i]! * fade + Math.sin(angle)
    }
  }

  /** Samples by which it is known, faded. */
  get weight(): number {
    return this.#all
  }

  hold(): Hold {
    if (!(this.#all > 0)) return noHold
    const share = this.#held / this.#all
    const seconds = this.#held > 0 ? Math.min(MOST_SECONDS, (1.5 * this.#heldSeconds) / this.#held) : 0
    if (this.#singles < TICK_SAMPLES) return { share, seconds }
    for (let i = 0; i < TICKS.length; i++) {
      const closeness = Math.hypot(this.#re[i]!, this.#im[i]!) / this.#singles
      if (closeness < TICK_CLOSENESS) continue
      // Beside lots, single samples were held too.
      return { share: Math.min(1, (this.#held + this.#singles) / this.#all), seconds: TICKS[i]! }
    }
    return { share, seconds }
  }
}

/** Of several agents together, by their samples. */
export function holdOf(agents: Iterable<HoldEstimate>): Hold {
  let weight = 0
  let held = 0
  let seconds = 0
  for (const agent of agents) {
    const hold = agent.hold()
    weight += agent.weight
    held += agent.weight * hold.share
    seconds = Math.max(seconds, hold.share > 0 ? hold.seconds : 0)
  }
  return weight > 0 && held > 0 ? { share: held / weight, seconds } : noHold
}

/** Periods of less than so many holding times look like others of which they are aliases. */
const LEAST_HOLDS = 4
/** An answer has so many times the depth that an alias can have. */
const MARGIN = 1.5

/** The shortest period that can be told where most samples are held; 0 where few are. */
export function shortestBehind(hold: Hold): number {
  return MARGIN * hold.share >= 1 ? LEAST_HOLDS * hold.seconds : 0
}

/**
 * Whether what was found may be the alias of a shorter cycle. Samples held to a tick of h are counts of h each: a cycle shorter
 * than 2 h shows as one of frequency f, with at most sin(π f h) / (π (1 - f h)) of its depth, times the share that is held.
 * @param depth first harmonic over the mean, 0 .. 1
 */
export function isHidden(hold: Hold, periodSeconds: number, depth: number): boolean {
  if (hold.share === 0 || hold.seconds === 0) return false
  const x = hold.seconds / periodSeconds
  const alias = x * LEAST_HOLDS > 1 ? 1 : Math.sin(Math.PI * x) / (Math.PI * (1 - x))
  return depth < MARGIN * hold.share * alias
}
