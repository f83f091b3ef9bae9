// Owns which of the drops heard are told where only so many a second may be: each reason and function gets a share, and one packet is
// kept back to bring the last count. Must not know sFlow, clocks or the kernel. Start at DropShare.

import type { DroppedPacket } from '../kernel/drops/drop-watch.ts'

/**
 * One reason may take so many times what it leaves to others: 4/5 of the limit where it is alone, 4/9 each where there are two, and
 * who comes late gets 4/5 of the rest. It is how switches share a buffer among queues (dynamic thresholds, Choudhury and Hahne 1998).
 */
const TIMES_THE_REST = 4
/** Pairs of reason and function: a kernel has some hundreds in use. Those beyond share one. */
const MOST_SHARES = 1024

interface Share {
  second: number
  told: number
}

/** At most `limit` a second, and the first of each reason and function in any case. */
export class DropShare {
  readonly #limit: number
  readonly #shares = new Map<string, Map<number, Share>>()
  readonly #others: Share = { second: -1, told: 0 }
  #shareCount = 0
  #second = -1
  #told = 0

  /** @param limit packets a second; 0: no limit */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether a packet is to be told. @param nowMs when it is taken, on a clock that never goes back */
  takes({ reason, functionName }: DroppedPacket, nowMs: number): boolean {
    if (this.#limit === 0) return true
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#told = 0
    }
    const share = this.#shareOf(reason, functionName)
    if (share.second !== second) {
      share.second = second
      share.told = 0
    } else if (share.told >= TIMES_THE_REST * (this.#limit - this.#told)) return false
    share.told++
    this.#told++
    return true
  }

  #shareOf(reason: number, functionName: string): Share {
    const known = this.#shares.get(functionName)?.get(reason)
    if (known !== undefined) return known
    if (this.#shareCount >= MOST_SHARES) return this.#others
    this.#shareCount++
    let ofFunction = this.#shares.get(functionName)
    if (ofFunction === undefined) {
      ofFunction = new Map()
      this.#shares.set(functionName, ofFunction)
    }
    const share: Share = { second: -1, told: 0 }
    ofFunction.set(reason, share)
    return share
  }
}

/** One packet kept beyond the callback that gave it. */
export class KeptDrop {
  #packet: DroppedPacket | undefined
  #isKept = false
  #bytes = new Uint8Array(0)

  /** Puts a copy in the place of what was kept. */
  keep(packet: DroppedPacket): void {
    const { bytes, offset, length } = packet
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) this.#bytes[i] = bytes[offset + i]!
    if (this.#packet === undefined) this.#packet = { ...packet }
    else Object.assign(this.#packet, packet)
    this.#packet.bytes = this.#bytes
    this.#packet.offset = 0
    this.#isKept = true
  }

  /** What is kept, which is then no longer; undefined where nothing is. Valid until the next `keep`. */
  release(): DroppedPacket | undefined {
    if (!this.#isKept) return undefined
    this.#isKept = false
    return this.#packet
  }
}
