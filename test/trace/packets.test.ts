// Which steps are one packet: where a buffer's life ends on each tier, addresses used again, clones, bounds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Packets, type PacketTrack } from '../../src/lib/trace/packets.ts'
import type { TraceStep } from '../../src/lib/trace/step.ts'
import { step, steps, tcp, tracepoint } from './steps.ts'

/** Functions of each packet, and how it was closed. */
function split(told: readonly TraceStep[], limits = {}): string[] {
  const closed: PacketTrack[] = []
  const packets = new Packets(limits, (track) => closed.push(track))
  for (const one of told) packets.add(one)
  packets.stop()
  closed.sort((a, b) => a.id - b.id)
  return closed.map((track) => `${track.steps.map((one) => one.functionName).join(' ')}: ${track.closed}`)
}

const cases: { name: string; told: readonly TraceStep[]; want: readonly string[] }[] = [
  {
    name: 'tracepoints: consume_skb is the end, and the address is another packet then',
    told: [
      ...steps(0, ['net_dev_queue', 'net_dev_start_xmit', 'consume_skb'], tracepoint),
      ...steps(10, ['net_dev_queue', 'consume_skb'], tracepoint),
    ],
    want: ['net_dev_queue net_dev_start_xmit consume_skb: ended', 'net_dev_queue consume_skb: ended'],
  },
  {
    name: 'tracepoints of ends alone: each is a packet',
    told: [
      step(0, 'consume_skb', tracepoint),
      step(1, 'kfree_skb', { ...tracepoint, reason: 'NO_SOCKET' }),
      step(2, 'consume_skb', tracepoint),
    ],
    want: ['consume_skb: ended', 'kfree_skb: ended', 'consume_skb: ended'],
  },
  {
    name: 'kprobes: all functions that give a buffer back, its destructor too, are of one packet',
    told: [
      ...steps(0, ['ip_rcv', 'nf_hook_slow', 'sk_skb_reason_drop', 'skb_release_head_state']),
      ...steps(5, ['sock_wfree', 'skb_release_data', 'kfree_skbmem']),
      ...steps(9, ['ip_rcv', 'consume_skb', 'skb_release_head_state', 'skb_release_data', 'kfree_skbmem']),
    ],
    want: [
      'ip_rcv nf_hook_slow sk_skb_reason_drop skb_release_head_state sock_wfree skb_release_data kfree_skbmem: ended',
      'ip_rcv consume_skb skb_release_head_state skb_release_data kfree_skbmem: ended',
    ],
  },
  {
    name: 'kprobes: consume_skb of one of two holders is no end',
    told: [
      ...steps(0, ['ip_rcv', 'consume_skb', 'skb_release_head_state', 'kfree_skbmem']),
      ...steps(9, ['packet_rcv', 'consume_skb', 'ip_rcv', 'consume_skb', 'skb_release_head_state', 'kfree_skbmem']),
    ],
    want: [
      'ip_rcv consume_skb skb_release_head_state kfree_skbmem: ended',
      'packet_rcv consume_skb ip_rcv consume_skb skb_release_head_state kfree_skbmem: ended',
    ],
  },
  {
    name: '--func that shows no sure end: what releases is the end',
    told: [...steps(0, ['ip_rcv', 'kfree_skb_reason']), ...steps(3, ['ip_rcv', 'kfree_skb_reason'])],
    want: ['ip_rcv kfree_skb_reason: ended', 'ip_rcv kfree_skb_reason: ended'],
  },
  {
    name: 'ends not seen: TCP data received at the same address again and again',
    told: [0, 1, 2].flatMap((i) =>
      steps(i * 20, ['netif_rx_entry', 'netif_receive_skb'], {
        ...tracepoint,
        tuple: tcp('10.0.0.1:4000', '10.0.0.2:80'),
      }),
    ),
    want: [
      'netif_rx_entry netif_receive_skb: reused',
      'netif_rx_entry netif_receive_skb: reused',
      'netif_rx_entry netif_receive_skb: stopped',
    ],
  },
  {
    name: 'ends not seen over lo: sent and received, then sent again',
    told: [0, 1].flatMap((i) =>
      steps(i * 20, ['net_dev_queue', 'net_dev_start_xmit', 'netif_rx_entry', 'netif_receive_skb'], {
        ...tracepoint,
        interfaceIndex: 1,
        interfaceName: 'lo',
        tuple: tcp('127.0.0.1:4000', '127.0.0.1:80'),
      }),
    ),
    want: [
      'net_dev_queue net_dev_start_xmit netif_rx_entry netif_receive_skb: reused',
      'net_dev_queue net_dev_start_xmit netif_rx_entry netif_receive_skb: stopped',
    ],
  },
  {
    name: 'end not seen: what has the addresses of an answer is another packet',
    told: [
      step(0, 'netif_receive_skb', { ...tracepoint, tuple: tcp('10.0.0.1:4000', '10.0.0.2:80') }),
      step(4, 'net_dev_queue', { ...tracepoint, tuple: tcp('10.0.0.2:80', '10.0.0.1:4000') }),
    ],
    want: ['netif_receive_skb: reused', 'net_dev_queue: stopped'],
  },
  {
    name: 'end not seen: TCP does not become ICMP, whatever the addresses',
    told: [
      step(0, 'netif_receive_skb', { ...tracepoint, tuple: tcp('10.0.0.1:4000', '10.0.0.2:80') }),
      step(4, 'net_dev_queue', tracepoint),
    ],
    want: ['netif_receive_skb: reused', 'net_dev_queue: stopped'],
  },
  {
    name: 'NAT is no other packet, nor is what carries it',
    told: [
      step(0, 'netif_receive_skb', { ...tracepoint, tuple: tcp('10.0.0.1:4000', '10.0.0.2:80') }),
      step(1, 'net_dev_queue', { ...tracepoint, tuple: tcp('192.0.2.1:4000', '10.9.0.7:8080') }),
      step(2, 'net_dev_queue', {
        ...tracepoint,
        interfaceIndex: 9,
        interfaceName: 'wan',
        length: 134,
        tuple: { ...tcp('172.16.0.1:55000', '172.16.0.2:4789'), protocol: 'udp', flags: undefined },
      }),
      step(3, 'consume_skb', tracepoint),
    ],
    want: ['netif_receive_skb net_dev_queue net_dev_queue consume_skb: ended'],
  },
  {
    name: 'a loop between two namespaces comes back as the same packet',
    told: [0, 4].flatMap((at) => [
      step(at, 'net_dev_queue', { ...tracepoint, netns: 1, interfaceName: 'a0' }),
      step(at + 1, 'netif_receive_skb', { ...tracepoint, netns: 2, interfaceName: 'b0' }),
      step(at + 2, 'net_dev_queue', { ...tracepoint, netns: 2, interfaceName: 'b0' }),
      step(at + 3, 'netif_receive_skb', { ...tracepoint, netns: 1, interfaceName: 'a0' }),
    ]),
    want: [
      'net_dev_queue netif_receive_skb net_dev_queue netif_receive_skb net_dev_queue netif_receive_skb net_dev_queue netif_receive_skb: stopped',
    ],
  },
  {
    name: 'nothing for ten seconds: another packet',
    told: [step(0, 'ip_rcv'), step(10_000_001, 'ip_forward')],
    want: ['ip_rcv: quiet', 'ip_forward: stopped'],
  },
  {
    name: 'a clone that is not followed is a packet of its own',
    told: [
      step(0, 'net_dev_queue', tracepoint),
      step(1, 'packet_rcv', { skb: '0xffff888000000900' }),
      step(2, 'net_dev_start_xmit', tracepoint),
      step(3, 'consume_skb', { ...tracepoint, skb: '0xffff888000000900' }),
      step(4, 'consume_skb', tracepoint),
    ],
    want: ['net_dev_queue net_dev_start_xmit consume_skb: ended', 'packet_rcv consume_skb: ended'],
  },
  {
    name: 'followed: the number stays with an address whose end is not told, the packet does not',
    told: [0, 20].flatMap((at) =>
      steps(at, ['netif_rx_entry', 'netif_receive_skb'], {
        ...tracepoint,
        packet: 3,
        tuple: tcp('10.0.0.1:4000', '10.0.0.2:80'),
      }),
    ),
    want: ['netif_rx_entry netif_receive_skb: reused', 'netif_rx_entry netif_receive_skb: stopped'],
  },
  {
    name: 'followed: a packet ends with the last of its buffers',
    told: [
      step(0, 'net_dev_queue', { ...tracepoint, packet: 7 }),
      step(1, 'netif_receive_skb', { ...tracepoint, packet: 7, skb: '0xffff888000000900' }),
      step(2, 'consume_skb', { ...tracepoint, packet: 7, skb: '0xffff888000000900' }),
      step(3, 'net_dev_queue', { ...tracepoint, packet: 8, skb: '0xffff888000000900' }),
      step(4, 'consume_skb', { ...tracepoint, packet: 7 }),
    ],
    want: ['net_dev_queue netif_receive_skb consume_skb consume_skb: ended', 'net_dev_queue: stopped'],
  },
]

for (const { name, told, want } of cases) test(name, () => assert.deepEqual(split(told), want))

test('what is dropped, and what is not', () => {
  const packets = new Packets()
  const of = (one: TraceStep) => packets.add(one).dropped?.reason
  assert.equal(of(step(0, 'kfree_skb', { ...tracepoint, reason: 'NETFILTER_DROP' })), 'NETFILTER_DROP')
  assert.equal(of(step(1, 'consume_skb', tracepoint)), undefined)
  assert.equal(of(step(2, 'kfree_skb_reason', { skb: '0x2', reason: 'SKB_CONSUMED' })), undefined)
  assert.equal(of(step(3, 'ip_rcv', { skb: '0x3', reason: 'SKB_NOT_DROPPED_YET' })), undefined)
  // Before Linux 5.17.
  assert.equal(of(step(4, 'kfree_skb', { skb: '0x4' })), '')
})

test('of a long packet the first steps and the newest are kept', () => {
  const packets = new Packets({ mostOfOne: 4 })
  let track: PacketTrack | undefined
  for (let i = 0; i < 9; i++) track = packets.add(step(i, `f${i}`))
  assert.deepEqual(
    track!.steps.map((one) => one.functionName),
    ['f0', 'f1', 'f2', 'f8'],
  )
  assert.equal(track!.leftOut, 5)
  assert.equal(track!.last.functionName, 'f8')
})

test('kept packets are bounded, by number and by their steps', () => {
  const packets = new Packets({ mostKept: 80, mostSteps: 1000 })
  for (let i = 0; i < 200; i++) packets.add(step(i, 'ip_rcv', { skb: `0x${i}` }))
  assert.ok(packets.kept.length >= 80 && packets.kept.length <= 90)
  assert.equal(packets.counts.letGo, 200 - packets.kept.length)
  assert.equal(packets.kept.at(-1)!.id, 200)

  const long = new Packets({ mostKept: 80, mostSteps: 100 })
  for (let i = 0; i < 50; i++)
    for (const one of steps(i * 10, ['a', 'b', 'c', 'd', 'e'], { skb: `0x${i}` })) long.add(one)
  const held = long.kept.reduce((sum, track) => sum + track.steps.length, 0)
  assert.ok(held <= 100 && held >= 50, `${held} steps are kept`)
  assert.equal(long.counts.letGo + long.kept.length, 50)
  assert.ok(long.counts.crowded > 0)
})

test('a million steps of buffers that never end: bounded', () => {
  const closings = new Map<string, number>()
  const packets = new Packets({ mostKept: 0, mostOpen: 1000 }, ({ closed }) => {
    closings.set(closed!, (closings.get(closed!) ?? 0) + 1)
  })
  let most = 0
  for (let i = 0; i < 1_000_000; i++) {
    packets.add(step(i, 'ip_rcv', { skb: `0x${i}` }))
    if (packets.counts.open > most) most = packets.counts.open
  }
  packets.stop()
  assert.equal(most, 1000)
  assert.equal(packets.kept.length, 0)
  assert.deepEqual(Object.fromEntries(closings), { crowded: 999_000, stopped: 1000 })
  assert.equal(packets.counts.packets, 1_000_000)
})

test('hostile steps: time runs backwards, everything is the same', () => {
  assert.deepEqual(split([step(1e12, 'a'), step(-1e12, 'b'), step(5, 'c')]), ['a b: quiet', 'c: stopped'])
  const same = Array.from({ length: 3000 }, () => step(0, 'a'))
  const packets = new Packets()
  for (const one of same) packets.add(one)
  assert.deepEqual(packets.counts, { packets: 1, steps: 3000, letGo: 0, crowded: 0, open: 1 })
})
