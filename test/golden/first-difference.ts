// Owns telling two texts apart for a person: the first line that differs, and in it the place.

/** Characters of the lines that are shown around the place. */
const BEFORE = 60
const AFTER = 100

/** Control characters as \xHH, so that they show and do nothing. */
function printable(text: string): string {
  const shown = Array.from(text, (x) => {
    const code = x.charCodeAt(0)
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ? `\\x${code.toString(16).padStart(2, '0')}` : x
  })
  return shown.join('')
}

/**
 * Undefined where both are equal; else `:LINE:COLUMN differs`, with both lines around that column, the place marked.
 * Lines and columns count from 1.
 */
export function firstDifference(kept: string, printed: string): string | undefined {
  if (kept === printed) return undefined
  const left = kept.split('\n')
  const right = printed.split('\n')
  let line = 0
  while (line < left.length && line < right.length && left[line] === right[line]) line++
  const a = left[line]
  const b = right[line]
  let column = 0
  while (a !== undefined && b !== undefined && column < a.length && a[column] === b[column]) column++
  const start = Math.max(0, column - BEFORE)
  const part = (text: string | undefined) =>
    text === undefined
      ? '(no such line)'
      : printable(start > 0 ? `…${text.slice(start, column + AFTER)}` : text.slice(0, column + AFTER))
  const mark = ' '.repeat(printable((a ?? b ?? '').slice(start, column)).length + (start > 0 ? 1 : 0))
  const place = `:${line + 1}:${column + 1} differs`
  return `${place}\n  kept     ${part(a)}\n  printed  ${part(b)}\n           ${mark}^`
}
