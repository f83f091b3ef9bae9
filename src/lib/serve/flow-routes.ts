// Owns the path of flows that a query defines. See serve.ts for the folder.

import { sanitizeName } from '../metrics/metrics.ts'
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
        prometheusAnswer(formatPrometheus(flows.answer(agents, query).families()) + unknownText(query)),
    },
  ]
}

/** In the table of docs/exporters.md. */
const known: ReadonlySet<string> = new Set([
  ...['metric', 'key', 'label', 'value', 'filter', 't', 'dropped', 'aggMode', 'maxFlows', 'minValue', 'scale', 'n'],
])

/** Those of others are told as comments: a newer sFlow-RT may have more. */
function unknownText(query: URLSearchParams): string {
  const unknown = [...new Set(query.keys())].filter((name) => !known.has(name))
  return unknown.map((name) => `# ${sanitizeName(name).slice(0, 100)} is not known here\n`).join('')
}
