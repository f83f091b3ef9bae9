import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { type ConditionName, parseCondition } from '../../src/lib/parse/condition.ts'

const names: readonly ConditionName[] = [
  { name: 'lost', unit: 'count', doc: '' },
  { name: 'kernel_dropped', unit: 'count', doc: '' },
  { name: 'datagrams_per_s', unit: 'rate', doc: '' },
  { name: 'uptime', unit: 'seconds', doc: '' },
  { name: 'late_ms', unit: 'milliseconds', doc: '' },
  { name: 'size', unit: 'bytes', doc: '' },
  { name: 'total.error', unit: 'percent', doc: '' },
  { name: 'rows[].share', unit: 'share', doc: '' },
  { name: 'complete', unit: 'count', doc: '' },
]

const facts = {
  lost: 3,
  kernel_dropped: null,
  datagrams_per_s: 1500,
  uptime: 120,
  late_ms: 2000,
  size: 65_536,
  total: { error: 5 },
  rows: [{ share: 0.05 }, { share: Number.NaN }],
  complete: false,
  big: 2n ** 60n,
}

const rows: readonly (readonly [text: string, want: boolean])[] = [
  ['lost > 2', true],
  ['lost>3', false],
  ['lost >= 3', true],
  ['lost <= 3', true],
  ['lost < 3', false],
  ['lost = 3', true],
  ['lost == 3', true],
  ['lost != 3', false],
  ['lost > -1', true],
  ['lost = 0.003k', true],
  ['datagrams_per_s >= 1.5k', true],
  ['datagrams_per_s > 1.5K', false],
  ['uptime = 2m', true],
  ['uptime = 120', true],
  ['uptime > 1h30m', false],
  ['late_ms = 2s', true],
  ['late_ms < 2001', true],
  ['size = 64KiB', true],
  ['size > 65k', true],
  ['total.error = 5 %', true],
  ['total.error = 5', true],
  ['rows[0].share = 5 %', true],
  ['rows[0].share = 5%', true],
  ['rows[0].share = .05', true],
  ['rows[0].share > 5 %', false],
  // Unknown: null, NaN, a row that is not there.
  ['kernel_dropped = null', true],
  ['kernel_dropped != null', false],
  ['kernel_dropped = 0', false],
  ['kernel_dropped != 0', false],
  ['rows[1].share = null', true],
  ['rows[7].share = null', true],
  ['rows[7].share < 1', false],
  ['lost != null', true],
  ['complete = 0', true],
  // & binds before |.
  ['lost = 3 | lost = 4 & lost = 5', true],
  ['(lost = 3 | lost = 4) & lost = 5', false],
  ['lost = 4 && lost = 3 || uptime > 0', true],
  ['lost=3&uptime=2m&size>1', true],
  ['  ( ( lost = 3 ) )  ', true],
]

describe('conditions', () => {
  for (const [text, want] of rows) {
    test(text, () => assert.equal(parseCondition(text, '--dump-when', names).test(facts), want))
  }

  test('64-bit values are compared exactly', () => {
    const all = [{ name: 'big', unit: 'count', doc: '' }] as const
    assert.equal(parseCondition('big > 1152921504606846975', '--fail-if', all).test({ big: 2n ** 60n + 1n }), true)
    assert.equal(parseCondition('big = 1152921504606846976', '--fail-if', all).test({ big: 2n ** 60n }), true)
    assert.equal(parseCondition('big = 1152921504606846976', '--fail-if', all).test({ big: 2n ** 60n + 1n }), false)
  })

  test('reasons are the comparisons that made it true', () => {
    const condition = parseCondition('lost > 2 & (uptime > 1h | rows[0].share >= 5 %) | size = 1', '--dump-when', names)
    assert.deepEqual(condition.reasons(facts), [
      { text: 'lost>2', name: 'lost', found: 3, shown: '3' },
      { text: 'rows[0].share>=5%', name: 'rows[0].share', found: 0.05, shown: '5 %' },
    ])
    assert.deepEqual(condition.reasons({ ...facts, lost: 0 }), [])
    assert.deepEqual(parseCondition('kernel_dropped = null', '--dump-when', names).reasons(facts), [
      { text: 'kernel_dropped=null', name: 'kernel_dropped', found: null, shown: 'not known' },
    ])
  })

  test('nothing inherited is a value', () => {
    const all = [{ name: 'constructor.length', unit: 'count', doc: '' }] as const
    assert.equal(parseCondition('constructor.length = null', '--fail-if', all).test({}), true)
  })
})

const faults: readonly (readonly [text: string, message: string])[] = [
  [
    'lst > 5',
    '--dump-when is not understood at "lst": there is no such name here. Did you mean lost?\n  lst > 5\n  ^^^',
  ],
  [
    'lost > 1 & row[0].share > 0',
    '--dump-when is not understood at "row[0].share": there is no such name here. Did you mean rows[0].share?\n' +
      '  lost > 1 & row[0].share > 0\n' +
      '             ^^^^^^^^^^^^',
  ],
  ['', '--dump-when is not understood at its end: needed a name, such as lost\n  \n  ^'],
  ['lost', '--dump-when is not understood at its end: needed one of = != < <= > >= after lost\n  lost\n      ^'],
  [
    'lost >',
    '--dump-when is not understood at its end: needed a number after >, such as 5 or 1k, or null\n  lost >\n        ^',
  ],
  [
    'lost => 5',
    '--dump-when is not understood at ">": needed a number after =, such as 5 or 1k, or null\n  lost => 5\n        ^',
  ],
  [
    'lost > 5 %',
    '--dump-when is not understood at "5 %": needed a number for lost, such as 5 or 1k\n  lost > 5 %\n         ^^^',
  ],
  [
    'uptime > 5x',
    '--dump-when is not understood at "5x": needed a number for uptime, such as 2, 500ms or 5m\n' +
      '  uptime > 5x\n' +
      '           ^^',
  ],
  [
    'rows[0].share > 50',
    '--dump-when is not understood at "50": a share goes from 0 to 1: write 50 % or a number up to 1\n' +
      '  rows[0].share > 50\n' +
      '                  ^^',
  ],
  [
    'lost > 1.2.3',
    '--dump-when is not understood at "1.2.3": needed a number for lost, such as 5 or 1k\n' +
      '  lost > 1.2.3\n' +
      '         ^^^^^',
  ],
  [
    'lost > null',
    '--dump-when is not understood at "null": null is what is not known, so it has no order: needed = or != before it\n' +
      '  lost > null\n' +
      '         ^^^^',
  ],
  [
    'lost > 5 uptime',
    '--dump-when is not understood at "5 uptime": needed a number for lost, such as 5 or 1k\n  lost > 5 uptime\n         ^^^^^^^^',
  ],
  [
    '(lost > 5',
    '--dump-when is not understood at its end: a bracket that was opened is not closed: needed )\n' +
      '  (lost > 5\n' +
      '           ^',
  ],
  ['lost > 5)', '--dump-when is not understood at ")": this bracket was not opened\n  lost > 5)\n          ^'],
  ['lost > 5; x', '--dump-when is not understood at ";": needed & or |, or the end\n  lost > 5; x\n          ^'],
  ['lost > 5 &', '--dump-when is not understood at its end: needed a name, such as lost\n  lost > 5 &\n            ^'],
  [
    'lost >\t5\n& 7',
    '--dump-when is not understood at "7": needed a name, such as lost\n  lost > 5 & 7\n             ^',
  ],
]

describe('conditions that are not understood', () => {
  for (const [text, message] of faults) {
    test(JSON.stringify(text), () => {
      assert.throws(
        () => parseCondition(text, '--dump-when', names),
        (error) => {
          assert.ok(error instanceof InputError)
          assert.equal(error.message, message)
          return true
        },
      )
    })
  }

  test('an unknown name lists the names', () => {
    assert.throws(() => parseCondition('x = 1', '--fail-if', names.slice(0, 2)), {
      nextSteps: ['Names: lost, kernel_dropped.'],
    })
  })

  test('no depth of brackets breaks the parser', () => {
    assert.throws(() => parseCondition('('.repeat(100_000), '--fail-if', names), /more than 100 brackets/)
  })
})

test('what was found is shown as the condition is written', () => {
  for (const [text, share, shown] of [
    ['rows[0].share > 0.01', 0.013888888888, '0.01389'],
    ['rows[0].share > 1 %', 0.013888888888, '1.389 %'],
    ['rows[0].share > 5 %', 0.05000004, '5.000004 %'],
    ['rows[0].share >= 50 %', 0.5, '50 %'],
    ['rows[0].share > 50 %', 1, '100 %'],
  ] as const) {
    const condition = parseCondition(text, '--fail-if', names)
    assert.deepEqual(
      condition.reasons({ rows: [{ share }] }).map((x) => x.shown),
      [shown],
    )
  }
})
