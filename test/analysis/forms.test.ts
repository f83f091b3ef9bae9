// The forms of windows: what columns become in NDJSON, JSON, CSV, tables and Prometheus text.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Analysis } from '../../src/lib/analysis/analysis.ts'
import { createForm } from '../../src/lib/analysis/forms.ts'
import type { AnalysisFormat } from '../../src/lib/analysis/options.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { plain } from '../helpers/cards.ts'

interface Row {
  readonly name: string
  readonly octets: bigint | null
  readonly load: number
}
type Window = readonly Row[]

const analysis: Analysis<Window, Row> = {
  engine: () => ({ sample() {}, advance: () => [], finish: () => [] }),
  sheet: {
    columns: [
      {
        key: 'place',
        doc: 'where',
        value: ({ name }) => ({ name, floor: null }),
        parts: ['name', 'floor'],
        behind: true,
        cells: [{ title: 'NAME', align: 'left', text: ({ name }, style) => style.escape(name) }],
      },
      {
        key: 'octets',
        doc: 'how many',
        value: ({ octets }) => octets,
        cell: {
          title: 'OCTETS',
          align: 'right',
          text: ({ octets }, style) => (octets === null ? '-' : style.count(octets)),
        },
      },
      { key: 'load', doc: 'share', unit: 'share', value: ({ load }) => load },
    ],
    rows: (window) => window,
    heading: (window) => `${window.length} rows`,
    about: (window) => ({ kind: 'window', rows: window.length }),
  },
  metrics(window, into) {
    for (const { name, load } of window)
      into.add({ name: 'load', help: 'share', type: 'gauge' }, [['name', name]], load)
  },
  facts: () => ({}),
  factNames: [],
  noFacts: {},
  isEmpty: (window) => window.length === 0,
  notes: () => [],
  when: () => undefined,
  explainEmpty: () => '',
}

const first: Window = [
  { name: 'a,"b"\u001b[0m\u202e', octets: 18_446_744_073_709_551_557n, load: 0.5 },
  { name: 'c', octets: null, load: Number.NaN },
]

function written(format: AnalysisFormat, ...windows: readonly Window[]): string {
  const view = { style: plain, width: 80, time: () => '', day: () => '', clock: () => '' }
  const form = createForm(format, analysis, view, () => null)
  const out = new TextBuffer()
  form.begin(out)
  for (const window of windows) form.window(window, out)
  form.end(out)
  return new TextDecoder().decode(out.written())
}

describe('forms', () => {
  test('ndjson: all digits, unknown is null, nothing that a terminal acts on', () => {
    assert.equal(
      written('ndjson', first),
      [
        '{"place":{"name":"a,\\"b\\"\\u001b[0m\\u202e","floor":null},"octets":18446744073709551557,"load":0.5}',
        '{"place":{"name":"c","floor":null},"octets":null,"load":null}',
        '{"kind":"window","rows":2}',
        '',
      ].join('\n'),
    )
  })

  test('json: one array of all windows, also of none', () => {
    assert.equal(written('json'), '[]\n')
    const rows = JSON.parse(written('json', [{ name: 'x', octets: 1n, load: 1 }], [])) as unknown[]
    assert.deepEqual(rows, [
      { place: { name: 'x', floor: null }, octets: 1, load: 1 },
      { kind: 'window', rows: 1 },
      { kind: 'window', rows: 0 },
    ])
  })

  test('csv: parts are columns of their own, one line a row, null is empty', () => {
    assert.equal(
      written('csv', first),
      ['name,floor,octets,load', '"a,""b""\\u001b[0m\u202e",,18446744073709551557,0.5', 'c,,,', ''].join('\n'),
    )
    assert.equal(written('csv'), 'name,floor,octets,load\n')
  })

  test('table: what stands behind comes last; nothing for a window that is empty', () => {
    assert.equal(
      written('table', [], [{ name: 'x', octets: 4_711_000n, load: 1 }], [{ name: 'y', octets: null, load: 0 }]),
      [
        '1 rows',
        '   OCTETS  NAME',
        '───────────────',
        '4,711,000  x',
        '',
        '1 rows',
        'OCTETS  NAME',
        '────────────',
        '     -  y',
        '',
      ].join('\n'),
    )
  })

  test('prometheus: the last window', () => {
    const text = written('prometheus', first, [{ name: 'x', octets: null, load: 0.25 }])
    assert.equal(text, '# HELP load share\n# TYPE load gauge\nload{name="x"} 0.25\n')
    assert.equal(written('prometheus'), '')
  })
})
