import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { CardFormat } from '../../src/lib/print/cards/cards.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { bytes, cardsOf, coloured, counters, datagram, flow, header, plain, record } from '../helpers/cards.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'
import { sharedPath } from '../helpers/shared.ts'

/** Lines as they are expected, without the empty one behind each card. */
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

// Ethernet, VLAN 10, IPv4 with ECN CE, UDP to 4791, BTH of an RDMA WRITE First, RETH of 32 KiB.
const roce = bytes(
  '020000000202 020000000102 8100 000a 0800 4503 0042 1234 4000 3e11 0000 ac100102 ac100202 c000 12b7 002e 0000' +
    '06 00 ffff 00 000123 80 000000 0000000012340000 00005678 00008000 00000000 00000000 0000',
)

// Ethernet, IPv4 with DSCP 26, the first fragment of more, TCP SYN ACK from 443.
const tcp = bytes(
  '020000000001 020000000002 0800 4568 05dc 0001 2000 4006 0000 c0000201 c6336402' +
    '01bb c350 00000001 00000002 5012 1000 0000 0000 dead',
)

test('a RoCE packet: ports by the name learned from 0:1005, one line a layer', () => {
  const named = counters(3, [record(1005, 'port_name', { name: 'swp3' })])
  const { text, issues } = cardsOf([datagram([named, flow([header(roce)])])])
  assert.deepEqual(issues, [])
  assert.equal(
    text,
    `12:00:01.123  192.0.2.9  counters 1  port 3 (swp3)
  name      swp3

12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000
    port 3 (swp3) → 7
  eth       02:00:00:00:01:02 → 02:00:00:00:02:02
  vlan      10  priority 0
  ip        172.16.1.2 → 172.16.2.2  UDP  DSCP 0  ECN CE  TTL 62
  udp       49152 → 4791 (roce)
  bth       RC RDMA WRITE First  QP 0x000123  PSN 0  ack wanted
  reth      32,768 bytes  at 0x12340000  key 0x00005678
  frame     88 bytes (4 stripped), all here  10 bytes of payload

`,
  )
})

test('--no-names leaves numbers only', () => {
  const named = counters(3, [record(1005, 'port_name', { name: 'swp3' })])
  assert.deepEqual(lines(cardsOf([datagram([named, flow([header(roce)])])], { names: false }).text).slice(2), [
    '12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000  port 3 → 7',
    '  eth       02:00:00:00:01:02 → 02:00:00:00:02:02',
    '  vlan      10  priority 0',
    '  ip        172.16.1.2 → 172.16.2.2  17  DSCP 0  ECN 3  TTL 62',
    '  udp       49152 → 4791',
    '  bth       opcode 0x06  QP 0x000123  PSN 0  ack wanted',
    '  reth      32,768 bytes  at 0x12340000  key 0x00005678',
    '  frame     88 bytes (4 stripped), all here  10 bytes of payload',
  ])
})

test('switch, router, gateway and unknown records; a source that is no port; a cut header; agent drops', () => {
  const sample = flow(
    [
      header(tcp, 1518),
      record(1001, 'extended_switch', { src_vlan: 100, src_priority: 0, dst_vlan: 0xffffffff, dst_priority: 5 }),
      record(1002, 'extended_router', {
        nexthop: { type: 2, bytes: bytes('20010db8 00000000 00000000 00000001') },
        src_mask_len: 24,
        dst_mask_len: 16,
      }),
      record(1003, 'extended_gateway', {
        nexthop: { type: 1, bytes: bytes('c0000263') },
        as: 65000,
        src_as: 64512,
        src_peer_as: 64513,
        dst_as_path: [
          { type: 2, as_numbers: [65001, 65002] },
          { type: 1, as_numbers: [65003, 65004] },
        ],
        communities: [0xfde80064, 0xffff029a],
        localpref: 100,
      }),
      { tag: 9 * 4096 + 42, bytes: bytes('00112233445566778899aabb') },
    ],
    { drops: 12, output_format: 1, output_value: 258, source_id_type: 1, source_id_index: 100 },
  )
  assert.deepEqual(lines(cardsOf([datagram([sample])]).text), [
    '12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000',
    '    port 3 → discarded: acl (258)  source vlan 100  12 dropped by the agent',
    '  eth       02:00:00:00:00:02 → 02:00:00:00:00:01',
    '  ip        192.0.2.1 → 198.51.100.2  TCP  DSCP 26 (AF31)  ECN Not-ECT  TTL 64',
    '            fragment at 0, more follow, id 1',
    '  tcp       443 (https) → 50000  SYN ACK  seq 1  ack 2  window 4096',
    '  frame     cut by the sampler after 56 of 1,518 bytes (4 stripped)',
    '            2 bytes of payload here',
    '  switch    vlan 100 → unknown  priority 0 → 5',
    '  router    next hop 2001:db8::1  prefixes /24 → /16',
    '  gateway   next hop 192.0.2.99  AS 65000  source AS 64512 by 64513',
    '            path 65001 65002 {65003 65004}  communities 65000:100, blackhole',
    '            localpref 100',
    '  unknown   record 9:42  12 bytes  00112233445566778899aabb',
  ])
})

test('a discarded packet: the reason as name and sentence, and every record that explains it', () => {
  const { text } = cardsOf([
    datagram([
      {
        kind: 'discard',
        tag: 5,
        name: 'discarded_packet',
        sequence_number: 12,
        source_id_type: 0,
        source_id_index: 3,
        drops: 40,
        inputifindex: 3,
        outputifindex: 0,
        reason: 259,
        records: [
          header(tcp.subarray(0, 40), 1518),
          record(1036, 'extended_egress_queue', { queue: 3 }),
          record(1037, 'extended_acl', { number: 42, name: 'deny', direction: 1 }),
          record(1038, 'extended_function', { symbol: 'fq_enqueue+0x1' }),
          record(1040, 'extended_queue', { depth: 0xffffffff }),
          record(1041, 'extended_hw_trap', { group: 'buffer_drops', trap: 'tail_drop' }),
          record(1042, 'extended_linux_drop_reason', { reason: 'QDISC_DROP' }),
          // A quarter of a second before the datagram.
          record(1043, 'extended_timestamp', { nanoseconds: 1_777_636_800_873_456_789n }),
        ],
      },
    ]),
  ])
  assert.deepEqual(lines(text), [
    '12:00:01.123  192.0.2.9  discarded packet 12  port 3 → unknown',
    '    40 more not told (rate limit)',
    '  dropped   no_buffer_space (259)  A queue or buffer was full.',
    '  eth       02:00:00:00:00:02 → 02:00:00:00:00:01',
    '  ip        192.0.2.1 → 198.51.100.2  TCP  DSCP 26 (AF31)  ECN Not-ECT  TTL 64',
    '            fragment at 0, more follow, id 1',
    '  tcp       443 (https) → 50000',
    '  frame     cut by the sampler after 40 of 1,518 bytes (4 stripped)  inside tcp',
    '  queue     3',
    '  acl       42  "deny"  ingress',
    '  function  fq_enqueue+0x1',
    '  queue     depth 4,294,967,295 bytes or more',
    '  trap      tail_drop  group buffer_drops',
    '  linux     QDISC_DROP',
    '  time      12:00:01.123  250.0 ms before the datagram',
  ])
})

const portCounters = record(1, 'if_counters', {
  ifIndex: 3,
  ifType: 6,
  ifSpeed: 100_000_000_000n,
  ifDirection: 1,
  ifStatus: 1,
  ifInOctets: 1_234_567_890_123n,
  ifInUcastPkts: 1_234_567,
  ifInMulticastPkts: 0xffffffff,
  ifInBroadcastPkts: 0,
  ifInDiscards: 51,
  ifInErrors: 0,
  ifInUnknownProtos: 2,
  ifOutOctets: 99n,
  ifOutUcastPkts: 1,
  ifOutMulticastPkts: 0xffffffff,
  ifOutBroadcastPkts: 0,
  ifOutDiscards: 0,
  ifOutErrors: 0,
  ifPromiscuousMode: 1,
})

const ethernetCounters = record(2, 'ethernet_counters', {
  dot3StatsAlignmentErrors: 0,
  dot3StatsFCSErrors: 9,
  dot3StatsSingleCollisionFrames: 0,
  dot3StatsMultipleCollisionFrames: 0,
  dot3StatsSQETestErrors: 0,
  dot3StatsDeferredTransmissions: 0,
  dot3StatsLateCollisions: 0,
  dot3StatsExcessiveCollisions: 0,
  dot3StatsInternalMacTransmitErrors: 0,
  dot3StatsCarrierSenseErrors: 0,
  dot3StatsFrameTooLongs: 0,
  dot3StatsInternalMacReceiveErrors: 0,
  dot3StatsSymbolErrors: 0xffffffff,
})

test('counters: units, all ones as -, zeros counted instead of listed', () => {
  const { text } = cardsOf([
    datagram([
      counters(3, [
        portCounters,
        ethernetCounters,
        record(1001, 'processor', {
          '5s_cpu': 1234,
          '1m_cpu': 900,
          '5m_cpu': 0xffffffff,
          total_memory: 8_589_934_592n,
          free_memory: 0n,
        }),
        record(2207, 'ovs_dp_stats', { hits: 1015, misses: 0, lost: 0, mask_hits: 0, flows: 0, masks: 0xffffffff }),
      ]),
    ]),
  ])
  assert.deepEqual(lines(text), [
    '12:00:01.123  192.0.2.9  counters 1  port 3',
    '  port      3  ethernetCsmacd  100 Gb/s  full-duplex  admin up, oper down',
    '            promiscuous',
    '    in      1,234,567,890,123 bytes  unicast 1,234,567  multicast -  broadcast 0',
    '            errors 0  discards 51',
    '    out                    99 bytes  unicast         1  multicast -  broadcast 0',
    '            errors 0  discards  0',
    '            2 packets of unknown protocols in',
    '  ethernet  FCSErrors 9  11 others 0  1 not counted by this agent',
    '  processor  5s_cpu 12.34 %  1m_cpu 9.00 %  5m_cpu -',
    '            total_memory 8,589,934,592 bytes  free_memory 0 bytes',
    '  ovs_dp_stats  hits 1,015  masks -  4 others 0',
  ])
})

test('colour: red for what is wrong, and the text is the same without it', () => {
  const sample = [datagram([counters(3, [portCounters, ethernetCounters])])]
  const { text } = cardsOf(sample, { style: coloured })
  assert.ok(text.includes('\u001b[31madmin up, oper down\u001b[39m'))
  assert.ok(text.includes('\u001b[31m51\u001b[39m'))
  assert.ok(text.includes('\u001b[31m9\u001b[39m'))
  assert.equal(stripVTControlCharacters(text), cardsOf(sample).text)
})

test('text from the network can not reach the terminal', () => {
  const hostile = '\u001b]0;x\u0007\u001b[2J\u009b1A\r\n\u202eabc'
  const { text } = cardsOf([
    datagram([
      counters(3, [
        record(1005, 'port_name', { name: hostile }),
        record(2000, 'host_descr', {
          hostname: hostile,
          uuid: new Uint8Array(16),
          machine_type: 3,
          os_name: 2,
          os_release: hostile,
        }),
      ]),
      flow([
        record(1005, 'extended_url', { direction: 1, url: `${hostile}${'x'.repeat(60_000)}`, host: hostile }),
        record(1038, 'extended_function', { symbol: hostile.repeat(1000) }),
      ]),
    ]),
  ])
  assert.match(text, /port 3 \(\\x1b\]0;x\\x07\\x1b\[2J\\u009b1A\\r\\n\\u202eabc\)/)
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e]/u)
  assert.ok(text.length < 4000, `${text.length} characters`)
})

test('what is broken is red at its place, and its neighbours are shown', () => {
  const { text, issues } = cardsOf([
    datagram([
      flow([
        { tag: 1003, bytes: bytes('00000001 c0000201') },
        record(1001, 'extended_switch', { src_vlan: 1, src_priority: 0, dst_vlan: 2, dst_priority: 0 }),
      ]),
      { kind: 'opaque', tag: 77 * 4096 + 1, name: 'unknown sample', bytes: bytes('0011') },
      { kind: 'opaque', tag: 1, name: 'flow_sample', bytes: bytes('0000000100') },
    ]),
  ])
  assert.deepEqual(lines(text), [
    '12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000  port 3 → 7',
    '  gateway   as needs 4 bytes, 0 left  8 bytes  00000001c0000201',
    '  switch    vlan 1 → 2  priority 0 → 0',
    '12:00:01.123  192.0.2.9  unknown sample 77:1',
    '  body      2 bytes  0011',
    '12:00:01.123  192.0.2.9  flow sample',
    '  broken    cut, or too short for its fields  5 bytes  0000000100',
  ])
  assert.deepEqual(
    issues.map((x) => x.kind),
    ['extended_gateway short', 'sample short'],
  )
})

test('a cut datagram says what is missing', () => {
  const whole = datagram([flow([header(roce), { tag: 9 * 4096, bytes: bytes('00') }]), flow([])])
  assert.deepEqual(lines(cardsOf([whole.subarray(0, 90)]).text), [
    '12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000  port 3 → 7',
    '  sampled_header  cut by the end of the sample  14 bytes',
    '            0000000100000058000000040000',
    '  missing   1 of 2 records: the sample ends before them',
    '12:00:01.123  192.0.2.9  datagram 7  cut: 1 of 2 samples missing  up 1 h',
  ])
})

test('a datagram without samples is one line; bytes behind the last sample are shown', () => {
  assert.equal(
    cardsOf([datagram([], { sub_agent_id: 2, sequence_number: 8, trailing: bytes('abcd') })]).text,
    `12:00:01.123  192.0.2.9 sub 2  datagram 8  without samples  up 1 h
  datagram  2 bytes behind the last sample  abcd

`,
  )
})

test('interfaces in words', () => {
  for (const [format, value, words] of [
    [0, 0, 'unknown'],
    [0, 0x3fffffff, 'internal'],
    [1, 257, 'discarded: ttl_exceeded (257)'],
    [1, 999, 'discarded: 999'],
    [2, 0, 'several ports'],
    [2, 1, '1 port'],
    [2, 7, '7 ports'],
    [3, 5, '3:5'],
  ] as const) {
    const { text } = cardsOf([datagram([flow([], { output_format: format, output_value: value })])], { width: 200 })
    assert.equal(text, `12:00:01.123  192.0.2.9  flow sample 4711  1 in 1,000 of 4,711,000  port 3 → ${words}\n\n`)
  }
})

for (const width of [40, 80, 200]) {
  test(`no line is wider than ${width} columns`, () => {
    const long = 'é漢😀'.repeat(60)
    const { text } = cardsOf(
      [
        datagram([
          counters(3, [
            portCounters,
            ethernetCounters,
            record(1005, 'port_name', { name: long }),
            record(2003, 'host_cpu', {
              load_one: 0.5,
              load_five: -1,
              load_fifteen: Number.NaN,
              proc_run: 1,
              proc_total: 137,
              cpu_num: 128,
              cpu_speed: 2299,
              uptime: 4_000_000,
              cpu_user: 4_000_000_000,
              cpu_nice: 0,
              cpu_system: 1,
              cpu_idle: 2,
              cpu_wio: 3,
              cpu_intr: 4,
              cpu_sintr: 5,
              interrupts: 6,
              contexts: 7,
            }),
          ]),
          flow([header(roce), header(tcp), record(1005, 'extended_url', { direction: 2, url: long, host: long })]),
        ]),
      ],
      { width, time: () => '2026-05-01 14:00:01.123456 +02:00' },
    )
    const widths = text.split('\n').map((line) => plain.width(line))
    assert.equal(Math.max(...widths) <= width, true, `${Math.max(...widths)} columns`)
    assert.ok(Math.max(...widths) > width * 0.75, 'the width is used')
  })
}

test('every cut and many flips of the edge cases give harmless cards no wider than the terminal', () => {
  let cards = 0
  let state = 1
  const check = (each: Uint8Array): void => {
    for (const line of cardsOf([each], { time: () => '12:00' }).text.split('\n')) {
      assert.doesNotMatch(line, /\p{Cc}/u)
      assert.ok(plain.width(line) <= 80, line)
      if (line.startsWith('12:00')) cards++
    }
  }
  for (const whole of ownDatagrams(join(import.meta.dirname, '..', '..', 'fixtures', 'line', 'edges.pcap'))) {
    for (let length = 0; length <= whole.length; length += 11) check(whole.slice(0, length))
    for (let i = 0; i < 50; i++) {
      const flipped = whole.slice()
      // A small linear congruential generator: the same flips in every run.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      flipped[state % flipped.length]! ^= 1 << (state >>> 29)
      check(flipped)
    }
  }
  assert.ok(cards > 500, `${cards} cards`)
})

const lab = sharedPath('captures/agents/lab-rocev2.pcap')

test('lab-rocev2: what its truth says was sent is on the cards', { skip: lab === undefined }, async () => {
  const source = await openCapture(lab!)
  const format = new CardFormat({ style: plain, names: true, time: () => '', width: 120 })
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
