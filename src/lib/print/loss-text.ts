// Owns loss in summaries for people: of every kind, what came out of order, and what is not known. Knows no terminal. Start
// at lostLine.

import { bad, type CardText, dim, doubtful } from './cards/text.ts'
import type { Style } from './style.ts'

/** Loss of every kind. */
export interface LossCounts {
  /** Datagrams missing by sequence numbers; null where no agent's numbers tell. */
  readonly lost: number | null
  readonly flow: { readonly lost: number }
  readonly counters: { readonly lost: number }
  readonly discard: { readonly lost: number }
  /** Samples that agents dropped themselves. */
  readonly agent_drops: number
}

/** A line of all kinds; more pairs may follow. */
export function lostLine(text: CardText, style: Style, loss: LossCounts): void {
  text.label('lost')
  lossPair(text, style, 'datagrams', loss.lost)
  lossPair(text, style, 'flow samples', loss.flow.lost)
  lossPair(text, style, 'counter samples', loss.counters.lost)
  lossPair(text, style, 'discards', loss.discard.lost)
  lossPair(text, style, 'by agents themselves', loss.agent_drops)
}

/** One kind of loss; null is not known. */
export function lossPair(text: CardText, style: Style, name: string, value: number | null): void {
  text.pair(name, value === null ? doubtful('not known') : value > 0 ? bad(style.count(value)) : '0')
}

/** What came late, twice, or from an agent that had restarted; nothing where there is none. */
export function orderLine(
  text: CardText,
  style: Style,
  { late, duplicates, restarts }: { readonly late: number; readonly duplicates: number; readonly restarts: number },
): void {
  if (late + duplicates + restarts === 0) return
  text.label('order')
  for (const [name, value] of [
    ['late', late],
    ['duplicates', duplicates],
    ['restarts', restarts],
  ] as const) {
    text.pair(name, value > 0 ? doubtful(style.count(value)) : '0')
  }
}

/** Sentences of what can't be known. */
export function unknownLines(text: CardText, sentences: readonly string[]): void {
  if (sentences.length > 0) text.label('unknown')
  sentences.forEach((sentence, i) => {
    if (i > 0) text.more()
    text.group(dim(sentence))
  })
}
