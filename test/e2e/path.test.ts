// `sonde path` as a person runs it: forms, exit codes, input from everywhere, live.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ended, shell, sonde, startSonde } from '../helpers/cli.ts'
import { flowFilter, generateFabric, leafSpine } from '../path/fabric-events.ts'

const { capture, topology } = generateFabric({ ...leafSpine([60, 40, 0]), packets: 30_000, rate: 50, seconds: 4 })
const fabric = ['path', capture, '--topology', topology]

interface Row {
  readonly kind: string
  readonly node: string
  readonly out_port: string | null
  readonly state: string
  readonly branch_share: number | null
}

const rowsOf = (stdout: string): Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

test('a pipe gets NDJSON: hops in their order, then the window', () => {
  const { stdout, stderr, code } = sonde([...fabric, '--filter', flowFilter])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.deepEqual(
    rowsOf(stdout).map(({ kind, node, out_port, state }) => [kind, node, out_port, state]),
    [
      ['hop', 'leaf1', 'eth1', 'measured'],
      ['hop', 'leaf1', 'eth2', 'measured'],
      ['hop', 'leaf1', 'eth3', 'unused'],
      ['hop', 'spine1', 'eth2', 'measured'],
      ['hop', 'spine2', 'eth2', 'measured'],
      ['hop', 'leaf2', 'eth9', 'measured'],
      ['window', undefined, undefined, undefined],
    ],
  )
})

test('the same from NDJSON of decode and from JSON; CSV has the same keys', () => {
  const direct = sonde(fabric).stdout
  assert.equal(shell(`sonde decode ${capture} | sonde path --topology ${topology}`).stdout, direct)
  const objects = JSON.parse(sonde([...fabric, '-f', 'json']).stdout) as Row[]
  assert.deepEqual(objects, rowsOf(direct))
  const csv = sonde([...fabric, '-f', 'csv'])
    .stdout.trimEnd()
    .split('\n')
  assert.equal(csv.length, 7)
  assert.deepEqual(csv[0]!.split(','), Object.keys(objects[0]!))
})

test('a table: the picture and the hops, in 80 columns', () => {
  const { stdout } = sonde([...fabric, '-f', 'table'])
  // The heading is too long for a line of 80.
  const [asked, ...lines] = stdout.trimEnd().split('\n')
  assert.equal(asked, 'all packets')
  assert.match(lines[0]!, /^\S*fabric\.pcap · 4 s · \d+\.?\d*k packets ± \d\.\d % · lost 0 % of datagrams$/)
  assert.equal(lines[2], '10.1.0.2 ─eth9▶ leaf1 ─eth1▶ spine1 ─eth2▶ leaf2 ─eth9▶ 10.2.0.2')
  assert.match(lines[3]!, /^ {16}TTL 64 100 % TTL 63 \d\d % {3}TTL 62 100 %$/)
  assert.match(lines[4]!, /^ {22}└eth2▶ spine2 {2}\d\d % ±\d\.\d$/)
  assert.match(lines[5]!, /^ {22}└eth3▶ spine3 {2}0 % \(0 samples; \d+ if shared evenly\)$/)
  assert.match(lines[7]!, /^HOP +NODE +IN +OUT +TO +TTL +PKT\/s +± +SHARE +DELAY$/)
  assert.equal(lines.length, 15)
  assert.ok(lines.every((line) => line.length <= 80))
})

test("trace-flow's JSON, and Prometheus", () => {
  const trace = JSON.parse(sonde([...fabric, '-f', 'trace-flow']).stdout) as Record<string, object>
  assert.deepEqual(Object.keys(trace), ['nodes', 'edges'])
  assert.deepEqual(Object.keys(trace.nodes!).sort(), ['leaf1', 'leaf1-eth9', 'leaf2', 'leaf2-eth9', 'spine1', 'spine2'])
  const text = sonde([...fabric, '-f', 'prometheus']).stdout
  assert.match(text, /^sonde_path_share\{node="spine1",port="eth2",link="\w+",to="leaf2",state="measured"\} 1$/m)
})

const codes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['a way that is not used', ['--fail-if', 'unused_branches>0'], 4, /unused_branches is 1\./],
  ['shares that are not even', ['--fail-if', 'uneven>10%'], 4, /uneven is [23]\d\.\d+ %\./],
  ['nothing is dropped', ['--fail-if', 'dropped>0'], 0, /^$/],
  ['a row', ['--fail-if', 'rows[0].branch_share>50%'], 4, /rows\[0\]\.branch_share is (5|6)\d\.\d+ %\./],
  ['an unknown name', ['--fail-if', 'drop>0'], 2, /there is no such name here/],
  [
    'a filter that finds nothing',
    ['--filter', 'ipsource=10.9.9.9'],
    1,
    /Nothing matched --filter 'ipsource=10\.9\.9\.9': [\d,]+ samples/,
  ],
  ['a wrong filter', ['--filter', 'ipsorce=1'], 2, /Did you mean ipsource or ip6source\?/],
  ['an unknown format', ['-f', 'trace'], 2, /--format/],
]
for (const [name, args, code, said] of codes) {
  test(`exit code: ${name}`, () => {
    const result = sonde([...fabric, ...args])
    assert.equal(result.code, code, result.stderr)
    assert.match(result.stderr, said)
  })
}

test('no such topology; no topology', () => {
  const missing = sonde(['path', capture, '--topology', 'nowhere.json'])
  assert.equal(missing.code, 2)
  assert.match(missing.stderr, /--topology nowhere\.json can't be read: there is no such file\./)
  const none = sonde(['path', capture])
  assert.equal(none.code, 0)
  assert.match(none.stderr, /Without --topology the order is by TTL, and neither links nor unused ways are known\./)
  assert.deepEqual(
    [...new Set(rowsOf(none.stdout).flatMap(({ kind, node }) => (kind === 'hop' ? [node] : [])))],
    ['192.0.2.1', '192.0.2.3', '192.0.2.4', '192.0.2.2'],
  )
})

test('a capture without packets says what to try', () => {
  const { stderr, code } = sonde(['path', 'fixtures/counters-interface.pcap', '--topology', topology])
  assert.equal(code, 1)
  assert.match(stderr, /No path: none of the \d+ samples is of a packet\. sonde ports shows counters\./)
})

const fixture = ['path', 'fixtures/fabric.pcap', '--topology', 'fixtures/fabric.topology.json', '-f', 'table']

test('an agent outside the topology is no hop; an error of few samples is no number', () => {
  const { stdout, stderr } = sonde([...fixture, '--filter', 'ipsource=198.51.100.17'])
  assert.equal(stderr, 'gpu1.example.net saw these packets too, but is not in the topology and left out.\n')
  assert.match(stdout, /^198\.51\.100\.17 ─swp1▶ leaf1 ─swp51▶ spine1 ─swp2▶ leaf2 ─swp1▶ 198\.51\.100\.33$/m)
  assert.doesNotMatch(stdout, /gpu1/)
  // Nine told ones of 2,678, whose number the agent knows.
  assert.match(stdout, /^ +1 +leaf1 +swp1 +✗ drop +no_bu…er_space +45\.4 +52% +-$/m)
})

test('without a filter flows are joined, and that is said; no line is wider than 80 columns', () => {
  const { stdout, stderr } = sonde(fixture)
  assert.match(stderr, /^Packets of 66 pairs of hosts go both ways over 4 links: shares are of all of them/m)
  assert.match(stdout, /^ +1 +leaf1 .* swp2 .* few +1\.6 % /m)
  assert.doesNotMatch(stdout, /\d{3}%/)
  assert.ok(stdout.split('\n').every((line) => line.length <= 80))
})

test('live: a path for each window', { timeout: 90_000 }, async () => {
  const args = ['path', '-i', 'udp://127.0.0.1:0', '--topology', topology, '--window', '2s', '--duration', '8s']
  const path = startSonde(args)
  let said = ''
  path.stderr!.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const end = ended(path)
  while (!/:(\d+) with/.test(said) && path.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10))
  const port = /:(\d+) with/.exec(said)?.[1]
  await ended(startSonde(['replay', capture, '--to', `127.0.0.1:${port}`, '-q']))
  const { stdout, code } = await end
  assert.equal(code, 0)
  const rows = rowsOf(stdout)
  assert.ok(rows.filter(({ kind }) => kind === 'window').length >= 2)
  const first = rows.find(({ node, out_port }) => node === 'leaf1' && out_port === 'eth1')
  assert.ok(Math.abs(first!.branch_share! - 0.6) < 0.15)
})
