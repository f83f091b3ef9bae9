// Owns the screen of `sonde ai-metrics`: its first page, charts where there is room and numbers where there is not, and what keys
// lead to. Loads ink and react with it. See ui.ts for the folder. Start at AiPage; its charts are in ai-metrics/panels.ts.

import type { AiChange, AiCommand, AiSnapshot } from '../ai-metrics/snapshot.ts'
import { ChartPage } from './ai-metrics/chart-page.ts'
import { FastPage } from './ai-metrics/fast-page.ts'
import { GRID_COLUMNS, gridLines, hasGrid, type Pointer } from './ai-metrics/grid.ts'
import { emptyLines, headLines, moreLine } from './ai-metrics/lines.ts'
import { numberLines } from './ai-metrics/numbers.ts'
import { RowsPage } from './ai-metrics/rows-page.ts'
import { View } from './ai-metrics/view.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { EngineCommands } from './engine-commands.ts'
import { notesPage } from './notes.ts'
import {
  type Answer,
  type Area,
  type KeyHint,
  type Page,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
} from './screen/screen.ts'

export interface AiScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: AiCommand) => void
}

interface Reset {
  readonly kind: 'reset'
}

/** The first page. */
export class AiPage implements Page<AiSnapshot> {
  readonly sideways = true
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'chart', help: 'the selected chart, large; tab selects too' },
    {
      key: '← →',
      label: 'time',
      help: 'move the cursor: the values of that second in all charts; page up and down by ten, home, end',
    },
    { key: 'p', label: '100 ms', help: 'packets a second in steps of 100 ms, in which the period is found' },
    { key: 'b', label: 'by', help: 'ports, links, queue pairs or groups' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
    { key: 'r', label: 'reset', help: 'count from nothing: charts, period, what was learned' },
  ]
  readonly help: readonly string[] = [
    'Charts show five minutes, one value a second; the newest is at the right. A gap is a second that is not known; - is a value that is not known.',
    '±: 95 % of the time the truth is no further away, as far as sampling goes. ≥: a lower bound, since marks of the last hop are not seen.',
    'Link traffic: max, quartiles and min over all ports of that kind. Operations are packets by opcode, their shares of all RoCE packets.',
    'docs/ai-metrics.md defines every number.',
  ]
  readonly #commands: EngineCommands<AiChange | Reset>
  readonly #view = new View()
  #snapshot: AiSnapshot | undefined
  /** What was drawn, and of what: states come more often than anything in the charts changes. */
  #drawn: { readonly key: string; readonly s: AiSnapshot; readonly lines: readonly string[] } | undefined
  /** As of the last frame: arrows go by it. */
  #isGrid = false

  constructor({ send }: AiScreenOptions) {
    this.#commands = new EngineCommands<AiChange | Reset>(send)
  }

  get within(): boolean {
    return this.#view.cursor.isSet
  }

  take(snapshot: AiSnapshot): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const pointer = this.#view.pointer(s)
    const head = headLines(s, pointer, area)
    const frame = { head, notes: s.notes, refused: this.#commands.refused }
    return framed(frame, area, (middle) =>
      s.window === null ? emptyLines(s, middle) : this.#middle(s, pointer, middle),
    )
  }

  #middle(s: AiSnapshot, pointer: Pointer, area: Area): readonly string[] {
    const key = `${area.columns} ${area.rows} ${pointer.at} ${pointer.isSet} ${pointer.panel} ${s.period?.cycles}`
    const drawn = this.#drawn
    if (drawn !== undefined && drawn.key === key && drawn.s.trend === s.trend && drawn.s.window === s.window)
      return drawn.lines
    const charts = { ...area, rows: area.rows - 1 }
    this.#isGrid = hasGrid(charts)
    const lines = this.#isGrid
      ? [...gridLines(s, pointer, charts), moreLine(s, pointer.at, area)]
      : numberLines(s, pointer, area)
    this.#drawn = { key, s, lines }
    return lines
  }

  press(key: string): Answer<AiSnapshot> {
    const s = this.#snapshot
    if (s === undefined) return undefined
    const below = this.#isGrid ? GRID_COLUMNS : 1
    if (key === 'back') this.#view.cursor.clear()
    else if (key === 'enter') return new ChartPage(this.#view)
    else if (key === 'p') return new FastPage()
    else if (key === 'n') return notesPage((of, area) => headLines(of, this.#view.pointer(of), area))
    else if (key === 'b') return this.#rows(s)
    else if (key === 'r') this.#reset()
    else if (key === 'up') this.#view.step(-below)
    else if (key === 'down') this.#view.step(below)
    else if (key === 'tab') this.#view.step(1)
    else if (key === 'shift-tab') this.#view.step(-1)
    else this.#view.cursor.press(key, s.trend)
    return undefined
  }

  #reset(): void {
    this.#view.cursor.clear()
    this.#commands.ask({ kind: 'reset' })
  }

  #rows(s: AiSnapshot): RowsPage {
    if (s.window === null || s.window.by === null) this.#commands.ask({ kind: 'set', by: 'port' })
    return new RowsPage(this.#commands)
  }
}

/**
 * Shows the metrics on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is
 * as before when this resolves: stop the engine, then print `feed.told` and the summary.
 * @throws what runScreen throws
 */
export function runAiScreen(
  feed: ScreenFeed<AiSnapshot>,
  options: AiScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde ai-metrics', page: new AiPage(options), feed, colours, signal })
}
