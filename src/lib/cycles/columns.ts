// Owns what is told of a cycle: keys of the data formats. See cycles.ts for the folder. Start at cycleColumns.

import type { Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ConditionUnit } from '../parse/condition-number.ts'
import type { CycleRow, CyclesWindow } from './snapshot.ts'

/** A row with its window. */
export interface CycleLine {
  readonly window: CyclesWindow
  readonly row: CycleRow
}

export const cycleLines = (window: CyclesWindow): CycleLine[] => window.rows.map((row) => ({ window, row }))

const PROFILE_BINS = 32
const profileParts = Array.from({ length: PROFILE_BINS }, (_, i) => `profile_${i}`)
const stragglerParts = ['node', 'port', 'agent', 'if_index', 'lag_s', 'error_s', 'share', 'steps', 'ports']
const changeParts = ['time', 'from_s', 'to_s']

/** @param keys of --by, as texts: a column each */
export function cycleColumns(keys: readonly string[]): readonly Column<CycleLine>[] {
  return [
    text(
      'kind',
      '`group`, `job` or `rest`; the object behind the rows of a moment is of kind `window`',
      ({ row }) => row.kind,
    ),
    text('start', 'the first sample, ISO 8601', ({ window }) => isoOf(window.startMs)),
    text('end', 'the moment of which it is', ({ window }) => isoOf(window.endMs)),
    text('name', '`all`, the values of --by, `job 1`, `rest`', ({ row }) => row.name),
    ...keys.map((key, i) => of(key, 'key of --by', ({ row }) => row.key[i] ?? null)),
    of('hosts', 'addresses of a job, those that several share in each of them; null otherwise', ({ row }) => row.hosts),
    number('period_s', 'length of the cycle, seconds; null where none is found: `reason` says why', 'seconds', (row) =>
      digits(row.periodSeconds),
    ),
    number('error_s', '± at 95 %, seconds', 'seconds', (row) => digits(row.errorSeconds)),
    number(
      'confidence',
      '1 - p: against chance, corrected for all that was tried; null with --method threshold',
      'share',
      (row) => row.confidence,
    ),
    number('p', 'the same as p, for many nines', 'share', (row) => digits(row.p)),
    text('reason', 'why there is no period; null with one', ({ row }) => row.reason),
    number('duty_cycle', 'share of the cycle in which there is traffic, 0 to 1', 'share', (row) =>
      digits(row.dutyCycle),
    ),
    number('bursts_per_step', 'bursts of traffic in a cycle', 'count', (row) => row.burstsPerStep),
    number('bytes_per_step', 'bytes of frames in a cycle, estimated', 'bytes', (row) => whole(row.bytesPerStep)),
    number('cycles_seen', 'cycles that it rests on', 'count', (row) => digits(row.cyclesSeen)),
    number('samples', 'samples that it rests on', 'count', (row) => row.samples),
    number('window_s', 'how far it was looked back, seconds', 'seconds', (row) => digits(row.windowSeconds)),
    {
      ...of('profile', 'share of the traffic in each 32nd of the cycle; sums to 1', ({ row }) =>
        row.profile === null ? null : row.profile.map((share) => digits(share)),
      ),
      parts: profileParts,
    },
    text('epoch', 'when the profile began once, ISO 8601', ({ row }) => timeOf(row.epochMs)),
    text('as_of', 'time of the answer: before `end` where the traffic ended before', ({ row }) => timeOf(row.asOfMs)),
    number('all_samples', 'all samples of the group, since the start', 'count', (row) => row.allSamples),
    number('value_per_s', '--value in the last second', 'rate', (row) => digits(row.perSecond)),
    number(
      'hold_share',
      'share of the samples that agents held back without saying when they took them; null: none, as far as is known',
      'share',
      (row) => digits(row.hold?.share ?? null),
    ),
    number('hold_s', 'held for up to so long, seconds', 'seconds', (row) => digits(row.hold?.seconds ?? null)),
    number('hidden_below_s', 'shorter periods can not be seen for that, seconds', 'seconds', (row) =>
      digits(row.hold?.shortestSeconds ?? null),
    ),
    {
      ...of(
        'straggler',
        'the port whose bursts end last: `node`, `port`, `agent`, `if_index`, `lag_s` with `error_s`, `share` of `steps` in which it was the last, of `ports` compared; null where none is late by more than the error',
        stragglerOf,
      ),
      parts: stragglerParts.map((part) => `straggler_${part}`),
    },
    {
      ...of('change', 'the last change of the period: `time`, `from_s`, `to_s`; null where there was none', changeOf),
      parts: changeParts.map((part) => `change_${part}`),
    },
  ]
}

/** CSV has one cell for a list of hosts. */
export function flatColumns(columns: readonly Column<CycleLine>[]): readonly Column<CycleLine>[] {
  return columns.map((column) =>
    column.key === 'hosts' ? { ...column, value: ({ row }) => row.hosts?.join(' ') ?? null } : column,
  )
}

function stragglerOf({ row: { straggler } }: CycleLine): Datum {
  if (straggler === null) return null
  return {
    node: straggler.node,
    port: straggler.port,
    agent: straggler.agent,
    if_index: straggler.ifIndex,
    lag_s: digits(straggler.lagSeconds),
    error_s: digits(straggler.errorSeconds),
    share: digits(straggler.often),
    steps: straggler.steps,
    ports: straggler.ports,
  }
}

function changeOf({ row: { change } }: CycleLine): Datum {
  if (change === null) return null
  return { time: isoOf(change.timeMs), from_s: digits(change.fromSeconds), to_s: digits(change.toSeconds) }
}

const timeOf = (ms: number | null): string | null => (ms === null || !Number.isFinite(ms) ? null : isoOf(ms))

function of(key: string, doc: string, value: (line: CycleLine) => Datum): Column<CycleLine> {
  return { key, doc, value }
}

function text(key: string, doc: string, value: (line: CycleLine) => string | null): Column<CycleLine> {
  return { key, doc, value }
}

function number(
  key: string,
  doc: string,
  unit: ConditionUnit,
  value: (row: CycleRow) => number | null,
): Column<CycleLine> {
  return { key, doc, unit, value: ({ row }) => value(row) }
}

/** More digits than it can have are noise. */
function digits(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(7))
}

const whole = (value: number | null): number | null => (value === null ? null : Math.round(value))
