// Owns sparklines: the shape of the last values in one line. See screen.ts for the folder.

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/**
 * The last `width` values, newest at the right, as blocks from 0 to the largest of them; fewer values leave room at the left.
 * Only 0 has the lowest block. What is not a finite number is a gap. Say the largest value or the unit beside it.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : []
  let most = 0
  for (const value of shown) if (Number.isFinite(value)) most = Math.max(most, value)
  let line = ''
  for (const value of shown) {
    if (!Number.isFinite(value)) line += ' '
    else line += value <= 0 ? levels[0] : levels[Math.max(1, Math.ceil((value / most) * 7))]!
  }
  return line.padStart(width)
}
