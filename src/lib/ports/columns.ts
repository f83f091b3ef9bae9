// Owns what is told of a port: keys of the data formats, columns of the table. See analysis.ts for the folder. Start at
// portColumns.

import type { Cell, Column } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ConditionUnit } from '../parse/condition-number.ts'
import type { PortRow, PortSide } from '../port-rates/port-row.ts'
import type { Style } from '../print/style.ts'
import { shorten, shownNodes } from '../topo/shown-names.ts'

/** A row of a window, with what it takes to show it. */
export interface ShownPort extends PortRow {
  readonly startMs: number
  readonly endMs: number
  /** Names for a person, not yet made safe: without domain where no other node has that label, shortened to fit. */
  readonly shownNode: string
  readonly shownPort: string
}

/** From so many columns of the terminal on there is room for both utilisations and packets. */
const WIDE = 116

/** What the other columns take, with their gaps, in a narrow and a wide table. */
const OTHERS = [59, 86] as const
/** Names are not shortened further than this. */
const SHORTEST_NODE = 8
const SHORTEST_PORT = 6

/** @param width of the terminal, in columns: says which cells there are */
export function portColumns(width: number): readonly Column<ShownPort>[] {
  const wide = width >= WIDE
  return [
    text('kind', 'always `port`; the object behind the rows of a window is of kind `window`', () => 'port'),
    text('start', 'start of the window; of all of a recorded input its first sample, ISO 8601', (row) =>
      isoOf(row.startMs),
    ),
    text('end', 'end of the window, or the last sample', (row) => isoOf(row.endMs)),
    {
      ...text(
        'node',
        'node of the topology, else the host name that the agent told, else its address',
        (row) => row.node,
      ),
      cell: left('NODE', (row, style) => style.escape(row.shownNode)),
    },
    text('agent', 'address of the agent', (row) => row.agent),
    number('if_index', 'ifIndex', (row) => row.ifIndex),
    {
      ...text('port', 'name of the port, by the topology or by the agent (0:1005)', (row) => row.port),
      cell: left('PORT', (row, style) => style.escape(row.shownPort)),
    },
    text('link', 'link of the topology at this port; null at the edge', (row) => row.link),
    text('place', '`edge` or `core` of the topology; null for agents outside', (row) => row.place),
    number('if_type', 'kind of interface, an IANAifType: 6 is Ethernet, 161 an aggregate', (row) => row.ifType),
    number('lag_if_index', 'ifIndex of the aggregate (802.3ad) that the port is attached to', (row) => row.lag),
    {
      ...number('speed_bits_per_s', 'speed; null where the agent says 0', (row) => row.speed),
      cell: right('SPEED', speedOf),
    },
    text('duplex', '`full` or `half`; `in` or `out` where only one direction is used', (row) => row.duplex),
    text('admin_status', '`up` or `down`: as it should be', (row) => row.admin),
    text('oper_status', '`up` or `down`: as it is', (row) => row.oper),
    number(
      'seconds',
      'between the first and the last counter sample that count: what rates are over',
      (row) => row.seconds,
    ),
    number('counter_age_s', 'from the last counter sample to the end of the window', (row) => row.counterAge),
    ...directions.flatMap((of) => rateColumns(of, wide)),
    {
      ...number('errors_per_s', 'in and out', (row) => sum(row, 'errorsPerSecond')),
      cell: right('ERR/s', (row, style) => trouble(sum(row, 'errorsPerSecond'), style)),
    },
    {
      ...number('discards_per_s', 'in and out', (row) => sum(row, 'discardsPerSecond')),
      cell: right('DISC/s', (row, style) => trouble(sum(row, 'discardsPerSecond'), style)),
    },
    ...directions.flatMap(totalColumns),
    ...directions.flatMap(sampledColumns),
    {
      ...number(
        'sampled_ratio',
        'packets by flow samples over packets by counters, where the port itself is sampled; by bytes where packets are not known',
        (row) => row.ratio?.value ?? null,
      ),
      cell: left(wide ? 'SAMPLED/COUNTED' : 'SAMPLED', (row, style) => ratioOf(row, style)),
    },
    number(
      'sampled_ratio_error_pct',
      '± at 95 % by the number of samples, percent: half the way between the bounds',
      (row) => row.ratio?.errorPct ?? null,
    ),
    number('sampled_ratio_low', 'lower bound at 95 %', (row) => row.ratio?.low ?? null),
    number('sampled_ratio_high', 'upper bound at 95 %', (row) => row.ratio?.high ?? null),
    {
      key: 'sampling_off',
      unit: 'count',
      doc: 'true where the bounds lie below 0.8 or above 1.25, with 30 samples had or expected: the sampling rate is not true',
      value: (row) => row.ratio?.off ?? null,
    },
    number('sampling_rate', '1 packet in so many is sampled, as the agent says', (row) => row.samplingRate),
    number('effective_rate', 'packets a received flow sample', (row) => row.effectiveRate),
    text('note', 'why counters are null', (row) => row.note),
  ]
}

type Direction = 'in' | 'out'
const directions = ['in', 'out'] as const

function rateColumns(of: Direction, wide: boolean): Column<ShownPort>[] {
  const title = of.toUpperCase()
  const bits: Column<ShownPort> = {
    ...number(
      `${of}_bits_per_s`,
      `${of === 'in' ? 'received' : 'sent'}, by octet counters`,
      (row) => row[of].bitsPerSecond,
    ),
    cell: right(`${title} b/s`, (row, style) => bitsOf(row, of, style)),
  }
  const used = number(`${of}_utilization`, 'of the speed, 0 to 1', (row) => row[of].utilization)
  const packets = number(`${of}_packets_per_s`, 'unicast, multicast and broadcast', (row) => row[of].packetsPerSecond)
  const util = right('UTIL', (row) => percent(row[of].utilization))
  const narrow = right('UTIL', (row) => percent(most(row)))
  return [
    bits,
    wide ? { ...used, cell: util } : of === 'out' ? { ...used, cell: narrow } : used,
    wide ? { ...packets, cell: right('PKT/s', (row, style) => compact(row[of].packetsPerSecond, style)) } : packets,
    number(`${of}_errors_per_s`, 'errors', (row) => row[of].errorsPerSecond),
    number(`${of}_discards_per_s`, 'discarded though without error', (row) => row[of].discardsPerSecond),
  ]
}

function totalColumns(of: Direction): Column<ShownPort>[] {
  return [
    number(`${of}_bytes`, 'octets in `seconds`', (row) => row[of].bytes),
    number(`${of}_packets`, 'null too where a counter of 32 bits may have wrapped unseen', (row) => row[of].packets),
    number(`${of}_errors`, 'errors', (row) => row[of].errors),
    number(`${of}_discards`, 'discards', (row) => row[of].discards),
  ]
}

function sampledColumns(of: Direction): Column<ShownPort>[] {
  return [
    number(
      `${of}_sampled_bits_per_s`,
      'by flow samples of the same seconds; without counters, of the window',
      (row) => row[of].sampledBitsPerSecond,
    ),
    number(`${of}_samples`, 'flow samples in it', (row) => row[of].samples),
    text(
      `${of}_sampled_by`,
      '`own`: at this port; `others`: seen by other ports on their way to it',
      (row) => row[of].sampledBy,
    ),
  ]
}

function number(key: string, doc: string, value: (row: ShownPort) => number | null): Column<ShownPort> {
  return { key, doc, unit: unitOf(key), value: (row) => rounded(value(row)) }
}

function unitOf(key: string): ConditionUnit {
  if (/_per_s$/.test(key)) return 'rate'
  if (/utilization$|_ratio(_low|_high)?$/.test(key)) return 'share'
  if (/_pct$/.test(key)) return 'percent'
  if (/_bytes$/.test(key)) return 'bytes'
  return /seconds$|_s$/.test(key) ? 'seconds' : 'count'
}

/** More digits than a rate can have are noise; counts are whole. */
function rounded(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(9))
}

function text(key: string, doc: string, value: (row: ShownPort) => string | null): Column<ShownPort> {
  return { key, doc, value }
}

type Show = (row: ShownPort, style: Style) => string

const left = (title: string, show: Show): Cell<ShownPort> => ({ title, align: 'left', text: show })
const right = (title: string, show: Show): Cell<ShownPort> => ({ title, align: 'right', text: show })

function sum(row: PortRow, of: 'errorsPerSecond' | 'discardsPerSecond'): number | null {
  const a = row.in[of]
  const b = row.out[of]
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

/** Of the speed, 0 to 1: by counters, and where there are none by samples, as bits a second are shown. */
export function usedOf({ speed, ...row }: PortRow, of: 'in' | 'out'): number | null {
  const { utilization, bitsPerSecond, sampledBitsPerSecond } = row[of]
  if (bitsPerSecond !== null || sampledBitsPerSecond === null || speed === null) return utilization
  return sampledBitsPerSecond / speed
}

/** The busier direction, by usedOf. */
export function mostUsed(row: PortRow): number | null {
  const a = usedOf(row, 'in')
  const b = usedOf(row, 'out')
  return a === null ? b : b === null ? a : Math.max(a, b)
}

/** The busier direction, by counters alone. */
export function most(row: PortRow): number | null {
  const a = row.in.utilization
  const b = row.out.utilization
  return a === null ? b : b === null ? a : Math.max(a, b)
}

function speedOf(row: ShownPort, style: Style): string {
  if (row.admin === 'down') return style.dim('off')
  if (row.oper === 'down') return style.bad('down')
  // Speeds are round: 10G, not 10.0G.
  return compact(row.speed, style).replace(/\.0+(?=\D|$)/, '')
}

/** Without counters, what samples say, marked as such. */
function bitsOf(row: ShownPort, of: Direction, style: Style): string {
  const { bitsPerSecond, sampledBitsPerSecond }: PortSide = row[of]
  if (bitsPerSecond !== null || sampledBitsPerSecond === null) return compact(bitsPerSecond, style)
  return `~${compact(sampledBitsPerSecond, style)}`
}

/** `12.1G` */
function compact(value: number | null, style: Style): string {
  return value === null ? '-' : style.si(value, '').replace(' ', '')
}

function percent(share: number | null): string {
  if (share === null) return '-'
  const value = share * 100
  return value === 0 ? '0%' : value < 1 ? '<1%' : `${value.toFixed(0)}%`
}

function trouble(rate: number | null, style: Style): string {
  if (rate === null) return '-'
  if (rate === 0) return '0'
  return style.bad(rate < 0.01 ? '<0.01' : compact(rate, style))
}

/** `0.99 ±3%`; a sign where it is off; nothing where the error is as large as the ratio. */
function ratioOf({ ratio }: ShownPort, style: Style): string {
  if (ratio === null) return '-'
  const value = ratio.value.toFixed(ratio.value < 9.995 ? 2 : ratio.value < 99.95 ? 1 : 0)
  if (ratio.off) return style.bad(`${value} ✗`)
  const { errorPct } = ratio
  if (errorPct === null || errorPct >= 99.5) return '-'
  return `${value}${style.dim(` ±${errorPct.toFixed(errorPct < 9.5 ? 1 : 0)}%`)}`
}

/**
 * Adds the names that are shown: both fit beside the other columns where that can be; ports, which differ at their ends, keep
 * more of what is long.
 * @param width of the terminal
 */
export function withNames(
  rows: readonly PortRow[],
  width: number,
): (PortRow & Pick<ShownPort, 'shownNode' | 'shownPort'>)[] {
  const nodes = shownNodes(rows.map((row) => row.node))
  const named = rows.map((row) => ({
    ...row,
    shownNode: nodes.get(row.node)!,
    shownPort: row.port ?? String(row.ifIndex),
  }))
  const longest = (of: 'shownNode' | 'shownPort'): number =>
    named.reduce((most, row) => Math.max(most, row[of].length), 4)
  const room = width - OTHERS[width >= WIDE ? 1 : 0]
  const node = longest('shownNode')
  const port = longest('shownPort')
  if (node + port <= room) return named
  const left = room - Math.min(node, Math.max(SHORTEST_NODE, room >> 1))
  const portRoom = Math.min(port, Math.max(SHORTEST_PORT, left))
  const nodeRoom = Math.max(SHORTEST_NODE, room - portRoom)
  return named.map((row) => ({
    ...row,
    shownNode: shorten(row.shownNode, nodeRoom),
    shownPort: shorten(row.shownPort, portRoom),
  }))
}
