import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { formatTopology, readTopology } from '../../src/lib/topo/read-topology.ts'
import { nodeNames } from '../../src/lib/topo/topology.ts'
import { sharedPath } from '../helpers/shared.ts'

const link = '"links":{"l":{"node1":"a","port1":"1","node2":"b","port2":"2"}}'

test('the model: ifindex as text or number, everything else kept', () => {
  const topology = readTopology(
    `{"version":3,"nodes":{
      "leaf1":{"agent":"192.0.2.1","tag":"edge","ports":{"swp1":{"ifindex":"3","speed":100},"swp2":{"ifindex":4},"swp3":{}}},
      "spine1":{"dpid":"00ff"}},
     "links":{"link1":{"node1":"leaf1","port1":"swp1","node2":"spine1","port2":"swp1","note":["x",null]}},
     "hosts":{"h1":{}}}`,
    'f.json',
  )
  assert.deepEqual(topology, {
    nodes: new Map<string, object>([
      [
        'leaf1',
        {
          agent: '192.0.2.1',
          ports: new Map<string, object>([
            ['swp1', { ifIndex: 3, attributes: new Map([['speed', 100]]) }],
            ['swp2', { ifIndex: 4 }],
            ['swp3', {}],
          ]),
          attributes: new Map([['tag', 'edge']]),
        },
      ],
      ['spine1', { ports: new Map(), attributes: new Map([['dpid', '00ff']]) }],
    ]),
    links: new Map([
      [
        'link1',
        { node1: 'leaf1', port1: 'swp1', node2: 'spine1', port2: 'swp1', attributes: new Map([['note', ['x', null]]]) },
      ],
    ]),
    attributes: new Map<string, unknown>([
      ['version', 3],
      ['hosts', { h1: {} }],
    ]),
  })
})

const faults: readonly (readonly [string, string, string])[] = [
  ['empty', '  \n', 'f.json is empty, needed JSON.'],
  ['cut', '{"links": {', "f.json is no JSON: line 1, column 12: Expected property name or '}'."],
  ['garbage', '{\n  "links": oops\n}', 'f.json is no JSON: Unexpected token'],
  ['an array', '[]', 'f.json: the whole is an array, needed an object.'],
  ['foreign', '{"cables": []}', 'f.json: there are neither "links" nor "nodes", so this is no topology.'],
  [
    'misspelled',
    '{"link": {}}',
    'f.json: there are neither "links" nor "nodes", so this is no topology. Did you mean links?',
  ],
  ['links as array', '{"links": []}', 'f.json: links is an array, needed an object.'],
  [
    'end missing',
    '{"links":{"l":{"node1":"a","port1":"1","node2":"b"}}}',
    'f.json: links.l.port2 is missing: a link needs node1, port1, node2, port2.',
  ],
  [
    'end of the wrong type',
    '{"links":{"link 1":{"node1":true,"port1":"1","node2":"b","port2":"2"}}}',
    'f.json: links["link 1"].node1 is true or false, needed text.',
  ],
  ['end empty', '{"links":{"l":{"node1":"","port1":"1","node2":"b","port2":"2"}}}', 'f.json: links.l.node1 is empty.'],
  ['node is text', `{"nodes":{"a":"x"},${link}}`, 'f.json: nodes.a is text, needed an object.'],
  [
    'agent is no address',
    `{"nodes":{"a":{"agent":"leaf1.example.net"}},${link}}`,
    'f.json: nodes.a.agent is "leaf1.example.net", needed the agent\'s IP address.',
  ],
  ['ports is null', `{"nodes":{"a":{"ports":null}},${link}}`, 'f.json: nodes.a.ports is null, needed an object.'],
  [
    'ifindex is a name',
    `{"nodes":{"a":{"ports":{"swp 1":{"ifindex":"swp1"}}}},${link}}`,
    'f.json: nodes.a.ports["swp 1"].ifindex is "swp1", needed a whole number above 0.',
  ],
  [
    'ifindex 0',
    `{"nodes":{"a":{"ports":{"p":{"ifindex":0}}}},${link}}`,
    'f.json: nodes.a.ports.p.ifindex is 0, needed a whole number above 0.',
  ],
  [
    'a deep attribute',
    `{${link},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'f.json: x is nested more than 64 levels deep.',
  ],
]

for (const [name, text, message] of faults) {
  test(`fault: ${name}`, () => {
    assert.throws(
      () => readTopology(text, 'f.json'),
      (error) => error instanceof InputError && error.message.startsWith(message),
      message,
    )
  })
}

test('written in one order whatever order it was read in; read again it is the same', () => {
  const text = `{
  "version": 3,
  "nodes": {
    "leaf1": {"agent": "192.0.2.1", "ports": {"swp2": {"ifindex": "4", "speed": 100}, "swp10": {}}, "tag": "edge"},
    "leaf2": {}
  },
  "links": {
    "link2": {"node1": "leaf1", "port1": "swp10", "node2": "leaf2", "port2": "swp10"},
    "link10": {"node1": "leaf1", "port1": "swp2", "node2": "leaf2", "port2": "swp2", "a": 1}
  },
  "hosts": {}
}
`
  const shuffled = `{"hosts":{},"links":{"link10":{"a":1,"port2":"swp2","node2":"leaf2","node1":"leaf1","port1":"swp2"},
    "link2":{"node1":"leaf1","port1":"swp10","node2":"leaf2","port2":"swp10"}},
    "nodes":{"leaf2":{"ports":{}},"leaf1":{"tag":"edge","ports":{"swp10":{},"swp2":{"speed":100,"ifindex":4}},"agent":"192.0.2.1"}},"version":3}`
  assert.equal(formatTopology(readTopology(shuffled, 'f.json')), text)
  assert.equal(formatTopology(readTopology(text, 'f.json')), text)
})

test('names that JavaScript knows are names like others', () => {
  const text =
    '{"nodes":{"__proto__":{"ports":{"constructor":{"ifindex":"1"}}}},"links":{"__proto__":{"node1":"__proto__","port1":"constructor","node2":"toString","port2":"1"}}}'
  const topology = readTopology(text, 'f.json')
  assert.deepEqual(nodeNames(topology), ['__proto__', 'toString'])
  assert.deepEqual(JSON.parse(formatTopology(topology)), JSON.parse(text))
})

const published = sharedPath('captures/topology/sflowrt-fabric-view-topology.json')
test('a published topology', { skip: published === undefined ? 'no ../shared' : false }, () => {
  const text = readFileSync(published!, 'utf8')
  const topology = readTopology(text, 'f.json')
  assert.equal(topology.links.size, 8)
  assert.deepEqual(nodeNames(topology), ['leaf1', 'leaf2', 'spine1', 'spine2'])
  assert.deepEqual(JSON.parse(formatTopology(topology)), JSON.parse(text))
})
