// Owns the summary of a trace as a person reads it: a line a route, below it how long its steps took and which packets were odd.
// See routes.ts. Start at summaryText.

import type { Style, View } from '../print/style.ts'
import type { Difference } from './odd-routes.ts'
import { hiddenSteps, type NetnsLabel, netnsLabels, placeText, routeLine, timesText } from './route-line.ts'
import type { Example, Hop, Route, RouteStep, Summary } from './routes.ts'
import { formatTuple } from './tuple.ts'

export interface SummaryOptions {
  /** Routes shown; the others are counted. */
  readonly top: number
  /** All steps of lines and tables, however long, and all odd ones. */
  readonly verbose: boolean
}

export const defaultTop = 10

/** Lines of tables in all, and of one, unless all is asked for. */
const TABLE_LINES = 36
const LONGEST_TABLE = 12
const LEAST_TABLE = 4
const MOST_ODD = 3
const LEAST_LINE = 40
/** Medians stand below each other where lines are no longer. */
const ALIGNED = 100
const INDENT = '    '
const BAR = 10

/** Lines without newlines. */
export function summaryText(summary: Summary, view: View, { top, verbose }: SummaryOptions): string[] {
  const { routes, packets } = summary
  const { style } = view
  const shown = verbose ? routes : routes.slice(0, top)
  const label = netnsLabels(routes)
  const lines = [`${headLine(summary, style)}${style.dim(' · times: since the step before')}`]
  const heads = shown.map((route) => countText(route, style))
  const medians = shown.map(medianText)
  const headWidth = Math.max(0, ...heads.map((text) => style.width(text)))
  const medianWidth = Math.max(0, ...medians.map((text) => style.width(text)))
  const room = Math.max(LEAST_LINE, view.width - headWidth - medianWidth - 6)
  const texts = shown.map((route) => routeLine(route, label, style, verbose ? undefined : room))
  const widest = Math.max(0, ...texts.map((text) => style.width(text)))
  let left = verbose ? Number.POSITIVE_INFINITY : TABLE_LINES
  for (const [i, route] of shown.entries()) {
    const head = heads[i]!
    const text = texts[i]!
    const gap = widest > ALIGNED ? '' : ' '.repeat(widest - style.width(text))
    const before = ' '.repeat(headWidth - style.width(head))
    const median =
      medians[i] === '' ? '' : `${gap}    ${' '.repeat(medianWidth - style.width(medians[i]!))}${medians[i]}`
    lines.push('', ` ${before}${style.strong(head)} ${text}${median}`)
    const table = tableOf(route, label, style, verbose ? undefined : Math.min(LONGEST_TABLE, left - 2))
    if (table.length > 0 && table.length <= left) {
      left -= table.length
      lines.push(...table)
    }
    lines.push(...besideOf(route, label, view, verbose))
  }
  lines.push(...restLines(summary, shown.length, style))
  return packets === 0 ? [headLine(summary, style)] : lines
}

/** `1,234 packets on 5 routes · 12 dropped · 3 incomplete: 2 under way at the end, 1 begun before the trace` */
function headLine({ packets, routes, dropped, incomplete, lost }: Summary, style: Style): string {
  if (packets === 0) return 'No packet was seen.'
  const { begun, endOnly, underWay, lost: gaps, crowded } = incomplete
  const why = [
    ...(begun > 0 ? [`${style.count(begun)} begun before the trace`] : []),
    ...(endOnly > 0 ? [`of ${style.count(endOnly)} only the end was seen`] : []),
    ...(underWay > 0 ? [`${style.count(underWay)} under way at its end`] : []),
    ...(gaps > 0 ? [`${style.count(gaps)} with steps lost`] : []),
    ...(crowded > 0 ? [`${style.count(crowded)} beyond what memory allows`] : []),
  ]
  const all = begun + endOnly + underWay + gaps + crowded
  return [
    `${many(packets, 'packet', style)} on ${many(routes.length, 'route', style)}`,
    ...(dropped > 0 ? [style.bad(`${style.count(dropped)} dropped`)] : []),
    ...(all > 0 ? [style.doubtful(`${style.count(all)} incomplete: ${why.join(', ')}`)] : []),
    ...(lost > 0 ? [style.bad(`${many(lost, 'step', style)} lost`)] : []),
  ].join(' · ')
}

function restLines({ routes, others }: Summary, shown: number, style: Style): string[] {
  const rest = routes.slice(shown)
  const lines: string[] = []
  if (rest.length > 0) {
    const packets = rest.reduce((sum, route) => sum + route.packets, 0)
    const dropped = rest.reduce((sum, route) => sum + (route.dropped === undefined ? 0 : route.packets), 0)
    const drops = dropped > 0 ? `, ${style.bad(`${style.count(dropped)} of them dropped`)}` : ''
    const none = shown === 0 ? '' : 'more '
    lines.push(
      '',
      `${many(rest.length, `${none}route`, style)}: ${many(packets, 'packet', style)}${drops} (--top shows more, --verbose all)`,
    )
  }
  if (others > 0) lines.push('', `${many(others, 'packet', style)} on rare routes that were given up: too many routes.`)
  return lines
}

const many = (count: number, one: string, style: Style): string =>
  `${style.count(count)} ${one}${count === 1 ? '' : 's'}`

const countText = ({ packets }: Route, style: Style): string => `${many(packets, 'packet', style)}:`

function medianText({ steps, total }: Route): string {
  return steps.length < 2 ? '' : `${nsText(total.quantile(0.5))}${total.count === 1 ? '' : ' median'}`
}

/** `850 ns`, `12 µs`, `1.20 ms`, `3.4 s`. */
export function nsText(ns: number): string {
  if (!Number.isFinite(ns)) return '-'
  // 999.6 µs is 1.0 ms.
  const [unit, size] = units.find(([, size]) => ns < size * 999.5) ?? seconds
  const value = ns / size
  return `${size === 1 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`
}

const units = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
] as const
const seconds = ['s', 1e9] as const

/** How long each step took after the one before. Empty where there is but one, or no room. */
function tableOf(route: Route, label: NetnsLabel, style: Style, most: number | undefined): string[] {
  const { steps, loops, dropped, total } = route
  if (steps.length < 2 || total.max === 0) return []
  const isHidden = hiddenSteps(route)
  const told = steps.map((_, i) => i).filter((i) => most === undefined || isHidden[i] !== true)
  const chosen = most === undefined ? told : choose(told, route, most)
  if (chosen.length < Math.min(told.length, LEAST_TABLE)) return []
  const all = steps.reduce((sum, { since }) => sum + since.sum, 0)
  const quantiles = quantilesOf(route.packets)
  const share = (ns: number) => (all === 0 ? ['', ''] : [style.percent(ns / all), style.bar(ns / all, BAR).trimEnd()])
  const rows: string[][] = []
  let place = ''
  for (const [n, i] of chosen.entries()) {
    const step = steps[i]!
    const cut = n === 0 ? [] : told.slice(told.indexOf(chosen[n - 1]!) + 1, told.indexOf(i))
    if (cut.length > 0) {
      const sum = cut.reduce((ns, at) => ns + steps[at]!.since.sum, 0)
      rows.push(['', style.dim(`… ${many(cut.length, 'step', style)}`), ...quantiles.map(() => ''), ...share(sum)])
    }
    const here = placeText(step, label)
    const loop = loops.find(({ at, length }) => i >= at && i < at + length)
    const name = i === dropped && step.droppedIn !== '' ? step.droppedIn : step.functionName
    const times = loop === undefined ? '' : ` ${timesText(loop)}`
    const drop = i === dropped ? style.bad(` ✗ ${style.escape(step.reason ?? '')}`.trimEnd()) : ''
    const { since } = step
    rows.push([
      here === place ? '' : style.accent(style.escape(here)),
      `${step.isBranch ? '⑂ ' : ''}${style.escape(name)}${times}${drop}`,
      ...quantiles.map(({ of }) => (since.count === 0 ? '' : nsText(since.quantile(of)))),
      ...(since.count === 0 ? ['', ''] : share(since.sum)),
    ])
    place = here
  }
  const totals = ['', style.dim('first to last'), ...quantiles.map(({ of }) => nsText(total.quantile(of))), '', '']
  const text = style.table(
    [
      { title: 'WHERE', align: 'left' },
      { title: 'STEP', align: 'left' },
      ...quantiles.map(({ title }) => ({ title, align: 'right' as const })),
      { title: 'SHARE', align: 'right' },
      { title: '', align: 'left' },
    ],
    [...rows, totals],
  )
  return text.split('\n').map((line) => `${INDENT}${line}`.trimEnd())
}

/** Those that so many packets have something to say of. */
function quantilesOf(packets: number): readonly { readonly title: string; readonly of: number }[] {
  if (packets === 1) return [{ title: 'TIME', of: 1 }]
  return [
    { title: 'P50', of: 0.5 },
    ...(packets >= 10 ? [{ title: 'P90', of: 0.9 }] : []),
    ...(packets >= 100 ? [{ title: 'P99', of: 0.99 }] : []),
    { title: 'MAX', of: 1 },
  ]
}

/** The first, the last, where it goes elsewhere or is dropped, and of the others those that took longest. */
function choose(told: readonly number[], { steps, dropped }: Route, most: number): number[] {
  if (told.length <= most) return [...told]
  const weight = (i: number): number => {
    if (i === told[0] || i === told.at(-1) || i === dropped) return Number.POSITIVE_INFINITY
    const longest = Math.max(1, ...steps.map(({ since }) => since.sum))
    return steps[i]!.since.sum / longest + (steps[i]!.isNewPlace ? 0.2 : 0)
  }
  // Lines of … take room as well.
  const count = Math.max(2, Math.floor((most * 2) / 3))
  const weights = new Map(told.map((i) => [i, weight(i)]))
  return [...told]
    .sort((a, b) => weights.get(b)! - weights.get(a)! || a - b)
    .slice(0, count)
    .sort((a, b) => a - b)
}

/** An example, odd ones, slow ones. */
function besideOf(route: Route, label: NetnsLabel, view: View, verbose: boolean): string[] {
  const { style } = view
  const { odd, slow, steps } = route
  const room = view.width - INDENT.length
  const lines = [style.dim(fitting('', route.example, room, style))]
  const withExample = (text: string, example: Example) => {
    const eg = fitting('· ', example, room - style.width(text) - 1, style)
    lines.push(eg === '' ? text : `${text} ${style.dim(eg)}`)
  }
  // Routes that are told apart by loops or interfaces alone may differ in the same way.
  const ways = new Map<string, { packets: number; readonly example: Example }>()
  for (const one of odd) {
    const what = one.differences.map((difference) => differenceText(difference, steps, label, style)).join(', ')
    const way = ways.get(what)
    if (way === undefined) ways.set(what, { packets: one.packets, example: one.example })
    else way.packets += one.packets
  }
  let untold = 0
  for (const [i, [what, { packets, example }]] of [...ways].entries()) {
    if (!verbose && i >= MOST_ODD) untold += packets
    else withExample(`${style.doubtful(`${style.count(packets)} odd:`)} ${what}`, example)
  }
  if (untold > 0) {
    lines.push(
      `${style.doubtful(`${style.count(untold)} odd`)} in ${ways.size - MOST_ODD} more ways (--verbose shows them)`,
    )
  }
  const [slowest] = slow.slowest
  if (slowest !== undefined) {
    const { ns, step, stepNs, example } = slowest
    const where = `${nsText(stepNs)} of ${nsText(ns)} before ${style.escape(steps[step]?.functionName ?? '')}`
    const count = style.doubtful(`${style.count(slow.packets)} slow, over ${nsText(slow.overNs)}:`)
    withExample(`${count} ${where}`, example)
  }
  return lines.map((line) => INDENT + line)
}

/** An example behind `before`, without the process where there is no room for that; empty where there is none at all. */
function fitting(before: string, { tuple, process, skb, packet }: Example, room: number, style: Style): string {
  const number = packet > 0 ? `#${packet} ` : ''
  const who = `${before}e.g. ${style.escape(`${number}${tuple === undefined ? skb : formatTuple(tuple, true)}`)}`
  const whole = process === '' ? who : `${who}, ${style.escape(process)}`
  if (style.width(whole) <= room) return whole
  return before === '' || style.width(who) <= room ? who : ''
}

/** `ip_fragment after ip_output`, `without nf_hook_slow`, `br_forward instead of br_pass_frame_up` */
export function differenceText(
  { kind, after, steps, instead }: Difference,
  common: readonly RouteStep[],
  label: NetnsLabel,
  style: Style,
): string {
  const names = (list: readonly Hop[]) => list.map(({ functionName }) => style.escape(functionName)).join(' → ')
  const before = common[after]?.functionName
  const where = before === undefined ? '' : ` after ${style.escape(before)}`
  if (kind === 'extra') return `${names(steps)}${where || ` before ${style.escape(common[0]?.functionName ?? '')}`}`
  if (kind === 'missing') return `without ${names(instead)}${where}`
  if (names(steps) !== names(instead)) return `${names(steps)} instead of ${names(instead)}${where}`
  const places = (list: readonly Hop[]) =>
    list.map((hop) => `[${style.escape(placeText(hop, label) || '-')}]`).join(' ')
  return `${names(steps)} at ${places(steps)} instead of ${places(instead)}`
}
