// Owns what is known of each port: counters and flow samples, side by side, window by window. Must not know flags, screens or
// forms of output. Start at PortsEngine; what is kept is in port-table.ts, how it becomes rows in rows.ts.

import type { AgentTable } from '../agents/agents.ts'
import { lossOf } from '../agents/loss.ts'
import { SequenceStatus } from '../agents/sequences.ts'
import type { Engine } from '../analysis/analysis.ts'
import { type SampleView, slotOf } from '../attributes/context.ts'
import { lag_port_stats } from '../sflow/records/lag.ts'
import { sampled_ethernet, sampled_header } from '../sflow/records/version-5.ts'
import { if_counters } from '../sflow/records/version-5-counters.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import { tagValue } from '../wire/record.ts'
import type { PortRow } from './port-row.ts'
import { CELL_IN, CELL_OTHERS, CELL_OUT, PortState, PortTable } from './port-table.ts'
import { portRows } from './rows.ts'

export interface PortsOptions {
  readonly windowMs: number | 'all'
  /** Names and places; without a topology, learned names. */
  readonly topology: TopologyIndex
  /** Asked of counter samples: a port is a row if it let its last one through. */
  readonly filter: ((view: SampleView) => boolean) | undefined
  /** Keep the last rates of each port, for sparklines. */
  readonly history: boolean
  readonly maxPorts?: number
}

/** All ports over some stretch of time. */
export interface PortsWindow {
  /** Milliseconds since 1970; of `all` the first and the last sample. */
  readonly startMs: number
  readonly endMs: number
  /** By node and port, in natural order. */
  readonly rows: readonly PortRow[]
  /** Ports that were forgotten because there were more than are kept. */
  readonly forgotten: number
  /** Flow and counter samples, of all agents: those that came in it, and those that are missing by their sequence numbers. 0 of peek. */
  readonly received: number
  readonly lost: number
}

const IF_COUNTERS = tagValue(if_counters.tag)
const LAG = slotOf(lag_port_stats)
const HEADER = slotOf(sampled_header)
const ETHERNET = slotOf(sampled_ethernet)

/** Types of data sources (sflow_version_5.txt, "sFlowDataSource"). */
const PORT = 0
const DEVICE = 2

/** Over less a single sample would make a rate that never was. */
const LEAST_SEEN_MS = 1000

/** Of PortState.wanted. A port without counter samples is never asked about. */
const NO = 0
const YES = 1
const UNASKED = 2

/** What an interface of format 0 may be: an ifIndex, neither unknown (0) nor the device itself (0x3fffffff). */
const INTERNAL = 0x3fffffff

/**
 * A window's rows are of the counter intervals that ended in it, and of the samples in just these intervals; ports without counters
 * have samples only. Windows are aligned to multiples of their length since 1970; one in which nothing came is left out.
 */
export class PortsEngine implements Engine<PortsWindow> {
  readonly #agents: AgentTable
  #topology: TopologyIndex
  #windowMs: number | 'all'
  #filter: PortsOptions['filter']
  readonly #ports: PortTable
  readonly #over: PortsWindow[] = []
  /** When the window began. */
  #before = { received: 0, lost: 0 }
  #startMs = Number.NaN
  #endMs = Number.NaN
  #lastMs = Number.NaN
  /** The first sample of all: what came before it was not seen. */
  #firstMs = Number.NaN

  constructor(agents: AgentTable, options: PortsOptions) {
    this.#agents = agents
    this.#topology = options.topology
    this.#windowMs = options.windowMs
    this.#filter = options.filter
    this.#ports = new PortTable(agents, options)
  }

  sample(view: SampleView): void {
    const nowMs = view.sec * 1000 + view.nsec / 1e6
    if (!(nowMs < this.#endMs)) this.#turn(nowMs)
    if (!(nowMs <= this.#lastMs)) this.#lastMs = nowMs
    if (!(nowMs >= this.#firstMs)) this.#firstMs = nowMs
    const { walker } = view
    if (this.#agents.source < 0) return
    if (walker.sampleKind === SampleKind.flow) this.#flow(view, walker)
    else if (walker.sampleKind === SampleKind.counters) this.#counters(view, walker, nowMs)
  }

  advance(toMs: number): readonly PortsWindow[] {
    if (toMs >= this.#endMs) this.#close()
    return this.#over.splice(0)
  }

  finish(): readonly PortsWindow[] {
    if (!Number.isNaN(this.#startMs)) this.#close()
    return this.#over.splice(0)
  }

  /** All ports now: counters of the last interval, samples of the same, or of the window so far. */
  peek(nowMs = this.#lastMs): PortsWindow {
    return this.#result(nowMs, 'last')
  }

  /** All ports over the window so far. */
  soFar(nowMs = this.#lastMs): PortsWindow {
    return this.#result(nowMs, 'window')
  }

  /** Ports are rows again as their counter samples pass it. */
  setFilter(filter: PortsOptions['filter']): void {
    this.#filter = filter
    this.#ports.fillState(PortState.wanted, filter === undefined ? YES : UNASKED)
  }

  /** Other names and places of the same ports. */
  setTopology(topology: TopologyIndex): void {
    this.#topology = topology
  }

  /** From the next window on. */
  setWindow(windowMs: number | 'all'): void {
    this.#windowMs = windowMs
  }

  /** Ports whose counter samples the filter has not been asked about yet. */
  get unasked(): number {
    const ports = this.#ports
    return ports.slots.slots().filter((port) => ports.get(port, PortState.wanted) === UNASKED).length
  }

  /** Forgets all ports. */
  reset(): void {
    for (const port of this.#ports.slots.slots()) this.#ports.slots.remove(port)
    this.#startMs = Number.NaN
    this.#endMs = Number.NaN
    this.#lastMs = Number.NaN
    this.#firstMs = Number.NaN
  }

  /** A sample at or beyond the end of the window, or the first one. */
  #turn(nowMs: number): void {
    if (!Number.isNaN(this.#endMs)) this.#close()
    const windowMs = this.#windowMs
    if (!Number.isNaN(this.#startMs)) return
    this.#startMs = windowMs === 'all' ? nowMs : Math.floor(nowMs / windowMs) * windowMs
    this.#endMs = windowMs === 'all' ? Number.POSITIVE_INFINITY : this.#startMs + windowMs
  }

  #close(): void {
    this.#over.push(this.#result(this.#endMs === Number.POSITIVE_INFINITY ? this.#lastMs : this.#endMs, 'window'))
    this.#ports.beginWindow()
    this.#before = this.#samples()
    this.#startMs = Number.NaN
    this.#endMs = Number.NaN
  }

  #result(endMs: number, of: 'window' | 'last'): PortsWindow {
    this.#agents.settle()
    const startMs = this.#startMs
    const filtered = this.#filter !== undefined
    const seenMs = of === 'last' ? this.#seenMs(endMs) : endMs - startMs
    const rows = portRows(this.#ports, this.#agents, this.#topology, { endMs, seenMs, of, filtered })
    // A walk over all data sources: not for every look at what is going on.
    const { received, lost } = of === 'window' ? this.#samples() : this.#before
    const before = this.#before
    return {
      startMs,
      endMs,
      rows,
      forgotten: this.#ports.slots.evictions,
      received: received - before.received,
      lost: Math.max(0, lost - before.lost),
    }
  }

  /** How long samples of the window that goes on have come; NaN where that is too short for a rate. */
  #seenMs(nowMs: number): number {
    const ms = nowMs - Math.max(this.#startMs, this.#firstMs)
    return ms >= LEAST_SEEN_MS ? ms : Number.NaN
  }

  /** Since the start. */
  #samples(): { received: number; lost: number } {
    const { flow, counters } = lossOf(this.#agents)
    return { received: flow.samples + counters.samples, lost: (flow.lost ?? 0) + (counters.lost ?? 0) }
  }

  #counters(view: SampleView, w: Walker, nowMs: number): void {
    const i = w.findRecord(IF_COUNTERS)
    if (i < 0) return
    const at = w.recordOffset[i]!
    const end = w.recordEnd[i]!
    if (end - at < 24 || this.#agents.sampleStatus === SequenceStatus.late) return
    const ifIndex = w.sourceType === PORT ? w.sourceIndex : w.view.getUint32(at)
    if (!isPort(0, ifIndex)) return
    const ports = this.#ports
    const port = ports.find(this.#agents.agent, ifIndex)
    const filter = this.#filter
    ports.set(port, PortState.wanted, filter === undefined || filter(view) ? YES : NO)
    ports.set(port, PortState.ifType, w.view.getUint32(at + 4))
    ports.set(port, PortState.speed, w.view.getUint32(at + 8) * 0x100000000 + w.view.getUint32(at + 12))
    ports.set(port, PortState.direction, w.view.getUint32(at + 16))
    ports.set(port, PortState.status, w.view.getUint32(at + 20))
    const lag = view.record(LAG)
    if (lag !== null) ports.set(port, PortState.lag, lag.dot3adAggPortAttachedAggID!)
    ports.count(port, w.view, at, end, nowMs)
  }

  /**
   * A sample is of the port that is its data source: received there if that is its input, sent if its output. Where the data source is the
   * device as a whole, it is received at its input. Of other sources (VLANs, aggregates) and other ports it is only known
   * which way it went.
   */
  #flow(view: SampleView, w: Walker): void {
    const bytes = view.record(HEADER)?.frame_length ?? view.record(ETHERNET)?.length
    if (bytes === undefined) return
    const taken = this.#taken()
    const { agent } = this.#agents
    const { sourceType, sourceIndex, inputValue, outputValue } = w
    const hasInput = isPort(w.inputFormat, inputValue)
    const hasOutput = isPort(w.outputFormat, outputValue)
    const ofPort = sourceType === PORT && sourceIndex > 0
    if (ofPort && hasOutput && sourceIndex === outputValue && sourceIndex !== inputValue) {
      this.#add(agent, outputValue, CELL_OUT, taken, bytes)
      return
    }
    if (hasInput && ((ofPort && sourceIndex === inputValue) || sourceType === DEVICE)) {
      this.#add(agent, inputValue, CELL_IN, taken, bytes)
    }
    if (hasOutput) this.#add(agent, outputValue, CELL_OTHERS, taken, bytes)
  }

  #add(agent: number, ifIndex: number, cell: number, taken: number, bytes: number): void {
    const ports = this.#ports
    const port = ports.find(agent, ifIndex)
    ports.sampled.add(ports.cell(port, cell), taken, bytes)
  }

  /** Samples of its source that the present one stands for: with it those that were lost before it, by sequence or the agent's drops. */
  #taken(): number {
    const { sampleStatus, sampleTracks, lives, newDrops } = this.#agents
    if (sampleStatus === SequenceStatus.inOrder) return 1 + newDrops
    if (sampleStatus === SequenceStatus.gap) return 1 + sampleTracks.lost + newDrops
    // One that was counted as lost stands for nothing more.
    if (sampleStatus === SequenceStatus.late && !lives.ofOldLife) return Math.max(0, 1 + sampleTracks.lost)
    return 1
  }
}

function isPort(format: number, value: number): boolean {
  return format === 0 && value > 0 && value < INTERNAL
}
