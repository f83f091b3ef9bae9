import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { Table, type TableColumn } from '../../../src/lib/ui/screen/screen.ts'

interface Row {
  readonly name: string
  readonly rate: number | null
}
const columns: readonly TableColumn<Row>[] = [
  { title: 'NAME', min: 6, max: 10, priority: 0, cell: ({ name }) => name, sort: ({ name }) => name },
  { title: 'NOTE', min: 4, priority: 2, cell: () => 'same' },
  {
    title: 'RATE',
    min: 5,
    priority: 1,
    align: 'right',
    cell: ({ rate }) => String(rate ?? '-'),
    paint: ({ rate }, { bad }) => ((rate ?? 0) > 90 ? bad : undefined),
    sort: ({ rate }) => rate,
  },
]
const plain = coloursOfLevel(0)
const table = (...rows: readonly Row[]) => {
  const made = new Table(columns, ({ name }) => name, 'RATE', 'things')
  made.take(rows, 0)
  return made
}
const rows = (...pairs: readonly [string, number | null][]) => pairs.map(([name, rate]) => ({ name, rate }))
const some = rows(['a', 5], ['b', null], ['c', 70], ['d', 70])
const draw = (made: Table<Row>, width = 24, height = 10) => made.draw({ columns: width, rows: height, colours: plain })

describe('a table', () => {
  test('is sorted, unknown last, equal ones by key', () => {
    assert.deepEqual(draw(table(...some)), [
      ' NAME        NOTE  ▾RATE',
      '▸c           same     70',
      ' d           same     70',
      ' a           same      5',
      ' b           same      -',
    ])
  })

  test('leaves out columns where it is narrow, and cuts what is too long', () => {
    assert.deepEqual(draw(table({ name: 'abcdefghijkl', rate: 1 }), 14), [' NAME    ▾RATE', '▸abcde…      1'])
  })

  test('s sorts by the next column that is shown and can be sorted by, S the other way round', () => {
    const made = table(...some)
    draw(made)
    made.press('s')
    assert.deepEqual(draw(made), [
      ' NAME▾       NOTE   RATE',
      '▸a           same      5',
      ' b           same      -',
      ' c           same     70',
      ' d           same     70',
    ])
    made.press('s')
    made.press('S')
    assert.deepEqual(
      draw(made).map((line) => line.slice(0, 2)),
      [' N', '▸a', ' c', ' d', ' b'],
      'unknown stays last',
    )
    assert.match(draw(made)[0]!, / {2}▴RATE$/)
  })

  test('the selection is the first row until it is moved, then it stays on its row', () => {
    const made = table(...some)
    assert.equal(made.selected?.name, 'c')
    made.take(rows(['x', 100], ['c', 70]), 5000)
    assert.equal(made.selected?.name, 'x')
    made.take(some, 10_000)
    made.press('down')
    assert.equal(made.selected?.name, 'd')
    made.take(rows(['a', 500], ['b', 400], ['c', 70], ['d', 1]), 15_000)
    assert.deepEqual(
      draw(made).map((line) => line.slice(0, 2)),
      [' N', ' a', ' b', ' c', '▸d'],
    )
    made.take(rows(['a', 500], ['b', 400]), 20_000)
    assert.equal(made.selected?.name, 'b', 'the row is gone: the last one is selected')
    made.press('home')
    assert.equal(made.selected?.name, 'a')
  })

  describe('rows keep their place', () => {
    const start = () => {
      const made = table(...rows(['a', 100], ['b', 98], ['c', 50], ['d', null]))
      return (now: number, ...pairs: readonly [string, number | null][]) => {
        made.take(rows(...pairs), now)
        return draw(made)
          .slice(1)
          .map((line) => line[1])
          .join('')
      }
    }

    test('for a second, while values are close', () => {
      const order = start()
      assert.equal(order(200, ['a', 97], ['b', 100], ['c', 50], ['d', null]), 'abcd')
      assert.equal(order(999, ['a', 97], ['b', 100], ['c', 50], ['d', null]), 'abcd')
      assert.equal(order(1000, ['a', 97], ['b', 100], ['c', 50], ['d', null]), 'bacd')
    })

    test('not where the order would be false to the eye', () => {
      // 5.82 above 6.32
      assert.equal(start()(200, ['a', 5.82], ['b', 6.32], ['c', 1], ['d', null]), 'bacd')
      // A value that became known is above the unknown one, and one that became unknown below all.
      assert.equal(start()(200, ['a', null], ['b', 98], ['c', 50], ['d', 49]), 'bcda')
      // In the place of one that is gone, but not its equal.
      assert.equal(start()(200, ['e', 10], ['b', 98], ['c', 50]), 'bce')
      assert.equal(start()(200, ['e', 99], ['b', 98], ['c', 50]), 'ebc')
      // Neighbours are close, and the first and the last are not.
      assert.equal(start()(200, ['a', 90], ['b', 94], ['c', 98], ['d', null]), 'cbad')
    })

    test('a person who sorts is obeyed at once', () => {
      const made = table(...some)
      made.take(some, 4000)
      made.press('S')
      made.take(some, 4200)
      assert.deepEqual(
        draw(made)
          .slice(1)
          .map((line) => line[1]),
        ['a', 'c', 'd', 'b'],
      )
    })
  })

  test('scrolls with the selection and says what is shown', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ name: `n${String(i).padStart(3, '0')}`, rate: 1000 - i }))
    const made = table(...many)
    const shown = () => draw(made, 40, 6)
    assert.deepEqual(
      shown().map((line) => line.slice(0, 5)),
      [' NAME', '▸n000', ' n001', ' n002', ' n003', ' 1–4 '],
    )
    assert.equal(shown()[5]!.trimEnd(), ' 1–4 of 1,000 things, ↑↓ for more')
    for (let i = 0; i < 4; i++) made.press('down')
    assert.deepEqual(
      shown().map((line) => line.slice(0, 5)),
      [' NAME', ' n001', ' n002', ' n003', '▸n004', ' 2–5 '],
    )
    made.press('pagedown')
    assert.equal(shown()[4]!.slice(0, 5), '▸n008')
    made.press('end')
    assert.equal(shown()[4]!.slice(0, 5), '▸n999')
    made.press('down')
    made.press('pageup')
    assert.equal(made.selected?.name, 'n995')
    assert.equal(shown()[1]!.slice(0, 5), '▸n995')
    made.press('home')
    made.press('up')
    assert.equal(shown()[1]!.slice(0, 5), '▸n000')
    made.press('pagedown')
    assert.equal(draw(made, 40, 2)[1]!.slice(0, 5), '▸n004', 'in two lines a header and the selected row')
  })

  test('without rows there is nothing selected and no key fails', () => {
    const made = table()
    for (const key of ['up', 'down', 'pagedown', 'end', 's', 'S', 'home']) assert.equal(made.press(key), true)
    assert.equal(made.press('x'), false)
    assert.equal(made.selected, undefined)
    assert.equal(draw(made).length, 1)
  })

  test('colour is by meaning: the accent is the selection, red a value', () => {
    const made = table(...rows(['a', 99], ['b', 1]))
    const [, first, second] = made.draw({ columns: 24, rows: 4, colours: coloursOfLevel(1) })
    assert.equal(
      first,
      '\u001b[36m▸\u001b[39m\u001b[36ma         \u001b[39m  \u001b[36msame\u001b[39m  \u001b[31m   99\u001b[39m',
    )
    assert.equal(second, ' b           same      1')
  })
})

describe('fixed rows', () => {
  const named: readonly TableColumn<Row>[] = [
    {
      title: 'RATE',
      min: 5,
      priority: 0,
      align: 'right',
      cell: ({ rate }) => String(rate ?? '-'),
      sort: ({ rate }) => rate,
    },
    { title: 'FROM', min: 6, max: 8, priority: 1, names: true, cell: ({ name }) => name, sort: ({ name }) => name },
    { title: 'TO', min: 6, max: 8, priority: 2, names: true, cell: ({ name }) => name },
    { title: 'END', min: 3, priority: 3, cell: () => 'end' },
  ]
  const fixed = [
    { row: { name: '', rate: 7 }, label: '(other: 61,204 of them, and more)' },
    { row: { name: '', rate: null }, label: '(no key)' },
    { row: { name: '', rate: 152 }, label: 'total' },
  ]
  const made = () => {
    const table = new Table(named, ({ name }) => name, 'RATE', 'things')
    table.take(some, 0, fixed)
    return table
  }
  test('stand below the others, their label over the columns that name a row, whatever is sorted', () => {
    const table = made()
    const below = [
      '     7  (other: 61,204 of…  end',
      '     -  (no key)            end',
      '   152  total               end',
    ]
    assert.deepEqual(draw(table, 32).slice(5), below)
    table.press('S')
    assert.deepEqual(draw(table, 32).slice(5), below)
    assert.deepEqual(
      draw(table, 10).slice(5),
      ['     7', '     -', '   152'],
      'where no such column is left there is no label',
    )
  })
  test('can not be selected', () => {
    const table = made()
    for (let i = 0; i < 9; i++) table.press('down')
    assert.equal(table.selected?.name, 'b')
  })
  test('stay while the others scroll; on few lines the total is last to go', () => {
    const starts = (height: number) => draw(made(), 32, height).map((line) => line.slice(0, 14).trim())
    assert.deepEqual(starts(8), [
      '▾RATE  FROM',
      '▸   70  c',
      '70  d',
      '5  a',
      '-  b',
      '7  (other',
      '-  (no ke',
      '152  total',
    ])
    assert.deepEqual(starts(7), [
      '▾RATE  FROM',
      '▸   70  c',
      '70  d',
      '1–2 of 4 thin',
      '7  (other',
      '-  (no ke',
      '152  total',
    ])
    assert.deepEqual(starts(5), ['▾RATE  FROM', '▸   70  c', '1–1 of 4 thin', '-  (no ke', '152  total'])
    assert.deepEqual(starts(4), ['▾RATE  FROM', '▸   70  c', '1–1 of 4 thin', '152  total'])
    assert.deepEqual(starts(3), ['▾RATE  FROM', '▸   70  c', '1–1 of 4 thin'])
    assert.deepEqual(starts(2), ['▾RATE  FROM', '▸   70  c'])
  })
})
