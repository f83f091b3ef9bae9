// Owns putting the states of several listening threads together. The kernel keeps a sender's port with one socket; agents that
// have several are in merge-agents.ts. Start at mergeSnapshots.

import { mergeAgents } from './merge-agents.ts'
import type { KeptState, ListenSnapshot, ReceivingState, SideState } from './snapshot.ts'

/** One state of all; at least one is given. */
export function mergeSnapshots(states: readonly ListenSnapshot[]): ListenSnapshot {
  const [first, ...others] = states
  if (first === undefined) throw new RangeError('no state to merge')
  if (others.length === 0) return first
  const sum = (of: (x: ListenSnapshot) => number) => states.reduce((total, x) => total + of(x), 0)
  const merged = mergeAgents(states.flatMap((x) => x.agents))
  const { doubtful } = merged
  const lost = sum((x) => x.loss.lost ?? 0) - doubtful.lost
  const sent = sum((x) => x.datagrams - x.loss.duplicates) + lost
  const length = Math.max(...states.map((x) => x.history.length))
  return {
    seconds: Math.max(...states.map((x) => x.seconds)),
    datagrams: sum((x) => x.datagrams),
    bytes: sum((x) => x.bytes),
    samples: sum((x) => x.samples),
    kept: mergedKept(states),
    history: Array.from({ length }, (_, i) => sum((x) => x.history.at(i - length) ?? 0)),
    datagramsPerSecond: sum((x) => x.datagramsPerSecond),
    lostShare: sent > 0 && states.some((x) => x.lostShare !== null) ? lost / sent : null,
    loss: {
      lost: states.some((x) => x.loss.lost !== null) ? lost : null,
      flow: kindLoss(states, (x) => x.loss.flow, doubtful.flow),
      counters: kindLoss(states, (x) => x.loss.counters, doubtful.counters),
      discard: kindLoss(states, (x) => x.loss.discard, doubtful.discard),
      late: sum((x) => x.loss.late),
      duplicates: sum((x) => x.loss.duplicates),
      restarts: sum((x) => x.loss.restarts) + merged.restarts,
      ownDrops: sum((x) => x.loss.ownDrops) - doubtful.ownDrops,
      unknown: [...new Set(states.flatMap((x) => x.loss.unknown)), ...merged.unknown],
    },
    addresses: first.addresses,
    receiving: mergedReceiving(states),
    sides: first.sides.map((side, i) => mergedSide(side, states, i)),
    agents: merged.agents,
    moreAgents: sum((x) => x.moreAgents),
    forgotten: sum((x) => x.forgotten),
    issues: sum((x) => x.issues),
    issueKinds: mergedKinds(states),
    newestIssues: states.flatMap((x) => x.newestIssues).slice(0, 100),
  }
}

type KindLoss = ListenSnapshot['loss']['flow']

function kindLoss(states: readonly ListenSnapshot[], of: (x: ListenSnapshot) => KindLoss, doubtful: number): KindLoss {
  const all = states.map(of)
  return {
    samples: all.reduce((total, x) => total + x.samples, 0),
    lost: all.reduce((total, x) => total + x.lost, -doubtful),
  }
}

function mergedKinds(states: readonly ListenSnapshot[]): ListenSnapshot['issueKinds'] {
  const kinds = new Map<string, ListenSnapshot['issueKinds'][number]>()
  for (const each of states.flatMap((x) => x.issueKinds)) {
    const { kind, newest, count } = kinds.get(each.kind) ?? { ...each, count: 0 }
    kinds.set(kind, { kind, newest, count: count + each.count })
  }
  return [...kinds.values()]
}

function mergedKept(states: readonly ListenSnapshot[]): KeptState | null {
  const all = states.flatMap((x) => (x.kept === null ? [] : [x.kept]))
  const [first] = all
  if (first === undefined) return null
  const sum = (of: (x: KeptState) => number) => all.reduce((total, x) => total + of(x), 0)
  return {
    ...first,
    datagrams: sum((x) => x.datagrams),
    bytes: sum((x) => x.bytes),
    samples: sum((x) => x.samples),
  }
}

function mergedReceiving(states: readonly ListenSnapshot[]): ReceivingState | null {
  const all = states.flatMap((x) => (x.receiving === null ? [] : [x.receiving]))
  const [first] = all
  if (first === undefined) return null
  const known = all.every((x) => x.kernelDropped !== null)
  return {
    ...first,
    bufferGranted: Math.min(...all.map((x) => x.bufferGranted)),
    kernelDropped: known ? all.reduce((total, x) => total + x.kernelDropped!, 0) : null,
    queueDropped: all.reduce((total, x) => total + x.queueDropped, 0),
    refused: all.reduce((total, x) => total + x.refused, 0),
    refusedSenders: [...new Set(all.flatMap((x) => x.refusedSenders))].sort(othersLast),
  }
}

const othersLast = (a: string, b: string) => Number(a === 'others') - Number(b === 'others')

function mergedSide(side: SideState, states: readonly ListenSnapshot[], i: number): SideState {
  const all = states.flatMap((x) => x.sides.slice(i, i + 1))
  return {
    ...side,
    datagrams: all.reduce((total, x) => total + x.datagrams, 0),
    bytes: all.reduce((total, x) => total + x.bytes, 0),
    failed: all.reduce((total, x) => total + x.failed, 0),
    problem: all.map((x) => x.problem).find((x) => x !== null) ?? null,
  }
}
