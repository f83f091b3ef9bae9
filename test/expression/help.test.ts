// The screen that teaches the language: every example on it is one, it fits a terminal, and it names every function.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFilter, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { keyFunctions } from '../../src/lib/expression/functions/table.ts'
import { flowHelp } from '../../src/lib/expression/help.ts'

const lines = flowHelp().split('\n')

/** The first column of the lines below a heading. */
function examples(heading: string): string[] {
  const from = lines.findIndex((line) => line.startsWith(heading)) + 1
  const end = lines.findIndex((line, i) => i >= from && line === '')
  return lines
    .slice(from, end)
    .map((line) => line.slice(2).split('  ')[0]!)
    .filter((text) => !text.startsWith('What is missing'))
}

test('80 columns, 50 lines', () => {
  for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`)
  assert.ok(lines.length <= 50, `${lines.length} lines`)
})

test('its examples are right', () => {
  assert.equal(examples('KEYS').length, 6)
  for (const text of examples('KEYS')) assert.ok(parseKeys(text, '--keys').length > 0)
  assert.equal(examples('VALUES').length, 3)
  for (const text of examples('VALUES')) assert.ok(parseValues(text, '--value').length > 0)
  assert.equal(examples('FILTERS').length, 6)
  for (const text of examples('FILTERS')) assert.equal(parseFilter(text, '--filter').text, text)
})

test('every function is on it', () => {
  const functions = examples('FUNCTIONS').join(' ')
  for (const { name } of keyFunctions) assert.ok(functions.includes(`${name}:`), name)
})
