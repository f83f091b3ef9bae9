import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coloursOfLevel } from '../../src/lib/ui/colour.ts'
import { formatTable } from '../../src/lib/ui/table.ts'

const plain = coloursOfLevel(0)
const columns = [{ title: 'NODE' }, { title: 'PORT' }, { title: 'LOST', align: 'right' }] as const
const rows = [
  ['spine2', 'Ethernet12', '5'],
  ['東京', 'swp1', '12,345'],
]

test('one rule, numbers right, wide characters counted', () => {
  assert.equal(
    formatTable(columns, rows, plain),
    [
      'NODE    PORT          LOST',
      '──────────────────────────',
      'spine2  Ethernet12       5',
      '東京    swp1        12,345',
    ].join('\n'),
  )
})

test('long tables, which are drawn without cli-table3, look the same', () => {
  const filler = Array.from({ length: 199 }, (_, at) => ['leaf', `swp${at}`, '0'])
  const short = formatTable(columns, [...rows, ...filler.slice(1)], plain).split('\n')
  const long = formatTable(columns, [...rows, ...filler], plain).split('\n')
  assert.equal(short.length, 202)
  assert.equal(long.length, 203)
  assert.deepEqual(long.slice(0, 4), short.slice(0, 4))
  assert.deepEqual(long.slice(5), short.slice(4))
})

test('colour in cells takes no columns', () => {
  const red = coloursOfLevel(1).bad
  const [, , row] = formatTable(columns, [['leaf1', 'swp1', red('7')]], plain).split('\n')
  assert.equal(row, `leaf1  swp1     \u001b[31m7\u001b[39m`)
})

test('no rows: header and rule', () => assert.equal(formatTable([{ title: 'A' }], [], plain), 'A\n─'))
