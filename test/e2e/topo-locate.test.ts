// `sonde topo locate` as a person runs it: every spelling of an address, forms, exit codes, a real fabric against its truth.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'

const capture = 'fixtures/fabric.pcap'
const topology = ['--topology', 'fixtures/fabric.topology.json']

interface Place {
  readonly kind: string
  readonly ipaddress: string | null
  readonly mac: string
  readonly node: string
  readonly port: string
  readonly ifindex: number
  readonly host: string | null
  readonly ouiname: string | null
  readonly samples: number
  readonly share: number
}

const placesOf = (stdout: string): Place[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Place)
    .filter(({ kind }) => kind === 'location')

// gpu3 is behind leaf2's swp1 (scripts/fixtures/fabric-traffic.ts).
const spellings = ['198.51.100.33', '00:00:5e:00:53:21', '00-00-5E-00-53-21', '00005e005321', '0000.5e00.5321']
for (const address of spellings) {
  test(`${address} is at leaf2 swp1`, () => {
    const { stdout, stderr, code } = sonde(['topo', 'locate', address, capture, ...topology])
    assert.deepEqual([stderr, code], ['', 0])
    const [place, ...others] = placesOf(stdout)
    assert.equal(others.length, 0)
    assert.deepEqual(
      [place!.node, place!.port, place!.ifindex, place!.mac, place!.ipaddress, place!.share],
      ['leaf2', 'swp1', 1, '00:00:5e:00:53:21', '198.51.100.33', 1],
    )
  })
}

test('all: hosts are where they send from, and nothing is on a link, though names come after the first samples', () => {
  const places = placesOf(sonde(['topo', 'locate', 'all', capture, ...topology]).stdout)
  const at = (mac: string) => places.filter((place) => place.mac === mac).map(({ node, port }) => `${node} ${port}`)
  assert.deepEqual(at('00:00:5e:00:53:11'), ['leaf1 swp1'])
  assert.deepEqual(at('00:00:5e:00:53:12'), ['leaf1 swp2'])
  assert.deepEqual(at('00:00:5e:00:53:f1'), [])
  assert.ok(places.every(({ node, port }) => node.startsWith('leaf') && /^swp[1-4]$/.test(port)))
})

test('without a topology it says so, and gives the share of each port', () => {
  const { stdout, stderr } = sonde(['topo', 'locate', '198.51.100.33', capture])
  assert.match(stderr, /Without --topology every port counts as the edge/)
  const places = placesOf(stdout)
  assert.ok(places.length > 1)
  const sum = places.reduce((all, { share }) => all + share, 0)
  assert.ok(Math.abs(sum - 1) < 1e-6, String(sum))
})

test('what was not seen: exit code 1, and why', () => {
  const { stderr, code } = sonde(['topo', 'locate', '198.51.100.99', capture, ...topology])
  assert.equal(code, 1)
  assert.match(stderr, /198\.51\.100\.99 was not seen as it entered at an edge port of the topology\./)
  const linkOnly = sonde(['topo', 'locate', '00:00:5e:00:53:f1', capture, ...topology])
  assert.match(linkOnly.stderr, /[\d,]+ samples are of other ports/)
})

test('what is no address, and no name', () => {
  for (const wrong of ['a b', '1.2.3', '00:00:5e']) {
    const { code, stderr } = sonde(['topo', 'locate', wrong, capture, ...topology])
    assert.equal(code, 2, wrong)
    assert.match(stderr, /is neither an address nor a name/)
  }
})

const unknown: readonly (readonly [name: string, line: string])[] = [
  [
    'leaf1',
    'leaf1 is a switch of the topology, and no host at one of its ports. sonde topo show --topology FILE shows what it is connected to, sonde topo locate all what is at its ports.',
  ],
  [
    'gpu11',
    'No host is known as gpu11: none tells it of itself, and DNS is not asked with --no-names. Did you mean gpu1? Hosts here are called gpu1.example.net.',
  ],
  [
    'leaf9.example.net',
    'No host is known as leaf9.example.net: none tells it of itself, and DNS is not asked with --no-names. Did you mean leaf1 or leaf2? Hosts here are called gpu1.example.net.',
  ],
]
for (const [name, line] of unknown) {
  test(`${name}: nothing on stdout, and what it is or who is known`, () => {
    for (const format of ['ndjson', 'table']) {
      const { stdout, stderr, code } = sonde(['topo', 'locate', name, '-n', capture, ...topology, '-f', format])
      assert.deepEqual([stdout, stderr, code], ['', `${line}\n`, 1])
    }
  })
}

test('by the name that a host tells, with --no-names too', () => {
  const places = placesOf(sonde(['topo', 'locate', 'GPU1', '-n', capture, ...topology]).stdout)
  const macs = places.map(({ mac }) => mac).sort()
  assert.deepEqual(macs.slice(0, 2), ['00:00:5e:00:53:11', '00:00:5e:00:53:12'])
})

test('by the name that the topology has at a port (--keep-hosts), and of one that did not send', () => {
  const path = temporaryPath('hosts.topology.json')
  const hosts = {
    store: { ports: { eth0: { node: 'leaf2', port: 'swp1' } } },
    idle: { ports: { eth0: { node: 'leaf2', port: 'swp9' }, eth1: { node: 'leaf1', port: 'swp9' } } },
    odd: { ports: [1], x: null },
  }
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync('fixtures/fabric.topology.json', 'utf8')), hosts }))
  const locate = (name: string) => sonde(['topo', 'locate', name, '-n', capture, '--topology', path])
  assert.deepEqual(
    placesOf(locate('store').stdout).map(({ mac, node, host }) => [mac, node, host]),
    [['00:00:5e:00:53:21', 'leaf2', 'store']],
  )
  const idle = locate('idle')
  assert.deepEqual(
    [idle.code, idle.stderr],
    [1, 'The topology has idle at leaf2 swp9, leaf1 swp9; nothing was seen as it entered there.\n'],
  )
  assert.match(locate('idl').stderr, /Did you mean idle\? Hosts here are called gpu1\.example\.net, idle, store\./)
})

test('every line is a place; JSON is a list of them', () => {
  const { stdout } = sonde(['topo', 'locate', 'all', capture, ...topology])
  const lines = stdout.trimEnd().split('\n')
  assert.equal(placesOf(stdout).length, lines.length)
  const json = JSON.parse(sonde(['topo', 'locate', 'all', capture, ...topology, '-f', 'json']).stdout) as Place[]
  assert.deepEqual(json, placesOf(stdout))
  assert.equal(sonde(['topo', 'locate', '198.51.100.99', capture, ...topology, '-f', 'json']).stdout, '[]\n')
})

test('what is missing, or stands in the wrong place', () => {
  const none = sonde(['topo', 'locate'])
  assert.equal(none.code, 2)
  assert.match(
    none.stderr,
    /^What to locate is missing: an address, the name of a host, or all\.\n {2}sonde topo locate 198/,
  )
  const file = sonde(['topo', 'locate', capture, ...topology])
  assert.equal(file.code, 2)
  assert.match(
    file.stderr,
    /is a file; what to locate stands before it.*\n {2}sonde topo locate all fixtures\/fabric\.pcap/,
  )
  const dot = sonde(['topo', 'locate', 'all', capture, '--topology', 'fixtures/topology/fabric.dot'])
  assert.equal(dot.code, 2)
  assert.match(
    dot.stderr,
    /is DOT \(Graphviz\).*\n {2}sonde topo import dot fixtures\/topology\/fabric\.dot > topology\.json/,
  )
})

test('vendors, a table of 80 columns, metrics', () => {
  const path = temporaryPath('oui.txt')
  writeFileSync(path, '00-00-5E   (hex)\t\tEvil\u001b[31m Networks\n')
  const flags = ['topo', 'locate', 'all', capture, ...topology, '--oui', path]
  assert.equal(placesOf(sonde(flags).stdout)[0]!.ouiname, 'Evil\u001b[31m Networks')
  const { stdout } = sonde([...flags, '-f', 'table'])
  assert.doesNotMatch(stdout, /(?!\n)\p{Cc}/u)
  assert.ok(stdout.split('\n').every((line) => line.length <= 80))
  assert.match(
    sonde([...flags, '-f', 'prometheus']).stdout,
    /^sflow_topology_located\{mac="00:00:5e:00:53:11",node="leaf1",port="swp1",agent="192\.0\.2\.11",ifindex="1"\} \d+$/m,
  )
})

test('a real fabric: the host is where it really is; one that sent nothing is nowhere', (t) => {
  const real = sharedPath('captures/agents/lab-rocev2.pcap')
  const file = sharedPath('captures/agents/lab-rocev2.topology.json')
  const truth = sharedJson<{
    hosts: Record<string, { ipv4: string; mac: string; attached_to: { switch: string; port: string; ifindex: number } }>
  }>('captures/agents/lab-rocev2.truth.json')
  if (real === undefined || file === undefined || truth === undefined) return t.skip(sharedAbsent)
  const { h1, h2 } = truth.hosts
  for (const address of [h1!.ipv4, h1!.mac]) {
    const [place, ...others] = placesOf(sonde(['topo', 'locate', address, real, '--topology', file]).stdout)
    assert.equal(others.length, 0)
    const { switch: node, port, ifindex } = h1!.attached_to
    assert.deepEqual(
      [place!.node, place!.port, place!.ifindex, place!.mac, place!.ipaddress],
      [node, port, ifindex, h1!.mac, h1!.ipv4],
    )
    // 1 in 100 of 640,196 packets: 6402 ± 4 × 80.
    assert.ok(Math.abs(place!.samples - 6402) < 320, String(place!.samples))
  }
  assert.equal(sonde(['topo', 'locate', h2!.ipv4, real, '--topology', file]).code, 1)
})
