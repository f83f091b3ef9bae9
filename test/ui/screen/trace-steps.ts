// Steps of packets, typed out, as the kernel tells them: for the screen of `sonde trace`.

import type { TraceEnd, TraceHead } from '../../../src/lib/trace/head.ts'
import type { TraceStep, Tuple } from '../../../src/lib/trace/step.ts'
import type { TraceState } from '../../../src/lib/ui/trace/state.ts'
import { TraceEye } from '../../../src/lib/ui/trace/state.ts'

export const head: TraceHead = {
  time: 1_795_470_000_000_000_000n,
  tier: 'tp_btf',
  functions: 23,
  notAttached: 0,
  attachMs: 41,
  why: ['kprobe.multi: EOPNOTSUPP, this kernel has no fprobe'],
  filter: 'port https',
  func: undefined,
  ifname: undefined,
  netns: undefined,
  mark: undefined,
  modules: [],
  track: false,
  caller: false,
  stack: false,
  meta: [],
}

export const tuple = (source: string, sourcePort: number, destination: string, flags = 'SYN'): Tuple => ({
  source,
  destination,
  sourcePort,
  destinationPort: 443,
  protocol: 'tcp',
  flags,
})

const base: TraceStep = {
  time: 0n,
  skb: '0xffff970bc5f568e8',
  packet: 0,
  cpu: 0,
  pid: 7138,
  process: 'curl',
  netns: 4026532617,
  netnsName: 'blue',
  mark: 0,
  interfaceIndex: 2,
  interfaceName: 'eth0',
  ethertype: 0x0800,
  mtu: 1500,
  length: 60,
  tuple: tuple('192.168.67.5', 38932, '54.190.130.38'),
  functionName: 'ip_local_out',
  isTracepoint: false,
  reason: '',
  droppedIn: '',
  caller: '',
  stack: [],
  meta: {},
}

/** 2026-11-23 21:40:00 UTC */
const start = 1_795_470_000_000_000_000n

export const step = (ns: number, functionName: string, change: Partial<TraceStep> = {}): TraceStep => ({
  ...base,
  time: start + BigInt(ns),
  functionName,
  ...change,
})

/** A SYN that nft drops on its way out: begins at `ns`. */
export const dropped = (ns: number, change: Partial<TraceStep> = {}): TraceStep[] => [
  step(ns, 'ip_local_out', { interfaceIndex: 0, interfaceName: '', ethertype: 0, mtu: 0, ...change }),
  step(ns + 812, '__ip_local_out', { interfaceIndex: 0, interfaceName: '', ethertype: 0, mtu: 0, ...change }),
  step(ns + 1700, 'nf_hook_slow', change),
  step(ns + 14_200, 'kfree_skb_reason', {
    isTracepoint: true,
    reason: 'NETFILTER_DROP',
    droppedIn: 'nft_do_chain+0x3e8',
    ...change,
  }),
  step(ns + 14_500, 'skb_release_head_state', change),
]

/** A ping from one namespace into another, its length without and with the Ethernet header, marked on the way. */
export const ping = (ns: number, skb: string): TraceStep[] => {
  const icmp: Tuple = {
    source: '10.1.0.1',
    destination: '10.1.0.2',
    sourcePort: undefined,
    destinationPort: undefined,
    protocol: 'icmp',
    flags: undefined,
    message: 'echo request',
  }
  const there = { skb, tuple: icmp, process: 'ping', pid: 811 }
  const here = { ...there, netns: 4026532700, netnsName: 'red', interfaceName: 'veth1', interfaceIndex: 7, mark: 42 }
  return [
    step(ns, 'net_dev_queue', { ...there, length: 98, isTracepoint: true }),
    step(ns + 1500, 'net_dev_start_xmit', { ...there, length: 98, isTracepoint: true }),
    step(ns + 4000, 'netif_rx', { ...here, length: 84, isTracepoint: true }),
    step(ns + 1_004_000, 'netif_receive_skb', { ...here, length: 84, isTracepoint: true, cpu: 1 }),
    step(ns + 1_010_000, 'consume_skb', { ...here, length: 84, isTracepoint: true, reason: 'SKB_CONSUMED', cpu: 1 }),
  ]
}

/** What an eye makes of steps, with as many ms between its states as are given. */
export class Watched {
  state: TraceState | undefined
  readonly eye: TraceEye
  #ms = 0
  #steps = 0

  constructor(recording?: string) {
    this.eye = new TraceEye({
      recording,
      show: (state) => {
        this.state = state
      },
      now: () => this.#ms,
    })
  }

  /** @returns the state after these steps */
  add(
    steps: readonly TraceStep[],
    {
      ms = 200,
      lost = 0,
      seen = 12_400,
      refused = 12_000,
    }: { ms?: number; lost?: number; seen?: number; refused?: number } = {},
  ): TraceState {
    for (const one of steps) this.eye.step(one)
    this.#steps += steps.length
    this.#ms += ms
    this.eye.turn({ steps: this.#steps, seen, refused, lost })
    return this.state!
  }

  end(by: TraceEnd['by']): TraceState {
    this.eye.end({ steps: this.#steps, seen: 12_400, refused: 12_000, lost: 0, seconds: this.#ms / 1000, by })
    return this.state!
  }
}

/** 12 packets: of every third the SYN is dropped, one is a ping. */
export function some(watched: Watched): TraceState {
  watched.eye.begin(head)
  const steps: TraceStep[] = []
  for (let n = 0; n < 12; n++) {
    const at = n * 10_000_000
    const skb = `0xffff970bc5f5${(0x6800 + n * 0x100).toString(16)}`
    if (n === 4) steps.push(...ping(at, skb))
    else if (n % 3 === 0) steps.push(...dropped(at, { skb, tuple: tuple('192.168.67.5', 38_930 + n, '54.190.130.38') }))
    else {
      const mine = { skb, tuple: tuple('2001:db8::7:1', 50_000 + n, '2001:db8:ffff::42', 'ACK') }
      steps.push(
        step(at, 'ip6_xmit', mine),
        step(at + 2100, 'dev_queue_xmit', mine),
        step(at + 9900, 'consume_skb', { ...mine, isTracepoint: true, reason: 'SKB_CONSUMED' }),
      )
    }
  }
  return watched.add(steps)
}
