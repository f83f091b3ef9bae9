import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTopology, shortName } from '../../src/lib/topo/check-topology.ts'
import { naturalOrder } from '../../src/lib/topo/natural-order.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'

/** `leaf1:swp1-spine1:swp1` a link. */
function warnings(links: string, nodes: object = {}): string[] {
  const all = links.split(' ').map((text, i) => {
    const [node1, port1, node2, port2] = text.split(/[-:]/)
    return [`link${i + 1}`, { node1, port1, node2, port2 }]
  })
  const text = JSON.stringify({ nodes, links: Object.fromEntries(all) })
  return checkTopology(readTopology(text, 'f.json')).map(({ kind, text }) => `${kind}: ${text}`)
}

const rows: readonly (readonly [string, string, object, readonly string[]])[] = [
  ['nothing', 'leaf1:swp1-spine1:swp1 leaf1:swp2-spine2:swp1', {}, []],
  [
    'a port in two links',
    'a:1-b:1 a:1-c:1 a:2-c:2',
    {},
    ['port twice: a:1 is used twice (link1 to b:1, link2 to c:1)'],
  ],
  [
    'a port in three',
    'a:1-b:1 c:1-a:1 a:1-d:1',
    {},
    ['port twice: a:1 is used 3 times (link1 to b:1, link2 to c:1, link3 to d:1)'],
  ],
  ['from the other side', 'a:1-b:1 b:1-a:1', {}, ['link twice: a:1 - b:1 is in link1 and link2']],
  ['itself', 'a:1-a:1', {}, ['self-loop: link1 joins a:1 with itself']],
  ['two ports of one node', 'a:1-a:2', {}, ['self-loop: link1 joins a:1 with a:2, the same node']],
  [
    'agents and indexes',
    'a:1-b:1',
    { a: { agent: '192.0.2.1', ports: { '1': { ifindex: 7 }, '2': { ifindex: '7' } } }, b: { agent: '192.0.2.1' } },
    ['ifindex twice: a gives ifindex 7 to 1 and 2', 'agent twice: agent 192.0.2.1 is of a and b'],
  ],
  [
    'names',
    'Leaf1:1-spine1.example.net:1 leaf1:1-spine1:2',
    {},
    [
      'names alike: Leaf1 and leaf1 differ only in case or domain',
      'names alike: spine1 and spine1.example.net differ only in case or domain',
    ],
  ],
]

for (const [name, links, nodes, expected] of rows) {
  test(`doubtful: ${name}`, () => assert.deepEqual(warnings(links, nodes), expected))
}

test('first label of a name', () => {
  const cases = ['leaf1.example.net', 'leaf1', '192.0.2.1', '2001:db8::1', '.x']
  assert.deepEqual(cases.map(shortName), ['leaf1', 'leaf1', '192.0.2.1', '2001:db8::1', ''])
})

test('natural order', () => {
  const names = [
    'swp10',
    'swp2',
    'swp1s10',
    'swp1s9',
    'swp01',
    'swp1',
    'Ethernet1/1',
    'swp',
    'eth99999999999999999999',
    'eth9',
  ]
  assert.deepEqual(names.sort(naturalOrder), [
    'Ethernet1/1',
    'eth9',
    'eth99999999999999999999',
    'swp',
    'swp01',
    'swp1',
    'swp1s9',
    'swp1s10',
    'swp2',
    'swp10',
  ])
})
