// Owns drops since the start, by reason and place: counters, so that none is lost between two scrapes. Bounded. See drops.ts for
// the folder. Start at DropTotals.add.

import type { Labels } from '../metrics/metrics.ts'
import type { DropCount, DropsWindow } from './snapshot.ts'

/** Combinations of reason and place that are told apart; a fabric has hundreds, hostile agents as many as they like. */
const MOST_SERIES = 10_000

/** Reason and place of drops, as metrics have them. */
export function labelsOf({ reason, place }: Pick<DropCount, 'reason' | 'place'>): Labels {
  return [
    ['reason', reason?.name ?? ''],
    ['group', reason?.group ?? ''],
    ['node', place?.node ?? ''],
    ['port', place?.port ?? (place?.ifIndex == null ? '' : String(place.ifIndex))],
    ['direction', place?.direction ?? ''],
  ]
}

/** What is beyond a bound, or has no reason and place for want of a key. */
const others: Labels = [['reason', '(other)']]

export class DropTotals {
  readonly #sums = new Map<string, { readonly labels: Labels; packets: number }>()
  /** Limited by agents, or lost on the way. */
  notTold = 0
  #newest: DropsWindow | undefined

  /** A window is over. The same one again is not added: several may say so. */
  add(window: DropsWindow): void {
    if (window === this.#newest) return
    this.#newest = window
    this.notTold += window.limited + window.lost
    for (const count of window.counts) this.#count([...labelsOf(count), ['by', count.by]], count.packets)
    if (window.uncounted > 0) this.#count(others, window.uncounted)
  }

  /** Labels and packets of each. */
  get series(): Iterable<{ readonly labels: Labels; readonly packets: number }> {
    return this.#sums.values()
  }

  #count(labels: Labels, packets: number): void {
    const key = JSON.stringify(labels)
    const known = this.#sums.get(key)
    if (known !== undefined) known.packets += packets
    else if (labels === others || this.#sums.size < MOST_SERIES) this.#sums.set(key, { labels, packets })
    else this.#count(others, packets)
  }
}
