import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import {
  bytes,
  cardsOf,
  coloured,
  counters,
  datagram,
  ethernetCounters,
  flow,
  lines,
  portCounters,
  record,
} from '../../helpers/cards.ts'

const fieldsOf = (made: ReturnType<typeof record>): Record<string, unknown> => ('fields' in made ? made.fields : {})

/** The lines of these flow records, without the card's head. */
const flowLines = (...records: Parameters<typeof flow>[0]): string[] =>
  lines(cardsOf([datagram([flow(records)])]).text.replace(/^.*\n/, ''))

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
    '  ethernet  FCSErrors 9  11 others are 0  1 not counted by this agent',
    '  processor  5s_cpu 12.34 %  1m_cpu 9.00 %  5m_cpu -',
    '            total_memory 8,589,934,592 bytes  free_memory 0 bytes',
    '  ovs_dp_stats  hits 1,015  masks -  4 others are 0',
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

test('Ethernet counters: what is counted, what is not', () => {
  const all = fieldsOf(ethernetCounters)
  const with_ = (value: (name: string, i: number) => number): string =>
    lines(
      cardsOf([
        datagram([
          counters(3, [
            record(2, 'ethernet_counters', Object.fromEntries(Object.keys(all).map((x, i) => [x, value(x, i)]))),
          ]),
        ]),
      ]).text,
    )[1]!
  const absent = 0xffffffff
  for (const [value, line] of [
    [() => 0, 'no errors in 13 counters'],
    [() => absent, '13 not counted by this agent'],
    [(_: string, i: number) => (i < 2 ? 0 : absent), 'no errors in 2 counters  11 not counted by this agent'],
    [(_: string, i: number) => (i < 1 ? 0 : absent), 'no errors in 1 counter  12 not counted by this agent'],
    [(_: string, i: number) => (i === 0 ? 5 : 0), 'AlignmentErrors 5  12 others are 0'],
    [(_: string, i: number) => [5, 0][i] ?? absent, 'AlignmentErrors 5  1 other is 0  11 not counted by this agent'],
  ] as const) {
    assert.equal(with_(value), `  ethernet  ${line}`)
  }
})

test('a port without speed, duplex and name; numbers have words where names are off', () => {
  const port = { ...fieldsOf(portCounters), ifSpeed: 0n, ifDirection: 0, ifStatus: 3, ifPromiscuousMode: 0 }
  const sample = [datagram([counters(3, [record(1, 'if_counters', port), record(1005, 'port_name', { name: '' })])])]
  const shown = lines(cardsOf(sample).text)
  assert.equal(shown[1], '  port      3  ethernetCsmacd  speed unknown  duplex unknown  admin up, oper up')
  assert.equal(shown.at(-1), '  name      none')
  assert.equal(
    lines(cardsOf(sample, { names: false }).text)[1],
    '  port      3  type 6  speed unknown  duplex unknown  status 3',
  )
})

test('optics: a line a direction of each lane; powers outside of their bounds are red', () => {
  const lane = {
    index: 1,
    tx_bias_current: 38_500,
    tx_power: 1001,
    tx_power_min: 900,
    tx_power_max: 1100,
    tx_wavelength: 1310,
    rx_power: 650,
    rx_power_min: 700,
    rx_power_max: 950,
    rx_wavelength: 1310,
  }
  const bare = { tx_power_min: 0, tx_power_max: 0, rx_power_min: 0xffffffff, rx_power_max: 0xffffffff }
  const unknown = { index: 0, tx_bias_current: 0xffffffff, tx_power: 0xffffffff, tx_wavelength: 0, rx_wavelength: 0 }
  const sample = [
    datagram([
      counters(3, [
        record(10, 'sfp', {
          module_id: 3,
          module_num_lanes: 4,
          module_supply_voltage: 3300,
          module_temperature: -1500,
          lanes: [lane, { ...lane, ...bare, ...unknown }],
        }),
      ]),
    ]),
  ]
  assert.deepEqual(lines(cardsOf(sample).text).slice(1), [
    '  sfp       module 3  lanes 4  supply 3,300 mV  temperature -1.5 °C',
    '    lane 1  tx 1,001 µW (900 to 1,100)  1,310 nm  bias 38,500 µA',
    '            rx 650 µW (700 to 950)  1,310 nm',
    '    lane    tx -  bias -',
    '            rx 650 µW',
  ])
  const red = cardsOf(sample, { style: coloured }).text
  assert.ok(red.includes('\u001b[31m650 µW\u001b[39m'))
  assert.ok(!red.includes('\u001b[31m1,001 µW'))
})

test('users: text in UTF-8 and where it is ASCII, else hex', () => {
  const user = (src_charset: number, src: string, dst_charset: number, dst: string) =>
    flowLines(record(1004, 'extended_user', { src_charset, src_user: bytes(src), dst_charset, dst_user: bytes(dst) }))
  assert.deepEqual(user(106, '4ac3bcff', 0, '626f62'), [
    '  user      source "Jü\\xff" UTF-8  destination "bob" unknown',
  ])
  assert.equal(user(4, '4afc', 2025, '')[0], '  user      source 4afc ISO-8859-1  destination none')
  assert.equal(user(13, '6122', 9999, '07')[0], '  user      source "a\\"" ISO-8859-10  destination 07 9999')
})

test('quotes and backslashes in a quoted text have a backslash before them', () => {
  assert.deepEqual(flowLines(record(1037, 'extended_acl', { number: 1, name: '"><a\\\u0008"', direction: 2 })), [
    '  acl       1  "\\"><a\\\\\\x08\\""  egress',
  ])
})

test('sockets of a proxy; one byte is a byte', () => {
  const ends = { protocol: 6, local_port: 3128, remote_port: 443 }
  const ipv4 = { ...ends, local_ip: bytes('c0000201'), remote_ip: bytes('c0000202') }
  const ipv6 = { ...ends, local_ip: bytes(`20010db8${'00'.repeat(12)}`), remote_ip: bytes('00'.repeat(16)) }
  assert.deepEqual(
    flowLines(
      record(2102, 'extended_proxy_socket_ipv4', ipv4),
      record(2103, 'extended_proxy_socket_ipv6', ipv6),
      record(1040, 'extended_queue', { depth: 1 }),
      record(1021, 'extended_L2_tunnel_egress', {
        length: 1,
        src_mac: bytes('020000000001'),
        dst_mac: bytes('020000000002'),
        type: 0x0800,
      }),
      { tag: 9 * 4096, bytes: bytes('ff') },
      { tag: 9 * 4096, bytes: bytes('01'.repeat(32)) },
      { tag: 9 * 4096, bytes: bytes('02'.repeat(36)) },
    ),
    [
      '  proxy     TCP  local 192.0.2.1 port 3128  remote 192.0.2.2 port 443 (https)',
      '  proxy     TCP  local 2001:db8:: port 3128  remote :: port 443 (https)',
      '  queue     depth 1 byte',
      '  L2 out    02:00:00:00:00:01 → 02:00:00:00:00:02  type 0x0800 (IPv4)  1 byte',
      '  unknown   record 9:0  1 byte  ff',
      '  unknown   record 9:0  32 bytes',
      `            ${'01'.repeat(32)}`,
      '  unknown   record 9:0  36 bytes',
      `            ${'02'.repeat(24)}… 12 more bytes`,
    ],
  )
})

/** An rtmetric or rtflow body by its bytes: counted strings and unions. */
const text = (value: string): string => {
  const raw = Buffer.from(value)
  const length = raw.length.toString(16).padStart(8, '0')
  return length + raw.toString('hex') + '00'.repeat((4 - (raw.length % 4)) % 4)
}
const body = (tag: number, name: string, hex: string) =>
  lines(cardsOf([datagram([{ kind: 'opaque', tag: 4300 * 4096 + tag, name, bytes: bytes(hex) }])]).text)

test('text metrics and text flows: a line a field', () => {
  const metrics = [
    `${text('state')} 00000000 ${text('"well"')}`,
    `${text('starts')} 00000001 ffffffff`,
    `${text('bytes')} 00000002 ffffffffffffffff`,
    `${text('workers')} 00000003 0000000c`,
    `${text('memory')} 00000004 0020000000000001`,
    `${text('load')} 00000005 3dcccccd`,
    `${text('odd')} 00000006 7ff8000000000000`,
  ]
  assert.deepEqual(body(1002, 'rtmetric', `${text('host\n1')} 00000007 ${metrics.join('')}`), [
    '12:00:01.123  192.0.2.9  rtmetric',
    '  metrics   host\\n1',
    '            state = "\\"well\\""',
    '            starts = 4,294,967,295 counter',
    '            bytes = 18,446,744,073,709,551,615 counter',
    '            workers = 12',
    '            memory = 9,007,199,254,740,993',
    '            load = 0.1',
    '            odd = -',
  ])
  const keys = [
    `${text('url')} 00000000 ${text('/a?b')}`,
    `${text('mac')} 00000001 020000000001 0000`,
    `${text('ip')} 00000002 c0000201`,
    `${text('port')} 00000004 0000c350`,
    `${text('score')} 00000007 3fb999999999999a`,
  ]
  assert.deepEqual(body(1003, 'rtflow', `${text('proxy')} 0000000a 00001267 00000005 ${keys.join('')}`), [
    '12:00:01.123  192.0.2.9  rtflow',
    '  flow      proxy  1 in 10 of 4,711',
    '            url = "/a?b"',
    '            mac = 02:00:00:00:00:01',
    '            ip = 192.0.2.1',
    '            port = 50000',
    '            score = 0.1',
  ])
  const many = `${text('a')} 00000003 00000001`.repeat(66)
  assert.deepEqual(body(1002, 'rtmetric', `${text('x')} 00000042 ${many}`).slice(-2), [
    '            a = 1',
    '            … 2 more',
  ])
})
