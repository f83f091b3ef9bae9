// Owns the paths of sFlow-RT's Fabric Metrics (exports.md section 1). What they show is FabricPoints. See serve.ts for the folder.
// Start at fabricRoutes.

import { prometheusText } from './base-routes.ts'
import { type Beside, OnDemand } from './beside.ts'
import { FabricPoints } from './fabric-points.ts'
import { numberOf, textOf } from './query.ts'
import { HttpError, jsonAnswer, type Route } from './route.ts'

const APP = '/app/fabric-metrics/scripts/metrics.js'

/** Counted from the first question on, while somebody asks. */
export function fabricRoutes(beside: Beside): Route[] {
  const fabric = new OnDemand(beside, () => new FabricPoints(beside))
  const points = (): FabricPoints => {
    if (beside.places.topology === undefined) {
      throw new HttpError(404, 'There is no topology, which says where the edge and the links are: --topology FILE.')
    }
    return fabric.get()
  }
  return [
    {
      path: `${APP}/prometheus/txt`,
      about: 'sflow_fabric_metric_*: elephants and mice, busy links, errors, discards',
      answer: () => prometheusText((table) => points().metrics(table)),
    },
    {
      path: `${APP}/metric/json`,
      about: 'all points of Fabric Metrics',
      answer: () => jsonAnswer(points().points()),
    },
    {
      path: `${APP}/metric/{name}/json`,
      about: 'one point',
      answer: ({ values: [name = ''] }) => {
        const all = points().points()
        if (!Object.hasOwn(all, name)) throw new HttpError(404, `There is no metric ${name.slice(0, 100)}.`)
        return jsonAnswer(all[name])
      },
    },
    {
      path: `${APP}/trend/json`,
      about: 'the last five minutes; ?after=MS, only what is newer',
      answer: ({ query }) => {
        const bounds = { usual: 0, least: 0, most: Number.MAX_SAFE_INTEGER }
        const after = textOf(query, 'after') === undefined ? undefined : numberOf(query, 'after', bounds)
        return jsonAnswer({ trend: points().trend(after) })
      },
    },
  ]
}
