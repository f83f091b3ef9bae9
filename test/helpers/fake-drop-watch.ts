// A drop watch without a kernel: it hands on what a test gives it.

import type { DroppedPacket, DropWatch } from '../../src/lib/kernel/drops/drop-watch.ts'

export class FakeDropWatch implements DropWatch {
  readonly kind = 'tp_btf'
  readonly why = undefined
  readonly notices = []
  waiting: DroppedPacket[] = []
  ringFull = 0
  limited = 0
  isOpen = true

  drain(take: (packet: DroppedPacket) => void): number {
    const packets = this.waiting
    this.waiting = []
    for (const packet of packets) take(packet)
    return packets.length
  }

  untold() {
    return { ringFull: this.ringFull, limited: this.limited }
  }

  close(): void {
    this.isOpen = false
  }
}
