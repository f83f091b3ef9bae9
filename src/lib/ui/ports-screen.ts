// Owns the screen of `sonde ports`: all ports, one port. Knows no engine: it is fed with snapshots, and sends commands. Loads
// ink: import it with `await import()` only. Start at runPortsScreen; columns, lines and the page of one port are in ports/.

import type { PortSort, PortsChange, PortsCommand, PortsSnapshot } from '../ports/snapshot.ts'
import { shownNodes } from '../topo/shown-names.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { EngineCommands } from './engine-commands.ts'
import { FilterPrompt } from './filter-prompt.ts'
import { notesPage } from './notes.ts'
import { portHelp, portTableColumns, type ShownPort } from './ports/columns.ts'
import { emptyLines, headLines } from './ports/lines.ts'
import { PortPage } from './ports/port-page.ts'
import {
  type Answer,
  type Area,
  type KeyHint,
  type Page,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
} from './screen/screen.ts'
import { windowPrompt } from './window-prompt.ts'

export interface PortsScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: PortsCommand) => void
}

/** Title of the column that stands for an order of the engine. */
const columnOf = (sort: PortSort): string => portTableColumns.find(({ ranks }) => ranks === sort)?.title ?? 'UTIL'

const filterAbout = 'a condition on counter samples: ifspeed=400000000000&agent=10.0.0.0/8. Nothing lets all through.'

const windowAbout = 'how long a window is: 30s, 5m. Counters come every 20 to 30 s; a rate needs two of them.'

/** The first page: all ports. */
export class PortsPage implements Page<PortsSnapshot> {
  readonly hints: readonly KeyHint[] = [
    {
      key: 's',
      label: 'sort',
      help: 'sort by the next column: the engine is asked for the first ports by it; S the other way round',
    },
    { key: '↵', label: 'port', help: 'the selected port: both directions over time, counters, what samples say' },
    { key: 'f', label: 'filter', help: 'change the filter; it is asked of counter samples: ifspeed, ifname, agent' },
    { key: 'w', label: 'window', help: 'change the length of the window' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
  ]
  readonly help = portHelp
  readonly #commands: EngineCommands<PortsChange>
  readonly #filter: FilterPrompt
  #table: Table<ShownPort> | undefined
  /** The order that the engine was asked for last. */
  #ranked: PortSort | undefined
  #snapshot: PortsSnapshot | undefined

  constructor(options: PortsScreenOptions) {
    this.#commands = new EngineCommands<PortsChange>(options.send)
    this.#filter = new FilterPrompt(filterAbout, this.#commands)
  }

  take(snapshot: PortsSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    this.#ranked ??= snapshot.sort
    this.#table ??= new Table(portTableColumns, ({ port }) => port.id, columnOf(snapshot.sort), 'ports')
    const nodes = shownNodes(snapshot.rows.map(({ node }) => node))
    this.#table.take(
      snapshot.rows.map((port) => ({ port, node: nodes.get(port.node) ?? port.node })),
      nowMs,
    )
  }

  draw(area: Area): readonly string[] {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined || table === undefined) return []
    const frame = { head: headLines(s, area), notes: s.notes, refused: this.#commands.refused }
    return framed(frame, area, (middle) => (s.rows.length === 0 ? emptyLines(s, middle) : table.draw(middle)))
  }

  press(key: string): Answer<PortsSnapshot> {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined || table === undefined) return undefined
    if (key === 'f') return this.#filter.open(s.filter)
    if (key === 'w') return windowPrompt(s.windowMs, windowAbout, this.#commands)
    if (key === 'n') return notesPage(headLines)
    if (key === 'enter') return table.selected === undefined ? undefined : new PortPage(table.selected.port.id)
    table.press(key)
    const ranks = portTableColumns.find(({ title }) => title === table.sortedBy)?.ranks
    // The engine lists the first ports of an order: which those are depends on it.
    if (key === 's' && ranks !== undefined && ranks !== this.#ranked) {
      this.#ranked = ranks
      this.#commands.ask({ kind: 'set', sort: ranks })
    }
    return undefined
  }
}

/**
 * Shows ports on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves: stop the engine, then print `feed.told` and the summary.
 * @throws what runScreen throws
 */
export function runPortsScreen(
  feed: ScreenFeed<PortsSnapshot>,
  options: PortsScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde ports', page: new PortsPage(options), feed, colours, signal })
}
