// Owns the page of one chart in the screen of `sonde ai-metrics`: large, with what it means. See ../ai-metrics-screen.ts.

import type { Kind, Kinds } from '../../ai-metrics/rows.ts'
import { type AiSnapshot, TREND_POINTS } from '../../ai-metrics/snapshot.ts'
import { formatPercent, formatSi } from '../numbers.ts'
import { fitText } from '../screen/line.ts'
import { type Answer, type Area, cellText, type KeyHint, lineChart, type Page, wrapText } from '../screen/screen.ts'
import { FastPage } from './fast-page.ts'
import { headLines } from './lines.ts'
import { hasValues, type Panel, paintOf, panels, valueText } from './panels.ts'
import type { View } from './view.ts'

/** Kinds in the list below a chart, and its lines of words. */
const LEAST_CHART = 10

export class ChartPage implements Page<AiSnapshot> {
  readonly sideways = true
  readonly help = []
  readonly #view: View
  #snapshot: AiSnapshot | undefined

  constructor(view: View) {
    this.#view = view
  }

  get hints(): readonly KeyHint[] {
    const fast = { key: 'p', label: '100 ms', help: 'packets a second in steps of 100 ms, with threshold and average' }
    return [
      {
        key: '← →',
        label: 'time',
        help: 'move the cursor: the values of that second; page up and down by ten, home, end',
      },
      { key: '↑ ↓', label: 'chart', help: 'the chart before and the next' },
      ...(this.#panel.title === 'Period' ? [fast] : []),
    ]
  }

  get within(): boolean {
    return this.#view.cursor.isSet
  }

  get #panel(): Panel {
    return panels[this.#view.panel]!
  }

  take(snapshot: AiSnapshot): void {
    this.#snapshot = snapshot
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const { columns, colours } = area
    const panel = this.#panel
    const pointer = this.#view.pointer(s)
    const lines = panel.lines(s.trend)
    const head = [
      ...headLines(s, pointer, area),
      '',
      ` ${colours.strong(panel.title)}  ${colours.dim(docOf(panel, s))}`,
    ]
    const values = lines.map((line) => {
      const text = `${line.label} ${valueText(line, pointer.at, panel.text, true)}`.trim()
      return panel.isTrouble && (line.values[pointer.at] ?? 0) > 0 ? colours.bad(text) : text
    })
    const at = hasValues(lines) ? values.join('   ') : panel.without(s)
    head.push(...wrapText(at, columns - 2).map((line) => ` ${line}`))
    const below = detailLines(panel, s, area, area.rows - head.length - LEAST_CHART)
    const chart = lineChart(
      {
        series: lines.map(({ label, values: list }, nth) => ({
          label: label === '' ? panel.title : label,
          values: list,
          paint: paintOf(panel, nth, colours),
        })),
        stepMs: s.windowMs,
        endMs: s.trend.times.at(-1) ?? 0,
        spanMs: TREND_POINTS * s.windowMs,
        unit: panel.unit,
        cursor: pointer.isSet ? s.trend.times.length - 1 - pointer.at : undefined,
      },
      { ...area, rows: Math.max(1, area.rows - head.length - below.length - 1) },
    )
    return [...head, '', ...chart, ...below].slice(0, area.rows)
  }

  press(key: string): Answer<AiSnapshot> {
    const s = this.#snapshot
    if (s === undefined) return undefined
    if (key === 'back') this.#view.cursor.clear()
    else if (key === 'p' && this.#panel.title === 'Period') return new FastPage()
    else if (key === 'up' || key === 'shift-tab') this.#view.step(-1)
    else if (key === 'down' || key === 'tab') this.#view.step(1)
    else this.#view.cursor.press(key, s.trend)
    return undefined
  }
}

/** Where the edge is not known, traffic is what counts elsewhere. */
function docOf({ title, doc }: Panel, { window }: AiSnapshot): string {
  if (title !== 'Total Traffic' || window === null || window.agg === 'edge') return doc
  return cellText(`Traffic of all protocols: ${window.aggLabel}.`)
}

/** What the newest window says beside the lines of the chart; at most `rows`. */
function detailLines({ title }: Panel, { window }: AiSnapshot, area: Area, rows: number): string[] {
  if (window === null || rows < 2) return []
  const lines: string[] = []
  if (title === 'Operations') lines.push(...kindLines('operation', window.operations, area))
  if (title === 'Drop Reasons' && window.drops !== null) lines.push(...kindLines('reason', window.drops, area))
  if (title === 'RDMA Bytes') lines.push(...kindLines('DMA length', window.rdmaSizes, area))
  const say = (text: string) => lines.push(...wrapText(text, area.columns - 2, 2).map((line) => ` ${line}`))
  if (title === 'Congestion') {
    const { ecnShare, ceComplete } = window
    const { value, low, high } = ecnShare
    if (value !== null && low !== null && high !== null)
      say(
        `Marked: ${ceComplete === false ? '≥ ' : ''}${formatPercent(value)} of RoCE packets (${formatPercent(low)} to ${formatPercent(high)} at 95 %).`,
      )
    if (ceComplete === false)
      say(
        window.agg === 'edge'
          ? '≥: ports at the edge do not sample what leaves by them, so marks of the last hop are not seen. CNP tell what arrived.'
          : '≥: where packets leave the fabric is not known, so marks of switches behind may not be seen. CNP tell what arrived.',
      )
  }
  if (title === 'Core Link Traffic') {
    for (const tier of window.ecmp ?? []) {
      const { busiest } = tier
      say(
        cellText(
          `ECMP ${tier.tier}: ${tier.links} links, max/mean ${tier.maxOverMean.toFixed(2)}, variation ${formatPercent(tier.variation)} (${formatPercent(tier.variationByChance)} by chance), busiest ${busiest.node} ${busiest.link} ${formatPercent(busiest.share)}`,
        ),
      )
    }
  }
  if (lines.length === 0) return []
  return ['', ...lines].slice(0, rows)
}

/** `  57 %   6.05 kpkt/s ± 3.1 %   RC RDMA WRITE Middle` */
function kindLines(what: string, { top, other }: Kinds, { columns, colours }: Area): string[] {
  const line = (share: string, rate: string, name: string) =>
    fitText(` ${share.padStart(7)}  ${rate.padEnd(22)}  ${name}`, columns)
  const row = ({ share, rate }: Pick<Kind, 'share' | 'rate'>, name: string) => {
    const error = rate.errorPct === null ? '' : ` ± ${rate.errorPct.toFixed(rate.errorPct < 9.95 ? 1 : 0)} %`
    const text = rate.value === null ? '-' : `${formatSi(rate.value, '/s')}${error}`
    return line(share === null ? '-' : formatPercent(share), text, cellText(name))
  }
  return [
    colours.strong(line('SHARE', 'RATE', what.toUpperCase())),
    ...top.map((kind) => row(kind, kind.name)),
    ...(other === null ? [] : [row(other, `(other: ${other.kinds})`)]),
  ]
}
