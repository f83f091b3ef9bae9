// Owns ready-made generated fabrics, one for each thing that tests want to see. Start at trainingJobs; a preset gives options, so
// that a test can change some: `generateFabric({ ...trainingJobs(3), loss: 0.02 })`.

import type { FabricOptions } from './fabric.ts'
import type { Layout } from './layout.ts'
import { roce } from './packet-bytes.ts'
import type { DropOptions } from './traffic.ts'
import { Opcode, type Run, type Train } from './train.ts'

/** Packets of a cycle of the lab's sender, and cycles a minute. */
const LAB_CYCLE = 10_003
const LAB_PERIOD = 0.7
const LAB_BURST = 0.2
/** Share of packets that the lab's sender itself marks CE. */
const LAB_CE = 0.1

/**
 * The containerlab RoCEv2 lab: h1 sends h2 cycles of 10,003 packets through leaf, spine, leaf and pauses 0.5 s: 1/7 WRITE First
 * of 32768 bytes, 4/7 WRITE Middle, 1/7 acknowledge with code 7 (12 credits), 1/7 CNP; a tenth marked by the sender itself.
 * 1 in 100, in both directions of every port and without the other port, as the lab's hsflowd does. Nothing goes back. 60 s.
 */
export function labLike(seed = 1): FabricOptions {
  const message = (opcode: number, more: { dma?: number; syndrome?: number } = {}) => ({
    ...{ ...roce(opcode, 0, more), octets: 84 },
  })
  const pattern: readonly Run[] = [
    { shape: message(Opcode.writeFirst, { dma: 32_768 }), packets: 1 },
    { shape: message(Opcode.writeMiddle), packets: 4 },
    { shape: message(Opcode.acknowledge, { syndrome: 7 }), packets: 1 },
    { shape: message(Opcode.cnp), packets: 1 },
  ]
  const seconds = 60
  const trains = (layout: Layout): Train[] => {
    const hops = layout.route(0, 1, 0)
    const all: Train[] = []
    for (let start = 1; start + LAB_PERIOD <= seconds; start += LAB_PERIOD) {
      const common = {
        ...{ start, end: start + LAB_BURST, src: 0, dst: 1, hops, sourcePort: 49_152, destinationQp: 0x123 },
        ...{ psn: 0, psnSpan: 0, dscp: 0, ecn: 0, pattern },
      }
      const marked = Math.round((LAB_CYCLE * LAB_CE) / 7) * 7
      all.push({ ...common, packets: LAB_CYCLE - marked }, { ...common, packets: marked, mark: -1 })
    }
    return all
  }
  return {
    ...{ seed, seconds, rate: 100, egress: 'all', interfaces: 'own', hold: 1, timestamps: true, poll: 10, trains },
    ...{ leaves: 2, spines: 2, hostsPerLeaf: 1, edgeGbps: 10, coreGbps: 10 },
  }
}

/**
 * Two jobs on 4 leaves, 2 spines, 16 hosts: a ring of eight with a step of 0.7 s, all-to-all of four with 1.1 s; acknowledges
 * with credits, a tenth of them without a count; marks by spines, CNPs, trimmed packets, NAKs with packets sent again, RNR
 * NAKs, READs, SENDs, TCP and ARP beside. 30 s, about a million packets a second, 1 in 2000.
 */
export function trainingJobs(seed = 1): FabricOptions {
  return {
    ...{ seed, seconds: 30, rate: 2000, timestamps: true, poll: 5 },
    ...{ leaves: 4, spines: 2, hostsPerLeaf: 4, edgeGbps: 100, coreGbps: 400 },
    jobs: [
      {
        ...{ hosts: [0, 1, 4, 5, 8, 9, 12, 13], period: 0.7, exchange: 0.2, start: 0.1 },
        ...{ stepBytes: 256 << 20, message: 1 << 20, creditCodes: [10, 10, 12, 14, 16, 9, 11, 13, 15, 31] },
        ...{ ce: { share: 0.08, at: 'spine' }, cnp: 0.05, trim: 0.01, messagesPerAck: 0.25 },
        ...{ naks: 2, retransmitted: 400, rnrs: 1 },
      },
      {
        ...{ hosts: [2, 6, 10, 14], period: 1.1, exchange: 0.3, start: 0.35, collective: 'all-to-all' },
        ...{
          stepBytes: 192 << 20,
          message: 128 << 10,
          creditCodes: [20, 22],
          ce: { share: 0.15, at: 'spine' },
          cnp: 0.1,
        },
      },
      {
        ...{ hosts: [3, 15], period: 2, exchange: 0.5, start: 0.2, operation: 'read' },
        ...{ stepBytes: 64 << 20, message: 64 << 10 },
      },
      {
        ...{ hosts: [7, 11], period: 0.9, exchange: 0.2, operation: 'send', stepBytes: 16 << 20, message: 16 << 10 },
      },
    ],
    background: [
      { kind: 'tcp', src: 7, dst: 11, pps: 20_000 },
      { kind: 'tcp', src: 11, dst: 7, pps: 8000, octets: 118, isIpv6: true },
      { kind: 'arp', src: 0, dst: 1, pps: 500 },
    ],
    faults: [{ port: 'spine1 swp2', kind: 'errors', direction: 'in', perSecond: 12 }],
  }
}

/**
 * A ring of eight whose marks are made by the last switch alone, so that only packets sampled as they leave an edge port show
 * them. @param egress whether they are sampled there
 */
export function lastHopMarks(seed = 1, egress: 'none' | 'edge' = 'none'): FabricOptions {
  return {
    ...{ seed, seconds: 20, rate: 1000, egress, poll: 5 },
    ...{ leaves: 4, spines: 2, hostsPerLeaf: 2, edgeGbps: 100, coreGbps: 200 },
    jobs: [
      {
        ...{ hosts: [0, 2, 4, 6, 1, 3, 5, 7], period: 1, exchange: 0.4 },
        ...{ stepBytes: 128 << 20, message: 256 << 10, ce: { share: 0.2, at: 'last' }, cnp: 0.25 },
      },
    ],
  }
}

/**
 * Three hosts send 50, 37 and 11.4 Gbit/s to one port of 100 Gbit/s for half a second at 4 s, 8 s and 12 s, beside 2 Gbit/s of a
 * victim; what does not fit is dropped by leaf4 (swp1) and told as an ASIC does. A job of small load uses other ports.
 */
export function incast(seed = 1): FabricOptions {
  const senders = [
    { host: 0, gbps: 50 },
    { host: 2, gbps: 37 },
    { host: 4, gbps: 11.4 },
    { host: 5, gbps: 2 },
  ]
  return {
    ...{ seed, seconds: 16, rate: 1000, poll: 4, dropLimit: 1000, timestamps: true },
    ...{ leaves: 4, spines: 2, hostsPerLeaf: 2, edgeGbps: 100, coreGbps: 200 },
    incasts: [4, 8, 12].map((start) => ({ start, end: start + 0.5, to: 6, senders })),
    jobs: [
      {
        ...{ hosts: [1, 3, 7], period: 1, exchange: 0.5, stepBytes: 64 << 20, message: 1 << 20, messagesPerAck: 1 },
      },
    ],
  }
}

/** All forms in which drops are told, at known places, in known numbers, and some that nothing tells. 20 s. */
export function dropsThreeForms(seed = 1): FabricOptions {
  const drop = (src: number, dst: number, packets: number, start: number, rest: DropOptions['drop']): DropOptions => ({
    ...{ src, dst, packets, start, end: start + 6, drop: rest },
  })
  const linux = (reason: string, symbol: string) =>
    ({ side: 'ingress', form: 'linux', linux: { reason, symbol } }) as const
  return {
    ...{ seed, seconds: 20, rate: 500, poll: 5, timestamps: true },
    ...{ leaves: 3, spines: 2, hostsPerLeaf: 3, edgeGbps: 100, coreGbps: 100 },
    background: [{ kind: 'tcp', src: 0, dst: 8, pps: 50_000 }],
    drops: [
      // An ASIC: a full queue at leaf3's port to host 7, with more in a second than it may tell.
      { ...drop(0, 7, 3000, 2, { hop: 2, reason: 259, side: 'egress', form: 'mod', queue: 3 }), kind: 'roce' },
      // An ASIC: an access list at leaf1, before a port was chosen.
      drop(1, 8, 250, 3, {
        ...{ hop: 0, reason: 258, side: 'ingress', form: 'mod' },
        acl: { number: 110, name: 'no-outside', direction: 1 },
      }),
      // hsflowd with devlink traps: a black hole at a spine.
      drop(2, 5, 60, 1, {
        ...{ hop: 1, reason: 269, side: 'ingress', form: 'trap' },
        trap: { group: 'l3_drops', name: 'blackhole_route' },
      }),
      // hsflowd with drop_monitor: code 0 is a reason too; an interface of another namespace.
      drop(3, 6, 40, 4, { hop: 0, reason: 258, ...linux('NETFILTER_DROP', 'nf_hook_slow+0x8d/0xa0') }),
      drop(4, 6, 25, 5, { hop: 0, reason: 0, ...linux('IP_INNOROUTES', 'ip_rcv_finish_core+0x1b2/0x4c0') }),
      drop(5, 6, 30, 6, {
        ...{ hop: 0, reason: 256, foreignInput: 4711 },
        ...linux('QDISC_OVERLIMIT', '__dev_queue_xmit+0xb3c/0xe10'),
      }),
      // Told by flow samples alone, 1 in 500: early drops of a queue.
      drop(6, 1, 200_000, 8, { hop: 1, reason: 260, side: 'egress', form: 'sampled' }),
      // Known to counters alone.
      drop(7, 0, 500, 10, { hop: 2, reason: 256, side: 'egress', form: 'silent' }),
    ],
    faults: [
      { port: 'leaf2 swp4', kind: 'errors', direction: 'in', perSecond: 7 },
      { port: 'spine2 swp1', kind: 'discards', direction: 'out', perSecond: 3 },
    ],
  }
}
