// Owns a share as blocks in eighths, for tables and screens. See ui.ts for the folder.

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/**
 * A share of 0 to 1 as blocks, filled up with spaces to `width`. Only 0, and what is unknown, has no block; more than 1 is full.
 */
export function blockBar(share: number | null, width: number): string {
  if (share === null || !(share > 0) || width <= 0) return ' '.repeat(Math.max(0, width))
  const parts = Math.max(1, Math.min(width * 8, Math.round(share * width * 8)))
  return ('█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]).padEnd(width)
}
