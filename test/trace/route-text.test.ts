// The summary as a person reads it, at several widths, and as NDJSON.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summaryJson } from '../../src/lib/trace/route-json.ts'
import { nsText, summaryText } from '../../src/lib/trace/route-text.ts'
import { Routes } from '../../src/lib/trace/routes.ts'
import type { TraceStep } from '../../src/lib/trace/step.ts'
import { plain } from '../helpers/cards.ts'
import { step, steps, tcp, tracepoint } from './steps.ts'

function routesOf(told: readonly TraceStep[]): Routes {
  const routes = new Routes()
  for (const one of told) routes.add(one)
  routes.stop()
  return routes
}

function textOf(told: readonly TraceStep[], width = 100, verbose = false): string[] {
  const view = { style: plain, width, time: () => '', day: () => '', clock: () => '' }
  return summaryText(routesOf(told).summary(), view, { top: 10, verbose })
}

const SETTLED = 50_000

/** As a kernel with kprobes tells of a connection that is blocked on its way out. */
const blocked: TraceStep[] = Array.from({ length: 5 }, (_, i) => {
  const own = {
    skb: `0xffff97000000${i}000`,
    process: 'curl',
    interfaceIndex: 0,
    interfaceName: '',
    length: 60,
    tuple: tcp('192.168.67.5:38932', '54.190.130.38:443', 'SYN'),
  }
  const drop = { ...own, reason: 'NETFILTER_DROP' }
  const at = SETTLED + i * 1000
  return [
    ...steps(at, ['ip_local_out', '__ip_local_out', 'nf_hook_slow'], own, 4),
    step(at + 12, 'kfree_skb_reason', drop),
    ...steps(at + 13, ['skb_release_head_state', 'skb_release_data', 'kfree_skbmem'], own, 0.5),
  ]
}).flat()

test('a blocked connection', () => {
  assert.deepEqual(textOf(blocked), [
    '5 packets on 1 route · 5 dropped · times: since the step before',
    '',
    ' 5 packets: ip_local_out → __ip_local_out → nf_hook_slow ✗ NETFILTER_DROP    14 µs median',
    '    WHERE  STEP                                  P50     MAX  SHARE',
    '    ────────────────────────────────────────────────────────────────────',
    '           ip_local_out',
    '           __ip_local_out                     4.0 µs  4.0 µs   29 %  ██▉',
    '           nf_hook_slow                       4.0 µs  4.0 µs   29 %  ██▉',
    '           kfree_skb_reason ✗ NETFILTER_DROP  4.0 µs  4.0 µs   29 %  ██▉',
    '           first to last                       14 µs   14 µs',
    '    e.g. 192.168.67.5:38932->54.190.130.38:443(tcp:SYN), curl',
  ])
})

/** As tracepoints tell of a packet that is forwarded between two namespaces. */
function forwarded(i: number, more: readonly string[] = []): TraceStep[] {
  const at = SETTLED + i * 1000
  const skb = `0xffff97000001${String(i).padStart(4, '0')}`
  const red = { ...tracepoint, skb, netns: 1, netnsName: 'red', interfaceName: 'r0' }
  const mid = { ...tracepoint, skb, netns: 2, netnsName: 'mid', interfaceName: 'm0' }
  const blue = { ...tracepoint, skb, netns: 3, netnsName: 'blue', interfaceName: 'b0' }
  return [
    ...steps(at, ['net_dev_queue', 'net_dev_start_xmit'], red),
    ...steps(at + 4, ['netif_rx', ...more, 'netif_receive_skb'], mid),
    ...steps(at + 10, ['net_dev_queue', 'net_dev_start_xmit'], { ...mid, interfaceName: 'm1' }),
    ...steps(at + 12, ['netif_rx', 'netif_receive_skb', 'consume_skb'], blue),
  ]
}
const ways = [...Array.from({ length: 12 }, (_, i) => forwarded(i)), forwarded(90, ['napi_gro_receive_entry'])].flat()

test('through three namespaces: where the line is cut, what it passes is left', () => {
  const head = (width: number) => textOf(ways, width)[2]
  assert.equal(head(64), ' 12 packets: [red r0] net_dev_queue → … → [blue b0] consume_skb    14 µs median')
  assert.equal(
    head(100),
    ' 12 packets: [red r0] net_dev_queue → [mid m0] … → [m1] … → [blue b0] consume_skb    14 µs median',
  )
  assert.equal(
    textOf(ways, 80, true)[2],
    ' 12 packets: [red r0] net_dev_queue → net_dev_start_xmit → [mid m0] netif_rx → netif_receive_skb → [m1] net_dev_queue → net_dev_start_xmit → [blue b0] netif_rx → netif_receive_skb → consume_skb    14 µs median',
  )
})

test('a table by places, odd ones below it, no line longer than the terminal', () => {
  const lines = textOf(ways)
  assert.equal(lines[0], '13 packets on 1 route · times: since the step before')
  assert.deepEqual(lines.slice(3), [
    '    WHERE    STEP                   P50     P90     MAX  SHARE',
    '    ────────────────────────────────────────────────────────────────',
    '    red r0   net_dev_queue',
    '             net_dev_start_xmit  1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '    mid m0   netif_rx            3.0 µs  3.0 µs  3.0 µs   21 %  ██▏',
    '             netif_receive_skb   1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '    mid m1   net_dev_queue       5.0 µs  5.0 µs  5.0 µs   36 %  ███▋',
    '             net_dev_start_xmit  1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '    blue b0  netif_rx            1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '             netif_receive_skb   1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '             consume_skb         1.0 µs  1.0 µs  1.0 µs  7.1 %  ▊',
    '             first to last        14 µs   14 µs   14 µs',
    '    e.g. 10.0.0.1->10.0.0.2(icmp), ping',
    '    1 odd: napi_gro_receive_entry after netif_rx · e.g. 10.0.0.1->10.0.0.2(icmp), ping',
  ])
  for (const width of [80, 100, 120, 200]) {
    for (const line of [...textOf(ways, width), ...textOf(blocked, width)]) {
      assert.ok(plain.width(line) <= width, `${width}: ${line}`)
    }
  }
})

test('forty functions: the table keeps where time passes, and says how many it leaves out', () => {
  const names = Array.from({ length: 40 }, (_, i) => `function_${i}`)
  const told = Array.from({ length: 3 }, (_, i) => {
    const own = { skb: `0xff${i}` }
    const at = SETTLED + i * 1000
    return [
      ...steps(at, names.slice(0, 20), own),
      ...steps(at + 60, names.slice(20), own),
      step(at + 90, 'kfree_skbmem', own),
    ]
  }).flat()
  const lines = textOf(told)
  assert.equal(
    lines[2],
    ' 3 packets: [eth0] function_0 → function_1 → … → function_20 → … → kfree_skbmem    90 µs median',
  )
  assert.equal(
    lines.some((line) => /^ +function_20 +41 µs +41 µs +46 % {2}████▌$/.test(line)),
    true,
  )
  assert.ok(lines.some((line) => /^ +… \d+ steps +\d+ % /.test(line)))
  assert.ok(lines.length < 20)
  assert.equal(textOf(told, 100, true).filter((line) => line.startsWith('           function_')).length, 39)
})

test('one packet has one time; none is said', () => {
  const [, , head, titles] = textOf(forwarded(0))
  assert.match(head!, / 1 packet: .* {4}14 µs$/)
  assert.match(titles!, /^ +WHERE +STEP +TIME +SHARE$/)
  assert.deepEqual(textOf([]), ['No packet was seen.'])
})

test('text of others is harmless', () => {
  const bad = { ...tracepoint, functionName: 'f\u001b[31m', interfaceName: 'e\u0007', process: '\u202eexe', skb: '0x1' }
  const told = [step(0, 'a', bad), step(1, 'b', { ...bad, reason: 'R\u001b]0;x\u0007', droppedIn: 'd\u009b' })]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  const active = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
  assert.doesNotMatch(textOf(told).join('\n'), active)
  const json = summaryJson(routesOf(told).summary())
  assert.doesNotMatch(json.join('\n'), active)
  assert.equal(JSON.parse(json[0]!).steps[1].iface, 'e\u0007')
})

test('spans as text', () => {
  const cases: [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [1000, '1.0 µs'],
    [12_345, '12 µs'],
    [999_600, '1.0 ms'],
    [1_234_567, '1.2 ms'],
    [3_400_000_000, '3.4 s'],
    [91e9, '91 s'],
    [Number.NaN, '-'],
  ]
  for (const [ns, want] of cases) assert.equal(nsText(ns), want)
})

test('NDJSON: a line a route with all its steps, and the totals', () => {
  const lines = summaryJson(routesOf([...ways, ...blocked]).summary(3)).map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ kind, rank, packets }) => [kind, rank, packets]),
    [
      ['route', 1, 12],
      ['route', 2, 5],
      ['routes_end', undefined, 18],
    ],
  )
  const [passed, dropped, end] = lines
  assert.deepEqual(passed.steps[2], {
    func: 'netif_rx',
    tracepoint: true,
    netns: 2,
    netns_name: 'mid',
    iface: 'm0',
    since_ns: { count: 12, sum: 36_000, min: 3000, p50: 3000, p90: 3000, p99: 3000, max: 3000 },
  })
  assert.equal(passed.longest, 4)
  assert.deepEqual(passed.odd[0].differs, [
    {
      kind: 'extra',
      after: 2,
      steps: [{ func: 'napi_gro_receive_entry', tracepoint: true, netns: 2, netns_name: 'mid', iface: 'm0' }],
    },
  ])
  assert.deepEqual(
    [dropped.dropped_at, dropped.reason, dropped.bytes, dropped.steps.length],
    [3, 'NETFILTER_DROP', 300, 7],
  )
  assert.deepEqual(dropped.example, {
    time: '2026-05-01T12:00:00.050000000Z',
    skb: '0xffff970000000000',
    pid: 1234,
    process: 'curl',
    len: 60,
    tuple: { saddr: '192.168.67.5', daddr: '54.190.130.38', sport: 38932, dport: 443, proto: 'tcp', flags: 'SYN' },
  })
  assert.deepEqual(end, {
    kind: 'routes_end',
    routes: 2,
    packets: 18,
    steps: 153,
    dropped: 5,
    incomplete: { begun: 0, end_only: 0, under_way: 0, lost: 0, crowded: 0 },
    others: 0,
    lost: 3,
    quantile_error: 0.03125,
  })
})
