// Owns what is known of a path, as plain values that go from thread to thread; and what a screen may ask. Knows no engine.
// See path.ts for the folder. Start at PathWindow.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'
import type { Amount, Share } from '../flow/amount.ts'

/** Packets and bytes of the same samples. */
export interface Traffic {
  readonly packets: Amount
  readonly bytes: Amount
}

/** A mean by packets. */
export interface Mean {
  readonly mean: number
  /** ± at 95 %, percent; null where one sample has it. */
  readonly errorPct: number | null
  /** Null where values are smoothed. */
  readonly max: number | null
}

/** Hosts at a port of the edge, those with most samples first, and how many more there are. */
export interface Hosts {
  readonly names: readonly string[]
  readonly more: number
}

/**
 * `measured`: samples of the node itself. `neighbour`: of the node at the other end of the link. `inferred`: the shortest way
 * between what was measured. `unused`: an equal-cost way without samples.
 */
export type HopState = 'measured' | 'neighbour' | 'inferred' | 'unused'

/** What leaves one node by one port. */
export interface PathHop {
  /** The same in every window. */
  readonly id: string
  /** 1 where packets enter the fabric. */
  readonly hop: number
  /** Node of the topology, else the agent's host name, else its address; not made safe for a terminal. */
  readonly node: string
  /** Null where nothing of the node was heard. */
  readonly agent: string | null
  /** No sample of the node itself matched. */
  readonly isSilent: boolean
  /** Ports by which packets come in, the busiest first. */
  readonly inPorts: readonly string[]
  /** Of them those by which they enter the fabric. */
  readonly edgePorts: readonly string[]
  /** Hosts that packets come from, where they enter here. */
  readonly from: Hosts | null
  /** Null where it is not known by which port they leave. */
  readonly outPort: string | null
  /** Null at the edge, and where the topology lacks the link that packets show. */
  readonly link: string | null
  /** The next node; null at the edge, and where it is not known. */
  readonly to: string | null
  readonly toPort: string | null
  /** Hosts that packets go to, where they leave the fabric here. */
  readonly hosts: Hosts | null
  readonly state: HopState
  readonly traffic: Traffic
  /** Of what leaves the node. */
  readonly share: Share | null
  /** Of what enters the fabric, 0 to 1 and a little above by chance. */
  readonly ofAll: number | null
  /** Equal-cost ways of which this is one; 1 where it is none of several. */
  readonly branches: number
  /** Of what goes over all of them; null where it is none of several. */
  readonly branchShare: Share | null
  /** Samples that this one of several equal-cost ways would have if they were shared evenly. */
  readonly expectedSamples: number | null
  /** Of IPv4 packets as they come in (where nothing is sampled coming in, as they go out). */
  readonly ttl: { readonly mean: number; readonly min: number | null; readonly max: number | null } | null
  /** Transit delay (0:1039), nanoseconds. */
  readonly delay: Mean | null
  /** Bytes queued at arrival (0:1040). */
  readonly depth: Mean | null
  /** Egress queues (0:1036), those with most samples first. */
  readonly queues: readonly string[]
}

/** Packets that a node discarded. */
export interface PathDrop {
  readonly id: string
  readonly hop: number
  readonly node: string
  readonly agent: string
  readonly inPort: string | null
  /** Of sFlow's reasons; `discard` where a flow sample says no more than that. */
  readonly reason: string
  /** `notified`: each is told (0:5). `sampled`: estimated by flow samples whose output is a discard. */
  readonly by: 'notified' | 'sampled'
  readonly packets: Amount
}

export interface PathWindow {
  /** Milliseconds since 1970. */
  readonly startMs: number
  readonly endMs: number
  /** What rates are by. */
  readonly seconds: number
  /** In order: by hop, then the busiest. */
  readonly hops: readonly PathHop[]
  readonly drops: readonly PathDrop[]
  /** What enters the fabric; without a topology, what the busiest first node saw. */
  readonly entering: Traffic
  readonly hasTopology: boolean
  /** Nodes are ordered by links: there is a topology, and it has one of these nodes at least. */
  readonly isLinked: boolean
  /** Pairs of source and destination address; of more than one, ways may cross that no packet takes together. */
  readonly pairs: number
  /** Places where agents or packets contradict the topology. */
  readonly doubts: number
  /** Samples that the filter let through, and all that came. */
  readonly samples: number
  readonly received: number
  readonly lost: number
  /** What makes it doubtful, a sentence each; names are not made safe for a terminal. */
  readonly notes: readonly string[]
}

export interface PathSnapshot extends RunState, CommandAnswer {
  readonly windowMs: number
  readonly filter: string | null
  readonly window: PathWindow | null
  /** Flow samples since the start. */
  readonly flowSamples: number
  readonly notes: readonly string[]
}

/** What is left out stays as it is. */
export interface PathChange {
  readonly kind: 'set'
  readonly filter?: string
  readonly windowMs?: number
}

export type PathCommand = EngineCommand<PathChange>
