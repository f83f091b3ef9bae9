// Owns the list of packets of the screen of `sonde trace`: which are in sight, which is selected, their columns. Unlike a Table
// (../screen/table.ts) it follows what is new at its end, and what is in sight stays there while packets come. See ../trace-screen.ts.

import type { Colours } from '../colour.ts'
import { formatCount } from '../numbers.ts'
import { type Area, cellText, fitSlots, fitText, type TableColumn } from '../screen/screen.ts'
import { formatLocalClock, formatUtcTime } from '../times.ts'
import { endText, netnsText, packetCell, stepSpan, type TraceRow } from './row.ts'

/** Orders of the list: as packets were first seen, the newest last; else those with most first. */
export const packetOrders = ['first seen', 'longest time', 'most steps', 'largest'] as const
export type PacketOrder = (typeof packetOrders)[number]

const ranks: Readonly<Record<Exclude<PacketOrder, 'first seen'>, (row: TraceRow) => number>> = {
  'longest time': ({ spanNs }) => spanNs,
  'most steps': ({ count, leftOut }) => count + leftOut,
  largest: ({ first }) => first.length,
}

/** Which column has the mark of the order. */
const orderTitles: Readonly<Record<PacketOrder, string>> = {
  'first seen': 'TIME',
  'longest time': 'TOOK',
  'most steps': 'STEPS',
  largest: 'LEN',
}

const NS = 1_000_000_000n

/** Time of day with microseconds; the screen cuts it to its column. */
export function clockText(time: bigint, utc: boolean): string {
  const [seconds, nanoseconds] = [Number(time / NS), Number(time % NS)]
  return utc ? formatUtcTime(seconds, nanoseconds).slice(11, 26) : formatLocalClock(seconds, nanoseconds)
}

/** `09:12:44.120` */
const CLOCK = 12

type PacketColumn = Omit<TableColumn<TraceRow>, 'sort' | 'names'>

/** Least widths of all but LEN, NETNS and IFACE fill 80 columns. */
const packetColumns = (utc: boolean): readonly PacketColumn[] => [
  {
    title: 'TIME',
    min: CLOCK,
    max: 15,
    priority: 3,
    // The last letter must be a digit, not the sign of a cut.
    cell: ({ first }, width) => clockText(first.time, utc).slice(0, Math.max(CLOCK, width)),
    paint: (_, { dim }) => dim,
  },
  { title: 'PACKET', min: 32, max: 64, priority: 0, cell: packetCell },
  {
    title: 'LEN',
    min: 5,
    max: 6,
    priority: 5,
    align: 'right',
    cell: ({ first }) => String(first.length),
  },
  {
    title: 'STEPS',
    min: 5,
    priority: 2,
    align: 'right',
    cell: ({ count, leftOut }) => String(count + leftOut),
  },
  { title: 'TOOK', min: 7, priority: 4, align: 'right', cell: ({ spanNs }) => stepSpan(spanNs) },
  {
    title: 'CAME TO',
    min: 18,
    max: 34,
    priority: 1,
    cell: endText,
    paint: ({ drop }, { bad }) => (drop === undefined ? undefined : bad),
  },
  { title: 'NETNS', min: 10, max: 14, priority: 6, cell: ({ last }) => netnsText(last) },
  { title: 'IFACE', min: 8, max: 15, priority: 7, cell: ({ last }) => cellText(last.interfaceName || '-') },
]

/** The list. Its rows are known by the ids of their packets. */
export class PacketList {
  readonly #columns: readonly PacketColumn[]
  order: PacketOrder = 'first seen'
  #isLive = true
  #rows: readonly TraceRow[] = []
  /** Packet that was chosen; undefined: the newest, or the first of a recording and of another order. */
  #chosen: number | undefined
  #at = 0
  #top = 0
  /** The packet in the first line in sight, which stays there while the list follows nothing. */
  #topId: number | undefined
  #height = 1

  /** @param utc times of day in UTC */
  constructor(utc: boolean) {
    this.#columns = packetColumns(utc)
  }

  get selected(): TraceRow | undefined {
    return this.#rows[this.#at]
  }

  /** Whether it goes to the newest packet by itself. */
  get follows(): boolean {
    return this.#isLive && this.order === 'first seen' && this.#chosen === undefined
  }

  /** @param rows as packets were first seen @param isLive more of them come: it follows the newest until one is chosen */
  take(rows: readonly TraceRow[], isLive: boolean): void {
    this.#isLive = isLive
    this.#rows = this.order === 'first seen' ? rows : rows.toSorted(byMost(ranks[this.order]))
    this.#find()
  }

  /** The next order; the list begins anew. @param rows as take */
  nextOrder(rows: readonly TraceRow[]): void {
    this.order = packetOrders[(packetOrders.indexOf(this.order) + 1) % packetOrders.length]!
    this.#chosen = undefined
    this.#topId = undefined
    this.#top = 0
    this.take(rows, this.#isLive)
  }

  /** Where the selected packet and the first one in sight are now. Those that are gone hand over to the ones at their places. */
  #find(): void {
    const rows = this.#rows
    if (this.#chosen === undefined) {
      this.#at = this.follows ? Math.max(0, rows.length - 1) : 0
      return
    }
    const top = this.order === 'first seen' ? rows.findIndex(({ id }) => id >= this.#topId!) : -1
    if (top >= 0) this.#top = top
    const at = rows.findIndex(({ id }) => id === this.#chosen)
    if (at >= 0) this.#at = at
    else {
      const next = this.order === 'first seen' ? rows.findIndex(({ id }) => id > this.#chosen!) : this.#at
      this.#choose(next < 0 ? rows.length - 1 : next)
    }
  }

  #choose(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#rows.length - 1))
    this.#chosen = this.#rows[this.#at]?.id
  }

  /** @returns whether the key is one of the list's: arrows, page up and down, home, end */
  press(key: string): boolean {
    if (key === 'up') this.#choose(this.#at - 1)
    else if (key === 'down') this.#choose(this.#at + 1)
    else if (key === 'pageup') this.#choose(this.#at - this.#height)
    else if (key === 'pagedown') this.#choose(this.#at + this.#height)
    else if (key === 'home') this.#choose(0)
    else if (key === 'end') {
      this.#choose(this.#rows.length - 1)
      if (this.#isLive && this.order === 'first seen') this.#chosen = undefined
    } else return false
    return true
  }

  /** A header and rows: `area.rows` lines at most. */
  draw({ columns, rows, colours }: Area): string[] {
    const { widths, gap } = fitSlots(this.#columns, columns - 1)
    const count = this.#rows.length
    this.#height = Math.max(1, rows - 1)
    if (this.#at < this.#top) this.#top = this.#at
    if (this.#at >= this.#top + this.#height) this.#top = this.#at - this.#height + 1
    this.#top = Math.max(0, Math.min(this.#top, count - this.#height))
    this.#topId = this.#rows[this.#top]?.id
    const lines = [colours.strong(this.#header(widths, gap))]
    const end = Math.min(this.#top + this.#height, count)
    for (let at = this.#top; at < end; at++) lines.push(this.#row(at, widths, gap, colours))
    return lines
  }

  /** Which packets are in sight, of those of the last frame. */
  get where(): string {
    const count = this.#rows.length
    const end = Math.min(this.#top + this.#height, count)
    const shown =
      count <= this.#height
        ? `${formatCount(count)} packet${count === 1 ? '' : 's'}`
        : `${formatCount(this.#top + 1)}–${formatCount(end)} of ${formatCount(count)}`
    if (this.order !== 'first seen') return `${shown} · ${this.order} first`
    if (!this.#isLive) return shown
    return this.follows ? `${shown} · follows the newest` : `${shown} · End: the newest`
  }

  #header(widths: readonly number[], gap: number): string {
    const sorted = orderTitles[this.order]
    const titles = this.#columns.flatMap(({ title, align }, at) => {
      const width = widths[at]!
      if (width === 0) return []
      if (title !== sorted) return [fitText(title, width, align)]
      return [align === 'right' ? fitText(`▾${title}`, width, align) : fitText(`${title}▾`, width)]
    })
    return ` ${titles.join(' '.repeat(gap))}`
  }

  #row(at: number, widths: readonly number[], gap: number, colours: Colours): string {
    const row = this.#rows[at]!
    const isSelected = at === this.#at
    const cells = this.#columns.flatMap((column, n) => {
      const width = widths[n]!
      if (width === 0) return []
      const text = fitText(column.cell(row, width), width, column.align)
      const own = column.paint?.(row, colours)
      const paint = isSelected && own !== colours.bad ? colours.accent : own
      return [paint === undefined ? text : paint(text)]
    })
    return `${isSelected ? colours.accent('▸') : ' '}${cells.join(' '.repeat(gap))}`
  }
}

const byMost = (rank: (row: TraceRow) => number) => (a: TraceRow, b: TraceRow) => rank(b) - rank(a) || a.id - b.id
