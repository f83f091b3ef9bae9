// Owns the path of flows that a query defines. See serve.ts for the folder.

import { formatPrometheus } from '../metrics/prometheus-text.ts'
import type { FlowExport } from './flow-export.ts'
import { prometheusAnswer, type Route } from './route.ts'

export function flowRoutes(flows: FlowExport): Route[] {
  return [
    {
      path: '/app/prometheus/scripts/export.js/flows/{agents}/txt',
      about:
        'flows as the query says: ?metric=NAME&key=K&label=L&value=V&filter=F&t=15&dropped=true&aggMode=max&maxFlows=20&minValue=0.1&scale=1',
      answer: ({ values: [agents = ''], query }) =>
        prometheusAnswer(formatPrometheus(flows.answer(agents, query).families())),
    },
  ]
}
