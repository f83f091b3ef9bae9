// Owns the agent's side of sFlow: samples in, datagrams out, with the sequence numbers, pools and uptime of one agent.
// Must not know sockets, timers or where samples come from. Start at AgentExporter; random sampling is in
// packet-sampler.ts.

import type {
  CountersSample,
  DiscardedPacket,
  FlowSample,
  OpaqueSample,
  Sample,
  TextSample,
} from '../sflow/datagram.ts'
import { writeHead, writeSample } from '../sflow/encode.ts'
import { INTERNAL, isInternal } from '../sflow/interface.ts'
import { SampleTag } from '../sflow/samples.ts'
import { XdrWriter } from '../wire/encode.ts'
import type { Address } from '../wire/kinds.ts'
import { type ExportedSource, SampleNumbers } from './sample-numbers.ts'

export type { ExportedSource } from './sample-numbers.ts'

/** Bytes of a datagram where nothing else is said (sflow_version_5.txt, sFlowRcvrMaximumDatagramSize). */
export const DEFAULT_DATAGRAM_BYTES = 1400
/** What UDP over IPv4 can carry. */
const MOST_DATAGRAM_BYTES = 65_507
/** Room for the header with an IPv6 agent, and a sample of any type with one short record. */
const LEAST_DATAGRAM_BYTES = 200
/** No sample waits longer: a tenth of what the standard permits (1 s), so that screens keep up. */
const LONGEST_FLUSH_MS = 100
/** An ifIndex or data source index from here on does not fit compact samples (sflow5.md 1.6). */
const FIRST_EXPANDED_INDEX = 0x1000000
/** From the end of the header: sequence number, uptime, number of samples. */
const HEAD_TAIL = 12

/** A sample as its agent has it; the exporter gives it its numbers. */
export type UnnumberedSample =
  | Omit<FlowSample, 'tag' | 'name' | 'sequence_number' | 'sample_pool' | 'drops'>
  | Omit<CountersSample, 'tag' | 'name' | 'sequence_number'>
  | Omit<DiscardedPacket, 'tag' | 'name' | 'sequence_number' | 'drops'>
  | TextSample
  | OpaqueSample

export interface ExporterOptions {
  readonly agent: Address
  /** 0 where not given. */
  readonly subAgent?: number | undefined
  /**
   * The largest ifIndex or index of a data source that can occur. Below 2^24 all samples are compact, else all are
   * expanded: one agent never mixes them. Where not given it is not known, and they are expanded.
   */
  readonly largestIndex?: number | undefined
  /** Bytes of a datagram at most: 200 to 65,507, default 1400. */
  readonly maxDatagram?: number | undefined
  /** How long a sample may wait for others, milliseconds: 0 to 100, default 100. */
  readonly flushMs?: number | undefined
  /** Uptime at the time of the first `advance`, milliseconds; 0 where not given. */
  readonly uptime?: number | undefined
}

/**
 * Takes a whole datagram. `bytes` from 0 to `length` are valid until it returns.
 * @param timeMs when the datagram was due, on the clock of `advance`
 */
export type DatagramTaker = (bytes: Uint8Array, length: number, timeMs: number) => void

/**
 * One sub-agent. Tell it the time with `advance` before samples that belong to a later moment, and at least every
 * `flushMs`; it has no clock, so that recorded time works as well as the machine's. Nothing is allocated a sample but a view
 * where samples come as bytes.
 */
export class AgentExporter {
  /** Whether samples are expanded. */
  readonly expanded: boolean
  /** Datagrams given so far: the last one's sequence number, modulo 2^32. */
  datagrams = 0
  /** Samples in them, and in the one that is being filled. */
  samples = 0
  /** Samples that are larger than a datagram; flow samples and discards count in their source's `drops` too. */
  oversize = 0
  readonly #out = new XdrWriter(2048)
  readonly #sample = new XdrWriter(2048)
  readonly #numbers = new SampleNumbers()
  readonly #take: DatagramTaker
  readonly #max: number
  readonly #flushMs: number
  readonly #headBytes: number
  readonly #firstUptime: number
  #startMs = Number.NaN
  #nowMs = 0
  #heldSinceMs = 0
  #held = 0

  /** @throws RangeError for sizes and times outside their bounds, and for an agent without an address */
  constructor(options: ExporterOptions, take: DatagramTaker) {
    const {
      agent,
      subAgent = 0,
      largestIndex,
      maxDatagram = DEFAULT_DATAGRAM_BYTES,
      flushMs = LONGEST_FLUSH_MS,
    } = options
    within('maxDatagram', maxDatagram, LEAST_DATAGRAM_BYTES, MOST_DATAGRAM_BYTES)
    within('flushMs', flushMs, 0, LONGEST_FLUSH_MS)
    if (agent.type === 0) throw new RangeError('an agent needs an address')
    this.expanded = largestIndex === undefined || largestIndex >= FIRST_EXPANDED_INDEX
    this.#take = take
    this.#max = maxDatagram
    this.#flushMs = flushMs
    this.#firstUptime = options.uptime ?? 0
    const head = { agent, sub_agent_id: subAgent, sequence_number: 0, uptime: 0 }
    this.#headBytes = writeHead(this.#out, head, 0) + 4
  }

  /** Counts and numbers of a data source; the same object for the same source. Made where it is not known. */
  source(type: number, index: number): ExportedSource {
    return this.#numbers.source(type, index)
  }

  /** The source is gone: where it comes again, its numbers start anew. Samples of it that are held keep theirs. */
  forget(type: number, index: number): void {
    this.#numbers.forget(type, index)
  }

  /** When the samples that are held must go, on the clock of `advance`; Infinity where none are. */
  get dueMs(): number {
    return this.#held > 0 ? this.#heldSinceMs + this.#flushMs : Number.POSITIVE_INFINITY
  }

  /**
   * Says what time it is, milliseconds on any clock that never goes back; sends what was due until then.
   * The first call is where uptime counts from.
   */
  advance(nowMs: number): void {
    if (Number.isNaN(this.#startMs)) {
      this.#startMs = nowMs
      this.#nowMs = nowMs
    }
    if (nowMs >= this.dueMs) this.#send(this.dueMs)
    if (nowMs > this.#nowMs) this.#nowMs = nowMs
  }

  /**
   * Takes a sample as an object. Its numbers are given here: the next sequence number of its data source and, for flow
   * samples and discards, the pool and drops that the source has now (ExportedSource).
   * @returns false where it is larger than a datagram and was left out
   * @throws RangeError where an index does not fit compact samples, or a record is not declared
   */
  add(sample: UnnumberedSample): boolean {
    const out = this.#sample
    out.length = 0
    writeSample(out, unstamped(sample, this.expanded))
    return this.addEncoded(out.bytes, out.view, 0, out.length)
  }

  /**
   * Takes a sample as bytes: tag, length, body, a multiple of 4. The bytes are copied, then numbered as in `add`; samples
   * of other types than the standard's five are taken as they are.
   * @param view over the same memory as `bytes`
   * @throws RangeError for a compact sample where samples are expanded, or the reverse, and for one too short for its type
   */
  addEncoded(bytes: Uint8Array, view: DataView, at: number, length: number): boolean {
    if (Number.isNaN(this.#startMs)) throw new RangeError('advance() must be called before the first sample')
    const form = formOf(view.getUint32(at))
    if (form === (this.expanded ? 'compact' : 'expanded'))
      throw new RangeError(`one ${form} sample, all others are not`)
    if (this.#headBytes + length > this.#max) {
      this.oversize++
      this.#numbers.lost(view, at, length)
      return false
    }
    const out = this.#out
    if (out.length + length > this.#max) this.#send(this.#nowMs)
    if (this.#held === 0) this.#heldSinceMs = this.#nowMs
    out.ensure(length)
    const to = out.length
    out.bytes.set(bytes.subarray(at, at + length), to)
    this.#numbers.stamp(out.view, to, length)
    out.length = to + length
    this.#held++
    this.samples++
    if (this.#flushMs === 0) this.#send(this.#nowMs)
    return true
  }

  /** Sends what is held. */
  flush(): void {
    if (this.#held > 0) this.#send(this.#nowMs)
  }

  #send(timeMs: number): void {
    const out = this.#out
    const { length, view } = out
    const at = this.#headBytes - HEAD_TAIL
    this.datagrams++
    view.setUint32(at, this.datagrams)
    view.setUint32(at + 4, this.#firstUptime + timeMs - this.#startMs)
    view.setUint32(at + 8, this.#held)
    this.#held = 0
    out.length = this.#headBytes
    this.#take(out.bytes, length, timeMs)
  }
}

function within(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  throw new RangeError(`${name} is ${value}, needed ${least} to ${most}`)
}

/** Compact or expanded, or both at once: discards and foreign samples have one form only. */
function formOf(tag: number): 'compact' | 'expanded' | 'any' {
  if (tag === SampleTag.flow_sample || tag === SampleTag.counters_sample) return 'compact'
  return tag === SampleTag.flow_sample_expanded || tag === SampleTag.counters_sample_expanded ? 'expanded' : 'any'
}

/** The sample with its tag, and zeros where SampleNumbers writes. */
function unstamped(sample: UnnumberedSample, expanded: boolean): Sample {
  switch (sample.kind) {
    case 'flow': {
      const tag = expanded ? SampleTag.flow_sample_expanded : SampleTag.flow_sample
      const input_value = expanded ? sample.input_value : compactValue(sample.input_format, sample.input_value)
      const output_value = expanded ? sample.output_value : compactValue(sample.output_format, sample.output_value)
      return { ...sample, tag, name: '', sequence_number: 0, sample_pool: 0, drops: 0, input_value, output_value }
    }
    case 'counters': {
      const tag = expanded ? SampleTag.counters_sample_expanded : SampleTag.counters_sample
      return { ...sample, tag, name: '', sequence_number: 0 }
    }
    case 'discard':
      return { ...sample, tag: SampleTag.discarded_packet, name: '', sequence_number: 0, drops: 0 }
    default:
      return sample
  }
}

/** The device itself has another number in compact samples (C9). */
function compactValue(format: number, value: number): number {
  return isInternal(format, value) ? INTERNAL : value
}
