// Owns the lines around the agents in the screen of `sonde listen`, and the texts of its other pages. See listen-screen.ts.

import type { AgentRow, ListenSnapshot, SideState } from '../listen/snapshot.ts'
import { bufferAdvice, emptyAdvice } from '../source/live-notices.ts'
import { adviceLines } from './no-data.ts'
import { formatCount, formatIec, formatPercent, formatSi, plural } from './numbers.ts'
import {
  type Area,
  cellText,
  clockCell,
  countCell,
  fitParts,
  type Paint,
  type Part,
  rateCell,
  sparkline,
  wrapText,
} from './screen/screen.ts'
import { formatSpan } from './times.ts'
import { truncate } from './width.ts'

/** All that were heard; one that was forgotten and came again counts twice. */
const heardAgents = (s: ListenSnapshot) => s.agents.length + s.moreAgents + s.forgotten

/** With all digits where they fit, else with three: `40.0k agents`. */
const fitting = (count: number, one: string) => (width: number) => {
  const whole = plural(count, one)
  return whole.length <= width ? whole : `${countCell(count, 5)} ${one}s`
}

function sourceName(s: ListenSnapshot): string {
  return cellText(s.addresses.join(', '))
}

/** A sparkline, and where there is room its scale: the largest value that is in it. */
function historyCell(history: readonly number[], width: number): string {
  const room = width < 16 ? width : width - 7
  const most = history.slice(-room).reduce((a, b) => Math.max(a, b), 0)
  const scale = room === width || most === 0 ? '' : ` ≤${rateCell(most)}`
  return sparkline(history, room) + scale
}

/** The first line of every page: what is listened to and how good it is. */
export function headLine(s: ListenSnapshot, { columns, colours }: Area): string {
  const name = sourceName(s)
  const lossPaint = s.lostShare !== null && s.lostShare > 0 ? colours.bad : undefined
  const parts: Part[] = [
    { text: name, min: Math.min(21, name.length), max: Math.min(60, name.length), priority: 0, paint: colours.strong },
    { text: clockCell(s.seconds), min: 6, priority: 1, align: 'right' },
    { text: fitting(heardAgents(s), 'agent'), min: 12, priority: 4, align: 'right' },
    { text: `${rateCell(s.datagramsPerSecond)} datagrams/s`, min: 17, priority: 3, align: 'right' },
    { text: (width) => historyCell(s.history, width), min: 6, max: 67, priority: 5 },
    {
      text: `lost ${s.lostShare === null ? '-' : formatPercent(s.lostShare)}`,
      min: 12,
      priority: 2,
      paint: lossPaint,
    },
  ]
  return fitParts(parts, columns)
}

/** Totals since the start: what came, and what is wrong with it beside lost datagrams. */
function totalsLine(s: ListenSnapshot, { columns, colours }: Area): string {
  const { flow, counters, discard, late, duplicates } = s.loss
  const lost = flow.lost + counters.lost + discard.lost
  const rest: string[] = []
  if (s.forgotten > 0) rest.push(`forgot ${plural(s.forgotten, 'agent')}`)
  if (late > 0) rest.push(`${formatCount(late)} late`)
  if (duplicates > 0) rest.push(`${formatCount(duplicates)} twice`)
  const doubt = rest.length > 0
  if (s.kept !== null) {
    rest.push(`--resample ${formatCount(s.kept.oneIn)} kept ${plural(s.kept.samples, 'sample')}`)
  }
  return fitParts(
    [
      { text: fitting(s.datagrams, 'datagram'), min: 17, max: 24, priority: 0 },
      { text: fitting(s.samples, 'sample'), min: 15, max: 24, priority: 1 },
      {
        text: (width) => `missed ${fitting(lost, 'sample')(width - 7)}`,
        min: 20,
        max: 28,
        priority: 2,
        paint: lost > 0 ? colours.bad : undefined,
      },
      { text: rest.join(' · '), min: 20, max: 200, priority: 3, paint: doubt ? colours.doubtful : colours.dim },
    ],
    columns,
  )
}

/** Losses of every kind and the receiver. */
function lossLine(s: ListenSnapshot, { columns, colours }: Area): string {
  const { bad, dim } = colours
  const red = (count: number): Paint | undefined => (count > 0 ? bad : undefined)
  const { receiving } = s
  const { ownDrops: own } = s.loss
  const lost = s.loss.lost ?? 0
  const kernel = receiving?.kernelDropped ?? null
  const rest: string[] = []
  if (receiving !== null) {
    if (receiving.refused > 0) rest.push(`refused ${formatCount(receiving.refused)}`)
    rest.push(`buffer ${formatIec(receiving.bufferGranted)}`, `${receiving.receiver}: ${cellText(receiving.why)}`)
  }
  return fitParts(
    [
      {
        text: s.lostShare === null ? 'lost -' : `lost ${plural(lost, 'datagram')}`,
        min: 22,
        priority: 0,
        paint: red(lost),
      },
      {
        text: `kernel dropped ${kernel === null ? '-' : formatCount(kernel)}`,
        min: 21,
        priority: 1,
        paint: red(kernel ?? 0),
      },
      { text: `agents dropped ${plural(own, 'sample')}`, min: 28, max: 34, priority: 2, paint: red(own) },
      { text: rest.join(' · '), min: 14, max: 200, priority: 3, paint: dim },
    ],
    columns,
  )
}

function sideLine(side: SideState, { columns, colours }: Area): string {
  const failed = side.failed > 0 || side.problem !== null
  const problem = side.problem === null ? '' : `: ${cellText(side.problem)}`
  return fitParts(
    [
      { text: cellText(side.name), min: 18, max: 24, priority: 0 },
      { text: plural(side.datagrams, 'datagram'), min: 20, priority: 2, align: 'right' },
      { text: formatIec(side.bytes), min: 8, max: 10, priority: 3, align: 'right' },
      {
        text: failed ? `${formatCount(side.failed)} failed${problem}` : '',
        min: 18,
        max: 200,
        priority: 1,
        paint: failed ? colours.bad : undefined,
      },
    ],
    columns,
  )
}

/** Times of the day are enough on a screen. */
const shortTimes = (text: string) => text.replace(/\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{9}Z/, '$1')

/** Exactly `room` lines, so that the agents above don't move when the first issues come. The newest of each kind, cause first. */
function issueLines(s: ListenSnapshot, { columns, colours }: Area, room: number): string[] {
  const [newest, ...others] = s.issueKinds
  const words = (text: string) => shortTimes(cellText(text))
  const lines =
    newest === undefined
      ? [s.issues === 0 ? colours.dim(' no issues') : colours.doubtful(` ${plural(s.issues, 'issue')}`)]
      : [
          colours.doubtful(truncate(` ${plural(s.issues, 'issue')}, newest: ${words(newest.newest)}`, columns)),
          ...others
            .slice(0, room - 1)
            .map((x) => colours.dim(truncate(` ${formatCount(x.count)} × ${words(x.newest)}`, columns))),
        ]
  while (lines.length < room) lines.push('')
  return lines
}

/** What stands at the bottom whatever the agents are: losses, sides, issues. How many lines depends on the terminal first. */
export function footLines(s: ListenSnapshot, area: Area): string[] {
  const { columns, rows, colours } = area
  const { receiving } = s
  const advice =
    receiving !== null && receiving.bufferGranted < receiving.bufferAsked
      ? wrapText(bufferAdvice(receiving.bufferGranted, receiving.bufferAsked), columns - 2, 2).map((line) =>
          colours.doubtful(` ${line}`),
        )
      : []
  const mostSides = rows < 29 ? 3 : 8
  const sides = s.sides.slice(0, mostSides).map((side) => sideLine(side, area))
  const hidden = s.sides.length - sides.length
  if (hidden > 0) sides.push(colours.dim(` ${formatCount(hidden)} more outputs`))
  // A header and three agents come before advice and sides.
  const middle = [...advice, ...sides].slice(0, Math.max(0, rows - 7))
  const issues = issueLines(s, area, rows < 29 ? 1 : rows < 44 ? 3 : 5)
  const top = rows >= 20 ? ['', totalsLine(s, area)] : []
  return [...top, lossLine(s, area), ...middle, ...issues]
}

/** In place of the agents while there are none: what was listened to, for how long, what to check. */
export function emptyLines(s: ListenSnapshot, area: Area): string[] {
  const { columns } = area
  const text = (line: string) => wrapText(line, columns - 2).map((part) => ` ${part}`)
  const span = formatSpan(Math.floor(s.seconds) * 1000)
  const silence =
    s.seconds < 1 ? `Nothing has come to ${sourceName(s)} yet.` : `Nothing came to ${sourceName(s)} in ${span}.`
  const what =
    s.datagrams > 0
      ? `${plural(s.datagrams, 'datagram')} came to ${sourceName(s)} in ${span}, and none was sFlow version 5. i shows why.`
      : silence
  const { receiving } = s
  // What --allow refuses did come: there is no firewall to look for.
  if (s.datagrams === 0 && receiving !== null && receiving.refused > 0) {
    return ['', ...text(emptyAdvice(s.addresses.map(cellText), receiving))]
  }
  return ['', ...text(what), '', ...adviceLines(s.addresses[0] ?? '', area)]
}

/** Whether an issue names this address, and not one that only begins with it. */
function names(issue: string, address: string): boolean {
  for (let at = issue.indexOf(address); at >= 0; at = issue.indexOf(address, at + 1)) {
    const around = (issue[at - 1] ?? ' ') + (issue[at + address.length] ?? ' ')
    if (!/[\da-f.]/i.test(around)) return true
  }
  return false
}

/** All that is known of one agent; undefined: it was forgotten, or is no longer listed. */
export function agentLines(s: ListenSnapshot, agent: AgentRow | undefined, { columns, colours }: Area): string[] {
  if (agent === undefined) return ['', ' This agent is no longer listed: others sent more.']
  const { bad, doubtful } = colours
  const lines: string[] = ['']
  const row = (label: string, value: string, what: string, paint?: Paint) => {
    const [first = '', ...rest] = wrapText(what, Math.max(10, columns - 42))
    const shown = value.padEnd(22)
    lines.push(
      ` ${label.padEnd(17)}${paint ? paint(shown) : shown} ${first === '' ? '' : colours.dim(first)}`.trimEnd(),
    )
    for (const line of rest) lines.push(' '.repeat(41) + colours.dim(line))
  }
  const rates =
    agent.rateLeast === null || agent.rateMost === null
      ? '-'
      : agent.rateLeast === agent.rateMost
        ? `1 in ${formatCount(agent.rateLeast)}`
        : `1 in ${formatSi(agent.rateLeast, '')} … ${formatSi(agent.rateMost, '')}`
  const each = (value: number) => `${rateCell(value)}/s`
  lines.push(` ${colours.strong(cellText(agent.agent ?? '(no address)'))}  sub-agent ${agent.subAgent}`)
  lines.push(` ${cellText(agent.hostName ?? 'name not told')}`, '')
  const silent = agent.datagramsPerSecond === 0
  const inAll = (count: number) => `${formatCount(count)} in all`
  const dayTime = (iso: string) => iso.slice(11, 19)
  row(
    'datagrams',
    each(agent.datagramsPerSecond),
    `${inAll(agent.datagrams)}${silent ? ', silent now' : ''}`,
    silent ? doubtful : undefined,
  )
  row('heard', `${dayTime(agent.firstTime)} – ${dayTime(agent.lastTime)}`, 'first and last datagram, UTC')
  row('flow samples', each(agent.flowPerSecond), inAll(agent.flow.samples))
  const off = agent.rateOff === true
  const offText =
    'a data source samples more than 20 % off its configured rate: ports that sample too much or too little'
  row('sampling', rates, off ? offText : '', off ? doubtful : undefined)
  row('counter samples', each(agent.countersPerSecond), inAll(agent.counters.samples))
  row('discards', each(agent.discardsPerSecond), inAll(agent.discard.samples))
  const lost = agent.lost ?? 0
  const lostText = 'on the way, by gaps in its sequence numbers; compare with what the kernel dropped here'
  row(
    'lost',
    agent.lost === null ? '-' : plural(lost, 'datagram'),
    agent.lost === null ? 'it does not count its datagrams' : lost > 0 ? lostText : '',
    lost > 0 ? bad : undefined,
  )
  const kinds = [
    ['flow', agent.flow.lost],
    ['counter', agent.counters.lost],
    ['discard', agent.discard.lost],
  ] as const
  const missed = kinds.reduce((sum, [, count]) => sum + (count ?? 0), 0)
  const missedText = kinds.map(([kind, count]) => `${kind} ${count === null ? '-' : formatCount(count)}`).join(', ')
  row('missed', plural(missed, 'sample'), `${missedText}: by their own numbers`, missed > 0 ? bad : undefined)
  const { late, duplicates } = agent
  if (late + duplicates > 0) {
    row('out of order', `${formatCount(late)} late, ${formatCount(duplicates)} twice`, '', doubtful)
  }
  const ownText = 'dropped by the agent before sending: it samples more than it can send'
  const own = agent.ownDrops > 0
  row('own drops', plural(agent.ownDrops, 'sample'), own ? ownText : '', own ? bad : undefined)
  const restarts = agent.restarts > 0 ? `${plural(agent.restarts, 'restart')} while we listened` : ''
  row('up', formatSpan(agent.uptimeMs), restarts, agent.restarts > 0 ? doubtful : undefined)
  const address = agent.agent
  const issues = address === null ? [] : s.newestIssues.filter((issue) => names(issue, address))
  if (issues.length > 0) lines.push('', ' Issues, newest first')
  for (const issue of issues) lines.push(...wrapText(cellText(issue), columns - 2, 2).map((line) => ` ${line}`))
  return lines
}

/** The newest issues, whole. */
export function issuePage(s: ListenSnapshot, { columns, colours }: Area): string[] {
  if (s.issues === 0) return ['', ' No issues: every datagram could be decoded.']
  const told = s.newestIssues.length
  const title =
    told < s.issues ? `${plural(s.issues, 'issue')}, of which ${formatCount(told)} in words` : plural(told, 'issue')
  return [
    '',
    colours.strong(` ${title}, newest first`),
    ...s.newestIssues.flatMap((issue) => wrapText(cellText(issue), columns - 2, 2).map((line) => ` ${line}`)),
  ]
}
