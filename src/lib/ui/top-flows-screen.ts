// Owns the screen of `sonde top-flows`: flows, what is asked changed in place, going into a flow. Knows no engine: it is fed
// with snapshots, and sends commands. Loads ink: import it with `await import()` only. Start at runTopFlowsScreen; columns,
// lines, completion and the way into a flow are in top-flows/, and what screens are in screen/screen.ts.

import type { TopFlowsChange, TopFlowsCommand, TopFlowsSnapshot } from '../top-flows/snapshot.ts'
import { framed } from './analysis-page.ts'
import type { Colours } from './colour.ts'
import { EngineCommands } from './engine-commands.ts'
import {
  attributeWords,
  completeFilter,
  completeKeys,
  completeValues,
  functionWords,
  type LanguageWords,
} from './language-words.ts'
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
  TextPage,
} from './screen/screen.ts'
import { flowColumns, flowHelp, type Shape } from './top-flows/columns.ts'
import { bothFilters, nextKeys, rowFilter, seenValues } from './top-flows/drill.ts'
import { emptyLines, hasFixedRow, headLines, rowLabel, rowLines } from './top-flows/lines.ts'
import { windowPrompt } from './window-prompt.ts'

/** A recipe that `r` offers. */
export interface RecipeChoice {
  readonly name: string
  readonly about: string
}

export interface TopFlowsScreenOptions {
  /** Hands a command to the engine. */
  readonly send: (command: TopFlowsCommand) => void
  readonly recipes: readonly RecipeChoice[]
}

/** What one asks; the same fields whether it is typed or restored. */
type Question = Required<Pick<TopFlowsChange, 'keys' | 'values' | 'filter' | 'dropped'>>
type Asked = 'keys' | 'filter' | 'values'

const questionOf = (s: TopFlowsSnapshot): Question => ({
  keys: s.keys.join(','),
  values: s.values.map(({ text }) => text).join(','),
  filter: s.filter ?? '',
  dropped: s.dropped,
})

const abouts: Readonly<Record<Asked, string>> = {
  keys: 'attributes and functions, with commas between them: src,dst. sonde help flows teaches the language.',
  filter: 'a condition: proto=6&src=10.0.0.0/8. Nothing lets all through. sonde help flows teaches the language.',
  values: 'bytes, frames, avg:, min:, max:, count: of an attribute; several with commas. The first one ranks.',
}

const windowAbout = 'how long a window is: 500ms, 10s, 5m. Longer ones have a smaller ±.'

/** The one page of flows; what was gone into is a trail of questions. */
export class FlowsPage implements Page<TopFlowsSnapshot> {
  readonly hints: readonly KeyHint[] = [
    { key: 'k', label: 'keys', help: 'change the keys; Tab completes, ↑ brings earlier ones' },
    { key: 'f', label: 'filter', help: 'change the filter' },
    { key: 'v', label: 'value', help: 'change what is counted; the first value ranks' },
    { key: 's', label: 'sort', help: 'sort by the next column; S the other way round. Only listed flows are sorted.' },
    {
      key: '↵',
      label: 'into',
      help: 'into the selected flow: it becomes the filter, and you say by which keys to look at it',
    },
    { key: '⌫', label: 'out', help: 'out of a flow again; Esc and ← too' },
    { key: 'r', label: 'recipe', help: 'choose a recipe: keys, value and filter for a question' },
    { key: 'i', label: 'info', help: 'all that is known of the selected flow: whole keys, bounds, samples' },
    { key: 'w', label: 'window', help: 'change the length of the window' },
    { key: 't', label: 'totals', help: 'totals of the window in place of rates, and back' },
    { key: 'n', label: 'notes', help: 'what makes the numbers doubtful' },
  ]
  readonly help = flowHelp
  readonly #options: TopFlowsScreenOptions
  readonly #words: LanguageWords
  readonly #history: Record<Asked, string[]> = { keys: [], filter: [], values: [] }
  #snapshot: TopFlowsSnapshot | undefined
  #totals = false
  #shape = ''
  #table = new Table(flowColumns({ keys: [], values: [], by: null, totals: false }), ({ id }) => id, '', 'flows')
  /** Questions that were left by going into a flow, the first one first. */
  #trail: Question[] = []
  readonly #commands: EngineCommands<TopFlowsChange>

  constructor(options: TopFlowsScreenOptions) {
    this.#options = options
    this.#commands = new EngineCommands<TopFlowsChange>(options.send)
    this.#words = { attributes: attributeWords(), functions: functionWords() }
  }

  /** `⌫` is ours while there is a flow to come out of. */
  get within(): boolean {
    return this.#trail.length > 0
  }

  take(snapshot: TopFlowsSnapshot, nowMs: number): void {
    this.#snapshot = snapshot
    this.#commands.take(snapshot)
    this.#fit(snapshot)
    const flows = snapshot.rows.filter(({ kind }) => kind === 'flow')
    const fixed = snapshot.rows
      .filter((row) => row.kind !== 'flow' && hasFixedRow(snapshot, row))
      .map((row) => ({ row, label: rowLabel(snapshot, row) }))
    this.#table.take(flows, nowMs, fixed)
  }

  /** Other keys or values are other columns, so another table; the same ones keep their order and selection. */
  #fit({ keys, titles, values, by }: TopFlowsSnapshot): void {
    const shape: Shape = { keys: titles ?? keys, values, by, totals: this.#totals }
    const text = JSON.stringify(shape)
    if (text === this.#shape) return
    this.#shape = text
    const columns = flowColumns(shape)
    this.#table = new Table(columns, ({ id }) => id, columns[0]!.title, 'flows')
  }

  draw(area: Area): readonly string[] {
    const s = this.#snapshot
    if (s === undefined) return []
    const frame = { head: headLines(s, area), notes: s.notes, refused: this.#commands.refused }
    const empty = s.samples === 0 && !s.rows.some(({ kind }) => kind === 'flow')
    return framed(frame, area, (middle) => (empty ? emptyLines(s, middle) : this.#table.draw(middle)))
  }

  press(key: string): Answer<TopFlowsSnapshot> {
    const s = this.#snapshot
    if (s === undefined) return undefined
    if (key === 'k') return this.#prompt(s, 'keys')
    if (key === 'f') return this.#prompt(s, 'filter')
    if (key === 'v') return this.#prompt(s, 'values')
    if (key === 'w') return windowPrompt(s.windowMs, windowAbout, this.#commands)
    if (key === 'r') return this.#recipes(s)
    if (key === 'enter') return this.#into(s)
    if (key === 'back') return this.#out()
    if (key === 'n') return notesPage(headLines)
    if (key === 'i') return this.#info()
    if (key === 't') this.#toggleTotals(s)
    else this.#table.press(key)
    return undefined
  }

  #remember(asked: Asked, text: string): void {
    const kept = this.#history[asked].filter((other) => other !== text)
    this.#history[asked] = [...kept, text].slice(-100)
  }

  #prompt(s: TopFlowsSnapshot, asked: Asked): Prompt {
    const before = questionOf(s)[asked]
    const prompt: Prompt = new Prompt({
      label: asked === 'values' ? 'value' : asked,
      text: before,
      about: abouts[asked],
      history: this.#history[asked],
      complete: (text, cursor) => this.#complete(asked, text, cursor),
      apply: (text) => {
        const taken = () => {
          this.#remember(asked, before)
          this.#remember(asked, text)
        }
        return this.#commands.askTyped({ kind: 'set', [asked]: text }, text, () => prompt, taken)
      },
    })
    return prompt
  }

  #complete(asked: Asked, text: string, cursor: number) {
    if (asked === 'keys') return completeKeys(this.#words, text, cursor)
    if (asked === 'values') return completeValues(this.#words, text, cursor)
    return completeFilter(this.#words, (key) => seenValues(this.#snapshot ?? { keys: [], rows: [] }, key), text, cursor)
  }

  #recipes(s: TopFlowsSnapshot): ChoiceList<string> | undefined {
    if (this.#options.recipes.length === 0) return undefined
    return new ChoiceList({
      label: 'recipe',
      choices: this.#options.recipes.map(({ name, about }) => ({ value: name, text: name, note: about })),
      ...(s.recipe === null ? {} : { chosen: s.recipe }),
      apply: (recipe) => this.#commands.ask({ kind: 'set', recipe }),
    })
  }

  /** The row becomes part of the filter; the keys are asked for. */
  #into(s: TopFlowsSnapshot): Prompt | undefined {
    const row = this.#table.selected
    if (row === undefined) return undefined
    const filter = bothFilters(s.filter, rowFilter(s, row))
    const from = questionOf(s)
    const prompt: Prompt = new Prompt({
      label: 'into it by keys',
      text: nextKeys({ keys: s.keys, filter }),
      about: `of flows where ${filter}`,
      history: this.#history.keys,
      complete: (text, cursor) => completeKeys(this.#words, text, cursor),
      apply: (text) => {
        const taken = () => {
          this.#trail.push(from)
          this.#remember('keys', text)
          this.#remember('filter', filter)
        }
        return this.#commands.askTyped({ kind: 'set', keys: text, filter }, text, () => prompt, taken)
      },
    })
    return prompt
  }

  #out(): Answer<TopFlowsSnapshot> {
    const question = this.#trail.pop()
    if (question === undefined) return undefined
    this.#commands.ask({ kind: 'set', ...question })
    return 'go on'
  }

  #textPage(body: (s: TopFlowsSnapshot, area: Area) => string[]): Page<TopFlowsSnapshot> {
    return new TextPage({ head: headLines, body })
  }

  #info(): Page<TopFlowsSnapshot> | undefined {
    const id = this.#table.selected?.id
    if (id === undefined) return undefined
    return this.#textPage((s, area) => {
      const row = s.rows.find((candidate) => candidate.kind === 'flow' && candidate.id === id)
      return rowLines(s, row, this.#totals, area)
    })
  }

  #toggleTotals(s: TopFlowsSnapshot): void {
    this.#totals = !this.#totals
    this.take(s, performance.now())
  }
}

/**
 * Shows flows on stdout, which must be a terminal, until it is quit, `signal` is aborted or the feed ends. The terminal is as
 * before when this resolves: stop the engine, then print `feed.told` and the summary.
 * @throws what runScreen throws
 */
export function runTopFlowsScreen(
  feed: ScreenFeed<TopFlowsSnapshot>,
  options: TopFlowsScreenOptions,
  colours: Colours,
  signal: AbortSignal,
): Promise<ScreenEnd> {
  return runScreen({ name: 'sonde top-flows', page: new FlowsPage(options), feed, colours, signal })
}
