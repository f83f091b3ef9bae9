import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ethernet, ipv4, ipv6, join, pcap, type TestPacket, udp, word } from '../helpers/capture-bytes.ts'
import { readBytes } from '../helpers/read-captures.ts'

const payload = '000102030405060708090a0b0c0d0e0f1011121314'
const sender4 = '00000000:00000000:0000ffff:c0000201 5000'
const sender6 = '20010db8:00000000:00000000:00000001 5000'

/** Bytes `from` to `to` of a UDP datagram as an IPv4 fragment; 29 bytes in all. */
function part4(from: number, to: number, { more = to < 29, id = 7, data = udp(payload), last = 1 } = {}): Uint8Array {
  return ethernet(0x0800, ipv4(data.subarray(from, to), { flags: from / 8 + (more ? 0x2000 : 0), id, last }))
}

/** The same as an IPv6 fragment, with a destination options header before UDP if asked for. */
function part6(
  from: number,
  to: number,
  { more = true, id = 0x01020304, next = 17, data = udp(payload) } = {},
): Uint8Array {
  return ethernet(0x86dd, ipv6(join(next, 0, word(from + (more ? 1 : 0), 2), word(id, 4), data.subarray(from, to)), 44))
}

const whole = [{ time: '1.000000000', hex: payload, wire: 21, sender: sender4 }]

const joined: readonly {
  name: string
  packets: readonly TestPacket[]
  hex?: string
  wire?: number
  sender?: string
  time?: string
}[] = [
  { name: 'IPv4, in order', packets: [{ frame: part4(0, 16) }, { frame: part4(16, 29) }] },
  { name: 'IPv4, last first', packets: [{ frame: part4(24, 29) }, { frame: part4(8, 24) }, { frame: part4(0, 8) }] },
  {
    name: 'IPv4, behind a padded short frame',
    packets: [{ frame: part4(0, 24) }, { frame: join(part4(24, 29), new Uint8Array(21)) }],
  },
  {
    name: 'the time is that of the last one to come',
    packets: [
      { frame: part4(0, 16), sec: 5 },
      { frame: part4(16, 29), sec: 35, fraction: 7 },
    ],
    time: '35.000007000',
  },
  { name: 'IPv6', packets: [{ frame: part6(0, 16) }, { frame: part6(16, 29, { more: false }) }], sender: sender6 },
  {
    name: 'IPv6, with destination options before UDP',
    packets: [
      { frame: part6(16, 37, { more: false, next: 60, data: join('1100 010400000000', udp(payload)) }) },
      { frame: part6(0, 16, { next: 60, data: join('1100 010400000000', udp(payload)) }) },
    ],
    sender: sender6,
  },
  {
    name: 'a first fragment that the snaplen cut: its bytes, with the length as sent',
    packets: [{ frame: part4(0, 24).subarray(0, 14 + 20 + 12), original: 58 }, { frame: part4(24, 29) }],
    hex: '00010203',
  },
]

describe('IP fragments', () => {
  for (const { name, packets, hex = payload, wire = 21, sender = sender4, time = '1.000000000' } of joined) {
    test(name, async () => {
      const { datagrams, report } = await readBytes(pcap(packets))
      assert.deepEqual(datagrams, [{ time, hex, wire, sender }])
      assert.deepEqual([...report.skipped], [])
      assert.equal(report.packets, packets.length)
      assert.equal(report.cut, hex === payload ? 0 : 1)
    })
  }

  const other = udp('ff'.repeat(21))
  const counted: readonly {
    name: string
    packets: readonly TestPacket[]
    given: readonly unknown[]
    skipped: readonly (readonly [string, number])[]
  }[] = [
    {
      name: 'without its rest',
      packets: [{ frame: part4(0, 16) }],
      given: [],
      skipped: [['IP fragment without its rest', 1]],
    },
    {
      name: 'a duplicate',
      packets: [{ frame: part4(0, 16) }, { frame: part4(0, 16) }, { frame: part4(16, 29) }],
      given: whole,
      skipped: [['IP fragment seen before', 1]],
    },
    {
      name: 'a duplicate with other bytes spoils its datagram',
      packets: [{ frame: part4(0, 16) }, { frame: part4(0, 16, { data: other }) }, { frame: part4(16, 29) }],
      given: [],
      skipped: [
        ['IP fragment without its rest', 1],
        ['IP fragment that overlaps another', 2],
      ],
    },
    {
      name: 'an overlap spoils its datagram',
      packets: [{ frame: part4(0, 16) }, { frame: part4(8, 24) }],
      given: [],
      skipped: [['IP fragment that overlaps another', 2]],
    },
    {
      name: 'two ends that differ',
      packets: [{ frame: part4(24, 29) }, { frame: part4(16, 21, { more: false }) }],
      given: [],
      skipped: [['malformed IP fragment', 2]],
    },
    {
      name: 'one beyond the end',
      packets: [{ frame: part4(16, 21, { more: false }) }, { frame: part4(24, 29, { more: false }) }],
      given: [],
      skipped: [['malformed IP fragment', 2]],
    },
    {
      name: 'not a multiple of 8 bytes, and more to come',
      packets: [{ frame: part4(0, 13, { more: true }) }],
      given: [],
      skipped: [['malformed IP fragment', 1]],
    },
    { name: 'empty', packets: [{ frame: part4(8, 8) }], given: [], skipped: [['malformed IP fragment', 1]] },
    {
      name: 'beyond 65536 bytes',
      packets: [{ frame: ethernet(0x0800, ipv4(new Uint8Array(16), { flags: 0x1fff })) }],
      given: [],
      skipped: [['malformed IP fragment', 1]],
    },
    {
      name: 'of another identification, sender or version',
      packets: [
        { frame: part4(0, 16) },
        { frame: part4(16, 29, { id: 8 }) },
        { frame: part4(16, 29, { last: 9 }) },
        { frame: part6(16, 29, { id: 7, more: false }) },
      ],
      given: [],
      skipped: [['IP fragment without its rest', 4]],
    },
    {
      name: 'too late: 31 seconds',
      packets: [
        { frame: part4(0, 16), sec: 5 },
        { frame: part4(16, 29), sec: 36 },
      ],
      given: [],
      skipped: [['IP fragment without its rest', 2]],
    },
    { name: 'of TCP', packets: [{ frame: part6(0, 16, { next: 6 }) }], given: [], skipped: [['not UDP', 1]] },
    {
      name: 'inside a joined datagram',
      packets: [
        { frame: part6(0, 8, { next: 44, data: join('1100 0001 00000009', udp(payload)) }) },
        { frame: part6(8, 37, { next: 44, more: false, data: join('1100 0001 00000009', udp(payload)) }) },
      ],
      given: [],
      skipped: [['malformed IP fragment', 1]],
    },
  ]
  for (const { name, packets, given, skipped } of counted) {
    test(`counted: ${name}`, async () => {
      const { datagrams, report } = await readBytes(pcap(packets))
      assert.deepEqual(datagrams, given)
      assert.deepEqual([...report.skipped], skipped)
    })
  }

  test('at most 256 are incomplete at a time; the oldest goes', async () => {
    const firsts = Array.from({ length: 257 }, (_, id) => ({ frame: part4(0, 16, { id }) }))
    const { datagrams, report } = await readBytes(
      pcap([...firsts, { frame: part4(16, 29, { id: 1 }) }, { frame: part4(16, 29, { id: 0 }) }]),
    )
    assert.deepEqual(datagrams, whole)
    assert.deepEqual([...report.skipped], [['IP fragment without its rest', 257]])
  })

  test('large datagrams in many fragments, more than the spare part of a batch holds, keep their bytes', async () => {
    const packets: TestPacket[] = []
    for (let id = 0; id < 12; id++) {
      const data = udp(new Uint8Array(60_000).fill(id + 1))
      for (let at = 0; at < data.length; at += 1480) {
        const frame = part4(at, Math.min(at + 1480, data.length), { data, id, more: at + 1480 < data.length })
        packets.push({ frame, sec: id })
      }
    }
    const { datagrams, report } = await readBytes(pcap(packets))
    assert.equal(report.packets, 12 * 41)
    assert.deepEqual(
      datagrams.map(({ time, hex, wire }) => [time, hex.slice(0, 2), hex.length, wire, new Set(hex.match(/../g)).size]),
      Array.from({ length: 12 }, (_, id) => [`${id}.000000000`, `0${(id + 1).toString(16)}`, 120_000, 60_000, 1]),
    )
  })
})
