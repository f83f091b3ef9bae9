// Owns what a screen sees of a fabric. Knows no screen and no socket. See fabric.ts for the folder. Start at WatchedStatus; it runs in
// the thread of worker.ts.

import type { AgentTable } from '../agents/agents.ts'
import type { Engine } from '../analysis/engine.ts'
import type { Published } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { RunClock } from '../analysis/run-state.ts'
import type { Watched } from '../analysis/watch.ts'
import { noData } from '../expression/data.ts'
import type { LiveReport } from '../source/source.ts'
import type { Topology } from '../topo/topology.ts'
import { FabricEngine } from './fabric.ts'
import type { StatusTask } from './in-worker.ts'
import type { StatusSnapshot } from './snapshot.ts'
import { type FabricStatus, statusOf } from './status.ts'
import { addStatusMetrics } from './status-report.ts'

export class WatchedStatus implements Watched<FabricStatus, never, StatusSnapshot> {
  readonly published: Published<FabricStatus>
  readonly #task: Omit<StatusTask, 'topology' | 'everyMs'>
  #topology: Topology
  readonly #clock: RunClock
  #engine: FabricEngine<FabricStatus> | undefined

  constructor(task: Omit<StatusTask, 'topology' | 'everyMs'>, topology: Topology) {
    this.#task = task
    this.#clock = new RunClock(task.source)
    this.#topology = topology
    const { names, ignoreCase } = task
    this.published = {
      metrics: addStatusMetrics,
      peek: () => this.#engine?.peek(Date.now()),
      timeMs: ({ nowMs }) => nowMs,
      places: { topology, names, ignoreCase, data: noData },
      setTopology: (changed, engine) => {
        this.#topology = changed
        this.#engine?.setTopology(changed)
        return engine
      },
    }
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
