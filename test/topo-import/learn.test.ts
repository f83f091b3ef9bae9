import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import test from 'node:test'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { formatWarning } from '../../src/lib/topo-import/build.ts'
import { applyLearned } from '../../src/lib/topo-import/learn.ts'
import { learnAgents, parseLearn } from '../../src/lib/topo-import/learn-sflow.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { readCapture } from '../helpers/read-captures.ts'
import { importTopology, withFiles } from './import.ts'

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
  const at = (line: number) => ({ source: 'fabric.json', line })
  const places = {
    nodes: new Map([['spine1', { place: at(2) }]]),
    links: new Map([['link3', at(7)]]),
  }
  const heard = [
    agent('leaf1.example.net', '192.0.2.1', { swp1: 3, swp2: 4 }),
    agent('leaf2', '192.0.2.2', {}),
    agent('leaf2', '192.0.2.3', {}),
    agent('spine1', '192.0.2.11', { swp1: 3, swp2: 4 }),
    agent('other', '192.0.2.7', { swp1: 1 }),
  ]
  const learned = applyLearned(topology, heard, 'a.pcap', places)
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
  assert.deepEqual(learned.problems.map(formatWarning), [
    'warning a.pcap leaf2 is the host name of 2 agents (192.0.2.2, 192.0.2.3), so none is taken',
    'warning fabric.json:2 spine1 sends sFlow as 192.0.2.11 in a.pcap, the source says 192.0.2.99',
    'warning fabric.json:7 spine1 has no port swp3 among the 2 that it names in a.pcap',
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

/** A UDP port that is free now. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

test('live: ends when all nodes are known', async () => {
  const port = await freePort()
  const { datagrams } = await readCapture(join(repositoryRoot, 'fixtures/records-all-counter.pcap'))
  const socket = createSocket('udp4')
  const sending = setInterval(() => {
    for (const { hex } of datagrams) socket.send(Buffer.from(hex, 'hex'), port, '127.0.0.1')
  }, 50)
  try {
    const address = `udp://127.0.0.1:${port}`
    const start = performance.now()
    const { code, out, lines } = await withFiles({ 'x.json': '{"nodes": {"hostname 179": {}}, "links": {}}' }, (path) =>
      importTopology(undefined, [path], { learn: [address], learnMs: 30_000 }),
    )
    assert.equal(code, 0)
    assert.ok(performance.now() - start < 15_000)
    assert.deepEqual(JSON.parse(out).nodes, {
      'hostname 179': { agent: '192.0.2.11', ports: { 'name 178': { ifindex: '3' } } },
    })
    assert.deepEqual(lines.slice(0, 2), [
      `Learning from ${address} for 30 s, or until all nodes are known.`,
      `Learned from ${address}: agents of 1 of 1 nodes.`,
    ])
  } finally {
    clearInterval(sending)
    socket.close()
  }
})

test('live: nothing came, so nothing is written', async () => {
  const address = `udp://127.0.0.1:${await freePort()}`
  const { code, out, lines } = await withFiles({ 'x.dot': 'graph { a:1 -- b:1 }' }, (path) =>
    importTopology(undefined, [path], { learn: [address], learnMs: 300 }),
  )
  assert.deepEqual([code, out], [5, ''])
  assert.match(
    lines.at(-1)!,
    /^Nothing was learned in 0\.3 s, so nothing is written\. Nothing came to udp:\/\/127\.0\.0\.1:\d+\./,
  )
})
