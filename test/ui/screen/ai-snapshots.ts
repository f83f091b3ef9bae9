// A fabric that never was: snapshots of `sonde ai-metrics`, for the tests of its screen.

import type { AiRow, AiWindow, Kinds, Measure } from '../../../src/lib/ai-metrics/rows.ts'
import type { AiCommand, AiSnapshot } from '../../../src/lib/ai-metrics/snapshot.ts'
import { Trend } from '../../../src/lib/ai-metrics/trend.ts'
import type { PeriodState, PeriodTrend } from '../../../src/lib/period/period.ts'

export const START = 1_777_636_800_000

export const unknown: Measure = { value: null, errorPct: null, low: null, high: null, samples: 0 }
export const measure = (value: number, errorPct: number | null = null): Measure => ({
  value,
  errorPct,
  low: value * (1 - (errorPct ?? 0) / 100),
  high: value * (1 + (errorPct ?? 0) / 100),
  samples: 100,
})

/** Rates by name; their sum is the whole. */
export function kinds(rates: Readonly<Record<string, number>>, other = 0): Kinds {
  const named = Object.entries(rates)
  const all = named.reduce((sum, [, rate]) => sum + rate, other)
  return {
    rate: measure(all),
    top: named.map(([name, rate], code) => ({
      name,
      code,
      rate: measure(rate, 3.1),
      share: all > 0 ? rate / all : null,
    })),
    other: other > 0 ? { kinds: 2, rate: measure(other), share: other / all } : null,
  }
}

const none = kinds({})
const noSequence = { advancePerSecond: null, pairs: 0, backwards: 0, ambiguous: 0 }

export const period: PeriodState = {
  method: 'threshold',
  periodSeconds: 0.7,
  errorSeconds: 0.007,
  value: 12_000,
  threshold: 10_600,
  average: 10_600,
  cycles: 20,
  baselines: {
    load: { mean: 10_600, variance: 90_000, sdev: 300, min: 9900, max: 11_200 },
    intervals: { mean: 700, variance: 225, sdev: 15, min: 670, max: 731 },
  },
}

/** Four switches with one job of writes, as in a lab. */
export const labWindow: AiWindow = {
  startMs: START,
  endMs: START + 1000,
  seconds: 1,
  compat: false,
  agg: 'edge',
  aggLabel: 'where packets enter the fabric',
  fit: undefined,
  samples: 640,
  counted: 213,
  roceSamples: 200,
  cutBeforeBth: 0,
  cutBehindBth: 0,
  bps: measure(9.2e6, 1.2),
  roceBps: measure(9e6, 1.2),
  rocePps: measure(14_000, 1.2),
  uetPps: measure(0),
  operations: kinds({
    'RC RDMA WRITE Middle': 8000,
    'RC RDMA WRITE First': 2000,
    'RC Acknowledge': 2000,
    CNP: 2000,
  }),
  messages: measure(2000, 3),
  bytesPerMessage: measure(560),
  rdmaOps: measure(2000, 3),
  rdmaBytes: measure(32_768, 0),
  rdmaBytesMin: 32_768,
  rdmaBytesMax: 32_768,
  rdmaBytesPerSecond: measure(65_536_000, 3),
  rdmaSizes: kinds({ '32 KiB': 2000 }),
  credits: {
    avg: measure(12, 0),
    min: 12,
    max: 12,
    codeAvg: 7,
    codeMin: 7,
    codeMax: 7,
    withoutCount: 0,
  },
  nak: none,
  rnr: none,
  ecn: measure(1400, 9),
  ecnShare: measure(0.1, 9),
  silent: false,
  quietMs: 0,
  strayLinks: [],
  ceComplete: true,
  cnp: measure(2000, 3),
  cnpUnexpected: measure(0),
  trim: measure(0),
  psn: noSequence,
  msn: noSequence,
  edge: { ports: 2, min: 0, q1: 1e6, median: 4.6e6, q3: 7e6, max: 9.2e6 },
  core: { ports: 8, min: 0, q1: 0, median: 0, q3: 2e6, max: 9.2e6 },
  ecmp: [
    {
      tier: '1 up',
      links: 2,
      switches: 1,
      bitsPerSecond: 9.2e6,
      maxOverMean: 2,
      variation: 1,
      variationByChance: 0.012,
      busiest: { node: 'leaf1', link: 'link1', share: 1 },
      shares: [
        { node: 'leaf1', link: 'link1', share: 1 },
        { node: 'leaf1', link: 'link2', share: 0 },
      ],
    },
  ],
  counters: { errorsIn: 0, errorsOut: 0, discardsIn: 0, discardsOut: 51, ports: 10 },
  drops: kinds({ no_buffer_space: 48.2, acl: 9.1 }),
  period,
  by: null,
  rows: [],
  sources: [],
  loss: { lost: 0, agentDrops: 0, tooLate: 0, unplaced: 0 },
  history: { startMs: Number.NaN, stepMs: 1000, bps: [], rocePps: [], rdmaOps: [], ecnPps: [], cnpPps: [] },
}

/** Nothing of it is known: no flow samples, no topology, no counters. */
export const darkWindow: AiWindow = {
  ...labWindow,
  samples: 0,
  counted: 0,
  roceSamples: 0,
  bps: unknown,
  rocePps: unknown,
  operations: { rate: unknown, top: [], other: null },
  messages: unknown,
  rdmaOps: unknown,
  rdmaBytes: unknown,
  credits: { avg: unknown, min: null, max: null, codeAvg: null, codeMin: null, codeMax: null, withoutCount: null },
  nak: { rate: unknown, top: [], other: null },
  rnr: { rate: unknown, top: [], other: null },
  ecn: unknown,
  ecnShare: unknown,
  silent: false,
  quietMs: 0,
  strayLinks: [],
  ceComplete: null,
  cnp: unknown,
  trim: unknown,
  edge: null,
  core: null,
  ecmp: null,
  counters: { errorsIn: null, errorsOut: null, discardsIn: null, discardsOut: null, ports: 0 },
  drops: null,
  period: null,
}

const wave = (length: number, of: (i: number) => number) => Array.from({ length }, (_, i) => of(i))

export const fast: PeriodTrend = {
  endMs: START,
  value: wave(300, (i) => (i % 7 < 2 ? 40_000 : 2000)),
  threshold: wave(300, () => 10_600),
  average: wave(300, () => 10_600),
}

/** Windows of a second, one after the other. @param make of the nth */
export function snapshotOf(count: number, make: (n: number) => AiWindow = () => labWindow): AiSnapshot {
  const trend = new Trend()
  let last: AiWindow | null = null
  for (let n = 0; n < count; n++) {
    last = { ...make(n), startMs: START + n * 1000, endMs: START + (n + 1) * 1000 }
    trend.add(last)
  }
  return {
    source: 'udp://[::]:6343',
    seconds: 72 + count,
    datagrams: 1000,
    datagramsPerSecond: 42.9,
    lostShare: 0,
    windowMs: 1000,
    hasTopology: last === null || last.edge !== null,
    trend: trend.read(),
    window: last,
    fast,
    period: last?.period ?? null,
    agents: 4,
    notes: [],
    answered: 0,
    refused: null,
  }
}

/** All numbers change with each. */
export function busyWindow(n: number): AiWindow {
  const rate = (most: number) => measure(Math.abs(Math.sin(n * 1.7 + most)) * most, (n * 13) % 140)
  return {
    ...labWindow,
    bps: rate(4e11),
    rocePps: rate(5e7),
    operations: kinds(
      { 'RC RDMA WRITE Middle': n * 9e5, 'RC SEND Only with Invalidate': n * 100, CNP: 3, x: n % 2 },
      n,
    ),
    rdmaOps: rate(3e6),
    rdmaBytes: rate(1 << 20),
    ecn: rate(1e6),
    ceComplete: n % 3 > 0,
    cnp: n % 5 === 0 ? unknown : rate(1e5),
    trim: rate(10),
    nak: kinds({ 'PSN sequence error': n % 4 }),
    edge: { ports: 64, min: n * 1e7, q1: n * 1.1e9, median: n * 2.3e9, q3: n * 5.7e9, max: n * 12.3e9 },
    period: n % 4 === 0 ? null : period,
  }
}

const row = (name: string, pps: number, kind: AiRow['kind'] = 'row'): AiRow => ({
  kind,
  name,
  id: name,
  bps: measure(pps * 8000, 3),
  rocePps: measure(pps, 3),
  share: pps / 1000,
  rdmaOps: measure(pps / 7, 8),
  rdmaBytes: measure(32_768, 0),
  messages: measure(pps / 7, 8),
  ecn: measure(0),
  cnp: measure(0),
  nak: measure(pps > 500 ? 2 : 0),
  rnr: unknown,
  psn: null,
  samples: 100,
})

export const portsWindow: AiWindow = {
  ...labWindow,
  by: 'port',
  rows: [row('leaf1 eth3', 600), row('leaf2 eth3', 400), row('(other: 3)', 0, 'other'), row('total', 1000, 'total')],
}

/** Keeps what it was asked; refuses `link`. */
export class FakeAiEngine {
  readonly commands: AiCommand[] = []
  #asked: Partial<AiSnapshot> = {}

  readonly send = (command: AiCommand): void => {
    this.commands.push(command)
    const isRefused = command.kind === 'set' && command.by === 'link'
    const refused = isRefused ? { message: '--by link needs to know the links.', nextSteps: [] } : null
    this.#asked = { answered: command.id, refused }
  }

  answer(snapshot: AiSnapshot): AiSnapshot {
    return { ...snapshot, ...this.#asked }
  }
}
