// Owns what --fail-if can ask about drops, and what is true of a window as a whole. See drops.ts for the folder. Start at
// dropFacts.

import type { Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import { isoOf } from '../analysis/iso-time.ts'
import { dropReasons } from '../names/drop-reasons.ts'
import type { ConditionName } from '../parse/condition.ts'
import { type DropLine, dropColumns } from './columns.ts'
import type { DropsWindow } from './snapshot.ts'

const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })

const totalNames: readonly ConditionName[] = [
  count(
    'drops',
    'packets dropped: told, not told, and estimated by flow samples. In other commands it is samples that agents dropped',
  ),
  { name: 'drops_per_s', unit: 'rate', doc: 'the same, a second' },
  count('told', 'packets that agents told of, and the filter let through'),
  count('not_told', 'packets that were dropped and not told: limited and lost'),
  count('limited', 'of them those that agents did not send because of their own limit'),
  count('notifications_lost', 'and those that are missing by sequence numbers'),
  count('sampled', 'dropped by flow samples whose output is a discard, estimated; null without a sampling rate'),
  count('dropping_agents', 'agents that told of drops'),
  count('places', 'ports that dropped'),
  count('flows', 'distinct rows'),
  count('counted_discards', 'discards by the counters of all ports; null without two counter samples'),
  count('counted_errors', 'errors by the same'),
]

const isNumber = (name: string): ConditionName => ({
  name: `reasons.${name}`,
  unit: 'count',
  doc: `packets dropped for ${name}, of the rows that are listed`,
})

/** Every column of rows that is a number, and a count for each reason. */
export const dropFactNames: readonly ConditionName[] = [
  ...totalNames,
  ...dropColumns([]).flatMap(({ key, unit, doc }) =>
    unit === undefined || key === 'rank' ? [] : [{ name: `rows[].${key}`, unit, doc: `of a listed row: ${doc}` }],
  ),
  ...dropReasons.map(({ name }) => isNumber(name)),
]

export function dropTotals(window: DropsWindow): Readonly<Record<string, number | null>> {
  const { told, limited, lost, sampled, total, seconds, ports } = window
  const sum = (of: (port: DropsWindow['ports'][number]) => number) => ports.reduce((all, port) => all + of(port), 0)
  const packets = total.packets ?? 0
  return {
    drops: packets,
    drops_per_s: seconds > 0 ? packets / seconds : null,
    told,
    not_told: limited + lost,
    limited,
    notifications_lost: lost,
    sampled,
    dropping_agents: window.agents,
    places: window.places.size,
    flows: window.flows,
    counted_discards: window.isCounted ? sum(({ inDiscards, outDiscards }) => inDiscards + outDiscards) : null,
    counted_errors: window.isCounted ? sum(({ inErrors, outErrors }) => inErrors + outErrors) : null,
  }
}

export function dropFacts(window: DropsWindow): Readonly<Record<string, Datum>> {
  const columns = dropColumns(window.keys)
  const reasons: Record<string, number> = Object.fromEntries(dropReasons.map(({ name }) => [name, 0]))
  for (const { reason, packets } of window.rows) {
    if (reason !== null) reasons[reason.name] = (reasons[reason.name] ?? 0) + (packets ?? 0)
  }
  return {
    ...dropTotals(window),
    rows: window.rows.map((row, i) => rowObject<DropLine>(columns, { window, row, rank: i + 1 })),
    reasons,
  }
}

/** Of a run in which there was no sample. */
export const noDrops: Readonly<Record<string, Datum>> = Object.freeze({
  rows: Object.freeze([]),
  reasons: Object.freeze(Object.fromEntries(dropReasons.map(({ name }) => [name, 0]))),
  drops: 0,
  drops_per_s: 0,
  told: 0,
  not_told: 0,
  limited: 0,
  notifications_lost: 0,
  sampled: 0,
  dropping_agents: 0,
  places: 0,
  flows: 0,
})

/** The object behind the rows of a window. */
export function aboutDrops(window: DropsWindow): Readonly<Record<string, Datum>> {
  return {
    kind: 'window',
    start: isoOf(window.startMs),
    end: isoOf(window.endMs),
    seconds: window.seconds,
    ...dropTotals(window),
    notifications_received: window.received,
    other_samples: window.otherSamples,
    ports: window.ports.map((port) => ({
      node: port.node,
      agent: port.agent,
      if_index: port.ifIndex,
      port: port.port,
      seconds: port.seconds,
      in_discards: port.inDiscards,
      out_discards: port.outDiscards,
      in_errors: port.inErrors,
      out_errors: port.outErrors,
      told_in: port.toldIn,
      told_out: port.toldOut,
      explained_pct: port.explainedPct,
      explained_by: port.explainedBy,
      explained_why: port.why,
    })),
    notes: window.notes,
  }
}
