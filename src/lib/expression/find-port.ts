// Owns asking for the name of a port, node or link once an agent and ifIndex, until the directory knows more. Called by
// generated code. Start at PortFinder.

import type { Walker } from '../sflow/walker.ts'
import type { GrowingLabels } from './constant.ts'
import type { PortDirectory } from './data.ts'

export type PortQuestion = 'node' | 'ifname' | 'link'

/** Ports whose answer is kept: each has one place, and the last one asked for has it. A power of two. */
const PLACES = 16_384
const WORDS = 5
const EMPTY = -2

export class PortFinder {
  readonly #ports: PortDirectory | undefined
  readonly #question: PortQuestion
  readonly #labels: GrowingLabels
  readonly #keys = new Uint32Array(PLACES * WORDS)
  readonly #answers = new Int32Array(PLACES).fill(EMPTY)
  readonly #agent = new Uint32Array(4)
  #version = -1

  constructor(ports: PortDirectory | undefined, question: PortQuestion, labels: GrowingLabels) {
    this.#ports = ports
    this.#question = question
    this.#labels = labels
  }

  /** Label of the name on the walker's agent, or -1. */
  find(w: Walker, ifIndex: number): number {
    const ports = this.#ports
    if (ports === undefined) return -1
    if (ports.version !== this.#version) {
      this.#version = ports.version
      this.#answers.fill(EMPTY)
    }
    const agent = this.#agent
    w.agentWords(agent)
    const [a, b, c, d] = [agent[0]!, agent[1]!, agent[2]!, agent[3]!]
    let h = Math.imul(d ^ Math.imul(ifIndex, 0x85ebca6b), 0xc2b2ae35) ^ a ^ Math.imul(c, 31) ^ Math.imul(b, 17)
    h ^= h >>> 15
    const place = h & (PLACES - 1)
    const keys = this.#keys
    const key = place * WORDS
    const isHere =
      this.#answers[place] !== EMPTY &&
      keys[key] === a &&
      keys[key + 1] === b &&
      keys[key + 2] === c &&
      keys[key + 3] === d &&
      keys[key + 4] === ifIndex
    if (isHere) return this.#answers[place]!
    keys.set(agent, key)
    keys[key + 4] = ifIndex
    const text = ports[this.#question](agent, ifIndex)
    const label = text === undefined ? -1 : this.#labels.find(text)
    this.#answers[place] = label
    return label
  }
}
