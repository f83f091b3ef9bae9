// Owns the dialog in which a text is typed: with completion, history, and what is wrong with it. See screen.ts for the folder.

import { displayWidth } from '../width.ts'
import type { KeyHint } from './keys.ts'
import { cellText, fitText, wrapText } from './line.ts'
import type { Area, Dialog } from './page.ts'
import { editText, type FieldText, type FieldView, insertText, viewText } from './text-field.ts'

/** Something that the text may go on with. */
export interface Candidate {
  readonly text: string
  /** What it is, in a few words. */
  readonly note?: string
}

/** Each candidate stands for the text from `from` to the cursor. */
export interface Completion {
  readonly from: number
  readonly candidates: readonly Candidate[]
}

/** What is wrong with a text. */
export interface TextProblem {
  /** May have several lines, which stay as they are: marks below a place. */
  readonly message: string
  /** Where it is, in UTF-16 units from the text's start, and how much of it is meant (0: something is missing there). */
  readonly place?: { readonly at: number; readonly length: number }
  /** A suggestion, a hint; each is a line of its own. */
  readonly nextSteps?: readonly string[]
}

/**
 * The problem of an error that shows a text and a mark below it, as our errors on expressions do: where the text is the one that
 * was typed, whole, the mark goes below the field itself.
 */
export function problemOf(
  error: { readonly message: string; readonly nextSteps: readonly string[] },
  typed: string,
): TextProblem {
  const lines = error.message.split('\n')
  const { nextSteps } = error
  for (let n = 1; n < lines.length; n++) {
    const [, before = '', marks = ''] = /^( *)(\^+) *$/.exec(lines[n]!) ?? []
    const shown = lines[n - 1]!
    if (marks === '' || shown.trim() !== typed || typed === '') continue
    const at = before.length - (shown.length - shown.trimStart().length)
    if (at < 0) continue
    const message = lines.toSpliced(n - 1, 2).join('\n')
    return { message, place: { at, length: marks.length }, nextSteps }
  }
  return { message: error.message, nextSteps }
}

export interface PromptOptions {
  /** What is asked for, one word: `keys`. */
  readonly label: string
  readonly text: string
  /** One line on what may be typed; shown while there is nothing better to show. */
  readonly about: string
  /** Texts that were applied before, oldest first; ↑ brings the newest. */
  readonly history?: readonly string[]
  readonly complete?: (text: string, cursor: number) => Completion | undefined
  /** Called with ↵; a text with a problem is not applied. */
  readonly check?: (text: string) => TextProblem | undefined
  /**
   * Given the text that was typed and checked, without spaces around it. With `later` the prompt stays open until `close` or
   * `refuse` is called: who applies it may find more that is wrong.
   */
  readonly apply: (text: string) => 'done' | 'later'
}

/** The text, its problem's place, and below as many lines of candidates; fewer where the terminal is low. */
const mostRows = 9

function commonStart(candidates: readonly Candidate[]): string {
  let common = candidates[0]?.text ?? ''
  for (const { text } of candidates) {
    while (!text.startsWith(common)) common = common.slice(0, -1)
  }
  // Never half of a surrogate pair.
  return common.toWellFormed() === common ? common : common.slice(0, -1)
}

/** Asks for a line of text below a page. */
export class Prompt implements Dialog {
  readonly hints: readonly KeyHint[]
  readonly #options: PromptOptions
  readonly #history: readonly string[]
  #field: FieldText
  /** Place in the history; its length stands for what was typed. */
  #at: number
  #typed = ''
  #problem: TextProblem | undefined
  #completion: Completion | undefined
  #waiting = false
  open = true
  /** The candidate that Tab has put into the text; undefined while none was. */
  #chosen: number | undefined

  constructor(options: PromptOptions) {
    this.#options = options
    this.#history = options.history ?? []
    this.#at = this.#history.length
    this.#field = insertText({ text: '', cursor: 0 }, options.text)
    this.hints = [
      { key: '↵', label: 'apply', help: '' },
      ...(options.complete === undefined ? [] : [{ key: 'Tab', label: 'complete', help: '' }]),
      ...(this.#history.length === 0 ? [] : [{ key: '↑ ↓', label: 'earlier ones', help: '' }]),
      { key: 'Ctrl-U', label: 'clear', help: '' },
      { key: 'Esc', label: 'leave', help: '' },
    ]
    this.#lookUp()
  }

  press(key: string): void {
    if (key === 'escape') this.open = false
    else if (key === 'enter') this.#apply()
    else if (key === 'tab') this.#complete(1)
    else if (key === 'shift-tab') this.#complete(-1)
    else if (key === 'up') this.#recall(this.#at - 1)
    else if (key === 'down') this.#recall(this.#at + 1)
    else {
      const edited = editText(this.#field, key)
      if (edited !== undefined) this.#set(edited)
    }
  }

  paste(text: string): void {
    this.#set(insertText(this.#field, text))
  }

  /** What was applied is done. */
  close(): void {
    this.open = false
  }

  /** What was applied can't be done. */
  refuse(problem: TextProblem): void {
    this.#waiting = false
    this.#problem = problem
    if (problem.place === undefined) return
    // The cursor goes where something is to be mended; spaces before the text were not part of what was applied.
    const lead = this.#field.text.length - this.#field.text.trimStart().length
    const place = { at: problem.place.at + lead, length: problem.place.length }
    this.#problem = { ...problem, place }
    this.#field = { text: this.#field.text, cursor: Math.min(this.#field.text.length, place.at + place.length) }
    this.#lookUp()
  }

  #set(field: FieldText): void {
    if (field.text !== this.#field.text) {
      this.#problem = undefined
      this.#waiting = false
    }
    this.#field = field
    this.#chosen = undefined
    this.#lookUp()
  }

  #lookUp(): void {
    this.#completion = this.#options.complete?.(this.#field.text, this.#field.cursor)
  }

  #apply(): void {
    const text = this.#field.text.trim()
    this.#chosen = undefined
    const problem = this.#options.check?.(text)
    if (problem !== undefined) this.refuse(problem)
    else if (this.#options.apply(text) === 'done') this.open = false
    else this.#waiting = true
  }

  /** What all candidates have in common first, then one after the other. */
  #complete(step: 1 | -1): void {
    const { from, candidates } = this.#completion ?? { from: 0, candidates: [] }
    if (candidates.length === 0) return
    const there = this.#field.text.slice(from, this.#field.cursor)
    const common = commonStart(candidates)
    if (this.#chosen === undefined && common.length > there.length && common.startsWith(there)) {
      this.#set(this.#replaced(from, common))
      return
    }
    const first = step > 0 ? 0 : candidates.length - 1
    const next = this.#chosen === undefined ? first : (this.#chosen + step + candidates.length) % candidates.length
    // The candidates stay those of what was typed, so that the next Tab goes on with them.
    this.#field = this.#replaced(from, candidates[next]!.text)
    this.#chosen = next
    this.#problem = undefined
  }

  #replaced(from: number, text: string): FieldText {
    const { text: whole, cursor } = this.#field
    return { text: whole.slice(0, from) + text + whole.slice(cursor), cursor: from + text.length }
  }

  #recall(at: number): void {
    if (at < 0 || at > this.#history.length) return
    if (this.#at === this.#history.length) this.#typed = this.#field.text
    this.#at = at
    this.#set(insertText({ text: '', cursor: 0 }, this.#history[at] ?? this.#typed))
  }

  draw({ columns, rows, colours }: Area): string[] {
    const label = ` ${fitText(this.#options.label, Math.min(16, displayWidth(this.#options.label)))} `
    const lead = displayWidth(label)
    const view = viewText(this.#field, columns - lead - 1)
    const lines = [colours.dim('─'.repeat(columns)), colours.strong(label) + view.text]
    if (this.#problem !== undefined) lines.push(...this.#problemLines(this.#problem, lead, view, { columns, colours }))
    else if (this.#waiting) lines.push(colours.dim(' asking …'))
    else {
      const candidates = this.#candidateLines(lead, { columns, rows: Math.min(rows, mostRows) - 2, colours })
      lines.push(...(candidates.length > 0 ? candidates : [colours.dim(fitText(` ${this.#options.about}`, columns))]))
    }
    while (lines.length < mostRows) lines.push('')
    return lines.slice(0, Math.min(rows, mostRows))
  }

  #problemLines(
    problem: TextProblem,
    lead: number,
    view: FieldView,
    { columns, colours }: Omit<Area, 'rows'>,
  ): string[] {
    const { message, place, nextSteps = [] } = problem
    const lines: string[] = []
    if (place !== undefined) {
      const column = view.columnOf(place.at)
      const marks = Math.max(1, view.columnOf(place.at + place.length) - column)
      lines.push(colours.bad(`${' '.repeat(lead + column)}${'^'.repeat(marks)}`))
    }
    const [first = '', ...more] = message.split('\n')
    const wrap = (text: string) => wrapText(cellText(text), columns - 2, 2).map((line) => ` ${line}`)
    // Lines that belong below each other are cut, not wrapped.
    const head = more.length === 0 ? wrap(first) : [fitText(` ${cellText(first)}`, columns)]
    const words = [...head, ...more.map((line) => fitText(` ${cellText(line)}`, columns).trimEnd())]
    return [...lines, ...words.map((line) => colours.bad(line)), ...nextSteps.flatMap(wrap)]
  }

  #candidateLines(lead: number, { columns, rows, colours }: Area): string[] {
    const { candidates } = this.#completion ?? { candidates: [] }
    if (candidates.length === 0 || rows < 1) return []
    const all = candidates.length <= rows
    const room = all ? rows : Math.max(1, rows - 1)
    const top = Math.max(0, Math.min((this.#chosen ?? 0) - Math.floor(room / 2), candidates.length - room))
    const shown = candidates.slice(top, top + room)
    const wide = Math.min(
      40,
      Math.floor(columns * 0.45),
      Math.max(...candidates.map(({ text }) => displayWidth(cellText(text)))),
    )
    const lines = shown.map(({ text, note = '' }, n) => {
      const chosen = top + n === this.#chosen
      const name = fitText(cellText(text), wide)
      const rest = fitText(cellText(note), Math.max(0, columns - lead - wide - 2)).trimEnd()
      const mark = chosen ? colours.accent('▸') : ' '
      return `${' '.repeat(lead - 1)}${mark}${chosen ? colours.accent(name) : name}  ${colours.dim(rest)}`
    })
    if (!all) lines.push(colours.dim(`${' '.repeat(lead)}${candidates.length - room} more`))
    return lines
  }
}
