// Owns the paths of sFlow-RT's AI Metrics (ai-metrics.md section 1). What they show is AiPoints. See serve.ts for the folder.
// Start at aiRoutes.

import type { AiPoints } from './ai-points.ts'
import { prometheusText } from './base-routes.ts'
import { numberOf, textOf } from './query.ts'
import { HttpError, jsonAnswer, type Route } from './route.ts'

const APP = '/app/ai-metrics/scripts/metrics.js'

/** @param points undefined: what runs does not know them, and the paths say who does */
export function aiRoutes(points: AiPoints | undefined): Route[] {
  if (points === undefined) return [route('/prometheus/txt', 'only with sonde ai-metrics', refuse)]
  return [
    route('/metric/json', 'all points of AI Metrics', () => jsonAnswer(points.points())),
    route('/metric/{name}/json', 'one point', ({ values: [name = ''] }) => {
      const all = points.points()
      if (!Object.hasOwn(all, name)) throw new HttpError(404, `There is no metric ${name.slice(0, 100)}.`)
      return jsonAnswer(all[name])
    }),
    route('/trend/json', 'the last five minutes; ?after=MS, only what is newer', ({ query }) => {
      const bounds = { usual: 0, least: 0, most: Number.MAX_SAFE_INTEGER }
      const after = textOf(query, 'after') === undefined ? undefined : numberOf(query, 'after', bounds)
      return jsonAnswer({ trend: points.trend(after) })
    }),
    route('/period/json', 'the period: value, threshold, baselines', () => jsonAnswer(points.period())),
    route('/prometheus/txt', 'sflow_ai_*', () => prometheusText((table) => points.metrics(table))),
  ]
}

const route = (path: string, about: string, answer: Route['answer']): Route => ({ path: APP + path, about, answer })

function refuse(): never {
  throw new HttpError(404, 'This is another command: sonde ai-metrics --serve has AI Metrics.')
}
