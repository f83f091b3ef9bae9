import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TraceEnd } from '../../src/lib/trace/head.ts'
import { endLines } from '../../src/lib/trace/report.ts'

const end: TraceEnd = { steps: 0, seen: 0, refused: 0, lost: 0, seconds: 4, by: 'stop' }

test('nothing: whether there was no packet, or none that fits', () => {
  assert.deepEqual(endLines(end, false), [
    '0 steps of 0 seen in 4.0 s.',
    'No packet at all reached these functions: was there any traffic? Without --func there are more of them.',
    'Lost in the ring: nothing.',
  ])
  assert.deepEqual(endLines({ ...end, seen: 120, refused: 120 }, false), [
    '0 steps of 120 seen in 4.0 s, 120 refused in the kernel.',
    'None fits what was asked. Is there such traffic, in this direction? Check the filter, --ifname, --netns and --mark; before NAT and behind it addresses differ.',
    'Lost in the ring: nothing.',
  ])
})

test('steps that came beside a limit are told apart from those that were shown', () => {
  const limited = { ...end, steps: 20, notShown: 1300, seen: 12_420, refused: 11_100, by: 'limit' as const }
  assert.deepEqual(endLines(limited, false), [
    '20 steps of 12,420 seen in 4.0 s (--limit), 11,100 refused in the kernel, 1,300 more not shown.',
    'Lost in the ring: nothing.',
  ])
})

test('with --quiet only what was lost', () => {
  assert.deepEqual(endLines({ ...end, steps: 5, seen: 9, refused: 1, lost: 3 }, true), [
    'Lost in the ring, which was full: 3 steps. A filter, --func or -o FILE helps.',
  ])
})
