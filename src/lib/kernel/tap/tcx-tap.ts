// Owns sampling by programs of ours that hang at interfaces (TCX, Linux 6.6): src/bpf/sample.bpf.c. See tap.ts for the folder.

import { getRandomValues } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SystemCallError } from '../../sys/errno.ts'
import type { Bpf, BpfLink, BpfMap, LoadedObject } from '../bpf/bpf.ts'
import { DayClock } from '../bpf/day-clock.ts'
import { readBpfObject } from '../bpf/loader.ts'
import { openRingBuffer, type RingBuffer } from '../bpf/ring-buffer.ts'
import type { InterfaceList } from '../links/interfaces.ts'
import { SegmentedHeader, samplesOf, segmentOfSample } from './segments.ts'
import type { PacketTap, TapCount, TapDirection, TappedPacket, TapWish } from './tap.ts'

/** 20,000 samples of 128 bytes: at a look every 20 ms, a million a second. */
const RING_BYTES = 4 << 20
// Where an interface's entry is, in sample.bpf.c: at its index mod SLOTS, or one of the next.
const SLOTS = 1024
const PROBES = 8
/** Interfaces that went whose counts are kept. */
const MOST_GONE = 256
/** Loopback, which every network namespace has. */
const LOOPBACK_INDEX = 1

// struct port: threshold, device, header_bytes, spreads.
const PORT_BYTES = 16
// struct count: pool, taken, lost, random.
const COUNT_BYTES = 32
const COUNT_LOST = 16
const COUNT_RANDOM = 24

// struct sample.
const TIME = 0
const THRESHOLD = 8
const DRAW = 16
const DEVICE = 20
const INPUT = 24
const OUTPUT = 28
const BUFFER_BYTES = 32
const SEGMENTS = 36
const SEGMENT_PAYLOAD = 38
const VLAN_TAG = 40
const FLAGS = 42
const NEXT_HOP_BYTES = 43
const HEADER_BYTES = 44
const VLAN_PROTOCOL = 46
const NEXT_HOP = 48
const HEADER = 64

const EGRESS = 1
const HAS_VLAN_TAG = 2

const TWO_32 = 2 ** 32
const bothWays: readonly Way[] = ['ingress', 'egress']
const E2BIG = 7

export interface TcxTapOptions {
  /** A power of two, at least a page; 4 MiB where not given. */
  readonly ringBytes?: number
}

type Way = 'ingress' | 'egress'

/** One direction of an interface. */
interface Side {
  link: BpfLink | undefined
  pool: number
  /** Handed on. */
  samples: number
  lost: number
}

/** An interface that is attached, or was. */
interface Place {
  readonly interfaceIndex: number
  readonly hasEthernet: boolean
  /** Undefined once detached. */
  slot: number | undefined
  /** Directions that were attached since the counts began. */
  readonly sides: Map<Way, Side>
}

/** Whether this namespace spreads packets over routes of equal cost by more than their addresses (policy 0). */
function spreadsByPorts(): boolean {
  return ['ipv4', 'ipv6'].some((family) => {
    try {
      return readFileSync(`/proc/sys/net/${family}/fib_multipath_hash_policy`, 'latin1').trim() !== '0'
    } catch {
      // A kernel without IPv6, or without routes of equal cost.
      return false
    }
  })
}

/** The kernel's threshold of 1 in N: a packet is a sample where 32 random bits are below it. */
export function thresholdOf(rate: number): bigint {
  return BigInt(Math.max(1, Math.round(TWO_32 / rate)))
}

/**
 * Loads the programs and tries whether this kernel lets them hang at an interface (at loopback, where they then take nothing).
 * @param bpf is the tap's from then on, as is the list: it closes both
 * @param interfaces of the namespace whose interfaces are wanted
 * @throws BpfRefusal with `clause` for why not; EnvironmentError where the object is not there
 */
export function openTcxTap(bpf: Bpf, interfaces: InterfaceList, options: TcxTapOptions = {}): PacketTap {
  const object = bpf.load(readBpfObject('sample'), { maxEntries: { samples: options.ringBytes ?? RING_BYTES } })
  try {
    object.program('sample_ingress').attachTcx(LOOPBACK_INDEX, 'ingress').close()
    return new TcxTap(bpf, object, interfaces)
  } catch (error) {
    object.close()
    throw error
  }
}

class TcxTap implements PacketTap {
  readonly kind = 'tcx'
  readonly measuresPool = true
  readonly why = undefined
  readonly #bpf: Bpf
  readonly #object: LoadedObject
  readonly #ports: BpfMap
  readonly #counts: BpfMap
  readonly #ring: RingBuffer
  readonly #clock: DayClock
  readonly #interfaces: InterfaceList
  readonly #places = new Map<number, Place>()
  /** Slots of interfaces that are attached. */
  readonly #slots = new Set<number>()
  readonly #port = new Uint8Array(PORT_BYTES)
  readonly #count: Uint8Array
  readonly #segmented = new SegmentedHeader()
  readonly #packet: TappedPacket
  readonly #nextHop4 = new Uint8Array(4)
  readonly #nextHop16 = new Uint8Array(16)
  readonly #takeRecord: (at: number) => void
  #take: (packet: TappedPacket) => void = () => undefined
  #handed = 0
  #open = true

  constructor(bpf: Bpf, object: LoadedObject, interfaces: InterfaceList) {
    this.#bpf = bpf
    this.#object = object
    this.#ports = object.map('ports')
    this.#counts = object.map('counts')
    this.#ring = openRingBuffer(bpf, object.map('samples'))
    this.#clock = new DayClock(bpf.libc)
    this.#interfaces = interfaces
    this.#count = new Uint8Array(this.#counts.lookupBytes)
    this.#packet = {
      interfaceIndex: 0,
      direction: 'ingress',
      inputIndex: 0,
      outputIndex: 0,
      frameBytes: 0,
      segments: 1,
      vlanTag: undefined,
      vlanProtocol: 0,
      bytes: this.#ring.bytes,
      offset: 0,
      length: 0,
      seconds: 0,
      nanoseconds: 0,
      nextHop: undefined,
    }
    this.#takeRecord = (at) => this.#record(at)
  }

  attach(wish: TapWish): void {
    const { interfaceIndex, direction } = wish
    const place = this.#placeFor(interfaceIndex)
    const view = new DataView(this.#port.buffer)
    view.setBigUint64(0, thresholdOf(wish.rate), true)
    view.setUint32(8, interfaceIndex, true)
    view.setUint16(12, Math.min(Math.max(Math.trunc(wish.headerBytes), 14), 256), true)
    view.setUint16(14, spreadsByPorts() ? 1 : 0, true)
    this.#ports.update(place.slot, this.#port)
    try {
      for (const way of bothWays) this.#hang(place, way, direction)
    } catch (error) {
      this.detach(interfaceIndex)
      this.#places.delete(interfaceIndex)
      throw error
    }
  }

  detach(interfaceIndex: number): void {
    const place = this.#places.get(interfaceIndex)
    if (place?.slot === undefined) return
    for (const side of place.sides.values()) {
      side.link?.close()
      side.link = undefined
    }
    for (const [way, side] of place.sides) this.#readCounts(place.slot, way, side)
    this.#port.fill(0)
    this.#ports.update(place.slot, this.#port)
    this.#slots.delete(place.slot)
    place.slot = undefined
    this.#forgetOldest()
  }

  drain(take: (packet: TappedPacket) => void): number {
    if (!this.#open) return 0
    this.#clock.refresh()
    this.#take = take
    this.#handed = 0
    this.#ring.drain(this.#takeRecord)
    return this.#handed
  }

  counts(): TapCount[] {
    const counts: TapCount[] = []
    for (const place of this.#places.values()) {
      for (const [direction, side] of place.sides) {
        if (place.slot !== undefined && this.#open) this.#readCounts(place.slot, direction, side)
        const { pool, samples, lost } = side
        counts.push({ interfaceIndex: place.interfaceIndex, direction, pool, samples, lost })
      }
    }
    return counts
  }

  close(): void {
    if (!this.#open) return
    for (const interfaceIndex of this.#places.keys()) this.detach(interfaceIndex)
    this.#open = false
    this.#ring.close()
    this.#object.close()
    this.#bpf.close()
    this.#clock.close()
    this.#interfaces.close()
  }

  /** The place of an interface, with a slot; its counts are 0 unless it is attached already. */
  #placeFor(interfaceIndex: number): Place & { slot: number } {
    const known = this.#places.get(interfaceIndex)
    if (known?.slot !== undefined) return known as Place & { slot: number }
    let probe = 0
    while (this.#slots.has((interfaceIndex + probe) % SLOTS)) {
      probe++
      if (probe === PROBES) throw new SystemCallError(`sampling ${this.#slots.size} interfaces and one more`, E2BIG)
    }
    const slot = (interfaceIndex + probe) % SLOTS
    this.#beginCounts(2 * slot)
    this.#beginCounts(2 * slot + 1)
    this.#slots.add(slot)
    const place = {
      interfaceIndex,
      slot,
      hasEthernet: this.#interfaces.look(interfaceIndex)?.hasEthernet ?? true,
      sides: new Map(),
    }
    this.#places.set(interfaceIndex, place)
    return place
  }

  /** Zeros, and a seed for each CPU. */
  #beginCounts(at: number): void {
    this.#count.fill(0)
    for (let cpu = 0; cpu < this.#count.length; cpu += COUNT_BYTES) {
      getRandomValues(this.#count.subarray(cpu + COUNT_RANDOM, cpu + COUNT_BYTES))
      // The one state that the generator must not have is 0.
      this.#count[cpu + COUNT_RANDOM]! |= 1
    }
    this.#counts.update(at, this.#count)
  }

  /** Interfaces come and go (containers): of those that went only so many counts are kept. */
  #forgetOldest(): void {
    let spare = this.#places.size - this.#slots.size - MOST_GONE
    for (const [index, { slot }] of this.#places) {
      if (spare <= 0) return
      if (slot !== undefined) continue
      this.#places.delete(index)
      spare--
    }
  }

  /** Makes one direction as it is wanted. */
  #hang(place: Place, way: Way, wanted: TapDirection): void {
    const side = place.sides.get(way)
    if (wanted !== 'both' && wanted !== way) {
      side?.link?.close()
      if (side) side.link = undefined
      return
    }
    if (side?.link) return
    const link = this.#object.program(`sample_${way}`).attachTcx(place.interfaceIndex, way, 'first')
    if (side) side.link = link
    else place.sides.set(way, { link, pool: 0, samples: 0, lost: 0 })
  }

  #readCounts(slot: number, way: Way, side: Side): void {
    const bytes = this.#count
    this.#counts.lookup(2 * slot + (way === 'egress' ? 1 : 0), bytes)
    const view = new DataView(bytes.buffer)
    side.pool = 0
    side.lost = 0
    // Exact up to 2^53 packets.
    for (let at = 0; at < bytes.length; at += COUNT_BYTES) {
      side.pool += Number(view.getBigUint64(at, true))
      side.lost += Number(view.getBigUint64(at + COUNT_LOST, true))
    }
  }

  /** One record of the ring: a buffer with one sample, or several. */
  #record(at: number): void {
    const packet = this.#packet
    const { view, bytes } = this.#ring
    const device = view.getUint32(at + DEVICE, true)
    const place = this.#places.get(device)
    const flags = view.getUint8(at + FLAGS)
    const way = flags & EGRESS ? 'egress' : 'ingress'
    const side = place?.sides.get(way)
    if (place === undefined || side === undefined) return
    this.#clock.tell(view.getUint32(at + TIME + 4, true), view.getUint32(at + TIME, true))
    packet.interfaceIndex = device
    packet.direction = way
    packet.inputIndex = view.getInt32(at + INPUT, true)
    packet.outputIndex = view.getInt32(at + OUTPUT, true)
    packet.vlanTag = flags & HAS_VLAN_TAG ? view.getUint16(at + VLAN_TAG, true) : undefined
    packet.vlanProtocol = view.getUint16(at + VLAN_PROTOCOL, true)
    packet.seconds = this.#clock.seconds
    packet.nanoseconds = this.#clock.nanoseconds
    packet.nextHop = this.#nextHop(at)
    packet.segments = view.getUint16(at + SEGMENTS, true)
    packet.frameBytes = view.getUint32(at + BUFFER_BYTES, true)
    packet.bytes = bytes
    packet.offset = at + HEADER
    packet.length = view.getUint16(at + HEADER_BYTES, true)
    const payload = view.getUint16(at + SEGMENT_PAYLOAD, true)
    if (packet.segments > 1 && payload > 0) {
      this.#handSegments(at, packet, payload, place.hasEthernet, side)
      return
    }
    side.samples++
    this.#handed++
    this.#take(packet)
  }

  #handSegments(at: number, packet: TappedPacket, payload: number, hasEthernet: boolean, side: Side): void {
    const { view } = this.#ring
    const segmented = this.#segmented
    const ratio = (view.getUint32(at + THRESHOLD + 4, true) * TWO_32 + view.getUint32(at + THRESHOLD, true)) / TWO_32
    const u = view.getUint32(at + DRAW, true) / TWO_32
    segmented.read(packet.bytes, packet.offset, packet.length, packet.frameBytes, packet.segments, payload, hasEthernet)
    packet.bytes = segmented.bytes
    packet.offset = 0
    const samples = samplesOf(packet.segments, ratio, u)
    for (let j = 1; j <= samples; j++) {
      const segment = segmentOfSample(j, ratio, u)
      packet.frameBytes = segmented.frameBytes(segment)
      packet.length = segmented.write(segment)
      side.samples++
      this.#handed++
      this.#take(packet)
    }
  }

  #nextHop(at: number): Uint8Array | undefined {
    const length = this.#ring.view.getUint8(at + NEXT_HOP_BYTES)
    if (length === 0) return undefined
    const address = length === 4 ? this.#nextHop4 : this.#nextHop16
    for (let k = 0; k < address.length; k++) address[k] = this.#ring.bytes[at + NEXT_HOP + k]!
    return address
  }
}
