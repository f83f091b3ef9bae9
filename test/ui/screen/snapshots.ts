// Listeners that never were: snapshots with numbers that change, for the tests of screens.

import type { AgentRow, ListenSnapshot, SideState } from '../../../src/lib/listen/snapshot.ts'

export const quietAgent: AgentRow = {
  agent: '10.0.0.1',
  hostName: 'leaf1',
  subAgent: 0,
  datagramsPerSecond: 11.1,
  flowPerSecond: 62.04,
  countersPerSecond: 3.2,
  discardsPerSecond: 0,
  rateLeast: 100_000,
  rateMost: 100_000,
  rateOff: false,
  effectiveRate: 100_000,
  datagrams: 800,
  flow: { samples: 4467, lost: 0 },
  counters: { samples: 230, lost: 0 },
  discard: { samples: 0, lost: 0 },
  otherSamples: 0,
  lost: 0,
  late: 0,
  duplicates: 0,
  ownDrops: 0,
  restarts: 0,
  uptimeMs: 41 * 86_400_000,
  firstTime: '2026-07-31T10:00:00.000000000Z',
  lastTime: '2026-07-31T10:01:12.000000000Z',
}

export const emptySnapshot: ListenSnapshot = {
  seconds: 0.01,
  datagrams: 0,
  bytes: 0,
  samples: 0,
  kept: null,
  history: [],
  datagramsPerSecond: 0,
  lostShare: null,
  loss: {
    lost: 0,
    flow: { samples: 0, lost: 0 },
    counters: { samples: 0, lost: 0 },
    discard: { samples: 0, lost: 0 },
    late: 0,
    duplicates: 0,
    restarts: 0,
    ownDrops: 0,
    unknown: [],
  },
  addresses: ['udp://[::]:6343'],
  receiving: {
    receiver: 'recvmmsg',
    why: 'batches of 64',
    bufferAsked: 8 << 20,
    bufferGranted: 8 << 20,
    kernelDropped: 0,
    queueDropped: 0,
    refused: 0,
    refusedSenders: [],
  },
  sides: [],
  agents: [],
  moreAgents: 0,
  forgotten: 0,
  issues: 0,
  issueKinds: [],
  newestIssues: [],
}

const side: SideState = {
  name: 'out.pcap',
  kind: 'capture',
  datagrams: 3089,
  bytes: 4_412_000,
  failed: 0,
  problem: null,
}

/** The four agents of the sketch in the design, with a small buffer, two sides and an issue. */
export const fourAgents: ListenSnapshot = {
  ...emptySnapshot,
  seconds: 72.4,
  datagrams: 3089,
  bytes: 4_412_000,
  samples: 17_300,
  history: [10, 20, 30, 42.9, 55.2, 50, 41, 42.9],
  datagramsPerSecond: 42.9,
  lostShare: 0.004,
  loss: { ...emptySnapshot.loss, lost: 12, restarts: 1, ownDrops: 7 },
  receiving: { ...emptySnapshot.receiving!, bufferGranted: 4 << 20 },
  sides: [side, { ...side, name: '→ 192.0.2.1:6343', kind: 'collector', failed: 2, problem: 'Connection refused' }],
  agents: [
    quietAgent,
    { ...quietAgent, agent: '10.0.0.2', hostName: 'leaf2', datagramsPerSecond: 10.9, lost: 12 },
    {
      ...quietAgent,
      agent: '10.0.0.3',
      hostName: null,
      discardsPerSecond: 4.1,
      ownDrops: 7,
      restarts: 1,
      uptimeMs: 180_000,
    },
    {
      ...quietAgent,
      agent: '2001:db8::7',
      subAgent: 1,
      rateLeast: 1000,
      rateOff: true,
      lost: null,
      uptimeMs: 12 * 86_400_000,
    },
  ],
  issues: 3,
  issueKinds: [
    {
      kind: 'record',
      count: 2,
      newest:
        'dst_as_path claims 4096 segments, in samples[2] extended_gateway (0:1003) of datagram 17 (2026-07-31T10:01:11.123456789Z from 10.0.0.3)',
    },
    { kind: 'sample cut', count: 1, newest: 'a sample is cut, in samples[0] of datagram 16' },
  ],
  newestIssues: [
    '10.0.0.3 datagram 17: samples[2] extended_gateway (0:1003) at byte 212: dst_as_path claims 4096 segments',
    '10.0.0.33 datagram 16: a sample is cut',
  ],
}

/** A number from 0 to 1 that is the same for the same arguments: tests must not depend on chance. */
export function noise(...seeds: readonly number[]): number {
  let x = 0x9e3779b9
  for (const seed of seeds) x = Math.imul(x ^ seed, 0x85ebca6b) ^ (x >>> 13)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

/** `count` agents at step `n`: rates jump by powers of ten, losses grow at different pace, names are of all lengths. */
export function busySnapshot(n: number, count: number): ListenSnapshot {
  const agents = Array.from({ length: count }, (_, i): AgentRow => {
    const rate = (kind: number) => 10 ** (noise(n, i, kind) * 9 - 3)
    return {
      ...quietAgent,
      agent: i % 5 === 4 ? `2001:db8:${i.toString(16)}::${(i * 257).toString(16)}:17` : `10.${i >> 8}.${i & 255}.1`,
      hostName: i % 3 === 0 ? null : `leaf${i}`.repeat((i % 4) + 1),
      subAgent: i % 7 === 0 ? 4_294_967_295 : i % 3,
      datagramsPerSecond: i % 11 === 0 ? 0 : rate(1),
      flowPerSecond: rate(2),
      countersPerSecond: rate(3),
      discardsPerSecond: rate(4),
      rateLeast: i % 6 === 5 ? null : 1000 << (i % 5),
      rateMost: i % 6 === 5 ? null : 131_072 << (i % 7),
      rateOff: i % 4 === 0,
      lost: i % 9 === 8 ? null : Math.floor(n * n * noise(i) * 3),
      ownDrops: Math.floor(noise(i, 9) ** 8 * 1e7 * n),
      restarts: n > 5 && i % 13 === 0 ? 1 : 0,
      uptimeMs: (i + 1) * 7_000_000 + n * 200,
    }
  })
  return {
    ...fourAgents,
    seconds: n * 37,
    datagrams: Math.floor(10 ** ((n % 9) + 1)),
    history: Array.from({ length: Math.min(60, n) }, (_, i) => 10 ** (noise(i) * 6)),
    datagramsPerSecond: 10 ** (noise(n, 77) * 7 - 2),
    lostShare: noise(n, 78),
    loss: {
      ...emptySnapshot.loss,
      lost: agents.reduce((sum, { lost }) => sum + (lost ?? 0), 0),
      ownDrops: agents.reduce((sum, { ownDrops }) => sum + ownDrops, 0),
    },
    agents,
    issues: n,
  }
}
