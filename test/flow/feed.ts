// Owns feeding a FlowEngine in tests: datagrams written by hand, field after field, through the real walker and AgentTable;
// and captures. Start at Feed.

import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { noData, parseFilter, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { FlowEngine, type FlowOptions, type FlowRow, type FlowWindow, flowDefaults } from '../../src/lib/flow/flow.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { DatagramWriter } from '../bench/datagram-writer.ts'

export interface Asked extends Partial<Omit<FlowOptions, 'keys' | 'values' | 'filter'>> {
  readonly keys?: string
  readonly values?: string
  readonly filter?: string
}

/** Options from text, the rest as usual; all rows. */
export function optionsOf({ keys = 'ipdestination', values = 'frames', filter, ...rest }: Asked): FlowOptions {
  return {
    ...flowDefaults,
    top: 1_000_000,
    ...rest,
    keys: parseKeys(keys, '--keys'),
    values: parseValues(values, '--value'),
    filter: filter === undefined ? undefined : parseFilter(filter, '--filter'),
    data: rest.data ?? noData,
  }
}

/** One flow sample, or with `reason` a discarded packet. */
export interface Packet {
  /** Part of the destination address, 10.1.0.0 + flow; undefined: an ARP request, which has none. */
  readonly flow: number | undefined
  readonly length?: number
  readonly source?: number
  readonly input?: number
  readonly output?: number
  readonly rate?: number
  readonly pool: number
  readonly number: number
  readonly drops?: number
  readonly reason?: number
}

export const agentAddress = (agent: number) => `10.255.0.${agent}`
export const flowAddress = (flow: number) => `10.1.${flow >> 8}.${flow & 255}`

const HEADER = 42

/** One engine, and what stands before it. */
export class Feed {
  readonly agents = new AgentTable()
  readonly engine: FlowEngine
  readonly windows: FlowWindow[] = []
  readonly #walker = new Walker(() => {})
  readonly #view = new SampleView(this.#walker)
  readonly #writer = new DatagramWriter()
  readonly #bytes = new Uint8Array(1 << 16)
  readonly #data = new DataView(this.#bytes.buffer)
  readonly #sender = new Uint32Array(4)
  readonly #sequences = new Map<number, number>()

  constructor(asked: Asked, seed = 12345) {
    this.engine = new FlowEngine(optionsOf(asked), this.agents, seed)
  }

  /** A datagram of agent 10.255.0.AGENT at `ms` since 1970; lost ones have their numbers, but do not arrive. */
  datagram(agent: number, ms: number, packets: readonly Packet[], lost = false): void {
    const sequence = (this.#sequences.get(agent) ?? 0) + 1
    this.#sequences.set(agent, sequence)
    if (lost) return
    const writer = this.#writer
    writer.begin(this.#bytes, this.#data, 0, 0x0aff0000 + agent, sequence, Math.floor(ms) % 0x100000000)
    for (const packet of packets) this.#packet(writer, packet)
    this.#take(this.#bytes, this.#data, 0, writer.end(), Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6))
  }

  /** Everything in a capture. */
  async capture(path: string): Promise<void> {
    const source = await openCapture(path)
    for await (const batch of source.batches()) {
      for (let i = 0; i < batch.count; i++) {
        this.#take(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!, batch.sec[i]!, batch.nsec[i]!)
      }
    }
    await source.close()
  }

  advance(ms: number): void {
    this.windows.push(...this.engine.advance(ms))
  }

  finish(): FlowWindow[] {
    this.windows.push(...this.engine.finish())
    return this.windows
  }

  #take(bytes: Uint8Array, data: DataView, at: number, length: number, sec: number, nsec: number): void {
    const walker = this.#walker
    const view = this.#view
    if (!walker.open(bytes, data, at, length)) return
    this.advance(sec * 1000 + nsec / 1e6)
    this.agents.datagram(walker, sec, nsec)
    view.startDatagram(sec, nsec, this.#sender, 0)
    while (walker.nextSample()) {
      view.startSample()
      this.agents.sample(walker)
      if (this.agents.source >= 0) this.engine.sample(view)
    }
  }

  #packet(writer: DatagramWriter, x: Packet): void {
    const { source = 1, input = source, output = 99, rate = 100, drops = 0, length = 1000 } = x
    if (x.reason === undefined) writer.beginSample(1, x.number, source, rate, x.pool, drops, input, output)
    else writer.beginSample(5, x.number, 0, source, drops, input, output, x.reason)
    writer.beginRecord(1)
    writer.u32(1, length, 4, HEADER)
    const { position, view, bytes } = writer
    bytes.fill(0, position, position + 44)
    view.setUint16(position + 12, x.flow === undefined ? 0x0806 : 0x0800)
    if (x.flow !== undefined) {
      view.setUint8(position + 14, 0x45)
      view.setUint16(position + 16, 28)
      view.setUint8(position + 22, 64)
      view.setUint8(position + 23, 17)
      view.setUint32(position + 26, 0x0a000001)
      view.setUint32(position + 30, 0x0a010000 + x.flow)
      view.setUint16(position + 34, 1000)
      view.setUint16(position + 36, 2000)
      view.setUint16(position + 38, 8)
    }
    writer.position = position + 44
    writer.endRecord()
    writer.endSample()
  }
}

/** Rows by key as text, `A|B`. */
export function byKey(window: FlowWindow): Map<string, FlowRow> {
  return new Map(window.rows.map((row) => [row.key.join('|'), row]))
}
