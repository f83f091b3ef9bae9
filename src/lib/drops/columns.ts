// Owns what is told of drops: keys of the data formats. What a person sees is made in table.ts. See drops.ts for the folder.
// Start at dropColumns.

import type { Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { KeyValue } from '../flow/rows.ts'
import type { ConditionUnit } from '../parse/condition-number.ts'
import { adviceOf } from './reasons-advice.ts'
import type { Culprit, Detail, DropRow, DropsWindow, PlaceFacts } from './snapshot.ts'

/** A row of a window. */
export interface DropLine {
  readonly window: DropsWindow
  readonly row: DropRow
  readonly rank: number | null
}

/** Rows in their order, then what keeps the sum whole; `(no key)` and what was not told only where there is some. */
export function dropLines(window: DropsWindow): DropLine[] {
  const { other, noKey, notTold, total } = window
  const aside = [...(noKey.samples > 0 ? [noKey] : []), ...((notTold.packets ?? 0) > 0 ? [notTold] : [])]
  return [
    ...window.rows.map((row, i): DropLine => ({ window, row, rank: i + 1 })),
    ...[other, ...aside, total].map((row): DropLine => ({ window, row, rank: null })),
  ]
}

const kinds = { drop: 'drop', other: 'other', 'no key': 'no_key', 'not told': 'not_told', total: 'total' } as const

/** @param keys titles of the further keys */
export function dropColumns(keys: readonly string[]): readonly Column<DropLine>[] {
  return [
    text(
      'kind',
      '`drop`; `other`: all that are not listed; `no_key`: they lack a key; `not_told`: known by sequence numbers and by the agents’ own `drops` alone; `total`. The object behind the rows of a window is of kind `window`',
      ({ row }) => kinds[row.kind],
    ),
    text('start', 'start of the window; of all of a recorded input its first sample, ISO 8601', ({ window }) =>
      isoOf(window.startMs),
    ),
    text('end', 'end of the window, or the last sample', ({ window }) => isoOf(window.endMs)),
    number('rank', '1 is the row with most packets; null for the rows behind', ({ rank }) => rank),
    text(
      'by',
      '`told`: each packet is a notification (0:5); `sampled`: estimated by flow samples whose output is a discard',
      ({ row }) => row.by,
    ),
    text(
      'reason',
      'by its sFlow name; null where packets of the row differ in it, as in all that follows',
      ({ row }) => (row.reason === null ? null : row.reason.name),
    ),
    number(
      'reason_code',
      'its number: 0 is net_unreachable, a reason as any other',
      ({ row }) => row.reason?.code ?? null,
    ),
    text('reason_group', 'L2, L3, ACL, buffer/queue, ...', ({ row }) => row.reason?.group ?? null),
    text('meaning', 'what the reason says, in a sentence', (line) => advice(line)?.meaning ?? null),
    text('check', 'what to look at', (line) => advice(line)?.check ?? null),
    text(
      'node',
      'node of the topology, else the host name that the agent told, else its address',
      ({ row }) => row.place?.node ?? null,
    ),
    text('agent', 'address of the agent', ({ row }) => row.place?.agent ?? null),
    number(
      'if_index',
      'egress port where the agent tells one, else the port that the packet came in by',
      ({ row }) => row.place?.ifIndex ?? null,
    ),
    text('port', 'name of that port', ({ row }) => row.place?.port ?? null),
    text(
      'direction',
      '`out`: it was to leave by the port; `in`: it came in by it',
      ({ row }) => row.place?.direction ?? null,
    ),
    {
      key: 'port_known',
      doc: 'false where the agent tells of its ports and not of this one, as of other network namespaces; null where it tells of none',
      value: ({ row }) => row.place?.isKnown ?? null,
    },
    text('link', 'link of the topology at the port', ({ row }) => row.place?.link ?? null),
    text('src', 'source: IP address, else MAC address', ({ row }) => row.victim?.src ?? null),
    text('dst', 'destination', ({ row }) => row.victim?.dst ?? null),
    text(
      'protocol',
      'IP protocol (RoCE is UDP port 4791), else what the frame carries',
      ({ row }) => row.victim?.protocol ?? null,
    ),
    number(
      'service_port',
      'the well-known one of both ports, else the destination’s',
      ({ row }) => row.victim?.port ?? null,
    ),
    number('dscp', 'differentiated services code point', ({ row }) => row.victim?.dscp ?? null),
    keyColumn(keys),
    number('packets', 'dropped in the window', ({ row }) => row.packets),
    number('packets_per_s', 'a second', perSecond),
    number('share', 'of the total, 0 to 1', ({ row }) => row.share),
    number('low', 'lower bound of packets at 95 %, where they are estimated', ({ row }) => row.low),
    number('high', 'upper bound', ({ row }) => row.high),
    number('samples', 'notifications, or flow samples', ({ row }) => row.samples),
    text(
      'linux_reason',
      'skb_drop_reason of Linux (0:1042), the most frequent one',
      (line) => detail(line)?.linuxReason ?? null,
    ),
    text('function', 'that dropped it (0:1038), without offsets', (line) => detail(line)?.function ?? null),
    text('trap', 'devlink trap (0:1041)', (line) => detail(line)?.trap ?? null),
    text('trap_group', 'its group', (line) => detail(line)?.trapGroup ?? null),
    number('queue', 'egress queue (0:1036)', (line) => detail(line)?.queue ?? null),
    text('acl', 'access list (0:1037): its name, or its number where it has none', (line) => detail(line)?.acl ?? null),
    list('details', 'all combinations of these six, with their packets, the most frequent first', ({ row }) =>
      row.details.map(detailObject),
    ),
    text('first', 'when the first one was dropped, as the agent says (0:1043)', ({ row }) => isoOrNull(row.firstMs)),
    text('last', 'and the last one', ({ row }) => isoOrNull(row.lastMs)),
    list('timeline', 'packets in pieces of the window, each `slice_s` long', ({ row }) => row.timeline),
    number('slice_s', 'length of a piece, seconds', ({ window, row }) =>
      row.timeline === null || window.sliceMs === null ? null : window.sliceMs / 1000,
    ),
    number(
      'counted_discards',
      'of the port in this direction, by its counters',
      (line) => place(line)?.counted.discards ?? null,
    ),
    number('counted_errors', 'errors of the same', (line) => place(line)?.counted.errors ?? null),
    number(
      'counted_s',
      'seconds that these two are of: between counter samples, so it may be more than the window has',
      (line) => place(line)?.counted.seconds ?? null,
    ),
    number(
      'counted_told',
      'packets that were told between the same counter samples',
      (line) => place(line)?.counted.told ?? null,
    ),
    number(
      'explained_pct',
      'of the counted discards those that are told, percent',
      (line) => place(line)?.counted.explainedPct ?? null,
    ),
    text(
      'explained_by',
      '`port`; `agent`, where it does not tell by which port packets were to leave: then of all its ports together',
      (line) => place(line)?.counted.explainedBy ?? null,
    ),
    text('explained_why', 'why it is null', (line) => place(line)?.counted.why ?? null),
    number('utilization', 'of the port in this direction, 0 to 1', (line) => place(line)?.utilization ?? null),
    text(
      'utilization_by',
      '`counters`; `samples` (estimated) where there are none, or the time between them (`counted_s`) is longer than the window',
      (line) => place(line)?.utilizationBy ?? null,
    ),
    number(
      'out_bits_per_s',
      'that leave by the port, by flow samples',
      (line) => place(line)?.outBitsPerSecond ?? null,
    ),
    list(
      'culprits',
      'who fills the port: what leaves by it in the same window, the largest first',
      (line) => place(line)?.culprits?.map(culpritObject) ?? null,
    ),
    text('culprits_why', 'why they are null', (line) => place(line)?.culpritsWhy ?? null),
  ]
}

/** Those that a line of CSV can have. */
export function flatColumns(columns: readonly Column<DropLine>[]): readonly Column<DropLine>[] {
  return columns.filter(({ key }) => !['details', 'timeline', 'slice_s', 'culprits'].includes(key))
}

export function perSecond({ row, window }: DropLine): number | null {
  return row.packets === null || !(window.seconds > 0) ? null : row.packets / window.seconds
}

const detail = ({ row }: DropLine): Detail | undefined => row.details[0]

export function advice(line: DropLine): ReturnType<typeof adviceOf> | null {
  const { reason, victim } = line.row
  return reason === null ? null : adviceOf(reason, victim, line.row.details)
}

export function place({ row, window }: DropLine): PlaceFacts | undefined {
  return row.place === null ? undefined : window.places.get(row.place.id)
}

function detailObject({ linuxReason, function: symbol, trap, trapGroup, queue, acl, packets }: Detail): Datum {
  return {
    linux_reason: linuxReason,
    function: symbol,
    trap,
    trap_group: trapGroup,
    queue,
    acl,
    packets: digits(packets),
  }
}

function culpritObject({ victim, samples, bitsPerSecond, packetsPerSecond, share }: Culprit): Datum {
  return {
    src: victim.src,
    dst: victim.dst,
    protocol: victim.protocol,
    service_port: victim.port,
    dscp: victim.dscp,
    bits_per_s: digits(bitsPerSecond),
    packets_per_s: digits(packetsPerSecond),
    share: digits(share?.value ?? null),
    share_low: digits(share?.low ?? null),
    share_high: digits(share?.high ?? null),
    samples,
  }
}

/** All further keys in one object; in CSV a column each. */
function keyColumn(titles: readonly string[]): Column<DropLine> {
  const names = titles.map((title, i) => (titles.indexOf(title) === i ? title : `${title} (${i + 1})`))
  return {
    key: 'keys',
    doc: 'an object with a member for each key of --keys, under its text. In CSV a column each, `keys.` before it',
    value: ({ row }) => Object.fromEntries(names.map((name, i): [string, Datum] => [name, row.keys[i] ?? null])),
    parts: names.map((name) => `keys.${name}`),
  }
}

/** A key as a person sees it. */
export function keyText(value: KeyValue | undefined): string {
  return value === null || value === undefined ? '-' : String(value)
}

function text(key: string, doc: string, value: (line: DropLine) => string | null): Column<DropLine> {
  return { key, doc, value }
}

function list(key: string, doc: string, value: (line: DropLine) => readonly Datum[] | null): Column<DropLine> {
  return { key, doc, value }
}

function number(key: string, doc: string, value: (line: DropLine) => number | null): Column<DropLine> {
  return { key, doc, unit: unitOf(key), value: (line) => digits(value(line)) }
}

function unitOf(key: string): ConditionUnit {
  if (/_per_s$/.test(key)) return 'rate'
  if (/^(share|utilization)$/.test(key)) return 'share'
  if (/_pct$/.test(key)) return 'percent'
  return key === 'slice_s' || key === 'counted_s' ? 'seconds' : 'count'
}

/** More digits than a rate can have are noise; counts are whole. */
function digits(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null
  return Number.isInteger(value) ? value : Number(value.toPrecision(6))
}

const isoOrNull = (ms: number | null) => (ms === null ? null : isoOf(ms))
