// Owns the dialog in which one of several things is chosen. See screen.ts for the folder.

import { displayWidth } from '../width.ts'
import type { KeyHint } from './keys.ts'
import { cellText, fitText } from './line.ts'
import type { Area, Dialog } from './page.ts'
import { editText, type FieldText, insertText, viewText } from './text-field.ts'

/** One thing that can be chosen. */
export interface Choice<T> {
  readonly value: T
  readonly text: string
  /** What it is, in a few words. */
  readonly note?: string
}

export interface ChoiceOptions<T> {
  /** What is chosen, one word: `recipe`. */
  readonly label: string
  readonly choices: readonly Choice<T>[]
  /** Which of them is the present one. */
  readonly chosen?: T
  readonly apply: (value: T) => void
}

const mostRows = 16

/** Arrows move; what is typed keeps only the choices that have it in their text, those that begin with it first. */
export class ChoiceList<T> implements Dialog {
  readonly hints: readonly KeyHint[] = [
    { key: '↵', label: 'choose', help: '' },
    { key: '↑ ↓', label: 'move', help: '' },
    { key: 'a–z', label: 'find', help: '' },
    { key: 'Esc', label: 'leave', help: '' },
  ]
  readonly #options: ChoiceOptions<T>
  #typed: FieldText = { text: '', cursor: 0 }
  #shown: readonly Choice<T>[]
  #at: number
  #height = 1
  open = true

  constructor(options: ChoiceOptions<T>) {
    this.#options = options
    this.#shown = options.choices
    this.#at = Math.max(
      0,
      options.choices.findIndex(({ value }) => value === options.chosen),
    )
  }

  press(key: string): void {
    if (key === 'escape') this.open = false
    else if (key === 'enter') this.#choose()
    else if (key === 'up') this.#move(this.#at - 1)
    else if (key === 'down' || key === 'tab') this.#move(this.#at + 1)
    else if (key === 'pageup') this.#move(this.#at - this.#height)
    else if (key === 'pagedown') this.#move(this.#at + this.#height)
    else if (key === 'home') this.#move(0)
    else if (key === 'end') this.#move(this.#shown.length - 1)
    else this.#find(editText(this.#typed, key))
  }

  #choose(): void {
    const choice = this.#shown[this.#at]
    if (choice === undefined) return
    this.open = false
    this.#options.apply(choice.value)
  }

  paste(text: string): void {
    this.#find(insertText(this.#typed, text))
  }

  #move(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.#shown.length - 1))
  }

  #find(typed: FieldText | undefined): void {
    if (typed === undefined || typed.text === this.#typed.text) return
    this.#typed = typed
    const wanted = typed.text.toLowerCase()
    const found = this.#options.choices.filter(({ text }) => text.toLowerCase().includes(wanted))
    const begins = (choice: Choice<T>) => choice.text.toLowerCase().startsWith(wanted)
    this.#shown = [...found.filter(begins), ...found.filter((choice) => !begins(choice))]
    this.#at = 0
  }

  draw({ columns, rows, colours }: Area): string[] {
    const { label, choices, chosen } = this.#options
    const height = Math.min(rows, mostRows, choices.length + 2)
    this.#height = Math.max(1, height - 2)
    const wide = Math.min(40, Math.max(...choices.map(({ text }) => displayWidth(cellText(text)))))
    const name = ` ${label} `
    const lines = [colours.dim('─'.repeat(columns))]
    lines.push(colours.strong(name) + viewText(this.#typed, columns - displayWidth(name) - 1).text)
    const top = Math.max(0, Math.min(this.#at - Math.floor(this.#height / 2), this.#shown.length - this.#height))
    for (const [n, choice] of this.#shown.slice(top, top + this.#height).entries()) {
      const selected = top + n === this.#at
      // The present one has a mark that needs no colour.
      const mark = `${selected ? '▸' : ' '}${choice.value === chosen ? '•' : ' '}`
      const text = fitText(cellText(choice.text), wide)
      const note = fitText(cellText(choice.note ?? ''), Math.max(0, columns - wide - 5)).trimEnd()
      const head = `${mark} ${text}`
      lines.push(`${selected ? colours.accent(head) : head}  ${colours.dim(note)}`)
    }
    if (this.#shown.length === 0) lines.push(colours.dim(' none of them; ⌫ takes the last letter back'))
    while (lines.length < height) lines.push('')
    return lines.slice(0, height)
  }
}
