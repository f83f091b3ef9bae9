// Owns pages of text that scroll: help, details, lists. See screen.ts for the folder.

import type { KeyHint } from './keys.ts'
import { fitText } from './line.ts'
import type { Answer, Area, Page } from './page.ts'

export interface TextPageOptions<S> {
  /** Lines that stay at the top. */
  readonly head?: (snapshot: S, area: Area) => readonly string[]
  /** The text, wrapped to the area's width by who makes it. */
  readonly body: (snapshot: S, area: Area) => readonly string[]
  readonly hints?: readonly KeyHint[]
  readonly help?: readonly string[]
  /** Keys of its own, beside those that scroll. */
  readonly press?: (key: string) => Answer<S>
}

/** Shows lines, and where they do not all fit, which. */
export class TextPage<S> implements Page<S> {
  readonly hints: readonly KeyHint[]
  readonly help: readonly string[]
  readonly #options: TextPageOptions<S>
  #snapshot: S | undefined
  #top = 0
  #height = 1

  constructor(options: TextPageOptions<S>) {
    this.#options = options
    this.hints = options.hints ?? []
    this.help = options.help ?? []
  }

  take(snapshot: S): void {
    this.#snapshot = snapshot
  }

  draw(area: Area): readonly string[] {
    if (this.#snapshot === undefined) return []
    const head = this.#options.head?.(this.#snapshot, area) ?? []
    const body = this.#options.body(this.#snapshot, area)
    const room = Math.max(1, area.rows - head.length)
    const all = body.length <= room
    this.#height = all ? room : Math.max(1, room - 1)
    this.#top = Math.max(0, Math.min(this.#top, body.length - this.#height))
    const lines = [...head, ...body.slice(this.#top, this.#top + this.#height)]
    if (!all) {
      const end = Math.min(this.#top + this.#height, body.length)
      const where = ` lines ${this.#top + 1}–${end} of ${body.length}, ↑↓ for more`
      lines.push(area.colours.dim(fitText(where, area.columns)))
    }
    return lines
  }

  press(key: string): Answer<S> {
    if (key === 'up') this.#top--
    else if (key === 'down') this.#top++
    else if (key === 'pageup') this.#top -= this.#height
    else if (key === 'pagedown') this.#top += this.#height
    else if (key === 'home') this.#top = 0
    else if (key === 'end') this.#top = Number.MAX_SAFE_INTEGER
    else return this.#options.press?.(key)
    return undefined
  }
}
