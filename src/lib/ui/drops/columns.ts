// Owns the columns of the rows in the screen of `sonde drops`. See ../drops-screen.ts.

import { keyText } from '../../drops/columns.ts'
import type { DropGrouping } from '../../drops/groupings.ts'
import type { DropRow, DropsWindow } from '../../drops/snapshot.ts'
import { placeText, victimText } from '../../drops/texts.ts'
import { cellText, countCell, rateCell, sparkline, type TableColumn, truncateMiddle } from '../screen/screen.ts'

/** A row as it is shown. */
export interface ShownDrop {
  readonly row: DropRow
  readonly window: DropsWindow
  /** Names without domain where no other node has that label. */
  readonly nodes: ReadonlyMap<string, string>
}

/** What columns there are for. */
export interface Shape {
  readonly by: readonly DropGrouping[]
  /** Titles of the further keys. */
  readonly keys: readonly string[]
}

const perSecond = ({ row, window }: ShownDrop): number | null =>
  row.packets === null || !(window.seconds > 0) ? null : row.packets / window.seconds

export const whereText = ({ row, nodes }: ShownDrop): string =>
  row.place === null ? '-' : placeText(row.place, nodes.get(row.place.node) ?? row.place.node)

const groupings: Readonly<Record<DropGrouping, TableColumn<ShownDrop>>> = {
  reason: {
    title: 'REASON',
    min: 12,
    max: 20,
    priority: 0,
    names: true,
    cell: ({ row }, width) => truncateMiddle(cellText(row.reason?.name ?? '-'), width),
    paint: (_, { bad }) => bad,
    sort: ({ row }) => row.reason?.name ?? null,
  },
  place: {
    title: 'WHERE',
    min: 12,
    max: 22,
    priority: 1,
    names: true,
    cell: (shown, width) => truncateMiddle(cellText(whereText(shown)), width),
    paint: ({ row }, { doubtful }) => (row.place?.isKnown === false ? doubtful : undefined),
    sort: (shown) => whereText(shown),
  },
  victim: {
    title: 'WHOSE',
    min: 28,
    max: 60,
    priority: 2,
    names: true,
    cell: ({ row }, width) => truncateMiddle(cellText(row.victim === null ? '-' : victimText(row.victim)), width),
    sort: ({ row }) => (row.victim === null ? null : victimText(row.victim)),
  },
}

/** Least widths of all three groupings fill 80 columns. */
export function dropTableColumns({ by, keys }: Shape): readonly TableColumn<ShownDrop>[] {
  return [
    {
      title: 'DROPS/S',
      min: 7,
      priority: 0,
      align: 'right',
      cell: (shown) => `${shown.row.by === 'sampled' ? '~' : ''}${rateCell(perSecond(shown))}`,
      sort: perSecond,
    },
    {
      title: 'DROPS',
      min: 6,
      max: 9,
      priority: 4,
      align: 'right',
      cell: ({ row }, width) =>
        `${row.by === 'sampled' ? '~' : ''}${countCell(row.packets === null ? null : Math.round(row.packets), width - 1)}`,
      sort: ({ row }) => row.packets,
    },
    ...by.map((one) => groupings[one]),
    ...keys.map(
      (title, i): TableColumn<ShownDrop> => ({
        title: /[:[\]]/.test(title) ? title : title.toUpperCase(),
        min: Math.min(12, Math.max(6, title.length)),
        max: 30,
        priority: 1,
        names: true,
        cell: ({ row }, width) => truncateMiddle(cellText(keyText(row.keys[i])), width),
      }),
    ),
    {
      title: 'OVER TIME',
      min: 10,
      max: 20,
      priority: 3,
      cell: ({ row }, width) => (row.timeline === null ? '' : sparkline(coarse(row.timeline, width), width)),
    },
  ]
}

/** Neighbours together, from the newest back, so that all fit. */
function coarse(values: readonly number[], width: number): number[] {
  const each = Math.max(1, Math.ceil(values.length / width))
  const sums: number[] = []
  for (let end = values.length; end > 0; end -= each) {
    sums.unshift(values.slice(Math.max(0, end - each), end).reduce((a, b) => a + b, 0))
  }
  return sums
}

export const dropHelp: readonly string[] = [
  'A row is the packets that were dropped for one reason, at one place, of one victim; b changes what makes a row.',
  'WHERE: → the packet was to leave by that port; else it came in by it. ?: the agent does not tell of this port otherwise, as of other network namespaces.',
  'WHOSE: source, destination with the well-known one of both ports, protocol, DSCP where it is not 0.',
  '~: an estimate by flow samples whose output is a discard. All others are told one by one (0:5).',
  '(not told): dropped, and not told because of the agent’s own limit, or lost on the way; no reason is known of them.',
]
