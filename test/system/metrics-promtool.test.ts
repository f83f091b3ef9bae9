// Prometheus's own parser and lint read the text that MetricTable gives.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { formatPrometheus } from '../../src/lib/metrics/prometheus-text.ts'

const absent = spawnSync('promtool', ['--version']).error ? 'the program `promtool` is not there' : false

/** Exit code and complaints of `promtool check metrics`. */
function check(text: string): [number | null, string] {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  return [status, stdout + stderr]
}

test('promtool finds nothing wrong, whatever stands in labels, help and values', { skip: absent }, () => {
  const table = new MetricTable()
  const gauge = { name: 'sflow_ifinoctets', help: 'octets "received" a second\n\\', type: 'gauge' } as const
  const nasty = [
    '',
    'a"b',
    'a\\b',
    'a\nb',
    '\u001b[31m',
    '\ud800',
    'Zürich 東京',
    '},{',
    '\u0000',
    '\u2028',
    '#',
    '\r\n',
  ]
  for (const text of nasty) table.add(gauge, [['port', text]], Math.random())
  for (const value of [
    0,
    -0,
    1e300,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2n ** 64n,
  ]) {
    table.add({ name: 'sonde_value', help: 'x', type: 'gauge' }, [['text', String(value)]], value)
  }
  table.add({ name: 'sonde_datagrams_total', help: 'datagrams received', type: 'counter' }, [], 7)
  assert.deepEqual(check(formatPrometheus(table.families())), [0, ''])
})

test('promtool would say so', { skip: absent }, () => {
  const [status, text] = check('# HELP sonde_x x\nsonde_x{a="1} 1\n')
  assert.notEqual(status, 0)
  assert.match(text, /error while linting/)
})
