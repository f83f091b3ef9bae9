// Owns the page of routes in the screen of `sonde trace`: packets that went the same way, and all of one route. See ../trace-screen.ts.

import type { Style, View } from '../../print/style.ts'
import { type NetnsLabel, netnsLabels, routeLine } from '../../trace/route-line.ts'
import { summaryText } from '../../trace/route-text.ts'
import type { Route, Summary } from '../../trace/routes.ts'
import { decodeStyle } from '../decode-style.ts'
import { formatCount, formatPercent, plural } from '../numbers.ts'
import {
  type Answer,
  type Area,
  cellText,
  countCell,
  type KeyHint,
  type Page,
  Table,
  type TableColumn,
  TextPage,
} from '../screen/screen.ts'
import { formatLocalClock, formatLocalDay, formatLocalTime } from '../times.ts'
import { truncate } from '../width.ts'
import { headLines } from './lines.ts'
import { stepSpan } from './row.ts'
import type { TraceState } from './state.ts'

interface RouteRow {
  readonly key: string
  readonly route: Route
  readonly label: NetnsLabel
}

/** Without colour, so that lines can be cut. */
const plain: Style = decodeStyle({
  enabled: false,
  bad: (text) => text,
  doubtful: (text) => text,
  dim: (text) => text,
  accent: (text) => text,
  strong: (text) => text,
})

/** `✗ NETFILTER_DROP`, else the last function. Safe for a terminal. */
function cameTo({ steps, dropped }: Route): string {
  const step = steps[dropped ?? steps.length - 1]
  if (step === undefined) return '-'
  return dropped === undefined ? cellText(step.functionName) : `✗ ${cellText(step.reason || step.functionName)}`
}

const columns: readonly TableColumn<RouteRow>[] = [
  {
    title: 'PACKETS',
    min: 8,
    priority: 0,
    align: 'right',
    cell: ({ route }, width) => countCell(route.packets, width),
    sort: ({ route }) => route.packets,
  },
  {
    title: 'SHARE',
    min: 7,
    priority: 2,
    align: 'right',
    cell: ({ route }) => formatPercent(route.share),
    sort: ({ route }) => route.share,
  },
  {
    title: 'MEDIAN',
    min: 7,
    priority: 1,
    align: 'right',
    cell: ({ route }) => stepSpan(route.total.quantile(0.5)),
    sort: ({ route }) => route.total.quantile(0.5),
  },
  {
    title: 'MOST',
    min: 7,
    priority: 3,
    align: 'right',
    cell: ({ route }) => stepSpan(route.total.max),
    sort: ({ route }) => route.total.max,
  },
  {
    title: 'CAME TO',
    min: 18,
    max: 34,
    priority: 1,
    cell: ({ route }) => cameTo(route),
    paint: ({ route }, { bad }) => (route.dropped === undefined ? undefined : bad),
    sort: ({ route }) => cameTo(route),
  },
  {
    title: 'ROUTE',
    min: 30,
    max: 400,
    priority: 0,
    cell: ({ route, label }, width) => routeLine(route, label, plain, width),
  },
]

/** The same route at the next look, too. */
const keyOf = ({ steps, loops }: Route): string =>
  [
    ...steps.map((step) => `${step.netns} ${step.interfaceName} ${step.functionName} ${step.reason ?? ''}`),
    ...loops.map(({ at, length }) => `${at}+${length}`),
  ].join('\n')

/** Routes are counted anew after this time at least, and not for more than a tenth of it. */
const LEAST_MS = 1000
const PATIENCE = 10

/** The summary of a state, from time to time: it costs more the more routes there are. */
class Looks {
  #summary: Summary | undefined
  #nextMs = 0
  #isLast = false

  of(state: TraceState, nowMs: number): Summary {
    const isOver = state.end !== undefined
    if (this.#summary !== undefined && (this.#isLast || (!isOver && nowMs < this.#nextMs))) return this.#summary
    const began = performance.now()
    this.#summary = state.routes()
    this.#nextMs = nowMs + Math.max(LEAST_MS, PATIENCE * (performance.now() - began))
    this.#isLast = isOver
    return this.#summary
  }
}

function viewOf({ columns: width, colours }: Area): View {
  return { style: decodeStyle(colours), width, time: formatLocalTime, day: formatLocalDay, clock: formatLocalClock }
}

/** `1,204 packets on 5 routes · 12 dropped`, as --summary begins. */
function countLine(summary: Summary, area: Area): string {
  const [line = ''] = summaryText(summary, { ...viewOf(area), style: plain }, { top: 0, verbose: false })
  const { begun, underWay, lost, crowded } = summary.incomplete
  const counted = summary.routes.reduce(
    (sum, { packets, odd }) => sum + packets + odd.reduce((more, one) => more + one.packets, 0),
    begun + underWay + lost + crowded + summary.others,
  )
  const rest = summary.packets - counted
  // How to read its tables comes last.
  const all = line.replace(/ · times: .*$/, '')
  return truncate(` ${all}${rest > 0 ? ` · ${formatCount(rest)} not counted yet` : ''}`, area.columns)
}

/** Routes, the commonest first. */
export class RoutesPage implements Page<TraceState> {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'route', help: 'all of the selected route: how long its steps took, odd and slow packets' },
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
  ]
  readonly help: readonly string[] = [
    'A route is the functions that a packet reached, one after the other, with network namespaces and interfaces. Packets are counted a moment after they are over.',
    'MEDIAN, MOST: from the first step to the last. CAME TO: ✗ and the reason where packets were dropped, else the last function. ×3: one after the other. …: steps that say less are left out; ↵ shows them.',
    'Rare routes that differ from a common one in a step or two are told with that one, as odd ones.',
  ]
  readonly #table = new Table<RouteRow>(columns, ({ key }) => key, 'PACKETS', 'routes')
  readonly #looks = new Looks()
  #state: TraceState | undefined
  #summary: Summary | undefined

  take(state: TraceState, nowMs: number): void {
    this.#state = state
    const summary = this.#looks.of(state, nowMs)
    if (summary === this.#summary) return
    this.#summary = summary
    const label = netnsLabels(summary.routes)
    this.#table.take(
      summary.routes.map((route) => ({ key: keyOf(route), route, label })),
      nowMs,
    )
  }

  draw(area: Area): readonly string[] {
    const [s, summary] = [this.#state, this.#summary]
    if (s === undefined || summary === undefined) return []
    const head = [...headLines(s, area), area.colours.strong(countLine(summary, area))]
    if (summary.routes.length === 0) return [...head, '', ' No packet is over yet: routes are counted when they end.']
    return [...head, ...this.#table.draw({ ...area, rows: Math.max(1, area.rows - head.length) })]
  }

  press(key: string): Answer<TraceState> {
    const { selected } = this.#table
    if (key === 'enter')
      return selected === undefined ? undefined : routePage(selected.key, this.#looks, selected.route)
    this.#table.press(key)
    return undefined
  }
}

/** One route with the times of its steps, an example, odd and slow packets. */
function routePage(key: string, looks: Looks, known: Route): TextPage<TraceState> {
  let route = known
  return new TextPage({
    head: (s, area) => [...headLines(s, area), ''],
    body: (s, area) => {
      const summary = looks.of(s, performance.now())
      route = summary.routes.find((one) => keyOf(one) === key) ?? route
      const view = viewOf(area)
      const line = routeLine(route, netnsLabels(summary.routes), view.style, area.columns - 2)
      const only = { ...summary, routes: [route], others: 0 }
      // The first three lines are all routes' numbers, nothing, and the whole way, however long that is.
      const text = summaryText(only, view, { top: 1, verbose: true }).slice(3)
      return [` ${line}`, ` ${area.colours.strong(`${cellText(countOf(route))}`)}`, '', ...text]
    },
  })
}

const countOf = ({ packets, share, total }: Route): string =>
  `${plural(packets, 'packet')}, ${formatPercent(share)} · median ${stepSpan(total.quantile(0.5))}, at most ${stepSpan(total.max)}`
