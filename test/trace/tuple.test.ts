import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tuple } from '../../src/lib/trace/step.ts'
import { formatTuple, TupleReader } from '../../src/lib/trace/tuple.ts'

interface Case {
  readonly name: string
  readonly hex: string
  readonly beginsAt: 'link' | 'network'
  readonly ethertype?: number
  readonly want: string | undefined
  /** Where it differs. */
  readonly withFlags?: string
}

const ETH4 = '020000000002' + '020000000001' + '0800'
const IP_TCP = '45000028000140004006266d' + '0a000001' + '0a000002'
const TCP_SYN_ACK = '981401bb' + '00000001' + '00000002' + '5012faf0' + '00000000'
const IP_UDP = '45000020000100004011a66e' + 'c0000201' + 'c6336402'

const cases: readonly Case[] = [
  {
    name: 'TCP in Ethernet',
    hex: ETH4 + IP_TCP + TCP_SYN_ACK,
    beginsAt: 'link',
    want: '10.0.0.1:38932->10.0.0.2:443(tcp)',
    withFlags: '10.0.0.1:38932->10.0.0.2:443(tcp:SYN,ACK)',
  },
  {
    name: 'TCP in Ethernet with a VLAN tag',
    hex: `020000000002020000000001${'8100'}0064${'0800'}${IP_TCP}${TCP_SYN_ACK}`,
    beginsAt: 'link',
    want: '10.0.0.1:38932->10.0.0.2:443(tcp)',
    withFlags: '10.0.0.1:38932->10.0.0.2:443(tcp:SYN,ACK)',
  },
  {
    name: 'UDP from its network header on, skb->protocol not set yet',
    hex: `${IP_UDP}0035c000000c0000deadbeef`,
    beginsAt: 'network',
    ethertype: 0,
    want: '192.0.2.1:53->198.51.100.2:49152(udp)',
  },
  {
    name: 'ICMP echo request',
    hex: `45000054000140004001${'2656'}0a0000010a000002${'0800'}0000${'00010001'}0000000000000000`,
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '10.0.0.1->10.0.0.2(icmp echo request)',
  },
  {
    name: 'ICMP port unreachable is of the error, not of what it quotes',
    hex: `45c00038000100004001${'0000'}0a0000020a000001${'0303'}000000000000${IP_UDP}0035c000000c0000`,
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '10.0.0.2->10.0.0.1(icmp port unreachable)',
  },
  {
    name: 'an ICMP type without a name',
    hex: '4500001c000100004001000000000000ffffffff2a00000000000000',
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '0.0.0.0->255.255.255.255(icmp type 42)',
  },
  {
    name: 'IPv6 with ports in brackets',
    hex: `6000000000081140${'20010db8000000000000000000000001'}${'ff0200000000000000000000000000fb'}14e914e900080000`,
    beginsAt: 'network',
    ethertype: 0x86dd,
    want: '[2001:db8::1]:5353->[ff02::fb]:5353(udp)',
  },
  {
    name: 'ICMPv6 behind a hop-by-hop header',
    hex: `6000000000240001${'fe800000000000000000000000000001'}${'ff020000000000000000000000000016'}3a00050200000100${'8f00000000000001'}`,
    beginsAt: 'network',
    ethertype: 0x86dd,
    want: 'fe80::1->ff02::16(icmp6 listener report)',
  },
  {
    name: 'a later fragment has no ports',
    hex: `4500002800012001${'4011'}0000${'0a0000010a000002'}${'ffffffffffffffffffffffffffffffffffffffff'}`,
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '10.0.0.1->10.0.0.2(udp)',
  },
  {
    name: 'TCP cut behind its ports',
    hex: `${IP_TCP}981401bb`,
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '10.0.0.1:38932->10.0.0.2:443(tcp)',
  },
  {
    name: 'IPv4 whose total length is not written yet',
    hex: `45000000000140004006${'0000'}0a0000010a000002${TCP_SYN_ACK}`,
    beginsAt: 'network',
    ethertype: 0,
    want: '10.0.0.1:38932->10.0.0.2:443(tcp)',
    withFlags: '10.0.0.1:38932->10.0.0.2:443(tcp:SYN,ACK)',
  },
  {
    name: 'a protocol without a name is its number',
    hex: '450000140001000040fd00000a0000010a000002',
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '10.0.0.1->10.0.0.2(253)',
  },
  {
    name: 'the outer header of a tunnel',
    hex: `4500003c000140004004${'0000'}c0000201c6336402${IP_TCP}${TCP_SYN_ACK}`,
    beginsAt: 'network',
    ethertype: 0x0800,
    want: '192.0.2.1->198.51.100.2(ipip)',
  },
  {
    name: 'ARP in Ethernet',
    hex: 'ffffffffffff02000000000108060001080006040001' + '0200000000010a000001' + '0000000000000a000002',
    beginsAt: 'link',
    want: '10.0.0.1->10.0.0.2(arp request)',
  },
  {
    name: 'ARP from its network header on',
    hex: '0001080006040002' + '0200000000010a000001' + '0200000000020a000002',
    beginsAt: 'network',
    ethertype: 0x0806,
    want: '10.0.0.1->10.0.0.2(arp reply)',
  },
  { name: 'ARP cut', hex: '0001080006040002', beginsAt: 'network', ethertype: 0x0806, want: undefined },
  { name: 'nothing', hex: '', beginsAt: 'network', ethertype: 0x0800, want: undefined },
  { name: 'zeros', hex: '00'.repeat(64), beginsAt: 'network', ethertype: 0, want: undefined },
  {
    name: 'zeros where IPv4 is said to be',
    hex: '00'.repeat(64),
    beginsAt: 'network',
    ethertype: 0x0800,
    want: undefined,
  },
  {
    name: 'IPv4 cut in its addresses',
    hex: IP_TCP.slice(0, 30),
    beginsAt: 'network',
    ethertype: 0x0800,
    want: undefined,
  },
  {
    name: 'a frame of another protocol',
    hex: `ffffffffffff02000000000188cc${'00'.repeat(32)}`,
    beginsAt: 'link',
    want: undefined,
  },
]

/** The packet somewhere in a larger piece of memory, as the ring has it. */
function read({ hex, beginsAt, ethertype = 0x0800 }: Case, reader: TupleReader): Tuple | undefined {
  const packet = Buffer.from(hex, 'hex')
  const memory = new Uint8Array(packet.length + 300).fill(0x45)
  memory.set(packet, 107)
  return reader.read(memory.subarray(100), 7, packet.length, beginsAt, ethertype)
}

test('tuples by the outermost header', () => {
  const reader = new TupleReader()
  for (const each of cases) {
    const tuple = read(each, reader)
    assert.equal(tuple && formatTuple(tuple, false), each.want, each.name)
    assert.equal(tuple && formatTuple(tuple, true), each.withFlags ?? each.want, `${each.name}, with flags`)
  }
})

test('no bytes of a packet are anything but a tuple or none', () => {
  const reader = new TupleReader()
  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return seed >>> 16
  }
  for (let i = 0; i < 20_000; i++) {
    const length = random() % 129
    const bytes = Uint8Array.from({ length }, () => random())
    if (length > 14 && i % 2 === 0) bytes.set([0x08, 0x00, 0x45], 12)
    const tuple = reader.read(bytes, 0, length, i % 2 === 0 ? 'link' : 'network', [0, 0x0800, 0x86dd, 0x8847][i % 4]!)
    if (tuple !== undefined)
      assert.match(formatTuple(tuple, true), /^[[\]0-9a-f.:]+->[[\]0-9a-f.:]+\([a-z0-9 :,A-Z]+\)$/)
  }
})
