// Owns the page of packets a second in steps of 100 ms in the screen of `sonde ai-metrics`: what the period is found in. See
// ../ai-metrics-screen.ts.

import type { AiSnapshot } from '../../ai-metrics/snapshot.ts'
import { TREND_STEP_MS, TREND_STEPS } from '../../period/period.ts'
import { formatSi } from '../numbers.ts'
import { type Answer, type Area, lineChart, type Page, wrapText } from '../screen/screen.ts'
import { headLines } from './lines.ts'

export class FastPage implements Page<AiSnapshot> {
  readonly hints = []
  readonly help: readonly string[] = [
    'Value: RoCE packets a second that enter the fabric, smoothed over 0.1 s. Threshold: what it has to rise above for a cycle to be counted, after 0.2 s below. Average: mean of the load of the last 20 s.',
    'The time between two crossings is one interval; the period is the mean of the last 20, if they differ little enough: standard deviation below half of the mean.',
  ]
  #snapshot: AiSnapshot | undefined

  take(snapshot: AiSnapshot): void {
    this.#snapshot = snapshot
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const { colours, columns } = area
    const newest = { at: s.trend.times.length - 1, isSet: false, panel: 0 }
    const head = [...headLines(s, newest, area), '', ` ${colours.strong('Periodicity')}  ${periodText(s)}`]
    if (s.fast === null || s.fast.value.length === 0) return [...head, '', ' No RoCE packets yet.']
    const { value, threshold, average, endMs } = s.fast
    const below = stateText(s).flatMap((text) => wrapText(text, columns - 2, 2).map((line) => colours.dim(` ${line}`)))
    const chart = lineChart(
      {
        series: [
          { label: 'Value', values: value, paint: colours.accent },
          { label: 'Threshold', values: threshold },
          { label: 'Average', values: average },
        ],
        stepMs: TREND_STEP_MS,
        endMs,
        spanMs: TREND_STEPS * TREND_STEP_MS,
        unit: 'pkt/s',
      },
      { ...area, rows: Math.max(1, area.rows - head.length - below.length - 2) },
    )
    return [...head, '', ...chart, '', ...below].slice(0, area.rows)
  }

  press(): Answer<AiSnapshot> {
    return undefined
  }
}

function periodText({ period }: AiSnapshot): string {
  if (period === null || period.periodSeconds === null) return 'no period'
  const { periodSeconds, errorSeconds, cycles } = period
  const error = errorSeconds === null ? '' : ` ± ${errorSeconds.toFixed(3)}`
  return `period ${periodSeconds.toFixed(3)} s${error}, of the last ${cycles} cycles`
}

function stateText({ period }: AiSnapshot): string[] {
  const { load, intervals } = period?.baselines ?? { load: null, intervals: null }
  const rate = (value: number) => formatSi(value, 'pkt/s')
  return [
    load === null
      ? 'Load: learning, 20 s; a change of the load begins it anew.'
      : `Load: mean ${rate(load.mean)}, standard deviation ${rate(load.sdev)}, ${rate(load.min)} to ${rate(load.max)}.`,
    intervals === null
      ? `Intervals: learning, ${period?.cycles ?? 0} of 20.`
      : `Intervals: mean ${intervals.mean.toFixed(0)} ms, standard deviation ${intervals.sdev.toFixed(0)} ms, ${intervals.min.toFixed(0)} to ${intervals.max.toFixed(0)} ms.`,
  ]
}
