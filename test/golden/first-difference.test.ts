import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstDifference } from './first-difference.ts'

for (const [name, kept, printed, want] of [
  ['equal texts have none', 'a\nb\n', 'a\nb\n', undefined],
  ['a character', 'a\nxyz\n', 'a\nxYz\n', ':2:2 differs\n  kept     xyz\n  printed  xYz\n            ^'],
  ['a line more', 'a\n', 'a\nb\n', ':2:1 differs\n  kept     \n  printed  b\n           ^'],
  ['a line less', 'a\nb', 'a', ':2:1 differs\n  kept     b\n  printed  (no such line)\n           ^'],
  [
    'control characters are shown',
    'a\u001b1',
    'a\u001b2',
    ':1:3 differs\n  kept     a\\x1b1\n  printed  a\\x1b2\n                ^',
  ],
  [
    'a long line is cut',
    `${'-'.repeat(70)}x${'+'.repeat(200)}`,
    `${'-'.repeat(70)}y${'+'.repeat(200)}`,
    `:1:71 differs\n  kept     …${'-'.repeat(60)}x${'+'.repeat(99)}\n  printed  …${'-'.repeat(60)}y${'+'.repeat(99)}\n           ${' '.repeat(61)}^`,
  ],
] as const) {
  test(name, () => {
    assert.equal(firstDifference(kept, printed), want)
  })
}
