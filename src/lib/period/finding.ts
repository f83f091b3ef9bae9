// Owns what a search is told, and what it says: a period with its error, or a reason for none. See period.ts for the folder.

import type { Profile } from './profile.ts'

export interface SearchOptions {
  /** Periods that are looked for. */
  readonly minSeconds: number
  readonly maxSeconds: number
  /** A window tells periods of which it has so many. */
  readonly minCycles: number
  /** Chance of an answer where there is no cycle, by one test alone; ten times that where samples are few. */
  readonly alpha: number
}

export const searchDefaults: SearchOptions = Object.freeze({
  minSeconds: 0.2,
  maxSeconds: 60,
  minCycles: 4,
  alpha: 1e-4,
})

/** Why there is no answer. */
export type NoPeriod =
  | 'few-samples'
  | 'short-window'
  | 'chance'
  | 'longer'
  | 'above-max'
  | 'below-min'
  | 'unsure'
  | 'inexact'
  | 'unsteady'
  | 'held'

/** An answer whose ± is a larger part of it is none. */
export const MOST_ERROR = 0.1

export interface Found {
  readonly periodSeconds: number
  /** ± at 95 %. */
  readonly errorSeconds: number
  /** Chance that traffic without a cycle gives as much. */
  readonly p: number
  readonly h: number
  readonly cycles: number
  readonly samples: number
  readonly windowSeconds: number
  /** Parts of the window whose power was added without their phases; 1: one sum over all of it. */
  readonly parts: number
  /** First harmonic over the mean. */
  readonly depth: number
  /** Start of the window: phase 0 of the profile. */
  readonly epoch: number
  readonly profile: Profile
}

export interface NotFound {
  readonly periodSeconds: null
  readonly reason: NoPeriod
  /** `unsure`: what the step may be; `inexact`: what it is about. */
  readonly candidates?: readonly number[]
  readonly p: number
  readonly samples: number
  readonly windowSeconds: number
}

export type Finding = Found | NotFound
