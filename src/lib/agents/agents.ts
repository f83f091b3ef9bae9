// Owns what is known of each agent and data source: sequence, loss, restarts, effective rate, learned names; all bounded.
// Must not know what samples are used for, nor print. Start at AgentTable.datagram; results are in summary.ts, counter
// differences in counter-deltas.ts, the rules in sequences.ts and sampling.ts.

import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import {
  AGENT_COUNTS,
  AGENT_KEY,
  AGENT_WORDS,
  AgentCount,
  AgentWord,
  longerNumbers,
  longerWords,
  SOURCE_COUNTS,
  SOURCE_KEY,
  SOURCE_WORDS,
  SourceCount,
  SourceWord,
} from './columns.ts'
import { HostNames } from './hosts.ts'
import { Lives } from './lives.ts'
import { AGENT_ITSELF, LearnedNames, NameReader } from './names.ts'
import { Runs } from './runs.ts'
import { type Run, Sampling } from './sampling.ts'
import { SequenceStatus, Sequences } from './sequences.ts'
import { FIRST_CAPACITY, Slots } from './slots.ts'

export { SequenceStatus } from './sequences.ts'

export interface AgentOptions {
  /** Most agents (address and sub-agent) that are remembered; the least recently heard one goes. */
  readonly maxAgents?: number
  /** Most data sources, counted apart for flow, counter and discard samples. */
  readonly maxSources?: number
  /** Most host and port names. */
  readonly maxNames?: number
  /** Most MAC addresses of hosts that tell of themselves. */
  readonly maxHostAddresses?: number
}

/**
 * Fed with every datagram in order of arrival: `datagram` once a Walker has opened it, then `sample` for each of its
 * samples. Nothing is allocated for an agent and data source that are known. What these say is of this datagram and
 * this sample (`agent`, `source`, `status`, `sampleStatus`); slots are valid until another agent or source is met.
 */
export class AgentTable {
  /** Slot of the current datagram's agent. */
  agent = -1
  /** Slot of the current sample's data source; -1 where it has none or is a duplicate. */
  source = -1
  status: SequenceStatus = SequenceStatus.untold
  sampleStatus: SequenceStatus = SequenceStatus.untold
  /** By how much `drops` has grown since the source's sample before it; 0 where that is not known. */
  newDrops = 0
  /** Time of the current datagram. */
  sec = 0
  nsec = 0

  /** For summary.ts and counter-deltas.ts; read only, after `settle`. */
  readonly agents: Slots
  readonly sources: Slots
  readonly names: LearnedNames
  readonly hosts: HostNames
  readonly sampling = new Sampling()
  readonly lives = new Lives()
  readonly sampleTracks = new Sequences(FIRST_CAPACITY)
  agentWords = new Uint32Array(FIRST_CAPACITY * AGENT_WORDS)
  agentCounts = new Float64Array(FIRST_CAPACITY * AGENT_COUNTS)
  sourceWords = new Uint32Array(FIRST_CAPACITY * SOURCE_WORDS)
  sourceCounts = new Float64Array(FIRST_CAPACITY * SOURCE_COUNTS)
  /** Sums of the agents that the bound pushed out, in the columns of an agent. */
  readonly forgotten = new Float64Array(AGENT_COUNTS)

  /** Numbers the baselines; 2^32 of them are not reached. */
  #serial = 0
  /** The current datagram was sent after all that came before it. */
  #inSequence = false
  readonly #nameReader: NameReader
  #runs: Runs | undefined
  /** Samples of the current datagram may go on with a run, of this life. */
  #inRuns = false
  #life = 0

  constructor(options: AgentOptions = {}) {
    this.agents = new Slots(AGENT_KEY, options.maxAgents ?? 8192, {
      grown: (capacity) => {
        this.lives.grow(capacity)
        this.agentWords = longerWords(this.agentWords, capacity * AGENT_WORDS)
        this.agentCounts = longerNumbers(this.agentCounts, capacity * AGENT_COUNTS)
      },
      evicted: (slot) => this.#forgetAgent(slot),
    })
    this.sources = new Slots(SOURCE_KEY, options.maxSources ?? 262_144, {
      grown: (capacity) => {
        this.sampleTracks.grow(capacity)
        this.sampling.grow(capacity)
        this.sourceWords = longerWords(this.sourceWords, capacity * SOURCE_WORDS)
        this.sourceCounts = longerNumbers(this.sourceCounts, capacity * SOURCE_COUNTS)
      },
      evicted: (slot) => this.#unlinkSource(slot),
    })
    this.names = new LearnedNames(options.maxNames ?? 65_536)
    this.#nameReader = new NameReader(this.names)
    this.hosts = new HostNames(options.maxHostAddresses ?? 65_536)
  }

  /**
   * Takes the datagram that `w` has opened, which arrived at `sec` and `nsec`.
   * @returns what its sequence number and uptime say. The samples of a `duplicate` must not be counted again
   * @see sflow5.md 1.8
   */
  datagram(w: Walker, sec: number, nsec: number): SequenceStatus {
    this.sec = sec
    this.nsec = nsec
    this.source = -1
    const { agents, lives } = this
    this.#agentKey(w)
    let agent = agents.find()
    let status: SequenceStatus
    if (agent < 0) {
      if (agents.count === agents.most) this.#stopRuns()
      agent = agents.insert()
      this.#newAgent(agent)
      status = lives.start(agent, w)
    } else {
      agents.touch(agent)
      status = lives.judge(agent, w, sec)
    }
    const words = this.agentWords
    words[agent * AGENT_WORDS + AgentWord.lastSec] = sec
    words[agent * AGENT_WORDS + AgentWord.lastNsec] = nsec
    this.#count(agent * AGENT_COUNTS, status)
    this.#inSequence = status !== SequenceStatus.late && status !== SequenceStatus.duplicate && !lives.stuck(agent)
    this.agent = agent
    this.status = status
    this.#inRuns = this.#runs !== undefined && status !== SequenceStatus.duplicate && !lives.ofOldLife
    this.#life = lives.life(agent)
    return status
  }

  /**
   * From now on sums of samples that bring nothing new may be held back, which is four times as fast: who reads columns or
   * `sampling` calls `settle` before. It ends where a bound is reached.
   */
  holdRuns(): void {
    if (this.sources.evictions + this.agents.evictions === 0) this.#runs ??= new Runs((run) => this.#addRun(run))
  }

  /** Brings all columns up to date. */
  settle(): void {
    this.#runs?.settle()
  }

  /**
   * Takes the sample that `w` is at, of the datagram given last; learns names from counter samples.
   * @returns what its sequence number says: `duplicate` for every sample of a duplicate datagram, `untold` for one
   *   without sequence number (text, unknown type, broken)
   */
  sample(w: Walker): SequenceStatus {
    this.newDrops = 0
    const { sampling } = this
    if (this.#inRuns && w.sampleKind === SampleKind.flow && !w.sampleBroken) {
      const runs = this.#runs!
      const source = runs.follow(w, this.agent, this.#life)
      if (source >= 0) {
        sampling.stepSamples = 1
        sampling.stepPool = runs.step
        sampling.stepGenerated = 1
        sampling.stepDrops = 0
        this.source = source
        this.sampleStatus = SequenceStatus.inOrder
        return SequenceStatus.inOrder
      }
    }
    this.source = -1
    sampling.stepSamples = 0
    this.sampleStatus = this.#sample(w)
    return this.sampleStatus
  }

  /** Slot of a known data source of an agent's slot, or -1. `kind`: SampleKind flow, counters or discard. */
  findSource(agent: number, kind: SampleKind, type: number, index: number): number {
    const { probe } = this.sources
    probe[0] = agent * 4 + kind
    probe[1] = type
    probe[2] = index
    return this.sources.find()
  }

  /** The host name that the agent in this slot told of itself. */
  hostName(agent: number): string | undefined {
    return this.names.get(this.agents.keys, agent * AGENT_KEY, AGENT_ITSELF, 0)
  }

  /** The name of a data source (type 0: the port of this ifIndex) of the agent in this slot. */
  sourceName(agent: number, type: number, index: number): string | undefined {
    return this.names.get(this.agents.keys, agent * AGENT_KEY, type, index)
  }

  #agentKey(w: Walker): void {
    const { probe } = this.agents
    const { view, agentOffset } = w
    if (w.agentType === 1) {
      probe[0] = 0
      probe[1] = 0
      probe[2] = 0xffff
      probe[3] = view.getUint32(agentOffset)
    } else if (w.agentType === 2) {
      probe[0] = view.getUint32(agentOffset)
      probe[1] = view.getUint32(agentOffset + 4)
      probe[2] = view.getUint32(agentOffset + 8)
      probe[3] = view.getUint32(agentOffset + 12)
    } else {
      probe.fill(0)
    }
    probe[4] = w.subAgentId
  }

  #newAgent(agent: number): void {
    const words = this.agentWords
    const at = agent * AGENT_WORDS
    words[at + AgentWord.firstSec] = this.sec
    words[at + AgentWord.firstNsec] = this.nsec
    words[at + AgentWord.sources] = 0
    this.agentCounts.fill(0, agent * AGENT_COUNTS, (agent + 1) * AGENT_COUNTS)
  }

  #count(to: number, status: SequenceStatus): void {
    const counts = this.agentCounts
    const { lost, late, duplicates, restored, ofOldLife } = this.lives
    counts[to + AgentCount.datagrams]! += 1
    if (lost !== 0) counts[to + AgentCount.lost]! += lost
    if (duplicates !== 0) counts[to + AgentCount.duplicates]! += duplicates
    if (late !== 0) counts[to + AgentCount.late]! += late
    if (status === SequenceStatus.restart) counts[to + AgentCount.restarts]! += 1
    if (restored) counts[to + AgentCount.restarts]! -= 1
    if (restored || ofOldLife) counts[to + AgentCount.crossings]! += 1
  }

  #sample(w: Walker): SequenceStatus {
    if (this.status === SequenceStatus.duplicate) return SequenceStatus.duplicate
    const { agent } = this
    const { sampleKind } = w
    const perAgent = this.agentCounts
    const to = agent * AGENT_COUNTS
    if (sampleKind > SampleKind.discard || w.sampleBroken) {
      const column = sampleKind === SampleKind.text ? AgentCount.text : AgentCount.other
      perAgent[to + column]! += 1
      return SequenceStatus.untold
    }
    if (sampleKind === SampleKind.counters) {
      this.#nameReader.read(w, this.agents.keys, agent * AGENT_KEY)
      this.hosts.read(w)
    }
    if (sampleKind === SampleKind.flow) this.#runs?.end(w, agent)
    let source = this.findSource(agent, sampleKind, w.sourceType, w.sourceIndex)
    let status: SequenceStatus
    if (source < 0) {
      if (this.sources.count === this.sources.most) this.#stopRuns()
      source = this.sources.insert()
      this.#newSource(source, w)
      status = this.lives.ofOldLife ? SequenceStatus.late : SequenceStatus.first
    } else {
      this.sources.touch(source)
      status = this.#judge(source, w)
      if (status === SequenceStatus.duplicate) return status
    }
    this.source = source
    const counts = this.sourceCounts
    const from = source * SOURCE_COUNTS
    counts[from + SourceCount.samples]! += 1
    perAgent[to + AgentCount.samples + sampleKind]! += 1
    if (status === SequenceStatus.late) counts[from + SourceCount.late]! += 1
    else if (status === SequenceStatus.restart) counts[from + SourceCount.restarts]! += 1
    if (this.#inRuns && sampleKind === SampleKind.flow && this.#isSteady(source, status))
      this.#runs!.hold(w, agent, this.#life, source)
    return status
  }

  /** What follows in order brings nothing new. */
  #isSteady(source: number, status: SequenceStatus): boolean {
    const isNewest = status === SequenceStatus.inOrder || status === SequenceStatus.gap
    return isNewest && !this.sampleTracks.stuck(source) && this.sampling.dropsSettled(source)
  }

  #addRun(run: Run): void {
    const { slot, samples } = run
    this.sources.touch(slot)
    this.sampleTracks.pushRun(slot, run.last, samples)
    this.sampling.followRun(slot, run)
    this.sourceCounts[slot * SOURCE_COUNTS + SourceCount.samples]! += samples
    this.agentCounts[run.agent * AGENT_COUNTS + AgentCount.samples + SampleKind.flow]! += samples
  }

  /** A bound is reached: from here on it must be known who was heard least recently, and slots change hands. */
  #stopRuns(): void {
    this.#runs?.clear()
    this.#runs = undefined
    this.#inRuns = false
  }

  #newSource(source: number, w: Walker): void {
    const words = this.sourceWords
    const at = source * SOURCE_WORDS
    const from = source * SOURCE_COUNTS
    const { agent } = this
    this.sourceCounts.fill(0, from, from + SOURCE_COUNTS)
    const list = agent * AGENT_WORDS + AgentWord.sources
    const next = this.agentWords[list]!
    words[at + SourceWord.agent] = agent
    words[at + SourceWord.nextOfAgent] = next
    words[at + SourceWord.previousOfAgent] = 0
    // Life 0 is no life: the next sample of the present one starts it.
    words[at + SourceWord.life] = this.lives.ofOldLife ? 0 : this.lives.life(agent)
    words[at + SourceWord.baseline] = ++this.#serial
    if (next > 0) words[(next - 1) * SOURCE_WORDS + SourceWord.previousOfAgent] = source + 1
    this.agentWords[list] = source + 1
    this.sampleTracks.first(source, w.sequenceNumber)
    this.sampling.reset(source, w)
  }

  #judge(source: number, w: Walker): SequenceStatus {
    const words = this.sourceWords
    const at = source * SOURCE_WORDS
    const tracks = this.sampleTracks
    const { sequenceNumber } = w
    // Its number belongs to a life whose tracks of samples are gone.
    if (this.lives.ofOldLife) return SequenceStatus.late
    const life = this.lives.life(this.agent)
    if (words[at + SourceWord.life] !== life) {
      words[at + SourceWord.life] = life
      this.#startSamples(source, w)
      return SequenceStatus.first
    }
    const status = tracks.push(source, sequenceNumber, this.#inSequence)
    if (status === SequenceStatus.restart) {
      this.#startSamples(source, w)
      return status
    }
    const { lost, duplicates } = tracks
    const counts = this.sourceCounts
    const from = source * SOURCE_COUNTS
    if (lost !== 0) {
      counts[from + SourceCount.lost]! += lost
      this.agentCounts[this.agent * AGENT_COUNTS + AgentCount.samplesLost + w.sampleKind]! += lost
    }
    if (duplicates !== 0) counts[from + SourceCount.duplicates]! += duplicates
    if (status === SequenceStatus.duplicate || w.sampleKind === SampleKind.counters) return status
    const drops =
      status === SequenceStatus.late ? this.sampling.late(source, w) : this.sampling.follow(source, w, lost + 1)
    if (drops !== 0) {
      if (status !== SequenceStatus.late) this.newDrops = drops
      counts[from + SourceCount.drops]! += drops
      this.agentCounts[this.agent * AGENT_COUNTS + AgentCount.drops + w.sampleKind]! += drops
    }
    return status
  }

  #startSamples(source: number, w: Walker): void {
    this.sourceWords[source * SOURCE_WORDS + SourceWord.baseline] = ++this.#serial
    this.sampleTracks.first(source, w.sequenceNumber)
    if (w.sampleKind !== SampleKind.counters) this.sampling.restart(source, w)
  }

  #forgetAgent(agent: number): void {
    const list = agent * AGENT_WORDS + AgentWord.sources
    for (let s = this.agentWords[list]!; s > 0; ) {
      const next = this.sourceWords[(s - 1) * SOURCE_WORDS + SourceWord.nextOfAgent]!
      this.sources.remove(s - 1)
      s = next
    }
    for (let k = 0; k < AGENT_COUNTS; k++) this.forgotten[k]! += this.agentCounts[agent * AGENT_COUNTS + k]!
  }

  #unlinkSource(source: number): void {
    const words = this.sourceWords
    const at = source * SOURCE_WORDS
    const next = words[at + SourceWord.nextOfAgent]!
    const previous = words[at + SourceWord.previousOfAgent]!
    if (next > 0) words[(next - 1) * SOURCE_WORDS + SourceWord.previousOfAgent] = previous
    if (previous > 0) words[(previous - 1) * SOURCE_WORDS + SourceWord.nextOfAgent] = next
    else this.agentWords[words[at + SourceWord.agent]! * AGENT_WORDS + AgentWord.sources] = next
  }
}
