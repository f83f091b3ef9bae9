// `sonde decode`: what may be read and from where, and what is said of an input that is missing, foreign or damaged.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { bytes, datagram } from '../helpers/cards.ts'
import { binPath, cleanEnvironment, repositoryRoot, sonde } from '../helpers/cli.ts'
import { temporaryFile, temporaryPath } from '../helpers/read-captures.ts'
import { captureBytes, captureFile, NOON, numbered, oneBadOfSeven, threeDatagrams } from '../helpers/sflow-captures.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

const capture = captureFile(threeDatagrams)
const ndjson = sonde(['decode', capture]).stdout

const sequences = (text: string): number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { datagram_sequence: number }).datagram_sequence)

/** Datagrams of these numbers, a second each from `start` on, with `step` seconds between them. */
const series = (numbers: readonly number[], start: number, step = 1) =>
  captureFile(numbers.map((n, i) => ({ datagram: numbered(n), sec: start + i * step })))

describe('where input comes from', () => {
  const ways: readonly (readonly [what: string, args: readonly string[], input?: string | Uint8Array])[] = [
    ['a file', [capture]],
    ['--input', ['--input', capture]],
    ['-i', ['-i', capture]],
    ['- for stdin', ['-'], captureBytes(threeDatagrams)],
    ['--input -', ['-i', '-'], captureBytes(threeDatagrams)],
    ['no argument and a pipe', [], captureBytes(threeDatagrams)],
    ['gzip', [temporaryFile(gzipSync(captureBytes(threeDatagrams)))]],
    ['zstd in a pipe', ['-'], zstdCompressSync(captureBytes(threeDatagrams))],
    ["sonde's own NDJSON", [temporaryFile(Buffer.from(ndjson))]],
    ["sonde's own NDJSON in a pipe", [], ndjson],
  ]
  for (const [what, args, input = ''] of ways) {
    test(what, () => {
      const { stdout, stderr, code } = sonde(['decode', ...args], { input })
      assert.equal(stdout, ndjson)
      assert.equal(stderr, '')
      assert.equal(code, 0)
    })
  }

  test('stdin that is a file', () => {
    const { stdout, status } = spawnSync('sh', ['-c', `'${process.execPath}' '${binPath}' decode - < '${capture}'`], {
      encoding: 'utf8',
      env: cleanEnvironment(),
    })
    assert.equal(stdout, ndjson)
    assert.equal(status, 0)
  })

  test('several inputs are merged by time, wherever they come from', () => {
    const odd = series([1, 3, 5], NOON, 2)
    const even = series([2, 4, 6], NOON + 1, 2)
    assert.deepEqual(sequences(sonde(['decode', even, odd]).stdout), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(sequences(sonde(['decode', even, '-i', odd]).stdout), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(sequences(sonde(['decode', '-i', even, '-i', odd]).stdout), [1, 2, 3, 4, 5, 6])
    const mixed = sonde(['decode', even, '-'], { input: new Uint8Array(readFileSync(odd)) })
    assert.deepEqual(sequences(mixed.stdout), [1, 2, 3, 4, 5, 6])
  })

  test('--port: one, several, and none of them there', () => {
    const ports = captureFile([6343, 9995, 7000].map((port, i) => ({ datagram: numbered(i + 1), port, sec: NOON + i })))
    assert.deepEqual(sequences(sonde(['decode', ports]).stdout), [1])
    assert.deepEqual(sequences(sonde(['decode', ports, '--port', '9995,7000']).stdout), [2, 3])
    const { stderr, code } = sonde(['decode', ports, '--port', '1'])
    assert.equal(
      stderr,
      `0 of 3 packets in ${ports} are sFlow (UDP port 1); UDP ports seen: 6343 (1), 7000 (1), 9995 (1).\n  If your agents send to another port: --port 6343\n`,
    )
    assert.equal(code, 2)
  })

  test('--agent: IPv4 and IPv6, addresses and prefixes, several', () => {
    const agents = ['c0000209', 'c6336407', '20010db8000000000000000000000007'].map(bytes)
    const file = captureFile(
      agents.map((address, i) => ({
        datagram: datagram([], {
          sequence_number: i + 1,
          agent: { type: address.length === 4 ? 1 : 2, bytes: address },
        }),
        sec: NOON + i,
      })),
    )
    const only = (choice: string) => sequences(sonde(['decode', file, '--agent', choice]).stdout)
    assert.deepEqual(only('192.0.2.9'), [1])
    assert.deepEqual(only('198.51.100.0/24'), [2])
    assert.deepEqual(only('2001:db8::/32'), [3])
    assert.deepEqual(only('0.0.0.0/0'), [1, 2])
    assert.deepEqual(only('192.0.2.9,2001:db8::7'), [1, 3])
  })

  test('an empty answer is explained, and is none of the faults', () => {
    const reasons: readonly (readonly [args: readonly string[], want: string])[] = [
      [['--agent', '10.0.0.0/8'], '3 datagrams are of agents that --agent leaves out'],
      [['--since', '2030-01-01'], '3 datagrams are outside --since'],
      [
        ['--since', '2020-01-01', '--until', '2020-01-02', '--samples', 'flow'],
        '3 datagrams are outside --since and --until',
      ],
    ]
    for (const [args, want] of reasons) {
      const { stdout, stderr, code } = sonde(['decode', capture, '-f', 'json', ...args])
      assert.equal(stdout, '[]\n')
      assert.equal(stderr, `Nothing of ${capture} was chosen: ${want}. --summary tells what is there.\n`)
      assert.equal(code, 0)
      assert.equal(sonde(['decode', capture, '--quiet', ...args]).stderr, '')
    }
  })
})

const needed =
  'needed is pcap (a1b2c3d4 or a1b23c4d in either byte order), pcapng (0a0d0d0a), gzip or zstd of these, or sonde NDJSON ({).'

describe('inputs that are none', () => {
  const folder = temporaryPath('folder')
  mkdirSync(folder)
  const missing = temporaryPath('missing.pcap')
  const empty = temporaryFile(new Uint8Array(0))
  const text = temporaryFile(Buffer.from('a text, and no capture\n'))
  const header = temporaryFile(captureBytes([]))
  const cutHeader = temporaryFile(captureBytes([]).subarray(0, 10))
  const foreign = captureFile([{ datagram: bytes('00010203'), port: 53 }])
  const version4 = captureFile([{ datagram: bytes('00000004 00000001 c0000209') }])
  const fields = temporaryFile(Buffer.from('{"src":"192.0.2.1"}\n'))
  const faults: readonly (readonly [what: string, file: string, want: string])[] = [
    ['missing', missing, `There is no file '${missing}'.\n  Check the name; - reads from stdin.\n`],
    [
      'a directory',
      folder,
      `${folder} is a directory; a capture file is needed.\n  Name the files in it: ${folder}/*.pcap\n`,
    ],
    [
      'empty',
      empty,
      `${empty} is empty (0 bytes); a capture is needed.\n  See whether the program that wrote it had packets to write.\n`,
    ],
    [
      'no capture',
      text,
      `${text} is not a capture: it begins with "a text, " (61 20 74 65 78 74 2c 20); ${needed}\n  Check the name; file FILE says what it may be.\n`,
    ],
    [
      'without packets',
      header,
      `${header} holds no packets.\n  See whether the program that wrote it had packets to write.\n`,
    ],
    [
      'cut in its header',
      cutHeader,
      `${cutHeader} at byte 0: the file ends after 10 of the 24 bytes of its header\n${cutHeader} holds no packets.\n  See whether the program that wrote it had packets to write.\n`,
    ],
    [
      'without sFlow',
      foreign,
      `0 of 1 packets in ${foreign} are sFlow (UDP port 6343); UDP ports seen: 53 (1).\n  If your agents send to another port: --port 53\n`,
    ],
    [
      'another version of sFlow',
      version4,
      'datagram 1 (2026-05-01T12:00:00.000000000Z from 192.0.2.9): datagram at byte 0: sFlow version 4; sonde decodes version 5, which every agent since 2004 can send\n' +
        `0 of 1 datagrams in ${version4} are sFlow version 5 (version 4: 1).\n`,
    ],
  ]
  for (const [what, file, want] of faults) {
    test(what, () => {
      const { stdout, stderr, code } = sonde(['decode', file])
      assert.equal(stderr, want)
      assert.equal(stdout, '')
      assert.equal(code, 2)
    })
  }

  test('output of --fields can not be read back', () => {
    const { stderr, code } = sonde(['decode', fields])
    assert.match(stderr, /line 1 is no sample of sonde's: /)
    assert.match(stderr, /--fields and csv output can not be read back\.\n$/)
    assert.equal(code, 2)
  })

  test('stdin named twice', () => {
    const { stderr, code } = sonde(['decode', '-', '-i', '-'])
    assert.equal(stderr, 'stdin (-) is named more than once; it can be read once.\n')
    assert.equal(code, 2)
  })

  test('not permitted to this user', {
    skip: process.getuid?.() === 0 ? false : 'needs root to become nobody',
  }, (t) => {
    const secret = captureFile(threeDatagrams)
    chmodSync(secret, 0o600)
    const { stderr, status, error } = spawnSync(process.execPath, [binPath, 'decode', secret], {
      uid: 65_534,
      gid: 65_534,
      encoding: 'utf8',
      env: cleanEnvironment({ HOME: '' }),
    })
    if (error || stderr.includes('Cannot find module')) return t.skip('nobody may not read the repository')
    // The folder of temporary files is this user's alone.
    assert.match(stderr, /can't be opened: reading it is not permitted to this user\.\n {2}See who may: ls -l /)
    assert.equal(status, 5)
  })

  test('json and a summary are valid without any sFlow', () => {
    assert.equal(sonde(['decode', foreign, '-f', 'json']).stdout, '[]\n')
    const { stdout, code } = sonde(['decode', foreign, '--summary'])
    const { datagrams, input } = JSON.parse(stdout) as { datagrams: number; input: { other_ports: unknown } }
    assert.equal(datagrams, 0)
    assert.deepEqual(input.other_ports, { 53: 1 })
    assert.equal(code, 2)
  })

  test('all inputs are read, and the highest exit code wins', () => {
    const damaged = captureFile([{ datagram: oneBadOfSeven(), sec: NOON + 10 }])
    const one = sonde(['decode', missing, capture, folder])
    assert.equal(one.stdout, ndjson)
    assert.deepEqual(
      one.stderr.split('\n').filter((line) => !line.startsWith(' ')),
      [`There is no file '${missing}'.`, `${folder} is a directory; a capture file is needed.`, ''],
    )
    assert.equal(one.code, 2)
    const two = sonde(['decode', damaged, foreign, capture, '-f', 'json'])
    assert.equal((JSON.parse(two.stdout) as unknown[]).length, 5 + 7)
    assert.match(two.stderr, /^\S+sflow.pcap datagram 1 .*header claims 400 bytes, 56 left\n0 of 1 packets in /)
    assert.equal(two.code, 3)
    const bad = sonde(['decode', fields, capture, '-f', 'json'])
    assert.equal((JSON.parse(bad.stdout) as unknown[]).length, 5)
    assert.equal(bad.code, 2)
  })
})

describe('damage', () => {
  test('of several files an issue names the one it is in, and the datagram’s number there', () => {
    const good = captureFile(threeDatagrams)
    const at = threeDatagrams.at(-1)!
    const bad = captureFile([...threeDatagrams, { ...at, datagram: oneBadOfSeven() }])
    for (const files of [
      [good, bad],
      [bad, good],
    ]) {
      const { stderr, code } = sonde(['decode', ...files])
      assert.equal(code, 3)
      assert.ok(stderr.startsWith(`${bad} datagram 4 (2026-`), stderr)
      assert.match(stderr, /Z from [\d.]+\): samples\[3\]\.flow_records\[0\] sampled_header \(0:1\) at byte 448: /)
    }
  })

  test('one bad record of seven leaves six, and the bad one as bytes', () => {
    const file = captureFile([{ datagram: oneBadOfSeven() }])
    const { stdout, stderr, code } = sonde(['decode', file])
    const lines = stdout.split('\n')
    assert.equal(lines.pop(), '')
    const samples = lines.map(
      (line) => JSON.parse(line) as { sequence_number: number; records: { fields?: unknown }[] },
    )
    assert.deepEqual(
      samples.map((x) => x.sequence_number),
      [1, 2, 3, 4, 5, 6, 7],
    )
    assert.deepEqual(
      samples.map((x) => x.records[0]!.fields !== undefined),
      [true, true, true, false, true, true, true],
    )
    assert.equal(
      stderr,
      'datagram 1 (2026-05-01T12:00:00.000000000Z from 192.0.2.9): samples[3].flow_records[0] sampled_header (0:1) at byte 448: header claims 400 bytes, 56 left\n',
    )
    assert.equal(code, 3)
  })

  const formats = ['table', 'ndjson', 'json', 'csv', 'line'] as const
  for (const format of formats) {
    test(`a bad record as ${format}: the same issue, told once`, () => {
      const file = captureFile([{ datagram: oneBadOfSeven() }])
      const { stderr, code } = sonde(['decode', file, '-q', '-f', format])
      assert.equal(stderr.match(/header claims 400 bytes/g)?.length, 1)
      assert.equal(code, 3)
    })
  }

  test('like issues are counted after three; --verbose tells each', () => {
    const file = captureFile(Array.from({ length: 10 }, (_, i) => ({ datagram: oneBadOfSeven(), sec: NOON + i })))
    const { stderr, code } = sonde(['decode', file])
    const lines = stderr.split('\n')
    assert.equal(lines.length, 3 + 1 + 1)
    assert.match(lines[3]!, /^7 more of the kind "[^"]+" \(--verbose tells each\)\.$/)
    assert.equal(code, 3)
    const verbose = sonde(['decode', file, '-v']).stderr
    assert.equal(verbose.match(/header claims 400 bytes/g)?.length, 10)
  })

  test('a cut file: all before the cut, the place of the cut, valid json', () => {
    const whole = captureBytes(threeDatagrams)
    const cut = temporaryFile(whole.subarray(0, whole.length - 20))
    const { stdout, stderr, code } = sonde(['decode', cut, '-f', 'json'])
    assert.equal((JSON.parse(stdout) as unknown[]).length, 3)
    assert.match(stderr, /^\S+ at byte \d+: the file ends after \d+ of the \d+ bytes of a packet\n$/)
    assert.equal(code, 3)
    const packed = gzipSync(whole)
    const unpacked = sonde(['decode', temporaryFile(packed.subarray(0, packed.length - 30)), '-f', 'json'])
    assert.ok(Array.isArray(JSON.parse(unpacked.stdout)))
    assert.match(unpacked.stderr, /before the end of its gzip stream/)
    assert.equal(unpacked.code, 3)
  })

  test('datagrams that the capture cut', () => {
    const whole = captureBytes(threeDatagrams.slice(0, 1))
    const file = new Uint8Array(whole.subarray(0, whole.length - 40))
    new DataView(file.buffer).setUint32(24 + 8, file.length - 40, true)
    const { stderr, code } = sonde(['decode', temporaryFile(file)])
    assert.match(stderr, /: 1 datagram was cut by the capture's snaplen\.\n$/)
    assert.equal(code, 3)
  })

  test('a name that would act on a terminal is escaped', () => {
    const { stderr } = sonde([
      'decode',
      temporaryFile(captureBytes(threeDatagrams).subarray(0, 300), '\u001b[31m.pcap'),
    ])
    assert.ok(!stderr.includes('\u001b'))
    assert.match(stderr, /\\x1b\[31m\.pcap at byte /)
  })
})

interface Expected {
  readonly files: Record<string, unknown>
}

test('malformed captures: valid lines, an exit code of 0, 2 or 3, never a word of a mistake of ours', () => {
  const folder = sharedPath('captures/malformed')
  const expected = sharedJson<Expected>('captures/expected.json')
  if (folder === undefined || expected === undefined) return
  const files = readdirSync(folder).map((name) => join(folder, name))
  assert.ok(files.length >= 40)
  const { stdout, stderr, code } = sonde(['decode', ...files])
  for (const line of stdout.split('\n')) if (line !== '') JSON.parse(line)
  assert.equal(code, 3)
  assert.doesNotMatch(stderr, /mistake in sonde/)
  // Each of them that has no sFlow is named.
  for (const file of files) {
    const name = basename(file)
    if (/^(derived|gopacket|tcpdump-sflow)/.test(name)) continue
    assert.ok(stderr.includes(`packets in ${file} are sFlow`), name)
  }
})

test('shared captures: every line parses', () => {
  const folder = sharedPath('captures/sflow')
  if (folder === undefined) return
  for (const name of readdirSync(folder)) {
    const { stdout, code } = sonde(['decode', join(folder, name)], { cwd: repositoryRoot })
    assert.notEqual(stdout, '', name)
    for (const line of stdout.trimEnd().split('\n')) JSON.parse(line)
    assert.equal(code, name === 'tcpdump-multiple-counter-30-pdus.pcap' ? 3 : 0, name)
  }
})
