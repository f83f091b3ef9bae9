import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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

describe('256 colours are readable on dark and on light terminals', () => {
  const cases = [
    ['bad', 196],
    ['doubtful', 130],
    ['accent', 30],
    ['dim', 243],
  ] as const
  /** Of 0 to 255, by xterm's table: a cube of 6 by 6 by 6, then greys. */
  const channels = (code: number): number[] => {
    if (code >= 232) return Array(3).fill(8 + (code - 232) * 10)
    const steps = [0, 95, 135, 175, 215, 255]
    const at = code - 16
    return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => steps[step]!)
  }
  /** WCAG 2.2, relative luminance. */
  const luminance = (code: number) => {
    const [r, g, b] = channels(code).map((v) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  for (const level of [2, 3] as const) {
    for (const [name, code] of cases) {
      test(`${name}, level ${level}`, () => {
        assert.equal(coloursOfLevel(level)[name]('x'), `\u001b[38;5;${code}mx\u001b[39m`)
        assert.ok((luminance(code) + 0.05) / 0.05 >= 3.9, 'on black')
        assert.ok(1.05 / (luminance(code) + 0.05) >= 3.9, 'on white')
      })
    }
  }
})
