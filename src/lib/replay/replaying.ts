// Owns the loop of a replay: datagram after datagram, rewritten, on time, to the sender. Knows no file. Start at
// Replaying.loop.

import { formatCount } from '../errors.ts'
import { TimeWindow } from '../print/time-window.ts'
import type { Batch, Source } from '../source/source.ts'
import type { UdpSender } from '../sys/udp-sender.ts'
import { addressText } from '../wire/address-text.ts'
import { Lateness } from './lateness.ts'
import type { ReplayOptions, ReplayReport } from './options.ts'
import { Pacer } from './pacer.ts'
import { Rewriter } from './rewrite.ts'
import type { ReplaySummary } from './summary.ts'
import { Timeline } from './timeline.ts'

/** Between two words on how far it is. */
const PROGRESS_MS = 100
/** Datagrams handed over before the sender is waited for: node:dgram queues what the kernel does not take at once. */
const MOST_UNSENT = 512

/** One run through all loops. */
export class Replaying {
  readonly #options: ReplayOptions
  readonly #report: ReplayReport
  readonly #sender: UdpSender
  readonly #total: number | undefined
  readonly #name: string
  /** The name without folders, which a line has no room for. */
  readonly #files: string
  readonly #window: TimeWindow
  readonly #timeline: Timeline
  readonly #pacer: Pacer
  readonly #rewriter: Rewriter | undefined
  readonly #lateness = new Lateness()
  readonly #limit: number
  /** Handed to the sender, of all loops. */
  #given = 0
  #outside = 0
  #loops = 0
  #firstMs = 0
  #lastMs = 0
  #toldMs = 0
  #toldUnreachable = false

  /**
   * @param total datagrams that will be sent, where that is known; Infinity without end
   * @throws InputError for bounds of time that contradict each other
   */
  constructor(
    options: ReplayOptions,
    report: ReplayReport,
    sender: UdpSender,
    total: number | undefined,
    name: string,
  ) {
    this.#options = options
    this.#report = report
    this.#sender = sender
    this.#total = total
    this.#name = name
    this.#files = name
      .split(', ')
      .map((path) => path.slice(path.lastIndexOf('/') + 1))
      .join(', ')
    this.#window = new TimeWindow(options.since, options.until)
    this.#timeline = new Timeline(options.speed ?? 1, options.pps)
    this.#pacer = new Pacer(options.stop)
    this.#rewriter = Rewriter.needed(options.rewrite) ? new Rewriter(options.rewrite) : undefined
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY
  }

  /** The limit is reached, or it was stopped. */
  get done(): boolean {
    return this.#given >= this.#limit || this.#options.stop.aborted
  }

  /** Sends everything of the source that is wanted; gives how many datagrams. */
  async loop(source: Source, number: number): Promise<number> {
    const before = this.#given
    this.#loops++
    const { stop } = this.#options
    // A source that waits for a pipe ends its batches when it is closed.
    const end = () => void source.close()
    stop.addEventListener('abort', end, { once: true })
    try {
      for await (const batch of source.batches()) {
        await this.#batch(batch, number, source)
        // The next batch may be in the same memory.
        await this.#sender.drain()
        if (this.done) break
      }
    } finally {
      stop.removeEventListener('abort', end)
    }
    this.#timeline.endLoop()
    return this.#given - before
  }

  async #batch(batch: Batch, loop: number, source: Source): Promise<void> {
    const pacer = this.#pacer
    const timeline = this.#timeline
    const paced = this.#isPaced
    for (let i = 0; i < batch.count && !this.done; i++) {
      if (!this.#window.contains(batch.sec[i]!, batch.nsec[i]!)) {
        this.#outside++
        continue
      }
      timeline.next(batch.sec[i]!, batch.nsec[i]!)
      let now = pacer.now()
      if (this.#given === 0) this.#firstMs = now
      const due = this.#firstMs + timeline.dueMs
      if (now < due) {
        this.#sender.flush()
        this.#tell(now, source)
        await pacer.until(due)
        if (this.#options.stop.aborted) return
        now = pacer.now()
      } else if (this.#given % MOST_UNSENT === MOST_UNSENT - 1) {
        await this.#sender.drain()
        this.#tell(now, source)
        await pacer.turn()
      }
      if (paced) this.#lateness.add(now - due)
      this.#lastMs = now
      this.#send(batch, i, loop)
    }
    this.#sender.flush()
  }

  get #isPaced(): boolean {
    return this.#options.pps !== undefined || this.#options.speed !== Number.POSITIVE_INFINITY
  }

  #send(batch: Batch, i: number, loop: number): void {
    this.#given++
    const offset = batch.offset[i]!
    const length = batch.length[i]!
    const rewriter = this.#rewriter
    if (rewriter === undefined) {
      this.#sender.send(batch.bytes, offset, length)
      return
    }
    const rewritten = rewriter.rewrite(batch.bytes, batch.view, offset, length, this.#timeline.captureMs, loop)
    this.#sender.send(rewriter.bytes, 0, rewritten)
  }

  #tell(now: number, source: Source): void {
    if (now - this.#toldMs < PROGRESS_MS) return
    this.#toldMs = now
    const { to } = this.#sender
    if (!this.#toldUnreachable && this.#sender.counts().unreachable > 0) {
      this.#toldUnreachable = true
      this.#report.tell(`Nobody listens at ${to} ("port unreachable" came back). Sending goes on.`)
    }
    const total = this.#total
    const counted = total !== undefined && total !== Number.POSITIVE_INFINITY
    const late = this.#isPaced ? `   late p99 ${this.#lateness.quantileMs(0.99).toFixed(1)} ms` : ''
    const given = formatCount(this.#given)
    const note = counted ? `${given} of ${formatCount(total)}${late}` : `${given} datagrams${late}`
    const { bytesRead, bytesTotal } = source.report()
    const once = this.#options.loops === 1
    const [done, all] = counted ? [this.#given, total] : [bytesRead, once ? bytesTotal : undefined]
    this.#report.progress(`${this.#files} → ${to}`, done, all, note)
  }

  /** What was done, once the sender is closed. */
  summary(sampled: { packets: number; samples: number } | undefined): ReplaySummary {
    const { sent, bytes, unreachable, full, failed } = this.#sender.counts()
    const { sampling, stop } = this.#options
    const late = (ms: number) => (this.#isPaced && this.#lateness.count > 0 ? rounded(ms) : null)
    return {
      input: this.#name,
      to: this.#sender.to,
      datagrams: sent,
      bytes,
      loops: this.#loops,
      duration_s: rounded((this.#lastMs - this.#firstMs) / 1000),
      late_p50_ms: late(this.#lateness.quantileMs(0.5)),
      late_p99_ms: late(this.#lateness.quantileMs(0.99)),
      late_max_ms: late(this.#lateness.maxMs),
      unreachable,
      not_sent: { ...Object.fromEntries(failed), ...(full > 0 ? { 'send buffer full': full } : {}) },
      outside: this.#outside,
      stopped: stop.aborted,
      sampling: sampling && sampled ? { rate: sampling.rate, seed: sampling.seed, ...sampled } : null,
    }
  }

  /** What did not come about as asked: mappings of agents that never came, nothing inside the bounds of time. */
  remarks(): string[] {
    const { mapAgents } = this.#options.rewrite
    const unused = mapAgents.filter((_, i) => this.#rewriter?.mapped[i] === 0)
    const lines = unused.map(
      ({ from }) => `No datagram was of agent ${addressText(Uint32Array.from(from), 0)} (--map-agent).`,
    )
    if (this.#given === 0 && this.#outside > 0) {
      lines.push(`${formatCount(this.#outside)} datagrams are outside --since and --until.`)
    }
    return lines
  }
}

/** To a microsecond, or thousandth of one's unit. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000
