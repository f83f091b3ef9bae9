// --sampling-rate as text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGivenRates } from '../../src/lib/parse/sampling-rate.ts'

const v4 = (last: number) => [0, 0, 0xffff, 0xc0000200 + last]
const v6 = [0x20010db8, 0, 0, 1]

const cases: readonly (readonly [string, unknown])[] = [
  ['192.0.2.1=1000', [{ agent: v4(1), source: undefined, rate: 1000 }]],
  ['192.0.2.1:3=1k', [{ agent: v4(1), source: { type: 0, index: 3 }, rate: 1000 }]],
  ['192.0.2.1:2:7=5', [{ agent: v4(1), source: { type: 2, index: 7 }, rate: 5 }]],
  ['2001:db8::1=400', [{ agent: v6, source: undefined, rate: 400 }]],
  ['[2001:db8::1]:9=400', [{ agent: v6, source: { type: 0, index: 9 }, rate: 400 }]],
  [
    '192.0.2.1=1, 192.0.2.2:1=2',
    [
      { agent: v4(1), source: undefined, rate: 1 },
      { agent: v4(2), source: { type: 0, index: 1 }, rate: 2 },
    ],
  ],
]
for (const [text, expected] of cases) {
  test(text, () => {
    const rates = parseGivenRates(text, '--sampling-rate').map((rate) => ({ ...rate, agent: [...rate.agent] }))
    assert.deepEqual(rates, expected)
  })
}

for (const text of [
  '',
  '192.0.2.1',
  '192.0.2.1=',
  '192.0.2.1=0',
  '192.0.2=5',
  'leaf1=5',
  '192.0.2.1:x=5',
  '192.0.2.1:9999999999=5',
]) {
  test(`wrong: "${text}"`, () => {
    assert.throws(() => parseGivenRates(text, '--sampling-rate'), { name: 'InputError' })
  })
}
