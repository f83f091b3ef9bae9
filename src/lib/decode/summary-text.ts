// Owns a summary as text for people. Knows no terminal: colour, widths and tables come with a Style. Start at
// formatSummary.

import type { AgentSummary } from '../agents/summary.ts'
import { ARROW, bad, CardText, dim, doubtful, type Piece, strong } from '../print/cards/text.ts'
import type { Style, TableColumn } from '../print/style.ts'
import type { SummaryObject, TagCount } from './summary.ts'

export interface SummaryTextOptions {
  readonly style: Style
  readonly width: number
  /** An ISO time as a person reads it. */
  readonly time: (iso: string) => string
}

/** Agents that the table lists; JSON has them all. */
const MOST_ROWS = 200
/** Reasons, ports and kinds of trouble that one line lists. */
const MOST_LISTED = 24

/** The lines of a summary, without newlines at their ends. */
export function formatSummary(summary: SummaryObject, options: SummaryTextOptions): string[] {
  const { style, width } = options
  const text = new CardText(style, width)
  headline(text, summary, options)
  countLines(text, summary, style)
  const above = text.take()
  trouble(text, summary, style)
  const lines = [above, agentTable(summary.agents, style, width), text.take()]
  return lines
    .filter((part) => part !== '')
    .map((part) => part.replace(/\n$/, ''))
    .join('\n\n')
    .split('\n')
}

/** What is looked at and how good it is. */
function headline(text: CardText, summary: SummaryObject, { style, time }: SummaryTextOptions): void {
  const { input, agents, duration_s, loss } = summary
  const agentCount = agents.length + loss.agents_forgotten
  text.head(2)
  const parts = [
    plural(style, summary.datagrams, 'datagram'),
    plural(style, agentCount, 'agent'),
    duration_s === null ? 'no time' : duration_s < 1 ? style.span(duration_s * 1000) : seconds(style, duration_s),
  ]
  const pieces: Piece[] = [
    strong(`${style.escape(input.name)}:`),
    ` ${parts.join(', ')}, `,
    lostDatagrams(summary, style),
  ]
  if (input.cut_by_capture > 0) pieces.push(', ', bad(`${style.count(input.cut_by_capture)} cut by the capture`))
  const problems = Object.values(summary.issues).reduce((sum, x) => sum + x, input.damage.length)
  if (problems > 0) pieces.push(', ', bad(plural(style, problems, 'issue')))
  text.group(...pieces)
  if (summary.first_time !== null && summary.last_time !== null) {
    text.head(2)
    text.group(dim(time(summary.first_time)), ...(duration_s === 0 ? [] : [ARROW, dim(time(summary.last_time))]))
  }
}

function seconds(style: Style, value: number): string {
  return value < 3600 ? `${Math.round(value)} s` : style.span(value * 1000)
}

function lostDatagrams({ loss, agents, datagrams }: SummaryObject, style: Style): Piece {
  if (agents.length > 0 && agents.every((x) => x.lost === null)) return doubtful('loss of datagrams not known')
  if (loss.lost === 0) return 'no datagram lost'
  return bad(
    `${plural(style, loss.lost, 'datagram')} lost (${percent(loss.lost / (loss.lost + datagrams - loss.duplicates))})`,
  )
}

function countLines(text: CardText, summary: SummaryObject, style: Style): void {
  counts(text, style, 'samples', summary.samples, summary.samples_of_more_unknown_tags)
  if (summary.duplicate_samples > 0) {
    text.group(doubtful(`and ${style.count(summary.duplicate_samples)} again in duplicates`))
  }
  const { flow_records: flow, counter_records: counters, records_of_more_unknown_tags: more } = summary
  counts(text, style, 'records', flow, counters.length === 0 ? more : 0)
  counts(text, style, flow.length === 0 ? 'records' : '', counters, counters.length === 0 ? 0 : more)
  if (summary.drop_reasons.length === 0) return
  text.label('dropped', 'bad')
  for (const { reason, name, count } of summary.drop_reasons.slice(0, MOST_LISTED)) {
    text.group(style.count(count), ` ${name ?? 'unassigned'} `, dim(`(${reason})`))
  }
  rest(text, style, summary.drop_reasons.length - MOST_LISTED, 'reasons')
  if (summary.drop_reasons_more > 0) text.group(`${style.count(summary.drop_reasons_more)} of more unknown reasons`)
}

function counts(text: CardText, style: Style, label: string, list: readonly TagCount[], more: number): void {
  if (list.length === 0 && more === 0) return
  text.label(label)
  for (const { tag, name, count } of list) {
    text.group(style.count(count), ' ', name ?? doubtful('unknown'), dim(` ${tag}`))
  }
  if (more > 0) text.group(doubtful(`${style.count(more)} of more unknown tags`))
}

/** Loss of every kind, and what is not known of it. */
function trouble(text: CardText, summary: SummaryObject, style: Style): void {
  const { loss, input, pool } = summary
  text.label('lost')
  count(text, style, 'datagrams', loss.lost)
  count(text, style, 'flow samples', loss.flow.lost)
  count(text, style, 'counter samples', loss.counters.lost)
  count(text, style, 'discards', loss.discard.lost)
  count(text, style, 'by agents themselves', loss.agent_drops)
  if (input.cut_by_capture > 0) count(text, style, 'cut by the snaplen', input.cut_by_capture)
  const others = [
    ['late', loss.late],
    ['duplicates', loss.duplicates],
    ['restarts', loss.restarts],
  ] as const
  if (others.some(([, value]) => value > 0)) {
    text.label('order')
    for (const [name, value] of others) text.pair(name, value > 0 ? doubtful(style.count(value)) : '0')
  }
  skipped(text, style, input)
  text.label('issues', Object.keys(summary.issues).length + input.damage.length > 0 ? 'bad' : 'accent')
  issues(text, style, summary)
  text.label('pool')
  const statement = pool.statement.replace(/^pool (is )?/, '')
  text.group(pool.not_measured > 0 ? doubtful(statement) : statement)
  if (loss.unknown.length > 0) text.label('unknown')
  loss.unknown.forEach((sentence, i) => {
    if (i > 0) text.more()
    text.group(dim(sentence))
  })
}

function count(text: CardText, style: Style, name: string, value: number): void {
  text.pair(name, value > 0 ? bad(style.count(value)) : '0')
}

function skipped(text: CardText, style: Style, input: SummaryObject['input']): void {
  const reasons = Object.entries(input.skipped)
  if (reasons.length === 0) return
  text.label('skipped')
  for (const [reason, packets] of reasons.slice(0, MOST_LISTED)) text.group(style.count(packets), ` ${reason}`)
  rest(text, style, reasons.length - MOST_LISTED, 'reasons')
  const ports = Object.entries(input.other_ports).sort((a, b) => b[1] - a[1])
  if (ports.length > 0) {
    const list = ports.slice(0, 8).map(([port, packets]) => `${port} (${style.count(packets)})`)
    text.pair('other UDP ports', list.join(', '))
  }
}

function issues(text: CardText, style: Style, { issues: kinds, input }: SummaryObject): void {
  const list = Object.entries(kinds).sort((a, b) => b[1] - a[1])
  if (list.length + input.damage.length === 0) text.group('none')
  for (const { at, problem, count: times } of input.damage) {
    const more = times > 1 ? `, and ${style.count(times - 1)} more like it` : ''
    text.group(bad(`capture, byte ${at}: ${style.escape(problem)}${more}`))
  }
  for (const [kind, times] of list.slice(0, MOST_LISTED)) text.group(bad(style.count(times)), ` ${style.escape(kind)}`)
  rest(text, style, list.length - MOST_LISTED, 'kinds')
}

function rest(text: CardText, style: Style, more: number, what: string): void {
  if (more > 0) text.group(dim(`… ${style.count(more)} more ${what}`))
}

/** One column of the table of agents. */
interface AgentColumn extends TableColumn {
  readonly cell: (x: AgentSummary) => string
  /** Hidden where no agent has anything but this in it. */
  readonly unless?: string
  /** Given up where the table is too wide, the higher the sooner: what the lines around the table tell too, first. */
  readonly spare?: number
}

function agentTable(agents: readonly AgentSummary[], style: Style, width: number): string {
  if (agents.length === 0) return ''
  const shown = agents.slice(0, MOST_ROWS)
  let columns = columnsOf(style).filter((x) => x.unless === undefined || agents.some((a) => x.cell(a) !== x.unless))
  let table = draw(style, columns, shown)
  while (tableWidth(style, table) > width) {
    const most = Math.max(...columns.map((x) => x.spare ?? 0))
    if (most === 0) break
    columns = columns.filter((x) => x.spare !== most)
    table = draw(style, columns, shown)
  }
  const more = agents.length - shown.length
  return more > 0 ? `${table}\n${style.dim(`… ${style.count(more)} more; --format json has them all`)}` : table
}

const draw = (style: Style, columns: readonly AgentColumn[], agents: readonly AgentSummary[]): string =>
  style.table(
    columns,
    agents.map((agent) => columns.map((column) => column.cell(agent))),
  )

const tableWidth = (style: Style, table: string): number =>
  Math.max(...table.split('\n').map((line) => style.width(line)))

function columnsOf(style: Style): AgentColumn[] {
  const right = 'right' as const
  const number = (value: number | null): string => (value === null ? '-' : style.count(value))
  const worry = (tone: 'bad' | 'doubtful', value: number | null): string =>
    value !== null && value > 0 ? style[tone](style.count(value)) : number(value)
  const lostSamples = (x: AgentSummary): number => (x.flow.lost ?? 0) + (x.counters.lost ?? 0) + (x.discard.lost ?? 0)
  return [
    { title: 'AGENT', align: 'left', cell: (x) => x.agent ?? 'unknown' },
    { title: 'HOST', align: 'left', unless: '-', spare: 10, cell: (x) => hostCell(style, x.hostname) },
    { title: 'SUB', align: right, unless: '0', cell: (x) => String(x.sub_agent) },
    { title: 'DGRAMS', align: right, cell: (x) => number(x.datagrams) },
    { title: 'LOST', align: right, cell: (x) => worry('bad', x.lost) },
    { title: 'FLOW', align: right, spare: 1, cell: (x) => number(x.flow.samples) },
    { title: 'CNTR', align: right, spare: 1, cell: (x) => number(x.counters.samples) },
    { title: 'DISC', align: right, unless: '0', spare: 2, cell: (x) => number(x.discard.samples) },
    { title: 'OTHER', align: right, unless: '0', spare: 4, cell: (x) => number(x.text_samples + x.other_samples) },
    { title: 'S-LOST', align: right, unless: '0', spare: 5, cell: (x) => worry('bad', lostSamples(x)) },
    { title: '1:N', align: right, unless: '-', spare: 3, cell: (x) => configuredRate(style, x) },
    { title: 'N EFF', align: right, unless: '-', spare: 9, cell: (x) => effectiveRate(style, x) },
    { title: 'OWN', align: right, unless: '0', spare: 5, cell: (x) => worry('bad', x.agent_drops) },
    { title: 'LATE', align: right, unless: '0', spare: 8, cell: (x) => worry('doubtful', x.late) },
    { title: 'DUP', align: right, unless: '0', spare: 7, cell: (x) => worry('doubtful', x.duplicates) },
    { title: 'RESTARTS', align: right, unless: '0', spare: 6, cell: (x) => worry('doubtful', x.restarts) },
    { title: 'UP', align: right, spare: 11, cell: (x) => largestUnit(style, x.uptime_ms) },
  ]
}

const MOST_HOST = 24

function hostCell(style: Style, name: string | null): string {
  if (name === null) return '-'
  const text = style.escape(name)
  return text.length > MOST_HOST ? `${text.slice(0, MOST_HOST - 1)}…` : text
}

function configuredRate(style: Style, { configured_rate_min: least, configured_rate_max: most }: AgentSummary): string {
  if (least === null || most === null) return '-'
  return least === most ? formatRate(style, least) : `${formatRate(style, least)}…${formatRate(style, most)}`
}

/** `100k`, `1M`; all digits where they are needed. */
function formatRate(style: Style, rate: number): string {
  if (rate === 0 || rate % 1000 !== 0) return style.count(rate)
  return rate % 1_000_000 === 0 ? `${style.count(rate / 1_000_000)}M` : `${style.count(rate / 1000)}k`
}

/** Packets a sample; doubtful where a data source is more than 20 % off its configured rate. */
function effectiveRate(style: Style, agent: AgentSummary): string {
  const rate = agent.effective_rate
  if (rate === null) return '-'
  const text = rate >= 1000 ? style.count(Math.round(rate)) : String(Number(rate.toPrecision(4)))
  return agent.sources.some((x) => x.rate_off === true) ? style.doubtful(text) : text
}

/** `41 d`, where `41 d 3 h` would be too wide. */
const largestUnit = (style: Style, ms: number): string => style.span(ms).split(' ').slice(0, 2).join(' ')

function plural(style: Style, n: number, noun: string): string {
  return `${style.count(n)} ${noun}${n === 1 ? '' : 's'}`
}

/** A share of 0 to 1; what is not zero never reads 0 %. */
function percent(share: number): string {
  const value = share * 100
  return value < 0.1 ? '< 0.1 %' : `${value.toFixed(1)} %`
}
