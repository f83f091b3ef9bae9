// Owns putting the states of several listening threads together. The kernel keeps a sender with one socket, so their agents
// differ. Start at mergeSnapshots.

import type { KeptState, ListenSnapshot, ReceivingState, SideState } from './snapshot.ts'

/** One state of all; at least one is given. */
export function mergeSnapshots(states: readonly ListenSnapshot[]): ListenSnapshot {
  const [first, ...others] = states
  if (first === undefined) throw new RangeError('no state to merge')
  if (others.length === 0) return first
  const sum = (of: (x: ListenSnapshot) => number) => states.reduce((total, x) => total + of(x), 0)
  const length = Math.max(...states.map((x) => x.history.length))
  return {
    seconds: Math.max(...states.map((x) => x.seconds)),
    datagrams: sum((x) => x.datagrams),
    bytes: sum((x) => x.bytes),
    samples: sum((x) => x.samples),
    kept: mergedKept(states),
    history: Array.from({ length }, (_, i) => sum((x) => x.history.at(i - length) ?? 0)),
    datagramsPerSecond: sum((x) => x.datagramsPerSecond),
    lostShare: mergedLoss(states),
    loss: {
      lost: sum((x) => x.loss.lost),
      flow: kindLoss(states, (x) => x.loss.flow),
      counters: kindLoss(states, (x) => x.loss.counters),
      discard: kindLoss(states, (x) => x.loss.discard),
      late: sum((x) => x.loss.late),
      duplicates: sum((x) => x.loss.duplicates),
      restarts: sum((x) => x.loss.restarts),
      ownDrops: sum((x) => x.loss.ownDrops),
      unknown: [...new Set(states.flatMap((x) => x.loss.unknown))],
    },
    addresses: first.addresses,
    receiving: mergedReceiving(states),
    sides: first.sides.map((side, i) => mergedSide(side, states, i)),
    agents: states.flatMap((x) => x.agents).sort((a, b) => b.datagramsPerSecond - a.datagramsPerSecond),
    moreAgents: sum((x) => x.moreAgents),
    forgotten: sum((x) => x.forgotten),
    issues: sum((x) => x.issues),
    issueKinds: mergedKinds(states),
    newestIssues: states.flatMap((x) => x.newestIssues).slice(0, 100),
  }
}

type KindLoss = ListenSnapshot['loss']['flow']

function kindLoss(states: readonly ListenSnapshot[], of: (x: ListenSnapshot) => KindLoss): KindLoss {
  const all = states.map(of)
  return {
    samples: all.reduce((total, x) => total + x.samples, 0),
    lost: all.reduce((total, x) => total + x.lost, 0),
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

/** Shares weighted by what each thread knows to have been sent. */
function mergedLoss(states: readonly ListenSnapshot[]): number | null {
  let lost = 0
  let sent = 0
  for (const { lostShare, datagrams } of states) {
    if (lostShare === null || lostShare >= 1) continue
    const all = datagrams / (1 - lostShare)
    lost += all - datagrams
    sent += all
  }
  return sent > 0 ? lost / sent : null
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
  }
}

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
