// Owns --fail-if: conditions that are tested with every window, and what to say of those that were true. Start at Checks.

import { type Condition, type ConditionName, parseCondition, type Reason } from '../parse/condition.ts'

/** A condition that was true, and when first. */
interface Failure {
  readonly reasons: readonly Reason[]
  /** When that was: the window in words; undefined where there was none. */
  readonly when: string | undefined
  windows: number
}

export class Checks {
  readonly #conditions: readonly Condition[]
  readonly #failures = new Map<Condition, Failure>()

  /** @throws InputError for a condition that is not understood */
  constructor(texts: readonly string[], names: readonly ConditionName[]) {
    this.#conditions = texts.map((text) => parseCondition(text, '--fail-if', names))
  }

  /** Whether there is anything to test: facts cost a walk over all agents. */
  get any(): boolean {
    return this.#conditions.length > 0
  }

  get failed(): boolean {
    return this.#failures.size > 0
  }

  /**
   * @param when the window in words
   * @returns those that are true for the first time, a line each
   */
  test(facts: object, when: string | undefined): string[] {
    const lines: string[] = []
    for (const condition of this.#conditions) {
      if (!condition.test(facts)) continue
      const known = this.#failures.get(condition)
      if (known !== undefined) {
        known.windows++
        continue
      }
      const failure = { reasons: condition.reasons(facts), when, windows: 1 }
      this.#failures.set(condition, failure)
      lines.push(line(condition, failure))
    }
    return lines
  }

  /** At the end: those that were true in more than one window. */
  close(): string[] {
    return [...this.#failures]
      .filter(([, { windows }]) => windows > 1)
      .map(([{ text }, { windows }]) => `--fail-if '${text}' was true in ${windows} windows.`)
  }
}

function line({ text }: Condition, { reasons, when }: Failure): string {
  const found = reasons.map(({ name, shown }) => `${name} is ${shown}`).join(', ')
  return `--fail-if '${text}' is true${when === undefined ? '' : ` of ${when}`}: ${found}.`
}
