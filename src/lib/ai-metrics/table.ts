// Owns a window as a person reads it: a line a subject, as wide as the terminal. See ai-metrics.ts for the folder. Start at
// AiTable.

import type { Form } from '../analysis/form.ts'
import { lostText } from '../analysis/lost.ts'
import { formatCount } from '../errors.ts'
import { chanceText, periodText } from '../period/period-text.ts'
import type { Style, View } from '../print/style.ts'
import type { TextBuffer } from '../wire/text.ts'
import { periodReason } from './period-reason.ts'
import { rowColumns } from './row-columns.ts'
import type { AiWindow, FiveNumbers, Kinds, Measure, TierImbalance } from './rows.ts'

const LABEL = 17
const SHAPE = 24

export interface TableSettings {
  readonly source: string
  readonly windowMs: number | 'all'
}

export class AiTable implements Form<AiWindow> {
  readonly #settings: TableSettings
  readonly #view: View
  readonly #lostShare: () => number | null
  #windows = 0

  constructor(settings: TableSettings, view: View, lostShare: () => number | null) {
    this.#settings = settings
    this.#view = view
    this.#lostShare = lostShare
  }

  begin(): void {}

  window(window: AiWindow, out: TextBuffer): void {
    if (window.samples === 0 && window.counters.ports === 0 && window.drops === null) return
    if (this.#windows++ > 0) out.text('\n')
    out.text(`${this.#heading(window)}\n`)
    for (const line of windowLines(window, this.#view)) out.text(`${line}\n`)
    if (window.by === null) return
    const { style, width } = this.#view
    const all = rowColumns(window.by).flatMap(({ cell }) => (cell === undefined ? [] : [cell]))
    const table = (cells: typeof all): string =>
      style.table(
        cells,
        window.rows.map((row) => cells.map((cell) => cell.text({ window, row }, style))),
      )
    const whole = table(all)
    // Where there is no room for both, values are wanted more than their errors.
    const isWide = style.width(whole.split('\n')[0]!) > width
    out.text(`\n${isWide ? table(all.filter(({ title }) => title !== '±')) : whole}\n`)
    const { by } = window
    if (by === 'port' || by === 'link')
      out.text(`${style.dim(`Shares and total: sums over ${by}s, at each of which a packet counts.`)}\n`)
  }

  end(): void {}

  #heading(window: AiWindow): string {
    const { style } = this.#view
    const { source, windowMs } = this.#settings
    const when = windowMs === 'all' ? style.span(window.endMs - window.startMs) : timesOf(window, this.#view)
    return [
      style.escape(source),
      when,
      `${style.count(window.samples)} samples`,
      window.aggLabel,
      lostText(this.#lostShare(), style),
    ].join(' · ')
  }
}

/** `12:00:10 to 12:00:20` */
export function timesOf({ startMs, endMs }: Pick<AiWindow, 'startMs' | 'endMs'>, view: View): string {
  const clock = (ms: number): string => view.clock(Math.floor(ms / 1000), 0).replace(/\.0+$/, '')
  return `${clock(startMs)} to ${clock(endMs)}`
}

/** All lines below the heading. */
function windowLines(window: AiWindow, { style, width }: View): string[] {
  const { counters, history } = window
  const lines: string[] = []
  const add = (label: string, ...parts: readonly string[]): void => {
    lines.push(
      ...wrapped(
        label,
        parts.filter((part) => part !== ''),
        style,
        width,
      ),
    )
  }
  const shape = shapeOf(history.bps, SHAPE, style)
  add(
    'Total traffic',
    `${rate(window.bps, 'b/s', style)}${shape === '' ? '' : `   ${shape}`}`,
    periodCell(window, style),
  )
  add(window.core === null ? 'Core links' : `Core links (${window.core.ports})`, fiveText(window.core, style))
  add(window.edge === null ? 'Edge links' : `Edge links (${window.edge.ports})`, fiveText(window.edge, style))
  for (const tier of window.ecmp ?? []) add(`ECMP ${tier.tier}`, ...tierText(tier, style))
  if (window.roceSamples === 0) {
    add('RoCE', window.counted === 0 ? '-' : `none in ${style.count(Math.round(window.counted))} samples`)
  } else {
    add(
      'RDMA operations',
      `${rate(window.rdmaOps, '/s', style)}`,
      `${size(window.rdmaBytes.value, style)}/op${between(window.rdmaBytesMin, window.rdmaBytesMax, (x) => size(x, style))}`,
      creditsText(window),
    )
    add('Messages', rate(window.messages, '/s', style), `RoCE ${rate(window.rocePps, 'pkt/s', style)}`)
    add('Operations', ...kindsText(window.operations, style))
    add('Congestion', ecnText(window, style), rateOf('CNP', window.cnp, style), rateOf('trimmed', window.trim, style))
    add(
      'Answers',
      rateOf('NAK', window.nak.rate, style),
      ...window.nak.top.map(({ name, share }) => `${name} ${style.percent(share ?? 0)}`),
      rateOf('RNR NAK', window.rnr.rate, style),
      window.psn.backwards > 0
        ? style.bad(
            `PSN went back in ${style.count(window.psn.backwards)} of ${style.count(window.psn.pairs)} pairs of samples`,
          )
        : '',
    )
  }
  add('Errors', `in ${trouble(counters.errorsIn, style)}`, `out ${trouble(counters.errorsOut, style)}`)
  add('Discards', `in ${trouble(counters.discardsIn, style)}`, `out ${trouble(counters.discardsOut, style)}`)
  add('Drops', ...dropsText(window, style))
  return lines
}

/** Parts with gaps between them; what does not fit goes on below the first. */
function wrapped(label: string, parts: readonly string[], style: Style, width: number): string[] {
  const lines: string[] = []
  let line = ` ${label.padEnd(LABEL)} `
  let used = false
  for (const part of parts) {
    const at = style.width(line)
    const gap = used ? '   ' : ''
    if (used && at + gap.length + style.width(part) > width) {
      lines.push(line)
      line = ' '.repeat(LABEL + 2)
      line += part
      continue
    }
    line += gap + part
    used = true
  }
  lines.push(line)
  return lines
}

/** `9.24 Gb/s ± 1.2 %`; `0` says how much might be unseen. */
function rate(measure: Measure, unit: string, style: Style): string {
  const { value, errorPct } = measure
  if (value === null) return '-'
  if (value === 0) return '0'
  const text = style.si(value, unit)
  return errorPct === null ? text : `${text} ${style.dim(`± ${error(errorPct)}`)}`
}

function error(pct: number): string {
  if (pct > 0 && pct < 0.05) return '< 0.1 %'
  return `${pct >= 9.95 ? pct.toFixed(0) : pct.toFixed(1)} %`
}

function rateOf(name: string, measure: Measure, style: Style): string {
  return `${name} ${rate(measure, '/s', style)}`
}

function size(bytes: number | null, style: Style): string {
  return bytes === null ? '-' : style.iec(bytes)
}

/** ` (1 KiB–1 MiB)`; nothing where they are the same. */
function between(min: number | null, max: number | null, text: (value: number) => string): string {
  return min === null || max === null || min === max ? '' : ` (${text(min)}–${text(max)})`
}

function fiveText(five: FiveNumbers | null, style: Style): string {
  if (five === null) return '-'
  const bits = (x: number): string => style.si(x, '').replace(' ', '')
  return `max ${bits(five.max)}  q3 ${bits(five.q3)}  med ${bits(five.median)}  q1 ${bits(five.q1)}  min ${bits(five.min)} b/s`
}

function tierText(
  { maxOverMean, variation, variationByChance, switches, shares }: TierImbalance,
  style: Style,
): string[] {
  const listed = shares
    .slice(0, 2)
    .map(({ node, link, share }) => `${style.escape(`${node} ${link}`)} ${style.percent(share)}`)
  return [
    `max/mean ${maxOverMean.toFixed(2)}`,
    `variation ${style.percent(variation)}${style.dim(` (${style.percent(variationByChance)} by chance)`)}`,
    ...(switches === 1 || listed.length === 1 ? listed : listed.slice(0, 1)),
  ]
}

/** `Period 0.701 s ± 0.001 (p < 1e-6)`, or why there is none. */
function periodCell({ period, roceSamples }: AiWindow, style: Style): string {
  const reason = periodReason(period, roceSamples)
  if (reason !== undefined) return `Period - (${reason})`
  if (period === null || period.periodSeconds === null) return 'Period -'
  const { periodSeconds, errorSeconds, confidence } = period
  const [value, error] = periodText(periodSeconds, errorSeconds).split(' ±')
  const chance = confidence === undefined ? '' : ` (${chanceText(1 - confidence)})`
  return `Period ${value}${style.dim(`${error === undefined ? '' : ` ±${error}`}${chance}`)}`
}

function creditsText({ credits }: AiWindow): string {
  const { avg, min, max, codeMin, codeMax } = credits
  if (avg.value === null) return credits.withoutCount === null ? 'Credits -' : 'Credits - (no valid count)'
  const whole = (x: number): string => (Number.isInteger(x) || x >= 100 ? formatCount(Math.round(x)) : x.toPrecision(3))
  const code = codeMin === codeMax ? `code ${codeMin}` : `codes ${codeMin}–${codeMax}`
  return `Credits ${whole(avg.value)} (${formatCount(min ?? 0)}–${formatCount(max ?? 0)}, ${code})`
}

function kindsText({ top, other, rate: all }: Kinds, style: Style): string[] {
  if (all.value === null || all.value === 0) return ['none']
  const listed = top.map(({ name, share, rate: one }) =>
    share === null ? `${name} ${rate(one, '/s', style)}` : `${name} ${style.percent(share)}`,
  )
  if (other !== null) listed.push(`(other: ${other.kinds}) ${other.share === null ? '-' : style.percent(other.share)}`)
  return listed
}

function ecnText({ ecn, ecnShare, ceComplete, compat }: AiWindow, style: Style): string {
  const least = ceComplete === false && !compat ? '≥ ' : ''
  const { value, low, high } = ecnShare
  const text = `ECN ${least}${rate(ecn, '/s', style)}`
  if (value === null || value === 0 || low === null || high === null || compat) return text
  const points = `${(value * 100).toFixed(1)} ± ${Math.max(0.1, 50 * (high - low)).toFixed(1)} %`
  return `${text} ${style.dim(`(${least}${points} of packets)`)}`
}

function trouble(perSecond: number | null, style: Style): string {
  if (perSecond === null) return '-'
  if (perSecond === 0) return '0'
  return style.bad(perSecond < 0.01 ? '< 0.01 /s' : style.si(perSecond, '/s'))
}

function dropsText({ drops }: AiWindow, style: Style): string[] {
  if (drops === null) return ['- (no switch tells of them)']
  if (drops.top.length === 0) return ['none']
  const other = drops.other === null ? [] : [`(other: ${drops.other.kinds}) ${style.percent(drops.other.share ?? 0)}`]
  return [
    style.bad(style.si(drops.rate.value ?? 0, '/s')),
    ...drops.top.map(({ name, share }) => `${name} ${style.percent(share ?? 0)}`),
    ...other,
  ]
}

/** Means of as many stretches as there is room for, from 0 to the largest; empty for fewer than two values. */
function shapeOf(values: readonly number[], width: number, style: Style): string {
  if (values.length < 2) return ''
  const steps = Math.min(width, values.length)
  const means = Array.from({ length: steps }, (_, i) => {
    const from = Math.floor((i * values.length) / steps)
    const some = values.slice(from, Math.max(from + 1, Math.floor(((i + 1) * values.length) / steps)))
    return some.reduce((sum, x) => sum + x, 0) / some.length
  })
  return style.spark(means, steps)
}
