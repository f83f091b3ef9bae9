// `--filter` of decode and listen, with the files of its look-ups; `sonde help flows`.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { flowHelp } from '../../src/lib/expression/help.ts'
import { repositoryRoot, sonde } from '../helpers/cli.ts'
import { listening, sendAll } from '../helpers/listener.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { numbered } from '../helpers/sflow-captures.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', `${name}.pcap`)
const drops = fixture('drops-every-record')

function file(name: string, text: string): string {
  const path = temporaryPath(name)
  writeFileSync(path, text)
  return path
}

/** Reasons of the discards that pass. */
const reasons = (...args: readonly string[]) => sonde(['decode', drops, '-f', 'csv', '--fields', 'reason', ...args])

describe('decode', () => {
  for (const [filter, want] of [
    ['proto=17', ['no_buffer_space', 'acl']],
    ['proto=tcp', ['acl', 'blackhole_route']],
    ['suffix:stack:.:1=ibbt', ['no_buffer_space']],
    ['src=2001:db8::/32|icmptype!=null', ['acl', 'port_unreachable']],
    ['reason=acl&ip6source=null', ['acl']],
    ['reason~.*_.*&proto!=6', ['no_buffer_space', 'port_unreachable']],
  ] as const) {
    test(filter, () => {
      const { stdout, stderr, code } = reasons('--filter', filter)
      assert.deepEqual([stdout, stderr, code], [`reason\n${want.join('\n')}\n`, '', 0])
    })
  }

  test('counter samples have no packet, but what all samples have', () => {
    const types = (filter: string) =>
      sonde(['decode', fixture('counters-host'), '--filter', filter, '-f', 'csv', '--fields', 'sampletype']).stdout
    assert.equal(types('sampletype=counter'), 'sampletype\ncounter\ncounter\ncounter\n')
    assert.equal(types('ipprotocol=null&load_one!=null').split('\n')[1], 'counter')
    assert.equal(types('ipprotocol!=6'), 'sampletype\n')
  })

  test('it goes with --samples, --limit and every form', () => {
    assert.equal(reasons('--filter', 'proto=17', '--limit', '1').stdout, 'reason\nno_buffer_space\n')
    const objects = sonde(['decode', drops, '--filter', 'reason=acl', '-f', 'json']).stdout
    assert.equal((JSON.parse(objects) as unknown[]).length, 2)
    const whole = sonde(['decode', drops, '--filter', 'reason=acl', '-f', 'json', '--object', 'datagram']).stdout
    const samples = (JSON.parse(whole) as { samples: unknown[] }[]).flatMap((datagram) => datagram.samples)
    assert.equal(samples.length, 2)
    const summary = JSON.parse(sonde(['decode', drops, '--filter', 'reason=acl', '--summary']).stdout) as {
      samples: { count: number }[]
    }
    assert.equal(summary.samples[0]!.count, 2)
  })

  test('where nothing passes that is said', () => {
    const { stdout, stderr, code } = reasons('--filter', 'vlan=5')
    assert.equal(stdout, 'reason\n')
    assert.match(
      stderr,
      /^Nothing of .* was chosen: \d+ samples are left out by --filter\. --summary tells what is there\.\n$/,
    )
    assert.equal(code, 0)
  })

  test('groups, maps, vendors and a topology from files', () => {
    const groups = file('sites.json', '{"here":["198.51.100.0/24"],"there":["2001:db8::/32"]}')
    const several = file('several.json', '{"x":{"there":["2001:db8::/32"]}}')
    const maps = file('maps.json', '{"kinds":{"web":["80"],"rdma":["4791"]}}')
    const vendors = file('oui.txt', '00-00-5E   (hex)\t\tExample\n')
    assert.equal(reasons('--groups', `sites=${groups}`, '--filter', 'group:src:sites=there').stdout, 'reason\nacl\n')
    assert.equal(reasons('--groups', several, '--filter', 'group:src:x=there').stdout, 'reason\nacl\n')
    assert.equal(reasons('--map', maps, '--filter', 'map:dport:kinds=rdma').stdout, 'reason\nno_buffer_space\n')
    assert.equal(reasons('--oui', vendors, '--filter', 'oui:macsource:name!=Example').stdout, 'reason\n')
    const topology = file(
      'topology.json',
      '{"nodes":{"leaf1":{"agent":"192.0.2.21","ports":{"swp3":{"ifindex":"3"}}}},"links":{}}',
    )
    const filter = 'node:inputifindex=leaf1&ifname:inputifindex=swp3&link:inputifindex=null'
    assert.equal(reasons('--topology', topology, '--filter', filter).stdout, reasons().stdout)
  })

  test('a wrong filter: exit code 2, place and help', () => {
    const { stdout, stderr, code } = reasons('--filter', 'ipprotcol=6')
    assert.equal(stdout, '')
    assert.equal(
      stderr,
      [
        '--filter is wrong: "ipprotcol" is no attribute. Did you mean ipprotocol?',
        '  ipprotcol=6',
        '  ^^^^^^^^^',
        '  sonde help flows shows how keys, values and filters are written.',
        '',
      ].join('\n'),
    )
    assert.equal(code, 2)
    assert.equal(reasons('--filter', 'group:src:x=y').code, 2)
    assert.equal(reasons('--filter', 'vlan=1', '--groups', '/nowhere.json').code, 2)
  })
})

describe('listen', () => {
  test('only what passes is printed, all is counted', () =>
    listening(['-f', 'csv', '--fields', 'dport', '--filter', 'dport=443'], async (listener) => {
      await sendAll([numbered(1), numbered(2)], listener.port)
      await listener.printed(3)
      const { stdout, stderr } = await listener.stop()
      assert.equal(stdout, 'dport\n443\n443\n')
      assert.match(stderr, /2 datagrams/)
    }))

  test('what does not pass is not', () =>
    listening(['-f', 'csv', '--fields', 'dport', '--filter', 'dport=80'], async (listener) => {
      await sendAll([numbered(1), numbered(2)], listener.port)
      await listener.read()
      const { stdout, stderr } = await listener.stop()
      assert.equal(stdout, 'dport\n')
      assert.match(stderr, /2 datagrams/)
    }))

  test('a wrong one is told before anything is received, with threads too', () => {
    for (const workers of ['1', '2']) {
      const { stderr, code } = sonde(['listen', '-i', 'udp://127.0.0.1:0', '--workers', workers, '--filter', 'vlan<5'])
      assert.match(stderr, /^--filter is wrong: there is no <: write range:vlan:FROM:TO=true\.\n {2}vlan<5\n {6}\^\n/)
      assert.equal(code, 2)
    }
  })
})

test('sonde help flows', () => {
  const { stdout, stderr, code } = sonde(['help', 'flows'])
  assert.deepEqual([stdout, stderr, code], [`${flowHelp().trimEnd()}\n`, '', 0])
  assert.match(sonde(['help']).stdout, /^sonde help flows teaches/m)
})
