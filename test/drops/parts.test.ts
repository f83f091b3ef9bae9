// Parts of drops by themselves: timelines, keys read back, texts, what is explained, culprits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CountedPorts } from '../../src/lib/drops/counted.ts'
import { culpritsOf } from '../../src/lib/drops/culprits.ts'
import { parseGroupings } from '../../src/lib/drops/groupings.ts'
import { functionName, readTold, TOLD_KEYS } from '../../src/lib/drops/keys.ts'
import { adviceOf } from '../../src/lib/drops/reasons-advice.ts'
import type { Place, Victim } from '../../src/lib/drops/snapshot.ts'
import { coarser, rateText } from '../../src/lib/drops/table.ts'
import { culpritText, detailText, placeText, victimText } from '../../src/lib/drops/texts.ts'
import { piecesOf, Slices } from '../../src/lib/drops/timeline.ts'
import type { Estimate, KeyValue } from '../../src/lib/flow/rows.ts'
import { dropReasons } from '../../src/lib/names/drop-reasons.ts'
import type { PortRow, PortSide } from '../../src/lib/port-rates/port-row.ts'

const slice = (startMs: number, packets: number) => ({ startMs, counts: new Map([['a', packets]]) })

test('slices: what is too late for its own is in the last; an endless window makes them longer', () => {
  const slices = new Slices(1000, true)
  for (let i = 0; i < 300; i++) slices.add(slice(i * 1000, 1))
  slices.add(slice(5000, 7))
  assert.equal(slices.sliceMs, 2000)
  assert.equal(slices.all.length, 150)
  assert.equal(
    slices.all.reduce((sum, { counts }) => sum + counts.get('a')!, 0),
    307,
  )
  assert.equal(slices.all.at(-1)!.counts.get('a'), 9)
})

test('slices: those of a window are taken, later ones stay', () => {
  const slices = new Slices(1000, false)
  for (const second of [0, 1, 9, 10, 11]) slices.add(slice(second * 1000, 1))
  assert.deepEqual(
    slices.take(10_000).map(({ startMs }) => startMs),
    [0, 1000, 9000],
  )
  assert.deepEqual(
    slices.all.map(({ startMs }) => startMs),
    [10_000, 11_000],
  )
})

test('pieces: at most sixty, as long as each other, nothing is lost', () => {
  const slices = Array.from({ length: 100 }, (_, i) => slice(i * 1000, i === 3 ? 5 : 1))
  const pieces = piecesOf(slices, 1000, 0, 100_000)
  assert.equal(pieces.sliceMs, 2000)
  assert.equal(pieces.of('a').length, 50)
  assert.equal(pieces.of('a')[1], 6)
  assert.equal(
    pieces.of('a').reduce((a, b) => a + b, 0),
    104,
  )
  assert.deepEqual(piecesOf([], 1000, 500, 2500).of('b'), [0, 0, 0])
})

test('coarser: neighbours together', () => {
  assert.deepEqual(coarser([1, 2, 3, 4, 5], 3), [3, 7, 5])
  assert.deepEqual(coarser([1, 2], 6), [1, 2])
})

/** A key of the flow engine: place, reason, then what is given. */
const key = (reason: KeyValue, more: readonly KeyValue[] = []): KeyValue[] => [
  '192.0.2.1',
  '7',
  'unknown',
  reason,
  ...more,
  ...new Array<KeyValue>(TOLD_KEYS - 4 - more.length).fill('-'),
]

for (const [value, code, name] of [
  ['acl', 258, 'acl'],
  ['net_unreachable', 0, 'net_unreachable'],
  ['dev_hdr', 332, 'dev_hdr'],
  ['ip_noproto', 2, 'protocol_unreachable'],
  ['777', 777, 'reason 777'],
  [777, 777, 'reason 777'],
  ['-', null, 'discard'],
] as const) {
  test(`reason ${value} is ${name}`, () => {
    const told = readTold(key(value), TOLD_KEYS)
    assert.deepEqual([told.reason.code, told.reason.name], [code, name])
    assert.deepEqual([told.agent, told.input, told.output], ['192.0.2.1', 7, undefined])
  })
}

test('a function as key has no offsets: it makes one row; other texts stay', () => {
  for (const [value, shown] of [
    ['udp_rcv+0x545/0xde0', 'udp_rcv'],
    ['nft_do_chain+0x40f/0x630 [nf_tables]', 'nft_do_chain'],
    ['icmp_rcv.part.0+0x1', 'icmp_rcv.part.0'],
    ['a+b', 'a+b'],
    [7, 7],
  ] as const) {
    assert.deepEqual(readTold([...key('acl'), value], TOLD_KEYS).further, [shown])
  }
})

for (const [fields, text] of [
  [['10.0.0.1', '10.0.0.2', 17, 4791, 26, 2048], '10.0.0.1 → 10.0.0.2 RoCE DSCP 26'],
  [['10.0.0.1', '10.0.0.2', 17, 53, 0, 2048], '10.0.0.1 → 10.0.0.2:53 UDP'],
  [['2001:db8::1', '2001:db8::2', 6, 443, 0, 34_525], '2001:db8::1 → [2001:db8::2]:443 TCP'],
  [['10.0.0.1', '10.0.0.2', 1, '-', 0, 2048], '10.0.0.1 → 10.0.0.2 ICMP'],
  [['00005E005301', '00005E005302', '-', '-', '-', 0x9999], '00005E005301 → 00005E005302 0x9999'],
  [['00005E005301', '00005E005302', '-', '-', '-', 2054], '00005E005301 → 00005E005302 ARP'],
  [['10.0.0.1', '10.0.0.2', 200, '-', '-', 2048], '10.0.0.1 → 10.0.0.2 IP protocol 200'],
  [['-', '-', '-', '-', '-', '-'], 'no packet told'],
] as const) {
  test(`victim: ${text}`, () => {
    assert.equal(victimText(readTold(key('acl', fields), TOLD_KEYS).victim!), text)
  })
}

const place: Place = {
  id: '192.0.2.1 7 out',
  node: 'leaf1',
  agent: '192.0.2.1',
  port: 'swp7',
  ifIndex: 7,
  direction: 'out',
  isKnown: true,
  link: null,
}

test('places', () => {
  assert.equal(placeText(place), 'leaf1 swp7 →')
  assert.equal(placeText({ ...place, direction: 'in' }), 'leaf1 swp7')
  assert.equal(placeText({ ...place, direction: 'in', port: null, isKnown: null }), 'leaf1 7')
  assert.equal(placeText({ ...place, direction: 'in', port: null, isKnown: false }), 'leaf1 ?7')
  assert.equal(placeText({ ...place, ifIndex: null, direction: null }), 'leaf1')
})

test('functions and details', () => {
  assert.equal(functionName('nft_do_chain+0x40f/0x630 [nf_tables]'), 'nft_do_chain')
  assert.equal(functionName('__netif_receive_skb_core.constprop.0+0x'), '__netif_receive_skb_core.constprop.0')
  assert.equal(functionName(null), null)
  const none = { linuxReason: null, function: null, trap: null, trapGroup: null, queue: null, acl: null }
  assert.equal(detailText(none), '')
  assert.equal(detailText({ ...none, linuxReason: 'NO_SOCKET', function: 'tcp_v4_rcv' }), 'NO_SOCKET in tcp_v4_rcv')
  assert.equal(
    detailText({ ...none, trap: 'tail_drop', trapGroup: 'buffer_drops', queue: 3, acl: 'x' }),
    'trap tail_drop (buffer_drops), queue 3, ACL x',
  )
})

test('rates', () => {
  assert.deepEqual([null, 0, 0.004, 0.25, 12.34, 1234.5].map(rateText), ['-', '0', '<0.01', '0.25', '12.3', '1,235'])
})

test('--by', () => {
  assert.deepEqual(parseGroupings('victim, reason', '--by'), ['reason', 'victim'])
  assert.throws(
    () => parseGroupings('reason,palce', '--by'),
    /--by "reason,palce" is not understood.*Did you mean place\?/,
  )
})

test('every reason has a meaning and something to check', () => {
  for (const { code, name, group } of dropReasons) {
    const { meaning, check } = adviceOf({ code, name, group }, null, [])
    assert.match(meaning, /\.$/, name)
    assert.match(check, /[.?]$/, name)
  }
})

test('a TTL that ran out on Linux is not a broken header', () => {
  const reason = { code: 313, name: 'ip_1_parsing', group: 'parser' }
  const forward = { linuxReason: 'IP_INHDR', function: 'ip_forward' }
  const forward6 = { linuxReason: 'IP_INHDR', function: 'ip6_forward' }
  const received = { linuxReason: 'IP_INHDR', function: 'ip_rcv_core' }
  const of = (...details: (typeof forward)[]) => adviceOf(reason, null, details)
  assert.match(of(forward, forward6).meaning, /^The TTL or hop limit ran out/)
  assert.match(of(forward).check, /^Is it traceroute\?/)
  assert.match(of(received).check, /cable/)
  assert.match(of(received, forward).meaning, /could not be parsed.* In ip_forward and ip6_forward: the TTL ran out\.$/)
  assert.match(of().check, /cable/)
})

test('what no configuration means so is not said to be meant so; precedence is no matter of routes', () => {
  for (const code of [324, 329, 330, 331, 332, 333, 334, 357, 359]) {
    const { name, group } = dropReasons.find((reason) => reason.code === code)!
    assert.doesNotMatch(adviceOf({ code, name, group }, null, []).check, /meant so/, name)
  }
  for (const code of [8, 14, 15]) {
    const { name, group } = dropReasons.find((reason) => reason.code === code)!
    assert.doesNotMatch(adviceOf({ code, name, group }, null, []).check, /routes/, name)
  }
})

test('no_buffer_space: the class decides what to check', () => {
  const reason = { code: 259, name: 'no_buffer_space', group: 'buffer/queue' }
  const victim: Victim = { src: null, dst: null, protocol: 'RoCE', port: 4791, dscp: 26 }
  assert.match(adviceOf(reason, victim, []).check, /^DSCP 26: is it the lossless class here\? .* headroom/)
  assert.match(adviceOf(reason, { ...victim, protocol: 'TCP' }, []).check, /is that a lossless class\? .* --culprits/)
  assert.match(adviceOf(reason, victim, [{ linuxReason: 'SOCKET_RCVBUFF', function: null }]).check, /SO_RCVBUF/)
  assert.match(adviceOf(reason, { ...victim, dscp: null }, []).check, /^Which DSCP: is it the lossless/)
})

/** A port with two counter samples. */
function port(ifIndex: number, inDiscards: number | null, outDiscards: number | null): PortRow {
  const side = (discards: number | null) => ({ discards, errors: 0 }) as PortSide
  return {
    id: `192.0.2.1 ${ifIndex}`,
    node: 'leaf1',
    agent: '192.0.2.1',
    ifIndex,
    port: `swp${ifIndex}`,
    seconds: inDiscards === null ? null : 20,
    note: inDiscards === null ? 'one counter sample: a rate needs two' : null,
    in: side(inDiscards),
    out: side(outDiscards),
  } as PortRow
}

const toldAt = new Map([['192.0.2.1 7', { in: 0, out: 45 }]])

test('explained: by port', () => {
  const counted = new CountedPorts([{ rows: [port(7, 0, 50), port(8, 0, 10)], toldAt }])
  counted.tell(place, 60)
  const { explainedPct, explainedBy, discards, told, discardsPerSecond } = counted.of(place)
  assert.deepEqual([explainedPct, explainedBy, discards, told, discardsPerSecond], [90, 'port', 50, 45, 2.5])
  // It tells output ports, so that what it does not tell there is not explained.
  assert.deepEqual(
    counted.list().map((one) => [one.ifIndex, one.explainedPct, one.explainedBy]),
    [
      [7, 90, 'port'],
      [8, 0, 'port'],
    ],
  )
})

test('explained: by agent where it does not tell output ports', () => {
  const input = new Map([['192.0.2.1 7', { in: 45, out: 0 }]])
  const counted = new CountedPorts([{ rows: [port(7, 0, 0), port(8, 0, 50)], toldAt: input }])
  counted.tell({ ...place, direction: 'in' }, 45)
  const { explainedPct, explainedBy } = counted.of({ ...place, direction: 'in' })
  assert.deepEqual([explainedPct, explainedBy], [90, 'agent'])
})

test('explained: null with the reason', () => {
  const of = (rows: PortRow[], told: number) => {
    const counted = new CountedPorts([{ rows, toldAt: new Map() }])
    if (told > 0) counted.tell(place, told)
    return counted.of(place)
  }
  assert.equal(of([], 5).why, 'no counters of this port')
  assert.equal(of([port(7, null, null)], 5).why, 'one counter sample: a rate needs two')
  assert.equal(of([port(7, 0, 0)], 5).why, 'counters show no discards')
  assert.equal(of([port(7, 0, 9)], 0).why, 'the agent tells of no drops')
  for (const explained of [of([], 5), of([port(7, 0, 0)], 5)]) assert.equal(explained.explainedPct, null)
})

test('explained: more told than counted is all of it; windows add up', () => {
  const parts = [
    { rows: [port(7, 0, 10)], toldAt },
    { rows: [port(7, 0, 20)], toldAt },
  ]
  const counted = new CountedPorts(parts)
  counted.tell(place, 90)
  const { explainedPct, discards, told } = counted.of(place)
  assert.deepEqual([explainedPct, discards, told], [100, 30, 90])
})

const estimate = (total: number): Estimate => ({
  total,
  perSecond: null,
  share: null,
  errorPct: 10,
  low: null,
  high: null,
})

/** Bytes and frames of what leaves by a port. */
const flow = (output: number, side: string, src: string, bytes: number, samples = bytes / 1_000_000) => ({
  key: ['192.0.2.1', String(output), side, src, '10.0.0.9', 17, 4791, 26],
  samples,
  values: [estimate(bytes), estimate(bytes / 1000)],
})

test('culprits: what other ports saw on the way, ranked, with shares', () => {
  const rows = [
    flow(7, 'ingress', '10.0.0.1', 300e6),
    flow(7, 'ingress', '10.0.0.2', 100e6),
    flow(8, 'ingress', '10.0.0.3', 900e6),
  ]
  const leaving = culpritsOf(rows, new Set(['192.0.2.1 7']), 10, 1)
  assert.deepEqual([...leaving.keys()], ['192.0.2.1 7'])
  const { culprits, bitsPerSecond } = leaving.get('192.0.2.1 7')!
  assert.equal(bitsPerSecond, 320e6)
  assert.equal(culprits.length, 1)
  const [first] = culprits
  assert.equal(first!.victim.src, '10.0.0.1')
  assert.equal(first!.bitsPerSecond, 240e6)
  assert.equal(first!.share!.value, 0.75)
  assert.ok(first!.share!.low < 0.75 && first!.share!.high > 0.75)
  assert.match(culpritText(first!), /^10\.0\.0\.1 → 10\.0\.0\.9 75 % ± [\d.]+$/)
})

test('culprits: what the port itself sampled is all, unless others saw more for sure', () => {
  const both = (others: number) =>
    culpritsOf(
      [flow(7, 'egress', '10.0.0.1', 100e6), flow(7, 'ingress', '10.0.0.2', others)],
      new Set(['192.0.2.1 7']),
      1,
      5,
    ).get('192.0.2.1 7')!
  assert.deepEqual(
    both(110e6).culprits.map(({ victim }) => victim.src),
    ['10.0.0.1'],
  )
  assert.deepEqual(
    both(500e6).culprits.map(({ victim }) => victim.src),
    ['10.0.0.2'],
  )
})
