// Owns which packets the screen of `sonde trace` lists: those that have the words that were typed, all or only the dropped ones.
// See ../trace-screen.ts.

import type { TraceStep } from '../../trace/step.ts'
import { endpointText, stepsOf, type TraceRow } from './row.ts'

/** All that words are looked for in, in small letters, a line each, so that no word reaches from one into the next. */
function searchText(row: TraceRow): string {
  const texts = new Set<string>()
  let before: TraceStep | undefined
  for (const step of stepsOf(row)) {
    texts.add(step.functionName)
    texts.add(step.reason)
    texts.add(step.droppedIn)
    texts.add(step.caller)
    if (step.interfaceName !== before?.interfaceName) texts.add(step.interfaceName)
    if (step.netns !== before?.netns) texts.add(step.netnsName === '' ? String(step.netns) : step.netnsName)
    if (step.process !== before?.process) texts.add(`${step.process}:${step.pid}`)
    const { tuple } = step
    if (tuple !== undefined && tuple !== before?.tuple) {
      texts.add(endpointText(tuple.source, tuple.sourcePort))
      texts.add(endpointText(tuple.destination, tuple.destinationPort))
      texts.add(`${tuple.protocol} ${tuple.flags ?? tuple.message ?? ''}`)
    }
    before = step
  }
  texts.add(row.first.skb)
  return [...texts].join('\n').toLowerCase()
}

/**
 * Chooses packets. A packet is asked once for each text and each row of it: a list of thousands is asked again with every frame.
 */
export class PacketFilter {
  onlyDropped = false
  #text = ''
  #words: readonly { readonly text: string; readonly isWanted: boolean }[] = []
  readonly #texts = new WeakMap<TraceRow, string>()
  #answers = new WeakMap<TraceRow, boolean>()

  get text(): string {
    return this.#text
  }

  /** @param text words with spaces between, all of which must be found somewhere; one with `!` before it must not be */
  set text(text: string) {
    this.#text = text
    this.#words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '' && word !== '!')
      .map((word) => (word.startsWith('!') ? { text: word.slice(1), isWanted: false } : { text: word, isWanted: true }))
    this.#answers = new WeakMap()
  }

  get isOn(): boolean {
    return this.onlyDropped || this.#words.length > 0
  }

  choose(rows: readonly TraceRow[]): readonly TraceRow[] {
    return this.isOn ? rows.filter((row) => (!this.onlyDropped || row.drop !== undefined) && this.#fits(row)) : rows
  }

  #fits(row: TraceRow): boolean {
    if (this.#words.length === 0) return true
    const known = this.#answers.get(row)
    if (known !== undefined) return known
    const text = this.#texts.get(row) ?? searchText(row)
    this.#texts.set(row, text)
    const answer = this.#words.every((word) => text.includes(word.text) === word.isWanted)
    this.#answers.set(row, answer)
    return answer
  }
}
