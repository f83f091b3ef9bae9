// Tiers by cabling and by names.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { tiersOf } from '../../src/lib/topo-status/tiers.ts'

/** `a-b c-d` as links; `x` alone as a node. */
function fabric(text: string, attributes: Readonly<Record<string, object>> = {}) {
  const links: Record<string, object> = {}
  const nodes: Record<string, object> = { ...attributes }
  for (const [i, word] of text.split(' ').entries()) {
    const [node1, node2] = word.split('-')
    if (node2 === undefined) nodes[node1!] = {}
    else links[`l${i}`] = { node1, port1: `p${i}`, node2, port2: `q${i}` }
  }
  return readTopology(JSON.stringify({ nodes, links }), 'test')
}

const cases: readonly (readonly [string, ReturnType<typeof fabric>, string[][]])[] = [
  [
    'names say leaf and spine',
    fabric('leaf1-spine1 leaf1-spine2 leaf2-spine1 leaf2-spine2'),
    [
      ['leaf1', 'leaf2'],
      ['spine1', 'spine2'],
    ],
  ],
  [
    'more nodes of one kind: those with fewer links are leaves',
    fabric('a-x a-y b-x b-y c-x c-y'),
    [
      ['a', 'b', 'c'],
      ['x', 'y'],
    ],
  ],
  [
    'three tiers by the cabling alone',
    fabric('a-m b-m a-n b-n c-o d-o c-p d-p m-s o-s n-t p-t m-t n-s o-t p-s'),
    [
      ['a', 'b', 'c', 'd'],
      ['m', 'n', 'o', 'p'],
      ['s', 't'],
    ],
  ],
  [
    'all alike: one side',
    fabric('a-x a-y b-x b-y'),
    [
      ['a', 'b'],
      ['x', 'y'],
    ],
  ],
  ['a ring of three has no sides', fabric('a-b b-c c-a'), [['a', 'b', 'c']]],
  [
    'an attribute outweighs the cabling',
    fabric('a-x a-y b-x b-y c-x c-y', { x: { function: 'leaf' }, y: { function: 'leaf' } }),
    [
      ['x', 'y'],
      ['a', 'b', 'c'],
    ],
  ],
  [
    'parts that do not hang together, nodes without links, self-loops',
    fabric('leaf1-spine1 a-b lone c-c'),
    [
      ['a', 'c', 'leaf1', 'lone'],
      ['b', 'spine1'],
    ],
  ],
  ['numbers in natural order', fabric('leaf10-s leaf2-s leaf1-s'), [['leaf1', 'leaf2', 'leaf10'], ['s']]],
]
for (const [name, topology, expected] of cases) test(name, () => assert.deepEqual(tiersOf(topology), expected))
