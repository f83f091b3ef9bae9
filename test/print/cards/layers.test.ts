import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CardFormat } from '../../../src/lib/print/cards/cards.ts'
import type { Card } from '../../../src/lib/print/cards/context.ts'
import { layerLine } from '../../../src/lib/print/cards/layers.ts'
import { CardText } from '../../../src/lib/print/cards/text.ts'
import { Walker } from '../../../src/lib/sflow/walker.ts'
import { openCapture } from '../../../src/lib/source/open.ts'
import { TextBuffer } from '../../../src/lib/wire/text.ts'
import { bytes, cardsOf, datagram, flow, header, lines, plain } from '../../helpers/cards.ts'
import { sharedPath } from '../../helpers/shared.ts'

const eth = '020000000202 020000000102'
const udp4 = `${eth} 0800 4500 0000 0000 4000 4011 0000 c0000201 c6336402`
const ip6 = (next: string): string =>
  `${eth} 86dd 60000000 0000 ${next} 40 20010db8 000000000000000000000001 20010db8 000000000000000000000002`

/** The lines of a header below the card's head and the Ethernet and IP lines; `skip` says how many. */
function below(hex: string, skip: number, frameLength?: number, protocol?: number): string[] {
  const packet = bytes(hex)
  const { text, issues } = cardsOf([datagram([flow([header(packet, frameLength, protocol)])])])
  assert.deepEqual(issues, [])
  return lines(text).slice(1 + skip)
}

test('where a header is cut: inside a layer, or just behind it', () => {
  const whole = `${eth} 8100 0005 0800 4500 0028 0000 4000 4006 0000 c0000201 c6336402 ${'00'.repeat(20)}`
  for (const [length, where] of [
    [10, 'inside eth'],
    [14, 'behind eth'],
    [16, 'inside vlan'],
    [18, 'behind vlan'],
    [37, 'inside ip'],
    [38, 'behind ip'],
    [57, 'inside tcp'],
  ] as const) {
    const last = below(whole.replaceAll(' ', '').slice(0, length * 2), 0, 1518).at(-1)
    assert.equal(last, `  frame     cut after ${length} of 1,518 bytes (4 stripped)  ${where}`)
  }
  assert.equal(below(`${eth} 0800`, 1)[0], '  frame     18 bytes (4 stripped), all here  ends behind eth')
  assert.equal(below('', 0, 1518)[0], '  frame     cut after 0 of 1,518 bytes (4 stripped)', 'a header of no bytes')
})

test('fragments start at a byte', () => {
  assert.deepEqual(below(`${eth} 0800 4500 0016 1234 00b9 4011 0000 c0000201 c6336402 0102`, 1), [
    '  ip        192.0.2.1 → 198.51.100.2  UDP  DSCP 0  ECN Not-ECT  TTL 64',
    '            fragment from byte 1,480, the last, id 4660',
    '  frame     40 bytes (4 stripped), all here  2 bytes of payload',
  ])
  assert.deepEqual(below(`${ip6('2c')} 11 00 05c9 00000042 01`, 2), [
    '  fragment  next 17 (UDP)  from byte 1,480, more follow  id 0x00000042',
    '  frame     67 bytes (4 stripped), all here  1 byte of payload',
  ])
})

test('what ends or fills a packet is no payload', () => {
  const roce = (length: string, opcodeAndFlags: string, rest: string): string =>
    `${eth} 0800 4500 ${length} 0000 4000 4011 0000 c0000201 c6336402 c000 12b7 0000 0000
     ${opcodeAndFlags} ffff 00 000123 00 000000 ${rest}`.replaceAll(/\s/g, '')
  const frame = (hex: string, frameLength?: number): string => below(hex, 0, frameLength).at(-1)!
  // Two bytes of payload, two of padding, the ICRC.
  assert.match(frame(roce('0030', '04 20', '0102 0000 aabbccdd')), /all here {2}2 bytes of payload$/)
  assert.match(frame(roce('002c', '11 00', '00000000')), /, all here$/)
  assert.match(frame(roce('003c', '81 00', `${'00'.repeat(16)} aabbccdd`)), /, all here$/)
  // The ICRC is beyond the cut.
  assert.match(frame(roce('0100', '04 00', '01020304'), 500), / {2}4 bytes of payload here$/)
  const arp = `${eth} 0806 0001 0800 06 04 0001 020000000102 c0000201 000000000000 c0000202`
  assert.match(frame(`${arp} ${'00'.repeat(18)}`), /64 bytes \(4 stripped\), all here$/)
  const solicitation = `${ip6('3a')} 87 00 0000 00000000 20010db8 000000000000000000000009 0101 020000000102`
  assert.deepEqual(below(solicitation, 2), [
    '  icmpv6    135 (Neighbor Solicitation)  target 2001:db8::9',
    '  frame     90 bytes (4 stripped), all here  8 bytes of options',
  ])
})

const rows: readonly (readonly [name: string, hex: string, skip: number, line: string, protocol?: number])[] = [
  ['ICMP echo', `${udp4.replace('4011', '4001')} 08 00 0000 0007 0001`, 2, 'icmp      8 (Echo)  id 7  seq 1'],
  ['ICMPv6 echo', `${ip6('3a')} 80 00 0000 0007 0001`, 2, 'icmpv6    128 (Echo Request)  id 7  seq 1'],
  [
    'ICMP redirect',
    `${udp4.replace('4011', '4001')} 05 01 0000 c0000209`,
    2,
    'icmp      5 (Redirect)  code 1  gateway 192.0.2.9',
  ],
  [
    'IGMP',
    `${udp4.replace('4011', '4002')} 16 00 0000 e0000001`,
    2,
    'igmp      22 (Version 2 Membership Report)  group 224.0.0.1',
  ],
  [
    'hop-by-hop options',
    `${ip6('00')} 3b 00 0502 0000 0100`,
    2,
    'hopopts   next 59 (IPv6-NoNxt)  option Router Alert (5)  alert value 0',
  ],
  ['options that only pad', `${ip6('3c')} 11 00 0104 00000000`, 2, 'dstopts   next 17 (UDP)'],
  [
    'ERSPAN II',
    `${udp4.replace('4011', '402f')} 1000 88be 00000009 100a 0064 00000003`,
    3,
    'erspan    type II  vlan 10  session 100  index 3',
  ],
  [
    'ERSPAN III',
    `${udp4.replace('4011', '402f')} 1000 22eb 00000009 200b 0065 00abcdef 0007 000a`,
    3,
    'erspan    type III  vlan 11  session 101  timestamp 11259375 × 100 ns  egress',
  ],
  [
    'AH',
    `${ip6('33')} 3b 04 0000 00000001 00000002 ${'00'.repeat(12)}`,
    2,
    'ah        SPI 0x00000001  seq 2  next 59 (IPv6-NoNxt)',
  ],
  ['PPPoE discovery', `${eth} 8863 11 09 0000 0000`, 1, 'pppoe     PADI'],
  ['UDP-Lite', `${udp4.replace('4011', '4088')} 1388 0035 0000 0000`, 2, 'udplite   5000 → 53 (domain)'],
  ['LRH', '0002 0001 0000 0002', 0, 'lrh       2 → 1  VL 0  SL 0', 18],
]
for (const [name, hex, skip, line, protocol] of rows) {
  test(`line of ${name}`, () => assert.equal(below(hex, skip, undefined, protocol)[0]?.trim(), line))
}

test('a layer without a line of its own is shown from its declaration', () => {
  const out = new CardText(plain, 80)
  const card: Card = {
    ...{ out, style: plain, names: true, counters: false, sec: 0, nsec: 0 },
    ...{ time: () => '', portName: () => undefined },
  }
  const fields = { 'new.type': 2, 'new.type_name': 'second', 'new.flag': true, 'new.off': false, 'new.checksum': 1 }
  layerLine(card, { layer: 'new', offset: 0, quoted: false, fields }, false, false)
  layerLine(card, { layer: 'ipv6.new', offset: 0, quoted: true, fields: {} }, true, true)
  assert.equal(out.take(), '  new       type 2 (second)  flag yes\n    new     cut\n')
})

const lab = sharedPath('captures/agents/lab-rocev2.pcap')

test('lab-rocev2: what its truth says was sent is on the cards', { skip: lab === undefined }, async () => {
  const source = await openCapture(lab!)
  const format = new CardFormat({
    style: plain,
    names: true,
    time: () => '',
    clock: () => '',
    day: () => '',
    width: 120,
  })
  const issues: string[] = []
  const walker = new Walker((issue) => issues.push(issue.kind))
  const out = new TextBuffer()
  const decoder = new TextDecoder()
  const seen = new Map<string, number>()
  let fromHost = 0
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      assert.ok(walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!))
      format.datagram(walker, batch, i)
      while (walker.nextSample()) format.sample(walker, out)
      const text = decoder.decode(out.written())
      out.clear()
      for (const [line] of text.matchAll(/^ {2}(udp|bth|reth|ip) .*(?=\n)/gm)) {
        const key = line.replace(/ {2}TTL \d+$/, '').trim()
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
      fromHost +=
        text.match(/172\.100\.100\.11 \(leaf1\).* flow sample \d+ {2}1 in 100 of .* port 13 \(eth3\) → /g)?.length ?? 0
    }
  }
  await source.close()
  assert.deepEqual(issues, [])
  // h1 is at leaf1 eth3 (ifIndex 13), and sends all of it.
  assert.ok(fromHost > 6000, `${fromHost} samples`)
  const near = (part: number, of: number, truth: number) =>
    assert.ok(Math.abs(part / of - truth) < 0.01, `${part / of}`)
  const count = (key: string): number => seen.get(key) ?? 0
  const first = count('bth       RC RDMA WRITE First  QP 0x000123  PSN 0')
  const middle = count('bth       RC RDMA WRITE Middle  QP 0x000123  PSN 0')
  const acknowledge = count('bth       RC Acknowledge  QP 0x000123  PSN 0')
  const cnp = count('bth       CNP  QP 0x000123  PSN 0')
  const total = first + middle + acknowledge + cnp
  // 91,456 First, 365,824 Middle, 91,456 ACK and 91,456 CNP were sent: 38 thousand samples are good to a percent.
  near(first, total, 1 / 7)
  near(middle, total, 4 / 7)
  near(acknowledge, total, 1 / 7)
  near(cnp, total, 1 / 7)
  assert.equal(count('udp       49152 → 4791 (roce)'), total)
  assert.equal(count('reth      32,768 bytes  at 0x0  key 0x00000000'), first)
  const marked = count('ip        172.16.1.2 → 172.16.2.2  UDP  DSCP 0  ECN CE')
  near(marked, total, 0.10003)
})
