// A trace watch without a kernel: it hands on what a test gives it.

import type { OpenTrace, TraceEvent, TraceTier, TraceWatch, TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'

/** 10.0.0.1:38932 to 10.0.0.2:443, SYN, as an Ethernet frame. */
const frame = Uint8Array.from(
  Buffer.from(
    '020000000002020000000001080045000028000140004006266d0a0000010a0000029814' + '01bb00000001000000005002faf000000000',
    'hex',
  ),
)

/** An event of ip_rcv in the namespace 4026531840; what matters to a test is given. */
export function traceEvent(given: Partial<TraceEvent> = {}): TraceEvent {
  return {
    seconds: 1_764_000_000,
    nanoseconds: 123_456_789,
    skbHigh: 0xffff970b,
    skbLow: 0xc5f568e8,
    packet: 0,
    functionName: 'ip_rcv',
    isTracepoint: false,
    reason: '',
    dropFunction: '',
    dropOffset: 0,
    cpu: 1,
    pid: 7138,
    process: 'curl',
    netns: 4026531840,
    mark: 0,
    interfaceIndex: 2,
    interfaceName: 'eth0',
    ethertype: 0x0800,
    mtu: 1500,
    length: 40,
    beginsAt: 'link',
    bytes: frame,
    offset: 0,
    headerBytes: frame.length,
    caller: '',
    stack: [],
    meta: [],
    ...given,
  }
}

export class FakeTraceWatch implements TraceWatch {
  tier: TraceTier = 'tp_btf'
  why: readonly string[] = ['kprobe.multi: BPF_LINK_CREATE is not permitted (EPERM)']
  attached = 27
  refusedNames: readonly string[] = []
  attachMs = 166
  notices: readonly string[] = []
  waiting: TraceEvent[] = []
  seen = 0
  refused = 0
  ringFull = 0
  isOpen = true
  isStopped = false
  /** Called at the beginning of each drain, and of stop. */
  onDrain: () => void = () => {}
  onStop: () => void = () => {}
  /** Called before counts are read, as long as it is not stopped. */
  onCounts: () => void = () => {}

  /** A function is reached. Behind `stop` nobody hears of it. */
  reach(event: TraceEvent): void {
    if (this.isStopped) return
    this.seen++
    this.waiting.push(event)
  }

  drain(take: (event: TraceEvent) => void): number {
    if (!this.isOpen) throw new Error('asked when closed')
    this.onDrain()
    const events = this.waiting
    this.waiting = []
    for (const event of events) take(event)
    return events.length
  }

  counts() {
    if (!this.isOpen) throw new Error('asked when closed')
    this.onCounts()
    return { seen: this.seen, refused: this.refused, ringFull: this.ringFull, missed: 0 }
  }

  stop(): void {
    if (!this.isOpen) throw new Error('stopped when closed')
    if (!this.isStopped) this.onStop()
    this.isStopped = true
  }

  close(): void {
    this.isOpen = false
  }
}

/** Opens this watch and keeps what was wished. */
export function openerOf(watch: FakeTraceWatch, wishes: TraceWish[] = []): OpenTrace {
  return async (wish) => {
    wishes.push(wish)
    return watch
  }
}
