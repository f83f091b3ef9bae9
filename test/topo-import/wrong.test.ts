// What a person may type that can't be meant, and what is said: each message names what is wrong, what there is, and what to do.

import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { parseNamePattern } from '../../src/lib/topo-import/node-names.ts'
import type { ImportKind } from '../../src/lib/topo-import/topo-import.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { importTopology, linksOf, type Options, withFiles } from './import.ts'

const graph = 'graph {\n leaf1:1 -- spine1:1\n leaf2:1 -- spine1:2\n leaf1:3 -- h1:1\n}'
const netbox = (filter: Partial<NonNullable<Options['netbox']>>) => ({
  netbox: { site: [], role: [], tag: [], ...filter },
})
const switches = (text: string): Options => ({ switches: parseNamePattern(text, '--switches') })
const kindsListed =
  'Kinds are dot, netq, eapi, netbox, containerlab, lldp, batfish, sflow-rt; docs/topology.md says what each needs.'

/** Text of x.txt, what is asked, and the one line that is told. */
const refused: readonly (readonly [text: string, kind: ImportKind | undefined, options: Options, line: string])[] = [
  [
    graph,
    undefined,
    switches('laef*,core*'),
    '--switches laef*,core* matches no name of the 4 nodes, so there is no switch and no link. | They are called h1, leaf1, leaf2, spine1. | Case counts; leaf*,spine* and /^(leaf|spine)/i are patterns; names are as --strip-domain and --lower leave them.',
  ],
  [
    graph,
    undefined,
    switches('leaf*'),
    '--switches leaf* matches leaf1, leaf2, and no cable joins two of them. | Other nodes are called h1, spine1.',
  ],
  [
    graph,
    undefined,
    netbox({ site: ['dc1'] }),
    '--site chooses devices of netbox, and this source is of kind dot. | --switches PATTERN says for every kind which nodes are switches.',
  ],
  [
    graph,
    'dot',
    netbox({ role: ['leaf'], tag: ['x'] }),
    '--role, --tag choose devices of netbox, and these sources are of kind dot. | --switches PATTERN says for every kind which nodes are switches.',
  ],
  [
    graph,
    'dot',
    { serverFlags: ['--ca'] },
    '--ca is for servers that are asked, and these sources are files. | netq, netbox and eapi take a URL (eapi also a host) in place of a file; --push has one, too.',
  ],
  [
    graph,
    'dot',
    { learnMs: 5000 },
    '--duration is how long --learn udp://:6343 listens, and there is no such --learn. | Add --learn udp://:6343, or leave --duration out.',
  ],
  [
    graph,
    'dot',
    { learn: ['udp://127.0.0.1:6343', 'a.pcap'] },
    '--learn takes captures or addresses, not both. | Import with the captures first, then once more with --learn udp://:6343 and --merge.',
  ],
  [
    '{}',
    undefined,
    {},
    `x.txt: of what kind it is can't be told from what is in it (an empty object). | ${kindsListed} | Name the kind first: sonde topo import KIND x.txt`,
  ],
  [
    '{"a": 1, "b": {}, "c": 0, "d": 0, "e": 0}',
    undefined,
    {},
    `x.txt: of what kind it is can't be told from what is in it (an object with "a", "b", "c", "d" ...). | ${kindsListed} | Name the kind first: sonde topo import KIND x.txt`,
  ],
  [
    '{}',
    'netbox',
    {},
    'x.txt: there are no records of NetBox, needed pages of api/dcim/interfaces/, api/dcim/cables/ or api/dcim/devices/.',
  ],
]

for (const [text, kind, options, line] of refused) {
  test(line.slice(0, 90), async () => {
    const { code, out, lines } = await withFiles({ 'x.txt': text }, async (path) => {
      const result = await importTopology(kind, [path], options)
      return { ...result, lines: result.lines.map((one) => one.replaceAll(path, 'x.txt')) }
    })
    assert.deepEqual([code, out, lines], [2, '', [line]])
  })
}

test('a part of --switches that matches nothing is told; the rest counts', async () => {
  const { code, out, lines } = await withFiles({ 'x.dot': graph }, (path) =>
    importTopology('dot', [path], switches('leaf*,spine*,core*')),
  )
  assert.equal(code, 0)
  assert.deepEqual(linksOf(out), ['leaf1:1 - spine1:1', 'leaf2:1 - spine1:2'])
  assert.equal(lines[0], 'warning no node matches core* of --switches')
})

test('a file that is not there: what is beside it, or that it may be a switch', async () => {
  await withFiles({ 'topology.dot': graph }, async (path) => {
    const { code, lines } = await importTopology(undefined, [join(dirname(path), 'topologi.dot')])
    assert.equal(code, 2)
    assert.ok(lines[0]!.includes(`topologi.dot'. Did you mean ${path}?`), lines[0])
    const nowhere = await importTopology(undefined, [join(dirname(path), 'x', 'y.dot')])
    assert.match(nowhere.lines[0]!, /There is no file '.*y\.dot', and no folder '.*x'\./)
  })
  const { lines } = await importTopology(undefined, ['leaf1.example.net'])
  assert.match(
    lines[0]!,
    /A switch that is to be asked needs the kind first: sonde topo import eapi leaf1\.example\.net$/,
  )
})

test('a folder: the file in it that is wanted; a server without https://', async () => {
  await withFiles({ 'topology-data.json': '{}' }, async (path) => {
    const { code, lines } = await importTopology('containerlab', [dirname(path)])
    assert.deepEqual([code, lines], [2, [`${dirname(path)} is a folder, needed is a file. | It has ${path}.`]])
  })
  await withFiles({ 'leaf1.json': '{}' }, async (path) => {
    const { lines } = await importTopology('lldp', [dirname(path)])
    assert.match(lines[0]!, /Name the files in it, such as .*\*\.json$/)
  })
  const { lines } = await importTopology('netbox', ['netbox.example.net'])
  assert.match(lines[0]!, /A server is given by its URL: sonde topo import netbox https:\/\/netbox\.example\.net$/)
})

test('--learn that can not be read: nothing is written', async () => {
  await withFiles({ 'x.dot': graph, 'y.txt': 'hello' }, async (path, other) => {
    for (const capture of ['missing.pcap', other]) {
      const { code, out, lines } = await importTopology('dot', [path], { learn: [capture] })
      assert.deepEqual([code, out], [2, ''])
      assert.equal(lines.at(-1), 'Nothing is written, since --learn could not be read.')
    }
  })
})

test('--learn of agents with other names: the topology, and the names that were heard', async () => {
  const capture = join(repositoryRoot, 'fixtures/records-all-counter.pcap')
  const { code, out, lines } = await withFiles({ 'x.dot': graph }, (path) =>
    importTopology('dot', [path], { learn: [capture] }),
  )
  assert.equal(code, 0)
  assert.equal(linksOf(out).length, 2)
  assert.match(
    lines[0]!,
    /agents of 0 of 3 nodes; none for leaf1, leaf2, spine1\. Agents there are called hostname 179\.$/,
  )
})

test('containerlab: a link with one end, or three, by its line', async () => {
  const text = `topology:
  nodes:
    leaf1: {kind: ceos}
    leaf2: {kind: ceos}
  links:
    - endpoints: ["leaf1:eth1"]
    - endpoints: []
    - endpoints: ["leaf1:eth2", "leaf2:eth2", "leaf2:eth3"]
    - endpoints: ["leaf1:eth4", "leaf2:eth4"]
`
  const { out, lines } = await withFiles({ 'x.clab.yml': text }, (path) => importTopology(undefined, [path]))
  assert.deepEqual(linksOf(out), ['leaf1:eth4 - leaf2:eth4'])
  assert.deepEqual(
    lines.slice(0, 3).map((line) => line.replace(/^warning .*x\.clab\.yml/, '')),
    [
      ':6 a link has one endpoint (leaf1:eth1), needed 2: ["leaf1:eth1", "spine1:eth1"]',
      ':7 a link has no endpoint, needed 2: ["leaf1:eth1", "spine1:eth1"]',
      ':8 a link has 3 endpoints (leaf1:eth2, leaf2:eth2, leaf2:eth3), needed 2: ["leaf1:eth1", "spine1:eth1"]',
    ],
  )
})

test('a bundle of ports is no port that sFlow counts', async () => {
  const text = 'graph {\n leaf1:bond1 -- spine1:"Port-Channel2"\n leaf2:1 -- spine1:po\n leaf2:2 -- spine1:ae3 }'
  const { lines } = await withFiles({ 'x.dot': text }, (path) => importTopology(undefined, [path]))
  assert.deepEqual(
    lines.slice(0, -1).map((line) => line.replace(/^warning .*x\.dot/, '')),
    [
      ':2 leaf1:bond1 and spine1:Port-Channel2 are bundles: links should name the physical ports in it',
      ':4 spine1:ae3 is a bundle: links should name the physical ports in it',
    ],
  )
})
