// Owns the event of a generated fabric: a train of packets, evenly spaced, all with the same way, marks and fate. A train of
// one packet is one packet. Knows no sFlow. Start at Train.

import type { Hop } from './layout.ts'

/** RC opcodes and the CNP (InfiniBand specification, table of BTH opcodes), written down here a second time. */
export const Opcode = {
  sendFirst: 0x00,
  sendMiddle: 0x01,
  sendLast: 0x02,
  sendOnly: 0x04,
  writeFirst: 0x06,
  writeMiddle: 0x07,
  writeLast: 0x08,
  writeOnly: 0x0a,
  readRequest: 0x0c,
  readFirst: 0x0d,
  readMiddle: 0x0e,
  readLast: 0x0f,
  readOnly: 0x10,
  acknowledge: 0x11,
  cnp: 0x81,
} as const

/** What a packet is. */
export interface Shape {
  readonly kind: 'roce' | 'tcp' | 'arp'
  /** 0 where it is not RoCE. */
  readonly opcode: number
  /** Bytes on the wire, FCS included. */
  readonly octets: number
  /** Length in the RETH; 0 where there is none. */
  readonly dma: number
  /** AETH syndrome; undefined where there is none. */
  readonly syndrome?: number
}

export interface Run {
  readonly shape: Shape
  readonly packets: number
}

/** Where the packets of a train end. */
export interface Drop {
  /** Index into the train's hops. */
  readonly hop: number
  readonly reason: number
  /** Before the switch chose a port, or in the queue of the output port. */
  readonly side: 'ingress' | 'egress'
  /**
   * How it is told: `mod` an ASIC's mirror on drop (data source: input port), `trap` a devlink trap and `linux` the kernel's
   * drop_monitor, both as hsflowd sends them (data source 0:0, frame length without FCS); `sampled` by flow samples with
   * output format 1 only, `silent` by counters only.
   */
  readonly form: 'mod' | 'trap' | 'linux' | 'sampled' | 'silent'
  /** 0:1036 */
  readonly queue?: number
  /** 0:1037 */
  readonly acl?: { readonly number: number; readonly name: string; readonly direction: number }
  /** 0:1041 */
  readonly trap?: { readonly group: string; readonly name: string }
  /** 0:1042 and 0:1038 */
  readonly linux?: { readonly reason: string; readonly symbol: string }
  /** Input ifIndex that is told instead of the true one: that of another network namespace. */
  readonly foreignInput?: number
}

export interface Train {
  /** Seconds after the beginning of the recording; packet `k` passes all its hops at `timeOf(train, k)`. */
  readonly start: number
  readonly end: number
  readonly packets: number
  /** Repeated over and over: packet `k` has the shape at `k % length of the pattern`. */
  readonly pattern: readonly Run[]
  /** Hosts. */
  readonly src: number
  readonly dst: number
  readonly hops: readonly Hop[]
  readonly sourcePort: number
  readonly destinationQp: number
  /** PSN of the first packet, and how far it advances until the end of the train. */
  readonly psn: number
  readonly psnSpan: number
  readonly dscp: number
  /** ECN bits as sent: 0 not capable, 1 and 2 capable. */
  readonly ecn: number
  /** The hop whose output queue marks all packets CE, or trims them; -1: the sender itself; undefined: none. */
  readonly mark?: number
  readonly trim?: number
  readonly drop?: Drop
  readonly isIpv6?: boolean
  /** A repetition of packets that were sent before: its PSNs are below those that were seen. */
  readonly isRetransmission?: boolean
}

export const patternLength = (pattern: readonly Run[]): number => pattern.reduce((sum, { packets }) => sum + packets, 0)

export function timeOf({ start, end, packets }: Train, k: number): number {
  return start + ((k + 0.5) / packets) * (end - start)
}

/** Packets that passed before `t`. */
export function before({ start, end, packets }: Train, t: number): number {
  const passed = Math.ceil(((t - start) / (end - start)) * packets - 0.5)
  return Math.max(0, Math.min(packets, passed))
}

/** Of the first `count` packets of a pattern of `length`, those in its places `from` to `to`. */
function inPlaces(count: number, length: number, from: number, to: number): number {
  const rest = count % length
  return Math.floor(count / length) * (to - from) + Math.max(0, Math.min(rest, to) - from)
}

/** Calls `take` with each shape among packets `first` to `end` (not included), and how many have it. */
export function eachShape(
  { pattern }: Train,
  first: number,
  end: number,
  take: (shape: Shape, packets: number) => void,
): void {
  const length = patternLength(pattern)
  let from = 0
  for (const { shape, packets } of pattern) {
    const to = from + packets
    const count = inPlaces(end, length, from, to) - inPlaces(first, length, from, to)
    if (count > 0) take(shape, count)
    from = to
  }
}

export function shapeOf({ pattern }: Train, k: number): Shape {
  let place = k % patternLength(pattern)
  for (const { shape, packets } of pattern) {
    if (place < packets) return shape
    place -= packets
  }
  throw new RangeError('empty pattern')
}

export const psnOf = ({ psn, psnSpan, packets }: Train, k: number): number =>
  (psn + Math.floor((k * psnSpan) / packets)) % 2 ** 24

/** Trimmed packets keep their first bytes: with FCS. */
export const TRIMMED_OCTETS = 150
/** UEC's customary DSCP of them. */
export const TRIMMED_DSCP = 11

/** Bytes of a packet that has crossed so many switches' output queues. */
export function octetsAfter(train: Train, shape: Shape, crossed: number): number {
  return isTrimmed(train, crossed) ? Math.min(TRIMMED_OCTETS, shape.octets) : shape.octets
}

export const isTrimmed = ({ trim }: Train, crossed: number): boolean => trim !== undefined && trim < crossed
export const isMarked = ({ mark }: Train, crossed: number): boolean => mark !== undefined && mark < crossed

/** Hops that its packets enter. */
export const hopsEntered = ({ hops, drop }: Train): number => (drop === undefined ? hops.length : drop.hop + 1)
/** Hops that its packets leave. */
export const hopsLeft = ({ hops, drop }: Train): number => (drop === undefined ? hops.length : drop.hop)
