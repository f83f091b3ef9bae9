// Flows that never were: snapshots of top-flows, and an engine that takes commands, for the tests of its screen.

import type {
  SnapshotRow,
  TopFlowsCommand,
  TopFlowsSnapshot,
  ValueEstimate,
  ValueTitle,
} from '../../../src/lib/top-flows/snapshot.ts'
import { noise } from './snapshots.ts'

export const bytesTitle: ValueTitle = { text: 'bytes', statistic: 'rate', unit: 'bytes' }
export const framesTitle: ValueTitle = { text: 'frames', statistic: 'rate', unit: 'frames' }

/** Bits a second and share of a window of 10 s. */
export const estimate = (bits: number, share: number | null, errorPct: number | null): ValueEstimate => ({
  total: (bits / 8) * 10,
  perSecond: bits / 8,
  share,
  errorPct,
  low: null,
  high: null,
})
const packets = (perSecond: number, errorPct: number): ValueEstimate => ({
  total: perSecond * 10,
  perSecond,
  share: null,
  errorPct,
  low: null,
  high: null,
})

const row = (
  kind: SnapshotRow['kind'],
  key: readonly string[],
  values: readonly ValueEstimate[],
  rest: Partial<SnapshotRow> = {},
) => ({
  kind,
  id: kind === 'flow' ? key.join('|') : '',
  key,
  agent: null,
  dataSource: null,
  samples: 3700,
  values,
  history: [],
  ...rest,
})

export const noFlows: TopFlowsSnapshot = {
  source: 'udp://[::]:6343',
  seconds: 0.01,
  windowMs: 10_000,
  smoothMs: null,
  startMs: null,
  endMs: null,
  soFarSeconds: null,
  keys: ['src', 'dst'],
  titles: null,
  values: [bytesTitle],
  filter: null,
  recipe: null,
  by: null,
  dropped: false,
  rows: [],
  flows: 0,
  samples: 0,
  seen: 0,
  matched: 0,
  datagrams: 0,
  datagramsPerSecond: 0,
  lostShare: null,
  agg: 'busiest switch',
  notes: [],
  answered: 0,
  refused: null,
}

/** The flows of the sketch in the design. */
export const threeFlows: TopFlowsSnapshot = {
  ...noFlows,
  source: 'fabric.pcap',
  seconds: 12.4,
  startMs: 1_777_636_800_000,
  endMs: 1_777_636_810_000,
  values: [bytesTitle, framesTitle],
  rows: [
    row('flow', ['10.1.0.17', '10.2.0.17'], [estimate(41.2e9, 0.21, 3.2), packets(3.4e6, 3.1)], {
      history: [6, 7, 7, 5, 2, 1, 6, 7],
    }),
    row('flow', ['10.1.0.18', '10.2.0.18'], [estimate(38.7e9, 0.198, 3.3), packets(3.2e6, 3.2)], {
      history: [null, 7, 6, 5, 1, 1, 7, 7],
    }),
    row('flow', ['2001:db8::4', '2001:db8::9:2'], [estimate(3.1e9, 0.016, 42), packets(3e5, 40)], { samples: 21 }),
    row('other', [], [estimate(112.8e9, 0.576, 1.9), packets(9.5e6, 1.8)], { samples: 10_000 }),
    row('no key', [], [estimate(0, 0, null), packets(120, 90)], { samples: 4 }),
    row('total', [], [estimate(195.8e9, 1, 1.5), packets(16.4e6, 1.4)], { samples: 18_214 }),
  ],
  flows: 61_207,
  samples: 18_214,
  seen: 40_100,
  matched: 40_100,
  datagrams: 9000,
  datagramsPerSecond: 512.4,
  lostShare: 0.0002,
}

/** `count` flows at step `n` whose numbers all change and jump by powers of ten. */
export function busyFlows(n: number, count: number, asked: Partial<TopFlowsSnapshot> = {}): TopFlowsSnapshot {
  const keys = asked.keys ?? noFlows.keys
  const values = asked.values ?? [bytesTitle, framesTitle]
  const one = (i: number, kind: number): ValueEstimate => {
    const bytes = 10 ** (noise(n >> 3, i, kind) * 3 + noise(i, kind) * 7)
    return {
      total: bytes * 10,
      perSecond: bytes,
      share: noise(n, i),
      errorPct: 10 ** (noise(i, n) * 4 - 1),
      low: null,
      high: null,
    }
  }
  const flow = (kind: SnapshotRow['kind'], i: number): SnapshotRow => ({
    kind,
    id: `${keys.join()} ${i}`,
    key: keys.map((_, k) =>
      i % 9 === 8 && k === 0
        ? null
        : i % 5 === 4
          ? `2001:db8:${i}::${k}:17:${i * 257}`
          : `10.${k}.${i >> 8}.${i & 255}`,
    ),
    agent: null,
    dataSource: null,
    samples: Math.floor(noise(i, n) ** 4 * 1e6),
    values: values.map((_, at) => one(i, at)),
    history: Array.from({ length: Math.min(n, 60) }, (_, at) =>
      noise(i, n - at) < 0.1 ? null : noise(i, (n - at) >> 2),
    ),
  })
  return {
    ...threeFlows,
    ...asked,
    values,
    source: 'udp://[::]:6343',
    seconds: n / 5,
    samples: Math.floor(noise(n) * 1e6),
    rows: [
      ...Array.from({ length: count }, (_, i) => flow('flow', i)),
      flow('other', -1),
      flow('no key', -2),
      flow('total', -3),
    ],
    notes: n % 20 < 10 ? [] : ['10.0.0.1 0:3 samples 1 in 1,310, and says 1 in 1,000', 'another doubt', 'a third one'],
  }
}

/** Takes commands as the engine of top-flows does: no look at what keys mean, but `ipsrc` is refused with a mark below it. */
export class FakeFlowEngine {
  readonly commands: TopFlowsCommand[] = []
  #asked: Partial<TopFlowsSnapshot> = {}
  #answer: Pick<TopFlowsSnapshot, 'answered' | 'refused'> = { answered: 0, refused: null }

  readonly send = (command: TopFlowsCommand): void => {
    this.commands.push(command)
    this.#answer = { answered: command.id, refused: null }
    if (command.kind === 'reset') return
    const wrong = [command.keys, command.filter, command.values].find((text) => text?.includes('ipsrc'))
    if (wrong !== undefined) {
      const message = `"ipsrc" is no attribute. Did you mean ipsource?\n  ${wrong}\n  ${' '.repeat(wrong.indexOf('ipsrc'))}^^^^^`
      this.#answer = { answered: command.id, refused: { message, nextSteps: ['sonde help flows'] } }
      return
    }
    const title = (text: string): ValueTitle =>
      text === 'bytes'
        ? bytesTitle
        : text === 'frames'
          ? framesTitle
          : { text, statistic: text.startsWith('avg:') ? 'avg' : 'count', unit: null }
    this.#asked = {
      ...this.#asked,
      ...(command.keys === undefined ? {} : { keys: command.keys === '' ? [] : command.keys.split(','), recipe: null }),
      ...(command.filter === undefined ? {} : { filter: command.filter === '' ? null : command.filter }),
      ...(command.values === undefined ? {} : { values: command.values.split(',').map(title) }),
      ...(command.windowMs === undefined ? {} : { windowMs: command.windowMs }),
      ...(command.recipe === undefined ? {} : { recipe: command.recipe, keys: ['proto', 'dport'], filter: null }),
    }
  }

  /** `snapshot` as it would be after the commands. */
  answer(snapshot: TopFlowsSnapshot): TopFlowsSnapshot {
    return { ...snapshot, ...this.#asked, ...this.#answer }
  }

  busy(n: number, count: number): TopFlowsSnapshot {
    return { ...busyFlows(n, count, this.#asked), ...this.#answer }
  }
}

export const recipes = [
  { name: 'talkers', about: 'who talks to whom' },
  { name: 'ports', about: 'which services' },
  { name: 'roce', about: 'RDMA over Ethernet' },
]
