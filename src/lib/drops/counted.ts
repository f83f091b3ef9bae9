// Owns what interface counters say beside drops that are told: how much of it is explained. See drops.ts for the folder. Start at
// CountedPorts.

import type { PortRow } from '../port-rates/port-row.ts'
import type { Counted, CountedPort, Place } from './snapshot.ts'
import type { ToldAt } from './told-ports.ts'

/** Of the intervals of counters that ended in a window, or several. */
interface Sums {
  /** Its last row. */
  row: PortRow
  readonly in: { discards: number | null; errors: number | null }
  readonly out: { discards: number | null; errors: number | null }
  seconds: number | null
}

/** How an agent tells of drops, over all its ports. */
interface AgentSums {
  told: number
  /** It tells by which port packets were to leave. */
  tellsOutputs: boolean
  /** Flow samples tell of drops. */
  isSampled: boolean
  toldInIntervals: number
  discards: number
}

type Explained = Pick<Counted, 'explainedPct' | 'explainedBy' | 'why'>

const sides = ['in', 'out'] as const

export class CountedPorts {
  readonly #ports = new Map<string, Sums>()
  readonly #told = new Map<string, { in: number; out: number }>()
  readonly #agents = new Map<string, AgentSums>()

  /** @param parts ports and what was told of them, by `AGENT IFINDEX`, of each window */
  constructor(parts: readonly { rows: readonly PortRow[]; toldAt: ReadonlyMap<string, ToldAt> }[]) {
    for (const { rows, toldAt } of parts) {
      for (const row of rows) this.#add(row)
      for (const [id, told] of toldAt) {
        const sum = this.#told.get(id) ?? { in: 0, out: 0 }
        this.#told.set(id, { in: sum.in + told.in, out: sum.out + told.out })
      }
    }
    for (const [id, { row, in: received, out }] of this.#ports) {
      const agent = this.#agent(row.agent)
      agent.discards += (received.discards ?? 0) + (out.discards ?? 0)
      const told = this.#told.get(id)
      agent.toldInIntervals += (told?.in ?? 0) + (told?.out ?? 0)
    }
  }

  get rows(): PortRow[] {
    return [...this.#ports.values()].map(({ row }) => row)
  }

  row(agent: string, ifIndex: number | null): PortRow | undefined {
    return this.#ports.get(`${agent} ${ifIndex}`)?.row
  }

  /** So many packets were told as dropped at this place; 0: flow samples alone say so. Call it for all places before anything is asked. */
  tell({ agent, direction }: Place, packets: number): void {
    const sums = this.#agent(agent)
    sums.told += packets
    if (packets === 0) sums.isSampled = true
    else if (direction === 'out') sums.tellsOutputs = true
  }

  /** In the direction of the place; null for both where it has none. */
  of({ agent, ifIndex, direction }: Place): Counted {
    const sums = ifIndex === null ? undefined : this.#ports.get(`${agent} ${ifIndex}`)
    const side = direction === null ? undefined : sums?.[direction]
    const told = direction === null ? undefined : this.#told.get(`${agent} ${ifIndex}`)?.[direction]
    const discards = side?.discards ?? null
    const seconds = sums?.seconds ?? null
    const missing = sums === undefined ? 'no counters of this port' : (sums.row.note ?? 'not counted by the agent')
    return {
      discards,
      errors: side?.errors ?? null,
      seconds: discards === null ? null : seconds,
      discardsPerSecond: discards === null || !(seconds !== null && seconds > 0) ? null : discards / seconds,
      told: discards === null ? null : (told ?? 0),
      ...this.#explain(agent, told ?? 0, discards, missing),
    }
  }

  /** Ports with discards or errors, most discards first. */
  list(): CountedPort[] {
    const list: CountedPort[] = []
    for (const [id, { row, in: received, out, seconds }] of this.#ports) {
      const [discards, errors] = [
        (received.discards ?? 0) + (out.discards ?? 0),
        (received.errors ?? 0) + (out.errors ?? 0),
      ]
      if (discards + errors === 0) continue
      const told = this.#told.get(id) ?? { in: 0, out: 0 }
      list.push({
        node: row.node,
        agent: row.agent,
        port: row.port,
        ifIndex: row.ifIndex,
        inDiscards: received.discards ?? 0,
        outDiscards: out.discards ?? 0,
        inErrors: received.errors ?? 0,
        outErrors: out.errors ?? 0,
        seconds: seconds ?? 0,
        toldIn: told.in,
        toldOut: told.out,
        ...(discards === 0
          ? unexplained(noDiscards)
          : this.#explain(row.agent, told.in + told.out, discards, noDiscards)),
      })
    }
    const most = (port: CountedPort) => port.inDiscards + port.outDiscards
    return list.sort((a, b) => most(b) - most(a) || b.inErrors + b.outErrors - a.inErrors - a.outErrors)
  }

  /**
   * By port where both sides have some; by agent where it does not tell output ports, so that what it tells of one port may be counted
   * at another.
   */
  #explain(agent: string, told: number, discards: number | null, missing: string): Explained {
    const sums = this.#agents.get(agent)
    if (discards !== null && discards > 0 && told > 0) return explained(told, discards, 'port')
    if (sums === undefined || sums.told === 0) {
      if (discards === null) return unexplained(missing)
      if (discards === 0) return unexplained(noDiscards)
      return unexplained(sums?.isSampled === true ? 'told by flow samples alone' : 'the agent tells of no drops')
    }
    if (sums.discards > 0 && !sums.tellsOutputs) return explained(sums.toldInIntervals, sums.discards, 'agent')
    if (discards === null) return unexplained(missing)
    return discards > 0 ? explained(told, discards, 'port') : unexplained(noDiscards)
  }

  #add(row: PortRow): void {
    const known = this.#ports.get(row.id)
    if (known === undefined) {
      const { in: received, out, seconds } = row
      this.#ports.set(row.id, {
        row,
        in: { discards: received.discards, errors: received.errors },
        out: { discards: out.discards, errors: out.errors },
        seconds,
      })
      return
    }
    if (row.seconds !== null || known.row.seconds === null) known.row = row
    known.seconds = plus(known.seconds, row.seconds)
    for (const side of sides) {
      known[side].discards = plus(known[side].discards, row[side].discards)
      known[side].errors = plus(known[side].errors, row[side].errors)
    }
  }

  #agent(agent: string): AgentSums {
    let sums = this.#agents.get(agent)
    if (sums === undefined) {
      sums = { told: 0, tellsOutputs: false, isSampled: false, toldInIntervals: 0, discards: 0 }
      this.#agents.set(agent, sums)
    }
    return sums
  }
}

const noDiscards = 'counters show no discards'

function unexplained(why: string): Explained {
  return { explainedPct: null, explainedBy: null, why }
}

function explained(told: number, discards: number, by: 'port' | 'agent'): Explained {
  return { explainedPct: Math.min(100, (100 * told) / discards), explainedBy: by, why: null }
}

function plus(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b
}
