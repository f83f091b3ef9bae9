// Owns what a screen sees of a fabric. Knows no screen and no socket. See fabric.ts for the folder. Start at WatchedStatus; it runs in
// the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import type { LiveReport } from '../source/source.ts'
import type { Topology } from '../topo/topology.ts'
import { FabricEngine } from './fabric.ts'
import type { StatusTask } from './in-worker.ts'
import type { StatusSnapshot } from './snapshot.ts'
import { type FabricStatus, statusOf } from './status.ts'

export class WatchedStatus implements Watched<FabricStatus, never, StatusSnapshot> {
  readonly #task: Pick<StatusTask, 'names' | 'ignoreCase' | 'ignore' | 'source'>
  readonly #topology: Topology
  readonly #clock: RunClock
  #engine: FabricEngine<FabricStatus> | undefined

  constructor(task: Pick<StatusTask, 'names' | 'ignoreCase' | 'ignore' | 'source'>, topology: Topology) {
    this.#task = task
    this.#clock = new RunClock(task.source)
    this.#topology = topology
  }

  engine(agents: AgentTable): Engine<FabricStatus> {
    const { names, ignoreCase } = this.#task
    const ignore = new Set(this.#task.ignore)
    this.#engine = new FabricEngine(agents, {
      ...{ topology: this.#topology, names, ignoreCase },
      everyMs: Number.POSITIVE_INFINITY,
      doubt: true,
      make: (state) => statusOf(state, ignore),
    })
    return this.#engine
  }

  /** What is seen is the present. */
  window(): void {}

  command(): undefined {}

  state(reading: Reading<FabricStatus>, live: LiveReport | undefined): StatusSnapshot {
    const nowMs = Date.now()
    const silentSeconds = reading.newestMs > 0 ? Math.max(0, nowMs - reading.newestMs) / 1000 : null
    return { ...this.#clock.state(reading, live), status: this.#engine!.peek(nowMs), silentSeconds }
  }
}
