// Owns the screen of `sonde period`: a row a job or group, and below the charts of the selected one. Knows no engine: it is fed
// with snapshots, and sends commands. Loads ink: import it with `await import()` only. Start at runPeriodScreen; columns, lines,
// charts and the page of a row are in period/.

import {
  type CycleMethod,
  type CyclesChange,
  type CyclesCommand,
  type CyclesSnapshot,
  cycleMethods,
} from '../cycles/snapshot.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { EngineCommands } from './engine-commands.ts'
import { FilterPrompt } from './filter-prompt.ts'
import { attributeWords, completeKeys, functionWords, type LanguageWords } from './language-words.ts'
import { notesPage } from './notes.ts'
import { rowCharts } from './period/charts.ts'
import { cycleColumns, cycleHelp, type ShownCycle } from './period/columns.ts'
import { emptyLines, headLines } from './period/lines.ts'
import { Profiles } from './period/profile.ts'
import { rowPage, unitOf } from './period/row-page.ts'
import { detailText, foundText, remarksOf } from './period/texts.ts'
import {
  type Answer,
  type Area,
  ChoiceList,
  type Completion,
  cellText,
  type KeyHint,
  type Page,
  Prompt,
  runScreen,
  type ScreenEnd,
  type ScreenFeed,
  Table,
} from './screen/screen.ts'
import { truncate } from './width.ts'
import { autoWindowPrompt } from './window-prompt.ts'

export interface PeriodScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: CyclesCommand) => void
}

const filterAbout = 'which traffic: suffix:stack:.:1=ibbt is RoCE. Nothing lets all through; with jobs: RoCE.'
const windowAbout =
  'how far back it is looked: auto (10, 40, 160 and 640 s), or one such as 40s. 4 steps must lie in it.'
const byAbout = 'job finds the jobs; or keys of the flow language: dst, ibbtdestqp. Nothing is all traffic as one.'
const jobWord = { text: 'job', note: 'hosts that talk to each other over RoCE, taken apart by their periods' }

const methods: Readonly<Record<CycleMethod, string>> = {
  h: 'the H-test over times of samples',
  threshold: 'when traffic crosses its mean, as sFlow-RT does',
}

/** Lines of the selected row's texts; the charts have what is left, the table up to a third. */
const TEXTS = 3
const LEAST_CHARTS = 8
const NO_JOB = ' No job is known yet: that takes ten seconds at least, and four steps.'

/** The first page: all rows. */
export class PeriodPage implements Page<CyclesSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'row', help: 'all of the selected row: straggler, hosts, profile, charts over time' },
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round' },
    { key: 'b', label: 'by', help: 'change what makes a row: job, keys, or all as one' },
    { key: 'f', label: 'filter', help: 'change the filter' },
    { key: 'w', label: 'window', help: 'change how far back it is looked' },
    { key: 'm', label: 'method', help: 'change how periods are found' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
  ]
  readonly help = cycleHelp
  readonly #commands: EngineCommands<CyclesChange>
  readonly #filter: FilterPrompt
  readonly #words: LanguageWords = { attributes: attributeWords(), functions: functionWords() }
  readonly #history: string[] = []
  readonly #profiles = new Profiles()
  #by: string | null | undefined
  #table: Table<ShownCycle> | undefined
  #snapshot: CyclesSnapshot | undefined

  constructor(options: PeriodScreenOptions) {
    this.#commands = new EngineCommands<CyclesChange>(options.send)
    this.#filter = new FilterPrompt(filterAbout, this.#commands)
  }

  take(snapshot: CyclesSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    const { window, by } = snapshot
    if (window === null) return
    this.#profiles.take(window.rows)
    const shown = window.rows.map((row, at): ShownCycle => ({ row, at, profile: this.#profiles.of(row.id) }))
    const fixed = shown.filter(({ row }) => row.kind === 'rest').map((row) => ({ row, label: 'rest' }))
    this.#tableOf(by).take(
      shown.filter(({ row }) => row.kind !== 'rest'),
      nowMs,
      fixed,
      Math.max(0, window.groups - shown.length + fixed.length),
    )
  }

  /** Another question has other columns, so another table; the same one keeps its order and selection. */
  #tableOf(by: string | null): Table<ShownCycle> {
    if (by !== this.#by || this.#table === undefined) {
      this.#by = by
      const isByJob = by === 'job'
      const [sortedBy, things] = isByJob ? ['JOB', 'jobs'] : ['SAMPLES', 'groups']
      this.#table = new Table(cycleColumns(isByJob), ({ row }) => row.id, sortedBy, things)
    }
    return this.#table
  }

  draw(area: Area): readonly string[] {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined) return []
    const frame = { head: headLines(s, area), notes: s.notes, refused: this.#commands.refused }
    const rows = s.window?.rows.length ?? 0
    return framed(frame, area, (middle) =>
      rows > 0 && table !== undefined ? this.#rows(s, table, rows, middle) : emptyLines(s, middle),
    )
  }

  /** The table and, where there is room, what is known of the selected row. */
  #rows(s: CyclesSnapshot, table: Table<ShownCycle>, count: number, area: Area): string[] {
    const { columns, rows, colours } = area
    const below = TEXTS + 1 + LEAST_CHARTS
    const most = rows < below + 3 ? rows : Math.max(3, Math.floor(rows / 3))
    const isKnown = s.window!.rows.some(({ kind }) => kind !== 'rest')
    const lines = isKnown
      ? table.draw({ ...area, rows: Math.min(count + 1, most) })
      : [colours.dim(truncate(NO_JOB, columns))]
    const selected = table.selected?.row ?? s.window!.rows[0]!
    if (rows - lines.length < below) return lines
    const text = (line: string): string => truncate(` ${cellText(line)}`, columns)
    const [remark = ''] = remarksOf(selected)
    const found = text(`${isKnown ? selected.name : 'all that is in no job'}: ${foundText(selected)}`)
    lines.push(
      '',
      selected.periodSeconds === null ? colours.doubtful(found) : colours.strong(found),
      text(detailText(selected)),
      selected.straggler === null ? colours.dim(text(remark)) : colours.doubtful(text(remark)),
    )
    const room = rows - lines.length
    return [...lines, ...rowCharts(selected, this.#profiles.of(selected.id), unitOf(s), { ...area, rows: room })]
  }

  press(key: string): Answer<CyclesSnapshot> {
    const [s, table] = [this.#snapshot, this.#table]
    if (s === undefined) return undefined
    if (key === 'f') return this.#filter.open(s.filter)
    if (key === 'w') return autoWindowPrompt(s.windowMs, windowAbout, this.#commands)
    if (key === 'b') return this.#byPrompt(s)
    if (key === 'm') return this.#methods(s)
    if (key === 'n') return notesPage(headLines)
    if (key === 'enter') {
      const row = table?.selected?.row ?? s.window?.rows[0]
      return row === undefined ? undefined : rowPage(row.id, this.#profiles)
    }
    table?.press(key)
    return undefined
  }

  #byPrompt(s: CyclesSnapshot): Prompt {
    const prompt: Prompt = new Prompt({
      label: 'by',
      text: s.by ?? '',
      about: byAbout,
      history: this.#history,
      complete: (text, cursor) => this.#complete(text, cursor),
      apply: (text) =>
        this.#commands.askTyped(
          { kind: 'set', by: text },
          text,
          () => prompt,
          () => this.#history.push(text),
        ),
    })
    return prompt
  }

  /** Keys, and before them the word that is none. */
  #complete(text: string, cursor: number): Completion | undefined {
    const keys = completeKeys(this.#words, text, cursor)
    const there = text.slice(0, cursor)
    if (there === jobWord.text || !jobWord.text.startsWith(there)) return keys
    return { from: 0, candidates: [jobWord, ...(keys?.candidates ?? [])] }
  }

  #methods({ method }: CyclesSnapshot): ChoiceList<CycleMethod> {
    return new ChoiceList({
      label: 'method',
      choices: cycleMethods.map((value) => ({ value, text: value, note: methods[value] })),
      chosen: method,
      apply: (value) => this.#commands.ask({ kind: 'set', method: value }),
    })
  }
}

/**
 * Shows periods on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves: stop the engine, then print `feed.told`.
 * @throws what runScreen throws
 */
export function runPeriodScreen(
  feed: ScreenFeed<CyclesSnapshot>,
  options: PeriodScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde period', page: new PeriodPage(options), feed, colours, signal })
}
