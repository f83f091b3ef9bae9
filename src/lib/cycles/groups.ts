// Owns groups by keys: which there are, in bounded memory. Knows no filter and no time of samples. See cycles.ts for the folder.
// Start at KeyedGroups.add; jobs are in jobs.ts.

import { keepsAll, Slots } from '../agents/slots.ts'
import type { KeyValue } from '../flow/rows.ts'
import type { SampleTimes } from '../period/sample-times.ts'
import { CycleGroup, type GroupOptions } from './group.ts'
import { Observers } from './observers.ts'
import type { Compiled } from './question.ts'
import type { CycleRow } from './snapshot.ts'

/** Keys that are counted, and of them those whose cycle is looked for: with 4,096 events a window each takes 330 KiB at most. */
const MOST_KEYS = 1 << 14
export const MOST_GROUPS = 128
/** So many are searched in one second, so that many groups do not cost more. */
const A_SECOND = 32
/** A new one takes the place of the smallest where it has so many times the samples, and so many at least. */
const LEAD = 2
const LEAST = 24

/** What counts a sample: groups by keys, or jobs. */
export interface Grouping {
  /** In no group: there are too many. */
  readonly beyond: number
  /** Groups or jobs that are known. */
  readonly count: number
  /**
   * A sample, with its key in `words`.
   * @param byBusiest only samples of one agent count
   * @returns the group that it is counted in
   */
  add(words: Uint32Array, sample: Counted, byBusiest: boolean): CycleGroup | undefined
  /** The time of arrival, milliseconds since 1970. @param isLast nothing more comes */
  advance(toMs: number, isLast: boolean): void
  /** Now and then: what is gone is forgotten. */
  fade(): void
  /** As they are listed. @param straggler of a group */
  rows(isLast: boolean, charts: number, straggler: (group: CycleGroup) => CycleRow['straggler']): CycleRow[]
}

/** A sample as groups see it; the object is used again. */
export interface Counted {
  ms: number
  /** When it came. */
  arrivalMs: number
  weight: number
  bytes: number
  /** Slot in the AgentTable. */
  agent: number
}

interface Known {
  readonly observers: Observers
  /** Those of long ago count less. */
  samples: number
  group: CycleGroup | undefined
}

export class KeyedGroups implements Grouping {
  beyond = 0
  readonly #compiled: Compiled
  readonly #options: GroupOptions
  readonly #times: SampleTimes
  readonly #slots: Slots
  /** By slot. */
  readonly #known: (Known | undefined)[] = []
  /** Slots that have a group. */
  readonly #groups = new Set<number>()
  #turn = 0
  #turnMs = Number.NEGATIVE_INFINITY

  constructor(compiled: Compiled, options: GroupOptions, times: SampleTimes) {
    this.#compiled = compiled
    this.#options = options
    this.#times = times
    this.#slots = new Slots(compiled.width, MOST_KEYS, keepsAll)
  }

  get count(): number {
    return this.#slots.count
  }

  add(words: Uint32Array, sample: Counted, byBusiest: boolean): CycleGroup | undefined {
    const slots = this.#slots
    slots.probe.set(words)
    const slot = slots.findOrInsert()
    if (slot < 0) {
      this.beyond++
      return undefined
    }
    this.#known[slot] ??= { observers: new Observers(), samples: 0, group: undefined }
    const known = this.#known[slot]
    known.samples++
    if (byBusiest && !known.observers.counts(sample.agent, sample.weight)) return undefined
    known.group ??= this.#newGroup(slot, known)
    if (known.group === undefined) {
      this.beyond++
      return undefined
    }
    known.group.add(sample, sample.arrivalMs)
    return known.group
  }

  #newGroup(slot: number, known: Known): CycleGroup | undefined {
    if (this.#groups.size === MOST_GROUPS) {
      if (known.samples < LEAST) return undefined
      let least = slot
      for (const one of this.#groups) if (this.#known[one]!.samples < this.#known[least]!.samples) least = one
      // Looked at again when it has one more: rarely, as samples of what is beyond the bound are few.
      if (least === slot || LEAD * this.#known[least]!.samples > known.samples) return undefined
      this.#known[least]!.group = undefined
      this.#groups.delete(least)
    }
    this.#groups.add(slot)
    return new CycleGroup(this.#options, this.#times)
  }

  advance(toMs: number, isLast: boolean): void {
    const turns = Math.max(1, Math.ceil(this.#groups.size / A_SECOND))
    if (toMs - this.#turnMs >= 1000 || turns === 1) {
      this.#turn++
      this.#turnMs = toMs
    }
    let n = 0
    for (const slot of this.#groups) {
      const isTurn = n++ % turns === this.#turn % turns
      this.#known[slot]!.group!.advance(toMs, isLast ? 'now' : isTurn ? 'due' : 'not')
    }
  }

  fade(): void {
    for (const slot of this.#slots.slots()) {
      const known = this.#known[slot]!
      known.samples /= 2
      known.observers.fade()
      known.group?.fade()
      // One that is quiet is told at the end, where there is room for it.
      if (known.samples >= 1 || this.#slots.count < MOST_KEYS / 2) continue
      this.#groups.delete(slot)
      this.#slots.remove(slot)
      this.#known[slot] = undefined
    }
  }

  rows(isLast: boolean, charts: number, straggler: (group: CycleGroup) => CycleRow['straggler']): CycleRow[] {
    const { width, read } = this.#compiled
    const listed = [...this.#groups]
      .map((slot) => ({ slot, group: this.#known[slot]!.group! }))
      .sort((a, b) => b.group.samples - a.group.samples || a.slot - b.slot)
    return listed.map(({ slot, group }, i) => {
      const key = read(this.#slots.keys, slot * width)
      return {
        kind: 'group',
        id: key.map(String).join('\u0000'),
        name: key.length === 0 ? 'all' : key.map(textOf).join(' '),
        key,
        hosts: null,
        straggler: straggler(group),
        ...group.facts(isLast, i < charts, listed.length),
      }
    })
  }
}

const textOf = (value: KeyValue): string => (value === null ? '-' : String(value))
