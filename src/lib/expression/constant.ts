// Owns constant text as a value: a table of given texts. Start at ConstantLabels.

import type { Labels } from '../attributes/attribute.ts'

/** The texts of an expression itself, numbered as they were given. */
export class ConstantLabels implements Labels {
  readonly texts: readonly string[]

  constructor(...texts: readonly string[]) {
    this.texts = texts
  }

  text(label: number): string {
    return this.texts[label] ?? ''
  }

  find(text: string): number | undefined {
    const at = this.texts.indexOf(text)
    return at < 0 ? undefined : at
  }
}

/** Texts that get numbers as they come up; bounded by what they are made of (groups, ports, hosts). */
export class GrowingLabels implements Labels {
  readonly #texts: string[] = []
  readonly #numbers = new Map<string, number>()

  text(label: number): string {
    return this.#texts[label] ?? ''
  }

  /** The number of a text, made where it is new. */
  find(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const made = this.#texts.push(text) - 1
    this.#numbers.set(text, made)
    return made
  }
}
