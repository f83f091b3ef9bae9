// Owns which member of a family of harmonics is the step: the frequency found, a multiple or a fraction of it. See period.ts
// for the folder. Start at fundamentalOf.

import type { Verdict } from './classes.ts'
import { hAt, strongest, whiteAt } from './h-test.ts'
import type { Events, Spectrum } from './spectrum.ts'
import type { Steps } from './steps.ts'

/** Folding at these multiples of the period is compared with folding at it. */
const FACTORS = [2, 3, 4, 5, 6, 7] as const
/** H of harmonics that only the longer period has: chance gives less, but for once in 20,000; or so much of all of its H. */
const EXTRA_H = 25
const EXTRA_PART = 0.5
/** A fraction of the period has so much of its H where all parts look alike. */
const FRACTION_H = 0.6
/** Fewer natural steps 1/T between harmonics, and they can't be told apart. */
const LEAST_LINES = 1.2

export interface Fundamental {
  readonly hz: number
  /** The step is longer than this window can tell, or than is looked for. */
  readonly isTooLong: boolean
  /** Every q-th part of this step looks like the others, but a part is shorter than what is looked for. */
  readonly isTooShort: boolean
  /** Samples are too few to tell the step from these multiples of it. */
  readonly doubts: readonly number[]
}

/**
 * The shortest period at which all steps look alike: a fraction of the one found where every q-th part looks like the others, a
 * multiple where every q-th step differs (several bursts a step).
 * @param hz the frequency of highest H
 */
export function fundamentalOf(
  events: Events,
  spectrum: Spectrum,
  hz: number,
  minHz: number,
  maxHz: number,
  steps: Steps,
): Fundamental {
  const { from, seconds } = spectrum
  let at = hz
  const comes = (hz: number, q: number): Verdict => steps.classes.compare(events, from, seconds, 1 / hz, q)
  const hasParts = (low: number, q: number): boolean =>
    comes(low * q, q) !== 'differ' &&
    (!needs(spectrum, low, q) ||
      (hAt(spectrum, low * q).h >= FRACTION_H * hAt(spectrum, low).h &&
        q * 2 <= seconds * low * q &&
        !steps.differ(events, from, seconds, 1 / (low * q), q)))
  for (const q of FACTORS) {
    while (at * q <= maxHz && hasParts(at, q)) at = near(spectrum, at * q)
  }
  // Down to what a window can hint at, for saying that it is too short.
  for (const q of FACTORS) {
    while (
      at / q >= LEAST_LINES / seconds &&
      (steps.differ(events, from, seconds, 1 / at, q) || comes(at, q) === 'differ')
    ) {
      at = near(spectrum, at / q)
    }
  }
  return {
    hz: at,
    isTooLong: at < minHz,
    isTooShort: FACTORS.some((q) => at * q > maxHz && hasParts(at, q)),
    doubts: FACTORS.filter((q) => comes(at, q) === 'unsure'),
  }
}

/** The best frequency beside this one: multiples are known less exactly than what they were taken from. */
function near(spectrum: Spectrum, hz: number): number {
  const margin = 0.05 / spectrum.seconds
  return strongest(spectrum, hz - margin, hz + margin).hz
}

/** Whether harmonics of a frequency that are no multiples of q have power. */
function needs(spectrum: Spectrum, hz: number, q: number): boolean {
  const enough = Math.min(EXTRA_H, EXTRA_PART * hAt(spectrum, hz).h)
  let sum = 0
  let penalty = 0
  for (let k = 1; k <= spectrum.harmonics; k++) {
    if (k % q === 0) continue
    sum += whiteAt(spectrum, k * hz)
    if (sum - penalty >= enough) return true
    penalty += 4
  }
  return false
}
