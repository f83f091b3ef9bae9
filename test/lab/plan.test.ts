import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labTopology } from '../../src/lib/lab/lab-topology.ts'
import { cables, hosts, isLabName } from '../../src/lib/lab/plan.ts'
import { sampleArguments } from '../../src/lib/lab/samplers.ts'
import { whatIsUp } from '../../src/lib/lab/up-text.ts'
import { formatTopology } from '../../src/lib/topo/read-topology.ts'

test('no two ports of switches have one ifIndex', () => {
  const all = [...cables.flatMap(({ ifIndex1, ifIndex2 }) => [ifIndex1, ifIndex2]), ...hosts.map((h) => h.ifIndex)]
  assert.equal(all.length, 12)
  assert.equal(new Set(all).size, 12)
})

test('the topology as a file', () => {
  const { nodes, links } = JSON.parse(formatTopology(labTopology()))
  assert.deepEqual(nodes.leaf1, {
    agent: '192.0.2.11',
    ports: { eth1: { ifindex: '11' }, eth2: { ifindex: '12' }, eth3: { ifindex: '13' }, eth4: { ifindex: '14' } },
  })
  assert.deepEqual(nodes.spine2, { agent: '192.0.2.22', ports: { eth1: { ifindex: '41' }, eth2: { ifindex: '42' } } })
  assert.deepEqual(Object.keys(nodes), ['leaf1', 'leaf2', 'spine1', 'spine2'])
  assert.deepEqual(links, {
    link1: { node1: 'leaf1', port1: 'eth1', node2: 'spine1', port2: 'eth1' },
    link2: { node1: 'leaf1', port1: 'eth2', node2: 'spine2', port2: 'eth1' },
    link3: { node1: 'leaf2', port1: 'eth1', node2: 'spine1', port2: 'eth2' },
    link4: { node1: 'leaf2', port1: 'eth2', node2: 'spine2', port2: 'eth2' },
  })
})

for (const [name, good] of [
  ['sonde', true],
  ['lab-2', true],
  ['', false],
  ['-x', false],
  ['a/b', false],
  ['Lab', false],
  ['a'.repeat(32), true],
  ['a'.repeat(33), false],
] as const) {
  test(`the name "${name}" is ${good ? 'good' : 'refused'}`, () => assert.equal(isLabName(name), good))
}

test('what is typed for the sampler of a switch', () => {
  const to = [
    { host: '127.0.0.1', port: 6343 },
    { host: '::1', port: 9999 },
  ]
  const options = { name: 'lab2', rate: 100, pollingMs: 10_000, to, sonde: ['sonde'] }
  assert.equal(
    sampleArguments(options, { name: 'spine1', asNumber: 65_003, agent: '192.0.2.21' }).join(' '),
    'sample eth* --netns lab2-spine1 --rate 100 --polling 10000ms --agent 192.0.2.21 --drops --quiet --to 127.0.0.1:6343 --to [::1]:9999',
  )
})

test('what to try has the name, the topology and the port where they are not the usual ones', () => {
  const settings = { routing: 'static', rate: 10, pollingMs: 5000, sampled: true }
  const usual = whatIsUp('sonde', { ...settings, to: ['127.0.0.1:6343'] })
  assert.ok(usual.includes('\n  sonde ai-metrics --topology /run/sonde-lab/sonde/topology.json\n  sonde lab traffic\n'))
  assert.ok(usual.includes('sonde sample takes 1 in 10, counters every 5 s, and sends to 127.0.0.1:6343.'))
  const other = whatIsUp('lab2', { ...settings, to: ['127.0.0.1:9343'] })
  assert.ok(other.includes('\n  sonde period -i udp://:9343\n'))
  assert.ok(other.includes('\n  sonde lab traffic --name lab2\n'))
})
