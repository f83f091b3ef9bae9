// Owns the loop of an analysis: datagram after datagram, sample after sample, into the engine; windows out as they end.
// Knows no file, no socket and no form. Start at Reading.take.

import { AgentTable, SequenceStatus } from '../agents/agents.ts'
import { SampleView } from '../attributes/context.ts'
import { DatagramGate } from '../print/datagram-gate.ts'
import type { IssueLog } from '../print/issue-log.ts'
import type { Taker } from '../print/pass.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Batch } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Companion } from './companion.ts'
import type { Engine } from './engine.ts'
import type { ReadingOptions } from './options.ts'

/** Gets each window that is over, and appends what it makes of it. */
export type Deliver<Window> = (window: Window, out: TextBuffer) => void

/** Feeds one engine after another with the samples of all datagrams. */
export class Reading<Window> implements Taker {
  readonly gate: DatagramGate
  readonly agents: AgentTable
  /** Samples of any kind. */
  samples = 0
  /** Of them, by SampleKind. */
  readonly kinds = new Float64Array(8)
  /** Payload of the datagrams, bytes. */
  bytes = 0
  /** Time of the newest datagram, milliseconds since 1970; 0 before the first. */
  newestMs = 0
  /** May be exchanged between datagrams: the next one starts from nothing, and what is known of agents stays. */
  engine: Engine<Window>
  /** Where a server tells of it: `http://127.0.0.1:8008`. */
  served: string | undefined
  /** Fed beside the engine; may be exchanged between datagrams. */
  companions: readonly Companion[] = []
  readonly #view: SampleView
  readonly #deliver: Deliver<Window>
  readonly #limit: number

  /**
   * @param engine made for the agents that are given to it
   * @throws InputError for bounds of time that contradict each other
   */
  constructor(
    engine: (agents: AgentTable) => Engine<Window>,
    options: ReadingOptions,
    issues: IssueLog,
    deliver: Deliver<Window>,
  ) {
    this.gate = new DatagramGate(options, issues)
    this.#view = new SampleView(this.gate.walker)
    this.agents = new AgentTable()
    this.engine = engine(this.agents)
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY
    this.#deliver = deliver
  }

  /** True when the limit is reached. */
  get done(): boolean {
    return this.samples >= this.#limit
  }

  take(batch: Batch, i: number, out: TextBuffer): void {
    if (!this.gate.open(batch, i)) return
    const { agents, engine, companions } = this
    const view = this.#view
    const w = this.gate.walker
    const sec = batch.sec[i]!
    const nsec = batch.nsec[i]!
    this.bytes += batch.length[i]!
    const ms = sec * 1000 + nsec / 1e6
    // By the time of the newest one: a datagram of another capture or sender may be a little older.
    if (ms > this.newestMs) {
      this.newestMs = ms
      this.advance(ms, out)
    }
    agents.datagram(w, sec, nsec)
    view.startDatagram(sec, nsec, batch.sender, i)
    while (this.samples < this.#limit && w.nextSample()) {
      const status = agents.sample(w)
      view.startSample()
      if (status === SequenceStatus.duplicate) continue
      this.samples++
      this.kinds[w.sampleKind]! += 1
      engine.sample(view)
      for (let k = 0; k < companions.length; k++) companions[k]!.sample(view)
    }
  }

  /** Flow samples (or discards) since the start: what an analysis of packets had to work on. */
  get packets(): number {
    return this.kinds[SampleKind.flow]! + this.kinds[SampleKind.discard]!
  }

  /** All samples up to this time have come: windows that are over go out. */
  advance(toMs: number, out: TextBuffer): void {
    const { companions } = this
    for (let k = 0; k < companions.length; k++) companions[k]!.advance(toMs)
    const windows = this.engine.advance(toMs)
    // Without an iterator for each datagram.
    if (windows.length > 0) for (const window of windows) this.#deliver(window, out)
  }

  /** Nothing more comes. */
  finish(out: TextBuffer): void {
    for (const window of this.engine.finish()) this.#deliver(window, out)
  }
}
