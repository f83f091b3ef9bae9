// Owns which port's bursts end last, step after step, and by how much; told only where that is larger than its error. See
// period.ts for the folder. Start at findStraggler.

import { phaseOf } from './profile.ts'
import type { Events } from './spectrum.ts'

/** Traffic that enters at a port. */
export interface PortEvents {
  readonly port: string
  /** Ports of one agent have one clock and are sampled and sent alike. */
  readonly agent: string
  /** How wrong times may be: 0 with record 0:1043, else for how long the agent may hold samples. Seconds. */
  readonly holdSeconds: number
  readonly events: Events
}

export interface Straggler {
  readonly port: string
  readonly agent: string
  /** Seconds by which its bursts end later than the median of the ports that it is compared with. */
  readonly lagSeconds: number
  /** ± at 95 %, all ports compared taken into account. */
  readonly errorSeconds: number
  /** Of the steps in which it had a sample, the share in which its last one was the last of all. */
  readonly often: number
  readonly steps: number
  /** Ports compared. */
  readonly ports: number
}

/** Fewer samples of a port say nothing of where its burst ends. */
const MIN_SAMPLES = 20
const MIN_PORTS = 3
/** A port is last step after step: in so many steps that it and others had samples in, and in so many of these. */
const MIN_STEPS = 8
const LEAST_OFTEN = 0.5
/** Bins by which the idle part of the step is found. */
const BINS = 64
/** -ln 0.05: the last sample lies less than so many mean distances before the end, in 95 of 100. */
const TAIL = 3

interface End {
  readonly port: PortEvents
  /** In steps, from the idle part's end. */
  readonly at: number
  readonly error: number
}

/**
 * The suspect among ports, or null where none is later than the error. Ports of one agent are compared first; those of several
 * agents only where their times are exact.
 */
export function findStraggler(
  ports: readonly PortEvents[],
  from: number,
  seconds: number,
  periodSeconds: number,
): Straggler | null {
  const origin = from + idleEnd(ports, from, seconds, periodSeconds) * periodSeconds
  const ends = ports.flatMap((port) => endOf(port, from, seconds, periodSeconds, origin) ?? [])
  const agents = [...new Set(ends.map(({ port }) => port.agent))]
  const groups = agents.map((agent) => ends.filter(({ port }) => port.agent === agent))
  if (agents.length > 1) groups.push(ends.filter(({ port }) => port.holdSeconds === 0))
  for (const group of groups) {
    const suspect = latest(group, periodSeconds)
    if (suspect === null) continue
    const { often, steps } = howOften(group, suspect.end.port, from, seconds, periodSeconds, origin)
    if (steps < MIN_STEPS || often < LEAST_OFTEN) continue
    return {
      port: suspect.end.port.port,
      agent: suspect.end.port.agent,
      lagSeconds: suspect.lag * periodSeconds,
      errorSeconds: suspect.error * periodSeconds,
      often,
      steps,
      ports: group.length,
    }
  }
  return null
}

/** Phase at which the longest stretch of little traffic ends, of all ports together. */
function idleEnd(ports: readonly PortEvents[], from: number, seconds: number, periodSeconds: number): number {
  const bins = new Float64Array(BINS)
  let sum = 0
  for (const { events } of ports) {
    for (let i = 0; i < events.count; i++) {
      const time = events.times[i]!
      if (time < from || time >= from + seconds) continue
      bins[Math.min(BINS - 1, Math.floor(phaseOf(time, from, periodSeconds) * BINS))]!++
      sum++
    }
  }
  const low = sum / BINS / 4
  let longest = 0
  let end = 0
  let run = 0
  for (let b = 0; b < 2 * BINS; b++) {
    run = bins[b % BINS]! <= low ? Math.min(run + 1, BINS) : 0
    if (run <= longest) continue
    longest = run
    end = b + 1
  }
  return (end % BINS) / BINS
}

/** Where a port's traffic ends in the step: the split of its samples into a busy and an idle part that is most likely. */
function endOf(
  port: PortEvents,
  from: number,
  seconds: number,
  periodSeconds: number,
  origin: number,
): End | undefined {
  const { events, holdSeconds } = port
  const phases: number[] = []
  for (let i = 0; i < events.count; i++) {
    const time = events.times[i]!
    if (time >= from && time < from + seconds) phases.push(phaseOf(time, origin, periodSeconds))
  }
  if (phases.length < MIN_SAMPLES) return undefined
  phases.sort((a, b) => a - b)
  const start = phases[0]!
  const n = phases.length
  let best = Number.NEGATIVE_INFINITY
  let at = n - 1
  for (let i = MIN_SAMPLES >> 1; i < n; i++) {
    const on = Math.max(phases[i]! - start, 1e-6)
    const off = Math.max(1 - phases[i]!, 1e-6)
    const behind = n - 1 - i
    const likelihood = (i + 1) * Math.log((i + 1) / on) + (behind > 0 ? behind * Math.log(behind / off) : 0)
    if (likelihood <= best) continue
    best = likelihood
    at = i
  }
  // The distance of samples just before the end; a burst that thins out ends less sharply.
  const near = Math.max(4, Math.min(at >> 2, 32))
  const apart = (phases[at]! - phases[at - near]!) / near
  return { port, at: phases[at]! + apart, error: TAIL * apart + holdSeconds / periodSeconds }
}

function latest(group: readonly End[], periodSeconds: number): { end: End; lag: number; error: number } | null {
  if (group.length < MIN_PORTS || !(periodSeconds > 0)) return null
  const sorted = group.toSorted((a, b) => b.at - a.at)
  const end = sorted[0]!
  const others = sorted.slice(1)
  const middle = others[others.length >> 1]!
  const errors = others.map(({ error }) => error).sort((a, b) => a - b)
  // One of many is the latest by chance: each more adds to how far the latest can lie.
  const many = 1 + Math.log(group.length) / TAIL
  const error = many * Math.hypot(end.error, errors[errors.length >> 1]!)
  const lag = end.at - middle.at
  return lag > error ? { end, lag, error } : null
}

function howOften(
  group: readonly End[],
  suspect: PortEvents,
  from: number,
  seconds: number,
  periodSeconds: number,
  origin: number,
): { often: number; steps: number } {
  const first = Math.floor((from - origin) / periodSeconds)
  const count = Math.ceil(seconds / periodSeconds) + 1
  const all = new Float64Array(count).fill(-1)
  const own = new Float64Array(count).fill(-1)
  for (const { port } of group) {
    const { times, count: n } = port.events
    for (let i = 0; i < n; i++) {
      if (times[i]! < from || times[i]! >= from + seconds) continue
      const turns = (times[i]! - origin) / periodSeconds
      const step = Math.floor(turns) - first
      const phase = turns - Math.floor(turns)
      const into = port === suspect ? own : all
      if (step >= 0 && step < count && phase > into[step]!) into[step] = phase
    }
  }
  let steps = 0
  let last = 0
  for (let step = 0; step < count; step++) {
    if (own[step]! < 0 || all[step]! < 0) continue
    steps++
    if (own[step]! > all[step]!) last++
  }
  return { often: steps > 0 ? last / steps : 0, steps }
}
