import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGENT_ITSELF, LearnedNames } from '../../src/lib/agents/names.ts'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { TopologyIndex, type TopologyIndexOptions } from '../../src/lib/topo/topology-index.ts'

const leaf = parseAddress('192.0.2.1')!
const spine = parseAddress('2001:db8::2')!
const stranger = parseAddress('203.0.113.9')!

const withNodes = readTopology(
  `{"nodes":{
    "leaf1":{"agent":"192.0.2.1","ports":{"swp1":{"ifindex":"3"},"swp3":{"ifindex":"5"}}},
    "spine1":{"agent":"2001:db8::2","ports":{"swp1":{"ifindex":"3"}}}},
   "links":{"link1":{"node1":"leaf1","port1":"swp1","node2":"spine1","port2":"swp1"}}}`,
  'f.json',
)
const onlyLinks = readTopology(
  '{"links":{"link1":{"node1":"leaf1","port1":"swp1","node2":"spine1","port2":"swp1"}}}',
  'f.json',
)

/** Names as agents tell them. */
class Told {
  readonly names = new LearnedNames(1000)
  host(agent: readonly number[], name: string): this {
    return this.#learn(agent, AGENT_ITSELF, 0, name)
  }
  port(agent: readonly number[], ifIndex: number, name: string): this {
    return this.#learn(agent, 0, ifIndex, name)
  }
  #learn(agent: readonly number[], type: number, index: number, name: string): this {
    const bytes = new TextEncoder().encode(name)
    this.names.learn(Uint32Array.from(agent), 0, type, index, bytes, 0, bytes.length)
    return this
  }
}

type Answer = readonly [node: string | undefined, port: string | undefined, link: string | undefined, place: string]

function ask(index: TopologyIndex, agent: readonly number[], ifIndex: number): Answer {
  const place = index.isCore(agent, ifIndex) ? 'core' : index.isEdge(agent, ifIndex) ? 'edge' : 'neither'
  return [index.node(agent, ifIndex), index.ifname(agent, ifIndex), index.link(agent, ifIndex), place]
}

const no = undefined

const rows: readonly (readonly [
  string,
  Topology | undefined,
  Told | undefined,
  readonly number[],
  number,
  Answer,
  TopologyIndexOptions?,
])[] = [
  ['end of a link', withNodes, no, leaf, 3, ['leaf1', 'swp1', 'link1', 'core']],
  ['its other end, IPv6', withNodes, no, spine, 3, ['spine1', 'swp1', 'link1', 'core']],
  ['port without link', withNodes, no, leaf, 5, ['leaf1', 'swp3', no, 'edge']],
  ['port that the topology does not name', withNodes, no, leaf, 9, ['leaf1', no, no, 'edge']],
  ['no port', withNodes, no, leaf, 0, ['leaf1', no, no, 'neither']],
  ['the device itself', withNodes, no, leaf, 0x3fffffff, ['leaf1', no, no, 'neither']],
  ['an agent outside', withNodes, no, stranger, 3, [no, no, no, 'neither']],
  ['nothing known', no, no, leaf, 3, [no, no, no, 'neither']],
  [
    'learned names alone',
    no,
    new Told().host(leaf, 'sw').port(leaf, 3, 'eth3'),
    leaf,
    3,
    ['sw', 'eth3', no, 'neither'],
  ],
  [
    'found by host and port name',
    onlyLinks,
    new Told().host(leaf, 'leaf1').port(leaf, 3, 'swp1'),
    leaf,
    3,
    ['leaf1', 'swp1', 'link1', 'core'],
  ],
  [
    'by the first label of the host name',
    onlyLinks,
    new Told().host(leaf, 'leaf1.example.net').port(leaf, 3, 'swp1'),
    leaf,
    3,
    ['leaf1', 'swp1', 'link1', 'core'],
  ],
  ['another case is another name', onlyLinks, new Told().host(leaf, 'LEAF1'), leaf, 3, ['LEAF1', no, no, 'neither']],
  [
    'unless asked for',
    onlyLinks,
    new Told().host(leaf, 'LEAF1').port(leaf, 3, 'SWP1'),
    leaf,
    3,
    ['leaf1', 'SWP1', 'link1', 'core'],
    { ignoreCase: true },
  ],
  ['host known, port not', onlyLinks, new Told().host(leaf, 'leaf1'), leaf, 3, ['leaf1', no, no, 'edge']],
  [
    'the topology is above what an agent tells',
    withNodes,
    new Told().host(leaf, 'spine1').port(leaf, 3, 'eth0'),
    leaf,
    3,
    ['leaf1', 'swp1', 'link1', 'core'],
  ],
  [
    'a name that the topology has at another ifindex joins no link',
    withNodes,
    new Told().port(leaf, 9, 'swp1'),
    leaf,
    9,
    ['leaf1', 'swp1', no, 'edge'],
  ],
  [
    'another address of a node, by host name',
    withNodes,
    new Told().host(stranger, 'leaf1').port(stranger, 3, 'eth0'),
    stranger,
    3,
    ['leaf1', 'swp1', 'link1', 'core'],
  ],
]

for (const [name, topology, told, agent, ifIndex, answer, options] of rows) {
  test(name, () => assert.deepEqual(ask(new TopologyIndex(topology, told?.names, options), agent, ifIndex), answer))
}

test('a label of two nodes finds neither', () => {
  const topology = readTopology('{"nodes":{"leaf1.a":{},"leaf1.b":{}}}', 'f.json')
  const told = new Told().host(leaf, 'leaf1.c')
  assert.equal(new TopologyIndex(topology, told.names).isNode(leaf), false)
  told.host(leaf, 'leaf1.b')
  assert.equal(new TopologyIndex(topology, told.names).node(leaf, 0), 'leaf1.b')
})

test('a name learned later counts from then on', () => {
  const told = new Told()
  const index = new TopologyIndex(onlyLinks, told.names)
  assert.deepEqual(ask(index, leaf, 3), [no, no, no, 'neither'])
  told.host(leaf, 'leaf1')
  assert.deepEqual(ask(index, leaf, 3), ['leaf1', no, no, 'edge'])
  told.port(leaf, 3, 'swp1')
  assert.deepEqual(ask(index, leaf, 3), ['leaf1', 'swp1', 'link1', 'core'])
  told.port(leaf, 3, 'eth7')
  assert.deepEqual(ask(index, leaf, 3), ['leaf1', 'eth7', no, 'edge'])
})

test('words may lie anywhere, as in the keys of AgentTable', () => {
  const keys = new Uint32Array([9, 9, ...leaf, 7])
  assert.equal(new TopologyIndex(withNodes).link(keys, 3, 2), 'link1')
})

test('more ports than are remembered', () => {
  const index = new TopologyIndex(withNodes, undefined, { maxPorts: 100 })
  for (let i = 1; i <= 1000; i++) assert.equal(index.isEdge(leaf, i), i !== 3)
  for (let i = 1; i <= 1000; i++) assert.equal(index.isCore(leaf, i), i === 3)
})
