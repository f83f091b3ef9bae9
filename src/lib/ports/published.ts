// Owns what ports publishes while it runs live. See analysis.ts for the folder. Start at portsPublished.

import type { Published } from '../analysis/publish.ts'
import { addPortMetrics } from '../port-rates/port-metrics.ts'
import { PortsEngine, type PortsWindow } from '../port-rates/port-rates.ts'
import { portsFilter, portsIndex } from './engine.ts'
import type { PortsSettings } from './query.ts'

/** @param filter as it is now @param setSettings is told of settings with another topology */
export function portsPublished(
  settings: PortsSettings,
  filter: () => string,
  setSettings: (settings: PortsSettings) => void,
): Published<PortsWindow> {
  return {
    metrics: (window, into) => addPortMetrics(window.rows, into),
    peek: (engine) => (engine instanceof PortsEngine ? engine.peek(Date.now()) : undefined),
    lengthMs: ({ startMs, endMs }) => endMs - startMs,
    timeMs: ({ endMs }) => endMs,
    places: settings,
    setTopology: (topology, engine, agents) => {
      const changed = { ...settings, topology }
      setSettings(changed)
      if (!(engine instanceof PortsEngine)) return engine
      engine.setTopology(portsIndex(changed, agents))
      if (filter() !== '') engine.setFilter(portsFilter(filter(), changed, agents))
      return engine
    },
  }
}
