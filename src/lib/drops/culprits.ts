// Owns who filled the queues that dropped: flow samples that leave by a port, ranked. See drops.ts for the folder. Start at
// culpritsOf.

import { type Amount, amountOf, noAmount, shareOf, sumOf } from '../flow/amount.ts'
import { readCulprit } from './keys.ts'
import type { Culprit, Victim } from './snapshot.ts'

/** What leaves by a port. */
export interface Leaving {
  /** The largest first. */
  readonly culprits: readonly Culprit[]
  readonly bitsPerSecond: number | null
}

interface Sums {
  readonly victim: Victim
  bytes: Amount
  frames: Amount
}

/** Sampled at the port itself, and by other ports on their way to it: both would count packets twice. */
interface Port {
  readonly own: Map<string, Sums>
  readonly others: Map<string, Sums>
}

type Rows = readonly Parameters<typeof readRow>[0][]

/**
 * @param rows of the flow engine with culpritKeys and bytes,frames, of one or several windows
 * @param wanted `AGENT IFINDEX` of egress ports
 * @param most culprits that are given of each
 * @returns by `AGENT IFINDEX`; ports without a sample are missing
 */
export function culpritsOf(
  rows: Rows,
  wanted: ReadonlySet<string>,
  seconds: number,
  most: number,
): Map<string, Leaving> {
  const ports = new Map<string, Port>()
  for (const row of rows) {
    const read = readRow(row)
    const { agent = '::', output, isOwn, victim } = read.flow
    const id = `${agent} ${output}`
    if (!wanted.has(id)) continue
    let port = ports.get(id)
    if (port === undefined) {
      port = { own: new Map(), others: new Map() }
      ports.set(id, port)
    }
    add(isOwn ? port.own : port.others, victim, read.bytes, read.frames)
  }
  return new Map([...ports].map(([id, port]) => [id, leaving(port, seconds, most)]))
}

function readRow(row: {
  readonly key: Parameters<typeof readCulprit>[0]
  readonly samples: number
  readonly values: readonly Parameters<typeof amountOf>[1][]
}) {
  return {
    flow: readCulprit(row.key),
    bytes: amountOf(row.samples, row.values[0]!),
    frames: amountOf(row.samples, row.values[1]!),
  }
}

function add(into: Map<string, Sums>, victim: Victim, bytes: Amount, frames: Amount): void {
  const key = JSON.stringify(victim)
  const known = into.get(key)
  if (known === undefined) {
    into.set(key, { victim, bytes, frames })
    return
  }
  known.bytes = sumOf([known.bytes, bytes])
  known.frames = sumOf([known.frames, frames])
}

function leaving({ own, others }: Port, seconds: number, most: number): Leaving {
  const total = (sums: ReadonlyMap<string, Sums>) => sumOf([...sums.values()].map(({ bytes }) => bytes))
  // What the port itself sampled is all, unless others saw more for sure: then it is but a part, as what the switch sends itself.
  const [mine, theirs] = [own.size === 0 ? noAmount : total(own), others.size === 0 ? noAmount : total(others)]
  const isOwn = own.size > 0 && !(theirs.low > mine.high)
  const whole = isOwn ? mine : theirs
  const perSecond = (amount: Amount, factor: number) =>
    Number.isNaN(amount.total) || !(seconds > 0) ? null : (amount.total * factor) / seconds
  const ranked = [...(isOwn ? own : others).values()].sort(
    (a, b) => (b.bytes.total || 0) - (a.bytes.total || 0) || b.bytes.samples - a.bytes.samples || byText(a, b),
  )
  return {
    bitsPerSecond: perSecond(whole, 8),
    culprits: ranked.slice(0, most).map(({ victim, bytes, frames }) => ({
      victim,
      samples: bytes.samples,
      bitsPerSecond: perSecond(bytes, 8),
      packetsPerSecond: perSecond(frames, 1),
      share: shareOf(bytes, without(whole, bytes)),
    })),
  }
}

function without(whole: Amount, part: Amount): Amount {
  return {
    samples: whole.samples - part.samples,
    total: Math.max(0, whole.total - part.total),
    low: Number.NaN,
    high: Number.NaN,
    variance: Math.max(0, whole.variance - part.variance),
  }
}

function byText(a: Sums, b: Sums): number {
  return JSON.stringify(a.victim) < JSON.stringify(b.victim) ? -1 : 1
}
