// Owns what ai-metrics publishes while it runs live. See ai-metrics.ts for the folder. Start at aiPublished.

import type { AgentTable } from '../agents/agents.ts'
import type { Published } from '../analysis/publish.ts'
import { noData } from '../expression/data.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { AiEngine } from './engine.ts'
import { addAiMetrics } from './metrics.ts'
import { AiHistoryPoints } from './points.ts'
import { type AiQuery, type AiSettings, aiEngine } from './query.ts'
import type { AiWindow } from './rows.ts'

export interface AiPublished extends Published<AiWindow> {
  /** The engine of a run, with a period of its own; makes it known to what is published. */
  engine(agents: AgentTable): AiEngine
}

/**
 * @param query as it is now @param period a new one for each engine
 * @param made is told of engines that another topology makes
 */
export function aiPublished(
  query: () => AiQuery,
  settings: AiSettings,
  period: () => PeriodMethod,
  made: (engine: AiEngine) => void = () => {},
): AiPublished {
  const points = new AiHistoryPoints()
  let used = settings
  const engine = (agents: AgentTable): AiEngine => {
    const method = period()
    points.method = method
    return aiEngine(query(), used, agents, method)
  }
  return {
    engine,
    metrics: addAiMetrics,
    isPartial: ({ seconds }) => {
      const { windowMs } = query()
      return windowMs !== 'all' && seconds * 1000 < windowMs
    },
    timeMs: ({ endMs }) => endMs,
    over: (window) => points.window(window),
    places: { ...settings, data: noData },
    setTopology: (topology, _engine, agents) => {
      used = { ...used, topology }
      const next = engine(agents)
      made(next)
      return next
    },
    ai: points,
  }
}
