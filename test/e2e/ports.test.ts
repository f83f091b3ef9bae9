// `sonde ports` as a person runs it: forms, exit codes, input from everywhere.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ended, shell, sonde, startSonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'

const fabric = 'fixtures/fabric.pcap'

interface Row {
  readonly kind: string
  readonly node: string
  readonly port: string
  readonly in_bits_per_s: number | null
  readonly out_utilization: number | null
  readonly sampling_off: boolean | null
}

const rowsOf = (stdout: string): Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

test('a pipe gets NDJSON: rows, then the window', () => {
  const { stdout, stderr, code } = sonde(['ports', fabric])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const rows = rowsOf(stdout)
  assert.equal(rows.filter((row) => row.kind === 'port').length, 17)
  assert.equal(rows.at(-1)!.kind, 'window')
  const shares = rows.slice(0, 17).map((row) => row.out_utilization!)
  assert.ok(shares[0]! > 0.05 && shares[0]! < 0.06, String(shares[0]))
})

test('the same from NDJSON of decode, from JSON, from several files', () => {
  const direct = sonde(['ports', fabric]).stdout
  assert.equal(shell(`sonde decode ${fabric} | sonde ports`).stdout, direct)
  const objects = JSON.parse(sonde(['ports', fabric, '-f', 'json']).stdout) as Row[]
  assert.deepEqual(objects, rowsOf(direct))
  const csv = sonde(['ports', fabric, '-f', 'csv']).stdout.trimEnd().split('\n')
  assert.equal(csv.length, 18)
  assert.deepEqual(csv[0]!.split(','), Object.keys(objects[0]!))
})

test('a table fits 80 columns', () => {
  const { stdout } = sonde(['ports', fabric, '-f', 'table', '--top', '3'])
  const lines = stdout.trimEnd().split('\n')
  assert.equal(lines[0], 'fabric.pcap · 59 s · 3 of 17 ports of 5 agents · lost 1.4 % of datagrams')
  assert.match(lines[1]!, /^NODE +PORT +SPEED +IN b\/s +OUT b\/s +UTIL +ERR\/s +DISC\/s +SAMPLED$/)
  assert.equal(lines.length, 6)
  assert.ok(lines.every((line) => line.length <= 80))
})

test('a topology names nodes and links; its faults are told, its doubts too', () => {
  const path = temporaryPath('fabric.json')
  const node = (agent: string) => ({ agent, ports: { up: { ifindex: '51' } } })
  const link = { node1: 'leaf1', port1: 'up', node2: 'spine1', port2: 'down' }
  writeFileSync(path, JSON.stringify({ nodes: { leaf1: node('192.0.2.11') }, links: { a: link, b: link } }))
  const { stdout, stderr, code } = sonde([
    'ports',
    fabric,
    '--topology',
    path,
    '--agent',
    '192.0.2.11',
    '--sort',
    'name',
  ])
  assert.equal(code, 0)
  assert.match(stderr, /leaf1:up - spine1:down is in a and b\./)
  assert.ok(rowsOf(stdout).every((row) => row.kind === 'window' || row.node === 'leaf1'))
  writeFileSync(path, '{"links":{"a":{"node1":"x"}}}')
  const bad = sonde(['ports', fabric, '--topology', path])
  assert.equal(bad.code, 2)
  assert.match(bad.stderr, /links\.a\.port1 is missing: a link needs node1, port1, node2, port2\./)
})

const codes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['a condition that is true', ['--fail-if', 'discarded>0'], 4, /--fail-if 'discarded>0' is true: discarded is \d+\./],
  ['one that is not', ['--fail-if', 'errors>0'], 0, /^$/],
  ['a row', ['--fail-if', 'rows[0].out_utilization>5%'], 4, /rows\[0\]\.out_utilization is 5\.\d+ %\./],
  ['an unknown name', ['--fail-if', 'rows[0].utilisation>5%'], 2, /there is no such name here/],
  ['a filter that finds nothing', ['--filter', 'ifspeed=1'], 0, /No port passes --filter, in [\d,]+ samples\./],
  ['a wrong filter', ['--filter', 'ifspede=1'], 2, /Did you mean ifspeed\?/],
  [
    'no such topology',
    ['--topology', 'nowhere.json'],
    2,
    /--topology nowhere\.json can't be read: there is no such file\./,
  ],
  ['an unknown order', ['--sort', 'colour'], 2, /--sort/],
]
for (const [name, args, code, said] of codes) {
  test(`exit code: ${name}`, () => {
    const result = sonde(['ports', fabric, ...args])
    assert.equal(result.code, code, result.stderr)
    assert.match(result.stderr, said)
  })
}

test('a filter is asked of counter samples', () => {
  const rows = rowsOf(sonde(['ports', fabric, '--filter', 'ifspeed=400000000000&agent=192.0.2.22']).stdout)
  assert.deepEqual(
    rows.map((row) => row.port ?? row.kind),
    ['swp1', 'swp2', 'window'],
  )
})

test('live: windows of what is replayed', { timeout: 90_000 }, async () => {
  const ports = startSonde([
    'ports',
    '-i',
    'udp://127.0.0.1:0',
    '--window',
    '2s',
    '--duration',
    '7s',
    '--limit',
    '100000',
  ])
  let said = ''
  ports.stderr!.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const end = ended(ports)
  while (!/:(\d+) with/.test(said) && ports.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10))
  const port = /:(\d+) with/.exec(said)?.[1]
  // A minute of the capture in three seconds.
  await ended(startSonde(['replay', fabric, '--to', `127.0.0.1:${port}`, '--speed', '20', '-q']))
  const { stdout, code } = await end
  assert.equal(code, 0)
  const rows = rowsOf(stdout)
  assert.ok(rows.filter((row) => row.kind === 'window').length >= 2)
  // Twenty times as fast, so twenty times the rate of the capture: 5.58 Gbit/s.
  const busiest = Math.max(...rows.map((row) => row.out_utilization ?? 0))
  assert.ok(busiest > 0.7 && busiest < 1.7, String(busiest))
})
