import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import type { ImportKind } from '../../src/lib/topo-import/topo-import.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { importTopology, linksOf, withFiles } from './import.ts'

const fixture = (name: string): string => join(repositoryRoot, 'fixtures/topology', name)

/** The running example of docs/topology.md. */
const example = [
  'leaf1:swp1 - spine1:swp1',
  'leaf1:swp2 - spine2:swp1',
  'leaf2:swp1 - spine1:swp2',
  'leaf2:swp2 - spine2:swp2',
]
const four = ['leaf1', 'leaf2', 'spine1', 'spine2']

const cases: readonly (readonly [kind: ImportKind, files: readonly string[], named?: boolean])[] = [
  ['dot', ['fabric.dot']],
  ['netq', ['netq-rest.json']],
  ['netq', ['netq-cli.txt']],
  ['netq', ['netq-lldp.json']],
  ['eapi', four.map((name) => `eapi-${name}.json`)],
  ['eapi', ['eapi-detail.json']],
  ['eapi', ['eapi-cli.txt']],
  ['netbox', ['netbox-devices.json', 'netbox-interfaces.json']],
  ['netbox', ['netbox-interfaces.json']],
  ['netbox', ['netbox-cables-4.json']],
  ['netbox', ['netbox-cables-3.2.json', 'netbox-devices.json']],
  ['netbox', ['netbox-graphql.json']],
  ['containerlab', ['fabric.clab.yml']],
  ['containerlab', ['topology-data.json']],
  ['containerlab', ['topology-data-0.70.json']],
  ['lldp', ['lldpd.json']],
  ['lldp', four.map((name) => `lldpd0-${name}.json`), true],
  ['lldp', ['net-show-lldp.json']],
  ['lldp', ['nvue-lldp.json']],
  ['batfish', ['batfish.json']],
  ['sflow-rt', ['sflow-rt.json']],
]

test('a kind that it is not: which it is', async () => {
  const files: readonly (readonly [kind: ImportKind, file: string])[] = [
    ['dot', 'fabric.dot'],
    ['netq', 'netq-cli.txt'],
    ['netq', 'netq-rest.json'],
    ['netq', 'netq-lldp.json'],
    ['eapi', 'eapi-cli.txt'],
    ['eapi', 'eapi-leaf1.json'],
    ['netbox', 'netbox-interfaces.json'],
    ['containerlab', 'fabric.clab.yml'],
    ['containerlab', 'topology-data.json'],
    ['lldp', 'lldpd.json'],
    ['batfish', 'batfish.json'],
    ['sflow-rt', 'sflow-rt.json'],
  ]
  for (const kind of ['dot', 'netq', 'eapi', 'netbox', 'containerlab', 'lldp', 'batfish', 'sflow-rt'] as const) {
    for (const [real, file] of files) {
      if (real === kind) continue
      const { code, out, lines } = await importTopology(kind, [fixture(file)])
      assert.deepEqual([code, out, lines.length], [2, '', 1], `${kind} ${file}`)
      assert.ok(lines[0]!.endsWith(` | It looks like ${real}: sonde topo import ${real} ${fixture(file)}`), lines[0])
    }
  }
})

for (const [kind, files, named] of cases) {
  test(`${kind} ${files.join(' ')} is the running example, named or guessed`, async () => {
    const sources = files.map((file, i) => (named === true ? `${four[i]}=${fixture(file)}` : fixture(file)))
    for (const given of [kind, undefined]) {
      const { code, out, lines } = await importTopology(given, sources)
      assert.equal(code, 0)
      assert.deepEqual(linksOf(out), example)
      assert.deepEqual(Object.keys(JSON.parse(out).links), ['link1', 'link2', 'link3', 'link4'])
      assert.equal(JSON.parse(out).nodes, undefined)
      assert.match(lines.at(-1)!, new RegExp(`^${kind}: .* 4 links kept`))
    }
  })
}

test('several sources of several kinds are one fabric', async () => {
  const { out, lines } = await importTopology(undefined, [
    fixture('fabric.dot'),
    fixture('batfish.json'),
    fixture('netq-cli.txt'),
  ])
  assert.deepEqual(linksOf(out), example)
  assert.equal(
    lines.at(-1),
    'dot, batfish, netq: 15 edges and 9 neighbours read in 3 sources, 5 nodes. 4 links kept, 16 told again, 4 to hosts left out (--keep-hosts lists them under "hosts").',
  )
})

test('hosts can be kept beside the links', async () => {
  const { out } = await importTopology('dot', [fixture('fabric.dot')], { keepHosts: true })
  assert.deepEqual(linksOf(out), example)
  assert.deepEqual(JSON.parse(out).hosts, { h1: { ports: { eth1: { node: 'leaf1', port: 'swp3' } } } })
})

const wrongKinds: readonly (readonly [kind: ImportKind, text: string, message: RegExp])[] = [
  ['dot', '{"links": {}}', /it is JSON, needed DOT/],
  ['dot', 'topology:\n', /:1: found "topology", needed graph or digraph/],
  ['netq', '[]x', /:1: found "x", needed the end, since the value is complete/],
  ['netq', '[{"a": 1}]', /no LLDP records of NetQ/],
  ['netq', 'Hostname\n', /no table of netq show lldp, needed the columns/],
  ['eapi', '{"a": 1}', /no LLDP neighbours, needed the answer to show lldp neighbors/],
  ['eapi', 'Port\n', /no table of show lldp neighbors, needed the columns/],
  ['netbox', '{"detail": "Invalid token"}', /NetBox answered "Invalid token"/],
  ['netbox', '{"errors": [{"message": "no such field"}]}', /GraphQL says "no such field"/],
  ['netbox', '{}', /no records of NetBox/],
  ['netbox', '[]', /there are no records and neither cables nor interfaces/],
  ['containerlab', '{}', /no "nodes" and "links", needed the topology-data.json/],
  ['containerlab', 'name: x\n', /no topology.nodes and no topology.links/],
  ['containerlab', 'a: {{ .x }}\n', /:1: it is no YAML|no topology.nodes/],
  ['containerlab', 'topology:\n  nodes: [\n', /:\d: it is no YAML/],
  ['lldp', '{"a": 1}', /no neighbours in a form of lldpd/],
  ['batfish', '{"edges": 1}', /no array "edges"/],
  ['sflow-rt', '{"links": {"a": {"node1": "x"}}}', /links.a.port1 is missing/],
]

test('what is of another kind says what is needed', async () => {
  for (const [kind, text, message] of wrongKinds) {
    const { code, out, lines } = await withFiles({ 'x.txt': text }, (path) => importTopology(kind, [path]))
    assert.equal(code, 2, text)
    assert.equal(out, '')
    assert.match(lines.join('\n'), message)
  }
})

test('what can not be told is asked for', async () => {
  const unknown = ['{"a": {"b": 1}}', 'hello\n', '[1]', '{}']
  for (const text of unknown) {
    const { code, lines } = await withFiles({ 'x.txt': text }, (path) => importTopology(undefined, [path]))
    assert.equal(code, 2)
    assert.match(lines[0]!, /of what kind it is can't be told.*\| Name the kind first: sonde topo import \S+ /)
  }
  const { lines } = await withFiles({ 'x.txt': '' }, (path) => importTopology(undefined, [path]))
  assert.match(lines[0]!, /x.txt is empty/)
})

test('a source that fails costs itself only', async () => {
  const { code, out, lines } = await importTopology(undefined, ['missing.json', fixture('fabric.dot')])
  assert.equal(code, 2)
  assert.deepEqual(linksOf(out), example)
  assert.match(lines[0]!, /There is no file 'missing.json'/)
})

test('eAPI: errors of a switch are told in its own words', async () => {
  const error = {
    jsonrpc: '2.0',
    id: '1',
    error: {
      code: 1002,
      message: "CLI command 2 of 2 'show lldp neighbors' failed: invalid command",
      data: [{}, { errors: ['Invalid input (privileged mode required)'] }],
    },
  }
  const { lines } = await withFiles({ 'leaf1.json': JSON.stringify(error) }, (path) => importTopology('eapi', [path]))
  assert.match(
    lines[0]!,
    /leaf1.json: eAPI error 1002: CLI command 2 of 2 .*; Invalid input \(privileged mode required\)\./,
  )
})

test('eAPI: names by file, by NAME=FILE, by prompt; domains of neighbours that tell their FQDN are known', async () => {
  const answer = (neighborDevice: string) =>
    JSON.stringify({ lldpNeighbors: [{ port: 'Ethernet1', neighborDevice, neighborPort: 'Ethernet7' }] })
  const texts = { 'leaf9.json': answer('spine9'), 'saved.json': answer('spine8') }
  const { out, lines } = await withFiles(texts, (a, b) => importTopology('eapi', [a, `leaf8=${b}`]))
  assert.deepEqual(linksOf(out), ['leaf9:Ethernet1 - spine9:Ethernet7', 'leaf8:Ethernet1 - spine8:Ethernet7'])
  assert.equal(
    lines.filter((line) => line.includes("the switch's own name is not in it, so it is called leaf9")).length,
    1,
  )
  const text = `leaf7#show hostname
Hostname: leaf7
FQDN:     leaf7.example.net
leaf7#show lldp neighbors
Port       Neighbor Device ID             Neighbor Port ID           TTL
Et1        spine7.example.net             Ethernet3/2                120
Et49/1     a-switch-with-a-name-that-is-wider-than-its-column.example.net  Ethernet1  120
Ma1        oob                            7                          120
leaf7#
spine7>show lldp neighbors
Port       Neighbor Device ID             Neighbor Port ID           TTL
Et3/2      leaf7.example.net              Ethernet1                  120
`
  const read = await withFiles({ 'x.txt': text }, (path) => importTopology('eapi', [path], { stripDomain: true }))
  assert.deepEqual(linksOf(read.out), [
    'leaf7:Ethernet1 - spine7:Ethernet3/2',
    'a-switch-with-a-name-that-is-wider-than-its-column:Ethernet1 - leaf7:Ethernet49/1',
  ])
})
