// Owns how a status is told: to a person, as JSON, as metrics, and what --fail-if can ask. See fabric.ts for the folder. Start at
// statusTable.

import type { Column, Datum } from '../analysis/column.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { MetricDefinition, MetricTable } from '../metrics/metrics.ts'
import type { ConditionName } from '../parse/condition.ts'
import type { Style, View } from '../print/style.ts'
import { type FabricStatus, type Finding, type StatusCheck, statusCheckNames, statusChecks } from './status.ts'

/** More digits than a rate can have are noise. */
export function rounded(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(9))
}

/** sFlow-RT's status JSON (topology.md section 5), with ours beside it. */
export function statusObject(status: FabricStatus): Readonly<Record<string, Datum>> {
  const { links, nodes, traffic } = status
  return {
    kind: 'status',
    time: isoOf(status.nowMs),
    green: status.green,
    links: { ...links, details: { unmonitored: status.unmonitoredLinks, down: status.downLinks } },
    nodes: { ...nodes, details: { unmonitored: status.unmonitoredNodes, noflows: status.noflowsNodes } },
    traffic: {
      speed: traffic.speed,
      bps: rounded(traffic.bps),
      pps: rounded(traffic.pps),
      discards: rounded(traffic.discards),
      errors: rounded(traffic.errors),
    },
    unknown: status.unknown.map(({ agent, hostname }) => ({ agent, hostname })),
    findings: status.findings.map(({ check, node, port, link, agent, text }) => ({
      check,
      node,
      port,
      link,
      agent,
      text,
    })),
  }
}

const text = (key: string, doc: string, value: (row: Finding) => string | null): Column<Finding> => ({
  key,
  doc,
  value,
})

/** Of CSV, and of the objects in `findings`. */
export const findingColumns: readonly Column<Finding>[] = [
  text('check', 'which check it is of, below', (row) => row.check),
  text('node', 'node of the topology', (row) => row.node),
  text('port', 'port of that node; null where it is several', (row) => row.port),
  text('link', 'link of the topology', (row) => row.link),
  text('agent', 'address of the agent', (row) => row.agent),
  text('text', 'a sentence', (row) => row.text),
]

/** What a person sees of one check before --details. */
const MOST_SHOWN = 5

/**
 * Gauges, then findings.
 * @param details all findings, and all names
 */
export function statusTable(status: FabricStatus, source: string, { style, width }: View, details: boolean): string {
  const lines = gaugeLines(status, source, style, details ? Number.POSITIVE_INFINITY : width)
  for (const check of statusCheckNames) {
    // The gauges name them already, unless asked.
    if (!details && (check === 'noflows' || (check === 'unmonitored' && isNamed(status, width)))) continue
    const found = status.findings.filter((finding) => finding.check === check)
    const shown = details ? found : found.slice(0, MOST_SHOWN)
    for (const one of shown) lines.push(...findingLines(style.escape(one.text), style, width))
    const more = found.length - shown.length
    if (more > 0) lines.push(style.dim(`   … ${style.count(more)} more of the check ${check}: --details`))
  }
  if (status.green) lines.push(' ✓ nothing found')
  else if (status.nodes.total === 0) lines.push(' There is no topology: nothing was checked.')
  return `${lines.join('\n')}\n`
}

/** Wrapped at blanks, with a hanging indent; a word that is longer than a line stays whole. */
function findingLines(text: string, style: Style, width: number): string[] {
  const lines: string[] = []
  let line = ` ${style.bad('✗')}`
  for (const word of text.split(' ')) {
    if (style.width(line) + 1 + style.width(word) > width && line !== '  ') {
      lines.push(line)
      line = '  '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** Links say why they are not monitored; nodes are named by the gauge, where there is room for all. */
function isNamed({ unmonitoredLinks, unmonitoredNodes }: FabricStatus, width: number): boolean {
  return unmonitoredLinks.length === 0 && unmonitoredNodes.join(', ').length < width / 2
}

/** Where it is from, then a line each of nodes, links, traffic. Names as there is room for. */
export function gaugeLines(status: FabricStatus, source: string, style: Style, width: number): string[] {
  const { nodes, links, traffic } = status
  const span = Number.isFinite(status.nowMs) ? style.span(status.nowMs - status.startMs) : 'no sFlow'
  const gauges = [
    [
      'nodes',
      nodes.total,
      [
        { text: `${style.count(nodes.monitored)} monitored` },
        { text: `${style.count(status.unmonitoredNodes.length)} unmonitored`, names: status.unmonitoredNodes },
        { text: `${style.count(nodes.noflows)} without flow samples`, names: status.noflowsNodes },
      ],
    ],
    [
      'links',
      links.total,
      [
        { text: `${style.count(links.monitored)} monitored` },
        { text: `${style.count(links.up)} up` },
        { text: `${style.count(links.down)} down`, names: status.downLinks },
        { text: `${style.count(status.unmonitoredLinks.length)} unmonitored`, names: status.unmonitoredLinks },
      ],
    ],
  ] as const
  const counts = gauges.map(([, total]) => `${style.count(total)} total`.length)
  const wide = Math.max(...counts)
  const lines = gauges.map(([title, total, parts]) => {
    const all: readonly { text: string; names?: readonly string[] }[] = parts
    const shown = all.filter(({ names }) => names === undefined || names.length > 0)
    const taken = shown.reduce((sum, part) => sum + part.text.length + 3, 9 + wide)
    const named = shown.filter(({ names }) => names !== undefined).length
    const room = Math.floor((width - taken) / Math.max(1, named)) - 4
    const texts = shown.map(({ text: part, names }) =>
      names === undefined ? part : style.bad(withNames(part, names, room, style)),
    )
    return ` ${title.padEnd(8)}${`${style.count(total)} total`.padStart(wide)}   ${texts.join('   ')}`
  })
  const rate = (value: number | null, unit: string): string => (value === null ? '-' : style.si(value, unit))
  const bad = (check: StatusCheck, part: string): string =>
    status.findings.some((one) => one.check === check) ? style.bad(part) : part
  const parts = [
    `${rate(traffic.bps, 'b/s')} of ${rate(traffic.speed, 'b/s')}`,
    `${rate(traffic.pps, '')} packets/s`.replace('  ', ' '),
    bad('discards', `discards ${perSecond(traffic.discards)}`),
    bad('errors', `errors ${perSecond(traffic.errors)}`),
  ]
  return [`${style.escape(source)} · ${span}`, ...lines, ` ${'traffic'.padEnd(8)}${parts.join('   ')}`]
}

function perSecond(value: number | null): string {
  return value === null ? '-' : `${value === 0 ? '0' : value < 10 ? value.toPrecision(2) : String(Math.round(value))}/s`
}

/** As many names as there is room for. */
function withNames(part: string, names: readonly string[], room: number, style: Style): string {
  const shown: string[] = []
  let used = 0
  for (const name of names) {
    const escaped = style.escape(name)
    if (used + escaped.length + 2 > room) break
    used += escaped.length + 2
    shown.push(escaped)
  }
  if (shown.length === 0) return part
  return `${part}: ${shown.join(', ')}${shown.length < names.length ? ' …' : ''}`
}

const gauge = (name: string, help: string): MetricDefinition => ({
  name: `sflow_topology_${name}`,
  help,
  type: 'gauge',
})

/** sFlow-RT's names (exports.md section 1), then ours. */
export const statusMetrics = {
  links: gauge('links', 'links by status: unmonitored, up, down'),
  nodes: gauge('nodes', 'nodes by status: unmonitored, noflows, flows'),
  bps: gauge('traffic_bps', 'bits per second that enter at the edge'),
  speed: gauge('traffic_speed', 'sum of the speeds of edge ports in bits per second'),
  pps: gauge('traffic_pps', 'packets per second that enter at the edge'),
  discards: gauge('traffic_discards', 'packets discarded per second at all ports of the topology'),
  errors: gauge('traffic_errors', 'packets with errors per second at all ports of the topology'),
  findings: gauge('findings', 'what was found, by check'),
} as const

export function addStatusMetrics(status: FabricStatus, into: MetricTable): void {
  const { links, nodes, traffic } = status
  const unmonitored = status.unmonitoredLinks.length
  for (const [name, value] of [
    ['unmonitored', unmonitored] as const,
    ['up', links.up] as const,
    ['down', links.down] as const,
  ]) {
    into.add(statusMetrics.links, [['status', name]], value)
  }
  const nodeCounts = { unmonitored: status.unmonitoredNodes.length, noflows: nodes.noflows, flows: nodes.flows }
  for (const [name, value] of Object.entries(nodeCounts)) into.add(statusMetrics.nodes, [['status', name]], value)
  for (const name of ['bps', 'speed', 'pps', 'discards', 'errors'] as const) {
    into.add(statusMetrics[name], [], rounded(traffic[name]))
  }
  for (const check of statusCheckNames) into.add(statusMetrics.findings, [['check', check]], countOf(status, check))
}

const countOf = ({ findings }: FabricStatus, check: StatusCheck): number =>
  findings.filter((one) => one.check === check).length

const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })

export const statusFactNames: readonly ConditionName[] = [
  count('nodes', 'nodes of the topology'),
  count('nodes_unmonitored', 'of them, whose agent is not heard'),
  count('nodes_noflows', 'of them, that send no flow samples'),
  count('links', 'links of the topology'),
  count('links_unmonitored', 'of them, of whose states some are not known'),
  count('links_down', 'of them, that are down'),
  count('unknown_agents', 'agents that are no node'),
  { name: 'traffic_bps', unit: 'rate', doc: 'bits a second that enter at the edge; null where not known' },
  { name: 'traffic_pps', unit: 'rate', doc: 'packets a second that enter at the edge' },
  { name: 'traffic_discards', unit: 'rate', doc: 'packets discarded a second, at all ports' },
  { name: 'traffic_errors', unit: 'rate', doc: 'packets with errors a second, at all ports' },
  count('findings', 'all that was found'),
  ...statusCheckNames.map((check) => count(`findings_${check}`, statusChecks[check])),
]

export function statusFacts(status: FabricStatus): Readonly<Record<string, Datum>> {
  const { nodes, links, traffic } = status
  return {
    nodes: nodes.total,
    nodes_unmonitored: status.unmonitoredNodes.length,
    nodes_noflows: nodes.noflows,
    links: links.total,
    links_unmonitored: status.unmonitoredLinks.length,
    links_down: links.down,
    unknown_agents: status.unknown.length,
    traffic_bps: traffic.bps,
    traffic_pps: traffic.pps,
    traffic_discards: traffic.discards,
    traffic_errors: traffic.errors,
    findings: status.findings.length,
    ...Object.fromEntries(statusCheckNames.map((check) => [`findings_${check}`, countOf(status, check)])),
  }
}
