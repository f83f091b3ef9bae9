import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  bytes,
  cardsOf,
  counters,
  datagram,
  ethernetCounters,
  flow,
  header,
  lines,
  plain,
  portCounters,
  record,
} from '../../helpers/cards.ts'
import { ownDatagrams } from '../../helpers/own-capture.ts'

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
  frame     88 bytes (4 stripped), all here  6 bytes of payload

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
    '  frame     88 bytes (4 stripped), all here  6 bytes of payload',
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
    '    port 3 → discarded: acl (258)  source vlan 100',
    '    12 dropped by the agent since its start',
    '  eth       02:00:00:00:00:02 → 02:00:00:00:00:01',
    '  ip        192.0.2.1 → 198.51.100.2  TCP  DSCP 26 (AF31)  ECN Not-ECT  TTL 64',
    '            fragment from byte 0, more follow, id 1',
    '  tcp       443 (https) → 50000  SYN ACK  seq 1  ack 2  win 4096',
    '  frame     cut after 56 of 1,518 bytes (4 stripped)  2 bytes of payload here',
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
    "    40 not told (rate limit) since the agent's start",
    '  dropped   no_buffer_space (259)  A queue or buffer was full.',
    '  eth       02:00:00:00:00:02 → 02:00:00:00:00:01',
    '  ip        192.0.2.1 → 198.51.100.2  TCP  DSCP 26 (AF31)  ECN Not-ECT  TTL 64',
    '            fragment from byte 0, more follow, id 1',
    '  tcp       443 (https) → 50000',
    '  frame     cut after 40 of 1,518 bytes (4 stripped)  inside tcp',
    '  queue     3',
    '  acl       42  "deny"  ingress',
    '  function  fq_enqueue+0x1',
    '  queue     depth 4,294,967,295 bytes or more',
    '  trap      tail_drop  group buffer_drops',
    '  linux     QDISC_DROP',
    '  time      12:00:01.123  250.0 ms before the datagram',
  ])
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

test('bytes that are no UTF-8 look the same in a name and where it is learned', () => {
  const named = counters(6, [record(1005, 'port_name', { name: '\udcff\udcc3(\u00fc' })])
  const host = record(2000, 'host_descr', {
    hostname: 'a\udc80',
    uuid: new Uint8Array(16),
    machine_type: 3,
    os_name: 2,
    os_release: '',
  })
  const { text } = cardsOf([datagram([named, counters(7, [host])])])
  assert.deepEqual(lines(text), [
    '12:00:01.123  192.0.2.9  counters 1  port 6 (\\xff\\xc3(ü)',
    '  name      \\xff\\xc3(ü',
    '12:00:01.123  192.0.2.9 (a\\x80)  counters 1  port 7',
    '  host      a\\x80  linux  x86_64  uuid unknown',
  ])
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
      { width, clock: () => '2026-05-01 14:00:01.123456 +02:00' },
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
    for (const line of cardsOf([each], { clock: () => '12:00' }).text.split('\n')) {
      assert.doesNotMatch(line, /\p{Cc}/u)
      assert.ok(plain.width(line) <= 80, line)
      if (line.startsWith('12:00')) cards++
    }
  }
  for (const whole of ownDatagrams(join(import.meta.dirname, '..', '..', '..', 'fixtures', 'line', 'edges.pcap'))) {
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
