import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { applyLearned } from '../../src/lib/topo-import/learn.ts'
import { learnAgents, parseLearn } from '../../src/lib/topo-import/learn-sflow.ts'
import { repositoryRoot } from '../helpers/cli.ts'

const topology: Topology = {
  nodes: new Map([['spine1', { agent: '192.0.2.99', ports: new Map() }]]),
  links: new Map([
    ['link1', { node1: 'leaf1', port1: 'swp1', node2: 'spine1', port2: 'swp1' }],
    ['link2', { node1: 'leaf2', port1: 'swp1', node2: 'spine1', port2: 'swp2' }],
    ['link3', { node1: 'leaf3', port1: 'swp1', node2: 'spine1', port2: 'swp3' }],
  ]),
}

test('agents by host name, with or without domain; sFlow outweighs the source; what does not fit is told', () => {
  const agent = (host: string, address: string, ports: Record<string, number>) => ({
    host,
    agent: address,
    ports: new Map(Object.entries(ports)),
  })
  const learned = applyLearned(topology, [
    agent('leaf1.example.net', '192.0.2.1', { swp1: 3, swp2: 4 }),
    agent('leaf2', '192.0.2.2', {}),
    agent('leaf2', '192.0.2.3', {}),
    agent('spine1', '192.0.2.11', { swp1: 3, swp2: 4 }),
    agent('other', '192.0.2.7', { swp1: 1 }),
  ])
  assert.equal(learned.found, 2)
  assert.deepEqual(learned.missing, ['leaf2', 'leaf3'])
  assert.deepEqual(learned.topology.nodes.get('leaf1'), {
    agent: '192.0.2.1',
    ports: new Map([
      ['swp1', { ifIndex: 3 }],
      ['swp2', { ifIndex: 4 }],
    ]),
  })
  assert.equal(learned.topology.nodes.get('spine1')!.agent, '192.0.2.11')
  assert.equal(learned.topology.nodes.has('leaf2'), false)
  assert.deepEqual(learned.problems, [
    'leaf2 is the host name of 2 agents (192.0.2.2, 192.0.2.3), so none is taken',
    'spine1 sends sFlow as 192.0.2.11, the source says 192.0.2.99',
    'spine1 has no port swp3 among the 2 that it names in sFlow',
  ])
})

test('names are read from a capture, its exit code too', async () => {
  const report = { verbose: false, tell() {}, note() {}, detail() {}, progress() {}, failure() {} }
  const path = (name: string): string => join(repositoryRoot, 'fixtures', name)
  const { signal } = new AbortController()
  const learn = (name: string) => learnAgents(parseLearn([path(name)], [6343], undefined)!, () => false, report, signal)
  const { agents, code } = await learn('records-all-counter.pcap')
  assert.equal(code, 0)
  assert.deepEqual(agents, [{ host: 'hostname 179', agent: '192.0.2.11', ports: new Map([['name 178', 3]]) }])
  assert.equal((await learn('missing.pcap')).code, 2)
})
