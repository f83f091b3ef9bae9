// Owns feeding a PortsEngine: a story of an agent told second by second, or a capture.

import { AgentTable, SequenceStatus } from '../../src/lib/agents/agents.ts'
import type { Engine } from '../../src/lib/analysis/engine.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { PortsEngine, type PortsOptions, type PortsWindow } from '../../src/lib/port-rates/port-rates.ts'
import type { PortRow } from '../../src/lib/port-rates/port-row.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { TopologyIndex } from '../../src/lib/topo/topology-index.ts'
import { counters, datagram, flow, record } from '../helpers/cards.ts'

export interface WatchOptions extends Partial<Omit<PortsOptions, 'topology'>> {
  readonly topology?: Topology
}

/** An engine and all that stands before it. */
export class Watch {
  readonly agents = new AgentTable()
  readonly engine: PortsEngine
  /** Engines that are given the same. */
  readonly others: Engine<unknown>[] = []
  readonly #walker = new Walker(() => {})
  readonly #view = new SampleView(this.#walker)

  constructor({ topology, ...options }: WatchOptions = {}) {
    this.engine = new PortsEngine(this.agents, {
      windowMs: 'all',
      filter: undefined,
      history: false,
      ...options,
      topology: new TopologyIndex(topology, this.agents.names),
    })
  }

  take(bytes: Uint8Array, view: DataView, offset: number, length: number, sec: number, nsec: number): void {
    const w = this.#walker
    if (!w.open(bytes, view, offset, length)) return
    this.#view.startDatagram(sec, nsec, new Uint32Array(4), 0)
    this.agents.datagram(w, sec, nsec)
    while (w.nextSample()) {
      this.#view.startSample()
      if (this.agents.sample(w) === SequenceStatus.duplicate) continue
      for (const engine of [this.engine, ...this.others]) engine.sample(this.#view)
    }
  }

  async capture(path: string): Promise<PortsWindow[]> {
    const source = await openCapture(path)
    const windows: PortsWindow[] = []
    for await (const b of source.batches()) {
      for (let i = 0; i < b.count; i++) this.take(b.bytes, b.view, b.offset[i]!, b.length[i]!, b.sec[i]!, b.nsec[i]!)
      windows.push(...this.engine.advance(0))
    }
    await source.close()
    return [...windows, ...this.engine.finish()]
  }
}

/** 2026-05-01 12:00:00 UTC, a full minute. */
export const NOON = 1_777_636_800

/** What the agents of a story send, at 192.0.2.N, each with sequence numbers of its own. */
export class Story {
  readonly watch: Watch
  #now = NOON
  readonly #numbers = new Map<string, number>()
  readonly #uptime = new Map<string, number>()

  constructor(options: WatchOptions = {}) {
    this.watch = new Watch(options)
  }

  /** Seconds since noon. */
  at(seconds: number): this {
    this.#now = NOON + seconds
    return this
  }

  /** The agent starts anew: uptime and all its numbers from the beginning. */
  restart(agent = 1): this {
    for (const key of this.#numbers.keys()) if (key.startsWith(`${agent} `)) this.#numbers.delete(key)
    this.#uptime.set(String(agent), this.#now)
    return this
  }

  /** The next number of a source, as if so many before it had been lost. */
  number(agent: number, source: string, lost = 0): number {
    const key = `${agent} ${source}`
    const number = (this.#numbers.get(key) ?? 0) + 1 + lost
    this.#numbers.set(key, number)
    return number
  }

  send(samples: Sample[], agent = 1, subAgent = 0): this {
    const up = this.#now - (this.#uptime.get(String(agent)) ?? NOON - 10_000)
    const bytes = datagram(samples, {
      agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, agent) },
      sub_agent_id: subAgent,
      sequence_number: this.number(agent, `datagram ${subAgent}`),
      uptime: up * 1000,
    })
    const copy = bytes.slice()
    this.watch.take(copy, new DataView(copy.buffer), 0, copy.length, Math.floor(this.#now), 0)
    return this
  }

  /** Counters of a port; what is not given is 0, speed 10 Gbit/s, up, full duplex. */
  counters(port: number, fields: Readonly<Record<string, number | bigint>>, options: CountersOptions = {}): this {
    const { agent = 1, subAgent = 0, name, more = [], lost = 0 } = options
    const records = [
      ...(name === undefined ? [] : [record(1005, 'port_name', { name })]),
      ifCounters(port, fields),
      ...more,
    ]
    const sequence_number = this.number(agent, `c${subAgent} ${port}`, lost)
    return this.send([{ ...counters(port, records), sequence_number } as Sample], agent, subAgent)
  }

  /** Flow samples of data source `port`, each of a frame of `bytes`. */
  flows(port: number, count: number, options: FlowOptions = {}): this {
    const { agent = 1, input = port, output = 0, rate = 100, bytes = 1000, lost = 0, type = 0, pool } = options
    for (let i = 0; i < count; i++) {
      const sequence_number = this.number(agent, `f${type} ${port}`, i === 0 ? lost : 0)
      const sample = flow([frame(bytes)], {
        sequence_number,
        source_id_type: type,
        source_id_index: port,
        sampling_rate: rate,
        sample_pool: (pool ?? ((n: number) => n * rate))(sequence_number),
        drops: 0,
        input_value: input,
        output_value: output,
      })
      this.send([sample], agent)
    }
    return this
  }

  /** Flow samples with a header of their own. */
  sampled(
    header: ReturnType<typeof record>,
    { input, output, source, agent = 1 }: { input: number; output: number; source: number; agent?: number },
    count: number,
  ): this {
    for (let i = 0; i < count; i++) {
      const sequence_number = this.number(agent, `f0 ${source}`)
      const fields = { sequence_number, source_id_type: 0, source_id_index: source, sampling_rate: 100 }
      const rest = { sample_pool: sequence_number * 100, drops: 0, input_value: input, output_value: output }
      this.send([flow([header], { ...fields, ...rest })], agent)
    }
    return this
  }

  windows(): PortsWindow[] {
    return [...this.watch.engine.finish()]
  }

  /** The row of a port in the one window there is. */
  row(port: number, agent = 1): PortRow {
    const [window, ...others] = this.windows()
    if (window === undefined || others.length > 0) throw new Error(`${others.length + 1} windows`)
    return rowOf(window, port, agent)
  }
}

export function rowOf(window: PortsWindow, port: number, agent = 1): PortRow {
  const row = window.rows.find((one) => one.ifIndex === port && one.agent === `192.0.2.${agent}`)
  if (row === undefined) throw new Error(`no row of port ${port}`)
  return row
}

interface CountersOptions {
  readonly agent?: number
  readonly subAgent?: number
  readonly name?: string
  readonly more?: readonly ReturnType<typeof record>[]
  readonly lost?: number
}

interface FlowOptions {
  readonly agent?: number
  readonly input?: number
  readonly output?: number
  readonly rate?: number
  readonly bytes?: number
  readonly lost?: number
  readonly type?: number
  /** sample_pool by sequence number; rate × number where not given, as hsflowd sends it. */
  readonly pool?: (number: number) => number
}

function frame(bytes: number) {
  return record(1, 'sampled_header', { protocol: 1, frame_length: bytes, stripped: 4, header: new Uint8Array(14) })
}

function ifCounters(ifIndex: number, fields: Readonly<Record<string, number | bigint>>) {
  return record(1, 'if_counters', {
    ifIndex,
    ifType: 6,
    ifSpeed: 10_000_000_000n,
    ifDirection: 1,
    ifStatus: 3,
    ifInOctets: 0n,
    ifInUcastPkts: 0,
    ifInMulticastPkts: 0,
    ifInBroadcastPkts: 0,
    ifInDiscards: 0,
    ifInErrors: 0,
    ifInUnknownProtos: 0,
    ifOutOctets: 0n,
    ifOutUcastPkts: 0,
    ifOutMulticastPkts: 0,
    ifOutBroadcastPkts: 0,
    ifOutDiscards: 0,
    ifOutErrors: 0,
    ifPromiscuousMode: 0,
    ...fields,
  })
}
