// Owns the H-test over a spectrum: which frequency has most power in its harmonics, and how likely noise has as much. See
// period.ts for the folder; de Jager, Raubenheimer, Swanepoel 1989. Start at strongest.

import type { Spectrum } from './spectrum.ts'

/** What each harmonic more must bring. */
const PENALTY = 4

/** A frequency and its score. */
export interface Candidate {
  readonly hz: number
  /** H: the largest of Z²_m - 4 m + 4 over m = 1 .. 20, or fewer with few samples. */
  readonly h: number
  /** The m. */
  readonly harmonics: number
}

/** Power at a frequency, by the nearest point; 0 beyond the spectrum. */
export function whiteAt(spectrum: Spectrum, hz: number): number {
  const point = Math.round(hz / spectrum.stepHz)
  return point < spectrum.points ? spectrum.white[point]! : 0
}

/** H at one frequency. */
export function hAt(spectrum: Spectrum, hz: number): Candidate {
  let sum = 0
  let h = Number.NEGATIVE_INFINITY
  let harmonics = 1
  for (let k = 1; k <= spectrum.harmonics; k++) {
    sum += whiteAt(spectrum, k * hz)
    const score = sum - PENALTY * (k - 1)
    if (score > h) {
      h = score
      harmonics = k
    }
  }
  return { hz, h, harmonics }
}

/** The frequency of highest H in a range: over a grid of 1/(20 T), then ten times finer around its best. */
export function strongest(spectrum: Spectrum, minHz: number, maxHz: number): Candidate {
  const coarse = best(spectrum, minHz, maxHz, 1 / (20 * spectrum.seconds))
  const near = 1 / (10 * spectrum.seconds)
  const fine = best(spectrum, Math.max(minHz, coarse.hz - near), Math.min(maxHz, coarse.hz + near), near / 20)
  return fine.h > coarse.h ? fine : coarse
}

function best(spectrum: Spectrum, minHz: number, maxHz: number, step: number): Candidate {
  const { white, points, stepHz, harmonics } = spectrum
  let most = Number.NEGATIVE_INFINITY
  let at = minHz
  for (let hz = minHz; hz <= maxHz; hz += step) {
    const perPoint = hz / stepHz
    let sum = 0
    for (let k = 1; k <= harmonics; k++) {
      const point = Math.round(k * perPoint)
      if (point >= points) break
      sum += white[point]!
      const score = sum - PENALTY * (k - 1)
      if (score > most) {
        most = score
        at = hz
      }
    }
  }
  return hAt(spectrum, at)
}
