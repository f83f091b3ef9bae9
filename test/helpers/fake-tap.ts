// A tap whose samples and counts are a test's.

import type { PacketTap, TapCount, TappedPacket, TapWish } from '../../src/lib/kernel/tap/tap.ts'

export class FakeTap implements PacketTap {
  readonly kind: PacketTap['kind']
  readonly measuresPool: boolean
  readonly why: string | undefined
  /** Interfaces that are attached, by ifIndex. */
  readonly wishes = new Map<number, TapWish>()
  /** What `counts` gives. */
  counted: TapCount[] = []
  /** What the next `drain` hands on. */
  waiting: TappedPacket[] = []
  /** Names that `attach` refuses. */
  readonly refused = new Set<string>()
  isClosed = false

  constructor(kind: PacketTap['kind'] = 'tcx', why?: string) {
    this.kind = kind
    this.measuresPool = kind === 'tcx'
    this.why = why
  }

  attach(wish: TapWish): void {
    if (this.refused.has(wish.name)) throw new Error('bind: network is down (ENETDOWN)')
    this.wishes.set(wish.interfaceIndex, wish)
  }

  detach(interfaceIndex: number): void {
    this.wishes.delete(interfaceIndex)
  }

  drain(take: (packet: TappedPacket) => void): number {
    const { waiting } = this
    this.waiting = []
    for (const packet of waiting) take(packet)
    return waiting.length
  }

  counts(): readonly TapCount[] {
    if (this.isClosed) throw new Error('asked when closed')
    return this.counted
  }

  close(): void {
    this.isClosed = true
  }
}
