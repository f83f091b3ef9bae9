// Owns the prompt for a filter, the same on all screens of analyses: completion, earlier ones, refusals. See ui.ts for the folder.
// Start at FilterPrompt.

import type { EngineCommands } from './engine-commands.ts'
import { attributeWords, completeFilter, functionWords, type LanguageWords } from './language-words.ts'
import { Prompt } from './screen/screen.ts'

/** Filters of one screen; it keeps those that were taken. */
export class FilterPrompt {
  readonly #words: LanguageWords = { attributes: attributeWords(), functions: functionWords() }
  readonly #history: string[] = []
  readonly #about: string
  readonly #commands: EngineCommands<{ readonly kind: 'set'; readonly filter?: string }>

  /** @param about one line on what the filter is asked of there, with examples */
  constructor(about: string, commands: EngineCommands<{ readonly kind: 'set'; readonly filter?: string }>) {
    this.#about = about
    this.#commands = commands
  }

  /** @param filter the one that holds; null for none */
  open(filter: string | null): Prompt {
    const prompt: Prompt = new Prompt({
      label: 'filter',
      text: filter ?? '',
      about: this.#about,
      history: this.#history,
      complete: (text, cursor) => completeFilter(this.#words, () => [], text, cursor),
      apply: (text) =>
        this.#commands.askTyped(
          { kind: 'set', filter: text },
          text,
          () => prompt,
          () => this.#history.push(text),
        ),
    })
    return prompt
  }
}
