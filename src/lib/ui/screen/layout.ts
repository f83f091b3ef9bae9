// Owns which of several things side by side are shown, and how wide. See screen.ts for the folder.

/** Something that takes columns. */
export interface Slot {
  /** Least columns that make sense. */
  readonly min: number
  /** Columns that it takes where there is room; default `min`. */
  readonly max?: number
  /** What does not fit is left out in this order, highest first; also the order in which slots grow, those of one priority evenly. */
  readonly priority: number
}

export interface Layout {
  /** Columns of each slot; 0 where it is left out. */
  readonly widths: readonly number[]
  /** Spaces between two slots. */
  readonly gap: number
}

/**
 * Fits slots into `columns`. It depends on nothing but its arguments, so widths stay while numbers change, and a narrower
 * terminal never shows a slot that a wider one leaves out. Gaps are 2 wide where all that is shown allows it, else 1.
 */
export function fitSlots(slots: readonly Slot[], columns: number): Layout {
  const byPriority = slots.map((slot, at) => ({ slot, at })).sort((a, b) => a.slot.priority - b.slot.priority)
  const widths = slots.map(() => 0)
  let used = 0
  let shown = 0
  for (const { slot, at } of byPriority) {
    const more = slot.min + (shown > 0 ? 1 : 0)
    if (used + more > columns) break
    widths[at] = slot.min
    used += more
    shown++
  }
  const gap = used + shown - 1 <= columns ? 2 : 1
  let left = columns - used - (gap - 1) * Math.max(0, shown - 1)
  // Evenly: who wants least comes first, so that each takes its part of what is left.
  const wants = ({ min, max = min }: Slot) => Math.max(0, max - min)
  const growing = byPriority.filter(({ at }) => widths[at]! > 0)
  growing.sort((a, b) => a.slot.priority - b.slot.priority || wants(a.slot) - wants(b.slot))
  for (const [nth, { slot, at }] of growing.entries()) {
    const equals = growing.slice(nth).filter((other) => other.slot.priority === slot.priority).length
    const more = Math.min(Math.floor(left / equals), wants(slot))
    widths[at]! += more
    left -= more
  }
  return { widths, gap }
}
