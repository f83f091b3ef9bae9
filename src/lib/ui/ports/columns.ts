// Owns the columns of the ports in the screen of `sonde ports`. See ../ports-screen.ts.

import type { PortRow, PortSide } from '../../port-rates/port-row.ts'
import { mostUsed, usedOf } from '../../ports/columns.ts'
import type { PortSort } from '../../ports/snapshot.ts'
import { shorten } from '../../topo/shown-names.ts'

import { blockBar, cellText, rateCell, type TableColumn } from '../screen/screen.ts'

/** A row as it is shown. */
export interface ShownPort {
  readonly port: PortRow
  /** The node's name without domain where no other node has that label; not made safe for a terminal. */
  readonly node: string
}

/** A column, and what the engine ranks by where rows are sorted by it. */
export interface PortColumn extends TableColumn<ShownPort> {
  readonly ranks?: PortSort
}

/** Numbers in a name count as numbers: Ethernet9 is before Ethernet10. */
export const inOrder = (text: string) => text.replace(/\d+/g, (digits) => digits.padStart(10, '0'))

/** Bits a second by counters; by samples, with a mark, where there are no counters. */
export function bitsCell({ bitsPerSecond, sampledBitsPerSecond }: PortSide): string {
  if (bitsPerSecond !== null || sampledBitsPerSecond === null) return rateCell(bitsPerSecond)
  return `~${rateCell(sampledBitsPerSecond)}`
}

/** `3%`; something that is not zero never reads `0%`. */
export function percentCell(share: number | null): string {
  if (share === null) return '-'
  const percent = share * 100
  return percent === 0 ? '0%' : percent < 1 ? '<1%' : `${percent.toFixed(0)}%`
}

/** `3%`, by samples `~3%`. */
export function usedCell(port: PortRow, of: 'in' | 'out'): string {
  const share = usedOf(port, of)
  const bySamples = share !== null && port[of].utilization === null
  return `${bySamples ? '~' : ''}${percentCell(share)}`
}

/** `0.99`, `0.99 ±3%`, `0.51 ✗`, `0.51 ✗ sampling rate?`: the mark is never cut. */
export function ratioCell({ ratio }: PortRow, width: number): string {
  if (ratio === null) return '-'
  const digits = ratio.value < 9.995 ? 2 : ratio.value < 99.95 ? 1 : 0
  const value = ratio.value.toFixed(digits)
  if (ratio.off) return width >= value.length + 17 ? `${value} ✗ sampling rate?` : `${value} ✗`
  // An error as large as the ratio says nothing.
  if (ratio.errorPct === null || ratio.errorPct >= 99.5) return '-'
  const whole = `${value} ±${ratio.errorPct < 9.5 ? ratio.errorPct.toFixed(1) : ratio.errorPct.toFixed(0)}%`
  return whole.length <= width ? whole : value
}

/** Both directions; unknown only where both are. */
export function both(
  { port }: ShownPort,
  of: 'errorsPerSecond' | 'discardsPerSecond' | 'packetsPerSecond',
): number | null {
  const [a, b] = [port.in[of], port.out[of]]
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

/** `400G`, `2.5G` */
export function speedCell(speed: number | null): string {
  return rateCell(speed).replace(/\.0+(?=\D|$)|(\.\d*[1-9])0+(?=\D|$)/, '$1')
}

/** `up`, `down`, `off` where it is down on purpose; `-`. */
export function stateCell({ admin, oper }: PortRow): string {
  return admin === 'down' ? 'off' : (oper ?? '-')
}

/** How far a ratio is from 1, either way; those that are off come first. As the engine ranks. */
const ratioRank = ({ ratio }: PortRow) =>
  ratio === null ? null : Math.abs(Math.log(Math.max(ratio.value, 1e-9))) + (ratio.off ? 1e3 : 0)

/** From here on a bar is doubtful: above it queues fill (RFC 7567 speaks of standing queues well below 100 %). */
const busy = 0.9

const bits = (title: string, of: 'in' | 'out'): PortColumn => ({
  title,
  min: title.length,
  max: 7,
  priority: 2,
  align: 'right',
  cell: ({ port }) => bitsCell(port[of]),
  sort: ({ port }) => port[of].bitsPerSecond ?? port[of].sampledBitsPerSecond,
  ranks: of,
})

const used = (title: string, of: 'in' | 'out'): PortColumn => ({
  title,
  min: 5,
  priority: 6,
  align: 'right',
  cell: ({ port }) => usedCell(port, of),
  paint: ({ port }, { doubtful }) => ((usedOf(port, of) ?? 0) >= busy ? doubtful : undefined),
  sort: ({ port }) => usedOf(port, of),
  ranks: 'utilization',
})

const trouble = (
  title: string,
  min: number,
  priority: number,
  of: 'errorsPerSecond' | 'discardsPerSecond',
): PortColumn => ({
  title,
  min,
  max: 7,
  priority,
  align: 'right',
  cell: (row) => rateCell(both(row, of)),
  paint: (row, { bad }) => ((both(row, of) ?? 0) > 0 ? bad : undefined),
  sort: (row) => both(row, of),
  ranks: of === 'errorsPerSecond' ? 'errors' : 'discards',
})

/** Least widths fill 80 columns; 60 have names, bits, utilisation, errors and discards. */
export const portTableColumns: readonly PortColumn[] = [
  {
    title: 'NODE',
    min: 8,
    max: 24,
    priority: 0,
    cell: ({ node }, width) => shorten(cellText(node), width),
    sort: ({ port, node }) => `${inOrder(node)} ${inOrder(port.port ?? String(port.ifIndex))}`,
    ranks: 'name',
  },
  {
    title: 'PORT',
    min: 10,
    max: 24,
    priority: 1,
    cell: ({ port }, width) => shorten(cellText(port.port ?? String(port.ifIndex)), width),
  },
  {
    title: 'SPEED',
    min: 5,
    priority: 7,
    align: 'right',
    cell: ({ port }) => speedCell(port.speed),
    sort: ({ port }) => port.speed,
  },
  {
    title: 'STATE',
    min: 5,
    priority: 8,
    cell: ({ port }) => stateCell(port),
    paint: ({ port }, { doubtful, dim }) => (port.admin === 'down' ? dim : port.oper === 'down' ? doubtful : undefined),
    sort: ({ port }) => stateCell(port),
  },
  {
    title: 'UTIL',
    min: 5,
    max: 24,
    priority: 1,
    cell: ({ port }, width) => blockBar(mostUsed(port), width),
    paint: ({ port }, { doubtful }) => ((mostUsed(port) ?? 0) >= busy ? doubtful : undefined),
    sort: ({ port }) => mostUsed(port),
    ranks: 'utilization',
  },
  bits('IN b/s', 'in'),
  used('IN %', 'in'),
  bits('OUT b/s', 'out'),
  used('OUT %', 'out'),
  trouble('ERR/s', 5, 3, 'errorsPerSecond'),
  trouble('DISC/s', 6, 4, 'discardsPerSecond'),
  {
    title: 'PKT/s',
    min: 6,
    max: 7,
    priority: 9,
    align: 'right',
    cell: (row) => rateCell(both(row, 'packetsPerSecond')),
    sort: (row) => both(row, 'packetsPerSecond'),
    ranks: 'packets',
  },
  {
    title: 'SAMPLED',
    min: 7,
    max: 22,
    priority: 5,
    cell: ({ port }, width) => ratioCell(port, width),
    paint: ({ port }, { bad }) => (port.ratio?.off === true ? bad : undefined),
    sort: ({ port }) => ratioRank(port),
    ranks: 'ratio',
  },
]

export const portHelp: readonly string[] = [
  'UTIL: the busier direction, of the speed of the port. IN %, OUT %: each. Yellow from 90 % on.',
  'IN, OUT b/s: by octet counters, seen from the switch. ~: by flow samples, where an agent sends no counters; UTIL and % then too.',
  'ERR/s, DISC/s, PKT/s: both directions.',
  'SAMPLED: what flow samples say, divided by what counters say, of the same packets: 1 where the sampling rate is true. ✗: off by more than chance explains.',
  'STATE: down is down though it should be up; off is down on purpose.',
]
