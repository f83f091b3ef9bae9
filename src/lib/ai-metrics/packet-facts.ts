// Owns what is read of one sampled packet: numbers in one reused object. Knows neither sums nor places. See ai-metrics.ts for the
// folder. Start at PacketFacts.read.

import { type SampleView, slotOf } from '../attributes/context.ts'
import { bthOpcodes } from '../names/bth.ts'
import { LayerId } from '../packet/layer-ids.ts'
import type { Packet } from '../packet/packet.ts'
import { extended_timestamp } from '../sflow/records/host-sflow.ts'
import { sampled_ethernet, sampled_header } from '../sflow/records/version-5.ts'

const HEADER = slotOf(sampled_header)
const ETHERNET = slotOf(sampled_ethernet)
const TIMESTAMP = slotOf(extended_timestamp)

/** UDP port of RoCEv2 (IANA). */
const ROCE_PORT = 4791
const CE = 3
/** Agents hold samples back for a second at most; as much again for the network and the clocks. */
const MOST_HELD_MS = 2000
/** Of AETH syndromes, bits 6 and 5. */
const TYPE_BITS = 0x60

/** What an opcode means for sums: bits. */
export const Meaning = { start: 1, reth: 2, aeth: 4, psn: 8, response: 16 } as const

/** Operations that begin a message: SEND and WRITE First and Only, READ request, atomics, FLUSH, ATOMIC WRITE. */
const starts = new Set([0x00, 0x04, 0x05, 0x06, 0x0a, 0x0b, 0x0c, 0x13, 0x14, 0x17, 0x1c, 0x1d])
const withReth = new Set([0x06, 0x0a, 0x0b, 0x0c, 0x1c, 0x1d])
const withAeth = new Set([0x0d, 0x0f, 0x10, 0x11, 0x12])
/** Transports whose PSN belongs to destination and queue pair: RC, UC, XRC. In UD many senders share one, RD counts by context. */
const withPsn = new Set([0, 1, 5])

/** By opcode: bits of Meaning; 0 for opcodes without a name, and CNP. InfiniBand Architecture 1.7, vol. 1, 9.2. */
export const meanings: Uint8Array = Uint8Array.from({ length: 256 }, (_, opcode) => {
  const operation = opcode & 31
  const transport = opcode >>> 5
  if (transport === 4 || bthOpcodes.get(opcode) === undefined) return 0
  const isResponse = operation >= 0x0d && operation <= 0x12
  return (
    (starts.has(operation) ? Meaning.start : 0) |
    (withReth.has(operation) ? Meaning.reth : 0) |
    (withAeth.has(operation) ? Meaning.aeth : 0) |
    (withPsn.has(transport) ? Meaning.psn : 0) |
    (isResponse ? Meaning.response : 0)
  )
})

/** What is known of a sampled packet; -1 is not known. Valid until the next `read`. */
export class PacketFacts {
  /** Bytes of the whole frame. */
  frame = -1
  /** 0 to 255; -1 where there is no whole BTH. */
  opcode = -1
  /** Bits of Meaning. */
  meaning = 0
  /** SE and M of the BTH are 0. */
  plain = false
  qp = 0
  psn = 0
  dma = -1
  syndrome = -1
  msn = 0
  /** An IP header says congestion experienced; has the DSCP of trimmed packets. */
  ce = false
  trimmed = false
  uet = false
  /** To port 4791, but the header ends before the BTH does. */
  cutBeforeBth = false
  /** The BTH should be followed by a RETH or AETH, which is not here. */
  cutBehindBth = false
  /** After `addresses`: of the packet that carries the BTH. Four words, IPv4 as ::ffff:a.b.c.d; zeros where there is none. */
  readonly source = new Uint32Array(4)
  readonly destination = new Uint32Array(4)
  /** The layer in front of the BTH; -1: native InfiniBand within a subnet. */
  #carrier = -1
  /** DSCP that marks trimmed packets; -1 for none. */
  readonly #trimDscp: number

  constructor(trimDscp: number) {
    this.#trimDscp = trimDscp
  }

  /** Reads the packet of a flow or discard sample. */
  read(view: SampleView): void {
    this.opcode = -1
    this.meaning = 0
    this.dma = -1
    this.syndrome = -1
    this.ce = false
    this.trimmed = false
    this.uet = false
    this.cutBeforeBth = false
    this.cutBehindBth = false
    const header = view.record(HEADER)
    if (header === null) {
      this.frame = view.record(ETHERNET)?.length ?? -1
      return
    }
    this.frame = header.frame_length!
    const packet = view.packet()
    const { count, layer } = packet
    let ip = -1
    for (let i = 0; i < count; i++) {
      switch (layer[i]) {
        case LayerId.ip:
        case LayerId.ipv6:
        case LayerId.grh:
          this.#ip(packet, i)
          ip = i
          break
        case LayerId.udp:
          // Where all of a BTH is here, that is found next.
          this.cutBeforeBth = this.#toRoce(packet, i)
          break
        case LayerId.bth:
          this.#bth(packet, i)
          break
        case LayerId.reth:
          this.#reth(packet, i)
          break
        case LayerId.aeth:
          this.#aeth(packet, i)
          break
        case LayerId.uet:
          this.uet = true
          break
      }
    }
    this.#carrier = ip
    const { meaning } = this
    this.cutBehindBth =
      ((meaning & Meaning.reth) !== 0 && this.dma < 0) || ((meaning & Meaning.aeth) !== 0 && this.syndrome < 0)
  }

  /**
   * When the packet was sampled, milliseconds since 1970: by record 0:1043, else the time of its datagram, which agents hold back
   * for up to a second.
   */
  timeMs(view: SampleView): number {
    const stamp = view.record(TIMESTAMP)
    if (stamp !== null) return stamp.nanoseconds_hi! * 4294.967296 + stamp.nanoseconds_lo! / 1e6
    return view.sec * 1000 + view.nsec / 1e6
  }

  /** The same by our own clock: a stamp that is far from it is of an agent whose clock is wrong, or of a recording that is replayed. */
  clockMs(view: SampleView): number {
    const received = view.sec * 1000 + view.nsec / 1e6
    const stamped = this.timeMs(view)
    return Math.abs(received - stamped) <= MOST_HELD_MS ? stamped : received
  }

  #ip(packet: Packet, i: number): void {
    const at = packet.offset[i]!
    if (packet.limit[i]! < at + 2) return
    const { view } = packet
    const tos = packet.layer[i] === LayerId.ip ? view.getUint8(at + 1) : (view.getUint16(at) >>> 4) & 255
    if ((tos & 3) === CE) this.ce = true
    if (tos >>> 2 === this.#trimDscp) this.trimmed = true
  }

  #toRoce(packet: Packet, i: number): boolean {
    const at = packet.offset[i]!
    return packet.limit[i]! >= at + 4 && packet.view.getUint16(at + 2) === ROCE_PORT
  }

  #bth(packet: Packet, i: number): void {
    const at = packet.offset[i]!
    if (packet.limit[i]! < at + 12) {
      this.cutBeforeBth = true
      return
    }
    this.cutBeforeBth = false
    const { view } = packet
    const opcode = view.getUint8(at)
    this.opcode = opcode
    this.meaning = meanings[opcode]!
    this.plain = (view.getUint8(at + 1) & 0xc0) === 0
    this.qp = view.getUint32(at + 4) & 0xffffff
    this.psn = view.getUint32(at + 8) & 0xffffff
  }

  #reth(packet: Packet, i: number): void {
    const at = packet.offset[i]!
    if (packet.limit[i]! >= at + 16) this.dma = packet.view.getUint32(at + 12)
  }

  #aeth(packet: Packet, i: number): void {
    const at = packet.offset[i]!
    if (packet.limit[i]! < at + 4) return
    const word = packet.view.getUint32(at)
    this.syndrome = word >>> 24
    this.msn = word & 0xffffff
  }

  /** Reads source and destination of the packet that was read last: few are asked for. */
  addresses(sample: SampleView): void {
    const { source, destination } = this
    const packet = sample.packet()
    const i = this.#carrier
    source.fill(0)
    destination.fill(0)
    if (i < 0) return
    const at = packet.offset[i]!
    const { view } = packet
    const end = packet.limit[i]!
    if (packet.layer[i] === LayerId.ip) {
      if (end < at + 20) return
      source[2] = 0xffff
      source[3] = view.getUint32(at + 12)
      destination[2] = 0xffff
      destination[3] = view.getUint32(at + 16)
      return
    }
    if (end < at + 40) return
    for (let k = 0; k < 4; k++) {
      source[k] = view.getUint32(at + 8 + k * 4)
      destination[k] = view.getUint32(at + 24 + k * 4)
    }
  }
}

/** An AETH syndrome is an ACK, an RNR NAK, or a NAK; bits 6 and 5. */
export const isAck = (syndrome: number): boolean => (syndrome & TYPE_BITS) === 0
export const isRnr = (syndrome: number): boolean => (syndrome & TYPE_BITS) === 0x20
export const isNak = (syndrome: number): boolean => (syndrome & TYPE_BITS) === 0x60
