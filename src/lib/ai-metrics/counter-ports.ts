// Owns what interface counters say: errors and discards a second, and which ports there are. Knows no flow sample. See
// ai-metrics.ts for the folder. Start at CounterPorts.take.

import type { AgentTable } from '../agents/agents.ts'
import { SequenceStatus } from '../agents/sequences.ts'
import type { SampleView } from '../attributes/context.ts'
import { PortState, PortTable, SILENT_MS } from '../port-rates/port-table.ts'
import { sides } from '../port-rates/sides.ts'
import { if_counters } from '../sflow/records/version-5-counters.ts'
import { isManagementPort } from '../topo/management-port.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import { tagValue } from '../wire/record.ts'
import type { CounterRates } from './rows.ts'

const IF_COUNTERS = tagValue(if_counters.tag)
const PORT = 0
const INTERNAL = 0x3fffffff
/** IANAifType of what is no port of its own: loopback, VLAN interfaces, tunnels, aggregates. */
const notPorts = new Set([24, 131, 135, 136, 150, 161])
/** Of ifStatus: operational status up. */
const OPER_UP = 2

/** A port that counters were heard of lately, and that is up. */
export interface KnownPort {
  /** First word of its agent's address in `keys`. */
  readonly at: number
  readonly keys: Uint32Array
  readonly ifIndex: number
}

export class CounterPorts {
  readonly #ports: PortTable
  readonly #agents: AgentTable

  constructor(agents: AgentTable) {
    this.#agents = agents
    this.#ports = new PortTable(agents, { history: false })
  }

  /** A counter sample that the AgentTable has taken. */
  take(view: SampleView, nowMs: number): void {
    const w = view.walker
    const i = w.findRecord(IF_COUNTERS)
    if (i < 0) return
    const at = w.recordOffset[i]!
    const end = w.recordEnd[i]!
    if (end - at < 24 || this.#agents.sampleStatus === SequenceStatus.late) return
    const ifIndex = w.sourceType === PORT ? w.sourceIndex : w.view.getUint32(at)
    if (ifIndex <= 0 || ifIndex >= INTERNAL) return
    const ports = this.#ports
    const port = ports.find(this.#agents.agent, ifIndex)
    ports.set(port, PortState.ifType, w.view.getUint32(at + 4))
    ports.set(port, PortState.status, w.view.getUint32(at + 20))
    ports.count(port, w.view, at, end, nowMs)
  }

  /** Ports that are up, no aggregates, no ports for management, heard of within three minutes of `nowMs`. */
  known(index: TopologyIndex, nowMs: number): KnownPort[] {
    const { slots } = this.#ports
    const { keys } = slots
    return this.#real(index).flatMap((port) => {
      const at = port * 5
      const silentMs = nowMs - this.#ports.get(port, PortState.countedMs)
      const isUp = (this.#ports.get(port, PortState.status) & OPER_UP) !== 0
      return isUp && silentMs <= SILENT_MS ? [{ at, keys, ifIndex: keys[at + 4]! }] : []
    })
  }

  /**
   * Sums over ports: of the intervals that ended in the window where there are any, else of the last one while it is not too old.
   * @param only ports of nodes of the topology
   */
  rates(index: TopologyIndex, only: boolean, nowMs: number): CounterRates {
    const sums = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
    let counted = 0
    const { keys } = this.#ports.slots
    for (const port of this.#real(index)) {
      if (only && !index.isNode(keys, port * 5)) continue
      const stretch = this.#stretch(port, nowMs)
      if (stretch === undefined || !(stretch.seconds > 0)) continue
      let any = false
      for (const [of, side] of sides.entries()) {
        for (const [k, counter] of [side.errors, side.discards].entries()) {
          const growth = stretch.growth[counter]!
          if (Number.isNaN(growth)) continue
          any = true
          const i = k * 2 + of
          sums[i] = (Number.isNaN(sums[i]!) ? 0 : sums[i]!) + growth / stretch.seconds
        }
      }
      if (any) counted++
    }
    const [errorsIn, errorsOut, discardsIn, discardsOut] = sums.map((x) => (Number.isNaN(x) ? null : x)) as [
      number | null,
      number | null,
      number | null,
      number | null,
    ]
    return { errorsIn, errorsOut, discardsIn, discardsOut, ports: counted }
  }

  /** The next window begins. */
  beginWindow(): void {
    this.#ports.beginWindow()
  }

  #stretch(port: number, nowMs: number) {
    const silentMs = nowMs - this.#ports.get(port, PortState.countedMs)
    return this.#ports.window(port) ?? (silentMs <= SILENT_MS ? this.#ports.last(port) : undefined)
  }

  #real(index: TopologyIndex): number[] {
    const { slots } = this.#ports
    const { keys } = slots
    return slots.slots().filter((port) => {
      if (notPorts.has(this.#ports.get(port, PortState.ifType))) return false
      const name = index.ifname(keys, keys[port * 5 + 4]!, port * 5)
      return name === undefined || !isManagementPort(name)
    })
  }
}
