// Owns agents that suffer everything a network does to datagrams, and the list of what it was: the truth that a collector's
// account is compared with. Knows nothing of src but the encoder behind its first datagram.

import type { Random } from '../bench/random.ts'
import { datagram, flow, header } from '../helpers/cards.ts'
import { synPacket } from '../helpers/sflow-captures.ts'

/** Shares of datagrams; restarts are a share of those of an agent whose life was long enough. */
export interface Troubles {
  readonly loss: number
  readonly burst: number
  readonly reorder: number
  readonly duplicate: number
  readonly restart: number
}

/** One life of an agent: numbers of datagrams, counted from its first one. */
interface Life {
  lowest: number
  highest: number
  /** Different ones that were delivered. */
  delivered: number
}

/** What happened to all agents up to now. */
export interface Truth {
  /** Datagrams handed out, those that came twice counted twice. */
  sent: number
  /** Between the first and the last delivered datagram of each life. */
  lost: number
  /** Not handed out at all, also at the ends of lives, where nobody can know of it. */
  dropped: number
  reordered: number
  duplicates: number
  restarts: number
  lives: number
}

interface Held {
  readonly bytes: Uint8Array
  readonly life: Life
  readonly n: number
  /** Goes out when the agent has made so many more. */
  left: number
  readonly again: boolean
}

/** A collector takes a datagram up to 1,000 numbers back for late; a burst, and what is held, must stay below that together. */
const LONGEST_HOLD = 60
const LONGEST_BURST = 300
/** Below this uptime, also after its wrap, an agent does not restart: a collector could not tell two lives of the same seconds apart. */
const LEAST_UPTIME_MS = 60_000

const template = datagram([flow([header(synPacket)])])
// Offsets of sflow_version_5.txt: header of 28 bytes, then type and length of the one sample.
const AGENT = 8
const SEQUENCE = 16
const UPTIME = 20
const SAMPLE_SEQUENCE = 36
const POOL = 48
const RATE = 1000

class Agent {
  readonly truth: Truth = { sent: 0, lost: 0, dropped: 0, reordered: 0, duplicates: 0, restarts: 0, lives: 0 }
  readonly #address: number
  readonly #random: Random
  readonly #troubles: Troubles
  readonly #lives: Life[] = []
  #held: Held[] = []
  #life: Life = newLife()
  #next = 0
  #firstSequence: number
  #bornMs: number
  #burst = 0

  constructor(index: number, random: Random, troubles: Troubles, nowMs: number) {
    // 10.0.0.0 and up.
    this.#address = 0x0a000000 + index
    this.#random = random
    this.#troubles = troubles
    this.#lives.push(this.#life)
    // Every fourth one will see its numbers wrap, and every fourth its uptime, after ten seconds. No agent both: a restart
    // would then look like that.
    this.#firstSequence = index % 4 === 1 ? 0xffffff00 : random.below(0xf0000000)
    this.#bornMs = nowMs - (index % 4 === 0 ? 0xffffffff - 10_000 : 3_600_000 + random.below(36_000_000))
  }

  /** Makes one datagram, and gives what goes out now: none to some. */
  step(nowMs: number): Uint8Array[] {
    const random = this.#random
    const troubles = this.#troubles
    const out = this.#release()
    if (this.#uptime(nowMs) > LEAST_UPTIME_MS && random.unit() < troubles.restart) this.#restart(nowMs)
    const n = this.#next++
    if (this.#burst === 0 && random.unit() < troubles.burst) this.#burst = 2 + random.below(LONGEST_BURST)
    if (this.#burst > 0 || random.unit() < troubles.loss) {
      this.#burst = Math.max(0, this.#burst - 1)
      this.truth.dropped++
      return out
    }
    const bytes = this.#encode(n, nowMs)
    const twice = random.unit() < troubles.duplicate
    if (random.unit() < troubles.reorder) {
      this.truth.reordered++
      this.#hold(bytes, n, false)
    } else {
      this.#deliver(this.#life, n)
      out.push(bytes)
    }
    if (twice) {
      this.truth.duplicates++
      this.#hold(bytes, n, true)
    }
    return out
  }

  /** What is held back still. */
  rest(): Uint8Array[] {
    for (const held of this.#held) held.left = 0
    return this.#release()
  }

  /** Sums up the lives. */
  conclude(): Truth {
    const lives = this.#lives.filter(({ delivered }) => delivered > 0)
    const lost = lives.reduce((sum, x) => sum + (x.highest - x.lowest + 1 - x.delivered), 0)
    // A life of which nothing came was none to a collector.
    return { ...this.truth, lost, lives: lives.length, restarts: lives.length - 1 }
  }

  /** As the datagram has it: 32 bits of milliseconds. */
  #uptime(nowMs: number): number {
    return Math.trunc(nowMs - this.#bornMs) % 0x100000000
  }

  #restart(nowMs: number): void {
    this.#life = newLife()
    this.#lives.push(this.#life)
    this.#next = 0
    this.#firstSequence = 1
    this.#bornMs = nowMs - 500
    this.#burst = 0
  }

  #hold(bytes: Uint8Array, n: number, again: boolean): void {
    this.#held.push({ bytes, life: this.#life, n, left: 1 + this.#random.below(LONGEST_HOLD), again })
  }

  #release(): Uint8Array[] {
    const out: Uint8Array[] = []
    this.#held = this.#held.filter((held) => {
      if (--held.left > 0) return true
      // A copy of what is held itself is the first of the two to come, which changes nothing: one of them counts.
      if (!held.again) this.#deliver(held.life, held.n)
      else this.truth.sent++
      out.push(held.bytes)
      return false
    })
    return out
  }

  #deliver(life: Life, n: number): void {
    this.truth.sent++
    life.delivered++
    life.lowest = Math.min(life.lowest, n)
    life.highest = Math.max(life.highest, n)
  }

  #encode(n: number, nowMs: number): Uint8Array {
    const bytes = template.slice()
    const view = new DataView(bytes.buffer)
    view.setUint32(AGENT, this.#address)
    view.setUint32(SEQUENCE, (this.#firstSequence + n) >>> 0)
    view.setUint32(UPTIME, this.#uptime(nowMs))
    view.setUint32(SAMPLE_SEQUENCE, n + 1)
    view.setUint32(POOL, ((n + 1) * RATE) >>> 0)
    return bytes
  }
}

const newLife = (): Life => ({ lowest: Number.POSITIVE_INFINITY, highest: -1, delivered: 0 })

/** Many agents that take turns. */
export class Injector {
  readonly #agents: readonly Agent[]
  #turn = 0

  constructor(agents: number, random: Random, troubles: Troubles, nowMs: number) {
    this.#agents = Array.from({ length: agents }, (_, i) => new Agent(i, random, troubles, nowMs))
  }

  /** The next agent's turn. */
  step(nowMs: number): Uint8Array[] {
    const agent = this.#agents[this.#turn]!
    this.#turn = (this.#turn + 1) % this.#agents.length
    return agent.step(nowMs)
  }

  rest(): Uint8Array[] {
    return this.#agents.flatMap((agent) => agent.rest())
  }

  /** Of each agent, 10.0.0.0 and up. */
  truths(): Truth[] {
    return this.#agents.map((agent) => agent.conclude())
  }

  conclude(): Truth {
    const all = this.truths()
    const sum = (of: (x: Truth) => number) => all.reduce((total, x) => total + of(x), 0)
    return {
      sent: sum((x) => x.sent),
      lost: sum((x) => x.lost),
      dropped: sum((x) => x.dropped),
      reordered: sum((x) => x.reordered),
      duplicates: sum((x) => x.duplicates),
      restarts: sum((x) => x.restarts),
      lives: sum((x) => x.lives),
    }
  }
}
