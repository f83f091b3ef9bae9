// Owns how rows of flow engines, which tell each detail apart, become rows of what was asked. See drops.ts for the folder. Start
// at Groups.

import { type Amount, amountOf, noAmount, sumOf } from '../flow/amount.ts'
import type { FlowRow, KeyValue } from '../flow/rows.ts'
import type { DropGrouping } from './groupings.ts'
import { readDetail, readTold, TOLD_KEYS, type Told } from './keys.ts'
import type { KnownPorts, Places } from './places.ts'
import { rowId } from './row-id.ts'
import type { Detail, DropCount, DropRow, Place, Reason, Victim } from './snapshot.ts'

/** Details that are told of a row. */
const MOST_DETAILS = 8
const NS_PER_MS = 1e6

/** What a value is of a row: undefined before the first packet, null where packets differ in it. */
interface Common {
  reason: Reason | null | undefined
  place: Place | null | undefined
  victim: Victim | null | undefined
}

interface Group extends Common {
  readonly id: string
  readonly by: 'told' | 'sampled'
  readonly keys: readonly KeyValue[]
  amount: Amount
  firstMs: number | null
  lastMs: number | null
  readonly details: Map<string, Detail>
}

export class Groups {
  readonly #by: readonly DropGrouping[]
  readonly #places: Places
  readonly #known: KnownPorts
  readonly #groups = new Map<string, Group>()
  /** By Place.id. `onLinux`: the agent tells reasons of Linux there. */
  readonly places = new Map<string, { place: Place; packets: number; told: number; onLinux: boolean }>()
  readonly #counts = new Map<string, DropCount & { packets: number }>()
  /** Agents that told of drops. */
  readonly agents = new Set<string>()

  constructor(by: readonly DropGrouping[], places: Places, known: KnownPorts) {
    this.#by = by
    this.#places = places
    this.#known = known
  }

  /** @param rows of a flow engine with toldKeys and frames,min:timestamp,max:timestamp */
  add(rows: readonly FlowRow[], by: 'told' | 'sampled'): void {
    for (const row of rows) this.#add(row, by)
  }

  #add(row: FlowRow, by: 'told' | 'sampled'): void {
    const told = readTold(row.key, TOLD_KEYS)
    const place = this.#places.of(told, this.#known)
    const amount = by === 'told' ? exactly(row.samples) : amountOf(row.samples, row.values[0]!)
    const packets = Number.isNaN(amount.total) ? 0 : amount.total
    const known = this.places.get(place.id)
    const notified = by === 'told' ? packets : 0
    const detail = readDetail(row.key, packets)
    const onLinux = detail.linuxReason !== null
    if (known === undefined) this.places.set(place.id, { place, packets, told: notified, onLinux })
    else {
      known.packets += packets
      known.told += notified
      known.onLinux ||= onLinux
    }
    this.#count(told.reason, place, by, packets)
    this.agents.add(place.agent)
    const group = this.#group(by, told, place)
    group.amount = sumOf([group.amount, amount])
    group.reason = common(group.reason, told.reason, ({ code, name }) => code ?? name)
    group.place = common(group.place, place, ({ id }) => id)
    group.victim = commonVictim(group.victim, told.victim)
    const [, first, last] = row.values
    group.firstMs = least(group.firstMs, first?.total ?? null, Math.min)
    group.lastMs = least(group.lastMs, last?.total ?? null, Math.max)
    addDetail(group.details, detail)
  }

  /** By reason and place, whatever rows are by. */
  get counts(): readonly DropCount[] {
    return [...this.#counts.values()]
  }

  #count(reason: Reason, place: Place, by: 'told' | 'sampled', packets: number): void {
    const key = `${by} ${reason.code ?? reason.name} ${place.id}`
    const known = this.#counts.get(key)
    if (known === undefined) this.#counts.set(key, { reason, place, by, packets })
    else known.packets += packets
  }

  #group(by: 'told' | 'sampled', told: Told, place: Place): Group {
    const own = rowId(this.#by, told, place)
    const id = by === 'told' ? own : `sampled ${own}`
    let group = this.#groups.get(id)
    if (group === undefined) {
      group = {
        id,
        by,
        keys: told.further,
        amount: noAmount,
        reason: undefined,
        place: undefined,
        victim: undefined,
        firstMs: null,
        lastMs: null,
        details: new Map(),
      }
      this.#groups.set(id, group)
    }
    return group
  }

  /** Most packets first, ties by id. @param total of which shares are; null: not known */
  rows(total: number | null, timeline: (id: string) => number[] | null): DropRow[] {
    const rows = [...this.#groups.values()].map((group): DropRow => {
      const { samples, total: packets, low, high } = group.amount
      const isKnown = !Number.isNaN(packets)
      return {
        kind: 'drop',
        id: group.id,
        by: group.by,
        reason: group.reason ?? null,
        place: group.place ?? null,
        victim: group.victim ?? null,
        keys: group.keys,
        samples,
        packets: isKnown ? packets : null,
        low: isKnown ? low : null,
        high: isKnown ? high : null,
        share: isKnown && total !== null && total > 0 ? packets / total : null,
        firstMs: group.firstMs === null ? null : group.firstMs / NS_PER_MS,
        lastMs: group.lastMs === null ? null : group.lastMs / NS_PER_MS,
        details: [...group.details.values()].sort((a, b) => b.packets - a.packets).slice(0, MOST_DETAILS),
        timeline: group.by === 'told' ? timeline(group.id) : null,
      }
    })
    return rows.sort(
      (a, b) =>
        (b.packets ?? 0) - (a.packets ?? 0) || b.samples - a.samples || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    )
  }
}

function exactly(samples: number): Amount {
  return { samples, total: samples, low: samples, high: samples, variance: 0 }
}

function common<T>(before: T | null | undefined, value: T, key: (value: NonNullable<T>) => unknown): T | null {
  if (before === undefined) return value
  if (before === null || value === null || value === undefined) return null
  return key(before) === key(value) ? before : null
}

/** Each field by itself: rows by reason may all be of one DSCP. Null where all that was told differs. */
function commonVictim(before: Victim | null | undefined, value: Victim | null): Victim | null {
  if (before === undefined) return value
  if (before === null || value === null) return null
  const { src, dst, protocol, port, dscp } = before
  if (
    src === value.src &&
    dst === value.dst &&
    protocol === value.protocol &&
    port === value.port &&
    dscp === value.dscp
  ) {
    return before
  }
  const both: Victim = {
    src: src === value.src ? src : null,
    dst: dst === value.dst ? dst : null,
    protocol: protocol === value.protocol ? protocol : null,
    port: port === value.port ? port : null,
    dscp: dscp === value.dscp ? dscp : null,
  }
  return Object.values(both).every((field) => field === null) ? null : both
}

function least(a: number | null, b: number | null, choose: (a: number, b: number) => number): number | null {
  return a === null ? b : b === null ? a : choose(a, b)
}

function addDetail(details: Map<string, Detail>, detail: Detail): void {
  const { packets, ...rest } = detail
  if (Object.values(rest).every((value) => value === null)) return
  const key = JSON.stringify(rest)
  details.set(key, { ...rest, packets: (details.get(key)?.packets ?? 0) + packets })
}
