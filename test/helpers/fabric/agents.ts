// Owns the sFlow agents of a generated fabric: samples, counters and discards of one switch → datagrams with sequences, pools,
// uptimes. Written by test/bench/datagram-writer.ts, not by src. Start at SwitchAgent.

import { DatagramWriter } from '../../bench/datagram-writer.ts'
import type { Layout, Port, Switch } from './layout.ts'
import type { PacketWriter } from './packet-bytes.ts'
import { type PortTraffic, type SampledPacket, Sweep } from './sampling.ts'
import { type Drop, type Train, timeOf } from './train.ts'

/** 2026-01-15T12:00:00Z, seconds since 1970: when recordings begin. */
export const START = 1_768_478_400
/** Bytes of a datagram at most, and of a sample. */
const DATAGRAM_BYTES = 1400
const LARGEST_SAMPLE = 400
const UPTIME_AT = 20
const FCS = 4
/** The device itself, as hsflowd writes it in expanded samples too. */
const INTERNAL = 0x3fffffff

export interface AgentOptions {
  readonly rate: number
  readonly egress: 'none' | 'edge' | 'all'
  /** Samples name both ports, as ASICs do, or only the one where they were taken and "internal", as hsflowd's mod_pcap does. */
  readonly interfaces: 'both' | 'own'
  readonly hasTimestamps: boolean
  /** Samples wait until a datagram is full or this many seconds are over. */
  readonly hold: number
  /** Notifications of discards a second; others are counted in `drops`. */
  readonly dropLimit: number
  /** Milliseconds of uptime at the beginning. */
  readonly uptime: number
  /** Errors a second of a port. */
  readonly errors: (port: number) => { readonly in: number; readonly out: number }
  /** Discards a second of a port that nothing explains. */
  readonly discards: (port: number) => { readonly in: number; readonly out: number }
}

export interface SentDatagram {
  /** Seconds after the beginning when it left its agent. */
  readonly time: number
  readonly agent: Switch
  readonly bytes: Uint8Array
}

/** Notifications of discards of one switch. */
export interface Notifications {
  readonly node: string
  told: number
  /** Not told for the limit: what the last `drops` of its sources add up to. */
  limited: number
  readonly toldByReason: Map<number, number>
}

interface SourceNumbers {
  flows: number
  counters: number
  discards: number
  drops: number
}

/** A port as its agent counts it. */
interface PortState {
  readonly port: Port
  readonly poolInput: Sweep
  readonly poolOutput: Sweep
  readonly countedInput: Sweep
  readonly countedOutput: Sweep
  readonly inputDrops: Sweep
  readonly outputDrops: Sweep
}

/** One agent; call its methods in order of time. */
export class SwitchAgent {
  readonly notifications: Notifications
  /** Flow samples sent. */
  samples = 0
  readonly #switch: Switch
  readonly #layout: Layout
  readonly #packet: PacketWriter
  readonly #options: AgentOptions
  readonly #send: (datagram: SentDatagram) => void
  readonly #out = new DatagramWriter()
  readonly #bytes = new Uint8Array(DATAGRAM_BYTES + LARGEST_SAMPLE)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #numbers = new Map<number, SourceNumbers>()
  readonly #ports = new Map<number, PortState>()
  #sequence = 0
  #held = 0
  #due = 0
  #limitSecond = -1
  #limitUsed = 0

  constructor(
    layout: Layout,
    own: Switch,
    traffic: readonly PortTraffic[],
    packet: PacketWriter,
    options: AgentOptions,
    send: (datagram: SentDatagram) => void,
  ) {
    this.#switch = own
    this.#layout = layout
    this.#packet = packet
    this.#options = options
    this.#send = send
    this.notifications = { node: own.name, told: 0, limited: 0, toldByReason: new Map() }
    for (const port of own.ports) {
      const { input, output, inputDrops, outputDrops } = traffic[port.id]!
      this.#ports.set(port.id, {
        port,
        ...{ poolInput: new Sweep(input, false), poolOutput: new Sweep(output, true) },
        ...{ countedInput: new Sweep(input, false), countedOutput: new Sweep(output, true) },
        ...{ inputDrops: new Sweep(inputDrops, false), outputDrops: new Sweep(outputDrops, false) },
      })
    }
  }

  /** Whether packets that leave by a port are sampled there. */
  static samplesOutput(port: Port, egress: AgentOptions['egress']): boolean {
    return egress === 'all' || (egress === 'edge' && !port.isCore)
  }

  flow(sample: SampledPacket): void {
    const { train, hop, k, isBehind, time } = sample
    const { rate, egress, hasTimestamps } = this.#options
    const state = this.#ports.get(sample.port)!
    state.poolInput.advance(time)
    let pool = state.poolInput.packets
    if (SwitchAgent.samplesOutput(state.port, egress)) {
      state.poolOutput.advance(time)
      pool += state.poolOutput.packets
    }
    this.#begin(time)
    const source = state.port.ifIndex
    const numbers = this.#of(source)
    numbers.flows++
    this.samples++
    const isOwn = this.#options.interfaces === 'own'
    const input = isOwn && isBehind ? INTERNAL : this.#ifIndex(train.hops[hop]!.input)
    const [format, output] = isOwn && !isBehind ? [0, INTERNAL] : this.#outputOf(train, hop)
    const out = this.#out
    // The packet itself belongs to the pool: one more than passed before it.
    out.beginSample(3, numbers.flows, 0, source, rate, (pool + 1) % 2 ** 32, 0, 0, input, format, output)
    this.#header(train, k, hop, isBehind, FCS)
    if (hasTimestamps) this.#timestamp(time)
    out.endSample()
  }

  counters(time: number, portId: number): void {
    const state = this.#ports.get(portId)!
    const { port, countedInput, countedOutput, inputDrops, outputDrops } = state
    for (const sweep of [countedInput, countedOutput, inputDrops, outputDrops]) sweep.advance(time)
    const errors = this.#options.errors(portId)
    const discards = this.#options.discards(portId)
    this.#begin(time)
    const out = this.#out
    out.beginSample(4, ++this.#of(port.ifIndex).counters, 0, port.ifIndex)
    out.beginRecord(1)
    out.u32(port.ifIndex, 6)
    out.u64(port.speed)
    out.u32(1, 3)
    this.#direction(
      countedInput,
      inputDrops.packets + Math.floor(discards.in * time),
      Math.floor(errors.in * time),
      portId,
    )
    // ifInUnknownProtos: the switch does not count them.
    out.u32(0xffffffff)
    this.#direction(
      countedOutput,
      outputDrops.packets + Math.floor(discards.out * time),
      Math.floor(errors.out * time),
      portId + 1,
    )
    out.u32(0)
    out.endRecord()
    out.beginRecord(1005)
    out.text(port.name)
    out.endRecord()
    out.endSample()
  }

  /** A packet that was discarded here: told, or counted where too many were in this second. */
  discard(train: Train, k: number): void {
    const drop = train.drop!
    const time = timeOf(train, k)
    const { switchId: _, input, output } = train.hops[drop.hop]!
    const isAsic = drop.form === 'mod'
    const source = isAsic ? this.#ifIndex(input) : 0
    const numbers = this.#of(source)
    const second = Math.floor(time)
    if (second !== this.#limitSecond) {
      this.#limitSecond = second
      this.#limitUsed = 0
    }
    if (this.#limitUsed >= this.#options.dropLimit) {
      numbers.drops++
      this.notifications.limited++
      return
    }
    this.#limitUsed++
    this.notifications.told++
    const { toldByReason } = this.notifications
    toldByReason.set(drop.reason, (toldByReason.get(drop.reason) ?? 0) + 1)
    this.#begin(time)
    const from = drop.foreignInput ?? this.#ifIndex(input)
    const to = drop.side === 'egress' ? this.#ifIndex(output) : 0
    const out = this.#out
    out.beginSample(5, ++numbers.discards, 0, source, numbers.drops, from, to, drop.reason)
    // hsflowd tells the length without FCS here (sflow5.md C11).
    this.#header(train, k, drop.hop, false, isAsic ? FCS : 0)
    this.#dropRecords(drop)
    if (this.#options.hasTimestamps) this.#timestamp(time)
    out.endSample()
  }

  /** Sends what is held. */
  flush(time: number): void {
    if (this.#held === 0) return
    const length = this.#out.end()
    this.#held = 0
    this.#view.setUint32(UPTIME_AT, Math.floor(this.#options.uptime + time * 1000) % 2 ** 32)
    this.#send({ time, agent: this.#switch, bytes: this.#bytes.slice(0, length) })
  }

  /** When what is held must go. */
  get due(): number {
    return this.#held > 0 ? this.#due : Number.POSITIVE_INFINITY
  }

  /** Octets, packets, discards and errors in the order of if_counters. */
  #direction({ octets, packets }: Sweep, discards: number, errors: number, salt: number): void {
    // Not all counters begin at 0: some traffic passed before.
    const basePackets = 1_000_000_000 + salt * 7_654_321
    this.#out.u64(basePackets * 1200 + octets)
    this.#out.u32((basePackets + packets) % 2 ** 32, 120, 4, 1000 + discards, 10 + errors)
  }

  #outputOf(train: Train, hop: number): readonly [format: number, value: number] {
    const { drop } = train
    if (drop !== undefined && drop.hop === hop && (drop.side === 'ingress' || drop.form === 'sampled')) {
      return [1, drop.reason]
    }
    return [0, this.#ifIndex(train.hops[hop]!.output)]
  }

  #ifIndex(port: number): number {
    return this.#layout.ports[port]!.ifIndex
  }

  #of(source: number): SourceNumbers {
    let numbers = this.#numbers.get(source)
    if (numbers === undefined) {
      numbers = { flows: 0, counters: 0, discards: 0, drops: 0 }
      this.#numbers.set(source, numbers)
    }
    return numbers
  }

  /** Makes room for a sample of this time. */
  #begin(time: number): void {
    if (time >= this.due) this.flush(this.#due)
    else if (this.#held > 0 && this.#out.position > DATAGRAM_BYTES - LARGEST_SAMPLE) this.flush(time)
    if (this.#held === 0) {
      this.#out.begin(this.#bytes, this.#view, 0, this.#switch.address, ++this.#sequence, 0)
      const { hold } = this.#options
      // A clock of the agent's own, whose ticks are not those of other agents.
      const phase = (this.#switch.id * 0.37) % 1
      this.#due = hold > 0 ? (Math.floor(time / hold + phase) + 1 - phase) * hold : time
    }
    this.#held++
  }

  #header(train: Train, k: number, hop: number, isBehind: boolean, fcs: number): void {
    const packet = this.#packet
    packet.write(train, k, hop, isBehind)
    const out = this.#out
    out.beginRecord(1)
    out.u32(1, packet.octets - FCS + fcs, FCS)
    out.opaque(packet.bytes, 0, packet.captured)
    out.endRecord()
  }

  #dropRecords({ queue, acl, trap, linux }: Drop): void {
    const out = this.#out
    if (queue !== undefined) {
      out.beginRecord(1036)
      out.u32(queue)
      out.endRecord()
    }
    if (acl !== undefined) {
      out.beginRecord(1037)
      out.u32(acl.number)
      out.text(acl.name)
      out.u32(acl.direction)
      out.endRecord()
    }
    if (trap !== undefined) {
      out.beginRecord(1041)
      out.text(trap.group)
      out.text(trap.name)
      out.endRecord()
    }
    if (linux !== undefined) {
      out.beginRecord(1038)
      out.text(linux.symbol)
      out.endRecord()
      out.beginRecord(1042)
      out.text(linux.reason)
      out.endRecord()
    }
  }

  #timestamp(time: number): void {
    const nanoseconds = BigInt(START) * 1_000_000_000n + BigInt(Math.round(time * 1e9))
    this.#out.beginRecord(1043)
    this.#out.u32(Number(nanoseconds >> 32n), Number(nanoseconds & 0xffff_ffffn))
    this.#out.endRecord()
  }
}
