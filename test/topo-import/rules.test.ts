// The rules that all kinds share, on small graphs.

import assert from 'node:assert/strict'
import test from 'node:test'
import { parseNamePattern } from '../../src/lib/topo-import/node-names.ts'
import { importTopology, linksOf, type Options, withFiles } from './import.ts'

/** Imports a graph of these edges, which begin on line 2 of x.dot. */
async function edges(lines: readonly string[], options: Options = {}) {
  return withFiles({ 'x.dot': `graph {\n${lines.join('\n')}\n}` }, async (path) => {
    const result = await importTopology('dot', [path], options)
    return { ...result, lines: result.lines.map((line) => line.replaceAll(path, 'x.dot')) }
  })
}

const warnings = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('warning '))

test('a cable told twice is one link, its ends in one order', async () => {
  const { out, lines } = await edges(['spine1:2 -- leaf1:1', 'leaf1:1 -- spine1:2'])
  assert.deepEqual(linksOf(out), ['leaf1:1 - spine1:2'])
  assert.equal(lines.at(-1), 'dot: 2 edges read, 2 nodes. 1 link kept, 1 told again.')
})

const doubtful: readonly (readonly [edges: readonly string[], warning: string, links: number])[] = [
  [
    ['leaf3:swp51 -- spine1:swp3', 'leaf3:swp51 -- spine2:swp3'],
    'warning x.dot:3 leaf3:swp51 is used twice (spine1:swp3, spine2:swp3)',
    2,
  ],
  [['a:1 -- a:2', 'a:3 -- b:1'], 'warning x.dot:2 a:1 leads back to the same switch, to a:2', 1],
  [['a:1 -- a:1', 'a:3 -- b:1'], 'warning x.dot:2 a:1 is connected to itself', 1],
  [['a -- b:1', 'a:3 -- b:1'], "warning x.dot:2 a - b names no port of a, so it can't be mapped", 1],
  [['a -- b', 'a:3 -- b:1'], "warning x.dot:2 a - b names no ports, so it can't be mapped", 1],
  [
    ['leaf1:1 -- b:1', 'LEAF1:2 -- b:2'],
    'warning x.dot:3 leaf1 and LEAF1 differ only in case or domain (--strip-domain --lower make them one)',
    2,
  ],
  [
    ['leaf1:1 -- b:1', '"leaf1.example.net":2 -- b:2'],
    'warning x.dot:3 leaf1 and leaf1.example.net differ only in case or domain (--strip-domain makes them one)',
    2,
  ],
]

for (const [lines, warning, links] of doubtful) {
  test(warning, async () => {
    const result = await edges(lines)
    assert.equal(result.code, 0)
    assert.deepEqual(warnings(result.lines), [warning])
    assert.equal(linksOf(result.out).length, links)
  })
}

test('many warnings of a kind are counted, all of them with --verbose', async () => {
  const many = Array.from({ length: 25 }, (_, i) => `a${i}:1 -- a${i}:2`)
  const { lines } = await edges([...many, 'a:1 -- b:1'])
  assert.equal(warnings(lines).length, 11)
  assert.equal(warnings(lines).at(-1), 'warning ... and 15 more like it (--verbose shows all)')
})

test('--switches decides, --strip-domain and --lower make names one', async () => {
  const lines = ['leaf1:1 -- h1:eth1', 'leaf1:2 -- "Spine1.example.net":1', 'leaf2:2 -- spine1:2']
  const plain = await edges(lines)
  assert.deepEqual(linksOf(plain.out), ['Spine1.example.net:1 - leaf1:2', 'leaf2:2 - spine1:2'])
  const all = await edges(lines, { switches: parseNamePattern('*', '--switches') })
  assert.deepEqual(linksOf(all.out), ['h1:eth1 - leaf1:1', 'Spine1.example.net:1 - leaf1:2', 'leaf2:2 - spine1:2'])
  const some = await edges(lines, {
    switches: parseNamePattern('/^(leaf|spine)/', '--switches'),
    stripDomain: true,
    lower: true,
  })
  assert.deepEqual(linksOf(some.out), ['leaf1:2 - spine1:1', 'leaf2:2 - spine1:2'])
  assert.deepEqual(warnings(some.lines), [])
})

test('name patterns', () => {
  const rows: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
    ['leaf*', 'leaf12', true],
    ['leaf*', 'aleaf', false],
    ['leaf?, spine*', 'spine', true],
    ['leaf?', 'leaf', false],
    ['*a*b', 'xxaxxabxb', true],
    ['*a*b', 'xxaxxabx', false],
    ['.*', 'leaf', false],
    ['/^L\\d+$/i', 'l12', true],
    ['/^L\\d+$/', 'l12', false],
  ]
  for (const [pattern, name, matches] of rows) {
    assert.equal(parseNamePattern(pattern, '--switches').matches(name), matches, `${pattern} ${name}`)
  }
  assert.throws(() => parseNamePattern('/(/', '--switches'), {
    name: 'InputError',
    message: /--switches "\/\(\/" is not understood/,
  })
  assert.throws(() => parseNamePattern(' ', '--switches'), { name: 'InputError' })
})

test('--name-links', async () => {
  const { out } = await edges(['spine1:swp2 -- leaf1:swp1'], { nameLinks: true })
  assert.deepEqual(JSON.parse(out).links, {
    'leaf1:swp1-spine1:swp2': { node1: 'leaf1', port1: 'swp1', node2: 'spine1', port2: 'swp2' },
  })
})

test('a switch without links is a node, agents are told or not', async () => {
  const lines = ['leaf1 [mgmt_ip="192.0.2.1"]', 'alone', 'leaf1:1 -- spine1:1']
  assert.deepEqual(JSON.parse((await edges(lines)).out).nodes, { leaf1: { agent: '192.0.2.1' }, alone: {} })
  assert.deepEqual(JSON.parse((await edges(lines, { agents: false })).out).nodes, { alone: {} })
})

test('LLDP that one side does not hear is told; who was not asked is told once', async () => {
  const neighbour = (hostname: string, ifname: string, peer_hostname: string, peer_ifname: string) => ({
    hostname,
    ifname,
    peer_hostname,
    peer_ifname,
  })
  const records = [
    neighbour('a', 'swp1', 'b', 'swp1'),
    neighbour('b', 'swp1', 'a', 'swp1'),
    neighbour('a', 'swp2', 'b', 'swp2'),
    neighbour('a', 'swp3', 'c', 'swp3'),
    neighbour('b', 'swp3', 'c', 'swp4'),
  ]
  const text = records.map((record) => JSON.stringify(record)).join(',\n')
  const { lines } = await withFiles({ 'x.json': `[\n${text}]` }, (path) => importTopology(undefined, [path]))
  assert.deepEqual(
    warnings(lines).map((line) => line.replace(/\S*x\.json/, 'x.json')),
    [
      'warning x.json:4 a:swp2 hears b:swp2, which does not hear it',
      'warning x.json:5 c was not asked itself: its 2 links are known from the other side only',
    ],
  )
})

const planned = `{"version": 7, "links": {
  "uplink A": {"node1": "leaf1", "port1": "1", "node2": "spine1", "port2": "1", "tag": "x"},
  "link1": {"node1": "leaf2", "port1": "1", "node2": "spine1", "port2": "2"}},
  "nodes": {"leaf1": {"agent": "192.0.2.1", "tag": "edge", "ports": {"1": {"ifindex": "10"}}}}}`

test('--merge keeps hosts and adds those that --keep-hosts finds', async () => {
  const at = (node: string, port: string) => ({ node, port })
  const before = {
    links: {},
    hosts: { h1: { rack: 4, ports: { eth1: at('leaf1', '3') } }, h2: { ports: { eth1: at('leaf2', '3') } } },
  }
  await withFiles({ 'fabric.json': JSON.stringify(before) }, async (merge) => {
    const lines = ['leaf1:1 -- spine1:1', 'h1:eth2 -- leaf2:4', 'h2:eth1 -- leaf2:5', 'h3:eth1 -- leaf1:6']
    const { out } = await edges(lines, { merge, keepHosts: true })
    assert.deepEqual(JSON.parse(out).hosts, {
      h1: { rack: 4, ports: { eth1: at('leaf1', '3'), eth2: at('leaf2', '4') } },
      h2: { ports: { eth1: at('leaf2', '5') } },
      h3: { ports: { eth1: at('leaf1', '6') } },
    })
    const plain = await edges(lines, { merge })
    assert.deepEqual(JSON.parse(plain.out).hosts, before.hosts)
  })
})

test('--merge keeps names and attributes of what is there and adds what is new', async () => {
  await withFiles({ 'planned.json': planned }, async (merge) => {
    const { out, lines } = await edges(['spine1:1 -- leaf1:1', 'leaf3:1 -- spine1:3', 'leaf4:1 -- spine1:3'], { merge })
    assert.deepEqual(JSON.parse(out), {
      version: 7,
      nodes: { leaf1: { agent: '192.0.2.1', ports: { 1: { ifindex: '10' } }, tag: 'edge' } },
      links: {
        'uplink A': { node1: 'leaf1', port1: '1', node2: 'spine1', port2: '1', tag: 'x' },
        link1: { node1: 'leaf2', port1: '1', node2: 'spine1', port2: '2' },
        link2: { node1: 'leaf3', port1: '1', node2: 'spine1', port2: '3' },
        link3: { node1: 'leaf4', port1: '1', node2: 'spine1', port2: '3' },
      },
    })
    assert.deepEqual(warnings(lines), ['warning x.dot:4 spine1:3 is used twice (leaf3:1, leaf4:1)'])
  })
})

test('--diff: by cables, not by names of links', async () => {
  await withFiles({ 'planned.json': planned }, async (diff) => {
    const same = await edges(['spine1:1 -- leaf1:1', 'spine1:2 -- leaf2:1'], { diff })
    assert.deepEqual([same.code, same.out], [0, ''])
    assert.equal(same.lines.at(-1), `No difference from ${diff}.`)
    const other = await edges(['leaf1 [agent="192.0.2.9"]', 'spine1:3 -- leaf1:1', 'leaf3:1 -- spine1:4'], { diff })
    assert.equal(other.code, 1)
    assert.deepEqual(other.out.trimEnd().split('\n'), [
      '- node leaf2',
      '- link leaf2:1 - spine1:2 (link1)',
      '+ node leaf3',
      '+ link leaf3:1 - spine1:4 (link2)',
      '~ link leaf1:1 led to spine1:1, now to spine1:3',
      '~ node leaf1 had agent 192.0.2.1, now 192.0.2.9',
    ])
    assert.equal(other.lines.at(-1), `Against ${diff}: 2 gone, 2 new, 2 changed.`)
  })
})

test('sflow-rt is checked and keeps what it has; a host in it is told', async () => {
  const text = planned.replace('"leaf2"', '"h2"')
  const { out, lines } = await withFiles({ 'x.json': text }, (path) => importTopology(undefined, [path]))
  assert.deepEqual(JSON.parse(out).links['uplink A'].tag, 'x')
  assert.match(warnings(lines)[0]!, /x.json:3 link1 leads to h2, a host by its name/)
  const cut = await withFiles({ 'x.json': text }, (path) =>
    importTopology(undefined, [path], { switches: parseNamePattern('leaf*,spine*', '--switches') }),
  )
  assert.deepEqual(linksOf(cut.out), ['leaf1:1 - spine1:1'])
})

test('NetBox: roles, sites, breakouts, patch panels, what is planned', async () => {
  const device = (name: string, role: string, site: string, primary: string | null) => ({
    name,
    device_type: {},
    device_role: { slug: role, name: role },
    site: { slug: site, name: site.toUpperCase() },
    primary_ip4: primary === null ? null : { address: primary },
    tags: [{ slug: 'gpu', name: 'GPU' }],
  })
  const end = (name: string, port: string, type = 'dcim.interface') => ({
    object_type: type,
    object_id: 1,
    object: { id: 1, device: { id: 1, name }, name: port },
  })
  const cable = (a: unknown[], b: unknown[], status = 'connected') => ({
    id: 5,
    a_terminations: a,
    b_terminations: b,
    status: { value: status },
  })
  const saved = {
    devices: {
      results: [
        device('sw1', 'leaf-switch', 'dc1', '192.0.2.1/24'),
        device('sw2', 'spine', 'dc1', null),
        device('sw3', 'core', 'dc2', null),
        device('box', 'server', 'dc1', null),
      ],
    },
    cables: {
      results: [
        cable([end('sw1', 'e1'), end('sw1', 'e2')], [end('sw2', 'e1'), end('sw2', 'e2')]),
        cable([end('sw1', 'e3')], [end('sw3', 'e1'), end('sw3', 'e2')]),
        cable([end('sw1', 'e4')], [end('panel', '1', 'dcim.frontport')]),
        cable([end('sw1', 'e5')], [end('sw2', 'e5')], 'planned'),
        cable([end('sw1', 'e6')], [end('box', 'eth0')]),
        cable([end('sw1', 'e7')], [end('box', 'eth1')]),
      ],
    },
  }
  const run = (netbox: Options['netbox']) =>
    withFiles({ 'x.json': JSON.stringify(saved) }, (path) => importTopology('netbox', [path], { netbox: netbox! }))
  const all = await run({ site: [], role: [], tag: [] })
  assert.deepEqual(linksOf(all.out), ['sw1:e1 - sw2:e1', 'sw1:e2 - sw2:e2', 'sw1:e3 - sw3:e1', 'sw1:e3 - sw3:e2'])
  assert.deepEqual(JSON.parse(all.out).nodes, { sw1: { agent: '192.0.2.1' } })
  assert.match(warnings(all.lines).join('\n'), /cable 5 has 1 ends on one side and 2 on the other, all are joined/)
  assert.match(
    warnings(all.lines).join('\n'),
    /1 cables end at patch panels; pages of api\/dcim\/interfaces\/ know what is behind them/,
  )
  assert.match(all.lines.at(-1)!, /1 to a frontport, 1 planned, 1 on management ports/)
  assert.deepEqual(linksOf((await run({ site: ['DC1'], role: [], tag: ['gpu'] })).out), [
    'sw1:e1 - sw2:e1',
    'sw1:e2 - sw2:e2',
  ])
  assert.deepEqual(linksOf((await run({ site: [], role: ['leaf-switch', 'server'], tag: [] })).out), [
    'box:eth1 - sw1:e7',
  ])
  const none = await run({ site: ['dc9'], role: [], tag: [] })
  assert.deepEqual([none.code, none.out], [2, ''])
  assert.match(
    none.lines[0]!,
    /x\.json: no device has the site dc9\. Did you mean dc1 or dc2\? \| Known there: dc1, dc2\.$/,
  )
  const some = await run({ site: ['dc1', 'dc9'], role: [], tag: [] })
  assert.match(warnings(some.lines).join('\n'), /no device has the site dc9/)
})

test('containerlab: a lab file as JSON, which is YAML too', async () => {
  const lab = {
    name: 'x',
    topology: { defaults: { kind: 'ceos' }, nodes: { a: {}, b: {} }, links: [{ endpoints: ['a:eth1', 'b:eth1'] }] },
  }
  const { code, out } = await withFiles({ 'x.clab.yml': JSON.stringify(lab) }, (path) =>
    importTopology(undefined, [path]),
  )
  assert.equal(code, 0)
  assert.deepEqual(linksOf(out), ['a:eth1 - b:eth1'])
})

test('containerlab: inheritance, special ends, links to nowhere, variables', async () => {
  const text = `topology:
  defaults: {kind: linux}
  groups:
    routers: {image: "quay.io/frrouting/frr:10"}
  kinds:
    nokia_srlinux: {image: x}
  nodes:
    r1: {group: routers, mgmt-ipv4: 192.0.2.1}
    r2: &router {image: frr}
    r3: {<<: *router}
    srl: {kind: nokia_srlinux}
    br: {kind: bridge}
    pc: {}
  links:
    - endpoints: ["r1:eth1", "r2:eth1"]
    - endpoints: ["r2:eth2", "r3:\${PORT:=eth2}"]
    - endpoints: ["r3:eth3", "srl:e1-1"]
    - endpoints: ["r1:eth4", "br:eth1"]
    - endpoints: ["r1:eth5", "host:veth5"]
    - endpoints: ["r1:eth6"]
    - {type: mgmt-net, endpoint: {node: r1, interface: eth7}}
    - endpoints: ["r1:eth8", "ghost:eth1"]
    - {type: veth, endpoints: [{node: r2, interface: eth9}, {node: pc, interface: eth9}]}
`
  const { out, lines } = await withFiles({ 'x.yml': text }, (path) => importTopology(undefined, [path]))
  assert.deepEqual(linksOf(out), [
    'r1:eth1 - r2:eth1',
    'r2:eth2 - r3:eth2',
    'r3:eth3 - srl:e1-1',
    'ghost:eth1 - r1:eth8',
  ])
  assert.deepEqual(JSON.parse(out).nodes, { r1: { agent: '192.0.2.1' } })
  assert.match(warnings(lines).join('\n'), /x.yml:22 a link names ghost, which is not among the nodes/)
  assert.match(
    lines.at(-1)!,
    /9 links read, 7 nodes. 4 links kept, 2 to hosts .*, 1 out of the lab, 1 with one end, 1 of type mgmt-net\.$/,
  )
})

test('a long list of links is read like a short one', async () => {
  const links = (n: number): string =>
    Array.from({ length: n }, (_, i) =>
      i % 3 === 0
        ? `    # ${i}\n    - type: veth\n      endpoints: [{node: a, interface: p${i}}, {node: b, interface: p${i}}]`
        : `    - endpoints: ["a:p${i}", 'b:p${i}']`,
    ).join('\n')
  const lab = (n: number): string =>
    `topology:\n  links:\n${links(n)}\n  nodes:\n    a: {kind: sonic}\n    b: {kind: sonic}\n`
  for (const n of [400, 1200]) {
    const { out, lines } = await withFiles({ 'x.yml': `${lab(n)}    c: {kind: sonic}\n` }, (path) =>
      importTopology(undefined, [path]),
    )
    assert.deepEqual(
      linksOf(out),
      Array.from({ length: n }, (_, i) => `a:p${i} - b:p${i}`),
    )
    assert.match(lines.at(-1)!, new RegExp(`${n.toLocaleString('en')} links read, 3 nodes`))
  }
  const broken = lab(1200).replace('"a:p601"', '"a:p601')
  const { lines } = await withFiles({ 'x.yml': broken }, (path) => importTopology(undefined, [path]))
  const line = broken.split('\n').findIndex((text) => text.includes('"a:p601,')) + 1
  assert.match(lines[0]!, new RegExp(`x.yml:(${line}|${line + 1}|${line + 2}): it is no YAML`))
})
