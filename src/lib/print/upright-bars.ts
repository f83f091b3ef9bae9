// Owns upright bars as lines of blocks, for charts in text and on screens. Knows no axis and no colour. Start at uprightBars.

/** Heights of a cell in eighths, from nothing. */
const levels = ' ▁▂▃▄▅▆▇█'

/**
 * A bar of one column for each value, as `height` lines from the top; `most` has a full bar. Where it is 0 there are none.
 * @param values from 0 to `most`
 */
export function uprightBars(values: readonly number[], most: number, height: number): string[] {
  const scale = most > 0 ? (height * 8) / most : 0
  return Array.from({ length: height }, (_, i) => {
    const below = (height - 1 - i) * 8
    return values.map((value) => levels[Math.max(0, Math.min(8, Math.round(value * scale) - below))]!).join('')
  })
}
