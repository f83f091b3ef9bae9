// Owns one program in the kernel: hanging it up, running it for a test, and what it cost. See bpf.ts for the folder.

import { BugError } from '../../errors.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { BpfLink, BpfProgram, KprobeTargets, TestRun } from './bpf.ts'
import type { BpfCalls } from './bpf-calls.ts'
import { kprobeEventType, openKprobeEvent } from './perf-event.ts'
import { type ProgramKind, tracepointOf } from './program-kinds.ts'
import { refuseAttach } from './refusal.ts'

// enum bpf_attach_type and flags of BPF_LINK_CREATE: linux/bpf.h.
const BPF_TCX_INGRESS = 46
const BPF_TCX_EGRESS = 47
const BPF_F_BEFORE = 1 << 3
const BPF_F_AFTER = 1 << 4
/** struct __sk_buff as the test run takes it; ifindex lies at 40. */
const CONTEXT_BYTES = 192
const CONTEXT_IFINDEX = 40

/** A link that is let go by closing its descriptor. */
export class KernelLink implements BpfLink {
  readonly fd: number
  readonly #calls: BpfCalls
  readonly #forget: (link: KernelLink) => void
  #open = true

  constructor(calls: BpfCalls, fd: number, forget: (link: KernelLink) => void) {
    this.#calls = calls
    this.fd = fd
    this.#forget = forget
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#forget(this)
    this.#calls.libc.close(this.fd)
  }
}

export class KernelProgram implements BpfProgram {
  readonly name: string
  readonly fd: number
  readonly #calls: BpfCalls
  readonly #kind: ProgramKind
  readonly #links = new Set<KernelLink>()
  #info: DataView | undefined
  #eventType: number | undefined
  #open = true

  /** Takes over the file descriptor. */
  constructor(calls: BpfCalls, fd: number, name: string, kind: ProgramKind) {
    this.#calls = calls
    this.fd = fd
    this.name = name
    this.#kind = kind
  }

  // Offsets in struct bpf_prog_info: linux/bpf.h.
  get id(): number {
    return this.#known().getUint32(4, true)
  }

  get instructions(): number {
    return this.#known().getUint32(20, true) / 8
  }

  attachTcx(interfaceIndex: number, direction: 'ingress' | 'egress', place: 'first' | 'last' = 'last'): BpfLink {
    const hook = direction === 'ingress' ? BPF_TCX_INGRESS : BPF_TCX_EGRESS
    const flags = place === 'first' ? BPF_F_BEFORE : BPF_F_AFTER
    return this.#keep('TCX', () => this.#calls.createLink(this.fd, interfaceIndex, hook, flags))
  }

  attachTracepoint(): BpfLink {
    const { attach } = this.#kind
    if (attach.by !== 'tp_btf' && attach.by !== 'raw_tp') throw new BugError(`${this.name} is for no tracepoint`)
    return this.#keep(attach.tracepoint, () => this.#calls.openTracepoint(this.fd, tracepointOf(attach)))
  }

  attachKprobeMulti(targets: KprobeTargets): BpfLink {
    this.#mustBe('kprobe.multi')
    return this.#keep('kprobe.multi', () => this.#calls.createKprobeMultiLink(this.fd, targets))
  }

  attachKprobe(symbol: string, cookie: bigint): BpfLink {
    this.#mustBe('kprobe')
    return this.#keep(`kprobe of ${symbol}`, () => {
      this.#eventType ??= kprobeEventType()
      const { libc } = this.#calls
      const event = openKprobeEvent(libc, this.#eventType, symbol)
      try {
        return this.#calls.createPerfLink(this.fd, event, cookie)
      } finally {
        // The link holds on to it.
        libc.close(event)
      }
    })
  }

  attachFentry(): BpfLink {
    const { attach } = this.#kind
    if (attach.by !== 'fentry') throw new BugError(`${this.name} is no fentry program`)
    return this.#keep(`fentry of ${attach.function}`, () => this.#calls.openTracepoint(this.fd, undefined))
  }

  testRun(packet: Uint8Array, repeat = 1, interfaceIndex = 0): TestRun {
    const context = new Uint8Array(CONTEXT_BYTES)
    new DataView(context.buffer).setUint32(CONTEXT_IFINDEX, interfaceIndex, true)
    return this.#calls.testRun(this.fd, packet, context, repeat)
  }

  statistics(): { runs: number; nanoseconds: number; misses: number } {
    const info = this.#calls.programInfo(this.fd)
    const [nanoseconds = 0, runs = 0, misses = 0] = [192, 200, 208].map((at) => Number(info.getBigUint64(at, true)))
    return { nanoseconds, runs, misses }
  }

  /** Takes its links off and lets it go. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    for (const link of [...this.#links]) link.close()
    this.#calls.libc.close(this.fd)
  }

  #mustBe(by: ProgramKind['attach']['by']): void {
    if (this.#kind.attach.by !== by) throw new BugError(`${this.name} is no ${by} program`)
  }

  #known(): DataView {
    this.#info ??= this.#calls.programInfo(this.fd)
    return this.#info
  }

  #keep(where: string, attach: () => number): BpfLink {
    try {
      const link = new KernelLink(this.#calls, attach(), (gone) => this.#links.delete(gone))
      this.#links.add(link)
      return link
    } catch (error) {
      throw error instanceof SystemCallError ? refuseAttach(this.name, where, error) : error
    }
  }
}
