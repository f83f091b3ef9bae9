// A pcap-filter expression behind the files of `sonde decode` and the interfaces of `sonde sample`. Which packets pass is held
// against tcpdump in test/system/filter-tcpdump.test.ts.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { counters } from '../helpers/cards.ts'
import { binPath, cleanEnvironment, repositoryRoot, sonde } from '../helpers/cli.ts'
import { listening, sendAll } from '../helpers/listener.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { ifCounters, numbered } from '../helpers/sflow-captures.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', `${name}.pcap`)
const drops = fixture('drops-every-record')
const hostCounters = fixture('counters-host')

const reasons = (...args: readonly string[]) => sonde(['decode', drops, ...args, '-f', 'csv', '--fields', 'reason'])

describe('decode', () => {
  for (const [filter, want] of [
    [['udp'], ['no_buffer_space', 'acl']],
    [['udp', 'port', 'domain'], ['acl']],
    [['udp port 53 or tcp'], ['acl', 'acl', 'blackhole_route']],
    [['ip6'], ['acl']],
    [['(tcp)', 'and', 'not', 'ip6'], ['blackhole_route']],
    [['host', '198.51.100.17'], ['no_buffer_space']],
    [
      ['icmp[icmptype]', '=', '8', 'or', 'dst', 'net', '203.0.113.0/24'],
      ['acl', 'blackhole_route', 'port_unreachable'],
    ],
  ] as const) {
    test(filter.join(' '), () => {
      const { stdout, stderr, code } = reasons(...filter)
      assert.deepEqual([stdout, stderr, code], [`reason\n${want.join('\n')}\n`, '', 0])
    })
  }

  test('from stdin, and with files by --input', () => {
    const input = new Uint8Array(readFileSync(drops))
    const fields = ['-f', 'csv', '--fields', 'reason']
    assert.equal(sonde(['decode', '-', 'ip6', ...fields], { input }).stdout, 'reason\nacl\n')
    assert.equal(sonde(['decode', 'ip6', ...fields], { input }).stdout, 'reason\nacl\n')
    assert.equal(sonde(['decode', '-i', drops, 'ip6', ...fields]).stdout, 'reason\nacl\n')
  })

  test('with --filter both must hold; --limit and --samples go with it', () => {
    assert.equal(reasons('udp', '--filter', 'reason=acl').stdout, 'reason\nacl\n')
    assert.equal(reasons('udp', '--limit', '1').stdout, 'reason\nno_buffer_space\n')
    const { stdout, stderr, code } = reasons('tcp', '--filter', 'proto=17')
    assert.equal(stdout, 'reason\n')
    assert.match(stderr, /5 samples are left out by --filter and the filter 'tcp'\. --summary tells what is there\.\n$/)
    assert.equal(code, 0)
    assert.equal(reasons('tcp', '--samples', 'flow').stdout, 'reason\n')
  })

  test('every form of output', () => {
    const count = (...args: readonly string[]) => sonde(['decode', drops, 'tcp', ...args]).stdout
    assert.equal(count('-f', 'ndjson').trimEnd().split('\n').length, 2)
    assert.equal((JSON.parse(count('-f', 'json')) as unknown[]).length, 2)
    assert.equal((JSON.parse(count('--summary')) as { samples: { count: number }[] }).samples[0]!.count, 2)
    assert.match(count('-f', 'table'), /blackhole_route/)
    assert.doesNotMatch(count('-f', 'table'), /no_buffer_space/)
    const pcap = temporaryPath('tcp.pcap')
    sonde(['decode', drops, 'tcp', '-f', 'pcap', '--what', 'datagrams', '-o', pcap])
    assert.equal(
      sonde(['decode', pcap, 'tcp', '-f', 'csv', '--fields', 'reason']).stdout,
      'reason\nacl\nblackhole_route\n',
    )
  })

  test('samples without a packet header do not match, and that is told', () => {
    const { stdout, stderr, code } = sonde(['decode', hostCounters, 'not tcp', '-f', 'json'])
    assert.equal(stdout, '[]\n')
    assert.equal(
      stderr,
      "3 of 3 samples have no packet header: the filter 'not tcp' leaves them out.\n" +
        `Nothing of ${hostCounters} was chosen: 3 samples are left out by the filter 'not tcp'. --summary tells what is there.\n`,
    )
    assert.equal(code, 0)
    assert.equal(sonde(['decode', hostCounters, 'not tcp', '-q', '-f', 'json']).stderr, '')
  })

  test('what is neither a file nor a filter', () => {
    const { stdout, stderr, code } = sonde(['decode', 'captur.pcap'])
    assert.equal(stdout, '')
    assert.equal(code, 2)
    assert.match(stderr, /^There is no file 'captur\.pcap', and as a filter it is wrong: /)
    assert.match(stderr, /\n {2}captur\.pcap\n {2}\^{11}\n {2}Check the name; - reads from stdin\.\n/)
    const two = sonde(['decode', drops, 'tpc', 'port', '80'])
    assert.equal(two.code, 2)
    assert.match(two.stderr, /^There is no file 'tpc', and as a filter 'tpc port 80' it is wrong: /)
  })

  test('a wrong filter is shown with its place', () => {
    const { stderr, code } = sonde(['decode', drops, 'tcp', 'prt', '80'])
    assert.equal(code, 2)
    assert.match(stderr, /^the filter is wrong: 'prt' does not fit here; .*\n {2}tcp prt 80\n {6}\^\^\^\n/)
    const late = sonde(['decode', 'tcp', drops])
    assert.equal(late.code, 2)
    assert.match(late.stderr, /Files come before the filter, and '.*drops-every-record\.pcap' is one\.\n/)
  })

  test('a file with the name of a word of filters', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-filter-'))
    after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'udp'), readFileSync(drops))
    const inFolder = (...args: readonly string[]) =>
      spawnSync(process.execPath, [binPath, 'decode', ...args, '-f', 'csv', '--fields', 'reason'], {
        cwd: folder,
        encoding: 'utf8',
        env: cleanEnvironment(),
      })
    const { stderr, status } = inFolder('udp')
    assert.equal(status, 2)
    assert.equal(
      stderr,
      "'udp' is a file here, and a word that begins filters: either could be meant.\n  The file: ./udp\n  The filter: '(udp ...)', in parentheses.\n",
    )
    assert.equal(inFolder('./udp', '(udp)').stdout, 'reason\nno_buffer_space\nacl\n')
  })
})

describe('listen', () => {
  const fields = ['-f', 'csv', '--fields', 'dport']

  test('only what passes is printed, all is counted; with threads too', async () => {
    for (const workers of ['1', '2']) {
      await listening([...fields, '--workers', workers, 'tcp', 'dst', 'port', 'https'], async (listener) => {
        await sendAll([numbered(1), numbered(2)], listener.port)
        await listener.printed(3)
        const { stdout, stderr } = await listener.stop()
        assert.equal(stdout, 'dport\n443\n443\n')
        assert.match(stderr, /2 datagrams/)
      })
    }
  })

  test('what does not pass is not, and samples without a header are told', () =>
    listening([...fields, 'udp'], async (listener) => {
      await sendAll([numbered(1), numbered(2, counters(1, [ifCounters(1)]))], listener.port)
      await listener.read()
      const { stdout, stderr } = await listener.stop()
      assert.equal(stdout, 'dport\n')
      assert.match(stderr, /1 of \d samples has no packet header: the filter 'udp' leaves them out\./)
    }))

  test('a wrong one is told before anything is received; a file is none', () => {
    for (const workers of ['1', '2']) {
      const { stderr, code } = sonde(['listen', '-i', 'udp://127.0.0.1:0', '--workers', workers, 'tcp', 'prt', '5'])
      assert.match(stderr, /^the filter is wrong: 'prt' does not fit here/)
      assert.equal(code, 2)
    }
    assert.match(
      sonde(['listen', 'captur.pcap']).stderr,
      /^sonde listen receives at an address .*"captur\.pcap" is none/,
    )
  })
})

describe('sample, where nothing of the kernel is needed', () => {
  for (const { args, message } of [
    { args: ['port', 'https'], message: /^Which interfaces\? Give their names, or patterns of names\./ },
    { args: ['lo', 'port', 'httqs'], message: /^the filter is wrong: [\s\S]*\n {2}port httqs\n {7}\^{5}\n/ },
    {
      args: ['lo', 'tcp', '--to', '192.0.2.1'],
      message: /^The filter 'tcp' chooses what is printed; with --to alone nothing is\./,
    },
  ] as const) {
    test(`refused: sonde sample ${args.join(' ')}`, () => {
      const { code, stdout, stderr } = sonde(['sample', ...args])
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, message)
    })
  }
})
