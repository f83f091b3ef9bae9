// Owns what is told of hops and drops: keys of the data formats, columns of the table. See path.ts for the folder. Start at
// pathColumns.

import type { Cell, Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { Amount } from '../flow/amount.ts'
import type { ConditionUnit } from '../parse/condition-number.ts'
import type { Style } from '../print/style.ts'
import { shorten, shownNodes } from '../topo/shown-names.ts'
import type { Hosts, PathDrop, PathHop, PathWindow } from './snapshot.ts'

/** A row: a hop or a drop of a window. */
export interface PathRow {
  readonly window: PathWindow
  readonly hop: PathHop | null
  readonly drop: PathDrop | null
  /** From 0. */
  readonly place: number
  /** Names for a person, not yet made safe. */
  readonly shownNode: string
  readonly shownTo: string
}

/** Names in the table are not longer than this in 80 columns; each eight more columns of the terminal are two more. */
const LONGEST_NAME = 9

/** Hops in their order, with the drops of each node behind its hops. @param width of the terminal */
export function pathRowsOf(window: PathWindow, width: number): PathRow[] {
  const { hops, drops } = window
  const names = shownNodes(hops.flatMap(({ node, to }) => (to === null ? [node] : [node, to])))
  const longest = LONGEST_NAME + 2 * Math.max(0, Math.floor((width - 80) / 8))
  const shown = (name: string, most = longest) => shorten(names.get(name) ?? name, most)
  const rows: PathRow[] = []
  const add = (hop: PathHop | null, drop: PathDrop | null, node: string, to: string) =>
    rows.push({ window, hop, drop, place: rows.length, shownNode: shown(node), shownTo: shown(to, longest + 5) })
  const left = Map.groupBy(drops, nodeKey)
  const addDrops = (key: string) => {
    for (const drop of left.get(key) ?? []) add(null, drop, drop.node, drop.reason)
    left.delete(key)
  }
  for (const [i, hop] of hops.entries()) {
    add(hop, null, hop.node, hop.to ?? (hop.hosts === null ? '' : hostText(hop.hosts)))
    const next = hops[i + 1]
    if (next === undefined || nodeKey(next) !== nodeKey(hop)) addDrops(nodeKey(hop))
  }
  for (const key of left.keys()) addDrops(key)
  return rows
}

/** Names of nodes outside a topology need not be unique. */
export function nodeKey({ node, agent }: { readonly node: string; readonly agent: string | null }): string {
  return `${node}\n${agent}`
}

/** `10.0.0.1`, `10.0.0.1 and 3 more` */
export function hostText({ names, more }: Hosts): string {
  const others = names.length - 1 + more
  return others === 0 ? names[0]! : `${names[0]} and ${others} more`
}

/** The table of this one has no queue: the picture tells it. */
const NARROW = 100

/** @param width of the terminal, in columns: says which cells there are */
export function pathColumnsFor(width: number): readonly Column<PathRow>[] {
  if (width >= NARROW) return pathColumns
  return pathColumns.map((column) => (column.key === 'queue_depth' ? { ...column, cell: undefined } : column))
}

export const pathColumns: readonly Column<PathRow>[] = [
  text(
    'kind',
    '`hop`: what leaves a node by one port; `drop`: what it discarded. The object behind the rows of a window is of kind `window`',
    ({ hop }) => (hop === null ? 'drop' : 'hop'),
  ),
  text('start', 'start of the window; of all of a recorded input its first sample, ISO 8601', ({ window }) =>
    isoOf(window.startMs),
  ),
  text('end', 'end of the window, or the last sample', ({ window }) => isoOf(window.endMs)),
  {
    ...number(
      'hop',
      '1 where packets enter the fabric; nodes at the same distance have the same number',
      ({ hop, drop }) => hop?.hop ?? drop!.hop,
    ),
    cell: right('HOP', ({ hop, drop }) => String(hop?.hop ?? drop!.hop)),
  },
  {
    ...text(
      'node',
      'node of the topology, else the host name that the agent told, else its address',
      ({ hop, drop }) => hop?.node ?? drop!.node,
    ),
    cell: left('NODE', ({ hop, shownNode }, style) =>
      hop?.isSilent ? style.dim(`${style.escape(shownNode)}?`) : style.escape(shownNode),
    ),
  },
  text(
    'agent',
    'address of the agent; null where it is not known',
    ({ hop, drop }) => hop?.agent ?? drop?.agent ?? null,
  ),
  {
    ...text(
      'in_port',
      'port by which packets come in; several with blanks between, the busiest first',
      ({ hop, drop }) => hop?.inPorts.join(' ') || (drop?.inPort ?? null),
    ),
    cell: left('IN', ({ hop, drop }, style) =>
      portsText(hop?.inPorts ?? (drop!.inPort === null ? [] : [drop!.inPort]), style),
    ),
  },
  list(
    'from',
    'hosts that packets come from, where they enter the fabric here: those with most samples',
    ({ hop }) => hop?.from?.names ?? null,
  ),
  {
    ...text(
      'out_port',
      'port by which they leave; null where it is not known, and of drops',
      ({ hop }) => hop?.outPort ?? null,
    ),
    cell: left('OUT', ({ hop, drop }, style) =>
      drop !== null ? style.bad('✗ drop') : hop!.outPort === null ? '-' : style.escape(shorten(hop!.outPort, 12)),
    ),
  },
  text(
    'link',
    'link of the topology at that port; null where packets show a link that the topology lacks',
    ({ hop }) => hop?.link ?? null,
  ),
  {
    ...text('to', 'the next node; null at the edge and where it is not known', ({ hop }) => hop?.to ?? null),
    cell: left('TO', ({ shownTo }, style) => style.escape(shownTo)),
  },
  text('to_port', 'port of the next node', ({ hop }) => hop?.toPort ?? null),
  list(
    'to_hosts',
    'hosts that packets go to, where they leave the fabric here',
    ({ hop }) => hop?.hosts?.names ?? null,
  ),
  text(
    'state',
    '`measured` by samples of the node; by those of the `neighbour` on the other side of the link; `inferred` by the shortest way between what was measured; `unused`: an equal-cost way without samples',
    ({ hop }) => hop?.state ?? null,
  ),
  yes('node_silent', 'true where the node itself sampled none of these packets', ({ hop }) => hop?.isSilent ?? null),
  number('samples', 'samples that it rests on', (row) => packetsOf(row).samples),
  {
    ...number('ttl', 'mean TTL of IPv4 packets as they come in', ({ hop }) => hop?.ttl?.mean ?? null),
    cell: right('TTL', ({ hop }) => (hop?.ttl ? ttlText(hop.ttl) : '')),
  },
  number('ttl_min', 'the smallest', ({ hop }) => hop?.ttl?.min ?? null),
  number('ttl_max', 'the largest', ({ hop }) => hop?.ttl?.max ?? null),
  number('packets', 'in the window, estimated; null where no sampling rate is known', (row) => packetsOf(row).total),
  number('packets_low', 'lower bound at 95 %', (row) => packetsOf(row).low),
  number('packets_high', 'upper bound at 95 %', (row) => packetsOf(row).high),
  {
    ...number('packets_per_s', 'packets a second', (row) => perSecond(packetsOf(row), row.window)),
    cell: right('PKT/s', (row, style) =>
      row.hop?.state === 'unused' ? '0' : compact(perSecond(packetsOf(row), row.window), style),
    ),
  },
  {
    ...number(
      'error_pct',
      '± percent of packets at 95 %: half the way between the bounds (`few` in the table above 100)',
      (row) => errorPct(packetsOf(row)),
    ),
    cell: right('±', (row) => plusMinus(errorPct(packetsOf(row)))),
  },
  {
    ...number('bits_per_s', 'bits a second, by the lengths of frames; null of drops', ({ hop, window }) =>
      hop === null ? null : times8(perSecond(hop.traffic.bytes, window)),
    ),
  },
  number('bits_error_pct', '± percent of bits_per_s at 95 %', ({ hop }) =>
    hop === null ? null : errorPct(hop.traffic.bytes),
  ),
  {
    ...number('share', 'of what leaves the node, 0 to 1', ({ hop }) => hop?.share?.value ?? null),
    cell: right('SHARE', ({ hop }) => (hop === null ? '' : shareText(hop.share?.value ?? null))),
  },
  number('share_low', 'lower bound at 95 %; null where a part is inferred', ({ hop }) => hop?.share?.low ?? null),
  number('share_high', 'upper bound at 95 %', ({ hop }) => hop?.share?.high ?? null),
  number(
    'share_of_all',
    'packets here over packets that enter the fabric; above 1 by chance, or where packets pass twice',
    ({ hop }) => hop?.ofAll ?? null,
  ),
  number(
    'branches',
    'equal-cost ways of which this is one; 1 where it is none of several',
    ({ hop }) => hop?.branches ?? null,
  ),
  number(
    'branch_share',
    'of what goes over these, 0 to 1; null where it is none of several',
    ({ hop }) => hop?.branchShare?.value ?? null,
  ),
  number(
    'branch_share_low',
    'lower bound at 95 %; null where a part is inferred',
    ({ hop }) => hop?.branchShare?.low ?? null,
  ),
  number('branch_share_high', 'upper bound at 95 %', ({ hop }) => hop?.branchShare?.high ?? null),
  number(
    'expected_samples',
    'samples that it would have if the equal-cost ways were shared evenly',
    ({ hop }) => hop?.expectedSamples ?? null,
  ),
  {
    ...number(
      'delay_ns',
      'mean transit delay through the node (0:1039), nanoseconds',
      ({ hop }) => hop?.delay?.mean ?? null,
    ),
    cell: right('DELAY', ({ hop }) => delayText(hop?.delay?.mean ?? null)),
  },
  number('delay_error_pct', '± percent at 95 %', ({ hop }) => hop?.delay?.errorPct ?? null),
  number(
    'delay_max_ns',
    'the longest of the samples; 4294967295 is that or more',
    ({ hop }) => hop?.delay?.max ?? null,
  ),
  {
    ...number(
      'queue_depth',
      'mean bytes in the queue as packets arrived (0:1040)',
      ({ hop }) => hop?.depth?.mean ?? null,
    ),
    unit: 'bytes',
    cell: right('QUEUE', ({ hop }, style) => compact(hop?.depth?.mean ?? null, style)),
  },
  number('queue_depth_error_pct', '± percent at 95 %', ({ hop }) => hop?.depth?.errorPct ?? null),
  number('queue_depth_max', 'the most', ({ hop }) => hop?.depth?.max ?? null),
  text(
    'queue',
    'egress queue (0:1036); several with blanks between, the busiest first',
    ({ hop }) => hop?.queues.join(' ') || null,
  ),
  text(
    'reason',
    'of a drop: its sFlow reason; `discard` where a flow sample says no more',
    ({ drop }) => drop?.reason ?? null,
  ),
  text(
    'drop_by',
    '`notified`: the switch told of each (0:5); `sampled`: estimated by flow samples',
    ({ drop }) => drop?.by ?? null,
  ),
]

function packetsOf({ hop, drop }: PathRow): Amount {
  return hop?.traffic.packets ?? drop!.packets
}

export function perSecond({ total }: Amount, { seconds }: PathWindow): number | null {
  return seconds > 0 && !Number.isNaN(total) ? total / seconds : null
}

/** Half the way between the bounds; null where there is nothing, or the scale is not known. */
export function errorPct({ total, low, high }: Amount): number | null {
  return total > 0 ? (50 * (high - low)) / total : null
}

const times8 = (value: number | null): number | null => (value === null ? null : value * 8)

function number(key: string, doc: string, value: (row: PathRow) => number | null): Column<PathRow> {
  return { key, doc, unit: unitOf(key), value: (row) => rounded(value(row)) }
}

function unitOf(key: string): ConditionUnit {
  if (/_per_s$/.test(key)) return 'rate'
  if (/^(branch_)?share/.test(key)) return 'share'
  return /_pct$/.test(key) ? 'percent' : 'count'
}

/** More digits than an estimate can have are noise; counts are whole. */
function rounded(value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null
  return Number.isInteger(value) ? value : Number(value.toPrecision(9))
}

function text(key: string, doc: string, value: (row: PathRow) => string | null): Column<PathRow> {
  return { key, doc, value }
}

function yes(key: string, doc: string, value: (row: PathRow) => boolean | null): Column<PathRow> {
  return { key, doc, value }
}

function list(key: string, doc: string, value: (row: PathRow) => readonly Datum[] | null): Column<PathRow> {
  return { key, doc, value }
}

type Show = (row: PathRow, style: Style) => string

function left(title: string, show: Show): Cell<PathRow> {
  return { title, align: 'left', text: show }
}

function right(title: string, show: Show): Cell<PathRow> {
  return { title, align: 'right', text: show }
}

/** `eth1`, `eth1 +3` */
function portsText(ports: readonly string[], style: Style): string {
  if (ports.length === 0) return '-'
  const more = ports.length > 1 ? ` +${ports.length - 1}` : ''
  return `${style.escape(shorten(ports[0]!, 12))}${more}`
}

/** `64`; `~62.4` where packets have several. */
export function ttlText({ mean, min, max }: NonNullable<PathHop['ttl']>): string {
  if (min === null ? Number.isInteger(mean) : min === max) return mean.toFixed(0)
  return `~${mean.toFixed(0)}`
}

/** `12.1k` */
export function compact(value: number | null, style: Style): string {
  return value === null ? '-' : style.si(value, '').replace(' ', '')
}

/** An error above this is no number to go by: the bounds are. */
const MOST_ERROR = 100

/** `2.4%`; `few` of so few samples that it could be twice as much, or nothing. */
export function plusMinus(errorPct: number | null): string {
  if (errorPct === null) return ''
  return errorPct > MOST_ERROR ? 'few' : `${errorPct.toFixed(errorPct < 9.95 ? 1 : 0)}%`
}

/** Behind a number: ` ± 2.4 %`, ` (few samples)`, nothing. */
export function errorText(errorPct: number | null): string {
  if (errorPct === null) return ''
  return errorPct > MOST_ERROR ? ' (few samples)' : ` ± ${plusMinus(errorPct).replace('%', ' %')}`
}

/** `0 %` is nothing at all. */
export function shareText(share: number | null): string {
  if (share === null) return '-'
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.1) return '<0.1 %'
  return `${percent < 9.95 || (percent > 99 && percent < 99.95) ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** `812ns`, `1.24us`, `12.4ms`: three digits. */
export function delayText(ns: number | null): string {
  if (ns === null) return '-'
  if (ns < 999.5) return `${ns.toFixed(0)}ns`
  const step = ns < 999_500 ? 1e3 : ns < 999_500_000 ? 1e6 : 1e9
  const value = ns / step
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)}${step === 1e3 ? 'us' : step === 1e6 ? 'ms' : 's'}`
}
