// `sonde topo locate` as a person runs it: every spelling of an address, forms, exit codes, a real fabric against its truth.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

const capture = 'fixtures/fabric.pcap'
const topology = ['--topology', 'fixtures/fabric.topology.json']

interface Place {
  readonly kind: string
  readonly ipaddress: string | null
  readonly mac: string
  readonly node: string
  readonly port: string
  readonly ifindex: number
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
  for (const wrong of ['a b', '1.2.3', '00:00:5e', '']) {
    const { code, stderr } = sonde(['topo', 'locate', wrong, capture, ...topology])
    assert.equal(code, 2, wrong)
    assert.match(stderr, /is neither an address nor a name/)
  }
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
  if (real === undefined || file === undefined || truth === undefined) return t.skip()
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
