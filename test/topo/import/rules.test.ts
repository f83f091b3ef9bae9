// What becomes of cables, what is told of doubtful ones, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import {
  type BuildOptions,
  buildDefaults,
  buildTopology,
  guessKind,
  type ImportKind,
  importCabling,
} from '../../../src/lib/topo/import/import.ts'
import { formatTopology } from '../../../src/lib/topo/read-topology.ts'

async function result(kind: ImportKind, text: string, options: Partial<BuildOptions> = {}) {
  return buildTopology(await importCabling(kind, [{ name: 'x.txt', text }]), { ...buildDefaults, ...options })
}

async function warningsOf(kind: ImportKind, text: string, options: Partial<BuildOptions> = {}): Promise<string[]> {
  return (await result(kind, text, options)).warnings.map(({ text: warning }) => warning)
}

const doubtful: readonly (readonly [string, ImportKind, string, readonly string[]])[] = [
  [
    'a port in two cables, with the line of the second',
    'dot',
    'graph {\n a:1 -- b:1\n\n a:1 -- c:1 }',
    ['x.txt:4 a:1 is used twice (b:1, c:1)'],
  ],
  ['an edge without ports', 'dot', 'graph {\n a -- b:1 }', ['x.txt:2 a -- b names no port of a']],
  [
    'a cable of one device',
    'dot',
    'graph { a:1 -- a:2; a:2 -- a:1 }',
    ['x.txt:1 a:1 is joined with a:2, the same device: left out'],
  ],
  [
    'names that are alike',
    'dot',
    'graph { Leaf:1 -- b:1; leaf:2 -- b:2 }',
    ['Leaf and leaf differ only in case or domain'],
  ],
  [
    'only one end sees the other',
    'netq',
    JSON.stringify([
      { hostname: 'a', ifname: '1', peer_hostname: 'b', peer_ifname: '1' },
      { hostname: 'b', ifname: '2', peer_hostname: 'c', peer_ifname: '1' },
    ]),
    ['x.txt[0] a:1 sees b:1, which does not see it'],
  ],
  [
    'hosts by their names',
    'dot',
    'graph { leaf1:1 -- h1:eth0; leaf1:2 -- server02:eth0 }',
    ['h1, server02: taken for hosts by their names; --switches says which names are switches'],
  ],
  [
    'a switch that answers with an error',
    'eapi',
    '{"leaf1": {"error": {"code": 1002, "message": "CLI command 2 of 2 failed"}}}',
    ['x.txt leaf1: CLI command 2 of 2 failed'],
  ],
  [
    'an address that is none',
    'containerlab',
    'topology:\n  nodes:\n    leaf1: {kind: ceos, mgmt-ipv4: dhcp}\n',
    ['leaf1 has the address "dhcp", which is none: left out'],
  ],
  ['an empty name', 'dot', 'graph { "":1 -- b:1 }', ['x.txt:1 has an empty name']],
  [
    'a patch panel',
    'netbox',
    '{"results": [{"a_terminations": [{"object_type": "dcim.interface"}], "b_terminations": [{"object_type": "dcim.frontport"}]}]}',
    ['x.txt results[0] ends at a dcim.frontport: /api/dcim/interfaces/ tells what it leads to; import that page too'],
  ],
]
for (const [name, kind, text, warnings] of doubtful) {
  test(`doubtful: ${name}`, async () => assert.deepEqual(await warningsOf(kind, text), warnings))
}

const fabric = 'graph { "Leaf1.example.net":1 -- "spine1.example.net":1; "Leaf1.example.net":2 -- "pizza":eth0 }'

const asked: readonly (readonly [string, Partial<BuildOptions>, string])[] = [
  [
    'names as asked for, switches by a pattern, hosts kept apart',
    { stripDomain: true, lower: true, switches: /^(leaf|spine)/, keepHosts: true },
    `{
  "links": {
    "link1": {"node1": "leaf1", "port1": "1", "node2": "spine1", "port2": "1"}
  },
  "hosts": {
    "pizza": {"ports": {"eth0": {"node": "leaf1", "port": "2"}}}
  }
}
`,
  ],
  [
    'names of links',
    { linkNames: 'ports', switches: /Leaf|spine/ },
    `{
  "links": {
    "Leaf1.example.net:1-spine1.example.net:1": ${'' /* one line, 117 characters: it is broken */}{
      "node1": "Leaf1.example.net",
      "port1": "1",
      "node2": "spine1.example.net",
      "port2": "1"
    }
  }
}
`,
  ],
]
for (const [name, options, text] of asked) {
  test(`asked for: ${name}`, async () => {
    const { topology } = await result('dot', fabric, options)
    assert.deepEqual(JSON.parse(formatTopology(topology)), JSON.parse(text))
  })
}

test('addresses become agents where that is asked for', async () => {
  const text = 'topology:\n  nodes:\n    leaf1: {kind: ceos, mgmt-ipv4: 192.0.2.1}\n    leaf2: {kind: ceos}\n'
  const { topology } = await result('containerlab', text)
  assert.deepEqual(
    [...topology.nodes].map(([name, { agent }]) => [name, agent]),
    [
      ['leaf1', '192.0.2.1'],
      ['leaf2', undefined],
    ],
  )
  const without = await result('containerlab', text, { agents: false })
  assert.equal(without.topology.nodes.get('leaf1')!.agent, undefined)
})

const refused: readonly (readonly [string, ImportKind, string, RegExp])[] = [
  ['an empty file', 'dot', '', /at its end: needed graph or digraph/],
  ['no DOT', 'dot', 'hello', /line 1, at "hello": needed graph or digraph/],
  ['an edge to nothing', 'dot', 'graph {\n\n a:1 -- }', /line 3, at "}": needed a name, subgraph or \{/],
  ['a text that does not end', 'dot', 'graph {\n "a', /line 2, at """: a quoted text is not closed/],
  ['a graph that does not end', 'dot', 'graph { a:1 -- b:1', /a \{ is not closed/],
  ['brackets', 'dot', `graph ${'{'.repeat(1000)}`, /more than 100 subgraphs in each other/],
  ['many from few', 'dot', `graph {{${names('a')}} -- {${names('b')}}}`, /more than 1000000 edges/],
  ['a very long name', 'dot', `graph { ${'x'.repeat(100_000)} }`, /has 100000 characters, at most 65536 are read/],
  ['no JSON', 'netbox', '{', /x\.txt is no JSON/],
  ['other JSON', 'netbox', '{"a": 1}', /a page of NetBox has "results"/],
  ['other records', 'netbox', '{"results": [{"id": 1}]}', /neither cables, interfaces nor devices/],
  ['NetQ without neighbours', 'netq', '[{"a": 1}]', /have "hostname" and "ifname"/],
  ['no table', 'netq', 'hello', /has the columns Hostname, Interface, Peer Hostname/],
  ['eAPI without neighbours', 'eapi', '{"a": 1}', /needed an answer of eAPI with "lldpNeighbors"/],
  ['lldpd without neighbours', 'lldp', '{"a": 1}', /needed lldpd’s/],
  ['no edges', 'batfish', '{}', /has a list "edges"/],
  ['YAML with a fault', 'containerlab', 'topology:\n  nodes: {a: [}', /x\.txt is no YAML: line 2/],
  ['other YAML', 'containerlab', 'a: 1', /a containerlab file has "topology" with "nodes"/],
  ['aliases of aliases', 'containerlab', bomb(), /its aliases stand for too much/],
  ['YAML brackets', 'containerlab', `topology: ${'['.repeat(10_000)}`, /more than 1000 brackets in each other/],
  ['no topology', 'sflow-rt', '{"a": 1}', /neither "links" nor "nodes"/],
]
for (const [name, kind, text, message] of refused) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(result(kind, text), (error) => error instanceof InputError && message.test(error.message))
  })
}

function names(of: string): string {
  return Array.from({ length: 2000 }, (_, i) => `${of}${i}`).join(' ')
}

function bomb(): string {
  const nine = (alias: string) => `[${Array.from({ length: 9 }, () => alias).join(',')}]`
  return `a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nd: &d ${nine('*c')}\ntopology: {nodes: {x: *d}}\n`
}

test('what is of no kind is asked for', async () => {
  assert.equal(guessKind({ name: 'x', text: '{"a": 1}' }), undefined)
  await assert.rejects(importCabling(undefined, [{ name: 'x', text: '{"a": 1}' }]), /it is not clear of what kind/)
})

test('names with escape sequences come through as they are: who prints them escapes them', async () => {
  const { topology } = await result('dot', 'graph { "a\u001b[31m":1 -- b:1 }')
  assert.equal([...topology.links.values()][0]!.node1, 'a\u001b[31m')
})
