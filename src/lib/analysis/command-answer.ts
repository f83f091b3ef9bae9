// Owns how an engine in a thread answers the commands of a screen: by number, in the next snapshot. Knows no analysis. Start at
// CommandAnswers; the screen's side is ui/engine-commands.ts.

import { InputError } from '../errors.ts'

/** Part of a snapshot. */
export interface CommandAnswer {
  /** Number of the last command that was done or refused; 0 before the first. */
  readonly answered: number
  /** Why that one was refused: nothing has changed then. The message may have a mark below the place, so several lines. */
  readonly refused: { readonly message: string; readonly nextSteps: readonly string[] } | null
}

/** `id` grows with each command; `reset` starts to count anew. */
export type EngineCommand<Change> = (Change | { readonly kind: 'reset' }) & { readonly id: number }

export class CommandAnswers {
  #last: CommandAnswer = { answered: 0, refused: null }

  /** After the last command. */
  get state(): CommandAnswer {
    return this.#last
  }

  /**
   * Does what a command asks.
   * @param work throws an InputError where it can't be, before it changes anything
   * @returns what it gives; undefined where it was refused
   */
  answer<T>(id: number, work: () => T): T | undefined {
    try {
      const result = work()
      this.#last = { answered: id, refused: null }
      return result
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#last = { answered: id, refused: { message: error.message, nextSteps: error.nextSteps } }
      return undefined
    }
  }
}
