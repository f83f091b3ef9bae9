// Owns what of a packet's steps is its route: which function at which interface, repeats and loops folded, ways of clones one after the
// other. Must not know times. Start at Shapes.of. See routes.ts.

import { endingOf, isDrop } from './lifetime.ts'
import type { PacketTrack } from './packets.ts'
import type { TraceStep } from './step.ts'

/** One function at one place, the same for all routes. */
export interface Hop {
  readonly functionName: string
  readonly isTracepoint: boolean
  readonly netns: number
  /** The name may become known later. */
  netnsName: string
  readonly interfaceName: string
  /** Why it was dropped there; undefined where it was not, empty where the kernel gives no reason. */
  readonly reason: string | undefined
  /** The function that dropped it, without offset; empty where not known. */
  readonly droppedIn: string
  /** Belongs to giving the buffer back. */
  readonly isRelease: boolean
}

/** Hops from `at` on, `length` of them, that were gone through `least` to `most` times. */
export interface Loop {
  readonly at: number
  readonly length: number
  readonly least: number
  readonly most: number
}

/** A packet's steps, each told which hop of the route it is. */
export interface Shape {
  /** The same for packets of one route. */
  readonly key: string
  /** One code unit a hop. */
  readonly hops: string
  /** By step, in the order of `orderOf`. */
  readonly hopOf: Uint16Array
  readonly loops: readonly { readonly at: number; readonly length: number; readonly times: number }[]
  /** Hops that begin the way of a clone. */
  readonly branches: readonly number[]
}

/** Code units below are marks in keys; from 0xd800 on they are halves of characters. */
const FIRST_HOP = 16
const MOST_HOPS = 0xd800 - FIRST_HOP - 1
const BRANCH = String.fromCharCode(1)
const OPEN = String.fromCharCode(2)
const CLOSE = String.fromCharCode(3)
const LEFT_OUT = FIRST_HOP
const OTHER = FIRST_HOP + 1
const MOST_SHAPES = 5000
/** A loop of more functions is not looked for. */
const LONGEST_LOOP = 24

const nowhere = { isTracepoint: false, netns: 0, netnsName: '', interfaceName: '', droppedIn: '', isRelease: false }

export class Shapes {
  readonly #ids = new Map<string, number>()
  readonly #hops: Hop[] = [
    { ...nowhere, functionName: '…', reason: undefined },
    // More functions × interfaces than are told apart.
    { ...nowhere, functionName: '(others)', reason: undefined },
  ]
  readonly #shapes = new Map<string, Shape>()

  hop(codeUnit: number): Hop {
    return this.#hops[codeUnit - FIRST_HOP]!
  }

  /** @param order the packet's steps as `orderOf` gives them */
  of(track: PacketTrack, order: readonly TraceStep[]): Shape {
    let raw = ''
    let last: TraceStep | undefined
    for (const [i, step] of order.entries()) {
      if (last !== undefined && step.skb !== last.skb) raw += BRANCH
      if (track.leftOut > 0 && i === order.length - 1) raw += String.fromCharCode(LEFT_OUT)
      raw += String.fromCharCode(this.#idOf(step))
      last = step
    }
    let shape = this.#shapes.get(raw)
    if (shape === undefined) {
      if (this.#shapes.size >= MOST_SHAPES) this.#shapes.clear()
      shape = fold(raw)
      this.#shapes.set(raw, shape)
    }
    return shape
  }

  #idOf(step: TraceStep): number {
    const isDropped = isDrop(step)
    const droppedIn = isDropped ? functionOf(step.droppedIn) : ''
    const reason = isDropped ? `${step.reason} ${droppedIn}` : '-'
    const { functionName, isTracepoint, netns, interfaceName } = step
    const key = `${functionName} ${isTracepoint ? 1 : 0} ${netns} ${reason} ${interfaceName}`
    let id = this.#ids.get(key)
    if (id === undefined) {
      if (this.#hops.length >= MOST_HOPS) return OTHER
      id = FIRST_HOP + this.#hops.length
      this.#ids.set(key, id)
      this.#hops.push({
        functionName,
        isTracepoint,
        netns,
        netnsName: step.netnsName,
        interfaceName,
        reason: isDropped ? step.reason : undefined,
        droppedIn,
        isRelease: endingOf(step) !== undefined,
      })
    } else if (step.netnsName !== '') this.hop(id).netnsName = step.netnsName
    return id
  }
}

/** The packet's steps, those of each clone behind those of the buffer that was seen before it. */
export function orderOf({ steps }: PacketTrack): readonly TraceStep[] {
  const first = steps[0]?.skb
  if (steps.every(({ skb }) => skb === first)) return steps
  const byBuffer = new Map<string, TraceStep[]>()
  for (const step of steps) {
    const way = byBuffer.get(step.skb)
    if (way === undefined) byBuffer.set(step.skb, [step])
    else way.push(step)
  }
  return [...byBuffer.values()].flat()
}

/** `nft_do_chain+0x3e8` without the offset; a module's name behind it goes, too. */
export function functionOf(place: string): string {
  return place.split(/[+ ]/, 1)[0]!
}

/** Repeats of one function (twice or more) and of several (three times or more) become one, with how often. */
function fold(raw: string): Shape {
  const hopOf: number[] = []
  const loops: { at: number; length: number; times: number }[] = []
  const branches: number[] = []
  let hops = ''
  let key = ''
  for (let at = 0; at < raw.length; ) {
    if (raw[at] === BRANCH) {
      branches.push(hops.length)
      key += BRANCH
      at++
      continue
    }
    const { length, times } = repeatAt(raw, at)
    const block = raw.slice(at, at + length)
    for (let time = 0; time < times; time++) {
      for (let i = 0; i < length; i++) {
        if (block.charCodeAt(i) !== LEFT_OUT) hopOf.push(hops.length + i)
      }
    }
    if (times > 1) {
      loops.push({ at: hops.length, length, times })
      key += `${OPEN}${block}${CLOSE}${timesClass(times)}`
    } else key += block
    hops += block
    at += length * times
  }
  return { key, hops, hopOf: Uint16Array.from(hopOf), loops, branches }
}

/** 2, 3 and 4 are told apart; routes that go through a loop more often are one. */
function timesClass(times: number): number {
  return Math.min(times, 5)
}

function repeatAt(raw: string, at: number): { length: number; times: number } {
  let best = { length: 1, times: 1 }
  for (let length = 1; length <= LONGEST_LOOP && at + 2 * length <= raw.length; length++) {
    const block = raw.slice(at, at + length)
    if (block.includes(BRANCH)) break
    let times = 1
    while (raw.startsWith(block, at + times * length)) times++
    const covers = length * times
    if (times >= (length === 1 ? 2 : 3) && covers > best.length * best.times) best = { length, times }
  }
  return best
}
