import assert from 'node:assert/strict'
import { test } from 'node:test'
import { colourLevel, coloursOfLevel } from '../../src/lib/ui/colour.ts'

const pipe = { stream: 'stdout', isTTY: false, env: {}, refused: false } as const
const cases: [string, Parameters<typeof colourLevel>[0], number][] = [
  ['a pipe has none', pipe, 0],
  ['FORCE_COLOR on a pipe', { ...pipe, env: { FORCE_COLOR: '1' } }, 1],
  ['FORCE_COLOR=3', { ...pipe, env: { FORCE_COLOR: '3' } }, 3],
  ['FORCE_COLOR=true', { ...pipe, env: { FORCE_COLOR: 'true' } }, 1],
  ['FORCE_COLOR=0 on a terminal', { ...pipe, isTTY: true, env: { FORCE_COLOR: '0' } }, 0],
  ['FORCE_COLOR before NO_COLOR', { ...pipe, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, 1],
  ['NO_COLOR on a terminal', { ...pipe, isTTY: true, env: { NO_COLOR: '1' } }, 0],
  ['TERM=dumb', { ...pipe, isTTY: true, env: { TERM: 'dumb' } }, 0],
  ['--no-color before all', { ...pipe, isTTY: true, env: { FORCE_COLOR: '3' }, refused: true }, 0],
]
for (const [name, setting, want] of cases) test(name, () => assert.equal(colourLevel(setting), want))

test('without colour each gives its text back', () => {
  const { bad, doubtful, dim, accent, strong, enabled } = coloursOfLevel(0)
  assert.equal(enabled, false)
  for (const paint of [bad, doubtful, dim, accent, strong]) assert.equal(paint('lost 5'), 'lost 5')
})
test('red is for what is bad', () => assert.equal(coloursOfLevel(1).bad('lost 5'), '\u001b[31mlost 5\u001b[39m'))
