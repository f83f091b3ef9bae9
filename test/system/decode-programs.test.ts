// `sonde decode` with the programs that people put around it: jq, python3, tshark, tcpdump; and on a small full disk.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { repositoryRoot, shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { captureFile, NOON, threeDatagrams } from '../helpers/sflow-captures.ts'
import { sharedPath } from '../helpers/shared.ts'

function missing(program: string, ...args: readonly string[]): string | false {
  return spawnSync(program, [...args]).error ? `the program \`${program}\` is not there` : false
}

const noJq = missing('jq', '--version')
const noPython = missing('python3', '--version')
const noTshark = missing('tshark', '--version')
const noTcpdump = missing('tcpdump', '--version')

const capture = captureFile(threeDatagrams)
const mixed = join(repositoryRoot, 'fixtures/line/mixed.pcap')
const fabric = join(repositoryRoot, 'fixtures/fabric.pcap')

/** All captures with sFlow in them, or made to have had some: those of ../shared, else the shipped ones. */
const captures = ['sflow', 'agents', 'malformed'].flatMap((folder) => {
  const path = sharedPath(`captures/${folder}`)
  const names = path === undefined ? [] : readdirSync(path).filter((name) => /\.pcap(ng)?$/.test(name))
  return names.map((name) => join(path!, name))
})
if (captures.length === 0) captures.push(mixed, join(repositoryRoot, 'fixtures/line/edges.pcap'))

test('jq reads every line of every capture', { skip: noJq }, (t) => {
  let lines = 0
  for (const file of captures) {
    const out = temporaryPath('out.ndjson')
    sonde(['decode', file, '-o', out])
    if (statSync(out, { throwIfNoEntry: false }) === undefined) continue
    const { stdout, status, stderr } = spawnSync('jq', ['-r', '[.time, .sample_type] | @tsv', out], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    assert.equal(status, 0, `${basename(file)}: ${stderr}`)
    const want = readFileSync(out, 'utf8').split('\n').length - 1
    assert.equal(stdout.split('\n').length - 1, want, basename(file))
    lines += want
  }
  t.diagnostic(`${lines} lines of ${captures.length} captures`)
  assert.ok(lines > 0)
})

const octetsOfPython = `
import json, sys
for line in sys.stdin:
    for record in json.loads(line).get("records", []):
        if record.get("name") == "if_counters" and "fields" in record:
            print(record["fields"]["ifInOctets"], record["fields"]["ifOutOctets"])
`

test('python3 reads 64-bit counters to the digit, as the full face decodes them', { skip: noPython }, async (t) => {
  let compared = 0
  for (const file of [capture, ...captures]) {
    const want: string[] = []
    try {
      const source = await openCapture(file)
      for await (const batch of source.batches()) {
        for (let i = 0; i < batch.count; i++) {
          const at = batch.offset[i]!
          const { datagram } = decodeDatagram(batch.bytes.slice(at, at + batch.length[i]!))
          for (const sample of datagram?.samples ?? []) {
            if (sample.kind !== 'counters') continue
            for (const record of sample.records) {
              if (record.tag !== 1 || !('fields' in record)) continue
              want.push(`${record.fields.ifInOctets} ${record.fields.ifOutOctets}`)
            }
          }
        }
      }
      await source.close()
    } catch {
      continue // no capture that can be opened: other tests say what is told of it
    }
    if (want.length === 0) continue
    const { stdout } = sonde(['decode', file, '--samples', 'counter'])
    const python = spawnSync('python3', ['-c', octetsOfPython], { input: stdout, encoding: 'utf8' })
    assert.equal(python.status, 0, python.stderr)
    assert.deepEqual(python.stdout.trimEnd().split('\n'), want, basename(file))
    compared += want.length
  }
  t.diagnostic(`${compared} records`)
  assert.ok(compared > 0)
})

test('json is one array for python3, also of a damaged file', { skip: noPython }, () => {
  const whole = readFileSync(mixed)
  for (const size of [whole.length, whole.length - 100, 5000, 100]) {
    const json = sonde(['decode', '-', '-f', 'json'], { input: whole.subarray(0, size) }).stdout
    const python = spawnSync('python3', ['-c', 'import json, sys; print(len(json.load(sys.stdin)))'], {
      input: json,
      encoding: 'utf8',
    })
    assert.equal(python.status, 0, python.stderr)
    assert.equal(Number(python.stdout), (JSON.parse(json) as unknown[]).length)
  }
})

/** Time, original length and captured length of each frame. */
function tsharkFrames(path: string): string[] {
  const { stdout, status, stderr } = spawnSync(
    'tshark',
    ['-r', path, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'frame.len', '-e', 'frame.cap_len'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  assert.equal(status, 0, stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

interface HeaderSample {
  readonly time: string
  readonly sample_type: string
  readonly records: readonly { readonly tag: string; readonly fields?: Readonly<Record<string, unknown>> }[]
}

/** What tshark must say, from NDJSON: the packet's own time where it is told, and the frame's length, of flow samples without what was stripped (C11). */
function framesOfNdjson(text: string, discards: boolean): string[] {
  const frames: string[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const { time, sample_type, records } = JSON.parse(line) as HeaderSample
    if ((sample_type === 'discarded_packet') !== discards) continue
    const stamp = /"nanoseconds":(\d+)/.exec(line)?.[1]
    const at = stamp ?? `${Date.parse(`${time.slice(0, 19)}Z`) / 1000}${time.slice(20, 29)}`
    for (const { tag, fields } of records) {
      if (tag !== '0:1' || fields?.header === undefined) continue
      const captured = String(fields.header).length / 2
      const stripped = discards ? 0 : Number(fields.stripped)
      const original = Math.max(captured, Number(fields.frame_length) - stripped)
      frames.push(`${at.slice(0, -9)}.${at.slice(-9)}\t${original}\t${captured}`)
    }
  }
  return frames
}

/** As deepEqual, whose list of differences takes minutes for lists of this length. */
function assertSameLines(found: readonly string[], want: readonly string[]): void {
  const at = want.findIndex((line, i) => line !== found[i])
  if (at >= 0) assert.equal(found[at], want[at], `line ${at + 1}`)
  assert.equal(found.length, want.length)
}

describe('tshark reads what --format pcap writes', { skip: noTshark }, () => {
  const write = (file: string, what: string): string => {
    const path = temporaryPath(`${what}.pcap`)
    const { stderr, code } = sonde(['decode', file, '-f', 'pcap', '--what', what, '-o', path])
    assert.equal(stderr, '')
    assert.equal(code, 0)
    return path
  }

  test('headers: nanoseconds, lengths on the wire', () => {
    assert.deepEqual(tsharkFrames(write(capture, 'headers')), [
      `${NOON}.123456789\t54\t54`,
      `${NOON + 1}.000000000\t54\t54`,
      `${NOON + 2}.000000000\t54\t54`,
    ])
  })

  const files = [mixed, ...captures.filter((x) => /(lab-rocev2|drops-dropmon-1)\.pcap$/.test(x))]
  for (const file of files) {
    test(`headers and discards of ${basename(file)}: as its NDJSON has them`, (t) => {
      const out = temporaryPath('all.ndjson')
      sonde(['decode', file, '-o', out])
      const text = readFileSync(out, 'utf8')
      const headers = framesOfNdjson(text, false)
      const discards = framesOfNdjson(text, true)
      for (const [what, want] of [['headers', headers] as const, ['discards', discards] as const]) {
        if (want.length > 0) assertSameLines(tsharkFrames(write(file, what)), want)
      }
      t.diagnostic(`${headers.length} headers, ${discards.length} discards`)
      assert.ok(headers.length + discards.length > 0)
    })

    test(`datagrams of ${basename(file)}: the same NDJSON again`, () => {
      const again = write(file, 'datagrams')
      const [one, two] = [file, again].map((path) => {
        const out = temporaryPath('out.ndjson')
        sonde(['decode', path, '-o', out])
        return readFileSync(out, 'utf8')
      })
      assert.ok(one === two, 'the NDJSON differs')
      const { datagrams } = JSON.parse(sonde(['decode', file, '--summary']).stdout) as { datagrams: number }
      assert.equal(tsharkFrames(again).length, datagrams)
    })
  }
})

test('the examples of --help with other programs', { skip: noJq || noTcpdump || noTshark }, () => {
  const { commands } = JSON.parse(readFileSync(join(repositoryRoot, 'oclif.manifest.json'), 'utf8')) as {
    commands: { decode: { examples: { command: string }[] } }
  }
  const [jq, tshark, tcpdump, ...none] = commands.decode.examples
    .map((x) => x.command.replaceAll('<%= config.bin %> <%= command.id %>', 'sonde decode'))
    .filter((x) => x.includes('|'))
  assert.deepEqual(none, [])
  assert.equal(jq, "sonde decode capture.pcap -f ndjson | jq -c '[.agent, .sample_type]'")
  const want = ['flow', 'flow', 'counters', 'flow']
    .map((kind) => `["192.0.2.9","${kind}_sample"]\n`)
    .concat('["192.0.2.9","discarded_packet"]\n')
    .join('')
  assert.equal(shell(jq.replace('capture.pcap', `'${capture}'`)).stdout, want)
  assert.equal(tshark, "sonde decode capture.pcap 'udp and (port 53 or port 853)' -f pcap | tshark -r -")
  // tcpdump chooses among all headers that there are.
  const headers = temporaryPath('headers.pcap')
  sonde(['decode', fabric, '-f', 'pcap', '-o', headers])
  const chosen = shell(`tcpdump -r '${headers}' -w - 'udp and (port 53 or port 4791)' 2>&- | tshark -r - 2>&-`).stdout
  const own = tshark
    .replace('capture.pcap', `'${fabric}'`)
    .replace('853', '4791')
    .replace('tshark -r -', 'tshark -r - 2>&-')
  const summaries = (text: string) => text.split('\n').map((line) => line.trim().split(/\s+/).slice(2).join(' '))
  assert.deepEqual(summaries(shell(own).stdout), summaries(chosen))
  assert.ok(chosen.split('\n').length > 1)
  assert.equal(tcpdump, 'tcpdump -i any -U -w - udp port 6343 | sonde decode -')
  // The same, from a file: capturing needs rights.
  const fromFile = tcpdump.replace('-i any', `--nano -r '${capture}'`)
  assert.equal(shell(`${fromFile} 2>&-`).stdout, sonde(['decode', capture]).stdout)
})

test('a small disk that fills up: what was written, and exit code 5', (t) => {
  const folder = temporaryPath('disk')
  mkdirSync(folder)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
  if (mounted.status !== 0) return t.skip('mounting a file system is not permitted')
  try {
    const path = join(folder, 'out.ndjson')
    const { stdout, stderr, code } = sonde(['decode', mixed, mixed, mixed, '-o', path])
    assert.equal(stdout, '')
    const size = statSync(path).size
    assert.equal(
      stderr,
      `Writing to '${path}' stopped after ${size} bytes: no space is left on the device.\n  Free some space, or write elsewhere with --output.\n`,
    )
    assert.ok(size > 0 && size <= 65_536, `${size} bytes`)
    assert.equal(code, 5)
  } finally {
    spawnSync('umount', [folder])
  }
})
