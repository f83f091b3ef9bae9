import assert from 'node:assert/strict'
import { it } from 'node:test'
import { chanceText, periodText } from '../../src/lib/period/period-text.ts'

const texts: readonly (readonly [number, number | null, string])[] = [
  [0.70102, 0.0012, '0.701 s ± 0.001'],
  [0.70102, 0.00031, '0.7010 s ± 0.0003'],
  [0.70102, 0.0995, '0.70 s ± 0.10'],
  [0.7, 0, '0.7000 s'],
  [0.7, null, '0.7000 s'],
  [12.345, 0.21, '12.3 s ± 0.2'],
  [12.345, 0.021, '12.35 s ± 0.02'],
  [60, 2, '60 s ± 2'],
  [0.7, 1e-9, '0.700000 s ± 0.000001'],
]

for (const [seconds, error, text] of texts) it(text, () => assert.equal(periodText(seconds, error), text))

it('chances', () => {
  assert.deepEqual([1e-9, 1e-6, 3.2e-5, 0.0099, 0.6, 1].map(chanceText), [
    'p < 1e-6',
    'p = 1e-6',
    'p = 3e-5',
    'p = 1e-2',
    'p = 0.60',
    'p = 1.00',
  ])
})
