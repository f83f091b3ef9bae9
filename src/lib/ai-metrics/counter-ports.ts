// Owns what interface counters say: errors and discards a second, and which ports there are. Knows no flow sample. See
// ai-metrics.ts for the folder. Start at CounterPorts.take.

import type { AgentTable } from '../agents/agents.ts'
import { longerNumbers } from '../agents/columns.ts'
import { CounterDeltas } from '../agents/counter-deltas.ts'
import { PORT_KEY, probePort } from '../agents/port-key.ts'
import { SequenceStatus } from '../agents/sequences.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import type { SampleView } from '../attributes/context.ts'
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
/** A port that has told no counters for so long is gone; polling intervals are up to a minute or two. */
const SILENT_MS = 180_000
const MOST_PORTS = 1 << 18

/** The octets tell a restart that the agent hides: of 64 bits, they never go back. */
const counters = ['ifInErrors', 'ifOutErrors', 'ifInDiscards', 'ifOutDiscards', 'ifInOctets', 'ifOutOctets'] as const
/** Those that are summed. */
const SUMMED = 4

/** Numbers of a port: time of the last counters, their data source + 1, type, status; */
const COUNTED_MS = 0
const BY = 1
const TYPE = 2
const STATUS = 3
/** seconds and growths of the intervals that ended in the window, then of the last interval. */
const WINDOW = 4
const LAST = WINDOW + 1 + SUMMED
const NUMBERS = LAST + 1 + SUMMED

/** A port that counters were heard of lately, and that is up. */
export interface KnownPort {
  /** First word of its agent's address in `keys`. */
  readonly at: number
  readonly keys: Uint32Array
  readonly ifIndex: number
}

export class CounterPorts implements SlotUser {
  readonly #agents: AgentTable
  readonly #slots: Slots
  readonly #deltas: CounterDeltas<(typeof counters)[number]>
  #numbers = new Float64Array(FIRST_CAPACITY * NUMBERS)

  constructor(agents: AgentTable) {
    this.#agents = agents
    this.#slots = new Slots(PORT_KEY, MOST_PORTS, this)
    this.#deltas = new CounterDeltas(agents, if_counters, counters)
  }

  grown(capacity: number): void {
    this.#numbers = longerNumbers(this.#numbers, capacity * NUMBERS)
  }

  evicted(): void {}

  /** A counter sample that the AgentTable has taken. Where two sub-agents tell of a port, the first is believed as long as it goes on. */
  take(view: SampleView, nowMs: number): void {
    const w = view.walker
    const i = w.findRecord(IF_COUNTERS)
    if (i < 0) return
    const at = w.recordOffset[i]!
    const end = w.recordEnd[i]!
    if (end - at < 24 || this.#agents.sampleStatus === SequenceStatus.late) return
    const ifIndex = w.sourceType === PORT ? w.sourceIndex : w.view.getUint32(at)
    if (ifIndex <= 0 || ifIndex >= INTERNAL) return
    const port = this.#find(ifIndex) * NUMBERS
    const numbers = this.#numbers
    const by = this.#agents.source + 1
    if (numbers[port + BY] !== by && nowMs - numbers[port + COUNTED_MS]! < SILENT_MS) return
    numbers[port + BY] = by
    numbers[port + COUNTED_MS] = nowMs
    numbers[port + TYPE] = w.view.getUint32(at + 4)
    numbers[port + STATUS] = w.view.getUint32(at + 20)
    const { delta } = this.#deltas
    if (!this.#deltas.update(w.view, at, end) || delta.every(Number.isNaN)) return
    const seconds = Math.max(0, this.#deltas.seconds)
    numbers[port + WINDOW]! += seconds
    numbers[port + LAST] = seconds
    for (let k = 0; k < SUMMED; k++) {
      numbers[port + WINDOW + 1 + k]! += delta[k]!
      numbers[port + LAST + 1 + k] = delta[k]!
    }
  }

  /** Ports that are up, no aggregates, no ports for management, heard of within three minutes of `nowMs`. */
  known(index: TopologyIndex, nowMs: number): KnownPort[] {
    const { keys } = this.#slots
    const numbers = this.#numbers
    return this.#real(index).flatMap((port) => {
      const isUp = (numbers[port * NUMBERS + STATUS]! & OPER_UP) !== 0
      const isHeard = nowMs - numbers[port * NUMBERS + COUNTED_MS]! <= SILENT_MS
      return isUp && isHeard ? [{ at: port * PORT_KEY, keys, ifIndex: keys[port * PORT_KEY + 4]! }] : []
    })
  }

  /**
   * Sums over ports: of the intervals that ended in the window where there are any, else of the last one while it is not too old.
   * @param only ports of nodes of the topology
   */
  rates(index: TopologyIndex, only: boolean, nowMs: number): CounterRates {
    const sums: (number | null)[] = [null, null, null, null]
    let ports = 0
    const { keys } = this.#slots
    const numbers = this.#numbers
    for (const port of this.#real(index)) {
      if (only && !index.isNode(keys, port * PORT_KEY)) continue
      const at = port * NUMBERS
      const isHeard = nowMs - numbers[at + COUNTED_MS]! <= SILENT_MS
      const from = numbers[at + WINDOW]! > 0 ? at + WINDOW : at + LAST
      const seconds = numbers[from]!
      if (!(seconds > 0) || (from === at + LAST && !isHeard)) continue
      let any = false
      for (let k = 0; k < SUMMED; k++) {
        const growth = numbers[from + 1 + k]!
        if (Number.isNaN(growth)) continue
        any = true
        sums[k] = (sums[k] ?? 0) + growth / seconds
      }
      if (any) ports++
    }
    return { errorsIn: sums[0]!, errorsOut: sums[1]!, discardsIn: sums[2]!, discardsOut: sums[3]!, ports }
  }

  /** The next window begins. */
  beginWindow(): void {
    for (const port of this.#slots.slots()) {
      this.#numbers.fill(0, port * NUMBERS + WINDOW, port * NUMBERS + WINDOW + 1 + SUMMED)
    }
  }

  #find(ifIndex: number): number {
    const slots = this.#slots
    probePort(slots, this.#agents, this.#agents.agent, ifIndex)
    const known = slots.find()
    if (known >= 0) {
      slots.touch(known)
      return known
    }
    const port = slots.insert()
    this.#numbers.fill(0, port * NUMBERS, (port + 1) * NUMBERS)
    this.#numbers[port * NUMBERS + COUNTED_MS] = Number.NEGATIVE_INFINITY
    return port
  }

  #real(index: TopologyIndex): number[] {
    const { keys } = this.#slots
    return this.#slots.slots().filter((port) => {
      if (notPorts.has(this.#numbers[port * NUMBERS + TYPE]!)) return false
      const name = index.ifname(keys, keys[port * PORT_KEY + 4]!, port * PORT_KEY)
      return name === undefined || !isManagementPort(name)
    })
  }
}
