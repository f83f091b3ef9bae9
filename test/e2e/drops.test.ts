// `sonde drops` as a person runs it: forms, exit codes, input from everywhere, what is wrong.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'

const every = 'fixtures/drops-every-record.pcap'
const roce = ['fixtures/roce.pcap', '--topology', 'fixtures/roce.topology.json']

interface Row {
  readonly kind: string
  readonly reason: string | null
  readonly packets: number
  readonly culprits: readonly { readonly src: string; readonly share: number }[] | null
}

const rowsOf = (stdout: string): Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

test('a pipe gets NDJSON: rows that add up, culprits, the window', () => {
  const { stdout, stderr, code } = sonde(['drops', ...roce])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const rows = rowsOf(stdout)
  assert.equal(rows.at(-1)!.kind, 'window')
  const total = rows.find(({ kind }) => kind === 'total')!.packets
  const parts = rows.filter(({ kind }) => kind !== 'total' && kind !== 'window')
  assert.equal(
    parts.reduce((sum, { packets }) => sum + packets, 0),
    total,
  )
  const queue = rows.find(({ reason }) => reason === 'no_buffer_space')!
  assert.equal(queue.culprits![0]!.src, '198.51.100.4')
})

test('the same from NDJSON of decode, as JSON; CSV has a line a row', () => {
  const direct = sonde(['drops', every]).stdout
  assert.equal(shell(`sonde decode ${every} | sonde drops`).stdout, direct)
  assert.deepEqual(JSON.parse(sonde(['drops', every, '-f', 'json']).stdout), rowsOf(direct))
  const csv = sonde(['drops', every, '-f', 'csv', '-k', 'queueindex', '--by', 'reason']).stdout.trimEnd().split('\n')
  assert.match(csv[0]!, /,dscp,keys\.queueindex,packets,/)
  assert.equal(csv.length, 6)
  assert.doesNotMatch(csv.join('\n'), /[[{]/)
})

test('Prometheus: sFlow-RT’s name and labels, and ours', () => {
  const { stdout } = sonde(['drops', ...roce, '-f', 'prometheus'])
  assert.match(
    stdout,
    /^dropped_packets\{switch="leaf2",port="swp4",reason="acl",stack="eth\.ip\.tcp",macsource="[0-9A-F]{12}",macdestination="[0-9A-F]{12}",vlan="untagged",src="198\.51\.100\.8",dst="198\.51\.100\.1",protocol="6"\} 0\.87/m,
  )
  assert.match(
    stdout,
    /^sonde_drops_per_second\{reason="no_buffer_space",group="buffer\/queue",node="leaf4",port="swp4",direction="out"\} 1\.5/m,
  )
  assert.match(stdout, /^sonde_drops_explained_percent\{node="leaf2",port="swp4"\} 100$/m)
})

test('--fail-if: drops, reasons, what was not told', () => {
  const asked = ['drops>8', 'reasons.acl=2', 'not_told=4', 'rows[0].reason_code=258', 'reasons.red>0']
  const { stderr, code } = sonde(['drops', every, '-f', 'csv', ...asked.flatMap((text) => ['--fail-if', text])])
  assert.equal(code, 4)
  assert.equal(stderr.match(/ is true/g)!.length, 4)
  assert.equal(sonde(['drops', every, '-f', 'csv', '--fail-if', 'reasons.red>0']).code, 0)
  assert.equal(sonde(['drops', 'fixtures/counters-host.pcap', '--fail-if', 'drops>0']).code, 0)
})

test('nothing dropped is explained', () => {
  const { stderr, code } = sonde(['drops', 'fixtures/header-ethernet.pcap', '-f', 'table'])
  assert.equal(code, 0)
  assert.match(stderr, /^No drops: \d+ flow and counter samples? came, and no notification .* docs\/agents\.md\.$/m)
  assert.match(
    sonde(['drops', every, '-f', 'table', '--filter', 'reason=red']).stderr,
    /^Nothing matched --filter 'reason=red': 5 drop notifications were looked at\.$/m,
  )
})

test('what is wrong is told with its place', () => {
  const cases: [string[], RegExp][] = [
    [['--by', 'reson'], /--by "reson" is not understood.*Did you mean reason\?/],
    [['-k', 'foo'], /--keys is wrong: "foo" is no attribute\.\n {2}foo\n {2}\^\^\^/],
    [['--filter', 'reason=foo'], /--filter is wrong: there is no drop_reason of this name/],
    [['-f', 'pcap', '--fail-if', 'drops>0'], /--fail-if can't go with --format pcap/],
  ]
  for (const [args, message] of cases) {
    const { stderr, code } = sonde(['drops', every, ...args])
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, message)
  }
})

test('pcapng: begins as one, and without headers it says so', () => {
  const path = temporaryPath('dropped.pcapng')
  assert.equal(sonde(['drops', every, '-f', 'pcap', '-o', path]).stderr, '')
  const bytes = readFileSync(path)
  assert.equal(bytes.readUInt32LE(0), 0x0a0d0d0a)
  assert.match(bytes.toString('latin1'), /no_buffer_space \(259, buffer\/queue\); queue 3/)
  const { stderr } = sonde(['drops', 'fixtures/drops-odd-reasons.pcap', '-f', 'pcap', '-o', path])
  assert.match(stderr, /^7 drops are not in the capture: they came without a header/m)
  assert.match(stderr, /^The capture is without packets/m)
})
