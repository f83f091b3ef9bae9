// `sonde decode FILES EXPRESSION -f pcap` against tcpdump: the headers of all samples as a capture, filtered by tcpdump, are the
// packets that sonde chose, in the same order and byte for byte.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedPath } from '../helpers/shared.ts'

const skip = spawnSync('tcpdump', ['--version']).error ? 'the program `tcpdump` is not there' : false

const expressions = [
  'ip',
  'ip6',
  'arp',
  'tcp',
  'udp',
  'icmp or icmp6',
  'tcp port 443 or tcp port 80',
  'port 53',
  'portrange 1-1023',
  'src portrange 1024-65535 and dst port 80',
  'net 10.0.0.0/8 or net 198.51.100.0/24',
  'src net 198.51.100.0/24 and udp dst port 4791',
  'ip6 net 2001:db8::/32',
  'vlan',
  'vlan and ip',
  'not tcp and not udp',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'ip[6:2] & 0x1fff != 0',
  'greater 1000',
  'len < 100',
  'ip[8] > 63 and ip[2:2] > 60',
  'ether multicast',
  'udp[8:4] & 0xff000000 != 0',
  'tcp[((tcp[12:1] & 0xf0) >> 2):1] != 0',
]

function packetsOf(file: string): string[] {
  const bytes = readFileSync(file)
  const packets: string[] = []
  for (let at = 24; at < bytes.length; ) {
    const end = at + 16 + bytes.readUInt32LE(at + 8)
    packets.push(bytes.toString('hex', at, end))
    at = end
  }
  return packets
}

function compare(files: readonly string[]): { packets: number; chosen: number } {
  const all = temporaryPath('all.pcap')
  sonde(['decode', ...files, '-f', 'pcap', '-o', all])
  let chosen = 0
  for (const expression of expressions) {
    const want = temporaryPath('want.pcap')
    const nano = '--time-stamp-precision=nano'
    const { status, stderr } = spawnSync('tcpdump', [nano, '-r', all, '-w', want, expression], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const found = temporaryPath('found.pcap')
    const run = sonde(['decode', ...files, expression, '-f', 'pcap', '-o', found])
    assert.ok(run.code === 0 || run.code === 3, run.stderr)
    assert.deepEqual(packetsOf(found), packetsOf(want), expression)
    chosen += packetsOf(found).length
  }
  return { packets: packetsOf(all).length, chosen }
}

test("the shipped fixtures' headers", { skip }, (t) => {
  const files = globSync(join(repositoryRoot, 'fixtures/*.pcap')).sort()
  const { packets, chosen } = compare(files)
  t.diagnostic(`${packets} packets, ${expressions.length} expressions, ${chosen} chosen`)
  assert.ok(packets > 400 && chosen > packets, `${packets} ${chosen}`)
})

test("the headers of others' captures", { skip }, (t) => {
  const folder = sharedPath('captures/sflow')
  if (folder === undefined) return t.skip('../shared is not there')
  const { packets, chosen } = compare(globSync(join(folder, '*.pcap')).sort())
  t.diagnostic(`${packets} packets, ${expressions.length} expressions, ${chosen} chosen`)
  assert.ok(packets > 1000 && chosen > packets, `${packets} ${chosen}`)
})
