// Snapshots of `sonde period` for the tests of its screen, and an engine that takes what the screen asks.

import type {
  CyclePoint,
  CycleRow,
  CyclesChange,
  CyclesCommand,
  CyclesSnapshot,
  CyclesWindow,
} from '../../../src/lib/cycles/snapshot.ts'
import type { PeriodTrend } from '../../../src/lib/period/period.ts'

/** 2026-01-15 12:00:00 UTC. */
export const START = 1_768_478_400_000

/** A burst from bin 6 to 15 of 32, moved by so many bins. */
export function burst(by = 0): number[] {
  const bins = Array.from({ length: 32 }, (_, i) => (i >= 6 && i < 16 ? 9 - Math.abs(10.5 - i) : 0.1))
  const sum = bins.reduce((a, b) => a + b, 0)
  return bins.map((_, i) => bins[(i - by + 64) % 32]! / sum)
}

/** Bursts of 0.2 s each 0.7 s, up to `n` steps of 100 ms behind START. */
export function fast(n: number): PeriodTrend {
  const steps = Array.from({ length: 300 }, (_, i) => i + n - 299)
  return {
    endMs: START + n * 100,
    value: steps.map((step) => (((step % 7) + 7) % 7 < 2 ? 34_000 : 1200)),
    threshold: steps.map(() => 10_600),
    average: steps.map((step) => 10_600 + (step % 3) * 10),
  }
}

/** An answer a second, none for the first five; more sure and more exact from one to the next. */
export const history = (seconds: number): CyclePoint[] =>
  Array.from({ length: seconds }, (_, n) => ({
    timeMs: START + (n + 1) * 1000,
    periodSeconds: n < 5 ? null : 0.697 + 0.004 / (n + 1),
    errorSeconds: n < 5 ? null : 0.02 / n,
    confidence: 1 - 10 ** -(n / 2),
  }))

export const jobRow: CycleRow = {
  kind: 'job',
  id: 'job 1',
  name: 'job 1',
  key: [],
  hosts: Array.from({ length: 16 }, (_, i) => `10.1.0.${i + 1}`),
  periodSeconds: 0.697,
  errorSeconds: 0.0012,
  confidence: 1 - 1e-9,
  p: 1e-9,
  reason: null,
  dutyCycle: 0.29,
  burstsPerStep: 1,
  bytesPerStep: 41.9e9,
  cyclesSeen: 96,
  samples: 2410,
  windowSeconds: 67,
  profile: burst(),
  epochMs: START,
  asOfMs: START + 60_000,
  perSecond: 1_240_000,
  allSamples: 6120,
  hold: null,
  straggler: {
    ...{ node: 'leaf2', port: 'Ethernet7', agent: '10.0.0.2', ifIndex: 7 },
    ...{ lagSeconds: 0.041, errorSeconds: 0.009, often: 0.88, steps: 96, ports: 8 },
  },
  change: null,
  history: history(60),
  fast: fast(600),
}

export const secondJob: CycleRow = {
  ...jobRow,
  id: 'job 2',
  name: 'job 2',
  hosts: jobRow.hosts!.slice(0, 8).map((host) => host.replace('10.1', '10.2')),
  ...{ periodSeconds: 1.102, errorSeconds: 0.011, p: 3.2e-5, confidence: 1 - 3.2e-5 },
  ...{ dutyCycle: 0.45, burstsPerStep: 3, bytesPerStep: 12e9, cyclesSeen: 31.4, samples: 1004, allSamples: 3000 },
  straggler: null,
  change: { timeMs: START + 20_000, fromSeconds: 0.9, toSeconds: 1.1 },
  profile: burst(8),
}

export const heldJob: CycleRow = {
  ...secondJob,
  ...{ id: 'job 3', name: 'job 3', periodSeconds: null, errorSeconds: null, p: 0.02, confidence: 0.98 },
  reason: "agents hold samples for up to 1.0 s: periods below 4.0 s can't be seen",
  ...{ dutyCycle: null, burstsPerStep: null, bytesPerStep: null, cyclesSeen: null, profile: null, epochMs: null },
  hold: { share: 0.97, seconds: 1, shortestSeconds: 4 },
  change: null,
  allSamples: 900,
  history: history(3),
}

export const rest: CycleRow = {
  ...heldJob,
  ...{ kind: 'rest', id: 'rest', name: 'rest', hosts: null, hold: null, p: 0.6, confidence: 0.4, samples: 2114 },
  reason: 'no cycle: p = 0.60',
  fast: null,
}

export const cyclesWindow: CyclesWindow = {
  startMs: START,
  endMs: START + 60_000,
  seconds: 60,
  rows: [jobRow, secondJob, heldJob, rest],
  groups: 3,
  ...{ received: 14_000, matched: 12_500, counted: 12_134, noKey: 0, beyond: 0, lost: 0, agentDrops: 0 },
  where: 'where packets enter the fabric',
  agents: 4,
  stampedAgents: 4,
  notes: [],
}

export const noCycles: CyclesSnapshot = {
  source: 'udp://[::]:6343',
  seconds: 72,
  datagrams: 0,
  datagramsPerSecond: 0,
  lostShare: null,
  by: 'job',
  filter: null,
  value: 'frames',
  method: 'h',
  windowMs: 'auto',
  minSeconds: 0.2,
  maxSeconds: 60,
  window: null,
  notes: [],
  answered: 0,
  refused: null,
}

export const jobs: CyclesSnapshot = {
  ...noCycles,
  ...{ datagrams: 4000, datagramsPerSecond: 42.9, lostShare: 0 },
  window: cyclesWindow,
}

/** All traffic as one. */
export const one: CyclesSnapshot = {
  ...jobs,
  by: null,
  filter: 'suffix:stack:.:1=ibbt',
  window: {
    ...cyclesWindow,
    rows: [{ ...jobRow, kind: 'group', id: '', name: 'all', hosts: null, straggler: null }],
    groups: 1,
    stampedAgents: 0,
  },
}

/** The nth look at what changes all the time. */
export function busy(s: CyclesSnapshot, n: number): CyclesSnapshot {
  const rows = s.window!.rows.map(
    (row, i): CycleRow => ({
      ...row,
      ...{
        asOfMs: START + n * 1000,
        perSecond: (n * 7919 + i * 104_729) % 2_000_000,
        allSamples: row.allSamples + n * 31,
      },
      periodSeconds: row.periodSeconds === null || (n + i) % 7 === 0 ? null : row.periodSeconds * (1 + (n % 5) / 1000),
      errorSeconds: row.errorSeconds === null ? null : row.errorSeconds / ((n % 9) + 1),
      profile: row.profile === null ? null : burst((n * 5 + i) % 32),
      history: history(n % 90),
      fast: row.fast === null ? null : fast(n * 2),
    }),
  )
  return { ...s, seconds: n * 3, datagrams: n * 17, window: { ...s.window!, rows } }
}

/** Takes what a screen asks. */
export class FakeCyclesEngine {
  readonly commands: CyclesCommand[] = []
  readonly send = (command: CyclesCommand): void => {
    this.commands.push(command)
  }

  /** What was asked, without numbers. */
  get asked(): CyclesChange[] {
    return this.commands.flatMap(({ id: _, ...command }) => (command.kind === 'set' ? [command] : []))
  }

  /** The snapshot, with all that was asked answered. */
  answer(s: CyclesSnapshot): CyclesSnapshot {
    return { ...s, answered: this.commands.length }
  }
}
