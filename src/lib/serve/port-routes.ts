// Owns what is told of ports: sFlow-RT's interface metrics, and statistics over ports. Counted from the first question on, while
// somebody asks. See serve.ts for the folder. Start at portRoutes.

import type { Companion } from '../analysis/companion.ts'
import type { SampleView } from '../attributes/context.ts'
import { formatCount } from '../errors.ts'
import { MetricTable, sanitizeName } from '../metrics/metrics.ts'
import { formatPrometheus } from '../metrics/prometheus-text.ts'
import { type PortMetric, portLabels, portMetrics } from '../port-rates/port-metrics.ts'
import { PortsEngine } from '../port-rates/port-rates.ts'
import type { PortRow } from '../port-rates/port-row.ts'
import { choosesRow, parseAgentChoice } from './agent-choice.ts'
import { type Beside, OnDemand } from './beside.ts'
import { type Answer, HttpError, prometheusAnswer, type Route } from './route.ts'
import { aggregateOf, aggregates } from './statistics.ts'

const EXPORT = '/app/prometheus/scripts/export.js'
/** Series of one answer. */
const MOST_SERIES = 500_000
const PREFIX = 'sflow_'

/** All ports beside the main engine. */
class Ports implements Companion {
  readonly #beside: Beside
  readonly #engine: PortsEngine
  #version: number

  constructor(beside: Beside) {
    this.#beside = beside
    this.#version = beside.version
    const options = { windowMs: 'all', topology: beside.index, filter: undefined, history: false } as const
    this.#engine = new PortsEngine(beside.fed.agents, options)
  }

  sample(view: SampleView): void {
    this.#engine.sample(view)
  }

  advance(): void {}

  rows(): readonly PortRow[] {
    if (this.#version !== this.#beside.version) {
      this.#version = this.#beside.version
      this.#engine.setTopology(this.#beside.index)
    }
    return this.#engine.peek(this.#beside.nowMs()).rows
  }
}

export function portRoutes(beside: Beside): Route[] {
  const ports = new OnDemand(beside, () => new Ports(beside))
  const rows = (agents: string): readonly PortRow[] => {
    const choice = parseAgentChoice(agents)
    return ports
      .get()
      .rows()
      .filter((row) => choosesRow(choice, row))
  }
  const interfaces = (path: string, about: string): Route => ({
    path,
    about,
    answer: ({ values: [agents = '', names = ''] }) => interfaceText(rows(agents), names),
  })
  return [
    interfaces(
      '/prometheus/metrics/{agents}/{metrics}/txt',
      'rates of ports, such as /prometheus/metrics/ALL/ifinoctets,ifoutoctets/txt; ALL, TOPOLOGY, EDGE, CORE, addresses; metrics ALL for all',
    ),
    interfaces(`${EXPORT}/dump/{agents}/{metrics}/txt`, 'the same at its path of 2019'),
    {
      path: `${EXPORT}/statistics/{group}/{agents}/{metrics}/txt`,
      about: `over ports: ${aggregates.join(', ')}, such as sum:ifinoctets,max:ifinutilization; ?ifoperstatus=up and ?ifname=swp1 choose`,
      answer: ({ values: [group = '', agents = '', names = ''], query }) =>
        statisticsText(filtered(rows(agents), query), group, names),
    },
  ]
}

/** By sFlow-RT's name, without prefix. */
const byName = new Map(portMetrics.map((metric) => [metric.name.slice(PREFIX.length), metric]))

/** @returns those that are known; what is not known is told as comments, since others' lists have more */
function chosenMetrics(names: string): { metrics: PortMetric[]; unknown: string[] } {
  if (names === 'ALL') return { metrics: [...portMetrics], unknown: [] }
  const list = [...new Set(names.split(',').map((name) => name.trim()))]
  const metrics = list.flatMap((name) => byName.get(name) ?? [])
  if (metrics.length === 0) throw noMetric(names)
  return { metrics, unknown: list.filter((name) => !byName.has(name)) }
}

function noMetric(names: string): HttpError {
  const known = [...byName.keys()].join(', ')
  return new HttpError(400, `"${names.slice(0, 100)}" has no metric that is known. There are ${known}.`)
}

const unknownText = (names: readonly string[]): string =>
  names.map((name) => `# ${sanitizeName(name).slice(0, 100)} is not known here\n`).join('')

function interfaceText(rows: readonly PortRow[], names: string): Answer {
  const { metrics, unknown } = chosenMetrics(names)
  const series = rows.length * metrics.length
  if (series > MOST_SERIES) {
    const text = `${formatCount(series)} series are more than one answer has (${formatCount(MOST_SERIES)}). Ask for fewer agents or metrics.`
    throw new HttpError(503, text)
  }
  const table = new MetricTable()
  for (const metric of metrics) {
    for (const row of rows) table.add(metric, interfaceLabels(row), metric.of(row))
  }
  return prometheusAnswer(formatPrometheus(table.families()) + unknownText(unknown))
}

/** With what users of sFlow-RT's path look for. */
function interfaceLabels(row: PortRow) {
  const speed = row.speed === null ? '' : String(row.speed)
  return [...portLabels(row), ['ifspeed', speed], ['ifoperstatus', row.oper ?? '']] as const
}

const textMembers: Readonly<Record<string, (row: PortRow) => string | null>> = {
  ifname: (row) => row.port,
  iftype: (row) => (row.ifType === ETHERNET ? 'ethernetCsmacd' : row.ifType === null ? null : String(row.ifType)),
  ifadminstatus: (row) => row.admin,
  ifoperstatus: (row) => row.oper,
  ifindex: (row) => String(row.ifIndex),
}

/** IANAifType. */
const ETHERNET = 6

function filtered(rows: readonly PortRow[], query: URLSearchParams): readonly PortRow[] {
  let kept = rows
  for (const name of new Set(query.keys())) {
    const of = textMembers[name]
    if (of === undefined) {
      throw new HttpError(
        400,
        `${name.slice(0, 100)} can't choose ports here: ${Object.keys(textMembers).join(', ')} can.`,
      )
    }
    const wanted = query.getAll(name).flatMap((text) => text.split(','))
    kept = kept.filter((row) => wanted.includes(of(row) ?? ''))
  }
  return kept
}

/** `sflow_max_ifinoctets{group="g"} 1`; without a port that knows it, no line. */
function statisticsText(rows: readonly PortRow[], group: string, names: string): Answer {
  const table = new MetricTable()
  const unknown: string[] = []
  for (const name of new Set(names.split(',').map((one) => one.trim()))) {
    const [, aggregate = 'max', of = ''] = /^(?:(\w+):)?(\w+)$/.exec(name) ?? []
    const known = aggregates.find((one) => one === aggregate)
    const metric = byName.get(of)
    if (known === undefined || metric === undefined) {
      unknown.push(name)
      continue
    }
    const values = rows.flatMap((row) => metric.of(row) ?? [])
    const help = `${known} over ports: ${metric.help}`
    table.add(
      { name: PREFIX + sanitizeName(name), help, type: 'gauge' },
      [['group', group]],
      aggregateOf(known, values),
    )
  }
  const families = table.families()
  if (families.length === 0 && unknown.length > 0 && unknown.length === names.split(',').length) throw noMetric(names)
  return prometheusAnswer(formatPrometheus(families) + unknownText(unknown))
}
