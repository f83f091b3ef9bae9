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

test('what contradicts is left out of the corrected topology, and found again when a name is learned', () => {
  const nodes = { leaf1: { agent: '192.0.2.1', ports: { p1: { ifindex: 1 }, p2: { ifindex: 2 } } } }
  const topology = readTopology(JSON.stringify({ nodes, links: link('leaf1', 'leaf2') }), '')
  const story = new Story().counters(1, {}, { name: 'p1' })
  const says = new AgentsSay(topology, story.watch.agents, false)
  assert.equal(says.corrected, topology)
  story.counters(1, {}, { name: 'p2' })
  assert.deepEqual([...says.corrected.nodes.get('leaf1')!.ports.keys()], ['p2'])
})
