import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLocalClock, formatLocalDay, formatLocalTime, formatUtcTime } from '../../../src/lib/ui/times.ts'
import { cardsOf, datagram, flow, lines, record } from '../../helpers/cards.ts'

/** A discarded packet from port 3 to port 7. */
const discard = (more: object): Parameters<typeof datagram>[0][number] => ({
  kind: 'discard',
  tag: 5,
  name: 'discarded_packet',
  sequence_number: 1,
  source_id_type: 0,
  source_id_index: 0,
  drops: 0,
  inputifindex: 3,
  outputifindex: 7,
  reason: 258,
  records: [],
  ...more,
})

test('the data source is told where the ports do not say it; 0:0 is that of every discard', () => {
  for (const [sample, head] of [
    [discard({}), 'discarded packet 1  port 3 → 7'],
    [discard({ outputifindex: 0 }), 'discarded packet 1  port 3 → unknown'],
    [discard({ source_id_index: 3 }), 'discarded packet 1  port 3 → 7'],
    [discard({ source_id_index: 9 }), 'discarded packet 1  port 3 → 7  source port 9'],
    [discard({ source_id_type: 2, source_id_index: 1 }), 'discarded packet 1  port 3 → 7  source physical entity 1'],
    [flow([], { source_id_index: 7 }), 'flow sample 4711  1 in 1,000 of 4,711,000  port 3 → 7'],
    [flow([], { sampling_rate: 0, sample_pool: 5 }), 'flow sample 4711  sampling rate unknown  port 3 → 7'],
    [
      flow([], { source_id_index: 0, output_value: 0 }),
      'flow sample 4711  1 in 1,000 of 4,711,000  port 3 → unknown  source unknown port',
    ],
  ] as const) {
    const { text } = cardsOf([datagram([sample])], { width: 200 })
    assert.equal(lines(text)[0], `12:00:01.123  192.0.2.9  ${head}`)
  }
})

test('drops run since the start of the agent: what is new is told apart', () => {
  const numbered = (n: number, drops: number) =>
    datagram([flow([], { sequence_number: n, drops, sample_pool: n * 1000 }), discard({ sequence_number: n, drops })], {
      sequence_number: n,
      uptime: n * 1000,
    })
  const { text } = cardsOf([numbered(1, 0), numbered(2, 7), numbered(3, 7), numbered(5, 1007)], { width: 200 })
  const told = lines(text).map((line) => line.match(/ {2}port 3 → 7 ?(.*)/)?.[1]?.trim())
  assert.deepEqual(
    told.filter((x) => x !== undefined),
    [
      '',
      '',
      '7 dropped by the agent since the last sample, 7 since its start',
      "7 not told (rate limit) since the last sample, 7 since the agent's start",
      '7 dropped by the agent since its start',
      "7 not told (rate limit) since the agent's start",
      '1,000 dropped by the agent since the last sample, 1,007 since its start',
      "1,000 not told (rate limit) since the last sample, 1,007 since the agent's start",
    ],
  )
})

test('local time: date and zone are told when they change, and beside a time of another day', () => {
  const before = process.env.TZ
  process.env.TZ = 'Europe/Berlin'
  try {
    const stamped = datagram([flow([record(1043, 'extended_timestamp', { nanoseconds: 1_777_672_799_500_000_000n })])])
    // Midnight in Berlin is 22:00 UTC in May: 1777672800.
    const seconds = [1_777_672_799, 1_777_672_799, 1_777_672_800]
    const local = { time: formatLocalTime, day: formatLocalDay, clock: formatLocalClock }
    assert.equal(
      cardsOf([datagram([flow([])]), datagram([flow([])]), stamped], local, seconds).text,
      `── 2026-05-01 +02:00 ──

23:59:59.123456  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000
    port 3 → 7

23:59:59.123456  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000
    port 3 → 7

── 2026-05-02 +02:00 ──

00:00:00.123456  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000
    port 3 → 7
  time      2026-05-01 23:59:59.500000 +02:00  623.5 ms before the datagram

`,
    )
    const utc = { time: formatUtcTime, day: () => '', clock: formatUtcTime }
    assert.deepEqual(lines(cardsOf([stamped], utc, [1_777_672_800]).text), [
      '2026-05-01T22:00:00.123456789Z  192.0.2.9  flow sample 4711',
      '    1 in 1,000 of 4,711,000  port 3 → 7',
      '  time      2026-05-01T21:59:59.500000000Z  623.5 ms before the datagram',
    ])
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})

test('interfaces in words', () => {
  for (const [format, value, words] of [
    [0, 0, 'unknown'],
    [0, 0x3fffffff, 'internal'],
    [1, 257, 'discarded: ttl_exceeded (257)'],
    [1, 999, 'discarded: 999'],
    [2, 0, 'several ports'],
    [2, 1, '1 port'],
    [2, 7, '7 ports'],
    [3, 5, '3:5'],
  ] as const) {
    const { text } = cardsOf([datagram([flow([], { output_format: format, output_value: value })])], { width: 200 })
    assert.equal(text, `12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000  port 3 → ${words}\n\n`)
  }
})
