// `sonde top-flows` as a program: forms, windows, ends, what is told; numbers of captures whose flows are known.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { type CliResult, ended, shell, sonde, startShell, startSonde } from '../helpers/cli.ts'
import { OnePort, tenSeconds, tenSecondsFile } from '../helpers/flow-captures.ts'
import { freePort, listening, opened, sendAll } from '../helpers/listener.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { captureFile, NOON } from '../helpers/sflow-captures.ts'

interface Row {
  readonly start: string
  readonly kind: string
  readonly rank: number | null
  readonly keys: Readonly<Record<string, string | number | null>>
  readonly samples: number
  readonly bytes: number
  readonly frames: number
  readonly bits_per_s: number
  readonly share: number
  readonly error_pct: number | null
  readonly agg: string
  readonly matched: number
}

const rowsOf = ({ stdout }: CliResult) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
/** Kind, keys, bytes, frames of each row. */
const brief = (result: CliResult) =>
  rowsOf(result)
    .filter(({ kind }) => kind !== 'window')
    .map(({ kind, keys, bytes, frames }) => [kind, ...Object.values(keys), bytes, frames])

let file = ''
before(() => {
  file = tenSecondsFile()
})
const topFlows = (...args: readonly string[]) => sonde(['top-flows', file, '--scale', 'configured', ...args])

describe('numbers', () => {
  test('no flags: nothing is left out, MAC addresses where there is no IP; all of the file is one window', () => {
    const result = topFlows('-f', 'ndjson')
    assert.deepEqual(brief(result), [
      ['flow', '192.0.2.1', '198.51.100.1', 30_000_000, 20_000],
      ['flow', '192.0.2.2', '198.51.100.1', 6_000_000, 12_000],
      ['flow', '02000000000A', '0180C2000000', 512_000, 8000],
      ['other', null, null, 0, 0],
      ['no_key', null, null, 0, 0],
      ['total', null, null, 36_512_000, 40_000],
    ])
    assert.equal(result.code, 0)
    const window = rowsOf(result).at(-1)!
    assert.equal(window.kind, 'window')
    assert.equal(window.agg, 'sum')
    assert.equal(window.matched, 40)
  })

  test('keys that not all samples have: (no key) keeps the sum whole; --top: (other) does', () => {
    assert.deepEqual(brief(topFlows('-f', 'ndjson', '-k', 'ipsource,tcpdestinationport', '--top', '1')), [
      ['flow', '192.0.2.1', 443, 30_000_000, 20_000],
      ['other', null, null, 6_000_000, 12_000],
      ['no_key', null, null, 512_000, 8000],
      ['total', null, null, 36_512_000, 40_000],
    ])
  })

  test('no keys at all: one row', () => {
    assert.deepEqual(brief(topFlows('-f', 'ndjson', '-k', '')).slice(0, 1), [['flow', 36_512_000, 40_000]])
  })

  test('values: averages, extremes and distinct ones beside rates; the first ranks', () => {
    const result = topFlows('-f', 'ndjson', '-k', 'dst', '--value', 'frames,avg:framelength,max:framelength,count:src')
    const first = JSON.parse(result.stdout.split('\n')[0]!) as Record<string, number>
    assert.equal(first.frames, 32_000)
    // 20 of 1,500 and 12 of 500 bytes.
    assert.equal(first.avg_framelength, 1125)
    assert.equal(first.max_framelength, 1500)
    assert.equal(first.count_src, 2)
    // Of the samples alone: how many were not sampled is not known, so neither is an error.
    assert.equal(first.count_src_error_pct, null)
    assert.equal('bits_per_s' in first, false)
  })

  test('windows are aligned, and each adds up', () => {
    const rows = rowsOf(topFlows('-f', 'ndjson', '--window', '4s', '--filter', 'src=192.0.2.1'))
    const totals = rows.filter(({ kind }) => kind === 'total')
    assert.deepEqual(
      totals.map(({ start, frames }) => [start, frames]),
      [
        ['2026-05-01T12:00:00.000000000Z', 10_000],
        ['2026-05-01T12:00:04.000000000Z', 7000],
        ['2026-05-01T12:00:08.000000000Z', 3000],
      ],
    )
  })

  test('--since, --until and --agent cut the input', () => {
    const part = brief(topFlows('-f', 'ndjson', '--since', '+5s', '--until', '+7.5s', '--agent', '192.0.2.0/24'))
    assert.deepEqual(part.at(-1), ['total', null, null, 9_128_000, 10_000])
  })

  test('shares and rates', () => {
    const [first] = rowsOf(topFlows('-f', 'ndjson'))
    assert.equal(first!.share, Number((30 / 36.512).toFixed(6)))
    // From the first sample to the last: 9.75 s.
    assert.equal(first!.bits_per_s, Number(((30_000_000 * 8) / 9.75).toPrecision(12)))
  })

  test('--sampling-rate instead of what samples say', () => {
    const rows = brief(topFlows('-f', 'ndjson', '-k', '', '--sampling-rate', '192.0.2.9:3=2k'))
    assert.deepEqual(rows.at(-1), ['total', 73_024_000, 80_000])
  })

  test('the NDJSON of decode and of listen is input too: the same rows', () => {
    const direct = topFlows('-f', 'ndjson')
    const piped = shell(`sonde decode ${file} -f ndjson | sonde top-flows -i - --scale configured -f ndjson`)
    assert.equal(piped.stdout, direct.stdout)
    assert.equal(piped.code, 0)
  })

  test('aggMode edge of a flow definition without --topology is left out, and it is said', () => {
    const path = temporaryPath('edge.json')
    writeFileSync(path, JSON.stringify({ keys: 'ipsource', value: 'frames', aggMode: 'edge' }))
    const found = topFlows('-f', 'ndjson', '--flow', path)
    assert.equal(found.code, 0)
    assert.match(found.stderr, /its aggMode edge needs --topology, which is not there: it is left out\.$/m)
    assert.notEqual(rowsOf(found).at(-1)?.agg, 'edge')
    const asked = topFlows('-f', 'ndjson', '--flow', path, '--agg', 'edge')
    assert.match(asked.stderr, /--agg edge needs --topology/)
    assert.equal(asked.code, 2)
    writeFileSync(path, JSON.stringify({ keys: 'ipsource', value: 'frames', aggMode: 'core' }))
    assert.match(topFlows('-f', 'ndjson', '--flow', path).stderr, /its aggMode core needs --topology/)
    assert.match(topFlows('-f', 'ndjson', '--agg', 'core').stderr, /--agg core needs --topology/)
  })

  test('a flow definition of sFlow-RT', () => {
    const path = temporaryPath('flow.json')
    writeFileSync(
      path,
      JSON.stringify({ keys: 'ipsource,null:vlan:none', value: 'frames', filter: 'ipprotocol=6', n: 5, log: false }),
    )
    const rows = rowsOf(topFlows('-f', 'ndjson', '--flow', path))
    assert.deepEqual(
      rows.slice(0, 2).map(({ keys, frames }) => [keys, frames]),
      [
        [{ ipsource: '192.0.2.1', 'null:vlan:none': 'none' }, 20_000],
        [{ ipsource: '192.0.2.2', 'null:vlan:none': 'none' }, 12_000],
      ],
    )
  })
})

describe('forms', () => {
  test('table', () => {
    const { stdout } = topFlows('-f', 'table')
    assert.equal(
      stdout,
      [
        'ten-seconds.pcap · src,dst · 10 s · 40 samples · lost 0 % of datagrams · one switch'.replace(
          'ten-seconds.pcap',
          nameOf(file),
        ),
        '    BIT/S      ±               SHARE   PKT/S  SRC           DST',
        '────────────────────────────────────────────────────────────────────────',
        '24.6 Mb/s  +52 %  ████████▎     82 %  2.05 k  192.0.2.1     198.51.100.1',
        '4.92 Mb/s  +70 %  █▋            16 %  1.23 k  192.0.2.2     198.51.100.1',
        ' 420 kb/s  +91 %  ▏            1.4 %     821  02000000000A  0180C2000000',
        '30.0 Mb/s  +43 %               100 %  4.10 k  total',
        '',
      ].join('\n'),
    )
  })

  test('csv: a header line, a column a key, empty where unknown', () => {
    const lines = topFlows('-f', 'csv', '-k', 'src', '--value', 'frames', '--top', '1').stdout.split('\n')
    assert.equal(lines[0], 'start,end,kind,rank,src,samples,frames,frames_per_s,error_pct,share,low,high')
    assert.match(
      lines[1]!,
      /^2026-05-01T12:00:00\.000000000Z,2026-05-01T12:00:09\.750000000Z,flow,1,192\.0\.2\.1,20,20000,/,
    )
    assert.match(lines[2]!, /,other,,,20,20000,/)
    assert.match(lines[3]!, /,no_key,,,0,0,0,,0,,$/)
    assert.equal(lines.length, 6)
  })

  test('json: one array', () => {
    const rows = JSON.parse(topFlows('-f', 'json', '--window', '5s').stdout) as Row[]
    assert.equal(rows.filter(({ kind }) => kind === 'window').length, 2)
  })

  test('prometheus: what a scraper reads', () => {
    const { stdout } = topFlows('-f', 'prometheus', '-k', 'src', '--value', 'frames', '--window', '5s')
    assert.match(stdout, /^# HELP sonde_flow_frames_per_second /m)
    assert.match(stdout, /^sonde_flow_frames_per_second\{kind="flow",src="192\.0\.2\.1"\} 2000$/m)
    assert.match(stdout, /^sonde_flow_frames_per_second\{kind="no_key"\} 0$/m)
    // The first of two windows: the capture ends in the last one, so that it is partial.
    assert.match(stdout, /^sonde_flow_window_seconds 5$/m)
    const windows = rowsOf(topFlows('-f', 'ndjson', '--window', '5s')).filter(({ kind }) => kind === 'window')
    assert.deepEqual(
      windows.map((one) => (one as unknown as { partial: boolean }).partial),
      [false, true],
    )
    assert.match(topFlows('-f', 'table', '--window', '5s').stdout, / · partial: 4\.75 s · \d+ samples · /)
  })

  test('recipes', () => {
    const { stdout, code } = sonde(['top-flows', '--recipe', 'list', '-f', 'ndjson'])
    const names = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string }).name)
    assert.deepEqual(names, [
      'talkers',
      'ports',
      'protocols',
      'vlans',
      'macs',
      'as',
      'tunnels',
      'roce',
      'qp',
      'ecn',
      'dscp',
      'queues',
      'interfaces',
    ])
    assert.equal(code, 0)
    const services = rowsOf(topFlows('-f', 'ndjson', '-r', 'ports', '--filter', 'src=192.0.2.0/30'))
    assert.deepEqual(
      services.slice(0, 2).map(({ keys, frames }) => [keys, frames]),
      [
        [{ proto: 6, service: 443 }, 20_000],
        [{ proto: 6, service: 53 }, 12_000],
      ],
    )
  })
})

describe('what is told', () => {
  test('a filter that nothing matches', () => {
    const { stdout, stderr, code } = topFlows('-f', 'table', '--filter', 'ipprotocol=17')
    assert.equal(stdout, '')
    assert.match(stderr, /^Nothing matched --filter 'ipprotocol=17': 40 flow samples were looked at\.$/m)
    assert.equal(code, 0)
  })

  test('--dropped without a discard', () => {
    assert.match(topFlows('-f', 'table', '--dropped').stderr, /^No drops: 40 flow samples came, and no notification/m)
  })

  test('a pool that is no measurement, and a rate that is off by more than 20 %', () => {
    assert.match(topFlows('-f', 'csv').stderr, /^The sample pool of 1 data source is just rate × samples/m)
    const port = new OnePort()
    const sent = Array.from({ length: 300 }, (_, i) => ({
      datagram: port.next({ from: 1, to: 2, length: 100 }, { sample_pool: 1500 * i + (i % 3) }),
      sec: NOON + i,
    }))
    const { stderr, stdout } = sonde(['top-flows', captureFile(sent), '-f', 'ndjson', '-k', ''])
    assert.match(
      stderr,
      /^The sampling rate of 1 data source is more than 20 % off the configured one: 192\.0\.2\.9 0:3 1 in 1,500, not 1,000\./m,
    )
    const window = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { doubtful_sources: object[] }
    assert.deepEqual(
      window.doubtful_sources.map((source) => ({ ...source, effective_rate: 1500 })),
      [
        {
          kind: 'rate_off',
          agent: '192.0.2.9',
          data_source: '0:3',
          samples: 300,
          configured_rate: 1000,
          effective_rate: 1500,
        },
      ],
    )
  })

  const link = (port: string) => ({ l1: { node1: 'spine1', port1: port, node2: 'leaf1', port2: port } })
  const misfits: readonly (readonly [string, object, readonly string[], string, RegExp])[] = [
    [
      'no agent is a node',
      link('swp1'),
      [],
      'max',
      /^The topology does not fit: none of the 5 agents is in it, .*\. Counted is by busiest switch instead/m,
    ],
    [
      '--agg edge all the same',
      link('swp1'),
      ['--agg', 'edge'],
      'edge',
      /^The topology does not fit: .*\. Numbers are wrong\.$/m,
    ],
  ]
  for (const [what, links, args, agg, told] of misfits) {
    test(`a topology that does not fit is told: ${what}`, () => {
      const path = temporaryPath('topology.json')
      writeFileSync(path, JSON.stringify({ links }))
      const { stdout, stderr } = sonde([
        'top-flows',
        'fixtures/fabric.pcap',
        '--topology',
        path,
        '-f',
        'ndjson',
        ...args,
      ])
      const window = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>
      assert.deepEqual(
        [window.agg, window.topology_fits, window.agents_not_in_topology, window.samples_not_in_topology],
        [agg, false, 5, 436],
      )
      assert.match(stderr, told)
    })
  }

  test('more flows than --max-flows: by how much in the unit of the column, and that (other) is more than are counted', () => {
    const { stdout, stderr } = sonde([
      'top-flows',
      'fixtures/fabric.pcap',
      '--max-flows',
      '4',
      '--top',
      '3',
      '-f',
      'table',
    ])
    assert.match(stderr, /has at most [\d,]+ bit\/s at a data source, .*; ± is without that\.$/m)
    assert.match(stdout, /\(other: ≥1\)$/m)
    const packets = sonde(['top-flows', 'fixtures/fabric.pcap', '--max-flows', '4', '--value', 'frames', '-f', 'csv'])
    assert.match(packets.stderr, /has at most [\d,]+ frames\/s at a data source/)
  })

  test('keys that change from switch to switch are told where the busiest switch counts', () => {
    const told = (...args: readonly string[]) =>
      sonde(['top-flows', 'fixtures/fabric.pcap', '-f', 'csv', ...args]).stderr
    assert.match(
      told('-r', 'macs'),
      /^macsource, macdestination may change from switch to switch: .* several times in the total\./m,
    )
    for (const args of [
      ['-r', 'talkers'],
      ['-r', 'interfaces'],
      ['-r', 'macs', '--by', 'agent'],
    ]) {
      assert.doesNotMatch(told(...args), /from switch to switch/)
    }
  })

  test('a topology without some of the agents: how many samples that leaves out', () => {
    const { stderr, stdout } = sonde([
      'top-flows',
      'fixtures/fabric.pcap',
      '--topology',
      'fixtures/fabric.topology.json',
      '-f',
      'ndjson',
    ])
    assert.match(stderr, /^1 of 5 agents is not in the topology: 14 samples of theirs are not counted\.$/m)
    assert.equal((JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>).topology_fits, true)
  })

  test('--fail-if: exit code 4, and which one and why', () => {
    const { code, stderr } = topFlows('-f', 'csv', '--fail-if', 'rows[0].share > 50 %', '--fail-if', 'lost > 0')
    assert.equal(code, 4)
    assert.match(stderr, /^--fail-if 'rows\[0\]\.share > 50 %' is true: rows\[0\]\.share is 82\.\d+ %\.$/m)
    assert.doesNotMatch(stderr, /lost/)
    assert.equal(topFlows('-f', 'csv', '--fail-if', 'rows[5].share = null & no_key.samples = 0').code, 4)
    assert.equal(topFlows('-f', 'csv', '--fail-if', 'rows[0].share > 90 %').code, 0)
  })

  test('the heading of a function is what was written, of a name capitals', () => {
    const args = [
      'fixtures/fabric.pcap',
      '-k',
      'mask:ipsource:24,dst',
      '--value',
      'count:src,bytes',
      '-f',
      'table',
      '-q',
    ]
    const { stdout } = sonde(['top-flows', ...args])
    assert.match(stdout, /^count:src +± +BIT\/S +mask:ipsource:24 +DST$/m)
  })

  const without: readonly (readonly [string, readonly string[], string, string])[] = [
    ['top-flows', ['fixtures/counters-host.pcap'], 'samples = 0', 'samples is 0'],
    ['ports', ['fixtures/fabric.pcap', '--agent', '203.0.113.9'], 'ports < 1', 'ports is 0'],
    ['path', ['fixtures/fabric.pcap', '--agent', '203.0.113.9'], 'packets = 0', 'packets is 0'],
  ]
  for (const [command, args, condition, why] of without) {
    test(`--fail-if of ${command} where there is no window: counts are 0`, () => {
      const { code, stderr } = sonde([command, ...args, '-f', 'csv', '-q', '--fail-if', condition])
      assert.equal(stderr, `--fail-if '${condition}' is true: ${why}.\n`)
      assert.equal(code, 4)
    })
  }

  test('--fail-if in several windows: told once with its window, then how often', () => {
    const { code, stderr } = topFlows('-f', 'csv', '--window', '2s', '--fail-if', 'total.frames < 9k', '--utc')
    assert.equal(code, 4)
    assert.match(
      stderr,
      /^--fail-if 'total\.frames < 9k' is true of .*12:00:00Z? to .*12:00:02Z?: total\.frames is 8000\.$/m,
    )
    assert.match(stderr, /^--fail-if 'total\.frames < 9k' was true in 5 windows\.$/m)
  })

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a key', ['-k', 'src,dsr'], /^--keys is wrong: "dsr" is no attribute\..*\n {2}src,dsr\n {6}\^\^\^$/m],
    ['a name in --fail-if', ['--fail-if', 'rows[0].shar > 1'], /Did you mean rows\[0\]\.share\?/],
    ['a recipe', ['-r', 'talker'], /Did you mean talkers\?/],
    ['a rate', ['--sampling-rate', '192.0.2.9'], /^--sampling-rate "192\.0\.2\.9" is not understood/],
    ['edge without a topology', ['--agg', 'edge'], /^--agg edge needs --topology/],
    ['smoothed windows', ['--smooth', '2s', '--window', '5s'], /^--smooth and --window can't go together/],
    ['no value', ['--value', ''], /^--value is wrong: a value is needed, such as bytes,frames\.$/m],
    ['no condition', ['--fail-if', ' '], /needed a name, such as rows\[0\]\.samples$/m],
    ['a value twice', ['--value', 'bytes,frames,bytes'], /^--value has bytes twice\.$/m],
    ['two questions', ['-r', 'roce', '--flow', 'x.json'], /x\.json/],
    ['a mixture', ['-i', 'udp://:0'], /^Recorded and live input can not be mixed/],
    ['no file', ['-i', 'nothing.pcap'], /^There is no file 'nothing\.pcap'/],
  ]
  for (const [what, args, message] of wrong) {
    test(`wrong: ${what}`, () => {
      const { code, stderr } = topFlows('-f', 'csv', ...args)
      assert.equal(code, 2)
      assert.match(stderr, message)
    })
  }

  test('a damaged file: what is whole is counted, exit code 3', () => {
    const { code, stdout } = sonde(['top-flows', 'fixtures/bad-sample-length.pcap', '-f', 'ndjson'])
    assert.equal(code, 3)
    assert.equal(rowsOf({ stdout, stderr: '', code }).at(-1)!.kind, 'window')
  })
})

describe('live', () => {
  const args = ['-f', 'ndjson', '--window', '1s', '--lateness', '100ms', '--scale', 'configured', '-k', 'src']
  const sum = (rows: readonly Row[], kind: string) =>
    rows.filter((row) => row.kind === kind).reduce((all, { frames }) => all + frames, 0)

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal}: the last window is printed, exit code 0`, () =>
      listening(
        args,
        async (listener) => {
          await sendAll(
            tenSeconds().map((one) => one.datagram),
            listener.port,
          )
          await listener.read()
          const result = await listener.stop(signal)
          const rows = rowsOf(result)
          assert.equal(sum(rows, 'flow'), 40_000)
          assert.equal(sum(rows, 'total'), 40_000)
          assert.equal(result.code, 0)
          assert.match(result.stderr, /^40 datagrams, 40 samples\.$/m)
        },
        { command: 'top-flows' },
      ))
  }

  test('windows end by the clock where nothing comes any more', () =>
    listening(
      args,
      async (listener) => {
        await sendAll([tenSeconds()[0]!.datagram], listener.port)
        // A flow, other, no key, total and the window.
        await listener.printed(5)
        assert.deepEqual(
          rowsOf({ stdout: listener.stdout, stderr: '', code: 0 }).map(({ kind }) => kind),
          ['flow', 'other', 'no_key', 'total', 'window'],
        )
      },
      { command: 'top-flows' },
    ))

  test('nothing comes: what to check; json is whole all the same', () =>
    listening(
      ['-f', 'json', '--duration', '300ms'],
      async (listener) => {
        const { stdout, stderr, code } = await listener.end()
        assert.deepEqual(JSON.parse(stdout), [])
        assert.match(stderr, /^Nothing came to udp:\/\/127\.0\.0\.1:\d+\. Check /m)
        assert.equal(code, 0)
      },
      { command: 'top-flows' },
    ))

  test('nothing comes: --fail-if is asked all the same, of a run in which all is 0', () =>
    listening(
      ['-f', 'csv', '--duration', '300ms', '--fail-if', 'total.bits_per_s < 1', '--fail-if', 'total.samples > 0'],
      async (listener) => {
        const { stderr, code } = await listener.end()
        assert.equal(code, 4)
        assert.match(stderr, /^--fail-if 'total\.bits_per_s < 1' is true: total\.bits_per_s is 0\.$/m)
        assert.doesNotMatch(stderr, /samples > 0/)
      },
      { command: 'top-flows' },
    ))

  test('behind a listener in a pipe: the same flows as of the capture', async () => {
    const port = await freePort()
    const child = startShell(
      `sonde listen -i udp://127.0.0.1:${port} --limit 40 -f ndjson -q | sonde top-flows -i - --scale configured -f ndjson`,
    )
    const result = ended(child)
    await opened(port)
    await sendAll(
      tenSeconds().map((one) => one.datagram),
      port,
    )
    assert.deepEqual(brief(await result), brief(topFlows('-f', 'ndjson')))
  })

  test('in a pipe that falls silent windows end by the clock', async () => {
    const child = startSonde(['top-flows', '-i', '-', ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    const now = Math.floor(Date.now() / 1000)
    const port = new OnePort()
    // Two, since the last one may not be whole yet.
    const sent = [1, 2].map((from) => ({ datagram: port.next({ from, to: 1, length: 100 }), sec: now }))
    const { stdout } = sonde(['decode', captureFile(sent), '-f', 'ndjson'])
    child.stdin!.write(stdout)
    let text = ''
    for await (const bytes of child.stdout!) {
      text += bytes
      if (text.includes('"window"')) break
    }
    child.kill('SIGKILL')
    assert.deepEqual(
      rowsOf({ stdout: text, stderr: '', code: 0 }).map(({ kind }) => kind),
      ['flow', 'other', 'no_key', 'total', 'window'],
    )
  })

  test('a reader that leaves is a normal end', async () => {
    const child = startShell(`sonde top-flows ${file} -f ndjson --window 1s | head -n 1`)
    const { stdout, stderr, code } = await ended(child)
    assert.equal(stdout.split('\n').length, 2)
    assert.doesNotMatch(stderr, /EPIPE|Error/)
    assert.equal(code, 0)
  })
})

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
