// Owns the page of packets a second in steps of 100 ms in the screen of `sonde ai-metrics`, and what is known of the period beside
// it. See ../ai-metrics-screen.ts.

import { periodReason } from '../../ai-metrics/period-reason.ts'
import type { AiSnapshot } from '../../ai-metrics/snapshot.ts'
import { TREND_STEP_MS, TREND_STEPS } from '../../period/period.ts'
import { chanceText, periodText } from '../../period/period-text.ts'
import { formatSi } from '../numbers.ts'
import { type Answer, type Area, lineChart, type Page, wrapText } from '../screen/screen.ts'
import { headLines } from './lines.ts'

export class FastPage implements Page<AiSnapshot> {
  readonly hints = []
  readonly help: readonly string[] = [
    'Value: RoCE packets a second that enter the fabric, smoothed over 0.1 s. Average: mean of the load of the last 20 s. Threshold: what the value has to rise above for method threshold to count a cycle, after 0.2 s below.',
    'Method h finds the period in the times of samples themselves, within 10, 40, 160 and 640 s; ± is at 95 %, p the chance of as much where there is no cycle. sonde period tells more of it.',
    'Method threshold: the time between two crossings is one interval; the period is the mean of the last 20, if they differ little enough: standard deviation below half of the mean.',
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
    const head = [...headLines(s, newest, area), '', ` ${colours.strong('Periodicity')}  ${foundText(s)}`]
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

function foundText({ period, window }: AiSnapshot): string {
  const reason = periodReason(period, window?.roceSamples ?? 0)
  if (period === null || period.periodSeconds === null) return `no period: ${reason}`
  const { periodSeconds, errorSeconds, confidence, cycles } = period
  const chance = confidence === undefined ? '' : ` (${chanceText(1 - confidence)})`
  return `period ${periodText(periodSeconds, errorSeconds)}${chance}, of the last ${cycles} cycles`
}

function stateText({ period }: AiSnapshot): string[] {
  const { load, intervals } = period?.baselines ?? { load: null, intervals: null }
  const rate = (value: number) => formatSi(value, 'pkt/s')
  const loadText =
    load === null
      ? 'Load: learning, 20 s; a change of the load begins it anew.'
      : `Load: mean ${rate(load.mean)}, standard deviation ${rate(load.sdev)}, ${rate(load.min)} to ${rate(load.max)}.`
  // The other method counts no intervals.
  if (period?.method === 'h') return [loadText]
  return [
    loadText,
    intervals === null
      ? `Intervals: learning, ${period?.cycles ?? 0} of 20.`
      : `Intervals: mean ${intervals.mean.toFixed(0)} ms, standard deviation ${intervals.sdev.toFixed(0)} ms, ${intervals.min.toFixed(0)} to ${intervals.max.toFixed(0)} ms.`,
  ]
}
