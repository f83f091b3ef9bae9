import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sequences } from '../../src/lib/agents/sequences.ts'
import { statusName } from './feed.ts'

interface Row {
  name: string
  /** Numbers after the first; `+` in front: known to be sent after all before. */
  numbers: readonly (number | `+${number}`)[]
  statuses: string
  lost: number
  duplicates: number
}

const rows: readonly Row[] = [
  { name: 'in order', numbers: [1, 2, 3], statuses: 'first inOrder inOrder', lost: 0, duplicates: 0 },
  { name: 'a gap of two', numbers: [1, 2, 5], statuses: 'first inOrder gap', lost: 2, duplicates: 0 },
  {
    name: 'a late one undoes its loss',
    numbers: [1, 3, 2, 4],
    statuses: 'first gap late inOrder',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'a late one undoes it once',
    numbers: [1, 3, 2, 2, 4],
    statuses: 'first gap late duplicate inOrder',
    lost: 0,
    duplicates: 1,
  },
  { name: 'a duplicate', numbers: [1, 2, 2, 3], statuses: 'first inOrder duplicate inOrder', lost: 0, duplicates: 1 },
  { name: 'the first one twice', numbers: [7, 7, 8], statuses: 'first duplicate inOrder', lost: 0, duplicates: 1 },
  {
    name: 'an old duplicate is not a late one',
    numbers: [1, 2, 5, 1, 2],
    statuses: 'first inOrder gap duplicate duplicate',
    lost: 2,
    duplicates: 2,
  },
  {
    name: 'numbers below the first',
    numbers: [10, 8, 11, 9],
    statuses: 'first late inOrder late',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'below the first, one missing',
    numbers: [10, 8, 11],
    statuses: 'first late inOrder',
    lost: 1,
    duplicates: 0,
  },
  {
    name: 'wrap at 2^32',
    numbers: [4294967294, 4294967295, 0, 1],
    statuses: 'first inOrder inOrder inOrder',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'gap and late one across the wrap',
    numbers: [4294967294, 1, 4294967295, 0],
    statuses: 'first gap late late',
    lost: 0,
    duplicates: 0,
  },
  { name: 'late by 1000', numbers: [5000, 6001, 5001], statuses: 'first gap late', lost: 999, duplicates: 0 },
  { name: 'late by 1001', numbers: [5000, 6002, 5001], statuses: 'first gap restart', lost: 1001, duplicates: 0 },
  { name: 'the largest gap', numbers: [1, 65537], statuses: 'first gap', lost: 65535, duplicates: 0 },
  { name: 'beyond it', numbers: [1, 65538], statuses: 'first restart', lost: 0, duplicates: 0 },
  {
    name: 'after a gap wider than what is remembered, old bits are gone',
    numbers: [1, 2, 3, 3000, 2500, 2999],
    statuses: 'first inOrder inOrder gap late late',
    lost: 2994,
    duplicates: 0,
  },
  {
    name: 'the place of a number 1024 before',
    numbers: [1, 2, 1027, 1026],
    statuses: 'first inOrder gap late',
    lost: 1023,
    duplicates: 0,
  },
  {
    name: 'never moves: three duplicates are taken back at the fourth repeat',
    numbers: [0, 0, 0, 0, 0, 0],
    statuses: 'first duplicate duplicate duplicate inOrder inOrder',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'never moved, then does: counting starts there',
    numbers: [0, 0, 0, 0, 0, 9, 10, 12],
    statuses: 'first duplicate duplicate duplicate inOrder inOrder inOrder gap',
    lost: 1,
    duplicates: 0,
  },
  {
    name: 'never moves, sent later',
    numbers: [0, '+0', '+0'],
    statuses: 'first inOrder inOrder',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'sent later with a number that was delivered: counted anew',
    numbers: [1, 2, 3, '+1'],
    statuses: 'first inOrder inOrder restart',
    lost: 0,
    duplicates: 0,
  },
  {
    name: 'sent later, the same number',
    numbers: [1, 2, '+2'],
    statuses: 'first inOrder restart',
    lost: 0,
    duplicates: 0,
  },
  { name: 'sent later, below the first', numbers: [9, '+5'], statuses: 'first restart', lost: 0, duplicates: 0 },
  {
    name: 'sent later, but the missing one',
    numbers: [1, 2, '+4', '+3', '+5'],
    statuses: 'first inOrder gap late inOrder',
    lost: 0,
    duplicates: 0,
  },
]

for (const row of rows) {
  test(`sequence numbers: ${row.name}`, () => {
    const sequences = new Sequences(2)
    // The other track is disturbed by nothing.
    sequences.first(0, 77)
    let lost = 0
    let duplicates = 0
    const statuses: string[] = []
    for (const [i, number] of row.numbers.entries()) {
      if (i === 0) {
        sequences.first(1, Number(number))
        statuses.push('first')
        continue
      }
      const status = statusName(sequences.push(1, Number(number), typeof number === 'string'))
      statuses.push(status)
      if (status === 'restart') break
      lost += sequences.lost
      duplicates += sequences.duplicates
    }
    assert.deepEqual(
      { statuses: statuses.join(' '), lost, duplicates },
      { statuses: row.statuses, lost: row.lost, duplicates: row.duplicates },
    )
    assert.equal(sequences.ahead(0, 78), 1)
    assert.equal(sequences.unmoved(0), true)
  })
}
