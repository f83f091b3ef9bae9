// Owns the summary of a listener for people, the table that `sonde decode --summary` prints, of what came live. Knows no
// terminal: colour, widths and tables come with a Style. Start at formatListenSummary.

import { type AgentLine, agentTable } from '../print/agent-table.ts'
import { bad, CardText, dim, doubtful, type Piece, strong } from '../print/cards/text.ts'
import { lossPair, lostLine, orderLine, unknownLines } from '../print/loss-text.ts'
import type { Style } from '../print/style.ts'
import type { AgentRow, ListenSnapshot } from './snapshot.ts'

/** The lines of a summary, without newlines at their ends. */
export function formatListenSummary(s: ListenSnapshot, style: Style, width: number): string[] {
  const text = new CardText(style, width)
  headline(text, s, style)
  const above = text.take()
  trouble(text, s, style)
  const table = agentTable(s.agents.map(lineOf), s.agents.length + s.moreAgents, style, width)
  return [above, table, text.take()]
    .filter((part) => part !== '')
    .map((part) => part.replace(/\n$/, ''))
    .join('\n\n')
    .split('\n')
}

function headline(text: CardText, s: ListenSnapshot, style: Style): void {
  const agents = s.agents.length + s.moreAgents + s.forgotten
  text.head(2)
  const span = s.seconds < 10 ? `${s.seconds.toFixed(1)} s` : style.span(s.seconds * 1000)
  const parts = [plural(style, s.datagrams, 'datagram'), plural(style, agents, 'agent'), span]
  const pieces: Piece[] = [
    strong(`${style.escape(s.addresses.join(', '))}:`),
    ` ${parts.join(', ')}, `,
    lostOf(s, style),
  ]
  if (s.issues > 0) pieces.push(', ', bad(plural(style, s.issues, 'issue')))
  text.group(...pieces)
  const { flow, counters, discard } = s.loss
  text.label('samples')
  for (const [name, { samples }] of [
    ['flow', flow],
    ['counters', counters],
    ['discards', discard],
  ] as const) {
    text.group(style.count(samples), ` ${name}`)
  }
  const others = s.samples - flow.samples - counters.samples - discard.samples
  // Those of datagrams that came twice count for no kind.
  if (others > 0) text.group(style.count(others), doubtful(' others (broken, come twice, of other types)'))
  if (s.kept === null) return
  text.label('kept')
  const { oneIn, datagrams, samples } = s.kept
  text.group(`${plural(style, datagrams, 'datagram')} with ${plural(style, samples, 'sample')}`)
  text.group(dim(`by --resample ${style.count(oneIn)}; all else here is of what came`))
}

function lostOf({ loss, lostShare }: ListenSnapshot, style: Style): Piece {
  if (loss.lost === null) return doubtful('lost datagrams not known')
  if (loss.lost === 0) return 'no datagram lost'
  const share = lostShare === null ? '' : ` (${style.percent(lostShare)})`
  return bad(`${plural(style, loss.lost, 'datagram')} lost${share}`)
}

/** Loss of every kind, what could not be decoded, and what is not known. */
function trouble(text: CardText, s: ListenSnapshot, style: Style): void {
  const { loss, receiving } = s
  lostLine(text, style, { ...loss, agent_drops: loss.ownDrops })
  if (receiving !== null) {
    lossPair(text, style, 'by the kernel', receiving.kernelDropped)
    if (receiving.queueDropped > 0) lossPair(text, style, 'by sonde itself', receiving.queueDropped)
  }
  orderLine(text, style, loss)
  text.label('issues', s.issues > 0 ? 'bad' : 'accent')
  if (s.issues === 0) text.group('none')
  const kinds = [...s.issueKinds].sort((a, b) => b.count - a.count)
  for (const { kind, count } of kinds.slice(0, MOST_KINDS))
    text.group(bad(style.count(count)), ` ${style.escape(kind)}`)
  if (kinds.length > MOST_KINDS) text.group(dim(`… ${style.count(kinds.length - MOST_KINDS)} more kinds`))
  unknownLines(text, loss.unknown)
}

/** Kinds of trouble that one line lists. */
const MOST_KINDS = 24

function lineOf(x: AgentRow): AgentLine {
  return {
    agent: x.agent,
    sub_agent: x.subAgent,
    hostname: x.hostName,
    datagrams: x.datagrams,
    lost: x.lost,
    late: x.late,
    duplicates: x.duplicates,
    restarts: x.restarts,
    uptime_ms: x.uptimeMs,
    flow: x.flow,
    counters: x.counters,
    discard: x.discard,
    text_samples: 0,
    other_samples: x.otherSamples,
    agent_drops: x.ownDrops,
    configured_rate_min: x.rateLeast,
    configured_rate_max: x.rateMost,
    effective_rate: x.effectiveRate,
    rate_off: x.rateOff === true,
  }
}

const plural = (style: Style, n: number, noun: string): string => `${style.count(n)} ${noun}${n === 1 ? '' : 's'}`
