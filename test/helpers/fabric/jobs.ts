// Owns training jobs of a generated fabric: steps, exchanges, queue pairs → trains of packets. Knows no sFlow. Start at
// jobTrains; other traffic is in traffic.ts.

import type { Layout } from './layout.ts'
import { roce } from './packet-bytes.ts'
import { Opcode, type Run, type Train } from './train.ts'

export interface JobOptions {
  /** Members, in the order of their ring. */
  readonly hosts: readonly number[]
  /** Seconds of a step. */
  readonly period: number
  /** Seconds of it in which the members exchange; the rest they compute. */
  readonly exchange: number
  /** When the first exchange begins, seconds. */
  readonly start?: number
  /** Exchanges in a step, evenly over `period * 0.75`; 1 where not given. */
  readonly bursts?: number
  /** Each step is longer or shorter by up to this share of the period. */
  readonly jitter?: number
  readonly collective?: 'ring' | 'all-to-all'
  /** Bytes that a member sends in a step, to all its peers together. */
  readonly stepBytes: number
  /** DMA length of a message. */
  readonly message: number
  readonly operation?: 'write' | 'read' | 'send'
  /** Bytes of data a packet. */
  readonly mtu?: number
  /** Messages that one acknowledge answers; 1 where not given. */
  readonly messagesPerAck?: number
  /** Credit codes of acknowledges, in turn; 31: no count. */
  readonly creditCodes?: readonly number[]
  /** Share of the messages that are marked CE, and by which switch's queue. */
  readonly ce?: { readonly share: number; readonly at: 'first' | 'spine' | 'last' }
  /** CNPs per packet marked. */
  readonly cnp?: number
  /** Share of the messages whose packets are trimmed by the spine (by the leaf where there is only one hop). */
  readonly trim?: number
  /** NAKs (PSN sequence error) a step and pair; after each `retransmitted` packets are sent again. May be below 1. */
  readonly naks?: number
  readonly retransmitted?: number
  /** RNR NAKs a step and pair. */
  readonly rnrs?: number
  readonly isIpv6?: boolean
}

/** When steps of a job begin: the truth of its period. */
export interface JobTruth {
  readonly period: number
  readonly starts: readonly number[]
  readonly hosts: readonly number[]
}

const LOSSLESS_DSCP = 26
const CNP_DSCP = 48
const ECT0 = 2
const MTU = 4096
/** AETH syndromes: PSN sequence error, RNR with timer code 14 (1.28 ms). */
const NAK = 0x60
const RNR = 0x2e
/** Answers come so much later, seconds. */
const ANSWER = 0.00002

/** Whole numbers whose sum follows a sum of fractions: 0.4, 0.4, 0.4 gives 0, 1, 0. */
class Carry {
  #wanted = 0
  #given = 0

  take(amount: number): number {
    this.#wanted += amount
    const whole = Math.round(this.#wanted) - this.#given
    this.#given += whole
    return whole
  }
}

/** A message of `length` bytes as packets. */
export function messagePattern(
  operation: 'write' | 'read' | 'send',
  length: number,
  mtu: number,
  isIpv6 = false,
): readonly Run[] {
  const codes = {
    write: [Opcode.writeFirst, Opcode.writeMiddle, Opcode.writeLast, Opcode.writeOnly],
    read: [Opcode.readFirst, Opcode.readMiddle, Opcode.readLast, Opcode.readOnly],
    send: [Opcode.sendFirst, Opcode.sendMiddle, Opcode.sendLast, Opcode.sendOnly],
  } as const
  const [first, middle, last, only] = codes[operation]
  const answer = operation === 'read' ? { syndrome: 0x1f } : {}
  const begin = operation === 'write' ? { dma: length } : answer
  const packets = Math.ceil(length / mtu)
  const rest = length - (packets - 1) * mtu
  if (packets === 1) return [{ shape: roce(only, rest, begin, isIpv6), packets: 1 }]
  return [
    { shape: roce(first, mtu, begin, isIpv6), packets: 1 },
    { shape: roce(middle, mtu, {}, isIpv6), packets: packets - 2 },
    { shape: roce(last, rest, answer, isIpv6), packets: 1 },
  ].filter((run) => run.packets > 0)
}

/** The number of the queue pair that `host` has for `peer`. */
export const queuePair = (host: number, peer: number): number => 0x1000 + host * 1024 + peer

/** Entropy for ECMP: one value a queue pair. */
export const entropyPort = (qp: number): number => 49_152 + ((Math.imul(qp, 0x9e3779b1) >>> 8) % 16_384)

/** One direction between two members: where it sends to, and what it has sent. */
class Connection {
  readonly src: number
  readonly dst: number
  /** Packets with data, and those back. */
  readonly there: Pick<Train, 'src' | 'dst' | 'hops' | 'sourcePort' | 'destinationQp'>
  readonly back: Pick<Train, 'src' | 'dst' | 'hops' | 'sourcePort' | 'destinationQp'>
  readonly messages = new Carry()
  readonly marked = new Carry()
  readonly trimmed = new Carry()
  readonly cnps = new Carry()
  readonly acks = new Carry()
  readonly naks = new Carry()
  readonly rnrs = new Carry()
  psn: number

  constructor(layout: Layout, src: number, dst: number) {
    this.src = src
    this.dst = dst
    this.there = way(layout, src, dst)
    this.back = way(layout, dst, src)
    this.psn = (src * 7919 + dst * 104_729) % 2 ** 23
  }
}

function way(layout: Layout, src: number, dst: number) {
  const sourcePort = entropyPort(queuePair(src, dst))
  const hops = layout.route(src, dst, layout.spineOf(src, dst, sourcePort))
  return { src, dst, hops, sourcePort, destinationQp: queuePair(dst, src) }
}

const oneShape = (opcode: number, syndrome: number | undefined, isIpv6: boolean, dma = 0): readonly Run[] => [
  { shape: roce(opcode, 0, { dma, ...(syndrome !== undefined && { syndrome }) }, isIpv6), packets: 1 },
]

/** All packets of a job until `seconds`. @param unit random numbers 0 .. 1, for the jitter */
export function jobTrains(
  layout: Layout,
  job: JobOptions,
  seconds: number,
  unit: () => number,
): { trains: Train[]; truth: JobTruth } {
  const { hosts, collective = 'ring', bursts = 1, jitter = 0 } = job
  const pairs = hosts.flatMap((src, i) =>
    collective === 'ring'
      ? [new Connection(layout, src, hosts[(i + 1) % hosts.length]!)]
      : hosts.filter((dst) => dst !== src).map((dst) => new Connection(layout, src, dst)),
  )
  const peers = collective === 'ring' ? 1 : hosts.length - 1
  const trains: Train[] = []
  const starts: number[] = []
  for (let at = job.start ?? 0; at + job.period <= seconds; ) {
    starts.push(at)
    for (let burst = 0; burst < bursts; burst++) {
      const start = at + (burst / bursts) * job.period * 0.75
      for (const pair of pairs) exchange(trains, pair, job, start, job.stepBytes / peers / bursts)
    }
    at += job.period * (1 + jitter * (2 * unit() - 1))
  }
  return { trains, truth: { period: job.period, starts, hosts } }
}

/** What one member sends another in one exchange, and the answers. */
function exchange(trains: Train[], pair: Connection, job: JobOptions, start: number, bytes: number): void {
  const { message, operation = 'write', mtu = MTU, isIpv6 = false, ce, bursts = 1 } = job
  const end = start + job.exchange
  const messages = pair.messages.take(bytes / message)
  if (messages === 0) return
  const pattern = messagePattern(operation, message, mtu, isIpv6)
  const perMessage = Math.ceil(message / mtu)
  const span = { psn: pair.psn, psnSpan: messages * perMessage }
  const common = { start, end, dscp: LOSSLESS_DSCP, ecn: ECT0, ...span, isIpv6 }
  // Data flows from the responder where it is read.
  const [data, answers] = operation === 'read' ? [pair.back, pair.there] : [pair.there, pair.back]
  const marked = ce === undefined ? 0 : pair.marked.take(messages * ce.share)
  const trimmed = Math.min(messages - marked, pair.trimmed.take(messages * (job.trim ?? 0)))
  const last = data.hops.length - 1
  const add = (train: Train) => {
    if (train.packets > 0) trains.push(train)
  }
  add({ ...common, ...data, pattern, packets: (messages - marked - trimmed) * perMessage })
  if (ce !== undefined) {
    const mark = ce.at === 'last' ? last : ce.at === 'spine' ? Math.min(1, last) : 0
    add({ ...common, ...data, pattern, packets: marked * perMessage, mark })
  }
  add({ ...common, ...data, pattern, packets: trimmed * perMessage, trim: Math.min(1, last) })

  const later = { ...common, ...answers, start: start + ANSWER, end: end + ANSWER }
  if (operation === 'read') {
    const request = oneShape(Opcode.readRequest, undefined, isIpv6, message)
    add({ ...common, ...answers, pattern: request, packets: messages })
  } else {
    const codes = job.creditCodes ?? [31]
    const acks = codes.map((code) => ({ shape: roce(Opcode.acknowledge, 0, { syndrome: code }, isIpv6), packets: 1 }))
    add({ ...later, pattern: acks, packets: pair.acks.take(messages / (job.messagesPerAck ?? 1)) })
  }
  const cnp = { ...later, dscp: CNP_DSCP, ecn: 0, psn: 0, psnSpan: 0 }
  const cnps = pair.cnps.take(marked * perMessage * (job.cnp ?? 0))
  add({ ...cnp, pattern: oneShape(Opcode.cnp, undefined, isIpv6), packets: cnps })
  const rnrs = pair.rnrs.take((job.rnrs ?? 0) / bursts)
  add({ ...later, pattern: oneShape(Opcode.acknowledge, RNR, isIpv6), packets: rnrs })
  const naks = pair.naks.take((job.naks ?? 0) / bursts)
  add({ ...later, pattern: oneShape(Opcode.acknowledge, NAK, isIpv6), packets: naks })
  pair.psn = (pair.psn + messages * perMessage) % 2 ** 24
  const again = naks * (job.retransmitted ?? 0)
  const middle = pattern.length > 1 ? [pattern[1]!] : pattern
  add({
    ...{ ...common, ...data, pattern: middle, packets: again, start: end, end: end + job.exchange / 20 },
    ...{ psn: (pair.psn - again + 2 ** 24) % 2 ** 24, psnSpan: again, isRetransmission: true },
  })
}
