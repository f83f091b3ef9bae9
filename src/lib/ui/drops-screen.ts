// Owns the screen of `sonde drops`: rows of drops, and all of one of them. Knows no engine: it is fed with snapshots, and sends
// commands. Loads ink: import it with `await import()` only. Start at runDropsScreen; columns, lines and the page of a row are in
// drops/.

import { type DropGrouping, dropGroupings } from '../drops/groupings.ts'
import type { DropsChange, DropsCommand, DropsSnapshot } from '../drops/snapshot.ts'
import { shownNodes } from '../topo/shown-names.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { dropHelp, dropTableColumns, type Shape, type ShownDrop } from './drops/columns.ts'
import { dropPage } from './drops/drop-page.ts'
import { emptyLines, fixedRows, headLines } from './drops/lines.ts'
import { EngineCommands } from './engine-commands.ts'
import { FilterPrompt } from './filter-prompt.ts'
import { attributeWords, completeKeys, functionWords, type LanguageWords } from './language-words.ts'
import { notesPage } from './notes.ts'
import {
  type Answer,
  type Area,
  ChoiceList,
  type KeyHint,
  type Page,
  Prompt,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
} from './screen/screen.ts'
import { windowPrompt } from './window-prompt.ts'

export interface DropsScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: DropsCommand) => void
}

const filterAbout = 'which drops: reason=no_buffer_space&ipdscp=26. Nothing lets all through.'
const windowAbout = 'how far back drops are counted: 10s, 1m, 5m. Counters need two samples, every 20 to 30 s.'
const keysAbout = 'keys of the flow language beside: function, linuxreason, queueindex, ipdscp. Nothing is none.'

/** What `b` offers. */
const groupings: readonly (readonly DropGrouping[])[] = [
  dropGroupings,
  ['reason'],
  ['place'],
  ['victim'],
  ['reason', 'place'],
  ['reason', 'victim'],
  ['place', 'victim'],
]

/** The first page: all rows. */
export class DropsPage implements Page<DropsSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
    { key: '↵', label: 'row', help: 'all of the selected row: reason, details, port, who fills it, over time' },
    { key: 'b', label: 'by', help: 'change what makes a row: reason, place, victim' },
    { key: 'k', label: 'keys', help: 'change further keys that make a row' },
    { key: 'f', label: 'filter', help: 'change the filter' },
    { key: 'w', label: 'window', help: 'change how far back drops are counted' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
  ]
  readonly help = dropHelp
  readonly #commands: EngineCommands<DropsChange>
  readonly #filter: FilterPrompt
  readonly #words: LanguageWords = { attributes: attributeWords(), functions: functionWords() }
  readonly #keys: string[] = []
  #shape = ''
  #table: Table<ShownDrop> | undefined
  #snapshot: DropsSnapshot | undefined

  constructor(options: DropsScreenOptions) {
    this.#commands = new EngineCommands<DropsChange>(options.send)
    this.#filter = new FilterPrompt(filterAbout, this.#commands)
  }

  take(snapshot: DropsSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    const { window } = snapshot
    if (window === null) return
    const table = this.#tableOf({ by: snapshot.by, keys: window.keys })
    const nodes = shownNodes(window.rows.flatMap(({ place }) => place?.node ?? []))
    const shown = window.rows.map((row): ShownDrop => ({ row, window, nodes }))
    const fixed = fixedRows(window).map(({ row, label }) => ({ row: { row, window, nodes }, label }))
    table.take(shown, nowMs, fixed)
  }

  /** Another question has other columns, so another table; the same one keeps its order and selection. */
  #tableOf(shape: Shape): Table<ShownDrop> {
    const text = JSON.stringify(shape)
    if (text !== this.#shape || this.#table === undefined) {
      this.#shape = text
      this.#table = new Table(dropTableColumns(shape), ({ row }) => row.id, 'DROPS/S', 'rows')
    }
    return this.#table
  }

  draw(area: Area): readonly string[] {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined) return []
    const frame = { head: headLines(s, area), notes: s.notes, refused: this.#commands.refused }
    const hasRows = s.window !== null && (s.window.rows.length > 0 || (s.window.total.packets ?? 0) > 0)
    return framed(frame, area, (middle) =>
      hasRows && table !== undefined ? table.draw(middle) : emptyLines(s, middle),
    )
  }

  press(key: string): Answer<DropsSnapshot> {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined) return undefined
    if (key === 'f') return this.#filter.open(s.filter)
    if (key === 'w') return windowPrompt(s.windowMs, windowAbout, this.#commands)
    if (key === 'n') return notesPage(headLines)
    if (key === 'b') return this.#choice(s)
    if (key === 'k') return this.#keysPrompt(s)
    if (key === 'enter') return table?.selected === undefined ? undefined : dropPage(table.selected.row.id)
    table?.press(key)
    return undefined
  }

  #choice({ by }: DropsSnapshot): ChoiceList<readonly DropGrouping[]> {
    const choices = groupings.map((value) => ({ value, text: value.join(', ') }))
    const chosen = groupings.find((one) => one.join() === by.join())
    return new ChoiceList({
      label: 'by',
      choices,
      ...(chosen === undefined ? {} : { chosen }),
      apply: (value) => this.#commands.ask({ kind: 'set', by: value }),
    })
  }

  #keysPrompt(s: DropsSnapshot): Prompt {
    const prompt: Prompt = new Prompt({
      label: 'keys',
      text: s.keys,
      about: keysAbout,
      history: this.#keys,
      complete: (text, cursor) => completeKeys(this.#words, text, cursor),
      apply: (text) =>
        this.#commands.askTyped(
          { kind: 'set', keys: text },
          text,
          () => prompt,
          () => this.#keys.push(text),
        ),
    })
    return prompt
  }
}

/**
 * Shows drops on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves: stop the engine, then print `feed.told`.
 * @throws what runScreen throws
 */
export function runDropsScreen(
  feed: ScreenFeed<DropsSnapshot>,
  options: DropsScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde drops', page: new DropsPage(options), feed, colours, signal })
}
