// `sonde ai-metrics` as a person runs it: forms, exit codes, what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'

const roce = 'fixtures/roce.pcap'
const topology = ['--topology', 'fixtures/roce.topology.json']

test('a pipe gets one object of all of a capture, the same from NDJSON of decode', () => {
  const { stdout, code } = sonde(['ai-metrics', roce, ...topology])
  assert.equal(code, 0)
  const object = JSON.parse(stdout) as { kind: string; roce_samples: number; edge_ports: number }
  assert.deepEqual([object.kind, object.roce_samples, object.edge_ports], ['window', 338, 16])
  assert.equal(shell(`sonde decode ${roce} | sonde ai-metrics ${topology.join(' ')}`).stdout, stdout)
})

test('a table fits 80 columns, with rows of ports too', () => {
  const { stdout } = sonde(['ai-metrics', roce, ...topology, '-f', 'table', '--by', 'port', '--top', '3', '-q'])
  const lines = stdout.trimEnd().split('\n')
  assert.match(lines[0]!, /^roce\.pcap · 30 s · 1,042 samples · where packets enter the fabric · lost 0 % of datagrams/)
  assert.ok(lines.some((line) => line.startsWith(' Congestion        ECN ≥ 406 k/s')))
  assert.ok(lines.some((line) => line.startsWith('leaf4 swp5')))
  assert.deepEqual(
    lines.slice(1).filter((line) => line.length > 80),
    [],
  )
})

test('--fail-if decides a CI run', () => {
  const run = (condition: string) => sonde(['ai-metrics', roce, ...topology, '-q', '--fail-if', condition])
  assert.equal(run('rnr_nak_pps > 0').code, 0)
  const { code, stderr } = run('ecn_share > 5 %')
  assert.equal(code, 4)
  assert.match(stderr, /--fail-if 'ecn_share > 5 %' is true: ecn_share is /)
  assert.equal(run('no_such_thing > 1').code, 2)
  // As many as sonde drops has; the key of this name is a list, and the run's are samples.
  assert.match(run('drops > 0').stderr, /drops is 1207\./)
  assert.equal(run('samples > 100 & ecn_share > 1 %').code, 4)
  const rows = run('rows[0].share > 50 %')
  assert.equal(rows.code, 2)
  assert.match(rows.stderr, /there is none without --by\n[\s\S]*Add --by\./)
  assert.match(run('ecn > 3').stderr, /Near it: ecn_pps, (?:\w+, ){10}\w+; and \d+ more\.$/m)
})

test('what can not be is refused', () => {
  const refused = (...args: string[]) => {
    const { code, stderr } = sonde(['ai-metrics', roce, ...args])
    return [code, stderr.split('\n')[0]]
  }
  assert.deepEqual(refused('--by', 'link'), [2, '--by link needs to know the links.'])
  assert.deepEqual(refused('--agg', 'edge'), [
    2,
    '--agg edge needs --topology: it says where the edge of the fabric is.',
  ])
  assert.deepEqual(refused('--by', 'group'), [2, '--by group needs networks by name.'])
  assert.equal(refused('--trim-dscp', '64')[0], 2)
})

test('yes and no are 1 and 0 in Prometheus text', () => {
  const { stdout } = sonde(['ai-metrics', roce, ...topology, '-f', 'prometheus'])
  assert.match(stdout, /^sonde_ai_ce_complete 0$/m)
})

test('without a topology marks are said to be lower bounds for what it is', () => {
  const { stderr } = sonde(['ai-metrics', roce])
  assert.match(stderr, /lower bounds \(≥\): where packets leave the fabric is not known without --topology/)
  assert.doesNotMatch(stderr, /ports at the edge/)
})

test('--compat without a topology says why all is 0', () => {
  const { stdout, stderr, code } = sonde(['ai-metrics', roce, '--compat', '-f', 'prometheus'])
  assert.equal(code, 0)
  assert.match(stderr, /^--compat: without --topology sFlow-RT counts no traffic/)
  assert.match(stdout, /^sflow_ai_bps 0$/m)
})
