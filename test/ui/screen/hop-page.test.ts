// The page of a hop or a drop: every key that is known, in every width.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathRowsOf } from '../../../src/lib/path/columns.ts'
import type { PathSnapshot } from '../../../src/lib/path/snapshot.ts'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { hopPage } from '../../../src/lib/ui/path/hop-page.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { flowFilter, generateFabric, leafSpine } from '../../path/fabric-events.ts'
import { pathOf } from '../../path/run.ts'

const [route] = leafSpine([1]).routes
const { capture, topology } = generateFabric({
  routes: [{ ...route!, drop: { node: 'spine1', share: 0.01, reason: 258 } }],
  packets: 10_000,
  rate: 20,
})
const window = await pathOf(capture, { topology, filter: flowFilter })
const snapshot: PathSnapshot = {
  ...{ source: 'udp://[::]:6343', seconds: 20, datagrams: 9, datagramsPerSecond: 1, lostShare: 0 },
  ...{ windowMs: 10_000, filter: flowFilter, window, flowSamples: 9, notes: [], answered: 0, refused: null },
}
const rows = pathRowsOf(window, 80)

function drawn(place: number, columns: number, of = snapshot): string[] {
  const page = hopPage(rows[place]!)
  page.take(of)
  return [...page.draw({ columns, rows: 60, colours: coloursOfLevel(0) })]
}

test('a hop and a drop', () => {
  const hop = drawn(0, 80)
  assert.ok(hop.includes(' hop 1: leaf1'))
  assert.ok(hop.includes(' in_port                 eth9'))
  assert.ok(hop.includes(' from                    10.1.0.2'))
  assert.ok(hop.includes(' to                      spine1'))
  assert.ok(hop.some((line) => /^ packets_low +[\d.,]+$/.test(line)))
  const drop = drawn(
    rows.findIndex((row) => row.drop !== null),
    80,
  )
  assert.ok(drop.includes(' hop 2: dropped by spine1'))
  assert.ok(drop.includes(' reason                  acl'))
})

test('what fades away', () => {
  assert.equal(drawn(0, 80, { ...snapshot, window: null }).at(-1), ' No sample of it lately.')
})

for (const columns of [40, 80, 119, 120, 200]) {
  test(`no line is wider than ${columns}`, () => {
    for (const place of rows.keys()) {
      for (const line of drawn(place, columns)) assert.ok(displayWidth(line) <= columns, line)
    }
  })
}
