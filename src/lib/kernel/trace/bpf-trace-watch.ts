// Owns reading what src/bpf/trace.bpf.c tells: records of its ring as TraceEvent. See trace-watch.ts for the seam; open-trace.ts opens
// one. Start at BpfTraceWatch.

import type { Bpf } from '../bpf/bpf.ts'
import { DayClock } from '../bpf/day-clock.ts'
import { openRingBuffer, type RingBuffer } from '../bpf/ring-buffer.ts'
import type { KernelNames } from '../names/kernel-names.ts'
import { Texts } from '../names/texts.ts'
import { type MetaPath, metaValue } from './meta-path.ts'
import type { TracePrograms } from './trace-programs.ts'
import type { TraceCounts, TraceEvent, TraceTier, TraceWatch } from './trace-watch.ts'

// struct event.
const TIME = 0
const SKB = 8
const PACKET = 16
const LOCATION = 24
const FUNCTION = 32
const REASON = 36
const PID = 40
const CPU = 44
const NETNS = 48
const MARK = 52
const DEVICE = 56
const MTU = 60
const LENGTH = 64
const ETHERTYPE = 68
const HEADER_LENGTH = 70
const BEGINS = 72
const META_THERE = 74
const STACK_FRAMES = 76
const NAME = 80
const PROCESS = 96
const META = 112
const HEADER = 144
const STACK = 272
const BEGINS_AT_LINK = 1

// struct count.
const SEEN = 0
const REFUSED = 8
const RING_FULL = 16

/** Of a stack: among these is the function itself, behind what carries a program of ours to it. */
const NEAREST_FRAMES = 6
/** Ways into functions that are kept as text; beyond it they are forgotten and begun anew. */
const MOST_FRAMES = 1 << 14
/** Names of what carries a program of ours to a function: no part of the way into it. */
const carriers =
  /^(?:bpf_prog_|bpf_trampoline_|bpf_trace_run|__bpf_trace_|__traceiter_|__bpf_prog_|fprobe_|ftrace_|arch_ftrace_|kprobe_|__kprobe|bpf_get_stack)/

/** A function as its cookie numbers it. */
export interface TracedFunction {
  readonly name: string
  readonly isTracepoint: boolean
  readonly hasReason: boolean
  /** A tracepoint that is told where the buffer was dropped. */
  readonly hasLocation: boolean
}

export interface WatchSettings {
  readonly functions: readonly TracedFunction[]
  readonly meta: readonly MetaPath[]
  readonly caller: boolean
  readonly stack: boolean
  /** The caller comes with the record, since the program hangs at the very beginning of a function (kprobe). */
  readonly callerIsTold: boolean
}

/** How it hangs, see TraceWatch. */
export type Hanging = Pick<TraceWatch, 'tier' | 'why' | 'attached' | 'refusedNames' | 'attachMs' | 'notices'>

export class BpfTraceWatch implements TraceWatch {
  readonly tier: TraceTier
  readonly why: readonly string[]
  readonly attached: number
  readonly refusedNames: readonly string[]
  readonly attachMs: number
  readonly notices: readonly string[]
  readonly #bpf: Bpf
  readonly #programs: TracePrograms
  readonly #ring: RingBuffer
  readonly #clock: DayClock
  readonly #names: KernelNames
  readonly #settings: WatchSettings
  readonly #texts = new Texts()
  readonly #frames = new Map<number, string>()
  readonly #event: TraceEvent
  readonly #meta: (bigint | undefined)[]
  readonly #takeRecord: (at: number) => void
  #take: (event: TraceEvent) => void = () => undefined
  #counts: TraceCounts = { seen: 0, refused: 0, ringFull: 0, missed: 0 }
  #isOpen = true
  #isStopped = false

  /** Takes over what was opened. @throws BpfRefusal or SystemCallError where its memory can't be mapped */
  constructor(bpf: Bpf, programs: TracePrograms, names: KernelNames, settings: WatchSettings, hanging: Hanging) {
    this.tier = hanging.tier
    this.why = hanging.why
    this.attached = hanging.attached
    this.refusedNames = hanging.refusedNames
    this.attachMs = hanging.attachMs
    this.notices = hanging.notices
    this.#bpf = bpf
    this.#programs = programs
    this.#ring = openRingBuffer(bpf, programs.map('ring'))
    this.#clock = new DayClock(bpf.libc)
    this.#names = names
    this.#settings = settings
    this.#meta = settings.meta.map(() => undefined)
    this.#event = {
      seconds: 0,
      nanoseconds: 0,
      skbHigh: 0,
      skbLow: 0,
      packet: 0,
      functionName: '',
      isTracepoint: false,
      reason: '',
      dropFunction: '',
      dropOffset: 0,
      cpu: 0,
      pid: 0,
      process: '',
      netns: 0,
      mark: 0,
      interfaceIndex: 0,
      interfaceName: '',
      ethertype: 0,
      mtu: 0,
      length: 0,
      beginsAt: 'network',
      bytes: this.#ring.bytes,
      offset: 0,
      headerBytes: 0,
      caller: '',
      stack: [],
      meta: this.#meta,
    }
    this.#takeRecord = (at) => this.#record(at)
  }

  drain(take: (event: TraceEvent) => void): number {
    if (!this.#isOpen) return 0
    this.#clock.refresh()
    this.#take = take
    return this.#ring.drain(this.#takeRecord)
  }

  counts(): TraceCounts {
    if (this.#isOpen && !this.#isStopped) {
      const counts = this.#programs.map('counts')
      this.#counts = {
        seen: counts.sum(0, SEEN),
        refused: counts.sum(0, REFUSED),
        ringFull: counts.sum(0, RING_FULL),
        missed: this.#programs.misses(),
      }
    }
    return this.#counts
  }

  stop(): void {
    if (!this.#isOpen || this.#isStopped) return
    this.#programs.silence()
    this.counts()
    this.#isStopped = true
  }

  close(): void {
    if (!this.#isOpen) return
    this.counts()
    this.#isOpen = false
    this.#ring.close()
    this.#programs.close()
    this.#bpf.close()
    this.#clock.close()
  }

  #record(at: number): void {
    const event = this.#event
    const { view, bytes } = this.#ring
    const { functions, caller, stack, meta } = this.#settings
    const known = functions[view.getUint32(at + FUNCTION, true)]
    this.#clock.tell(view.getUint32(at + TIME + 4, true), view.getUint32(at + TIME, true))
    event.seconds = this.#clock.seconds
    event.nanoseconds = this.#clock.nanoseconds
    event.skbLow = view.getUint32(at + SKB, true)
    event.skbHigh = view.getUint32(at + SKB + 4, true)
    event.packet = view.getUint32(at + PACKET + 4, true) * 2 ** 32 + view.getUint32(at + PACKET, true)
    event.functionName = known?.name ?? ''
    event.isTracepoint = known?.isTracepoint ?? false
    event.reason = known?.hasReason ? this.#names.reasons.of(view.getUint32(at + REASON, true)) : ''
    this.#location(event, at, known?.hasLocation ?? false)
    event.cpu = view.getUint32(at + CPU, true)
    event.pid = view.getUint32(at + PID, true)
    event.process = this.#texts.of(bytes, at + PROCESS)
    event.netns = view.getUint32(at + NETNS, true)
    event.mark = view.getUint32(at + MARK, true)
    event.interfaceIndex = view.getUint32(at + DEVICE, true)
    event.interfaceName = this.#texts.of(bytes, at + NAME)
    event.ethertype = view.getUint16(at + ETHERTYPE, true)
    event.mtu = view.getUint32(at + MTU, true)
    event.length = view.getUint32(at + LENGTH, true)
    event.beginsAt = view.getUint16(at + BEGINS, true) === BEGINS_AT_LINK ? 'link' : 'network'
    event.offset = at + HEADER
    event.headerBytes = view.getUint16(at + HEADER_LENGTH, true)
    if (caller || stack) this.#way(event, at)
    if (meta.length > 0) this.#fields(at)
    this.#take(event)
  }

  #location(event: TraceEvent, at: number, hasLocation: boolean): void {
    event.dropFunction = ''
    event.dropOffset = 0
    if (!hasLocation) return
    const { functions } = this.#names
    const low = this.#ring.view.getUint32(at + LOCATION, true)
    const high = this.#ring.view.getUint32(at + LOCATION + 4, true)
    const index = functions.find(low, high)
    if (index < 0) return
    event.dropFunction = functions.name(index)
    event.dropOffset = functions.offset(index, low, high)
  }

  /** The first behind what carries our program and behind the function itself is its caller. */
  #way(event: TraceEvent, at: number): void {
    const { view } = this.#ring
    const { stack, caller, callerIsTold } = this.#settings
    const end = at + STACK + 8 * view.getUint16(at + STACK_FRAMES, true)
    const frames: string[] = []
    // Further away it is the same function again: some go round in a circle.
    let itself = event.isTracepoint ? 0 : at + STACK + 8 * NEAREST_FRAMES
    for (let frame = at + STACK; frame < end; frame += 8) {
      const text = this.#frame(view.getUint32(frame, true), view.getUint32(frame + 4, true))
      if (frame < itself && isWithin(text, event.functionName)) {
        // A program's own code, before it, may seem to lie in a module.
        frames.length = 0
        itself = 0
      } else if (text !== '' && (frames.length > 0 || !carriers.test(text))) {
        frames.push(text)
      }
    }
    const told = callerIsTold
      ? this.#frame(view.getUint32(at + LOCATION, true), view.getUint32(at + LOCATION + 4, true))
      : ''
    event.caller = caller ? told || (frames[0] ?? '') : ''
    event.stack = stack ? frames : []
  }

  /** `ip_rcv+0x10`, the same string each time; empty where no function is known. */
  #frame(low: number, high: number): string {
    // Addresses of the kernel agree in their uppermost bits, so that these 53 tell them apart.
    const key = (high & 0x1f_ffff) * 2 ** 32 + low
    const kept = this.#frames.get(key)
    if (kept !== undefined) return kept
    const { functions } = this.#names
    const index = functions.find(low, high)
    const text = index < 0 ? '' : `${functions.name(index)}+0x${functions.offset(index, low, high).toString(16)}`
    if (this.#frames.size >= MOST_FRAMES) this.#frames.clear()
    this.#frames.set(key, text)
    return text
  }

  #fields(at: number): void {
    const { view } = this.#ring
    const there = view.getUint16(at + META_THERE, true)
    for (const [i, path] of this.#settings.meta.entries()) {
      const read = (there >> i) & 1
      this.#meta[i] = read ? metaValue(path, view.getBigUint64(at + META + 8 * i, true)) : undefined
    }
  }
}

/** Whether `ip_rcv+0x10` is of `ip_rcv`. */
function isWithin(text: string, name: string): boolean {
  return text.startsWith(name) && text[name.length] === '+'
}
