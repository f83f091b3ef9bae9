// `sonde topo status` as a person runs it: forms, exit codes, a real fabric against its truth, hostile names.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'

const fabric = ['topo', 'status', 'fixtures/fabric.pcap', '--topology', 'fixtures/fabric.topology.json']

interface Status {
  readonly green: boolean
  readonly links: { total: number; monitored: number; up: number; down: number; details: object }
  readonly nodes: { total: number; monitored: number; flows: number; noflows: number; details: { noflows: string[] } }
  readonly traffic: { speed: number; bps: number; pps: number; discards: number; errors: number }
  readonly findings: readonly { check: string; text: string }[]
}

test('a pipe gets one object, JSON too, a program reads it', () => {
  const { stdout, stderr, code } = sonde(fabric)
  assert.deepEqual([stderr, code], ['', 0])
  const status = JSON.parse(stdout) as Status
  assert.deepEqual(status.links, { total: 4, monitored: 4, up: 4, down: 0, details: { unmonitored: [], down: [] } })
  assert.deepEqual(status.nodes, {
    ...{ total: 4, monitored: 4, flows: 4, noflows: 0 },
    details: { unmonitored: [], noflows: [] },
  })
  assert.equal(status.traffic.speed, 800e9)
  assert.ok(Math.abs(status.traffic.discards - 120) < 5, String(status.traffic.discards))
  assert.equal(sonde([...fabric, '-f', 'json']).stdout, stdout)
  assert.equal(
    shell(`sonde decode fixtures/fabric.pcap | sonde ${fabric.slice(0, 2).join(' ')} --topology ${fabric[4]}`).stdout,
    stdout,
  )
})

test('a table, CSV of findings, metrics under the names of sFlow-RT', () => {
  assert.match(
    sonde([...fabric, '-f', 'table']).stdout,
    /^fabric\.pcap · 59 s\n nodes {3}4 total {3}4 monitored\n links {3}4 total {3}4 monitored {3}4 up\n traffic 7\.\d+ Gb\/s of 800 Gb\/s .* discards 11\d\/s {3}errors 0\/s\n ✗ agent 192\.0\.2\.101 \(gpu1\.example\.net\) is in no node\n$/,
  )
  assert.equal(
    sonde([...fabric, '-f', 'csv']).stdout,
    'check,node,port,link,agent,text\nunknown,,,,192.0.2.101,agent 192.0.2.101 (gpu1.example.net) is in no node\n',
  )
  const metrics = sonde([...fabric, '-f', 'prometheus']).stdout
  assert.match(metrics, /^sflow_topology_links\{status="up"\} 4$/m)
  assert.match(metrics, /^sflow_topology_nodes\{status="flows"\} 4$/m)
  assert.match(metrics, /^sflow_topology_traffic_speed 800000000000$/m)
  assert.match(metrics, /^sflow_topology_findings\{check="unknown"\} 1$/m)
})

test('a table wraps what it found at 80 columns', () => {
  const { stdout } = sonde(['topo', 'status', 'fixtures/fabric.pcap', '--topology', longNames(), '-f', 'table'])
  const lines = stdout.trimEnd().split('\n')
  assert.ok(lines.every((line) => line.length <= 80))
  assert.ok(lines.some((line) => line.startsWith('   ')))
})

/** A link whose ends take more than a line. */
function longNames(): string {
  const path = temporaryPath('long.json')
  const [node1, node2] = ['a', 'b'].map((letter) => letter.repeat(45))
  writeFileSync(path, JSON.stringify({ links: { l: { node1, port1: 'swp1', node2, port2: 'swp2' } } }))
  return path
}

const codes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['what was found is no failure by itself', [], 0, /^$/],
  ['--exit-code', ['--exit-code'], 1, /^$/],
  ['--exit-code, all is green', ['--exit-code', '--ignore', 'unknown'], 0, /^$/],
  ['--fail-if', ['--fail-if', 'links_up>3'], 2, /links_up.*links_down/s],
  ['--fail-if is true', ['--fail-if', 'findings_unknown>0'], 4, /findings_unknown is 1/],
  ['--ignore of what is no check', ['--ignore', 'unknwon'], 2, /Did you mean unknown\?/],
]
for (const [name, flags, code, stderr] of codes) {
  test(name, () => {
    const result = sonde([...fabric, ...flags])
    assert.equal(result.code, code)
    assert.match(result.stderr, stderr)
  })
}

test('without a topology it says where to get one', () => {
  const { code, stderr } = sonde(['topo', 'status', 'fixtures/fabric.pcap'])
  assert.equal(code, 2)
  assert.match(stderr, /needs --topology FILE\.\n.*sonde topo import/)
})

test('two cables that are swapped show by their octets', () => {
  const path = temporaryPath('swapped.json')
  const link = (leaf: string, spine: string, port: string) => ({
    node1: leaf,
    port1: 'swp51',
    node2: spine,
    port2: port,
  })
  const nodes = Object.fromEntries(
    Object.entries({ leaf1: 11, leaf2: 12, spine1: 21 }).map(([name, n]) => [name, { agent: `192.0.2.${n}` }]),
  )
  writeFileSync(
    path,
    JSON.stringify({ nodes, links: { a: link('leaf1', 'spine1', 'swp2'), b: link('leaf2', 'spine1', 'swp1') } }),
  )
  const { stdout } = sonde(['topo', 'status', 'fixtures/fabric.pcap', '--topology', path, '--ignore', 'unknown'])
  const { findings } = JSON.parse(stdout) as Status
  assert.deepEqual(
    findings.map(({ check, text }) => [check, text.replace(/[\d.]+ ([MG])b/g, 'N $1b')]),
    [
      ['octets', 'a: leaf1:swp51 sends N Gb/s, spine1:swp2 receives N Mb/s: is the cable where the topology says?'],
      ['octets', 'b: leaf2:swp51 sends N Mb/s, spine1:swp1 receives N Gb/s: is the cable where the topology says?'],
    ],
  )
})

test('names with escape sequences reach no terminal', () => {
  const path = temporaryPath('hostile.json')
  const evil = 'leaf\u001b[31m\u202e'
  writeFileSync(
    path,
    JSON.stringify({
      nodes: { [evil]: { agent: '192.0.2.11' } },
      links: { 'l\u0007': { node1: evil, port1: 'a\nb', node2: evil, port2: 'c' } },
    }),
  )
  for (const form of ['table', 'ndjson', 'csv', 'prometheus']) {
    const { stdout, code } = sonde(['topo', 'status', 'fixtures/fabric.pcap', '--topology', path, '-f', form])
    assert.equal(code, 0)
    if (form === 'csv') continue
    assert.doesNotMatch(stdout, /(?!\n)\p{Cc}|\u202e/u, form)
  }
})

interface Json {
  nodes: Record<string, { agent: string; ports: Record<string, { ifindex: string }> }>
  links: Record<string, { node1: string; port1: string; node2: string; port2: string }>
}

const octets = (link: string, from: string, to: string) =>
  `octets: ${link}: ${from} sends N b/s, ${to} receives N b/s: is the cable where the topology says?`

/** What is wrong with the topology of a real fabric, and what is found beside its sampling rates. */
const wrong: readonly (readonly [string, (topology: Json) => void, readonly string[]])[] = [
  ['nothing', () => {}, []],
  [
    'crossed cables, at 8 Mb/s of 10 Gb/s',
    ({ links }) => {
      links.link1!.port1 = 'eth2'
      links.link2!.port1 = 'eth1'
    },
    [octets('link1', 'leaf1:eth2', 'spine1:eth1'), octets('link2', 'leaf1:eth1', 'spine2:eth1')],
  ],
  [
    'ifindexes of two ports exchanged',
    ({ nodes }) => {
      const { ports } = nodes.leaf1!
      ports.eth2!.ifindex = '13'
      ports.eth3!.ifindex = '12'
    },
    [
      'names: the topology says that leaf1 eth2 is ifindex 13, the agent says that ifindex 13 is eth3',
      'names: the topology says that leaf1 eth3 is ifindex 12, the agent says that ifindex 12 is eth2',
    ],
  ],
  [
    'a link missing',
    ({ links }) => {
      delete links.link1
    },
    [
      'missing: spine1 eth1 looks like a link to leaf1 eth1: packets from 172.16.1.2 to 172.16.2.2 leave there and enter here with TTL 63; is it missing in the topology?',
    ],
  ],
  [
    'names in upper case',
    (topology) => {
      topology.nodes = {}
      for (const link of Object.values(topology.links)) {
        link.node1 = link.node1.toUpperCase()
        link.node2 = link.node2.toUpperCase()
      }
    },
    [
      'names: LEAF1, LEAF2, SPINE1 and 1 more are not heard, but agents call themselves leaf1, leaf2, spine1 and 1 more: use --ignore-case, or import with sonde topo import --lower',
    ],
  ],
  [
    'names with a domain that agents do not tell',
    (topology) => {
      topology.nodes = {}
      for (const link of Object.values(topology.links)) {
        link.node1 += '.example.net'
        link.node2 += '.example.net'
      }
    },
    [],
  ],
]
for (const [name, change, findings] of wrong) {
  test(`a real fabric, in its topology ${name}`, (t) => {
    const capture = sharedPath('captures/agents/lab-rocev2.pcap')
    const topology = sharedJson<Json>('captures/agents/lab-rocev2.topology.json')
    if (capture === undefined || topology === undefined) return t.skip(sharedAbsent)
    change(topology)
    const path = temporaryPath('wrong.json')
    writeFileSync(path, JSON.stringify(topology))
    const ignored = 'sampling,noflows,unmonitored,unknown'
    const { stdout } = sonde(['topo', 'status', capture, '--topology', path, '--ignore', ignored])
    const told = (JSON.parse(stdout) as Status).findings.map(({ check, text }) => `${check}: ${text}`)
    assert.deepEqual(
      told.map((text) => text.replace(/[\d.]+ [kM]?b\/s/g, 'N b/s')),
      findings,
    )
  })
}

test('a real fabric agrees with what was really there', (t) => {
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')
  const truth = sharedJson<{ switches: Record<string, object>; sampling_rate: number }>(
    'captures/agents/lab-rocev2.truth.json',
  )
  const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
  if (capture === undefined || truth === undefined || topology === undefined) return t.skip(sharedAbsent)
  const status = JSON.parse(sonde(['topo', 'status', capture, '--topology', topology]).stdout) as Status
  assert.equal(status.nodes.total, Object.keys(truth.switches).length)
  assert.equal(status.nodes.monitored, 4)
  // One 5-tuple takes one way: by spine1. spine2 had nothing but BGP to sample from.
  assert.deepEqual(status.nodes.details.noflows, ['spine2'])
  assert.deepEqual(status.links, { total: 4, monitored: 4, up: 4, down: 0, details: { unmonitored: [], down: [] } })
  // 640,192 frames from h1, over the counters of leaf1:eth3, which were read for about 50 s.
  assert.ok(status.traffic.pps > 10_000 && status.traffic.pps < 15_000, String(status.traffic.pps))
  assert.deepEqual([status.traffic.discards, status.traffic.errors], [0, 0])
  const checks = new Set(status.findings.map(({ check }) => check))
  assert.deepEqual([...checks], ['noflows', 'sampling'])
  assert.ok(
    status.findings.every(
      ({ check, text }) => check !== 'sampling' || text.includes(`1-in-${truth.sampling_rate} on 10 Gb/s`),
    ),
  )
})
