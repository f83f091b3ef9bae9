import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Blocks, ethernet, ipv4, ipv6, join, macs, pcap, type TestPacket, udp } from '../helpers/capture-bytes.ts'
import { readBytes } from '../helpers/read-captures.ts'

const v4 = ipv4(udp('0a0b0c'))
const v6 = ipv6(udp('0a0b0c'))
const sender4 = '00000000:00000000:0000ffff:c0000201 5000'
const sender6 = '20010db8:00000000:00000000:00000001 5000'
const cooked1 = '0004 0001 0006 020000000001 0000'
const cooked2 = '0000 00000002 0001 04 06 020000000001 0000'

const found: readonly { name: string; link: number; frame: Uint8Array; sender: string }[] = [
  { name: 'Ethernet, IPv4', link: 1, frame: ethernet(0x0800, v4), sender: sender4 },
  { name: 'Ethernet, IPv6', link: 1, frame: ethernet(0x86dd, v6), sender: sender6 },
  { name: '802.1Q', link: 1, frame: ethernet(0x0800, v4, '8100 0064'), sender: sender4 },
  { name: '802.1ad and 802.1Q', link: 1, frame: ethernet(0x86dd, v6, '88a8 0001 8100 0064'), sender: sender6 },
  { name: 'type 9100, then 802.1Q', link: 1, frame: ethernet(0x0800, v4, '9100 0001 8100 0002'), sender: sender4 },
  { name: 'twelve tags', link: 1, frame: ethernet(0x0800, v4, '8100 0001'.repeat(12)), sender: sender4 },
  { name: 'LLC and SNAP', link: 1, frame: join(macs, '0035', 'aaaa03 000000 0800', v4), sender: sender4 },
  { name: 'Linux cooked v1', link: 113, frame: join(cooked1, '0800', v4), sender: sender4 },
  { name: 'Linux cooked v1, tagged', link: 113, frame: join(cooked1, '8100 0064 86dd', v6), sender: sender6 },
  { name: 'Linux cooked v2', link: 276, frame: join('86dd', cooked2, v6), sender: sender6 },
  { name: 'Linux cooked v2, tagged', link: 276, frame: join('8100', cooked2, '0064 0800', v4), sender: sender4 },
  { name: 'raw IP: IPv4', link: 101, frame: v4, sender: sender4 },
  { name: 'raw IP: IPv6', link: 101, frame: v6, sender: sender6 },
  { name: 'DLT_RAW as 12', link: 12, frame: v4, sender: sender4 },
  { name: 'DLT_RAW as 14', link: 14, frame: v6, sender: sender6 },
  { name: 'raw IPv4', link: 228, frame: v4, sender: sender4 },
  { name: 'raw IPv6', link: 229, frame: v6, sender: sender6 },
  { name: 'BSD loopback, little-endian', link: 0, frame: join('02000000', v4), sender: sender4 },
  { name: 'BSD loopback, big-endian', link: 0, frame: join('00000002', v4), sender: sender4 },
  { name: 'BSD loopback of macOS, IPv6', link: 0, frame: join('1e000000', v6), sender: sender6 },
  { name: 'BSD loopback of FreeBSD, IPv6, big-endian', link: 0, frame: join('0000001c', v6), sender: sender6 },
  { name: 'OpenBSD loopback, IPv6', link: 108, frame: join('00000018', v6), sender: sender6 },
  { name: 'PPP', link: 9, frame: join('0021', v4), sender: sender4 },
  { name: 'PPP, one byte of protocol', link: 9, frame: join('21', v4), sender: sender4 },
  { name: 'PPP with address and control', link: 50, frame: join('ff03 0057', v6), sender: sender6 },
  {
    name: "IPv4 options, and don't fragment",
    link: 101,
    frame: ipv4(udp('0a0b0c'), { options: '94040000 01010100', flags: 0x4000 }),
    sender: sender4,
  },
  {
    name: 'IPv6 hop-by-hop, routing, destination, AH and atomic fragment header',
    link: 101,
    frame: ipv6(
      join(
        '2b00 010400000000',
        '3c02 0000 00000000 20010db8000000000000000000000009',
        '3300 010400000000',
        '2c04 0000 00000001 00000002 000000000000000000000000',
        '1100 0000 00000009',
        udp('0a0b0c'),
      ),
      0,
    ),
    sender: sender6,
  },
  {
    name: 'Ethernet padding is no payload',
    link: 1,
    frame: join(ethernet(0x0800, v4), new Uint8Array(15)),
    sender: sender4,
  },
  {
    name: 'nor are bytes between UDP and IP length',
    link: 101,
    frame: ipv4(udp('0a0b0c ffff', 6343, 11)),
    sender: sender4,
  },
  {
    name: 'IPv4 length 0 (TSO): the frame says',
    link: 101,
    frame: ipv4(udp('0a0b0c'), { length: 0 }),
    sender: sender4,
  },
  {
    name: 'UDP length 0: the IP payload says',
    link: 1,
    frame: join(ethernet(0x86dd, ipv6(udp('0a0b0c', 6343, 0))), '0000'),
    sender: sender6,
  },
]

describe('UDP payloads', () => {
  for (const { name, link, frame, sender } of found) {
    test(name, async () => {
      const { datagrams, report } = await readBytes(pcap([{ frame, sec: 9, fraction: 5 }], { linkType: link }))
      assert.deepEqual(datagrams, [{ time: '9.000005000', hex: '0a0b0c', wire: 3, sender }])
      assert.deepEqual([report.packets, report.datagrams, report.cut], [1, 1, 0])
      assert.deepEqual([...report.skipped], [])
    })
  }

  const left: readonly { name: string; link?: number; packet: TestPacket; reason: string }[] = [
    { name: 'ARP', packet: { frame: ethernet(0x0806, new Uint8Array(28)) }, reason: 'not IP' },
    { name: 'LLC', packet: { frame: join(macs, '0026 424203', new Uint8Array(35)) }, reason: 'not IP' },
    { name: 'TCP', packet: { frame: ethernet(0x0800, ipv4(new Uint8Array(20), { protocol: 6 })) }, reason: 'not UDP' },
    { name: 'ICMPv6', packet: { frame: ethernet(0x86dd, ipv6(new Uint8Array(8), 58)) }, reason: 'not UDP' },
    { name: 'no next header', packet: { frame: ethernet(0x86dd, ipv6(new Uint8Array(8), 59)) }, reason: 'not UDP' },
    { name: 'another port', packet: { frame: ethernet(0x0800, ipv4(udp('00', 53))) }, reason: 'UDP to another port' },
    { name: 'IEEE 802.11', link: 105, packet: { frame: '00' }, reason: 'link type 105 (IEEE 802.11) is not read' },
    { name: 'a link type without a name', link: 9999, packet: { frame: '00' }, reason: 'link type 9999 is not read' },
    { name: 'empty', packet: { frame: '' }, reason: 'cut before the end of its headers' },
    { name: 'cut in Ethernet', packet: { frame: macs, original: 60 }, reason: 'cut before the end of its headers' },
    {
      name: 'cut in a tag',
      packet: { frame: join(macs, '8100 00'), original: 60 },
      reason: 'cut before the end of its headers',
    },
    {
      name: 'cut in cooked v2',
      link: 276,
      packet: { frame: join('8100', cooked2, '00') },
      reason: 'cut before the end of its headers',
    },
    { name: 'cut in loopback', link: 0, packet: { frame: '020000' }, reason: 'cut before the end of its headers' },
    { name: 'empty raw IP', link: 101, packet: { frame: '' }, reason: 'cut before the end of its headers' },
    {
      name: 'cut in IPv4',
      link: 101,
      packet: { frame: v4.subarray(0, 19), original: 31 },
      reason: 'cut before the end of its headers',
    },
    {
      name: 'cut in IPv6',
      link: 101,
      packet: { frame: v6.subarray(0, 39), original: 51 },
      reason: 'cut before the end of its headers',
    },
    {
      name: 'cut in UDP',
      link: 101,
      packet: { frame: v4.subarray(0, 27), original: 31 },
      reason: 'cut before the end of its headers',
    },
    {
      name: 'cut in an extension header',
      link: 101,
      packet: { frame: ipv6(join('1100'), 0, 8), original: 48 },
      reason: 'cut before the end of its headers',
    },
    { name: 'IPv4 too short', link: 101, packet: { frame: v4.subarray(0, 19) }, reason: 'malformed IP header' },
    {
      name: 'IPv4 header length 16',
      link: 228,
      packet: { frame: join('44', v4.subarray(1)) },
      reason: 'malformed IP header',
    },
    {
      name: 'IPv4 length below its header',
      link: 228,
      packet: { frame: ipv4(udp(''), { length: 19 }) },
      reason: 'malformed IP header',
    },
    {
      name: 'version 6 where Ethernet says IPv4',
      packet: { frame: ethernet(0x0800, v6) },
      reason: 'malformed IP header',
    },
    {
      name: 'version 4 where Ethernet says IPv6',
      packet: { frame: ethernet(0x86dd, ipv4(new Uint8Array(40))) },
      reason: 'malformed IP header',
    },
    { name: 'version 9 in raw IP', link: 101, packet: { frame: '90000000' }, reason: 'not IP' },
    {
      name: 'extension header without room',
      link: 101,
      packet: { frame: ipv6(join('1100 0000'), 0) },
      reason: 'malformed IP header',
    },
    { name: 'UDP length 7', link: 101, packet: { frame: ipv4(udp('', 6343, 7)) }, reason: 'malformed UDP header' },
    { name: 'no room for UDP', link: 101, packet: { frame: ipv4(join('1388 18c7')) }, reason: 'malformed UDP header' },
  ]
  for (const { name, link, packet, reason } of left) {
    test(`left out: ${name}`, async () => {
      const { datagrams, report } = await readBytes(pcap([packet], { linkType: link ?? 1 }))
      assert.deepEqual(datagrams, [])
      assert.deepEqual([...report.skipped], [[reason, 1]])
      assert.equal(report.packets, 1)
    })
  }

  test('cut by the snaplen: what is there, with the length as sent', async () => {
    const frame = ethernet(0x0800, ipv4(udp('000102030405060708090a0b0c0d0e0f'))).subarray(0, 46)
    const { datagrams, report } = await readBytes(pcap([{ frame, original: 58 }]))
    assert.deepEqual(datagrams, [{ time: '1.000000000', hex: '00010203', wire: 16, sender: sender4 }])
    assert.equal(report.cut, 1)
  })

  test('a UDP length beyond the packet: what is there', async () => {
    const { datagrams, report } = await readBytes(pcap([{ frame: ethernet(0x0800, ipv4(udp('0a0b', 6343, 100))) }]))
    assert.deepEqual(datagrams, [{ time: '1.000000000', hex: '0a0b', wire: 92, sender: sender4 }])
    assert.equal(report.cut, 1)
  })

  const ports = [9995, 53, 53, 6344, 53, 9995].map((port, i) => ({
    frame: ethernet(
      0x0800,
      ipv4(udp([port >> 8, port & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(''), port)),
    ),
    sec: i,
  }))

  test('other ports are counted, those with most packets first', async () => {
    const { report } = await readBytes(pcap(ports))
    assert.deepEqual(
      [...report.otherPorts],
      [
        [53, 3],
        [9995, 2],
        [6344, 1],
      ],
    )
    assert.deepEqual([...report.skipped], [['UDP to another port', 6]])
  })

  test('several ports can be asked for, instead of 6343', async () => {
    const { datagrams, report } = await readBytes(pcap(ports), { ports: [6344, 9995] })
    assert.deepEqual(
      datagrams.map((datagram) => datagram.hex),
      ['270b', '18c8', '270b'],
    )
    assert.deepEqual([...report.otherPorts], [[53, 3]])
  })

  test('at most 64 other ports are kept', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ frame: ethernet(0x0800, ipv4(udp('', 1000 + i))) }))
    const { report } = await readBytes(pcap([...many, ...many.slice(90)]))
    assert.equal(report.otherPorts.size, 64)
    assert.deepEqual([...report.otherPorts].slice(0, 11), [
      ...Array.from({ length: 10 }, (_, i) => [1090 + i, 2]),
      [1000, 1],
    ])
    assert.equal(report.skipped.get('UDP to another port'), 110)
  })

  test('at most 32 other link types are told apart', async () => {
    const b = new Blocks()
    const types = Array.from({ length: 40 }, (_, i) => 1000 + i)
    const file = join(
      b.section(),
      ...types.map((type) => b.interface(type)),
      ...types.map((_, i) => b.enhanced(i, 0, 0, '')),
    )
    const { report } = await readBytes(file)
    assert.deepEqual(
      [...report.skipped],
      [...Array.from({ length: 32 }, (_, i) => [`link type ${1000 + i} is not read`, 1]), ['link type is not read', 8]],
    )
  })

  test('time limits: from since on, before until', async () => {
    const packets = [
      { sec: 10, fraction: 999_999_999 },
      { sec: 11, fraction: 0 },
      { sec: 11, fraction: 5 },
      { sec: 12, fraction: 6 },
      { sec: 12, fraction: 7 },
      { sec: 13, fraction: 0 },
    ].map(({ sec, fraction }) => ({ sec, fraction, frame: ethernet(0x0800, v4) }))
    const { datagrams, report } = await readBytes(pcap(packets, { nanoseconds: true }), {
      since: { sec: 11, nsec: 0 },
      until: { sec: 12, nsec: 7 },
    })
    assert.deepEqual(
      datagrams.map((datagram) => datagram.time),
      ['11.000000000', '11.000000005', '12.000000006'],
    )
    assert.deepEqual(
      [...report.skipped],
      [
        ['before the first time asked for', 1],
        ['after the last time asked for', 2],
      ],
    )
  })
})
