// Owns the screen of `sonde listen`: agents, one agent, issues. Knows no socket and no worker: it is fed with snapshots.
// Loads ink: import it with `await import()` only. Start at runListenScreen; columns are in listen-columns.ts, the lines
// around them in listen-lines.ts, and what screens are in screen/screen.ts.

import type { ListenSnapshot } from '../listen/snapshot.ts'
import type { Colours } from './colour.ts'
import { agentColumns, agentHelp, agentKey } from './listen-columns.ts'
import { agentLines, emptyLines, footLines, headLine, issuePage } from './listen-lines.ts'
import {
  type Area,
  type KeyHint,
  type Page,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
  TextPage,
} from './screen/screen.ts'

const issuesKey: KeyHint = { key: 'i', label: 'issues', help: 'what could not be decoded, newest first' }

const issues = () =>
  new TextPage<ListenSnapshot>({
    head: (s, area) => [headLine(s, area)],
    body: issuePage,
    help: ['At most the newest hundred are kept in words, and of a flood some of each second; all are counted.'],
  })

function agentPage(key: string): Page<ListenSnapshot> {
  return new TextPage<ListenSnapshot>({
    head: (s, area) => [headLine(s, area)],
    body: (s, area) =>
      agentLines(
        s,
        s.agents.find((row) => agentKey(row) === key),
        area,
      ),
    hints: [issuesKey],
    help: agentHelp,
    press: (key) => (key === 'i' ? issues() : undefined),
  })
}

/** The first page: all agents. */
export class AgentsPage implements Page<ListenSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
    { key: '↵', label: 'agent', help: 'all that is known of the selected agent' },
    issuesKey,
  ]
  readonly help = agentHelp
  readonly #table = new Table(agentColumns, agentKey, 'LOST', 'agents')
  #snapshot: ListenSnapshot | undefined

  take(snapshot: ListenSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#table.take(snapshot.agents, nowMs, [], snapshot.moreAgents)
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const foot = footLines(s, area)
    const rows = Math.max(1, area.rows - 1 - foot.length)
    const middle = s.agents.length === 0 ? emptyLines(s, area) : this.#table.draw({ ...area, rows })
    const lines = [headLine(s, area), ...middle.slice(0, rows)]
    while (lines.length < rows + 1) lines.push('')
    return [...lines, ...foot]
  }

  press(key: string): Page<ListenSnapshot> | undefined {
    if (key === 'i') return issues()
    const row = this.#table.selected
    if (key === 'enter') return row === undefined ? undefined : agentPage(agentKey(row))
    this.#table.press(key)
    return undefined
  }
}

/**
 * Shows the listener on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal
 * is as before when this resolves: stop the listener, then print `feed.told` and the summary.
 * @throws what runScreen throws
 */
export function runListenScreen(
  feed: ScreenFeed<ListenSnapshot>,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde listen', page: new AgentsPage(), feed, colours, signal })
}
