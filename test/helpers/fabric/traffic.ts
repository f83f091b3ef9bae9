// Owns the other traffic of a generated fabric: background, incasts, packets that are dropped on purpose. Start at
// backgroundTrain, incastTrains and dropTrain.

import { entropyPort, messagePattern, queuePair } from './jobs.ts'
import type { Layout } from './layout.ts'
import { roce } from './packet-bytes.ts'
import { type Drop, Opcode, type Train } from './train.ts'

export interface BackgroundOptions {
  readonly kind: 'tcp' | 'arp'
  readonly src: number
  /** ARP goes to a host of the same leaf. */
  readonly dst: number
  readonly pps: number
  /** With FCS; ARP is always 64. */
  readonly octets?: number
  readonly start?: number
  readonly end?: number
  readonly isIpv6?: boolean
}

export function backgroundTrain(layout: Layout, options: BackgroundOptions, seconds: number): Train {
  const { kind, src, dst, pps, octets = 1518, start = 0, end = seconds, isIpv6 = false } = options
  const sourcePort = 32_768 + ((src * 31 + dst) % 28_000)
  const shape = { kind, opcode: 0, dma: 0, octets: kind === 'arp' ? 64 : octets }
  return {
    ...{ start, end, src, dst, sourcePort, isIpv6, packets: Math.round((end - start) * pps) },
    ...{ pattern: [{ shape, packets: 1 }], hops: layout.route(src, dst, layout.spineOf(src, dst, sourcePort)) },
    ...{ destinationQp: 0, psn: 0, psnSpan: 0, dscp: 0, ecn: 0 },
  }
}

export interface IncastOptions {
  readonly start: number
  readonly end: number
  readonly to: number
  /** Who sends, and how much: the culprits and, with little, the victims. */
  readonly senders: readonly { readonly host: number; readonly gbps: number }[]
  readonly message?: number
  readonly mtu?: number
  readonly reason?: number
  readonly queue?: number
  readonly form?: Drop['form']
  /** Share of all packets that the queue drops; where not given what the port cannot carry. */
  readonly dropShare?: number
  /** Share of those that pass that leave with CE, marked by the full queue; half where not given. */
  readonly ceShare?: number
  /** CNPs that the receiver sends a packet marked; none where not given. */
  readonly cnp?: number
}

/** What the switch drops for want of buffer. */
const NO_BUFFER_SPACE = 259
const LOSSLESS_DSCP = 26
const ECT0 = 2
const CNP_DSCP = 48

/** Many send to one: what its port cannot carry is dropped by its leaf, from all of them alike. */
export function incastTrains(layout: Layout, options: IncastOptions): Train[] {
  const { start, end, to, senders, message = 1 << 20, mtu = 4096, queue = 3, form = 'mod' } = options
  const { ceShare = 0.5, cnp = 0 } = options
  const offered = senders.reduce((sum, { gbps }) => sum + gbps * 1e9, 0)
  const share = options.dropShare ?? Math.max(0, 1 - layout.hostPort(to).speed / offered)
  const pattern = messagePattern('write', message, mtu)
  const packetsOf = pattern.reduce((sum, run) => sum + run.packets, 0)
  const octetsOf = pattern.reduce((sum, run) => sum + run.packets * run.shape.octets, 0)
  return senders.flatMap(({ host: src, gbps }) => {
    const packets = Math.round((((gbps * 1e9) / 8) * (end - start) * packetsOf) / octetsOf)
    const dropped = Math.round(packets * share)
    const marked = Math.round((packets - dropped) * ceShare)
    const sourcePort = entropyPort(queuePair(src, to) + 0x200000)
    const hops = layout.route(src, to, layout.spineOf(src, to, sourcePort))
    const last = hops.length - 1
    const common: Train = {
      ...{ start, end, src, dst: to, hops, sourcePort, pattern, packets: packets - dropped - marked },
      ...{ destinationQp: queuePair(to, src) + 0x200000, psn: src * 4096, psnSpan: packets },
      ...{ dscp: LOSSLESS_DSCP, ecn: ECT0 },
    }
    const drop: Drop = { hop: last, reason: options.reason ?? NO_BUFFER_SPACE, side: 'egress', form, queue }
    const back: Train = {
      ...{ ...common, src: to, dst: src, destinationQp: queuePair(src, to) + 0x200000, dscp: CNP_DSCP, ecn: 0, psn: 0 },
      ...{ hops: layout.route(to, src, layout.spineOf(to, src, sourcePort)), packets: Math.round(marked * cnp) },
      ...{ psnSpan: 0, pattern: [{ shape: roce(Opcode.cnp, 0), packets: 1 }] },
    }
    const all: Train[] = [
      common,
      { ...common, packets: marked, mark: last },
      { ...common, packets: dropped, drop },
      back,
    ]
    return all.filter((train) => train.packets > 0)
  })
}

export interface DropOptions {
  readonly src: number
  readonly dst: number
  readonly start: number
  readonly end: number
  readonly packets: number
  readonly kind?: 'tcp' | 'roce'
  readonly octets?: number
  /** `hop` counts the switches on the way from 0. */
  readonly drop: Drop
}

/** Packets that all end at one switch. */
export function dropTrain(layout: Layout, options: DropOptions): Train {
  const { src, dst, start, end, packets, kind = 'tcp', octets = 118, drop } = options
  const sourcePort = kind === 'roce' ? entropyPort(queuePair(src, dst) + 0x400000) : 20_000 + ((src * 31 + dst) % 8000)
  const hops = layout.route(src, dst, layout.spineOf(src, dst, sourcePort))
  if (drop.hop >= hops.length) throw new RangeError(`hop ${drop.hop} of ${hops.length}`)
  const tcp = [{ shape: { kind: 'tcp', opcode: 0, dma: 0, octets }, packets: 1 }] as const
  return {
    ...{ start, end, packets, src, dst, hops, sourcePort, drop },
    ...{ pattern: kind === 'roce' ? messagePattern('write', 4096, 4096) : tcp },
    ...{ destinationQp: queuePair(dst, src) + 0x400000, psn: 0, psnSpan: kind === 'roce' ? packets : 0 },
    ...{ dscp: kind === 'roce' ? LOSSLESS_DSCP : 0, ecn: 0 },
  }
}
