// What is found in a fabric: two leaves, two spines, told by agents second by second; and a real one against its truth.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import type { Topology } from '../../src/lib/topo/topology.ts'
import { FabricEngine, type FabricState } from '../../src/lib/topo-status/fabric.ts'
import { type FabricStatus, type StatusCheck, statusCheckNames, statusOf } from '../../src/lib/topo-status/status.ts'
import { record } from '../helpers/cards.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { NOON, Story } from '../port-rates/watch.ts'
import { pair, tellPair } from './fabric.ts'

const hostDescr = { hostname: 'gpu1', uuid: new Uint8Array(16), machine_type: 3, os_name: 2, os_release: '6.12' }
const NOTHING: ReadonlySet<StatusCheck> = new Set()

/** The engine beside a story's own; what is told goes into both. */
function engineOf(story: Story, topology: Topology, everyMs: number | undefined, ignore = NOTHING) {
  const make = (state: FabricState) => statusOf(state, ignore)
  const engine = new FabricEngine(story.watch.agents, {
    topology,
    names: true,
    ignoreCase: false,
    doubt: true,
    everyMs,
    make,
  })
  story.watch.others.push(engine)
  return engine
}

function statusAfter(tell: (story: Story) => void, topology = pair, ...ignore: StatusCheck[]): FabricStatus {
  const story = new Story()
  const engine = engineOf(story, topology, undefined, new Set(ignore))
  tell(story)
  return engine.finish()[0]!
}

const found = ({ findings }: FabricStatus) => findings.map(({ check, text }) => `${check}: ${text}`)

test('a good fabric is green', () => {
  const status = statusAfter(tellPair)
  assert.deepEqual(found(status), [])
  assert.equal(status.green, true)
  assert.deepEqual(status.links, { total: 1, monitored: 1, up: 1, down: 0 })
  assert.deepEqual(status.nodes, { total: 2, monitored: 2, flows: 2, noflows: 0 })
  // leaf1's port 9 is the only one at the edge: 20 s, 25 MB received.
  assert.deepEqual(status.traffic, { speed: 10e9, bps: 10e6, pps: 1250, discards: 0, errors: 0 })
})

test('without a topology nothing is green', () => {
  const none: Topology = { ...pair, nodes: new Map(), links: new Map() }
  const status = statusAfter(() => {}, none)
  assert.deepEqual(found(status), [])
  assert.equal(status.green, false)
})

test('nothing was heard', () => {
  const status = statusAfter(() => {})
  assert.deepEqual(found(status), [
    'unmonitored: node leaf1 is not monitored: none of the agents that are heard is its own',
    'unmonitored: node spine1 is not monitored: none of the agents that are heard is its own',
    'unmonitored: l1 (leaf1:p1 - spine1:p1) is not monitored: no state of leaf1:p1 and spine1:p1 is known',
  ])
  assert.deepEqual(status.traffic, { speed: null, bps: null, pps: null, discards: null, errors: null })
})

test('a link that is down at one end, and is the only one', () => {
  const status = statusAfter((story) => tellPair(story, { ifStatus: 1 }))
  assert.deepEqual(found(status), [
    'down: l1 (leaf1:p1 - spine1:p1) is down: at spine1:p1',
    'uplink: node leaf1 is cut off: its only link is down',
    'uplink: node spine1 is cut off: its only link is down',
  ])
  assert.deepEqual(status.downLinks, ['l1'])
})

test('a link whose other end has another speed', () => {
  assert.deepEqual(found(statusAfter((story) => tellPair(story, { ifSpeed: 40_000_000_000n }), pair, 'sampling')), [
    'speed: l1: leaf1:p1 has 10 Gb/s, spine1:p1 has 40 Gb/s',
  ])
})

test('what is sent does not arrive: the cable is elsewhere', () => {
  const status = statusAfter((story) => tellPair(story, { ifInOctets: 250_000_000n }))
  assert.deepEqual(found(status), [
    'octets: l1: leaf1:p1 sends 1.00 Gb/s, spine1:p1 receives 100 Mb/s: is the cable where the topology says?',
  ])
})

test('octets that disagree: below 100 kb/s what switches send themselves is no difference', () => {
  // 20 s: 240,000 octets are 96 kb/s, 260,000 are 104 kb/s.
  const sent = (octets: bigint) =>
    found(
      statusAfter((story) => {
        tellPair(story, { ifInOctets: 2_500_000_000n, ifOutOctets: octets })
      }),
    )
  assert.deepEqual(sent(240_000n), [])
  assert.deepEqual(sent(260_000n), [
    'octets: l1: spine1:p1 sends 104 kb/s, leaf1:p1 receives 0.00 b/s: is the cable where the topology says?',
  ])
})

test('octets: what one burst between two readings explains is no difference; after more intervals it is', () => {
  // spine1 is read two seconds after leaf1 each time, and receives a tenth.
  const after = (intervals: number) =>
    found(
      statusAfter(
        (story) => {
          for (let n = 0; n <= intervals; n++) {
            story.at(20 * n).counters(1, { ifOutOctets: 25_000_000n * BigInt(n) })
            story.at(20 * n + 2).counters(1, { ifInOctets: 2_500_000n * BigInt(n) }, { agent: 2 })
          }
        },
        pair,
        'noflows',
      ),
    )
  assert.deepEqual(after(1), [])
  assert.deepEqual(after(2), [
    'octets: l1: leaf1:p1 sends 10.0 Mb/s, spine1:p1 receives 1.00 Mb/s: is the cable where the topology says?',
  ])
})

test('an agent contradicts ifindex and name; a second name of a port is none', () => {
  const portName = (name: string) => record(1005, 'port_name', { name })
  const named = (p1: string, p9: string) =>
    found(
      statusAfter(
        (story) => {
          tellPair(story)
            .counters(1, {}, { more: [portName(p1)] })
            .counters(9, {}, { more: [portName(p9)] })
        },
        pair,
        'octets',
      ),
    )
  assert.deepEqual(named('p1', 'p9'), [])
  assert.deepEqual(named('Ethernet1', 'Ethernet9'), [])
  assert.deepEqual(named('P1', 'P9'), [])
  assert.deepEqual(named('p9', 'p1'), [
    'names: the topology says that leaf1 p1 is ifindex 1, the agent says that ifindex 1 is p9',
    'names: the topology says that leaf1 p9 is ifindex 9, the agent says that ifindex 9 is p1',
  ])
})

test('a link to a host', () => {
  const topology: Topology = {
    ...pair,
    links: new Map([...pair.links, ['nic', { node1: 'leaf1', port1: 'p9', node2: 'gpu-7', port2: 'eth0' }]]),
  }
  assert.deepEqual(found(statusAfter(tellPair, topology, 'unmonitored')), [
    "hosts: nic: gpu-7 is a host by its name, and its link makes leaf1:p9 a port of the fabric's inside, where nothing enters: leave it out of links, as sonde topo import does",
  ])
})

test('discards and errors above one in a thousand', () => {
  const status = statusAfter((story) =>
    tellPair(story, { ifInOctets: 2_500_000_000n, ifOutDiscards: 26, ifInErrors: 24 }),
  )
  assert.deepEqual(found(status), ['discards: 1.3 packets are discarded a second, 0.10 % of those that enter'])
  assert.equal(status.traffic.errors, 1.2)
})

test('an agent that is no node; not where it is a host that the import kept', () => {
  const told = (story: Story) => tellPair(story).flows(3, 1, { agent: 77, rate: 10_000 })
  assert.deepEqual(found(statusAfter(told)), ['unknown: agent 192.0.2.77 is in no node'])
  assert.equal(statusAfter(told, pair, 'unknown').green, true)
  const named = (story: Story) => {
    const host = record(2000, 'host_descr', hostDescr)
    return tellPair(story).counters(3, {}, { agent: 77, more: [host] })
  }
  assert.deepEqual(found(statusAfter(named)), ['unknown: agent 192.0.2.77 (gpu1) is in no node'])
  assert.equal(statusAfter(named, { ...pair, attributes: new Map([['hosts', { gpu1: {} }]]) }).green, true)
})

test('a rate that is not the recommended one, once for all ports of a node that are alike', () => {
  assert.deepEqual(found(statusAfter((story) => tellPair(story, {}, 4999))), [
    'sampling: leaf1 p1 p9: 1-in-4,999 on 10 Gb/s (recommended 10,000)',
  ])
  assert.equal(statusAfter((story) => tellPair(story, {}, 20_000)).green, true)
})

test('doubts of the topology itself, and a node without links', () => {
  const topology: Topology = {
    nodes: new Map([...pair.nodes, ['spare', { agent: '192.0.2.200', ports: new Map() }]]),
    links: new Map([...pair.links, ['loop', { node1: 'leaf1', port1: 'p4', node2: 'leaf1', port2: 'p4' }]]),
  }
  const status = statusAfter(tellPair, topology, 'unmonitored')
  assert.deepEqual(found(status), [
    'topology: loop joins leaf1:p4 with itself',
    'uplink: node spare has no link to another',
  ])
})

test('a port under an ifIndex that its agent gives to no port: the agent is believed, and it is told', () => {
  const [leaf1, spine1] = [pair.nodes.get('leaf1')!, pair.nodes.get('spine1')!]
  const ports = new Map([
    ['p1', { ifIndex: 101 }],
    ['p9', { ifIndex: 1 }],
  ])
  const topology = {
    ...pair,
    nodes: new Map([
      ['leaf1', { ...leaf1, ports }],
      ['spine1', spine1],
    ] as const),
  }
  const status = statusAfter((story) => {
    story.counters(1, {}, { name: 'p1' }).counters(9, {}, { name: 'p9' })
    tellPair(story)
  }, topology)
  assert.deepEqual(found(status), [
    'names: the topology says that leaf1 p1 is ifindex 101, the agent says that p1 is ifindex 1',
    'names: the topology says that leaf1 p9 is ifindex 1, the agent says that ifindex 1 is p1',
  ])
  assert.deepEqual(status.links, { total: 1, monitored: 1, up: 1, down: 0 })
  assert.equal(status.traffic.bps, 10e6)
})

test('a cable that is told twice counts once; a port in two links is known in both', () => {
  const l1 = pair.links.get('l1')!
  const again = { node1: 'spine1', port1: 'p1', node2: 'leaf1', port2: 'p1' }
  const twice = statusAfter(tellPair, { ...pair, links: new Map([...pair.links, ['again', again]]) })
  assert.deepEqual(found(twice), ['topology: leaf1:p1 - spine1:p1 is in l1 and again'])
  assert.equal(twice.links.total, 1)
  const other = statusAfter(tellPair, { ...pair, links: new Map([...pair.links, ['x', { ...l1, port1: 'p9' }]]) })
  assert.deepEqual(other.unmonitoredLinks, [])
})

test('a link whose port has another name by its agent', () => {
  const links = new Map([['l1', { node1: 'leaf1', port1: 'Ethernet1', node2: 'spine1', port2: 'p1' }]])
  const nodes = new Map([...pair.nodes, ['leaf1', { agent: '192.0.2.1', ports: new Map() }]] as const)
  const status = statusAfter(
    (story) => {
      story.counters(1, {}, { name: 'p1' }).counters(9, {}, { name: 'p9' })
      tellPair(story)
    },
    { nodes, links },
  )
  assert.deepEqual(found(status), [
    'unmonitored: l1 (leaf1:Ethernet1 - spine1:p1) is not monitored: no state of leaf1:Ethernet1 is known; leaf1 names p1, p9 and has no Ethernet1',
  ])
})

test('an agent that has fallen silent is not monitored', () => {
  const story = new Story()
  const engine = engineOf(story, pair, 1000)
  tellPair(story)
  const endMs = (NOON + 20) * 1000
  assert.equal(engine.peek(endMs + 179_000).green, true)
  const later = engine.peek(endMs + 181_000)
  assert.deepEqual(later.unmonitoredNodes, ['leaf1', 'spine1'])
  assert.deepEqual(later.unmonitoredLinks, ['l1'])
})

test('docs/topology.md has every check', () => {
  const text = readFileSync(`${repositoryRoot}/docs/topology.md`, 'utf8')
  for (const check of statusCheckNames) assert.match(text, new RegExp(`\`${check}\``))
})

test('5,000 nodes and 10,000 links', () => {
  const nodes: Record<string, object> = {}
  const links: Record<string, object> = {}
  for (let i = 0; i < 4000; i++) nodes[`leaf${i}`] = { agent: `10.0.${i >> 8}.${i & 255}` }
  for (let i = 0; i < 1000; i++) nodes[`spine${i}`] = { agent: `10.1.${i >> 8}.${i & 255}` }
  for (let i = 0; i < 10_000; i++) {
    const leaf = i % 4000
    links[`link${i}`] = { node1: `leaf${leaf}`, port1: `up${i}`, node2: `spine${(i * 7) % 1000}`, port2: `down${i}` }
  }
  const topology = readTopology(JSON.stringify({ nodes, links }), 'large')
  const start = performance.now()
  const status = statusAfter(tellPair, topology)
  assert.equal(status.nodes.total, 5000)
  assert.equal(status.unmonitoredLinks.length, 10_000)
  assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`)
})
