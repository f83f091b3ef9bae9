// Owns what is true of a generated fabric: counted from its trains, second by second and as a whole. Knows no sFlow and
// shares nothing with src. Start at countTruth; quartiles and shares of what was counted are made in summary.ts.

import type { Layout } from './layout.ts'
import {
  before,
  eachShape,
  hopsEntered,
  hopsLeft,
  isMarked,
  isTrimmed,
  Opcode,
  octetsAfter,
  type Train,
} from './train.ts'

/** Counts of one second, or of all. Counted once a packet unless a name says otherwise. */
export class Counts {
  /** All that enters the fabric by host ports; octets with FCS. */
  packets = 0
  octets = 0
  rocePackets = 0
  /** By BTH opcode, entering. */
  readonly opcodes = new Map<number, number>()
  /** Packets with a RETH, and the sum of their DMA lengths, entering. */
  readonly reth = { packets: 0, bytes: 0 }
  /** Acknowledges (AETH type ACK), entering: those with a credit count, and those with code 31. */
  readonly credits = { counted: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, without: 0 }
  /** NAK and RNR NAK, entering. */
  naks = 0
  rnrs = 0
  cnps = 0
  /** RoCE packets with CE: as their receiver gets them; as the input port of their last switch sees them, which lacks the
   * marks of that switch; summed over the input ports of all switches (what the reference counts). */
  readonly ce = { received: 0, seenAtLastInput: 0, allInputs: 0 }
  /** Trimmed packets: as their receiver gets them; summed over all input ports; over all output ports. */
  readonly trimmed = { received: 0, allInputs: 0, allOutputs: 0 }
  /** Over the input ports of all switches. */
  cnpsAllInputs = 0
  readonly retransmitted = { packets: 0 }
  /** By reason, told or not. */
  readonly drops = new Map<number, number>()
}

/** Octets and packets of a port, one number a second. */
export interface PortCounts {
  readonly inOctets: Float64Array
  readonly inPackets: Float64Array
  readonly outOctets: Float64Array
  readonly outPackets: Float64Array
}

/** Packets dropped at one place for one reason, of one pair of hosts. */
export interface DropCount {
  readonly node: string
  readonly inPort: string
  readonly outPort: string
  readonly side: 'ingress' | 'egress'
  readonly reason: number
  readonly form: string
  /** Addresses. */
  readonly src: string
  readonly dst: string
  packets: number
}

/** What left by a port in a time when it dropped, by pair of hosts. */
export interface Culprit {
  readonly src: string
  readonly dst: string
  octets: number
  packets: number
}

export interface FabricTruth {
  readonly seconds: number
  /** One for each second of the recording. */
  readonly perSecond: readonly Counts[]
  readonly whole: Counts
  /** `leaf1 swp1` → its traffic. All ports. */
  readonly ports: ReadonlyMap<string, PortCounts>
  readonly corePorts: readonly string[]
  readonly edgePorts: readonly string[]
  readonly drops: readonly DropCount[]
  /** `leaf4 swp1` → who sent what by it while its queue dropped (from the first such drop to the last), most octets first. */
  readonly culprits: ReadonlyMap<
    string,
    { readonly from: number; readonly to: number; readonly by: readonly Culprit[] }
  >
  /** `198.51.100.2 4097`, destination and queue pair → packets with data: by how much the PSN advances, and how many came again. */
  readonly psn: ReadonlyMap<string, { advance: number; again: number }>
}

/** Credits of the codes 0 .. 30 of an AETH (InfiniBand specification 9.7.7.2.1). */
const CREDITS = [
  ...[0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072],
  ...[4096, 6144, 8192, 12_288, 16_384, 24_576, 32_768],
]

function add<K>(map: Map<K, number>, key: K, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount)
}

export function countTruth(layout: Layout, trains: readonly Train[], seconds: number): FabricTruth {
  const length = Math.ceil(seconds)
  const perSecond = Array.from({ length }, () => new Counts())
  const whole = new Counts()
  const ports = layout.ports.map(() => ({
    inOctets: new Float64Array(length),
    inPackets: new Float64Array(length),
    outOctets: new Float64Array(length),
    outPackets: new Float64Array(length),
  }))
  for (const train of trains) {
    count(whole, train, 0, before(train, seconds))
    for (let second = Math.floor(train.start); second < Math.min(length, train.end); second++) {
      const first = before(train, second)
      const end = before(train, Math.min(seconds, second + 1))
      if (end === first) continue
      count(perSecond[second]!, train, first, end)
      countPorts(ports, train, second, first, end)
    }
  }
  const named = layout.ports.map(({ id }) => [layout.portText(id), ports[id]!] as const)
  const names = (isCore: boolean) =>
    layout.ports.filter((port) => port.isCore === isCore).map(({ id }) => layout.portText(id))
  return {
    ...{ seconds, perSecond, whole, ports: new Map(named), corePorts: names(true), edgePorts: names(false) },
    ...{ drops: countDrops(layout, trains), culprits: countCulprits(layout, trains), psn: countPsn(layout, trains) },
  }
}

/** Packets `first` to `end` of a train. */
function count(to: Counts, train: Train, first: number, end: number): void {
  const inputs = hopsEntered(train)
  const isReceived = train.drop === undefined
  const behind = train.hops.length
  eachShape(train, first, end, (shape, n) => {
    to.packets += n
    to.octets += n * octetsAfter(train, shape, 0)
    for (let hop = 0; hop < inputs; hop++) {
      if (isTrimmed(train, hop)) to.trimmed.allInputs += n
    }
    for (let hop = 0; hop < hopsLeft(train); hop++) {
      if (isTrimmed(train, hop + 1)) to.trimmed.allOutputs += n
    }
    if (isReceived && isTrimmed(train, behind)) to.trimmed.received += n
    if (shape.kind !== 'roce') return
    to.rocePackets += n
    add(to.opcodes, shape.opcode, n)
    if (shape.dma > 0) {
      to.reth.packets += n
      to.reth.bytes += n * shape.dma
    }
    if (shape.syndrome !== undefined) countSyndrome(to, shape.syndrome, n)
    if (shape.opcode === Opcode.cnp) {
      to.cnps += n
      to.cnpsAllInputs += n * inputs
    }
    for (let hop = 0; hop < inputs; hop++) {
      if (isMarked(train, hop)) to.ce.allInputs += n
    }
    if (isReceived && isMarked(train, behind)) to.ce.received += n
    if (isReceived && isMarked(train, behind - 1)) to.ce.seenAtLastInput += n
    if (train.isRetransmission === true) to.retransmitted.packets += n
  })
  if (train.drop !== undefined) add(to.drops, train.drop.reason, end - first)
}

function countSyndrome(to: Counts, syndrome: number, n: number): void {
  const kind = (syndrome >> 5) & 3
  if (kind === 3) to.naks += n
  else if (kind === 1) to.rnrs += n
  else if ((syndrome & 31) === 31) to.credits.without += n
  else {
    const credits = CREDITS[syndrome & 31]!
    to.credits.counted += n
    to.credits.sum += n * credits
    to.credits.min = Math.min(to.credits.min, credits)
    to.credits.max = Math.max(to.credits.max, credits)
  }
}

function countPorts(ports: readonly PortCounts[], train: Train, second: number, first: number, end: number): void {
  const entered = hopsEntered(train)
  const left = hopsLeft(train)
  eachShape(train, first, end, (shape, n) => {
    for (let hop = 0; hop < entered; hop++) {
      const { input, output } = train.hops[hop]!
      ports[input]!.inPackets[second]! += n
      ports[input]!.inOctets[second]! += n * octetsAfter(train, shape, hop)
      if (hop >= left) continue
      ports[output]!.outPackets[second]! += n
      ports[output]!.outOctets[second]! += n * octetsAfter(train, shape, hop + 1)
    }
  })
}

function countDrops(layout: Layout, trains: readonly Train[]): DropCount[] {
  const counts = new Map<string, DropCount>()
  for (const { drop, hops, src, dst, packets } of trains) {
    if (drop === undefined) continue
    const { switchId, input, output } = hops[drop.hop]!
    const key = `${input} ${output} ${drop.reason} ${drop.side} ${drop.form} ${src} ${dst}`
    const known = counts.get(key)
    if (known !== undefined) {
      known.packets += packets
      continue
    }
    const place = {
      node: layout.switches[switchId]!.name,
      inPort: layout.ports[input]!.name,
      outPort: layout.ports[output]!.name,
    }
    const ends = { src: layout.hostText(src), dst: layout.hostText(dst) }
    counts.set(key, { ...place, side: drop.side, reason: drop.reason, form: drop.form, ...ends, packets })
  }
  return [...counts.values()].sort((a, b) => b.packets - a.packets)
}

function countCulprits(layout: Layout, trains: readonly Train[]): FabricTruth['culprits'] {
  const windows = new Map<number, { from: number; to: number; by: Map<string, Culprit> }>()
  for (const { drop, hops, start, end } of trains) {
    if (drop?.side !== 'egress') continue
    const port = hops[drop.hop]!.output
    const known = windows.get(port)
    if (known === undefined) windows.set(port, { from: start, to: end, by: new Map() })
    else {
      known.from = Math.min(known.from, start)
      known.to = Math.max(known.to, end)
    }
  }
  for (const train of trains) {
    for (let hop = 0; hop < hopsLeft(train); hop++) {
      const window = windows.get(train.hops[hop]!.output)
      if (window === undefined) continue
      const src = layout.hostText(train.src)
      const dst = layout.hostText(train.dst)
      eachShape(train, before(train, window.from), before(train, window.to), (shape, n) => {
        const entry = window.by.get(`${src} ${dst}`) ?? { src, dst, octets: 0, packets: 0 }
        entry.packets += n
        entry.octets += n * octetsAfter(train, shape, hop + 1)
        window.by.set(`${src} ${dst}`, entry)
      })
    }
  }
  return new Map(
    [...windows].map(([port, { from, to, by }]) => [
      layout.portText(port),
      { from, to, by: [...by.values()].sort((a, b) => b.octets - a.octets) },
    ]),
  )
}

function countPsn(layout: Layout, trains: readonly Train[]): FabricTruth['psn'] {
  const counts = new Map<string, { advance: number; again: number }>()
  for (const train of trains) {
    const { opcode, kind } = train.pattern[0]!.shape
    if (kind !== 'roce' || opcode >= Opcode.acknowledge || opcode === Opcode.readRequest) continue
    const key = `${layout.hostText(train.dst)} ${train.destinationQp}`
    const entry = counts.get(key) ?? { advance: 0, again: 0 }
    if (train.isRetransmission === true) entry.again += train.packets
    else entry.advance += train.packets
    counts.set(key, entry)
  }
  return counts
}
