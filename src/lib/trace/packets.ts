// Owns which steps belong to one packet, in bounded memory: from the first step at a buffer's address to the buffer's end, or by the
// packet's number where it is followed. Must not know routes or the terminal. Start at Packets.add; lifetime.ts knows the kernel's functions.

import { beginsAnother, type Ending, endingOf, isDrop } from './lifetime.ts'
import type { TraceStep, Tuple } from './step.ts'

/**
 * Why no more steps are awaited: its buffers were given back; its address was used again; nothing for 10 s; there were too many open;
 * the trace stopped.
 */
export type Closing = 'ended' | 'reused' | 'quiet' | 'crowded' | 'stopped'

/** One packet with its steps in the order in which they were told. Live: it grows until it is closed. */
export interface PacketTrack {
  /** From 1, in the order of first steps. */
  readonly id: number
  /** The packet's number where it is followed, else the address of its buffer. */
  readonly key: number | string
  readonly first: TraceStep
  readonly last: TraceStep
  /** The first ones and, where some are left out, the newest behind them. */
  readonly steps: readonly TraceStep[]
  /** Steps before the last one that are not kept. */
  readonly leftOut: number
  /** The last that was known. */
  readonly tuple: Tuple | undefined
  /** All buffers of it that were seen have been let go. */
  readonly ended: boolean
  /** The first step that says that it was dropped. */
  readonly dropped: TraceStep | undefined
  readonly closed: Closing | undefined
}

/** Bounds of memory. A step takes some 300 bytes, an open packet some 400. */
export interface PacketLimits {
  /** Packets whose end is awaited; the oldest are closed. */
  readonly mostOpen: number
  /** Packets that stay in `kept`, open or not; the oldest go. */
  readonly mostKept: number
  /** Steps of one packet. */
  readonly mostOfOne: number
  /** Steps of all open packets, and of all kept ones. */
  readonly mostSteps: number
}

export const packetLimits: PacketLimits = Object.freeze({
  mostOpen: 100_000,
  mostKept: 100_000,
  mostOfOne: 512,
  mostSteps: 400_000,
})

const MS = 1_000_000n
/** Nothing for so long: it is read, or its end was lost. */
const QUIET = 10_000n * MS
/** The functions that give a buffer back follow each other at once; clones of a packet that is followed may come later. */
const LINGER = 10n * MS
const LINGER_FOLLOWED = 1000n * MS
const MOST_LINGERING = 10_000
/** Closed ones that wait to be left out of an order. */
const MOST_CLOSED = 1024

class Track implements PacketTrack {
  readonly id: number
  readonly key: number | string
  readonly first: TraceStep
  last: TraceStep
  readonly steps: TraceStep[] = []
  leftOut = 0
  tuple: Tuple | undefined
  ended = false
  dropped: TraceStep | undefined
  closed: Closing | undefined
  /** Where the functions begin that give it back; only while `ended`. */
  endAt = 0
  /** The end is sure: not only one of its holders. */
  isSure = false
  isLingering = false
  isKept = false
  /** Of a followed packet: its buffers that live, each with its first step and its last one. */
  readonly alive: Map<string, { readonly first: TraceStep; last: TraceStep }> | undefined

  constructor(id: number, step: TraceStep) {
    this.id = id
    this.first = step
    this.last = step
    this.key = step.packet > 0 ? step.packet : step.skb
    this.alive = step.packet > 0 ? new Map() : undefined
  }
}

/**
 * Sorts steps by packets. Order: as told; the ring has the events of one buffer in the order in which its functions were called, whatever
 * the CPU, so nothing is sorted by time. Address reuse, shared buffers and unseen ends: lifetime.ts. A clone that is not followed is a
 * packet of its own. Never throws; nothing grows beyond the limits.
 */
export class Packets {
  readonly #limits: PacketLimits
  readonly #close: ((track: PacketTrack) => void) | undefined
  readonly #open = new Map<number | string, Track>()
  /** All that are open, in the order of their first steps, and some closed ones between them. Not the map's own order: its holes cost. */
  #order: Track[] = []
  /** Where looking for quiet ones goes on, and where making room does. */
  #inspected = 0
  #oldest = 0
  #openSteps = 0
  /** Ended ones, whose last functions may still come; those before `#lingeringFrom` are done. */
  #lingering: Track[] = []
  #lingeringFrom = 0
  #kept: Track[] = []
  #keptSteps = 0
  #now = 0n
  /** This trace shows sure ends: then what only releases does not end a life. */
  #seesEnds = false
  #packets = 0
  #steps = 0
  #letGo = 0
  #crowded = 0

  /** @param close told of each packet once, when no more steps of it are awaited */
  constructor(limits: Partial<PacketLimits> = {}, close?: (track: PacketTrack) => void) {
    this.#limits = { ...packetLimits, ...limits }
    this.#close = close
  }

  /** Packets in the order of their first steps, the oldest let go where there are too many. Live: later calls change it. */
  get kept(): readonly PacketTrack[] {
    return this.#kept
  }

  /** Since the beginning: `letGo` are no longer in `kept`; `crowded` were closed early since too many were open. */
  get counts(): { packets: number; steps: number; letGo: number; crowded: number; open: number } {
    return {
      packets: this.#packets,
      steps: this.#steps,
      letGo: this.#letGo,
      crowded: this.#crowded,
      open: this.#open.size,
    }
  }

  /** @returns the packet that the step belongs to */
  add(step: TraceStep): PacketTrack {
    this.#steps++
    if (step.time > this.#now) this.#now = step.time
    const ending = endingOf(step)
    if (ending === 'end') this.#seesEnds = true
    const key = step.packet > 0 ? step.packet : step.skb
    let track = this.#open.get(key)
    if (track !== undefined) {
      const why = this.#otherThan(track, step, ending)
      if (why !== undefined) {
        this.#closeTrack(track, why)
        track = undefined
      }
    }
    track ??= this.#begin(key, step)
    this.#append(track, step, ending)
    return track
  }

  /** The trace is over: closes all that are open, in the order of their first steps. */
  stop(): void {
    const open = [...this.#open.values()].sort((a, b) => a.id - b.id)
    for (const track of open) this.#closeTrack(track, track.ended ? 'ended' : 'stopped')
    this.#lingering = []
    this.#lingeringFrom = 0
    this.#order = []
    this.#inspected = 0
    this.#oldest = 0
  }

  /** Why the step begins another packet at the same address; undefined where it does not. */
  #otherThan(track: Track, step: TraceStep, ending: Ending): Closing | undefined {
    if (track.alive !== undefined) {
      // The kernel follows buffers by their addresses, too: where an end is not told it takes the next one there for the same.
      const { first, last } = track.alive.get(step.skb) ?? track
      return beginsAnother(first, last, track.tuple, step) ? 'reused' : undefined
    }
    if (track.ended) {
      const isTwice = (step.isTracepoint && track.isSure) || hasSince(track, step)
      if (ending !== undefined && !isTwice && step.time - track.last.time <= LINGER) return undefined
      // One of several holders let it go: it lives on.
      if (!track.isSure && this.#seesEnds) return undefined
      return 'ended'
    }
    if (step.time - track.last.time > QUIET) return 'quiet'
    return beginsAnother(track.first, track.last, track.tuple, step) ? 'reused' : undefined
  }

  #begin(key: number | string, step: TraceStep): Track {
    this.#tidy()
    const track = new Track(++this.#packets, step)
    this.#open.set(key, track)
    this.#order.push(track)
    if (this.#limits.mostKept > 0) {
      track.isKept = true
      this.#kept.push(track)
      if (this.#kept.length > this.#limits.mostKept * 1.125) {
        this.#letGoOf(this.#kept.length - this.#limits.mostKept)
      }
    }
    return track
  }

  #append(track: Track, step: TraceStep, ending: Ending): void {
    track.last = step
    if (step.tuple !== undefined) track.tuple = step.tuple
    if (track.dropped === undefined && isDrop(step)) track.dropped = step
    const { steps } = track
    if (steps.length < this.#limits.mostOfOne) {
      steps.push(step)
      this.#openSteps++
      if (track.isKept) this.#keptSteps++
    } else {
      steps[steps.length - 1] = step
      track.leftOut++
    }
    this.#note(track, step, ending)
    const { mostSteps, mostOpen } = this.#limits
    if (this.#keptSteps > mostSteps) this.#letGoOf(Math.ceil(this.#kept.length / 8))
    while ((this.#openSteps > mostSteps || this.#open.size > mostOpen) && this.#open.size > 1) this.#crowd(track)
  }

  /** What the step says of the end. */
  #note(track: Track, step: TraceStep, ending: Ending): void {
    const { alive } = track
    const isEnd = ending === 'end' || ending === 'release'
    if (alive !== undefined) {
      if (isEnd) alive.delete(step.skb)
      else if (ending === undefined) {
        const buffer = alive.get(step.skb)
        if (buffer === undefined) alive.set(step.skb, { first: step, last: step })
        else buffer.last = step
      }
      if (alive.size > this.#limits.mostOfOne) alive.clear()
      track.ended = alive.size === 0 && (isEnd || track.ended)
    } else if (isEnd) {
      if (!track.ended) track.endAt = track.steps.length - 1
      track.ended = true
      if (ending === 'end') track.isSure = true
    } else if (ending === undefined) track.ended = false
    if (track.ended && !track.isLingering) {
      track.isLingering = true
      this.#lingering.push(track)
    }
  }

  /** Closes what has ended a while ago and what is quiet. A few each time: it is called for every new packet. */
  #tidy(): void {
    const now = this.#now
    while (this.#lingeringFrom < this.#lingering.length) {
      const track = this.#lingering[this.#lingeringFrom]!
      const linger = track.alive === undefined ? LINGER : LINGER_FOLLOWED
      const isMany = this.#lingering.length - this.#lingeringFrom > MOST_LINGERING
      if (track.closed === undefined && track.ended && !isMany && now - track.last.time <= linger) break
      this.#lingeringFrom++
      track.isLingering = false
      if (track.closed === undefined && track.ended) this.#closeTrack(track, 'ended')
    }
    if (this.#lingeringFrom > MOST_CLOSED && this.#lingeringFrom * 2 > this.#lingering.length) {
      this.#lingering = this.#lingering.slice(this.#lingeringFrom)
      this.#lingeringFrom = 0
    }
    for (let i = 0; i < 2 && this.#order.length > 0; i++) {
      if (this.#inspected >= this.#order.length) this.#inspected = 0
      const track = this.#order[this.#inspected++]!
      if (track.closed === undefined && now - track.last.time > QUIET) {
        this.#closeTrack(track, track.ended ? 'ended' : 'quiet')
      }
    }
    if (this.#order.length <= 2 * this.#open.size + MOST_CLOSED) return
    this.#order = this.#order.filter(({ closed }) => closed === undefined)
    this.#inspected = 0
    this.#oldest = 0
  }

  /** Makes room: closes the one that is open for longest, though not the one at hand. */
  #crowd(except: Track): void {
    for (;;) {
      if (this.#oldest >= this.#order.length) this.#oldest = 0
      const track = this.#order[this.#oldest++]!
      if (track === except || track.closed !== undefined) continue
      if (!track.ended) this.#crowded++
      this.#closeTrack(track, track.ended ? 'ended' : 'crowded')
      return
    }
  }

  #closeTrack(track: Track, why: Closing): void {
    track.closed = why
    this.#openSteps -= track.steps.length
    this.#open.delete(track.key)
    this.#close?.(track)
  }

  #letGoOf(count: number): void {
    const gone = this.#kept.splice(0, count)
    this.#letGo += gone.length
    for (const track of gone) {
      track.isKept = false
      this.#keptSteps -= track.steps.length
    }
  }
}

/** Whether the function was already called since the buffer began to be given back: then it is another buffer's. */
function hasSince({ steps, endAt }: Track, { functionName }: TraceStep): boolean {
  for (let i = endAt; i < steps.length; i++) if (steps[i]!.functionName === functionName) return true
  return false
}
