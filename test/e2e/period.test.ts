// `sonde period` as a person runs it: forms, exit codes, what is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'

/** A ring of twelve hosts with steps of 0.7 s, and others. */
const roce = ['fixtures/roce.pcap', '--topology', 'fixtures/roce.topology.json']

interface Row {
  readonly kind: string
  readonly name: string
  readonly period_s: number | null
  readonly error_s: number | null
  readonly confidence: number | null
  readonly profile: readonly number[] | null
  readonly reason: string | null
}

const rowsOf = (stdout: string): Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

test('a pipe gets NDJSON: a row, then the window', () => {
  const { stdout, stderr, code } = sonde(['period', ...roce])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const [row, window] = rowsOf(stdout)
  assert.equal(window!.kind, 'window')
  assert.equal(row!.name, 'all')
  assert.ok(Math.abs(row!.period_s! / 0.7 - 1) < 0.01, `${row!.period_s}`)
  assert.ok(row!.error_s! > 0 && row!.error_s! < 0.01)
  assert.ok(row!.confidence! > 0.999)
  assert.equal(row!.profile!.length, 32)
  assert.equal(row!.reason, null)
})

test('the same from NDJSON of decode, as JSON; CSV has a line a row and no list', () => {
  const direct = sonde(['period', ...roce]).stdout
  assert.equal(shell(`sonde decode ${roce[0]} | sonde period ${roce.slice(1).join(' ')}`).stdout, direct)
  assert.deepEqual(JSON.parse(sonde(['period', ...roce, '-f', 'json']).stdout), rowsOf(direct))
  const csv = sonde(['period', ...roce, '--by', 'job', '-f', 'csv'])
    .stdout.trimEnd()
    .split('\n')
  assert.match(csv[0]!, /^kind,start,end,name,hosts,period_s,error_s,confidence,p,reason,.*,profile_0,profile_1,/)
  assert.match(csv[1]!, /^job,.*,job 1,198\.51\.100\.1 198\.51\.100\.10 /)
  assert.doesNotMatch(csv.join('\n'), /[[{]/)
})

test('a table: two lines a job, the rest, charts where they are asked for', () => {
  const { stdout } = sonde(['period', ...roce, '--by', 'job', '-f', 'table'])
  assert.match(stdout, /^roce\.pcap · \d+ s · [\d,]+ samples, where packets enter the fabric\n/)
  assert.match(
    stdout,
    / job 1: 16 hosts · 0\.\d{3,4} s ± 0\.\d+ \(p < 1e-6, \d+ cycles\) · busy \d+ % · 1 burst · [\d.]+ GB\/step\n/,
  )
  assert.match(stdout, / folded {2}[▁▂▃▄▅▆▇█]{32}/)
  const drawn = sonde(['period', ...roce, '-f', 'table', '--chart']).stdout
  assert.match(drawn, /[\d.]+ % │/)
  assert.match(drawn, /^ +0\.00 s .* 0\.\d+ s$/m)
  assert.match(drawn, /^ +-2\d s .* 0 s$/m)
})

test('without a topology the share of the traffic that one switch sees is told, and not where pairs count by themselves', () => {
  const [capture] = roce as [string]
  const share = /The busiest switch of each row sees about (3|4)\d % of the traffic/
  assert.match(sonde(['period', capture, '-f', 'table']).stderr, share)
  assert.doesNotMatch(sonde(['period', capture, '--by', 'job', '-f', 'table']).stderr, share)
})

test('Prometheus', () => {
  const { stdout } = sonde(['period', ...roce, '-f', 'prometheus'])
  assert.match(stdout, /^sonde_period_seconds\{group="all"\} 0\.(69|70)\d*$/m)
  assert.match(stdout, /^# TYPE sonde_period_chance gauge$/m)
  assert.match(stdout, /^sonde_period_groups 1$/m)
})

test('--fail-if: the first row by name, any row, and what was not found', () => {
  const fails = (condition: string, ...more: readonly string[]) =>
    sonde(['period', ...roce, ...more, '--fail-if', condition])
  const long = fails('period_s > 500ms')
  assert.equal(long.code, 4)
  assert.match(long.stderr, /--fail-if 'period_s > 500ms' is true: period_s is (0\.\d+s|\d+ms|0\.\d+)/)
  assert.equal(fails('period_s > 1').code, 0)
  assert.equal(fails('period_s = null').code, 0)
  assert.equal(fails('period_s = null', '--filter', 'ipprotocol=6&ipdscp=63').code, 4)
  assert.equal(fails('rows[0].error_s > 1').code, 0)
  assert.equal(fails('jobs < 1', '--by', 'job').code, 0)
  assert.equal(fails('found = 0', '--min', '40s').code, 4)
})

test('what is wrong is told, with the place', () => {
  const told = (...args: readonly string[]) => {
    const { stderr, code } = sonde(['period', ...roce, ...args])
    assert.equal(code, 2, args.join(' '))
    return stderr
  }
  assert.match(told('--by', 'ipsrce'), /--by|ipsrce/)
  assert.match(told('--filter', 'ipsource='), /--filter/)
  assert.match(told('--value', 'avg:bytes'), /--value takes a sum here/)
  assert.match(told('--value', 'bytes,frames'), /--value takes one value here/)
  assert.match(told('--window', '1s'), /--window goes from 5s to 1000s/)
  assert.match(told('--min', '2s', '--max', '1s'), /--min must be less than --max/)
  assert.match(told('--max', '10m'), /--max goes up to 160s/)
  assert.equal(sonde(['period', 'fixtures/roce.pcap', '--agg', 'edge']).code, 2)
})

test('nothing to find is no error: a reason on stderr', () => {
  const none = sonde(['period', 'fixtures/counters-interface.pcap'])
  assert.equal(none.code, 0)
  assert.match(none.stderr, /No period: \d+ samples? came, and no flow sample among them\./)
  const other = sonde(['period', ...roce, '--filter', 'ipdscp=63'])
  assert.match(other.stderr, /No period: none of [\d,]+ flow samples passed --filter 'ipdscp=63' and counts\./)
  const few = rowsOf(sonde(['period', 'fixtures/header-roce.pcap']).stdout)
  assert.equal(few[0]!.period_s, null)
  assert.match(few[0]!.reason!, /too short|too few/)
})
