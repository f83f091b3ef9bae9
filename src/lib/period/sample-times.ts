// Owns when each sample was taken, as far as its agent lets us know, and how long agents hold samples. Knows no group of traffic:
// whose samples are in one is told by AgentHolds. See period.ts for the folder. Start at SampleTimes.of.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_KEY } from '../agents/columns.ts'
import { type SampleView, slotOf } from '../attributes/context.ts'
import { extended_timestamp } from '../sflow/records/host-sflow.ts'
import { SampleKind } from '../sflow/samples.ts'
import { SendingTimes } from './event-time.ts'
import { type Hold, HoldEstimate, noHold } from './hold.ts'

const TIMESTAMP = slotOf(extended_timestamp)

/** Agents hold samples for a second at most (sflow_version_5.txt, 5); as much again for the network and the clocks. */
const MOST_LATE_MS = 2000
/** Seconds that sFlow lets agents hold samples, and by how many samples it is known that one does not. */
const MOST_HELD = 1
const HOLD_SAMPLES = 200
/** Twelve datagrams of single samples show a tick (hold.ts): among so many there are twelve, or most are lots. */
const HOLD_DATAGRAMS = 24
const mayHold: Hold = Object.freeze({ share: 1, seconds: MOST_HELD })
/** How far an agent's clock is off is known by the last one to two of these. */
const MEMORY_MS = 30_000

/** The extreme of the last one to two stretches of time. */
class Recent {
  #now = Number.NEGATIVE_INFINITY
  #before = Number.NEGATIVE_INFINITY
  #until = Number.NEGATIVE_INFINITY

  add(ms: number, value: number): void {
    if (ms >= this.#until) {
      this.#before = this.#now
      this.#now = value
      this.#until = ms + MEMORY_MS
    } else if (value > this.#now) this.#now = value
  }

  /** -Infinity before the first. */
  get most(): number {
    return Math.max(this.#now, this.#before)
  }
}

/** What is known of one agent. */
class AgentTimes {
  /** Its address and sub-agent: slots are given to others. */
  readonly key: Uint32Array
  readonly sending = new SendingTimes()
  readonly hold = new HoldEstimate()
  /** Stamp - arrival: the most that its clock is ahead, where nothing was held. */
  readonly ahead = new Recent()
  /** The last flow sample told when it was taken. */
  stamped = false
  /** The current datagram: when it was sent, and its flow samples up to now. */
  sentMs = Number.NaN
  samples = 0
  /** With flow samples that do not tell when they were taken. */
  datagrams = 0

  constructor(key: Uint32Array) {
    this.key = key
  }

  closeDatagram(): void {
    if (this.samples > 0 && !this.stamped) {
      this.hold.datagram(this.sentMs, this.samples)
      this.datagrams++
    }
    this.samples = 0
  }

  /** How it holds samples; of few datagrams that is not known, and it may be all that sFlow permits. */
  held(): Hold {
    if (this.stamped) return noHold
    return this.datagrams < HOLD_DATAGRAMS ? mayHold : this.hold.hold()
  }
}

/**
 * By the record 0:1043 where there is one: the time at which the packet was sampled. An agent whose clock is off by more than samples can be
 * late keeps its intervals, moved to our clock. Else by the datagram's arrival, corrected by its uptime. Nothing is
 * allocated a sample.
 */
export class SampleTimes {
  readonly #agents: AgentTable
  /** By slot of the AgentTable. */
  readonly #known: (AgentTimes | undefined)[] = []
  #current: AgentTimes | undefined
  #start = -1
  #index = -1
  #sequence = -1
  #agent = -1
  /** The current sample's agent told when it was taken. */
  stamped = false

  constructor(agents: AgentTable) {
    this.#agents = agents
  }

  /** When the flow sample that the view stands on was taken, milliseconds since 1970. Call it once for each flow sample that may count. */
  of(view: SampleView): number {
    const w = view.walker
    const arrival = view.sec * 1000 + view.nsec / 1e6
    const { agent } = this.#agents
    if (
      agent !== this.#agent ||
      w.start !== this.#start ||
      w.sequence !== this.#sequence ||
      w.sampleIndex <= this.#index
    ) {
      this.#current?.closeDatagram()
      this.#current = this.#agentTimes(agent)
      this.#agent = agent
      this.#start = w.start
      this.#sequence = w.sequence
      this.#current.sentMs = this.#current.sending.map(arrival, w.uptime)
    }
    this.#index = w.sampleIndex
    const times = this.#current!
    times.samples++
    return w.sampleKind === SampleKind.flow ? this.#taken(view, times, arrival) : times.sentMs
  }

  #taken(view: SampleView, times: AgentTimes, arrival: number): number {
    const stamp = view.record(TIMESTAMP)
    this.stamped = stamp !== null && (stamp.nanoseconds_hi !== 0 || stamp.nanoseconds_lo !== 0)
    times.stamped = this.stamped
    if (stamp === null || !this.stamped) return times.sentMs
    const ms = stamp.nanoseconds_hi! * 4294.967296 + stamp.nanoseconds_lo! / 1e6
    times.ahead.add(arrival, ms - arrival)
    const ahead = times.ahead.most
    return Math.abs(ahead) <= MOST_LATE_MS ? ms : ms - ahead
  }

  /** Of the agent in a slot: noHold where its samples tell when they were taken. */
  holdOf(agent: number): Hold {
    return this.#known[agent]?.held() ?? noHold
  }

  /** How wrong times of the agent in a slot may be, seconds: for how long it holds samples, which few samples do not tell. */
  errorSecondsOf(agent: number): number {
    const times = this.#known[agent]
    if (times === undefined) return MOST_HELD
    if (times.stamped) return 0
    const { share, seconds } = times.hold.hold()
    return share > 0 ? seconds : times.hold.weight < HOLD_SAMPLES ? MOST_HELD : 0
  }

  /** Agents that sent flow samples, and of them those that stamp them. */
  count(): { readonly agents: number; readonly stamped: number } {
    const known = this.#known.filter((one) => one !== undefined)
    return { agents: known.length, stamped: known.filter((one) => one.stamped).length }
  }

  #agentTimes(agent: number): AgentTimes {
    const { keys } = this.#agents.agents
    const at = agent * AGENT_KEY
    let known = this.#known[agent]
    let isSame = known !== undefined
    for (let k = 0; isSame && k < AGENT_KEY; k++) isSame = known!.key[k] === keys[at + k]
    if (!isSame) {
      known = new AgentTimes(keys.slice(at, at + AGENT_KEY))
      this.#known[agent] = known
    }
    return known!
  }
}

/** Whose samples a group of traffic has, and so how long those were held. */
export class AgentHolds {
  /** Samples by slot of the AgentTable. */
  readonly #samples = new Map<number, { count: number }>()

  clear(): void {
    this.#samples.clear()
  }

  /** A sample of the agent in this slot. */
  add(agent: number): void {
    const known = this.#samples.get(agent)
    if (known === undefined) this.#samples.set(agent, { count: 1 })
    else known.count++
  }

  /** Halves what is known: agents that are gone count no more. */
  fade(): void {
    for (const [agent, known] of this.#samples) {
      known.count /= 2
      if (known.count < 1) this.#samples.delete(agent)
    }
  }

  /** Of all agents whose samples are here, by their samples. */
  hold(times: SampleTimes): Hold {
    let all = 0
    let held = 0
    let seconds = 0
    for (const [agent, { count }] of this.#samples) {
      const hold = times.holdOf(agent)
      all += count
      held += count * hold.share
      if (hold.share > 0) seconds = Math.max(seconds, hold.seconds)
    }
    return held > 0 ? { share: held / all, seconds } : noHold
  }
}
