import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ClassicProgram } from '../../src/lib/pcap-filter/classic.ts'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { fastFilter } from '../../src/lib/pcap-filter/fast.ts'
import { runFilter } from '../../src/lib/pcap-filter/run.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const frames = {
  // TCP 192.0.2.1:40000 > 198.51.100.2:443, SYN, TTL 64
  syn: hex(
    '00005e005301 00005e005302 0800' +
      '45000028 00010000 40060000 c0000201 c6336402' +
      '9c4001bb 00000001 00000000 50020200 00000000',
  ),
  // UDP 2001:db8::1:5353 > ff02::fb:5353
  udp6: hex(
    '3333000000fb 00005e005302 86dd' +
      '60000000 0008 11 ff 20010db8000000000000000000000001 ff0200000000000000000000000000fb' +
      '14e914e9 00080000',
  ),
  // ARP request of 192.0.2.1 for 192.0.2.2
  arp: hex('ffffffffffff 00005e005302 0806 0001080006040001 00005e005302c0000201 000000000000c0000202'),
  // VLAN 7, ICMP echo request 192.0.2.1 > 198.51.100.2
  vlan: hex('00005e005301 00005e005302 8100 0007 0800 4500001c 00010000 40010000 c0000201 c6336402 0800f7ff 00000000'),
  // MPLS label 16, last, then UDP 192.0.2.1:1000 > 198.51.100.2:53
  mpls: hex('00005e005301 00005e005302 8847 000101ff 4500001c 00010000 40110000 c0000201 c6336402 03e80035 00080000'),
  // A later fragment of UDP 192.0.2.1 > 198.51.100.2, whose bytes look like ports 53
  fragment: hex('00005e005301 00005e005302 0800 4500001c 00010001 40110000 c0000201 c6336402 00350035 00080000'),
  // PPPoE session 5, TCP to port 80
  pppoe: hex(
    '00005e005301 00005e005302 8864 1100 0005 002a 0021' +
      '45000028 00010000 40060000 c0000201 c6336402 9c400050 00000001 00000000 50100200 00000000',
  ),
  // Geneve, VNI 11, with one option of four bytes, an Ethernet frame with ARP
  geneve: hex(
    '00005e005301 00005e005302 0800 45000050 00010000 40110000 c0000201 c6336402' +
      '9c4017c1 003c0000 01006558 00000b00 00000000' +
      'ffffffffffff 00005e005304 0806 0001080006040001 00005e005304c0000203 000000000000c0000204',
  ),
  // IPv6 with hop-by-hop and destination options, then TCP
  chain: hex(
    '00005e005301 00005e005302 86dd 60000000 0024 00 40' +
      '20010db8000000000000000000000001 20010db8000000000000000000000002' +
      '3c00010400000000 0600010400000000 9c400050 00000001 00000000 50020200 00000000',
  ),
} as const

type Name = keyof typeof frames

function taken(program: ClassicProgram): Name[] {
  const fast = fastFilter(program)
  return (Object.keys(frames) as Name[]).filter((name) => {
    const bytes = frames[name]
    const wanted = runFilter(program, bytes, 0, bytes.length, bytes.length)
    assert.equal(fast(bytes, 0, bytes.length, bytes.length), wanted, name)
    return wanted > 0
  })
}

describe('filters on frames', () => {
  const cases: ReadonlyArray<readonly [filter: string, taken: readonly Name[]]> = [
    ['tcp', ['syn']],
    ['tcp port https', ['syn']],
    ['port 443 or 5353', ['syn', 'udp6']],
    ['src host 192.0.2.1', ['syn', 'arp', 'fragment', 'geneve']],
    ['ip src host 192.0.2.1', ['syn', 'fragment', 'geneve']],
    ['net 2001:db8::/32', ['udp6', 'chain']],
    ['dst net 198.51.100', ['syn', 'fragment', 'geneve']],
    ['udp port 53', []],
    ['ip proto \\udp', ['fragment', 'geneve']],
    ['ether broadcast', ['arp']],
    ['ether multicast', ['udp6', 'arp']],
    ['ether src 00:00:5e:00:53:02 and not ip', ['udp6', 'arp', 'vlan', 'mpls', 'pppoe', 'chain']],
    ['ip6 multicast', ['udp6']],
    ['vlan', ['vlan']],
    ['vlan 7 and icmp', ['vlan']],
    ['vlan 8', []],
    ['vlan and icmp[icmptype] = icmp-echo', ['vlan']],
    ['mpls 16 and udp dst port 53', ['mpls']],
    ['mpls and tcp', []],
    ['pppoes 5 and tcp dst port 80', ['pppoe']],
    ['pppoes 6', []],
    ['geneve 11 and arp', ['geneve']],
    ['geneve and ether src 00:00:5e:00:53:04', ['geneve']],
    ['geneve and arp src host 192.0.2.3', ['geneve']],
    ['geneve 12', []],
    ['ip6 protochain 6', ['chain']],
    ['ip6 protochain 60', ['chain']],
    ['ip6 protochain 58', []],
    ['tcp[tcpflags] & tcp-syn != 0', ['syn']],
    ['tcp[13] = 2 and ip[8] = 64', ['syn']],
    ['ip[2:2] - ((ip[0] & 0xf) << 2) = 20', ['syn']],
    ['ip[12:4] = 0xc0000201', ['syn', 'fragment', 'geneve']],
    ['ip[6:2] & 0x1fff != 0', ['fragment']],
    ['arp[6:2] = 1', ['arp']],
    ['len <= 42', ['arp', 'fragment']],
    ['ip[8] % 60 = 4 and ip[8] / 3 = 21 and ip[8] ^ 1 = 65', ['syn', 'fragment', 'geneve']],
    ['not (ip or ip6)', ['arp', 'vlan', 'mpls', 'pppoe']],
    ['ip[ip[0] & 0xf] = 1', ['syn', 'fragment', 'geneve']],
  ]
  for (const [filter, names] of cases) {
    it(filter, () => {
      assert.deepEqual(taken(compileFilter(filter, 1)), names)
    })
  }
})

describe('runFilter and fastFilter', () => {
  const program = (
    rows: ReadonlyArray<readonly [code: number, ifTrue: number, ifFalse: number, k: number]>,
  ): ClassicProgram => ({
    code: Uint16Array.from(rows, (row) => row[0]),
    ifTrue: Uint8Array.from(rows, (row) => row[1]),
    ifFalse: Uint8Array.from(rows, (row) => row[2]),
    k: Uint32Array.from(rows, (row) => row[3]),
  })
  const both = (of: ClassicProgram, bytes: Uint8Array, at: number, captured: number, length: number) => {
    const wanted = runFilter(of, bytes, at, captured, length)
    assert.equal(fastFilter(of)(bytes, at, captured, length), wanted)
    return wanted
  }
  const returnA = [0x16, 0, 0, 0] as const

  it('looks at the packet where it lies, and no further than it is captured', () => {
    const word = program([[0x20, 0, 0, 1], returnA])
    const bytes = hex('ff ff 00 f1 02 03 04 ff')
    assert.equal(both(word, bytes, 2, 5, 5), 0xf1020304)
    assert.equal(both(word, bytes, 2, 4, 5), 0)
    const half = program([[0x28, 0, 0, 0xffffffff], returnA])
    assert.equal(both(half, bytes, 2, 5, 5), 0)
  })

  it('numbers have 32 bits without sign', () => {
    const bytes = new Uint8Array(1)
    const results: ReadonlyArray<readonly [code: number, a: number, k: number, result: number]> = [
      [0x04, 0xffffffff, 2, 1],
      [0x14, 1, 2, 0xffffffff],
      [0x24, 0x10001, 0x10001, 0x20001],
      [0x34, 0xffffffff, 2, 0x7fffffff],
      [0x94, 0xffffffff, 10, 5],
      [0x54, 0xf0f0f0f0, 0xff000000, 0xf0000000],
      [0x44, 0x80000000, 1, 0x80000001],
      [0xa4, 0xffffffff, 1, 0xfffffffe],
      [0x64, 3, 31, 0x80000000],
      [0x74, 0x80000000, 31, 1],
      [0x84, 1, 0, 0xffffffff],
    ]
    for (const [code, a, k, result] of results) {
      assert.equal(both(program([[0x00, 0, 0, a], [code, 0, 0, k], returnA]), bytes, 0, 1, 1), result, `code ${code}`)
    }
  })

  it('division by a zero that the packet has rejects it', () => {
    for (const code of [0x3c, 0x9c]) {
      const divides = program([
        [0x30, 0, 0, 0],
        [0x07, 0, 0, 0],
        [0x00, 0, 0, 7],
        [code, 0, 0, 0],
        [0x06, 0, 0, 9],
      ])
      assert.equal(both(divides, hex('00'), 0, 1, 1), 0)
      assert.equal(both(divides, hex('02'), 0, 1, 1), 9)
    }
  })

  it('scratch memory is empty for each packet', () => {
    // Returns M[3], after which it holds 5.
    const kept = program([[0x61, 0, 0, 3], [0x00, 0, 0, 5], [0x02, 0, 0, 3], [0x87, 0, 0, 0], returnA])
    const bytes = new Uint8Array(1)
    assert.equal(both(kept, bytes, 0, 1, 1), 0)
    assert.equal(both(kept, bytes, 0, 1, 1), 0)
  })

  it('a program with very many targets is run as it is', () => {
    const hosts = Array.from({ length: 400 }, (_, i) => `10.0.${i >> 8}.${i & 255} or ip src host 192.0.2.1 and tcp`)
    const long = compileFilter(`src host ${hosts.join(' or src host ')}`, 1)
    assert.deepEqual(taken(long), ['syn'])
  })
})
