// Owns the columns of the rows in the screen of `sonde period`. See ../period-screen.ts.

import type { CycleRow } from '../../cycles/snapshot.ts'
import { chanceText, periodText } from '../../period/period-text.ts'
import { formatPercent, formatSi } from '../numbers.ts'
import { cellText, countCell, rateCell, type TableColumn, truncateMiddle } from '../screen/screen.ts'
import { truncate } from '../width.ts'
import { profileLine } from './profile.ts'

/** A row as it is shown. */
export interface ShownCycle {
  readonly row: CycleRow
  /** Its place as the engine has them: jobs by number. */
  readonly at: number
  /** Turned so that it stands still; undefined without a period. */
  readonly profile: readonly number[] | undefined
}

/** `0.697` and `0.001` of `0.697 s ± 0.001`. */
function halves({ periodSeconds, errorSeconds }: CycleRow): readonly [string, string] {
  if (periodSeconds === null) return ['-', '-']
  const [value, error = '-'] = periodText(periodSeconds, errorSeconds).split(' ± ')
  return [value!, error]
}

/** Least widths without the shape fill 80 columns. */
export function cycleColumns(isByJob: boolean): readonly TableColumn<ShownCycle>[] {
  return [
    {
      title: isByJob ? 'JOB' : 'GROUP',
      min: isByJob ? 7 : 13,
      max: isByJob ? 12 : 30,
      priority: 0,
      names: true,
      cell: ({ row }, width) => truncateMiddle(cellText(row.name), width),
      sort: ({ row, at }) => (isByJob ? -at : row.name),
    },
    ...(isByJob ? [hosts] : []),
    {
      title: 'PERIOD',
      min: 10,
      priority: 0,
      align: 'right',
      cell: ({ row }) => halves(row)[0],
      paint: ({ row }, { dim }) => (row.periodSeconds === null ? dim : undefined),
      sort: ({ row }) => row.periodSeconds,
    },
    {
      title: '±',
      min: 8,
      priority: 1,
      align: 'right',
      cell: ({ row }) => halves(row)[1],
      sort: ({ row }) => row.errorSeconds,
    },
    {
      title: 'P',
      min: 6,
      priority: 1,
      align: 'right',
      cell: ({ row }) =>
        row.p === null
          ? '-'
          : chanceText(row.p)
              .replace(/^p (?:= )?/, '')
              .replace('< ', '<'),
      paint: ({ row }, { doubtful }) =>
        row.periodSeconds === null ? undefined : row.p !== null && row.p > 1e-4 ? doubtful : undefined,
      sort: ({ row }) => row.p,
    },
    {
      title: 'BUSY',
      min: 5,
      priority: 3,
      align: 'right',
      cell: ({ row }) => (row.dutyCycle === null ? '-' : formatPercent(row.dutyCycle)),
      sort: ({ row }) => row.dutyCycle,
    },
    {
      title: 'BURSTS',
      min: 6,
      priority: 6,
      align: 'right',
      cell: ({ row }) => (row.burstsPerStep === null ? '-' : String(row.burstsPerStep)),
      sort: ({ row }) => row.burstsPerStep,
    },
    {
      title: 'B/STEP',
      min: 7,
      priority: 5,
      align: 'right',
      cell: ({ row }) => (row.bytesPerStep === null ? '-' : formatSi(row.bytesPerStep, '').replace(' ', '')),
      sort: ({ row }) => row.bytesPerStep,
    },
    {
      title: 'NOW/S',
      min: 5,
      priority: 7,
      align: 'right',
      cell: ({ row }) => rateCell(row.perSecond),
      sort: ({ row }) => row.perSecond,
    },
    {
      title: 'SAMPLES',
      min: 7,
      max: 9,
      priority: 4,
      align: 'right',
      cell: ({ row }, width) => countCell(row.allSamples, width),
      sort: ({ row }) => row.allSamples,
    },
    {
      title: 'FOLDED, OR WHY NOT',
      min: 16,
      max: 60,
      priority: 2,
      cell: ({ row, profile }, width) =>
        profile === undefined ? truncate(cellText(row.reason ?? ''), width) : profileLine(profile, width),
      paint: ({ row }, { dim }) => (row.periodSeconds === null ? dim : undefined),
    },
  ]
}

const hosts: TableColumn<ShownCycle> = {
  title: 'HOSTS',
  min: 5,
  priority: 3,
  align: 'right',
  cell: ({ row }) => (row.hosts === null ? '-' : countCell(row.hosts.length, 5)),
  sort: ({ row }) => row.hosts?.length ?? null,
}

export const cycleHelp: readonly string[] = [
  'A row is a job (hosts that talk to each other), or a group of traffic by keys; b changes what makes a row.',
  'PERIOD: length of a training step; ±: 95 % of such answers hold the true one. P: the chance of as much where there is no cycle, <1e-6 is next to none.',
  'BUSY: share of the step in which traffic comes, in so many BURSTS. B/STEP: bytes of a step.',
  'FOLDED: when in a step traffic comes, all steps of the window laid over each other; it begins anywhere in the step. Without a period: why there is none.',
  'last to end: the port whose bursts end last, step after step, against the median of the others. It is told only where the lag is above its error; ports of several agents are compared only where samples tell when they were taken (0:1043).',
  'Chart in steps of 100 ms: Value is packets a second over 0.1 s, Average their mean of 20 s, Threshold what sFlow-RT would find the period by. With method h the period rests on none of them, but on the times of samples.',
]
