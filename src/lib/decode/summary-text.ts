// Owns a summary as text for people. Knows no terminal: colour, widths and tables come with a Style. Start at
// formatSummary.

import { agentTable } from '../print/agent-table.ts'
import { ARROW, bad, CardText, dim, doubtful, type Piece, strong } from '../print/cards/text.ts'
import { lostLine, orderLine, unknownLines } from '../print/loss-text.ts'
import type { Style } from '../print/style.ts'
import type { SummaryObject, TagCount } from './summary.ts'

export interface SummaryTextOptions {
  readonly style: Style
  readonly width: number
  /** An ISO time as a person reads it. */
  readonly time: (iso: string) => string
}

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
  const lines = [above, agentsOf(summary, style, width), text.take()]
  return lines
    .filter((part) => part !== '')
    .map((part) => part.replace(/\n$/, ''))
    .join('\n\n')
    .split('\n')
}

function agentsOf({ agents }: SummaryObject, style: Style, width: number): string {
  const lines = agents.map((x) => ({ ...x, rate_off: x.sources.some((source) => source.rate_off === true) }))
  return agentTable(lines, agents.length, style, width)
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
  lostLine(text, style, loss)
  if (input.cut_by_capture > 0) text.pair('cut by the snaplen', bad(style.count(input.cut_by_capture)))
  orderLine(text, style, loss)
  skipped(text, style, input)
  text.label('issues', Object.keys(summary.issues).length + input.damage.length > 0 ? 'bad' : 'accent')
  issues(text, style, summary)
  text.label('pool')
  const statement = pool.statement.replace(/^pool (is )?/, '')
  text.group(pool.not_measured > 0 ? doubtful(statement) : statement)
  unknownLines(text, loss.unknown)
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

function plural(style: Style, n: number, noun: string): string {
  return `${style.count(n)} ${noun}${n === 1 ? '' : 's'}`
}

/** A share of 0 to 1; what is not zero never reads 0 %, what is not all never 100 %. */
function percent(share: number): string {
  const value = share * 100
  return value < 0.1 ? '< 0.1 %' : `${(value < 100 ? Math.min(99.9, value) : value).toFixed(1)} %`
}
