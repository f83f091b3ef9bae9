// Owns what ai-metrics publishes while it runs live. See ai-metrics.ts for the folder. Start at aiPublished.

import type { AgentTable } from '../agents/agents.ts'
import type { Published } from '../analysis/publish.ts'
import { noData } from '../expression/data.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { Topology } from '../topo/topology.ts'
import type { AiEngine } from './engine.ts'
import { addAiMetrics } from './metrics.ts'
import { AiHistoryPoints } from './points.ts'
import type { AiSettings } from './query.ts'
import type { AiWindow } from './rows.ts'

/** Who counts. */
export interface AiRun {
  readonly windowMs: () => number | 'all'
  /** Of the engine that counts now. */
  readonly period: () => PeriodMethod | undefined
  /** An engine that starts from nothing, with another topology from now on. */
  readonly withTopology: (topology: Topology, agents: AgentTable) => AiEngine
}

/** @param settings at the start */
export function aiPublished(settings: AiSettings, { windowMs, period, withTopology }: AiRun): Published<AiWindow> {
  const lengthMs = (): number => {
    const length = windowMs()
    return length === 'all' ? Number.POSITIVE_INFINITY : length
  }
  const points = new AiHistoryPoints(period, lengthMs)
  return {
    metrics: addAiMetrics,
    isPartial: ({ seconds }) => windowMs() !== 'all' && seconds * 1000 < lengthMs(),
    lengthMs,
    timeMs: ({ endMs }) => endMs,
    over: (window) => points.window(window),
    places: { ...settings, data: noData },
    setTopology: (topology, _engine, agents) => withTopology(topology, agents),
    ai: points,
  }
}
