// Owns the table of agents in summaries for people: what came of each, what was lost, what it says of sampling. Knows no
// terminal: colour, widths and tables come with a Style. Start at agentTable.

import type { Style, TableColumn } from './style.ts'

/** Agents that the table lists. */
const MOST_ROWS = 200

/** What the table says of one agent; null is not known. As AgentSummary of the model `agents` has it. */
export interface AgentLine {
  readonly agent: string | null
  readonly sub_agent: number
  readonly hostname: string | null
  readonly datagrams: number
  readonly lost: number | null
  readonly late: number
  readonly duplicates: number
  readonly restarts: number
  readonly uptime_ms: number
  readonly flow: KindLine
  readonly counters: KindLine
  readonly discard: KindLine
  readonly text_samples: number
  readonly other_samples: number
  readonly agent_drops: number
  readonly configured_rate_min: number | null
  readonly configured_rate_max: number | null
  readonly effective_rate: number | null
  /** A data source is more than 20 % off its configured rate. */
  readonly rate_off: boolean
}

interface KindLine {
  readonly samples: number
  readonly lost: number | null
}

/** One column of the table of agents. */
interface AgentColumn extends TableColumn {
  readonly cell: (x: AgentLine) => string
  /** Hidden where no agent has anything but this in it. */
  readonly unless?: string
  /** Given up where the table is too wide, the higher the sooner: what the lines around the table tell too, first. */
  readonly spare?: number
}

/**
 * The table; '' without agents. Columns that say nothing are left out, and where it is too wide those that can be spared.
 * @param count agents in all, also those that are not given
 */
export function agentTable(agents: readonly AgentLine[], count: number, style: Style, width: number): string {
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
  const more = count - shown.length
  return more > 0 ? `${table}\n${style.dim(`… ${style.count(more)} more; --format json has them all`)}` : table
}

const draw = (style: Style, columns: readonly AgentColumn[], agents: readonly AgentLine[]): string =>
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
  const lostSamples = (x: AgentLine): number => (x.flow.lost ?? 0) + (x.counters.lost ?? 0) + (x.discard.lost ?? 0)
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

function configuredRate(style: Style, { configured_rate_min: least, configured_rate_max: most }: AgentLine): string {
  if (least === null || most === null) return '-'
  return least === most ? formatRate(style, least) : `${formatRate(style, least)}…${formatRate(style, most)}`
}

/** `100k`, `1M`; all digits where they are needed. */
function formatRate(style: Style, rate: number): string {
  if (rate === 0 || rate % 1000 !== 0) return style.count(rate)
  return rate % 1_000_000 === 0 ? `${style.count(rate / 1_000_000)}M` : `${style.count(rate / 1000)}k`
}

/** Packets a sample; doubtful where a data source is more than 20 % off its configured rate. */
function effectiveRate(style: Style, agent: AgentLine): string {
  const rate = agent.effective_rate
  if (rate === null) return '-'
  const text = rate >= 1000 ? style.count(Math.round(rate)) : String(Number(rate.toPrecision(4)))
  return agent.rate_off ? style.doubtful(text) : text
}

/** `41 d`, where `41 d 3 h` would be too wide. */
const largestUnit = (style: Style, ms: number): string => style.span(ms).split(' ').slice(0, 2).join(' ')
