// Owns tables that command lines print: columns under a header, padded with blanks. Knows no vendor. See topo-import.ts for
// the folder.

import { formatCount, InputError } from '../errors.ts'

/** Four names of LLDP (255 bytes each), a date and the padding between them; a longer line is no row, whatever stands in it. */
const LONGEST_ROW = 4096

export interface TextRow {
  /** As the header that was asked for. */
  readonly cells: readonly string[]
  /** From 1. */
  readonly line: number
}

/**
 * The rows below every header line with these titles, each up to an empty line or a line that looks like a prompt.
 * A cell is what stands between the begin of its title and the next; where a value is wider than its column, cells are split at
 * two blanks or more, or at any where that gives the number of columns.
 * @param titles in order, from the first column on
 * @param source for messages
 * @returns undefined where there is no such header
 * @throws InputError where a row is so long that it can be none
 */
export function readColumns(text: string, source: string, titles: readonly string[]): TextRow[] | undefined {
  const rows: TextRow[] = []
  let starts: number[] | undefined
  let found = false
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd()
    const header = headerOf(line, titles)
    if (header !== undefined) {
      starts = header
      found = true
    } else if (line.trim() === '' || /^[\w.-]+(?:\([\w-]+\))?[#>$]/.test(line)) {
      // An empty line may stand between header and rows.
      if (rows.length > 0 && rows.at(-1)!.line === at) starts = undefined
    } else if (starts !== undefined && !/^[-=+\s|]+$/.test(line)) {
      if (line.length > LONGEST_ROW) {
        throw new InputError(
          `${source}:${at + 1}: the line has ${formatCount(line.length)} characters, needed a row of the table in at most ${formatCount(LONGEST_ROW)}.`,
          ['Save the table as the command prints it, a row a line.'],
        )
      }
      rows.push({ cells: cellsOf(line, starts, titles.length), line: at + 1 })
    }
  }
  return found ? rows : undefined
}

/** Where each column begins, the end of the last one too. */
function headerOf(line: string, titles: readonly string[]): number[] | undefined {
  const starts: number[] = []
  let from = 0
  for (const title of titles) {
    const at = line.indexOf(title, from)
    if (at < 0 || line.slice(from, at).trim() !== '') return undefined
    starts.push(at)
    from = at + title.length
  }
  const next = line.slice(from).search(/\S/)
  return [...starts, next < 0 ? Number.POSITIVE_INFINITY : from + next]
}

function cellsOf(line: string, starts: readonly number[], count: number): string[] {
  const fits = starts.every((at, i) => i === 0 || at >= line.length || /\s/.test(line[at - 1] ?? ' '))
  if (fits) return Array.from({ length: count }, (_, i) => line.slice(starts[i], starts[i + 1]).trim())
  const wide = line.trim().split(/\s{2,}/)
  return wide.length >= count ? wide : line.trim().split(/\s+/)
}
