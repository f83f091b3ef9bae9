// Owns hearing of dropped packets by a program of ours at the tracepoint kfree_skb: src/bpf/drops.bpf.c. See drop-watch.ts for the
// seam. Start at openDropWatch.

import type { Bpf, BpfMap, LoadedObject } from '../bpf/bpf.ts'
import { DayClock } from '../bpf/day-clock.ts'
import { readBpfObject } from '../bpf/object-files.ts'
import { BpfRefusal } from '../bpf/refusal.ts'
import { openRingBuffer, type RingBuffer } from '../bpf/ring-buffer.ts'
import { type KernelNames, readKernelNames } from '../names/kernel-names.ts'
import { Texts } from '../names/texts.ts'
import { SegmentedHeader } from '../tap/segments.ts'
import type { DroppedPacket, DropWatch, DropWatchOptions, UntoldDrops } from './drop-watch.ts'

/** 18,000 drops with 128 bytes each: looked at every 20 ms that is 900,000 a second. */
const RING_BYTES = 4 << 20
const HEADER_BYTES = 128
const LEAST_HEADER_BYTES = 14
const MOST_HEADER_BYTES = 256

/** The programs, from the one that tells most to the one that the oldest kernel takes. */
const programs = [
  { name: 'drops_with_socket', kind: 'tp_btf' },
  { name: 'drops', kind: 'tp_btf' },
  { name: 'drops_raw', kind: 'raw_tp' },
] as const

// struct drop.
const TIME = 0
const LOCATION = 8
const REASON = 16
const DEVICE = 20
const INPUT = 24
const NETNS = 28
const PID = 32
const CPU = 36
const BUFFER_BYTES = 40
const ETHERTYPE = 44
const SEGMENT_PAYLOAD = 46
const SEGMENTS = 48
const HEADER_LENGTH = 50
const BEGINS = 52
const NAME = 56
const PROCESS = 72
const HEADER = 88
const BEGINS_AT_LINK = 1

// struct count.
const RING_FULL = 0
const LIMITED = 8

/** Reasons that a packet can have only on its way in, before the kernel notes by which device it came. */
const onlyInward: ReadonlySet<string> = new Set(['CPU_BACKLOG', 'XDP', 'DEV_READY'])

/**
 * Begins to hear of drops.
 * @throws BpfRefusal with one line for a user: not permitted, no BTF, a kernel that takes none of the programs
 */
export function openDropWatch(
  bpf: Bpf,
  options: DropWatchOptions = {},
  names: KernelNames = readKernelNames(),
): DropWatch {
  const object = readBpfObject('drops')
  const constants = {
    only_netns: options.netns ?? 0,
    limit: options.limit ?? 0,
    most_header_bytes: Math.min(Math.max(options.headerBytes ?? HEADER_BYTES, LEAST_HEADER_BYTES), MOST_HEADER_BYTES),
  }
  const refusals: BpfRefusal[] = []
  for (const { name, kind } of programs) {
    let loaded: LoadedObject | undefined
    try {
      loaded = bpf.load(object, {
        programs: [name],
        maxEntries: { ring: options.ringBytes ?? RING_BYTES },
        constants,
      })
      loaded.program(name).attachTracepoint()
      // That a kernel tells no socket is nothing to explain: it is a little older.
      const why = kind === 'tp_btf' ? undefined : refusals.at(-1)?.clause
      return new BpfDropWatch(bpf, loaded, { kind, why }, names)
    } catch (error) {
      loaded?.close()
      if (!(error instanceof BpfRefusal)) throw error
      refusals.push(error)
      // Without the right to do it at all the next one is refused as well.
      if (error.code === 'EPERM') break
    }
  }
  throw refusals.at(-1)!
}

class BpfDropWatch implements DropWatch {
  readonly kind: 'tp_btf' | 'raw_tp'
  readonly why: string | undefined
  readonly notices: readonly string[]
  readonly #object: LoadedObject
  readonly #ring: RingBuffer
  readonly #counts: BpfMap
  readonly #clock: DayClock
  readonly #names: KernelNames
  readonly #texts = new Texts()
  readonly #segmented = new SegmentedHeader()
  readonly #packet: DroppedPacket
  readonly #takeRecord: (at: number) => void
  #take: (packet: DroppedPacket) => void = () => undefined
  #untold: UntoldDrops = { ringFull: 0, limited: 0 }
  #isOpen = true

  constructor(bpf: Bpf, object: LoadedObject, { kind, why }: Pick<DropWatch, 'kind' | 'why'>, names: KernelNames) {
    this.kind = kind
    this.why = why
    this.notices = names.functions.hidden
      ? [
          'The kernel hides the addresses of its functions from this user, so drops come without them: that needs CAP_SYSLOG, and sysctl kernel.kptr_restrict below 2.',
        ]
      : []
    this.#object = object
    this.#ring = openRingBuffer(bpf, object.map('ring'))
    this.#counts = object.map('counts')
    this.#clock = new DayClock(bpf.libc)
    this.#names = names
    this.#packet = {
      seconds: 0,
      nanoseconds: 0,
      reason: 0,
      reasonName: '',
      functionName: '',
      functionOffset: 0,
      interfaceIndex: 0,
      interfaceName: '',
      isLeaving: false,
      inputIndex: 0,
      netns: 0,
      pid: 0,
      process: '',
      cpu: 0,
      ethertype: 0,
      segments: 1,
      frameBytes: 0,
      beginsAt: 'network',
      bytes: this.#ring.bytes,
      offset: 0,
      length: 0,
    }
    this.#takeRecord = (at) => this.#record(at)
  }

  drain(take: (packet: DroppedPacket) => void): number {
    if (!this.#isOpen) return 0
    this.#clock.refresh()
    this.#take = take
    return this.#ring.drain(this.#takeRecord)
  }

  untold(): UntoldDrops {
    if (this.#isOpen) {
      this.#untold = { ringFull: this.#counts.sum(0, RING_FULL), limited: this.#counts.sum(0, LIMITED) }
    }
    return this.#untold
  }

  close(): void {
    if (!this.#isOpen) return
    this.untold()
    this.#isOpen = false
    this.#ring.close()
    this.#object.close()
    this.#clock.close()
  }

  #record(at: number): void {
    const packet = this.#packet
    const { view, bytes } = this.#ring
    this.#clock.tell(view.getUint32(at + TIME + 4, true), view.getUint32(at + TIME, true))
    packet.seconds = this.#clock.seconds
    packet.nanoseconds = this.#clock.nanoseconds
    packet.reason = view.getUint32(at + REASON, true)
    packet.reasonName = this.#names.reasons.of(packet.reason)
    this.#function(packet, view.getUint32(at + LOCATION, true), view.getUint32(at + LOCATION + 4, true))
    packet.interfaceName = this.#texts.of(bytes, at + NAME)
    this.#device(packet, view.getUint32(at + DEVICE, true), view.getUint32(at + INPUT, true))
    packet.netns = view.getUint32(at + NETNS, true)
    packet.pid = view.getUint32(at + PID, true)
    packet.process = this.#texts.of(bytes, at + PROCESS)
    packet.cpu = view.getUint32(at + CPU, true)
    packet.ethertype = view.getUint16(at + ETHERTYPE, true)
    packet.beginsAt = view.getUint16(at + BEGINS, true) === BEGINS_AT_LINK ? 'link' : 'network'
    packet.frameBytes = view.getUint32(at + BUFFER_BYTES, true)
    packet.segments = 1
    packet.bytes = bytes
    packet.offset = at + HEADER
    packet.length = view.getUint16(at + HEADER_LENGTH, true)
    const payload = view.getUint16(at + SEGMENT_PAYLOAD, true)
    if (payload > 0) this.#segments(packet, view.getUint16(at + SEGMENTS, true), payload)
    this.#take(packet)
  }

  /** Of several packets in one buffer the first is told. */
  #segments(packet: DroppedPacket, segments: number, payload: number): void {
    const segmented = this.#segmented
    const { bytes, offset, length, frameBytes, beginsAt } = packet
    segmented.read(bytes, offset, length, frameBytes, segments, payload, beginsAt === 'link')
    packet.segments = segmented.segments
    if (packet.segments === 1) return
    packet.frameBytes = segmented.frameBytes(0)
    packet.length = segmented.write(0)
    packet.bytes = segmented.bytes
    packet.offset = 0
  }

  #function(packet: DroppedPacket, low: number, high: number): void {
    const { functions } = this.#names
    const index = functions.find(low, high)
    packet.functionName = index < 0 ? '' : functions.name(index)
    packet.functionOffset = index < 0 ? 0 : functions.offset(index, low, high)
  }

  /** The kernel notes by which device a packet came in when it goes up the stack; one that is leaving has another device, or none noted. */
  #device(packet: DroppedPacket, device: number, input: number): void {
    if (device === 0) {
      packet.interfaceIndex = input
      packet.isLeaving = false
      packet.inputIndex = 0
      return
    }
    packet.interfaceIndex = device
    packet.isLeaving = device !== input && !(input === 0 && onlyInward.has(packet.reasonName))
    packet.inputIndex = packet.isLeaving ? input : 0
  }
}
