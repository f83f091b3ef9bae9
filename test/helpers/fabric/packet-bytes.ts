// Owns the bytes of generated packets, as they look before or behind a switch. Written field after field from the
// specifications (RFC 791, RFC 8200, InfiniBand BTH); shares nothing with src. Start at PacketWriter.

import { onesComplement } from '../../bench/flows.ts'
import type { Layout } from './layout.ts'
import {
  isMarked,
  isTrimmed,
  Opcode,
  octetsAfter,
  psnOf,
  type Shape,
  shapeOf,
  TRIMMED_DSCP,
  type Train,
} from './train.ts'

/** Bytes of a sampled header at most. */
export const HEADER_BYTES = 128
const ROCE_PORT = 4791
const CE = 3
const ETHERNET = 14
const UDP = 8
const BTH = 12
const ICRC = 4
const FCS = 4
/** Shortest Ethernet frame, with FCS. */
const SHORTEST = 64

/** Bytes behind the BTH that belong to the opcode. */
export function extendedLength(opcode: number): number {
  switch (opcode) {
    case Opcode.writeFirst:
    case Opcode.writeOnly:
    case Opcode.readRequest:
    case Opcode.cnp:
      return 16
    case Opcode.acknowledge:
    case Opcode.readFirst:
    case Opcode.readLast:
    case Opcode.readOnly:
      return 4
    default:
      return 0
  }
}

/** A RoCEv2 packet with `payload` bytes of data. */
export function roce(
  opcode: number,
  payload: number,
  more: { dma?: number; syndrome?: number } = {},
  v6 = false,
): Shape {
  const octets = ETHERNET + (v6 ? 40 : 20) + UDP + BTH + extendedLength(opcode) + payload + ICRC + FCS
  return { kind: 'roce', opcode, octets: Math.max(SHORTEST, octets), dma: 0, ...more }
}

/** Writes one packet after the other to the same place. */
export class PacketWriter {
  readonly bytes = new Uint8Array(256)
  readonly #view = new DataView(this.bytes.buffer)
  readonly #layout: Layout
  /** Of the packet that was written last: bytes of its header that are there, and on the wire with FCS. */
  captured = 0
  octets = 0

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /**
   * Packet `k` of a train at hop `hop`, before the switch (its input port) or behind it.
   */
  write(train: Train, k: number, hop: number, isBehind: boolean): void {
    const crossed = hop + (isBehind ? 1 : 0)
    const shape = shapeOf(train, k)
    this.bytes.fill(0)
    this.octets = octetsAfter(train, shape, crossed)
    this.captured = Math.min(HEADER_BYTES, this.octets - FCS)
    this.#mac(0, train, crossed)
    this.#mac(6, train, crossed - 1)
    if (shape.kind === 'arp') this.#arp(train)
    else this.#ip(train, k, shape, crossed)
  }

  /** The station behind `crossed` switches: the sender at -1, a switch, the receiver at the end. */
  #mac(at: number, { src, dst, hops }: Train, place: number): void {
    const host = place < 0 ? src : place >= hops.length ? dst : undefined
    this.#view.setUint16(at, 0x0200)
    this.#view.setUint32(at + 2, host === undefined ? 0x01000000 + hops[place]!.switchId : host)
  }

  #arp({ src, dst }: Train): void {
    const v = this.#view
    v.setUint16(12, 0x0806)
    v.setUint32(14, 0x00010800)
    v.setUint32(18, 0x06040002)
    this.bytes.copyWithin(22, 6, 12)
    v.setUint32(28, this.#layout.hostAddress(src))
    this.bytes.copyWithin(32, 0, 6)
    v.setUint32(38, this.#layout.hostAddress(dst))
  }

  #ip(train: Train, k: number, shape: Shape, crossed: number): void {
    const v = this.#view
    const ecn = isMarked(train, crossed) ? CE : train.ecn
    const tos = ((isTrimmed(train, crossed) ? TRIMMED_DSCP : train.dscp) << 2) | ecn
    const length = this.octets - FCS - ETHERNET
    const protocol = shape.kind === 'tcp' ? 6 : 17
    const ttl = 64 - crossed
    const isIpv6 = train.isIpv6 === true
    v.setUint16(12, isIpv6 ? 0x86dd : 0x0800)
    if (isIpv6) {
      v.setUint32(14, 0x60000000 + tos * 0x100000)
      v.setUint16(18, length - 40)
      v.setUint8(20, protocol)
      v.setUint8(21, ttl)
      this.#ip6(22, train.src)
      this.#ip6(38, train.dst)
    } else {
      v.setUint16(14, 0x4500 | tos)
      v.setUint16(16, length)
      v.setUint16(18, k & 0xffff)
      v.setUint16(20, 0x4000)
      v.setUint8(22, ttl)
      v.setUint8(23, protocol)
      v.setUint32(26, this.#layout.hostAddress(train.src))
      v.setUint32(30, this.#layout.hostAddress(train.dst))
      v.setUint16(24, onesComplement(v, 14, 20))
    }
    const at = isIpv6 ? 54 : 34
    v.setUint16(at, train.sourcePort)
    if (shape.kind === 'tcp') {
      v.setUint16(at + 2, 443)
      v.setUint32(at + 4, (k * 1400) >>> 0)
      v.setUint16(at + 12, 0x5010)
      v.setUint16(at + 14, 502)
      return
    }
    v.setUint16(at + 2, ROCE_PORT)
    v.setUint16(at + 4, length - (at - ETHERNET))
    this.#bth(at + UDP, train, k, shape)
  }

  /** 2001:db8::/32 (RFC 3849). */
  #ip6(at: number, host: number): void {
    this.#view.setUint32(at, 0x20010db8)
    this.#view.setUint32(at + 12, 1 + host)
  }

  #bth(at: number, train: Train, k: number, { opcode, dma, syndrome }: Shape): void {
    const v = this.#view
    v.setUint8(at, opcode)
    v.setUint8(at + 1, opcode === Opcode.cnp ? 0 : 0x40)
    v.setUint16(at + 2, 0xffff)
    v.setUint32(at + 4, train.destinationQp)
    const wantsAnswer = opcode === Opcode.writeLast || opcode === Opcode.writeOnly || opcode === Opcode.sendLast
    v.setUint32(at + 8, (opcode === Opcode.cnp ? 0 : psnOf(train, k)) + (wantsAnswer ? 0x80000000 : 0))
    const rest = at + BTH
    if (syndrome !== undefined) {
      v.setUint32(rest, syndrome * 0x1000000 + (k & 0xffffff))
    } else if (dma > 0) {
      v.setUint32(rest, 0x7f00)
      v.setUint32(rest + 4, (k * 4096) >>> 0)
      v.setUint32(rest + 8, 0x1000 + train.src)
      v.setUint32(rest + 12, dma)
    }
  }
}
