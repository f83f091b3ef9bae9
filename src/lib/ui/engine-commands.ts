// Owns what a screen asks of an engine in another thread: commands go out with numbers, answers come with snapshots. Knows no
// engine. See ui.ts for the folder.

import type { CommandAnswer } from '../analysis/command-answer.ts'
import { type Prompt, problemOf } from './screen/screen.ts'

/** Commands of kind C; one waits for its answer at a time, the last one. */
export class EngineCommands<C extends object> {
  /** What could not be done, where it was not typed or its prompt was left; told until something else is asked. */
  refused: string | undefined
  readonly #send: (command: C & { readonly id: number }) => void
  #lastId = 0
  #waiting: ((refused: CommandAnswer['refused']) => void) | undefined

  constructor(send: (command: C & { readonly id: number }) => void) {
    this.#send = send
  }

  /** With each snapshot. */
  take({ answered, refused }: CommandAnswer): void {
    const waiting = this.#waiting
    if (waiting === undefined || answered < this.#lastId) return
    this.#waiting = undefined
    waiting(refused)
  }

  #ask(change: C, done: (refused: CommandAnswer['refused']) => void): void {
    this.refused = undefined
    this.#waiting = done
    this.#send({ ...change, id: ++this.#lastId })
  }

  #tell(refused: CommandAnswer['refused']): void {
    this.refused = refused?.message.split('\n')[0]
  }

  /** Asks what was chosen or pressed. */
  ask(change: C): void {
    this.#ask(change, (refused) => this.#tell(refused))
  }

  /**
   * Asks what was typed: the prompt stays until the engine has taken it.
   * @param text as it was typed, so that a mark in a refusal is shown below its place
   * @param taken called once the engine has taken it
   */
  askTyped(change: C, text: string, prompt: () => Prompt, taken: () => void = () => {}): 'later' {
    this.#ask(change, (refused) => {
      if (refused === null) {
        taken()
        prompt().close()
      } else if (prompt().open) prompt().refuse(problemOf(refused, text))
      else this.#tell(refused)
    })
    return 'later'
  }
}
