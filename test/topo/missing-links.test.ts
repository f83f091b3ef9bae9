// Which packets show a link that a topology lacks, and which only look so.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingLinks, type Sighting } from '../../src/lib/topo/missing-links.ts'

/** `in leaf1 p9 64 500`: way, node, port, TTL on the cable, samples of 1 in 100. `63/62` where either may be. */
const seen = (text: string): Sighting => {
  const [way, node, port, ttls, samples] = text.split(' ')
  return {
    way: way as 'in' | 'out',
    node: node!,
    port: port!,
    pair: 'a to b',
    ttls: ttls!.split('/').map(Number),
    samples: Number(samples),
    packets: Number(samples) * 100,
  }
}

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'leaf1 - spine1 is missing',
    ['in leaf1 p9 64 500', 'out leaf1 p1 64/63 500', 'in spine1 p1 63 490', 'out leaf2 p9 62/61 510'],
    ['spine1 p1 - leaf1 p1'],
  ],
  [
    'the same of two ports of leaf1: which is it?',
    ['in leaf1 p9 64 1000', 'out leaf1 p1 63 500', 'out leaf1 p2 63 500', 'in spine1 p1 63 490', 'in spine2 p1 63 505'],
    ['spine1 p1 - leaf1 ?', 'spine2 p1 - leaf1 ?'],
  ],
  [
    'amounts tell the ports apart',
    ['in leaf1 p9 64 900', 'out leaf1 p1 63 800', 'out leaf1 p2 63 100', 'in spine1 p1 63 790', 'in spine2 p1 63 105'],
    ['spine1 p1 - leaf1 p1', 'spine2 p1 - leaf1 p2'],
  ],
  ['no switch tells by which port packets leave', ['in leaf1 p9 64 500', 'in spine1 p1 63 490'], ['spine1 p1 - ? ?']],
  ['a whole fabric', ['in leaf1 p9 64 500', 'out leaf2 p9 62/61 510'], []],
  ['a whole fabric that does not route', ['in leaf1 p9 64 500', 'out leaf2 p9 64/63 510'], []],
  ['a host with two uplinks', ['in leaf1 p9 64 500', 'in leaf2 p9 64 400', 'out leaf3 p9 62/61 900'], []],
  [
    'a firewall at leaf2 that routes, back into the fabric there and out at leaf3',
    ['in leaf1 p9 64 500', 'out leaf2 p7 62/61 500', 'in leaf2 p8 60 500', 'out leaf3 p9 58/57 500'],
    [],
  ],
  [
    'a firewall between leaf2 and leaf3 that routes',
    ['in leaf1 p9 64 500', 'out leaf2 p7 61 500', 'in leaf3 p8 60 500', 'out leaf3 p9 59 500'],
    [],
  ],
  ['too few samples', ['in leaf1 p9 64 500', 'out leaf1 p1 63 500', 'in spine1 p1 63 9'], []],
  ['much less enters than left', ['in leaf1 p9 64 500', 'out leaf1 p1 63 500', 'in spine1 p1 63 200'], []],
]
for (const [name, sightings, links] of cases) {
  test(name, () => {
    const found = missingLinks(sightings.map(seen))
    assert.deepEqual(
      found.map(({ node, port, from, fromPort }) => `${node} ${port} - ${from ?? '?'} ${fromPort ?? '?'}`),
      links,
    )
  })
}
