// Owns this host as an sFlow agent: tapped packets, dropped packets and counters in, datagrams out, numbered without gaps.
// Must not know taps, sockets, files, timers or the terminal. Start at HostAgent; who drives it is host-source.ts.

import { AgentExporter, type DatagramTaker, type ExportedSource } from '../exporter/exporter.ts'
import type { DroppedPacket } from '../kernel/drops/drop-watch.ts'
import type { TappedPacket } from '../kernel/tap/tap.ts'
import type { DecodedRecord } from '../sflow/datagram.ts'
import { XdrWriter } from '../wire/encode.ts'
import type { Address } from '../wire/kinds.ts'
import { DiscardWriter, type DropPlace } from './discard-sample.ts'
import { FlowSampleWriter, type SampledPort } from './flow-sample.ts'

export type { SampledPort } from './flow-sample.ts'

/** Types of data sources: sflow_version_5.txt, "sFlowDataSource". */
const INTERFACE = 0
/** The physical entity that the host itself is: 2:1, as hsflowd has it. */
const ENTITY = 2
const HOST_ENTITY = 1
/** An ifIndex from here on needs expanded samples; half way there they are chosen, for later interfaces have larger ones. */
const FIRST_EXPANDED_INDEX = 0x1000000

export interface HostAgentOptions {
  readonly agent: Address
  /** 0 where not given. */
  readonly subAgent?: number | undefined
  /** The largest ifIndex that there is now. From 2^23 on samples are expanded. */
  readonly largestIndex: number
  /** As ExporterOptions has them. */
  readonly maxDatagram?: number | undefined
  readonly flushMs?: number | undefined
  /** Discards have the record of sonde's own too (32473:1): namespace, interface, process. No collector knows it. */
  readonly withLinuxDrop?: boolean | undefined
}

/** What an agent has taken since it began. Counts are of samples, but for `datagrams`. */
export interface HostAgentCounts {
  readonly datagrams: number
  readonly flow: number
  readonly counters: number
  readonly discards: number
  /** Larger than a datagram and left out; of interfaces that are not sampled; with an ifIndex that no sample has room for. */
  readonly leftOut: number
}

/** An interface that is sampled, with its numbers. */
class Port implements SampledPort {
  readonly interfaceIndex: number
  rate: number
  hasEthernet: boolean
  readonly source: ExportedSource
  /** Pool and drops of taps before the present one. */
  poolBefore = 0
  dropsBefore = 0
  /** False: each sample puts the rate into the pool. */
  isPoolMeasured = true

  constructor({ interfaceIndex, rate, hasEthernet }: SampledPort, source: ExportedSource) {
    this.interfaceIndex = interfaceIndex
    this.rate = rate
    this.hasEthernet = hasEthernet
    this.source = source
  }
}

/**
 * One agent. Say what time it is with `advance` before anything that belongs to a later moment, and at least every 100 ms. A flow
 * sample allocates nothing but two views; memory grows with the number of interfaces and with nothing else.
 */
export class HostAgent {
  readonly #exporter: AgentExporter
  readonly #writer: FlowSampleWriter
  readonly #discard = new XdrWriter(512)
  readonly #discardWriter: DiscardWriter
  readonly #ports = new Map<number, Port>()
  #flow = 0
  #counters = 0
  #discards = 0
  #leftOut = 0

  /** @throws RangeError as AgentExporter */
  constructor(options: HostAgentOptions, take: DatagramTaker) {
    const { largestIndex, withLinuxDrop = false, ...exporter } = options
    const wide = largestIndex >= FIRST_EXPANDED_INDEX / 2
    this.#exporter = new AgentExporter({ ...exporter, largestIndex: wide ? FIRST_EXPANDED_INDEX : largestIndex }, take)
    this.#writer = new FlowSampleWriter(wide)
    this.#discardWriter = new DiscardWriter(withLinuxDrop)
  }

  /** Milliseconds on any clock that never goes back; sends what was due until then. Uptime counts from the first call. */
  advance(nowMs: number): void {
    this.#exporter.advance(nowMs)
  }

  /** Sends what is held. */
  flush(): void {
    this.#exporter.flush()
  }

  /** When samples that are held must go, on the clock of `advance`; Infinity where none are. */
  get dueMs(): number {
    return this.#exporter.dueMs
  }

  /**
   * Says that an interface is sampled, from now on or anew: its numbers go on where it was known, and counts of the tap start
   * from 0.
   * @returns false where its ifIndex does not fit the form of this agent's samples: nothing of it can be told
   */
  addPort(port: SampledPort): boolean {
    if (!this.#fits(port.interfaceIndex)) return false
    const known = this.#ports.get(port.interfaceIndex)
    if (known === undefined) {
      const source = this.#exporter.source(INTERFACE, port.interfaceIndex)
      this.#ports.set(port.interfaceIndex, new Port(port, source))
      return true
    }
    known.rate = port.rate
    known.hasEthernet = port.hasEthernet
    known.poolBefore = known.source.pool
    known.dropsBefore = known.source.drops
    return true
  }

  /** The interface is gone: its numbers are forgotten. */
  removePort(interfaceIndex: number): void {
    this.#ports.delete(interfaceIndex)
    this.#exporter.forget(INTERFACE, interfaceIndex)
  }

  /**
   * Says what the tap has counted of an interface, both directions together, since `addPort`: packets that could have been
   * sampled, and samples that were lost. Counts go with the samples that come after.
   * @param pool undefined where nothing counts packets: then it goes up by the rate with each sample, told or lost, so that collectors
   * find the configured rate and see that it is no measurement
   */
  count(interfaceIndex: number, pool: number | undefined, lost: number): void {
    const port = this.#ports.get(interfaceIndex)
    if (port === undefined) return
    const { source } = port
    const drops = port.dropsBefore + lost
    port.isPoolMeasured = pool !== undefined
    source.pool = pool === undefined ? source.pool + (drops - source.drops) * port.rate : port.poolBefore + pool
    source.drops = drops
  }

  /** Takes a sampled packet. It is told of the interface that it was tapped at, with input and output as far as known. */
  packet(packet: TappedPacket): void {
    const port = this.#ports.get(packet.interfaceIndex)
    if (port === undefined) {
      this.#leftOut++
      return
    }
    if (!port.isPoolMeasured) port.source.pool += port.rate
    const { bytes, view } = this.#writer
    const length = this.#writer.write(packet, port)
    if (this.#exporter.addEncoded(bytes, view, 0, length)) this.#flow++
    else this.#leftOut++
  }

  /**
   * Takes a dropped packet: each becomes a discard sample of data source 0:0.
   * @param place where not given its interface is one of this agent's, in this network namespace
   */
  drop(packet: DroppedPacket, place: DropPlace = ownPlace(packet)): void {
    const out = this.#discard
    out.length = 0
    if (!this.#discardWriter.write(out, packet, place)) return
    if (this.#exporter.addEncoded(out.bytes, out.view, 0, out.length)) this.#discards++
    else this.#leftOut++
  }

  /** Says how many dropped packets could not be told of since the beginning: ring full, or more than the limit. */
  countLostDrops(lost: number): void {
    this.#exporter.source(INTERFACE, 0).discardDrops = lost
  }

  /** Takes counters of an interface. */
  interfaceCounters(interfaceIndex: number, records: DecodedRecord[]): void {
    if (this.#fits(interfaceIndex)) this.#countersOf(INTERFACE, interfaceIndex, records)
  }

  /** Takes counters of the host itself. */
  hostCounters(records: DecodedRecord[]): void {
    this.#countersOf(ENTITY, HOST_ENTITY, records)
  }

  /** The counters of an interface began again: so do its numbers, and no collector takes a difference across this point. */
  resetCounters(interfaceIndex: number): void {
    this.#exporter.source(INTERFACE, interfaceIndex).counters = 0
  }

  counts(): HostAgentCounts {
    return {
      datagrams: this.#exporter.datagrams,
      flow: this.#flow,
      counters: this.#counters,
      discards: this.#discards,
      leftOut: this.#leftOut,
    }
  }

  #fits(interfaceIndex: number): boolean {
    return this.#exporter.expanded || interfaceIndex < FIRST_EXPANDED_INDEX
  }

  #countersOf(source_id_type: number, source_id_index: number, records: DecodedRecord[]): void {
    if (this.#exporter.add({ kind: 'counters', source_id_type, source_id_index, records })) this.#counters++
    else this.#leftOut++
  }
}

function ownPlace({ isLeaving, interfaceIndex, inputIndex }: DroppedPacket): DropPlace {
  return {
    input: isLeaving ? inputIndex : interfaceIndex,
    output: isLeaving ? interfaceIndex : 0,
    netnsName: '',
  }
}
