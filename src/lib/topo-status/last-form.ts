// Owns a form that tells the last window only: of what is true of one moment. See fabric.ts for the folder. Start at LastForm.

import type { Form } from '../analysis/form.ts'
import type { TextBuffer } from '../wire/text.ts'

export class LastForm<Window> implements Form<Window> {
  readonly #text: (window: Window) => string
  #last: Window | undefined

  constructor(text: (window: Window) => string) {
    this.#text = text
  }

  begin(): void {}

  window(window: Window): void {
    this.#last = window
  }

  end(out: TextBuffer): void {
    if (this.#last !== undefined) out.text(this.#text(this.#last))
  }
}

/** Every window, one behind the other. */
export class EachForm<Window> implements Form<Window> {
  readonly #text: (window: Window, isFirst: boolean) => string
  #isFirst = true

  constructor(text: (window: Window, isFirst: boolean) => string) {
    this.#text = text
  }

  begin(): void {}

  window(window: Window, out: TextBuffer): void {
    out.text(this.#text(window, this.#isFirst))
    this.#isFirst = false
  }

  end(): void {}
}
