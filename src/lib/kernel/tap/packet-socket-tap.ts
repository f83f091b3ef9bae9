// Owns sampling by packet sockets, for kernels without TCX: a filter takes packets at random. See tap.ts for the folder.
//
// What it can't do, beside tcx-tap.ts: a filter can't count, and an interface's own counters have a buffer of several segments (GSO, GRO)
// as one packet or as several, as its driver likes. So the pool is samples × N, which is right on average; a collector's effective rate
// is then the configured one. By which interface a packet came in or will leave is known for its own side only.

import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import type { Interface, InterfaceList } from '../links/interfaces.ts'
import {
  AF_PACKET,
  frameField,
  PacketSocket,
  type RingSize,
  SOCK_RAW_CLOEXEC,
  TP_STATUS_VLAN_TPID_VALID,
  TP_STATUS_VLAN_VALID,
  VNET_BYTES,
} from './packet-socket.ts'
import { type RandomFilter, randomFilter } from './random-filter.ts'
import { SegmentedHeader, samplesOf, segmentOfSample } from './segments.ts'
import { type PacketTap, type TapCount, type TappedPacket, type TapWish, UNKNOWN_INTERFACE } from './tap.ts'

type Way = 'ingress' | 'egress'
const bothWays: readonly Way[] = ['ingress', 'egress']

/** 64 blocks that each wait up to 20 ms: Node may stand still for more than a second. */
const RING: RingSize = { blocks: 64, blockBytes: 64 << 10 }
/** Ethernet's addresses and type; one MTU with them is the longest packet. */
const LINK_BYTES = 14
/** Where an MTU is not known. */
const USUAL_MTU = 1500
const TWO_32 = 2 ** 32
const ETH_P_8021Q = 0x8100
/** Interfaces that went whose counts are kept. */
const MOST_GONE = 256

// struct virtio_net_hdr: flags, gso_type, hdr_len, gso_size ...
const VNET_GSO_TYPE = 1
const VNET_GSO_SIZE = 4

export interface PacketSocketTapOptions {
  /** Blocks and their bytes, of each direction of each interface; 64 of 64 KiB where not given. */
  readonly ring?: RingSize
  /** Why it is not TCX. */
  readonly why: string
}

interface Side {
  socket: PacketSocket | undefined
  filter: RandomFilter | undefined
  /** One packet in so many, now. */
  rate: number
  /** (samples + lost) × the rate of each. */
  pool: number
  samples: number
  /** Samples, as far as the mean of `buffers` tells; and how many buffers of the present socket are in it. */
  lost: number
  lostBuffers: number
  /** Taken by the filter and read. */
  buffers: number
}

interface Place {
  readonly interfaceIndex: number
  readonly hasEthernet: boolean
  readonly mtu: number
  readonly sides: Map<Way, Side>
  attached: boolean
}

/** Tries whether this process may have packet sockets. @throws SystemCallError: EPERM without CAP_NET_RAW */
export function tryPacketSocket(libc: Libc): void {
  const fd = libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0)
  if (fd < 0) throw new SystemCallError('socket AF_PACKET', libc.errno())
  libc.close(fd)
}

/** Samples by packet sockets. Needs CAP_NET_RAW only. */
export class PacketSocketTap implements PacketTap {
  readonly kind = 'af_packet'
  readonly measuresPool = false
  readonly why: string
  readonly #libc: Libc
  readonly #ring: RingSize
  readonly #interfaces: InterfaceList
  readonly #places = new Map<number, Place>()
  readonly #segmented = new SegmentedHeader()
  readonly #packet: TappedPacket
  #take: (packet: TappedPacket) => void = () => undefined
  #handed = 0

  /** @param interfaces of the namespace in which the tap is made. The tap closes it */
  constructor(libc: Libc, interfaces: InterfaceList, options: PacketSocketTapOptions) {
    this.#libc = libc
    this.#ring = options.ring ?? RING
    this.#interfaces = interfaces
    this.why = options.why
    this.#packet = {
      interfaceIndex: 0,
      direction: 'ingress',
      inputIndex: UNKNOWN_INTERFACE,
      outputIndex: UNKNOWN_INTERFACE,
      frameBytes: 0,
      segments: 1,
      vlanTag: undefined,
      vlanProtocol: 0,
      bytes: this.#segmented.bytes,
      offset: 0,
      length: 0,
      seconds: 0,
      nanoseconds: 0,
      nextHop: undefined,
    }
  }

  attach(wish: TapWish): void {
    const { interfaceIndex, direction } = wish
    let place = this.#places.get(interfaceIndex)
    if (!place?.attached) {
      const known = this.#interfaces.look(interfaceIndex)
      place = makePlace(interfaceIndex, known)
      this.#places.set(interfaceIndex, place)
    }
    try {
      for (const way of bothWays) {
        if (direction === 'both' || direction === way) this.#open(place, way, wish)
        else this.#close(place, way)
      }
    } catch (error) {
      this.detach(interfaceIndex)
      this.#places.delete(interfaceIndex)
      throw error
    }
  }

  detach(interfaceIndex: number): void {
    const place = this.#places.get(interfaceIndex)
    if (!place?.attached) return
    for (const way of bothWays) this.#close(place, way)
    place.attached = false
    this.#forgetOldest()
  }

  drain(take: (packet: TappedPacket) => void): number {
    this.#take = take
    this.#handed = 0
    for (const place of this.#places.values()) {
      if (!place.attached) continue
      for (const [way, side] of place.sides) {
        const { socket, filter } = side
        if (socket && filter) socket.drain((at) => this.#frame(place, way, side, socket, filter, at))
      }
    }
    return this.#handed
  }

  counts(): TapCount[] {
    const counts: TapCount[] = []
    for (const place of this.#places.values()) {
      for (const [direction, side] of place.sides) {
        countLost(side)
        const { pool, samples, lost } = side
        counts.push({ interfaceIndex: place.interfaceIndex, direction, pool, samples, lost })
      }
    }
    return counts
  }

  close(): void {
    for (const interfaceIndex of [...this.#places.keys()]) this.detach(interfaceIndex)
    this.#interfaces.close()
  }

  #open(place: Place, way: Way, wish: TapWish): void {
    const threshold = Math.max(1, Math.round(TWO_32 / wish.rate))
    const headerBytes = Math.min(Math.max(Math.trunc(wish.headerBytes), LINK_BYTES), 256)
    const filter = randomFilter(threshold, way, headerBytes, place.mtu + LINK_BYTES)
    this.#close(place, way)
    const socket = new PacketSocket(this.#libc, place.interfaceIndex, filter.program, this.#ring)
    place.attached = true
    const side = place.sides.get(way)
    if (side) {
      side.socket = socket
      side.filter = filter
      side.rate = wish.rate
      side.lostBuffers = 0
      return
    }
    const none = { pool: 0, samples: 0, lost: 0, lostBuffers: 0, buffers: 0 }
    place.sides.set(way, { socket, filter, rate: wish.rate, ...none })
  }

  #close(place: Place, way: Way): void {
    const side = place.sides.get(way)
    if (!side?.socket) return
    side.socket.close()
    countLost(side)
    side.socket = undefined
  }

  #frame(place: Place, way: Way, side: Side, socket: PacketSocket, filter: RandomFilter, at: number): void {
    const { view, bytes } = socket
    const packet = this.#packet
    const status = view.getUint32(at + frameField.status, true)
    const offset = at + view.getUint16(at + frameField.mac, true)
    const length = view.getUint32(at + frameField.captured, true)
    const bufferBytes = view.getUint32(at + frameField.length, true)
    const vnet = offset - VNET_BYTES
    packet.interfaceIndex = place.interfaceIndex
    packet.direction = way
    packet.inputIndex = way === 'ingress' ? place.interfaceIndex : UNKNOWN_INTERFACE
    packet.outputIndex = way === 'egress' ? place.interfaceIndex : UNKNOWN_INTERFACE
    packet.vlanTag = status & TP_STATUS_VLAN_VALID ? view.getUint32(at + frameField.vlanTag, true) & 0xffff : undefined
    packet.vlanProtocol =
      status & TP_STATUS_VLAN_TPID_VALID ? view.getUint16(at + frameField.vlanProtocol, true) : ETH_P_8021Q
    packet.seconds = view.getUint32(at + frameField.seconds, true)
    packet.nanoseconds = view.getUint32(at + frameField.nanoseconds, true)
    packet.frameBytes = bufferBytes
    packet.segments = 1
    packet.bytes = bytes
    packet.offset = offset
    packet.length = length
    const ratio = filter.ratio / filter.probability(bufferBytes)
    const payload = view.getUint8(vnet + VNET_GSO_TYPE) === 0 ? 0 : view.getUint16(vnet + VNET_GSO_SIZE, true)
    side.buffers++
    if (payload === 0 && ratio >= 1) {
      side.samples++
      side.pool += side.rate
      this.#handed++
      this.#take(packet)
      return
    }
    const segmented = this.#segmented
    if (payload > 0) {
      segmented.read(bytes, offset, length, bufferBytes, 0, payload, place.hasEthernet)
      packet.segments = segmented.segments
      packet.bytes = segmented.bytes
      packet.offset = 0
    }
    const u = Math.random()
    const samples = samplesOf(packet.segments, ratio, u)
    for (let j = 1; j <= samples; j++) {
      if (payload > 0) {
        const segment = segmentOfSample(j, ratio, u)
        packet.frameBytes = segmented.frameBytes(segment)
        packet.length = segmented.write(segment)
      }
      side.samples++
      side.pool += side.rate
      this.#handed++
      this.#take(packet)
    }
  }

  #forgetOldest(): void {
    const gone = [...this.#places.values()].filter(({ attached }) => !attached)
    for (const { interfaceIndex } of gone.slice(0, Math.max(0, gone.length - MOST_GONE)))
      this.#places.delete(interfaceIndex)
  }
}

/** The kernel counts lost buffers; each is as many samples as one that was read, on average. */
function countLost(side: Side): void {
  const buffers = side.socket?.lost() ?? side.lostBuffers
  const more = buffers - side.lostBuffers
  if (more === 0) return
  const lost = side.buffers > 0 ? Math.round((more * side.samples) / side.buffers) : more
  side.lostBuffers = buffers
  side.lost += lost
  side.pool += lost * side.rate
}

function makePlace(interfaceIndex: number, known: Interface | undefined): Place {
  return {
    interfaceIndex,
    hasEthernet: known?.hasEthernet ?? true,
    mtu: known?.mtu || USUAL_MTU,
    sides: new Map(),
    attached: false,
  }
}
