// Owns what the twelve charts of `sonde ai-metrics` show: their lines, the text of a value, and why there is none. Knows no place
// on the screen. See ../ai-metrics-screen.ts. Start at panels.

import { periodReason } from '../../ai-metrics/period-reason.ts'
import type { AiSnapshot, AiTrend, TrendErrorKey, TrendKey } from '../../ai-metrics/snapshot.ts'
import { trendErrorKeys } from '../../ai-metrics/snapshot.ts'
import { OTHER_KINDS } from '../../ai-metrics/trend.ts'
import { type AiPanelTitle, type AiUnit, aiPanels } from '../../metrics/ai-metric-names.ts'
import type { Colours } from '../colour.ts'
import { formatIec, formatSi } from '../numbers.ts'
import { cellText, type Paint, rateCell } from '../screen/screen.ts'

/** One line of a chart. */
export interface PanelLine {
  /** Safe for a terminal; empty where the chart's title says it all. */
  readonly label: string
  /** By point of the trend. */
  readonly values: readonly (number | null)[]
  /** ± of a value, with its unit: `2.4 %`; undefined where it has none. */
  readonly error?: (at: number) => string | undefined
  /** The value is a lower bound. */
  readonly isLeast?: (at: number) => boolean
}

export interface Panel {
  readonly title: AiPanelTitle
  readonly doc: string
  /** Of the axis. */
  readonly unit: string
  /** With its unit, as long as there is room. */
  readonly text: (value: number) => string
  /** In 6 characters at most. */
  readonly short: (value: number) => string
  /** The first is the one that matters most. */
  readonly lines: (trend: AiTrend) => readonly PanelLine[]
  /** Anything above 0 is bad. */
  readonly isTrouble: boolean
  /** Why there is no value at all. */
  readonly without: (snapshot: AiSnapshot) => string
}

const units: Readonly<Record<AiUnit, string>> = { bps: 'b/s', pps: 'pkt/s', ops: 'op/s', bytes: 'B', s: 's', none: '' }

const noRoce = ({ window }: AiSnapshot): string =>
  window === null || window.counted === 0 ? 'no flow samples' : 'no RoCE in the samples'

const noLinks = (what: string) => (s: AiSnapshot) => (s.hasTopology ? `no ${what} in the samples` : 'needs --topology')

const noCounters = (): string => 'no interface counters yet: every 20 or 30 s'

const noPeriod = (s: AiSnapshot): string => {
  const roceSamples = s.window?.roceSamples ?? 0
  if (s.period === null && roceSamples === 0) return noRoce(s)
  return `none: ${periodReason(s.period, roceSamples) ?? 'the newest window has one'}`
}

const percentText = (pct: number | null | undefined) =>
  pct === null || pct === undefined || pct === 0 ? undefined : `${pct >= 9.95 ? pct.toFixed(0) : pct.toFixed(1)} %`

const secondsText = (value: number) => `${value < 10 ? value.toFixed(3) : value.toFixed(1)} s`

/** A line of one of the keys, with its error where it has one. */
function lineOf(key: TrendKey, label: string): (trend: AiTrend) => PanelLine {
  const errorKey = (trendErrorKeys as readonly string[]).includes(key) ? (key as TrendErrorKey) : undefined
  const isBound = key === 'ecn_pps' || key === 'trim_pps'
  return (trend) => ({
    label,
    values: trend.values[key],
    ...(errorKey !== undefined && { error: (at: number) => percentText(trend.errors[errorKey][at]) }),
    ...(isBound && { isLeast: (at: number) => trend.ceComplete[at] === false }),
  })
}

const linesOf = (...made: readonly ((trend: AiTrend) => PanelLine)[]) => ({
  lines: (trend: AiTrend) => made.map((make) => make(trend)),
})

const five = (name: 'core' | 'edge') =>
  linesOf(
    lineOf(`${name}_max_bps`, 'max'),
    lineOf(`${name}_q3_bps`, 'q3'),
    lineOf(`${name}_med_bps`, 'med'),
    lineOf(`${name}_q1_bps`, 'q1'),
    lineOf(`${name}_min_bps`, 'min'),
  )

/** The first have a line of their own, as many as can be told apart; the others are one. */
const MOST_LINES = 4

/** `RC RDMA WRITE First` is `RC WRITE First` where there is little room. */
const kindLabel = (name: string) => cellText(name.replace('RDMA ', ''))

function kindLines(kinds: ReadonlyMap<string, readonly (number | null)[]>): PanelLine[] {
  const named = [...kinds].filter(([name]) => name !== OTHER_KINDS)
  const rest = named.slice(MOST_LINES - 1)
  const others = kinds.get(OTHER_KINDS)
  const isWhole = rest.length === 0 || (rest.length === 1 && others === undefined)
  const shown = isWhole ? named : named.slice(0, MOST_LINES - 1)
  const lines: PanelLine[] = shown.map(([name, values]) => ({ label: kindLabel(name), values }))
  const lists = isWhole ? [others] : [...rest.map(([, values]) => values), others]
  const left = lists.filter((list) => list !== undefined)
  if (left.length > 0) {
    const sum = left[0]!.map((first, at) =>
      first === null ? null : left.reduce((all, list) => all + (list[at] ?? 0), 0),
    )
    lines.push({ label: OTHER_KINDS, values: sum })
  }
  return lines
}

const specific: Readonly<Record<AiPanelTitle, Pick<Panel, 'lines' | 'without'> & Partial<Panel>>> = {
  'Total Traffic': {
    ...linesOf(lineOf('bps', '')),
    without: () => 'no flow samples',
  },
  Operations: { lines: ({ operations }) => kindLines(operations), without: noRoce },
  'Core Link Traffic': { ...five('core'), without: noLinks('core link') },
  'Edge Link Traffic': { ...five('edge'), without: noLinks('edge port') },
  'RDMA Operations': { ...linesOf(lineOf('rdma_ops', '')), without: noRoce },
  'RDMA Bytes': {
    ...linesOf(lineOf('rdma_bytes', '')),
    text: (value) => `${formatIec(value)}/op`,
    short: (value) => formatIec(value).replace(' ', ''),
    without: (s) => (s.window !== null && s.window.roceSamples > 0 ? 'no RDMA operation in the samples' : noRoce(s)),
  },
  Credits: {
    short: (value) => formatSi(value, '').replace(' ', ''),
    ...linesOf(lineOf('aeth_credits_avg', 'avg'), lineOf('aeth_credits_min', 'min'), lineOf('aeth_credits_max', 'max')),
    without: (s) =>
      s.window !== null && s.window.credits.withoutCount !== null
        ? 'acknowledgements have no valid count (code 31)'
        : s.window !== null && s.window.roceSamples > 0
          ? 'no acknowledgement in the samples'
          : noRoce(s),
  },
  Period: {
    lines: ({ values, periodErrors }) => [
      {
        label: '',
        values: values.period,
        error: (at) => {
          const error = periodErrors[at]
          return error === null || error === undefined ? undefined : secondsText(error)
        },
      },
    ],
    text: secondsText,
    short: secondsText,
    without: noPeriod,
  },
  Congestion: {
    ...linesOf(lineOf('ecn_pps', 'ECN'), lineOf('cnp_pps', 'CNP'), lineOf('trim_pps', 'trimmed')),
    without: noRoce,
  },
  Errors: { ...linesOf(lineOf('errors_in', 'in'), lineOf('errors_out', 'out')), isTrouble: true, without: noCounters },
  Discards: {
    ...linesOf(lineOf('discards_in', 'in'), lineOf('discards_out', 'out')),
    isTrouble: true,
    without: noCounters,
  },
  'Drop Reasons': {
    lines: ({ drops }) => kindLines(drops),
    isTrouble: true,
    without: ({ window }) => (window?.drops === null ? 'no switch tells of dropped packets' : 'none dropped'),
  },
}

/** In the order of the reference: three in a row. */
export const panels: readonly Panel[] = aiPanels.map(({ title, unit, doc }) => ({
  title,
  doc,
  unit: units[unit],
  text: (value) => formatSi(value, units[unit]),
  short: rateCell,
  isTrouble: false,
  ...specific[title],
}))

/** `≥ 984 pkt/s ± 8.0 %`; `-` for unknown. @param text of a value */
export function valueText(line: PanelLine, at: number, text: (value: number) => string, withError: boolean): string {
  const value = line.values[at] ?? null
  if (value === null) return '-'
  const least = line.isLeast?.(at) === true ? '≥ ' : ''
  if (value === 0) return `${least}0`
  const error = withError ? line.error?.(at) : undefined
  return `${least}${text(value)}${error === undefined ? '' : ` ± ${error}`}`
}

/** Colours tell trouble; the first line of others stands out. */
export function paintOf(panel: Panel, line: number, colours: Colours): Paint | undefined {
  if (panel.isTrouble) return colours.bad
  return line === 0 ? colours.accent : undefined
}

/** Whether any point of any line is known. */
export const hasValues = (lines: readonly PanelLine[]): boolean =>
  lines.some(({ values }) => values.some((value) => value !== null))
