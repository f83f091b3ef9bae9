// Owns `--resample N`: datagrams with one in N of their flow samples, and numbers that make a collector's totals come out
// the same. Knows no socket. Start at Resampler.batch; sequence numbers are in thinned-numbers.ts, drops and pool in
// thinned-sampling.ts.

import { AgentTable, SequenceStatus } from '../agents/agents.ts'
import { AGENT_COUNTS, AgentCount, SOURCE_COUNTS, SOURCE_WORDS, SourceCount, SourceWord } from '../agents/columns.ts'
import { PacketSampler } from '../exporter/packet-sampler.ts'
import { datagramPlace } from '../print/datagram-gate.ts'
import type { IssueLog } from '../print/issue-log.ts'
import { RecordCheck } from '../print/record-check.ts'
import { SampleKind, SampleTag } from '../sflow/samples.ts'
import { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { ThinnedNumbers } from './thinned-numbers.ts'
import { ThinnedSampling } from './thinned-sampling.ts'

/** From the end of the datagram's header: its sequence number, and its number of samples. */
const SEQUENCE_BEFORE_END = 12
const COUNT_BEFORE_END = 4
/** Tag and length before a sample's body. */
const SAMPLE_FRAME = 8
const MOST_RATE = 0xffffffff

/** Its arrays grow with those of the input. */
class ThinnedBatch implements Batch {
  bytes = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  count = 0
  offset = new Uint32Array(0)
  length = new Uint32Array(0)
  wireLength = new Uint32Array(0)
  sec = new Uint32Array(0)
  nsec = new Uint32Array(0)
  sender = new Uint32Array(0)
  senderPort = new Uint16Array(0)
  /** Bytes in use. */
  end = 0

  /** Makes room for everything that is in `input`. */
  clear(input: Batch): void {
    this.count = 0
    this.end = 0
    let bytes = 0
    for (let i = 0; i < input.count; i++) bytes += input.length[i]!
    if (bytes > this.bytes.length) {
      this.bytes = new Uint8Array(Math.max(bytes, this.bytes.length * 2))
      this.view = new DataView(this.bytes.buffer)
    }
    if (input.count <= this.offset.length) return
    const { count } = input
    this.offset = new Uint32Array(count)
    this.length = new Uint32Array(count)
    this.wireLength = new Uint32Array(count)
    this.sec = new Uint32Array(count)
    this.nsec = new Uint32Array(count)
    this.sender = new Uint32Array(count * 4)
    this.senderPort = new Uint16Array(count)
  }

  /** Ends a datagram that begins at `start` and ends at `end`; it is datagram `i` of the input. */
  close(start: number, input: Batch, i: number): void {
    const to = this.count++
    const length = this.end - start
    this.offset[to] = start
    this.length[to] = length
    this.wireLength[to] = length + input.wireLength[i]! - input.length[i]!
    this.sec[to] = input.sec[i]!
    this.nsec[to] = input.nsec[i]!
    for (let k = 0; k < 4; k++) this.sender[to * 4 + k] = input.sender[i * 4 + k]!
    this.senderPort[to] = input.senderPort[i]!
  }
}

/** Where damage is told of: also that of samples that are taken out, which nobody sees behind this. */
export interface ThinningIssues {
  readonly log: IssueLog
  /** Whether records are looked at too, and not only the framing: as where all samples are printed. */
  readonly records: boolean
}

/**
 * Keeps each flow sample with probability 1/N and multiplies the sampling rate of those by N; sample_pool counts the
 * same packets as before, and drops are thinned alike, so every way of scaling gives the same total on average. Counter samples,
 * discards and what is not understood stay as they are. Datagrams and samples are numbered anew in the order they came
 * in: what was taken out leaves no gap, and what was lost on the way to here does, seconds later: one for one datagram,
 * one for N samples. Duplicates are left out. A datagram that has nothing left is left out too.
 */
export class Resampler {
  /** What came, before anything was taken out: loss is to be read here. */
  readonly table: AgentTable
  /** All that came. */
  readonly came = { datagrams: 0, bytes: 0, samples: 0 }
  /** Flow samples that came, duplicates apart, and those of them that stay. */
  samples = 0
  kept = 0
  /** Datagrams that had nothing left, or came twice. */
  leftOut = 0
  /** N: one in so many flow samples is kept. */
  readonly oneIn: number
  readonly #sampler: PacketSampler
  readonly #walker: Walker
  readonly #check: RecordCheck | undefined
  #input: Batch | undefined
  #index = 0
  readonly #batch = new ThinnedBatch()
  readonly #datagrams = new ThinnedNumbers(1)
  readonly #flows: ThinnedNumbers
  readonly #sampling: ThinnedSampling

  /**
   * @param factor N, a whole number, 1 or more
   * @param seed the same seed keeps the same samples
   * @param table where what comes is judged; it must be fed by this alone
   * @param issues undefined: damage is not told
   */
  constructor(factor: number, seed: number, table = new AgentTable(), issues?: ThinningIssues) {
    this.#walker = new Walker((issue) => {
      issues?.log.add(issue, () => datagramPlace(this.#input!, this.#index, this.came.datagrams))
    })
    this.#check = issues?.records === true ? new RecordCheck() : undefined
    this.oneIn = factor
    this.#sampler = new PacketSampler(factor, seed)
    this.#flows = new ThinnedNumbers(factor)
    this.#sampling = new ThinnedSampling(factor)
    this.table = table
  }

  /** The thinned datagrams, in memory of its own: valid until the next call. */
  batch(input: Batch): Batch {
    const out = this.#batch
    out.clear(input)
    this.#input = input
    for (let i = 0; i < input.count; i++) this.#datagram(input, i)
    return out
  }

  #datagram(input: Batch, i: number): void {
    const w = this.#walker
    const out = this.#batch
    const start = out.end
    const offset = input.offset[i]!
    this.#index = i
    this.came.datagrams++
    this.came.bytes += input.length[i]!
    if (!w.open(input.bytes, input.view, offset, input.length[i]!)) {
      this.#copy(input, offset, offset + input.length[i]!)
      out.close(start, input, i)
      return
    }
    const { table } = this
    const sec = input.sec[i]!
    if (table.datagram(w, sec, input.nsec[i]!) === SequenceStatus.duplicate) {
      while (w.nextSample()) this.#came()
      this.leftOut++
      return
    }
    const { agent } = table
    const { ofOldLife } = table.lives
    if (!ofOldLife) {
      const lost = table.agentCounts[agent * AGENT_COUNTS + AgentCount.lost]!
      this.#datagrams.follow(agent, table.lives.life(agent), w.sequence, lost, sec)
    }
    this.#copy(input, offset, w.next)
    const head = out.end
    // What the header announces and is not there stays announced.
    const announced = w.sampleCount
    let removed = 0
    while (w.nextSample()) {
      this.#came()
      const status = table.sample(w)
      const isFlow = w.sampleKind === SampleKind.flow && !w.sampleBroken
      if (isFlow && !this.#keeps(status)) removed++
      else this.#sample(input, isFlow, ofOldLife)
    }
    if (removed > 0 && removed === announced) {
      out.end = start
      this.leftOut++
      return
    }
    this.#copy(input, w.next, w.end)
    if (!table.lives.stuck(agent)) {
      const number = ofOldLife ? this.#datagrams.takeOld(agent, w.sequence) : this.#datagrams.take(agent)
      out.view.setUint32(head - SEQUENCE_BEFORE_END, number)
    }
    out.view.setUint32(head - COUNT_BEFORE_END, announced - removed)
    out.close(start, input, i)
  }

  #came(): void {
    this.came.samples++
    this.#check?.sample(this.#walker)
  }

  /** Draws for a flow sample; one that came before is no other sample. */
  #keeps(status: SequenceStatus): boolean {
    if (status === SequenceStatus.duplicate) return false
    this.samples++
    const { table } = this
    if (!table.lives.ofOldLife) this.#follow()
    if (!this.#sampler.take()) return false
    this.kept++
    return true
  }

  #follow(): void {
    const { table } = this
    const { source, sampling } = table
    const { sequenceNumber, drops, samplingRate } = this.#walker
    const life = table.sourceWords[source * SOURCE_WORDS + SourceWord.baseline]!
    const counts = source * SOURCE_COUNTS
    const lost = table.sourceCounts[counts + SourceCount.lost]!
    const dropped = table.sourceCounts[counts + SourceCount.drops]!
    this.#flows.follow(source, life, sequenceNumber, lost, table.sec)
    this.#sampling.follow(source, life, drops, dropped, samplingRate, sampling.poolMeasured(source))
  }

  #sample(input: Batch, isFlow: boolean, ofOldLife: boolean): void {
    const w = this.#walker
    const out = this.#batch
    const body = out.end + SAMPLE_FRAME
    this.#copy(input, w.sampleOffset - SAMPLE_FRAME, w.next)
    if (!isFlow) return
    const { view } = out
    const rate = body + (w.sampleTag === SampleTag.flow_sample ? 8 : 12)
    view.setUint32(rate, Math.min(w.samplingRate * this.oneIn, MOST_RATE))
    // A number of the life before a restart tells nothing any more.
    if (ofOldLife) return
    const { source, sampleTracks, sourceCounts } = this.table
    const dropped = sourceCounts[source * SOURCE_COUNTS + SourceCount.drops]!
    view.setUint32(rate + 4, this.#sampling.pool(source, w.samplePool))
    view.setUint32(rate + 8, this.#sampling.drops(source, dropped))
    if (!sampleTracks.stuck(source)) view.setUint32(body, this.#flows.take(source))
  }

  #copy(input: Batch, from: number, to: number): void {
    const out = this.#batch
    out.bytes.set(input.bytes.subarray(from, to), out.end)
    out.end += to - from
  }
}
