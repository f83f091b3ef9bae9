// Packets that went the same way: grouping, times, drops, loops, clones, odd ones, slow ones, incomplete ones, bounds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Route, Routes, type Summary } from '../../src/lib/trace/routes.ts'
import type { TraceStep } from '../../src/lib/trace/step.ts'
import { step, steps, tcp, tracepoint } from './steps.ts'

/** Later than what may have begun before the trace. */
const SETTLED = 50_000

function summaryOf(told: readonly TraceStep[], lost = 0): Summary {
  const routes = new Routes()
  for (const one of told) routes.add(one)
  routes.stop()
  return routes.summary(lost)
}

/** `2: ip_rcv ip_forward ×3 kfree_skb!NO_SOCKET`, `|` before a clone's way. */
function short({ packets, steps, loops, dropped }: Route): string {
  const names = steps.map(({ functionName, isBranch, reason }, i) => {
    const loop = loops.find(({ at, length }) => at + length - 1 === i)
    const times = loop === undefined ? '' : ` ×${loop.least}-${loop.most}/${loop.length}`
    return `${isBranch ? '| ' : ''}${functionName}${times}${dropped === i ? `!${reason}` : ''}`
  })
  return `${packets}: ${names.join(' ')}`
}

const buffer = (i: number) => ({ skb: `0xffff8880000${(i + 4096).toString(16)}00` })
/** So many packets, a millisecond apart, of their own buffers. */
function many(
  count: number,
  at: number,
  names: readonly string[],
  more: Partial<TraceStep> = {},
  first = 0,
): TraceStep[] {
  return Array.from({ length: count }, (_, i) => steps(at + i * 1000, names, { ...more, ...buffer(first + i) })).flat()
}

const sent = ['net_dev_queue', 'net_dev_start_xmit', 'consume_skb']

test('packets with the same functions are a route, with shares and times between steps', () => {
  const {
    routes,
    packets,
    steps: told,
  } = summaryOf([
    ...many(3, SETTLED, sent, tracepoint),
    ...steps(60_000, ['netif_receive_skb', 'consume_skb'], { ...tracepoint, length: 60 }, 7),
  ])
  assert.deepEqual(routes.map(short), [
    '3: net_dev_queue net_dev_start_xmit consume_skb',
    '1: netif_receive_skb consume_skb',
  ])
  assert.deepEqual([packets, told], [4, 11])
  const [first, second] = routes
  assert.equal(first!.share, 0.75)
  assert.equal(first!.bytes, 252)
  assert.equal(first!.total.quantile(0.5), 2000)
  assert.deepEqual(
    first!.steps.map(({ since }) => [since.count, since.sum]),
    [
      [0, 0],
      [3, 3000],
      [3, 3000],
    ],
  )
  assert.equal(second!.total.max, 7000)
  assert.equal(second!.longest, 1)
})

test('routes at other interfaces and in other namespaces are others', () => {
  const { routes } = summaryOf([
    ...many(2, SETTLED, sent, tracepoint),
    ...many(1, 60_000, sent, { ...tracepoint, interfaceName: 'eth1', interfaceIndex: 3 }),
    ...many(1, 70_000, sent, { ...tracepoint, netns: 7 }),
  ])
  assert.deepEqual(
    routes.map(({ packets, steps }) => [packets, steps[0]!.interfaceName, steps[0]!.netns]),
    [
      [2, 'eth0', 4026531840],
      [1, 'eth1', 4026531840],
      [1, 'eth0', 7],
    ],
  )
})

test('a step at another place is marked', () => {
  const { routes } = summaryOf([
    step(0, 'net_dev_queue', { ...tracepoint, interfaceName: 'r0', netns: 1 }),
    step(1, 'net_dev_start_xmit', { ...tracepoint, interfaceName: 'r0', netns: 1 }),
    step(2, 'netif_receive_skb', { ...tracepoint, interfaceName: 'm0', netns: 2, netnsName: 'mid' }),
    step(3, 'net_dev_queue', { ...tracepoint, interfaceName: 'm1', netns: 2, netnsName: 'mid' }),
  ])
  assert.deepEqual(
    routes[0]!.steps.map(({ isNewPlace }) => isNewPlace),
    [true, false, true, true],
  )
  assert.equal(routes[0]!.steps[2]!.netnsName, 'mid')
})

test('drops: where, why, by which function; other reasons are other routes', () => {
  const drop = (reason: string, droppedIn: string) => ({ ...tracepoint, reason, droppedIn })
  const { routes, dropped } = summaryOf([
    ...many(2, SETTLED, ['kfree_skb'], drop('NETFILTER_DROP', 'nf_hook_slow+0xe8')),
    ...many(1, 60_000, ['kfree_skb'], drop('NETFILTER_DROP', 'nf_hook_slow+0x12')),
    ...many(1, 70_000, ['kfree_skb'], drop('NO_SOCKET', '__udp4_lib_rcv+0x1 [udp]')),
    ...steps(80_000, ['ip_rcv', 'sk_skb_reason_drop'], { reason: 'TCP_CSUM' }),
  ])
  assert.equal(dropped, 5)
  assert.deepEqual(routes.map(short), [
    '3: kfree_skb!NETFILTER_DROP',
    '1: kfree_skb!NO_SOCKET',
    '1: ip_rcv!TCP_CSUM sk_skb_reason_drop',
  ])
  assert.deepEqual(
    routes.map(({ steps }) => steps[0]!.droppedIn),
    ['nf_hook_slow', '__udp4_lib_rcv', ''],
  )
})

test('repeats and loops are folded, with how often', () => {
  const loop = (times: number) => Array.from({ length: times }, () => ['ip_forward', 'ip_output', 'ip_finish']).flat()
  const { routes } = summaryOf([
    ...steps(SETTLED, ['ip_rcv', ...loop(60), 'kfree_skbmem'], buffer(1)),
    ...steps(60_000, ['ip_rcv', ...loop(62), 'kfree_skbmem'], buffer(2)),
    ...steps(70_000, ['nf_hook_slow', 'nf_hook_slow', 'nf_hook_slow', 'ip_output', 'kfree_skbmem'], buffer(3)),
    ...steps(80_000, ['nf_hook_slow', 'nf_hook_slow', 'ip_output', 'kfree_skbmem'], buffer(4)),
  ])
  assert.deepEqual(routes.map(short), [
    '2: ip_rcv ip_forward ip_output ip_finish ×60-62/3 kfree_skbmem',
    '1: nf_hook_slow ×3-3/1 ip_output kfree_skbmem',
    '1: nf_hook_slow ×2-2/1 ip_output kfree_skbmem',
  ])
  assert.equal(routes[0]!.steps[1]!.since.count, 122)
})

test('a clone of a followed packet: its steps behind those of the buffer before, however they mix', () => {
  const copy = '0xffff888000000900'
  const packet = (at: number, number: number, mixed: boolean): TraceStep[] => {
    const own = { ...tracepoint, packet: number }
    const cloned = { ...own, skb: copy }
    const a = [step(at, 'net_dev_queue', own), step(at + 1, 'net_dev_start_xmit', own)]
    const b = [step(at + 2, 'netif_rx', cloned), step(at + 4, 'consume_skb', cloned)]
    const c = [step(at + 3, 'consume_skb', own)]
    return mixed ? [...a, b[0]!, c[0]!, b[1]!] : [...a, ...c, ...b]
  }
  const { routes } = summaryOf([...packet(0, 1, false), ...packet(100, 2, true)])
  assert.deepEqual(routes.map(short), ['2: net_dev_queue net_dev_start_xmit consume_skb | netif_rx consume_skb'])
  assert.equal(routes[0]!.steps[3]!.since.max, 1000)
})

test('odd ones: rare routes that differ in a step or two are under the common one', () => {
  const common = ['ip_rcv', 'ip_rcv_finish', 'ip_local_deliver', 'icmp_rcv', 'kfree_skbmem']
  const { routes } = summaryOf([
    ...many(20, SETTLED, common),
    ...many(
      3,
      100_000,
      ['ip_rcv', 'ip_rcv_finish', 'ip_defrag', 'ip_local_deliver', 'icmp_rcv', 'kfree_skbmem'],
      {},
      100,
    ),
    ...many(2, 110_000, ['ip_rcv', 'ip_local_deliver', 'icmp_rcv', 'kfree_skbmem'], {}, 200),
    ...many(1, 120_000, ['ip_rcv', 'ip_rcv_finish', 'ip_forward', 'icmp_rcv', 'kfree_skbmem'], {}, 300),
    ...many(1, 130_000, ['ip_rcv', 'ip_forward', 'ip_output', 'veth_xmit', 'kfree_skbmem'], {}, 400),
  ])
  assert.deepEqual(routes.map(short), [
    '20: ip_rcv ip_rcv_finish ip_local_deliver icmp_rcv kfree_skbmem',
    '1: ip_rcv ip_forward ip_output veth_xmit kfree_skbmem',
  ])
  assert.deepEqual(
    routes[0]!.odd.map(({ packets, differences }) => ({
      packets,
      differences: differences.map(({ kind, after, steps, instead }) => ({
        kind,
        after,
        functions: steps.map(({ functionName }) => functionName),
        instead: instead.map(({ functionName }) => functionName),
      })),
    })),
    [
      { packets: 3, differences: [{ kind: 'extra', after: 1, functions: ['ip_defrag'], instead: [] }] },
      { packets: 2, differences: [{ kind: 'missing', after: 0, functions: [], instead: ['ip_rcv_finish'] }] },
      {
        packets: 1,
        differences: [{ kind: 'instead', after: 1, functions: ['ip_forward'], instead: ['ip_local_deliver'] }],
      },
    ],
  )
})

test('what is dropped is never an odd one of what passes', () => {
  const { routes } = summaryOf([
    ...many(20, SETTLED, ['netif_rx', 'netif_receive_skb', 'consume_skb'], tracepoint),
    ...many(1, 100_000, ['netif_rx', 'netif_receive_skb', 'kfree_skb'], { ...tracepoint, reason: '' }, 100),
  ])
  assert.deepEqual(
    routes.map(({ packets, dropped, odd }) => [packets, dropped, odd.length]),
    [
      [20, undefined, 0],
      [1, 2, 0],
    ],
  )
})

test('slow ones: more than ten times the median and a millisecond, and where they waited', () => {
  const late = { tuple: tcp('10.0.0.1:1', '10.0.0.2:2') }
  const { routes } = summaryOf([
    ...many(30, SETTLED, sent, tracepoint),
    step(100_000, 'net_dev_queue', { ...tracepoint, ...late }),
    step(103_000, 'net_dev_start_xmit', { ...tracepoint, ...late }),
    step(103_100, 'consume_skb', { ...tracepoint, ...late }),
  ])
  const { packets, overNs, slowest } = routes[0]!.slow
  assert.deepEqual([packets, overNs], [1, 1_000_000])
  assert.deepEqual(
    slowest.map(({ ns, step: at, stepNs }) => [ns, at, stepNs]),
    [[3_100_000, 1, 3_000_000]],
  )
  assert.equal(slowest[0]!.example.tuple?.destinationPort, 2)
})

test('incomplete: begun before the trace, under way at its end', () => {
  const { routes, incomplete, packets } = summaryOf([
    ...steps(0, ['net_dev_start_xmit', 'consume_skb'], { ...tracepoint, ...buffer(900) }),
    ...many(5, SETTLED, sent, tracepoint),
    step(90_000, 'consume_skb', { ...tracepoint, ...buffer(902) }),
    step(100_000, 'net_dev_queue', { ...tracepoint, ...buffer(901) }),
  ])
  assert.deepEqual(incomplete, { begun: 1, endOnly: 1, underWay: 1, lost: 0, crowded: 0 })
  assert.equal(packets, 8)
  assert.deepEqual(routes.map(short), ['5: net_dev_queue net_dev_start_xmit consume_skb'])
  assert.equal(routes[0]!.share, 1)
})

test('at the edge, but whole: first and last packets count with the others', () => {
  const { routes, incomplete } = summaryOf([
    ...steps(0, sent, { ...tracepoint, ...buffer(900) }),
    ...many(5, SETTLED, sent, tracepoint),
    ...steps(100_000, ['ip_rcv', 'ip_local_deliver'], buffer(901)),
  ])
  assert.deepEqual(incomplete, { begun: 0, endOnly: 0, underWay: 0, lost: 0, crowded: 0 })
  assert.deepEqual(routes.map(short), ['6: net_dev_queue net_dev_start_xmit consume_skb', '1: ip_rcv ip_local_deliver'])
  assert.equal(routes[0]!.total.count, 6)
})

test('packets that lack steps while events were lost are incomplete, not odd', () => {
  const told = [...many(8, SETTLED, sent, tracepoint), ...many(1, 90_000, ['net_dev_queue', 'consume_skb'], tracepoint)]
  assert.deepEqual(summaryOf(told, 12).incomplete, { begun: 0, endOnly: 0, underWay: 0, lost: 1, crowded: 0 })
  assert.deepEqual(
    summaryOf(told, 0).routes[0]!.odd.map(({ packets }) => packets),
    [1],
  )
})

test('a trace that went on after the last step: nothing was under way', () => {
  const routes = new Routes()
  for (const one of many(5, SETTLED, sent, tracepoint)) routes.add(one)
  const last = step(90_000, 'net_dev_queue', tracepoint)
  routes.add(last)
  routes.stop(last.time + 2_000_000_000n)
  const { incomplete, routes: found } = routes.summary()
  assert.equal(incomplete.underWay, 0)
  assert.deepEqual(
    found[0]!.odd.map(({ packets }) => packets),
    [1],
  )
})

test('a summary while it goes on: packets that are still open are not in it', () => {
  const routes = new Routes()
  for (const one of many(5, SETTLED, sent, tracepoint)) routes.add(one)
  for (const one of many(1, 90_000, sent.slice(0, 2), tracepoint)) routes.add(one)
  assert.deepEqual(routes.summary().routes.map(short), ['5: net_dev_queue net_dev_start_xmit consume_skb'])
  routes.stop()
  assert.equal(routes.summary().incomplete.underWay, 1)
})

/** Without garbage. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('a million steps on a hundred thousand ways: bounded, and the common one is right', { timeout: 60_000 }, () => {
  const routes = new Routes()
  const before = heapUsed()
  let told = 0
  for (let i = 0; told < 1_000_000; i++) {
    const at = i * 100
    const rare = i % 2 === 0 ? [] : [`f${i % 1000}`, `g${i % 977}`, `h${i % 991}`]
    for (const one of steps(at, ['ip_rcv', ...rare, 'ip_local_deliver', 'kfree_skbmem'], buffer(i % 50))) {
      routes.add(one)
      told++
    }
  }
  routes.stop()
  const { routes: found, others, packets, steps: count } = routes.summary()
  const grown = (heapUsed() - before) / 2 ** 20
  assert.equal(count, told)
  assert.equal(found[0]!.packets, Math.ceil(packets / 2))
  assert.equal(found.length <= 5000, true)
  const odd = found.flatMap((route) => route.odd).reduce((sum, one) => sum + one.packets, 0)
  assert.equal(found.reduce((sum, route) => sum + route.packets, 0) + odd + others, packets)
  assert.ok(others > 0)
  assert.ok(grown < 200, `${grown} MiB`)
})

test('hostile steps: names of marks, thousands of functions in one packet, time that jumps', () => {
  const odd = ['', '\u0001', '…', '(others)', '\ud800', 'a b', '✗']
  const { routes } = summaryOf(odd.map((name, i) => step(i, name)))
  assert.deepEqual(
    routes[0]!.steps.map(({ functionName }) => functionName),
    odd,
  )
  const long = summaryOf(
    steps(
      0,
      Array.from({ length: 5000 }, (_, i) => `f${i % 700}`),
    ),
  )
  assert.equal(long.routes[0]!.steps.length, 513)
  assert.equal(long.routes[0]!.steps[511]!.functionName, '…')
  const back = summaryOf([step(1e12, 'a'), step(-1e12, 'b')])
  assert.equal(back.routes[0]!.total.max, 0)
})
