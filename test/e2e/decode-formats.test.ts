// `sonde decode`: every format and every option that chooses what is printed, on captures whose content is known.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { hex } from '../helpers/capture-bytes.ts'
import { repositoryRoot, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { captureFile, NOON, numbered, synPacket, threeDatagrams } from '../helpers/sflow-captures.ts'

const capture = captureFile(threeDatagrams)

type Json = Record<string, unknown>

function good(...args: readonly string[]): string {
  const { stdout, stderr, code } = sonde(['decode', capture, '--quiet', ...args])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  return stdout
}

const objects = (text: string): Json[] => {
  assert.ok(text === '' || text.endsWith('\n'), 'every line is ended')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
}

const sampleTypes = ['flow_sample', 'flow_sample', 'counters_sample', 'flow_sample', 'discarded_packet']

test('ndjson: an object a sample, in the order of the capture', () => {
  const lines = objects(good('-f', 'ndjson'))
  assert.deepEqual(
    lines.map((x) => x.sample_type),
    sampleTypes,
  )
  assert.deepEqual(
    lines.map((x) => [x.datagram_sequence, x.sample_index]),
    [
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
    ],
  )
  const [first] = lines
  assert.equal(first!.time, '2026-05-01T12:00:00.123456789Z')
  assert.equal(first!.sender, '192.0.2.9')
  assert.deepEqual(
    (first!.layers as Json[]).map((x) => x.layer),
    ['eth', 'ip', 'tcp'],
  )
})

test('64-bit counters have all their digits', () => {
  const line = good('--samples', 'counter')
  assert.match(line, /"ifInOctets":18446744073709551557,/)
  assert.match(line, /"ifOutOctets":9007199254740993,/)
  assert.match(good('--samples', 'counter', '--fields', 'ifinoctets', '-f', 'table'), /^18446744073709551557$/m)
  assert.equal(good('--samples', 'counter', '--fields', 'ifinoctets'), 'ifinoctets\n18446744073709551557\n')
})

test('json is one array of the same objects', () => {
  const text = good('-f', 'json')
  assert.deepEqual(JSON.parse(text), objects(good()))
  assert.ok(text.endsWith(']\n'))
})

test('json --object datagram has the samples in a list', () => {
  for (const format of ['json', 'ndjson']) {
    const text = good('-f', format, '--object', 'datagram')
    const datagrams = (format === 'json' ? JSON.parse(text) : objects(text)) as Json[]
    assert.deepEqual(
      datagrams.map((x) => (x.samples as Json[]).map((y) => y.sample_type)),
      [['flow_sample'], ['flow_sample', 'counters_sample'], ['flow_sample', 'discarded_packet']],
    )
    assert.deepEqual(
      datagrams.map((x) => x.datagram_sequence),
      [1, 2, 3],
    )
  }
})

test('--object datagram with --samples leaves out datagrams of other samples', () => {
  const datagrams = objects(good('--object', 'datagram', '--samples', 'discard'))
  assert.equal(datagrams.length, 1)
  assert.deepEqual(
    (datagrams[0]!.samples as Json[]).map((x) => x.reason_name),
    ['acl'],
  )
})

test('table: a card a sample, names beside numbers', () => {
  const cards = good('-f', 'table', '--utc')
  assert.match(cards, /^2026-05-01T12:00:00\.123456789Z {2}192\.0\.2\.9 {2}flow sample 1\n {4}1 in 1,000 /)
  assert.match(cards, /^ {2}ip +192\.0\.2\.1 → 198\.51\.100\.2 {2}TCP /m)
  assert.match(cards, /\bacl\b/)
  for (const line of cards.split('\n')) assert.ok(line.length <= 80, line)
  const numbers = good('-f', 'table', '--utc', '-n')
  assert.match(numbers, /^ {2}ip +192\.0\.2\.1 → 198\.51\.100\.2 {2}6 /m)
  assert.doesNotMatch(numbers, /\bacl\b|TCP/)
})

test('times of cards are local below their day and zone, unless --utc', () => {
  const env = { TZ: 'America/St_Johns' }
  const { stdout } = sonde(['decode', capture, '-f', 'table', '--limit', '1'], { env })
  assert.match(stdout, /^── 2026-05-01 -02:30 ──\n\n09:30:00\.123456 /)
  const utc = sonde(['decode', capture, '-f', 'table', '--limit', '1', '--utc'], { env })
  assert.match(utc.stdout, /^2026-05-01T12:00:00\.123456789Z /)
})

test('line: what sflowtool -l prints, and a DROP line', () => {
  const [first, , counter, , drop] = good('-f', 'line').split('\n')
  assert.equal(
    first,
    'FLOW,192.0.2.9,3,7,020000000002,020000000001,0x0800,0,0,192.0.2.1,198.51.100.2,6,0x00,64,40000,443,0x02,58,40,1000',
  )
  assert.equal(
    counter,
    'CNTR,192.0.2.9,3,6,100000000000,1,3,18446744073709551557,12,0,0,0,0,4294967295,9007199254740993,0,0,0,0,0,0',
  )
  assert.match(drop!, /^DROP,192\.0\.2\.9,/)
})

test('csv: the usual columns, and a header line', () => {
  const [head, first, , , drop] = good('-f', 'csv').split('\n')
  assert.equal(
    head,
    'time,agent,datasource,samplingrate,inputifindex,outputifindex,macsource,macdestination,vlan,src,dst,proto,sport,dport,framelength,reason,stack',
  )
  assert.equal(
    first,
    '2026-05-01T12:00:00.123456789Z,192.0.2.9,3,1000,3,7,020000000002,020000000001,,192.0.2.1,198.51.100.2,6,40000,443,58,,eth.ip.tcp',
  )
  assert.match(drop!, /,acl,eth\.ip\.tcp$/)
})

test('csv: samples without a column are counted on stderr, unless --quiet', () => {
  const { stdout, stderr } = sonde(['decode', capture, '--fields', 'agent,src,dport'])
  assert.equal(stdout, `agent,src,dport\n${'192.0.2.9,192.0.2.1,443\n'.repeat(4)}`)
  assert.equal(stderr, '1 sample has no row, for it has no src and no dport.\n')
})

const fieldRows: readonly (readonly [format: string, want: string])[] = [
  ['csv', 'src,dport,ip.ttl\n192.0.2.1,443,64\n'],
  ['ndjson', '{"src":"192.0.2.1","dport":443,"ip.ttl":64}\n'],
  ['json', '[{"src":"192.0.2.1","dport":443,"ip.ttl":64}]\n'],
  ['table', `src        dport  ip.ttl\n${'─'.repeat(24)}\n192.0.2.1    443      64\n`],
]
for (const [format, want] of fieldRows) {
  test(`--fields as ${format}`, () => {
    assert.equal(good('--fields', 'src,dport,ip.ttl', '--limit', '1', '-f', format), want)
  })
}

test('--fields: spaces, suffixes of inner layers, a name twice', () => {
  assert.equal(good('--fields', ' src , src.1 ', '--limit', '1'), 'src,src.1\n192.0.2.1,\n')
  assert.equal(good('--fields', 'src,src', '--limit', '1', '-f', 'csv'), 'src,src\n192.0.2.1,192.0.2.1\n')
  assert.equal(good('--fields', 'src,src', '--limit', '1', '-f', 'ndjson'), '{"src":"192.0.2.1"}\n')
})

test('--samples', () => {
  const kinds = (choice: string) => objects(good('--samples', choice)).map((x) => x.sample_type)
  assert.deepEqual(kinds('flow'), ['flow_sample', 'flow_sample', 'flow_sample'])
  assert.deepEqual(kinds('counter'), ['counters_sample'])
  assert.deepEqual(kinds('discard,counter'), ['counters_sample', 'discarded_packet'])
})

test('--limit ends any format well', () => {
  assert.equal(objects(good('--limit', '2')).length, 2)
  assert.equal((JSON.parse(good('--limit', '2', '-f', 'json')) as Json[]).length, 2)
  const datagrams = JSON.parse(good('--limit', '2', '-f', 'json', '--object', 'datagram')) as Json[]
  assert.deepEqual(
    datagrams.map((x) => (x.samples as Json[]).length),
    [1, 1],
  )
  assert.equal(good('--limit', '2', '-f', 'line').split('\n').length, 3)
  assert.equal(good('--limit', '1k').split('\n').length, 6)
})

const times: readonly (readonly [what: string, args: readonly string[], want: readonly number[]])[] = [
  ['since a time', ['--since', '2026-05-01T12:00:01Z'], [2, 3]],
  ['until a time: not included', ['--until', '2026-05-01T12:00:01Z'], [1]],
  ['both', ['--since', '2026-05-01T12:00:00.2Z', '--until', '2026-05-01T12:00:02Z'], [2]],
  ['seconds since 1970', ['--since', `${NOON + 2}`], [3]],
  ['from the start', ['--since', '+1s'], [3]],
  ['from the start until', ['--until', '+1s'], [1, 2]],
  ['local time', ['--since', '2026-05-01 14:00:01'], [2, 3]],
  ['local time means UTC with --utc', ['--since', '2026-05-01 12:00:01', '--utc'], [2, 3]],
]
for (const [what, args, want] of times) {
  test(`--since, --until: ${what}`, () => {
    const { stdout, code } = sonde(['decode', capture, '--samples', 'flow', ...args], { env: { TZ: 'Europe/Oslo' } })
    assert.equal(code, 0)
    assert.deepEqual(
      objects(stdout).map((x) => x.datagram_sequence),
      want,
    )
  })
}

test('--summary for people, as json and as ndjson', () => {
  const text = good('--summary', '-f', 'table', '--utc')
  assert.match(text, /: 3 datagrams, 1 agent, 2 s, no datagram lost\n/)
  assert.match(text, /^ {2}samples +3 flow_sample 0:1 {2}1 counters_sample 0:2 {2}1 discarded_packet 0:5$/m)
  const lines = good('--summary')
  assert.equal(lines.split('\n').length, 2)
  const summary = JSON.parse(lines) as Json
  assert.deepEqual(summary, JSON.parse(good('--summary', '-f', 'json')))
  assert.equal(summary.datagrams, 3)
  assert.deepEqual(summary.samples, [
    { tag: '0:1', name: 'flow_sample', count: 3 },
    { tag: '0:2', name: 'counters_sample', count: 1 },
    { tag: '0:5', name: 'discarded_packet', count: 1 },
  ])
  assert.deepEqual(summary.drop_reasons, [{ reason: 258, name: 'acl', count: 1 }])
  assert.deepEqual(summary.issues, {})
})

/** Packets of a little-endian nanosecond pcap. */
function packetsOf(path: string): { linkType: number; packets: { time: string; original: number; bytes: string }[] } {
  const file = readFileSync(path)
  assert.equal(file.readUInt32LE(0), 0xa1b23c4d)
  const packets = []
  for (let at = 24; at < file.length; ) {
    const length = file.readUInt32LE(at + 8)
    packets.push({
      time: `${file.readUInt32LE(at)}.${String(file.readUInt32LE(at + 4)).padStart(9, '0')}`,
      original: file.readUInt32LE(at + 12),
      bytes: hex(file.subarray(at + 16, at + 16 + length)),
    })
    at += 16 + length
  }
  return { linkType: file.readUInt32LE(20), packets }
}

test('pcap: sampled headers with the time of the datagram and the length of the frame without FCS', () => {
  const path = temporaryPath('headers.pcap')
  assert.equal(good('-f', 'pcap', '-o', path), '')
  const { linkType, packets } = packetsOf(path)
  assert.equal(linkType, 1)
  assert.deepEqual(
    packets,
    [`${NOON}.123456789`, `${NOON + 1}.000000000`, `${NOON + 2}.000000000`].map((time) => ({
      time,
      original: 54,
      bytes: hex(synPacket),
    })),
  )
})

test('pcap --what discards, and --what datagrams, which sonde reads again', () => {
  const path = temporaryPath('discards.pcap')
  good('-f', 'pcap', '--what', 'discards', '-o', path)
  assert.deepEqual(
    packetsOf(path).packets.map((x) => x.time),
    [`${NOON + 2}.000000000`],
  )
  const whole = temporaryPath('datagrams.pcap')
  good('-f', 'pcap', '--what', 'datagrams', '-o', whole)
  assert.equal(sonde(['decode', whole]).stdout, good())
})

test('pcap without a packet is a capture all the same, and says so', () => {
  const empty = captureFile([{ datagram: numbered(1) }])
  const path = temporaryPath('none.pcap')
  const { stderr, code } = sonde(['decode', empty, '-f', 'pcap', '--what', 'discards', '-o', path])
  assert.equal(stderr, 'The capture is without packets: no sampled header was found in discards.\n')
  assert.equal(code, 0)
  assert.deepEqual(packetsOf(path), { linkType: 1, packets: [] })
})

test('--list-fields as table, json and ndjson, without an input', () => {
  const list = (...args: readonly string[]) => sonde(['decode', '--list-fields', ...args])
  const lines = objects(list().stdout)
  assert.deepEqual(JSON.parse(list('-f', 'json').stdout), lines)
  const ttl = lines.find((x) => x.name === 'ipttl')
  assert.deepEqual(ttl, {
    name: 'ipttl',
    aliases: ['ip.ttl'],
    area: 'ipv4',
    type: 'number',
    unit: null,
    from: ['packet'],
    doc: 'time to live',
  })
  const table = list('-f', 'table').stdout
  assert.match(table, /^ {2}ipttl {19}time to live \(number; also ip\.ttl\)$/m)
  for (const line of table.split('\n')) assert.ok(line.length <= 80, line)
  for (const { name } of lines) assert.ok(table.includes(`\n  ${name}`), `${name} is in the table`)
})

const refused: readonly (readonly [what: string, args: readonly string[], want: string])[] = [
  [
    'an unknown field',
    ['--fields', 'dst,ipsrc,agent', '-f', 'csv'],
    '"ipsrc" is no attribute. Did you mean ip.src?\n  dst,ipsrc,agent\n      ^^^^^\n  sonde decode --list-fields shows them all.\n',
  ],
  [
    'an empty list of fields',
    ['--fields', ''],
    '--fields "" is not understood. Give one or more values with single commas between them.\n',
  ],
  [
    'a suffix where there are no layers',
    ['--fields', 'agent.1'],
    'agent belongs to no layer, so it takes no .1.\n  sonde decode --list-fields shows them all.\n',
  ],
  [
    'fields of lines',
    ['--fields', 'src', '-f', 'line'],
    "--fields can't go with --format line: its content is fixed.\n  Use --format csv, ndjson, json or table with --fields.\n",
  ],
  [
    'fields of pcap',
    ['--fields', 'src', '-f', 'pcap'],
    "--fields can't go with --format pcap: its content is fixed.\n  Use --format csv, ndjson, json or table with --fields.\n",
  ],
  [
    'a summary as csv',
    ['--summary', '-f', 'csv'],
    "--summary can't go with --format csv: a summary has no columns or packets.\n  Use --format table, json or ndjson with --summary.\n",
  ],
  [
    'fields of a summary',
    ['--summary', '--fields', 'src'],
    "--fields and --summary can't go together: a summary counts, it prints no samples.\n",
  ],
  [
    'objects of csv',
    ['--object', 'datagram', '-f', 'csv'],
    '--object datagram needs --format json or ndjson, and no --fields or --summary.\n',
  ],
  ['contents of a capture, without a capture', ['--what', 'discards'], '--what discards needs --format pcap.\n'],
  [
    'a list of fields as a capture',
    ['--list-fields', '-f', 'pcap'],
    "--list-fields can't go with --format pcap.\n  Use --format table, json or ndjson with --list-fields.\n",
  ],
  [
    'an end before the start',
    ['--since', '+2s', '--until', '+1s'],
    '--until must be later than --since: nothing can be between them.\n',
  ],
  [
    'an unknown kind of sample',
    ['--samples', 'flows'],
    '--samples "flows" is not understood. Give one or more of flow, counter, discard. Did you mean flow?\n',
  ],
  ['no samples', ['--limit', '0'], '--limit "0" is not understood. Give a number of 1 or more.\n'],
]
for (const [what, args, want] of refused) {
  test(`refused: ${what}`, () => {
    const { stdout, stderr, code } = sonde(['decode', capture, ...args])
    assert.equal(stderr, want)
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })
}

test('every flag has its environment variable', () => {
  const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    sonde(['decode', ...args], { env: { SONDE_QUIET: '1', ...env } }).stdout
  assert.equal(
    run({ SONDE_INPUT: capture, SONDE_FORMAT: 'csv', SONDE_FIELDS: 'dport', SONDE_LIMIT: '1' }),
    'dport\n443\n',
  )
  assert.match(run({ SONDE_SAMPLES: 'counter' }, capture), /^\{[^\n]*"counters_sample"[^\n]*\n$/)
  assert.match(run({ SONDE_SUMMARY: 'true', SONDE_UTC: '1' }, capture, '-f', 'table'), /: 3 datagrams/)
  assert.equal(run({ SONDE_AGENT: '198.51.100.0/24' }, capture), '')
})

test('the examples of --help run as they are printed', () => {
  const { commands } = JSON.parse(readFileSync(join(repositoryRoot, 'oclif.manifest.json'), 'utf8')) as {
    commands: { decode: { examples: { command: string }[] } }
  }
  const examples = commands.decode.examples.map((x) => x.command.replace(/^<%= config.bin %> <%= command.id %> /, ''))
  const alone = examples.filter((x) => !x.includes('|'))
  assert.deepEqual(alone, [
    'capture.pcap --summary',
    'capture.pcap --limit 5',
    'capture.pcap -f csv --fields time,agent,src,dst,sport,dport',
    'capture.pcap tcp port 443 and host 192.0.2.1',
  ])
  for (const example of alone) {
    const { stdout, code } = sonde(['decode', ...example.replace('capture.pcap', capture).split(' ')])
    assert.equal(code, 0)
    assert.notEqual(stdout, '')
  }
})
