// Owns the loop of a host that is its own agent: some tens of times a second its works are done, and what came of them is a Batch. Must not
// know which works there are, sockets or the terminal. Start at HostSource.

import type { Batch, Source, SourceReport } from '../source/source.ts'
import { DatagramBatch } from './datagram-batch.ts'
import { HostAgent, type HostAgentOptions } from './host-agent.ts'

/** How often rings are emptied where somebody looks: a delay that nobody sees. */
const PROMPT_MS = 20
/**
 * The same where datagrams are only sent. Waking up is what an idle agent costs (0.15 ms of CPU a time on a busy machine), so it is
 * done as seldom as the delay permits: a sample is seen at the next tick and sent at the one after it, 80 ms later at most.
 */
const UNSEEN_MS = 40
/** How long samples wait for others in a datagram: less than a tick, so that the next one sends them. */
const FLUSH_MS = 30

/** Something that feeds the agent: a tap, a drop watch, counters. */
export interface HostWork {
  /**
   * Called every tick, never to block: hand on what waits.
   * @param nowMs the clock of HostAgent.advance
   */
  tick(nowMs: number): void
  /** Called after the last tick of a source that is finished, not of one that is closed: hand on what was kept back. */
  finish?(): void
  /** Called once, at the end. */
  close(): void
}

export interface HostSourceOptions extends Omit<HostAgentOptions, 'flushMs'> {
  /** For messages. */
  readonly name: string
  /** Whether each tick sends what came in it: for who looks at samples at once. Else datagrams wait a tick to be filled. */
  readonly prompt: boolean
  /** Takes each datagram, before it is in a batch. `bytes` from 0 to `length` are valid until it returns. */
  readonly taker?: ((bytes: Uint8Array, length: number) => void) | undefined
  /** Stand in for the machine's clocks in tests: one that never goes back, and milliseconds since 1970. */
  readonly nowMs?: (() => number) | undefined
  readonly wallMs?: (() => number) | undefined
}

/** Datagrams of this host. Read `batches()` once; it ends when it is closed or finished. */
export class HostSource implements Source {
  readonly name: string
  readonly recorded = false
  readonly agent: HostAgent
  readonly #batch = new DatagramBatch()
  readonly #prompt: boolean
  readonly #works: HostWork[] = []
  readonly #nowMs: () => number
  #datagrams = 0
  #bytes = 0
  #state: 'open' | 'finishing' | 'closed' = 'open'
  #wake: (() => void) | undefined

  /** @throws RangeError as HostAgent */
  constructor(options: HostSourceOptions) {
    const { name, prompt, taker, nowMs = () => performance.now(), wallMs = () => Date.now(), ...agent } = options
    this.name = name
    this.#prompt = prompt
    this.#nowMs = nowMs
    this.agent = new HostAgent({ ...agent, flushMs: FLUSH_MS }, (bytes, length) => {
      this.#datagrams++
      this.#bytes += length
      this.#batch.add(bytes, length, wallMs())
      taker?.(bytes, length)
    })
    this.agent.advance(nowMs())
  }

  /** Adds a work; it is closed with the source. Works are done in the order in which they were added. */
  add(work: HostWork): void {
    this.#works.push(work)
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const batch = this.#batch
    for (let isLast = false; !isLast; ) {
      if (this.#state === 'open') await this.#pause()
      if (this.#isIn('closed')) break
      isLast = this.#isIn('finishing')
      const now = this.#nowMs()
      this.agent.advance(now)
      for (const work of this.#works) work.tick(now)
      if (isLast) for (const work of this.#works) work.finish?.()
      if (this.#prompt || isLast) this.agent.flush()
      if (batch.count === 0) continue
      yield batch
      batch.clear()
    }
    await this.close()
  }

  /** What waits in rings and datagrams now is given, and then it ends. */
  finish(): void {
    if (this.#state === 'open') this.#state = 'finishing'
    this.#wake?.()
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#wake?.()
    for (const work of this.#works) work.close()
  }

  /** `packets` are samples: they are what comes in here. */
  report(): SourceReport {
    const { flow, counters, discards } = this.agent.counts()
    return {
      packets: flow + counters + discards,
      datagrams: this.#datagrams,
      cut: 0,
      otherPorts: new Map(),
      skipped: new Map(),
      issues: [],
      bytesRead: this.#bytes,
      bytesTotal: undefined,
    }
  }

  /** Asked behind an await, during which it may have changed. */
  #isIn(state: 'finishing' | 'closed'): boolean {
    return this.#state === state
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#prompt ? PROMPT_MS : UNSEEN_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
