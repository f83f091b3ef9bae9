// Owns how findings of the doctor look: a table of all, then what each that is not well means. See ui.ts for the folder.

import type { DoctorFormat, Finding, State } from '../doctor/finding.ts'
import type { Colours } from './colour.ts'
import { escapeText } from './escape-text.ts'
import { formatTable } from './table.ts'
import { displayWidth } from './width.ts'

/** Room for sentences; longer lines are hard to read on a wide terminal. */
const MOST_COLUMNS = 100

/** The findings in one of the formats, with its newline at the end. */
export function formatFindings(
  findings: readonly Finding[],
  format: DoctorFormat,
  colours: Colours,
  columns: number,
): string {
  switch (format) {
    case 'ndjson':
      return findings.map((finding) => `${JSON.stringify(finding)}\n`).join('')
    case 'json':
      return `${JSON.stringify(findings, null, 2)}\n`
    case 'table':
      return `${table(findings, colours, Math.min(columns, MOST_COLUMNS))}\n`
  }
}

function table(findings: readonly Finding[], colours: Colours, columns: number): string {
  const colourOf: Readonly<Record<State, (text: string) => string>> = {
    ok: (text) => text,
    limited: colours.doubtful,
    no: colours.bad,
  }
  const whatWidth = Math.max(...findings.map(({ what }) => displayWidth(what)))
  const foundWidth = columns - 'limited'.length - whatWidth - 4
  const rows = findings.flatMap(({ what, state, found }) =>
    wrap(escapeText(found), foundWidth).map((line, at) => [
      at === 0 ? colourOf[state](state) : '',
      at === 0 ? what : '',
      line,
    ]),
  )
  const titles = ['state', 'what', 'found'].map((title) => ({ title }))
  const advised = findings
    .filter(({ state }) => state === 'no' || state === 'limited')
    .sort((a, b) => Number(b.state === 'no') - Number(a.state === 'no'))
    .map(({ what, state, means, advice }) =>
      [
        ...wrap(`${what}: ${means}`, columns).map((line, at) =>
          at === 0 ? `${colourOf[state](what)}${line.slice(what.length)}` : line,
        ),
        // Never wrapped: it is there to be copied.
        ...advice.map((line) => `  ${colours.dim(escapeText(line))}`),
      ].join('\n'),
    )
  return [formatTable(titles, rows, colours), ...advised].join('\n\n')
}

/** Lines of whole words, at most `width` columns where words permit. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
