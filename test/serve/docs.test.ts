// docs/exporters.md names every path and every metric of sonde itself.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { aiRoutes } from '../../src/lib/serve/ai-routes.ts'
import { baseRoutes } from '../../src/lib/serve/base-routes.ts'
import { fabricRoutes } from '../../src/lib/serve/fabric-routes.ts'
import { FlowExport } from '../../src/lib/serve/flow-export.ts'
import { flowRoutes } from '../../src/lib/serve/flow-routes.ts'
import { ownDefinitions } from '../../src/lib/serve/own-metrics.ts'
import { portRoutes } from '../../src/lib/serve/port-routes.ts'
import { topologyRoutes } from '../../src/lib/serve/topology-routes.ts'
import { Served } from './asking.ts'

const docs = readFileSync(new URL('../../docs/exporters.md', import.meta.url), 'utf8')

test('every path is documented', () => {
  const { beside } = new Served()
  const nothing = () => assert.fail('not asked')
  const points = { points: nothing, trend: nothing, period: nothing, metrics: nothing }
  const others = [
    ...portRoutes(beside),
    ...flowRoutes(new FlowExport(beside)),
    ...topologyRoutes(beside, { replace: nothing }),
    ...aiRoutes(points),
    ...fabricRoutes(beside),
  ]
  const base = { command: 'ports', version: '1', totals: nothing, metrics: nothing }
  const paths = baseRoutes(base, others).map(({ path }) => path)
  assert.equal(paths.length, 27)
  // Those that differ at the end alone are written with dots.
  const known = docs
    .replaceAll('`...', '`/app/prometheus/scripts/export.js')
    .concat(docs.replaceAll('`...', '`/app/ai-metrics/scripts/metrics.js'))
    .concat(docs.replaceAll('`...', '`/app/fabric-metrics/scripts/metrics.js'))
  for (const path of paths) assert.ok(known.includes(`\`${path}\``), path)
})

test('every metric of sonde itself is documented', () => {
  for (const { name, help } of ownDefinitions) assert.match(docs, new RegExp(`\`${name}\`.*\\| ${help.slice(0, 20)}`))
})
