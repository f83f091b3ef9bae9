// Names of agents against those of a topology: what contradicts it, and what is only another name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentsSay } from '../../src/lib/topo/agents-say.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { record } from '../helpers/cards.ts'
import { Story } from '../port-rates/watch.ts'

/** A host name of agent 192.0.2.N. */
const host = (story: Story, agent: number, hostname: string) =>
  story.counters(
    99,
    {},
    {
      agent,
      more: [
        record(2000, 'host_descr', { hostname, uuid: new Uint8Array(16), machine_type: 3, os_name: 2, os_release: '' }),
      ],
    },
  )

const link = (node1: string, node2: string) => ({ a: { node1, port1: 'p1', node2, port2: 'p1' } })

const cases: readonly (readonly [string, object, readonly (readonly [number, string])[], readonly string[]])[] = [
  [
    'names as they are',
    { links: link('leaf1', 'leaf2') },
    [
      [1, 'leaf1'],
      [2, 'leaf2.example.net'],
    ],
    [],
  ],
  [
    'an agent that is another node',
    { nodes: { leaf1: { agent: '192.0.2.1' }, leaf2: { agent: '192.0.2.3' } }, links: link('leaf1', 'leaf2') },
    [[1, 'LEAF2.example.net']],
    ['the topology says that agent 192.0.2.1 is leaf1, the agent says that it is LEAF2.example.net'],
  ],
  [
    'a host name that nobody set',
    { nodes: { leaf1: { agent: '192.0.2.1' } }, links: link('leaf1', 'leaf2') },
    [
      [1, 'sonic'],
      [2, 'localhost'],
    ],
    [],
  ],
  [
    'case and domain',
    { links: link('Leaf1.example.net', 'leaf2') },
    [
      [1, 'leaf1'],
      [2, 'leaf2'],
    ],
    [
      'Leaf1.example.net is not heard, but an agent calls itself leaf1: use --ignore-case, or import with sonde topo import --strip-domain --lower',
    ],
  ],
  [
    'a first label that two nodes have',
    { links: link('leaf1.dc1', 'leaf1.dc2') },
    [[1, 'leaf1']],
    [
      'agent 192.0.2.1 calls itself leaf1, which may be leaf1.dc1 or leaf1.dc2: "agent" in the topology\'s nodes says which',
    ],
  ],
]
for (const [name, topology, hosts, texts] of cases) {
  test(name, () => {
    const story = new Story()
    for (const [agent, hostname] of hosts) host(story, agent, hostname)
    const says = new AgentsSay(readTopology(JSON.stringify(topology), ''), story.watch.agents, false)
    assert.deepEqual(
      says.contradictions.map(({ text }) => text),
      texts,
    )
  })
}

/** Ports by ifIndex in the topology, names that the agent tells, and what is said. */
const portCases: readonly (readonly [string, object, Readonly<Record<number, string>>, readonly string[]])[] = [
  ['indexes as they are', { p1: 1, p2: 2 }, { 1: 'p1', 2: 'p2' }, []],
  [
    'an index that the agent has not',
    { p1: 101, p2: 2 },
    { 1: 'p1', 2: 'p2' },
    ['the topology says that leaf1 p1 is ifindex 101, the agent says that p1 is ifindex 1'],
  ],
  [
    'all are one off',
    { p1: 2, p2: 3 },
    { 1: 'p1', 2: 'p2' },
    [
      'the topology says that leaf1 p1 is ifindex 2, the agent says that ifindex 2 is p2',
      'the topology says that leaf1 p2 is ifindex 3, the agent says that p2 is ifindex 2',
    ],
  ],
  ['ports that are not named yet', { p1: 101, p2: 2 }, { 2: 'p2' }, []],
  ['a name that two ports have', { p1: 101, p2: 2 }, { 1: 'p1', 3: 'p1', 2: 'p2' }, []],
  ['both indexes have the name, before and after a restart', { p1: 101 }, { 1: 'p1', 101: 'p1' }, []],
  ["vendors' other names", { p1: 1, p2: 2 }, { 1: 'Ethernet1', 2: 'Ethernet2' }, []],
]
for (const [name, indexes, names, texts] of portCases) {
  test(`ports: ${name}`, () => {
    const ports = Object.fromEntries(Object.entries(indexes).map(([port, ifindex]) => [port, { ifindex }]))
    const nodes = { leaf1: { agent: '192.0.2.1', ports } }
    const story = new Story()
    for (const [port, told] of Object.entries(names)) story.counters(Number(port), {}, { name: told })
    const topology = readTopology(JSON.stringify({ nodes, links: link('leaf1', 'leaf2') }), '')
    const says = new AgentsSay(topology, story.watch.agents, false)
    assert.deepEqual(
      says.contradictions.map(({ text }) => text),
      texts,
    )
    assert.equal(says.corrected === topology, texts.length === 0)
  })
}

test('the index believes agents, and stays the same while they say nothing new', () => {
  const nodes = {
    leaf1: { agent: '192.0.2.2', ports: { p1: { ifindex: 1 } } },
    leaf2: { agent: '192.0.2.1', ports: { p1: { ifindex: 101 } } },
  }
  const topology = readTopology(JSON.stringify({ nodes, links: link('leaf1', 'leaf2') }), '')
  const story = new Story()
  host(story, 1, 'leaf1')
  host(story, 2, 'LEAF2')
  story.counters(1, {}, { name: 'p1' }).counters(1, {}, { agent: 2, name: 'p1' })
  const says = new AgentsSay(topology, story.watch.agents, false)
  const { index } = says
  const place = (agent: number) => {
    const words = [0, 0, 0xffff, 0xc0000200 + agent]
    return [index.node(words, 1), index.ifname(words, 1), index.link(words, 1)]
  }
  assert.deepEqual(
    [place(1), place(2)],
    [
      ['leaf1', 'p1', 'a'],
      ['leaf2', 'p1', 'a'],
    ],
  )
  story.counters(7, {}, { name: 'p7' })
  assert.equal(says.index, index)
})

test('what contradicts is left out of the corrected topology, and found again when a name is learned', () => {
  const nodes = { leaf1: { agent: '192.0.2.1', ports: { p1: { ifindex: 1 }, p2: { ifindex: 2 } } } }
  const topology = readTopology(JSON.stringify({ nodes, links: link('leaf1', 'leaf2') }), '')
  const story = new Story().counters(1, {}, { name: 'p1' }).counters(2, {}, { name: 'p2' })
  const says = new AgentsSay(topology, story.watch.agents, false)
  assert.equal(says.corrected, topology)
  story.counters(1, {}, { name: 'p2' })
  assert.deepEqual([...says.corrected.nodes.get('leaf1')!.ports.keys()], ['p2'])
})
