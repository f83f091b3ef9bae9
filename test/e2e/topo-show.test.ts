// `sonde topo show` as a person runs it: pictures of small and large fabrics, what other programs get.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { shell, sonde } from '../helpers/cli.ts'
import { temporaryPath } from '../helpers/read-captures.ts'

const fabric = ['topo', 'show', '--topology', 'fixtures/fabric.topology.json']
const capture = 'fixtures/fabric.pcap'

test('without sFlow: cables', () => {
  const { stdout, stderr, code } = sonde(fabric)
  assert.deepEqual([stderr, code], ['', 0])
  assert.equal(
    stdout,
    `fabric.topology.json · 4 nodes in tiers of 2 + 2 · 4 links

        spine1  spine2
        │       │
 leaf1 ─●───────●
 leaf2 ─●───────●

 ● a cable  ●2 two of them
`,
  )
})

test('with sFlow: states and loads', () => {
  assert.equal(
    sonde([...fabric, capture]).stdout,
    `fabric.topology.json · fabric.pcap · 4 nodes in tiers of 2 + 2 · 4 links, 4 up

        spine1  spine2
        │       │
 leaf1 ─● 5%────● <1%
 leaf2 ─● 5%────● <1%

 ● up  ✗ down  ○ not monitored  %: the busier direction  ?: no agent heard
`,
  )
})

interface Link {
  readonly node1: string
  readonly port1: string
  readonly node2: string
  readonly port2: string
}

function writeLinks(name: string, links: readonly Link[]): string {
  const path = temporaryPath(name)
  writeFileSync(path, JSON.stringify({ links: Object.fromEntries(links.map((link, i) => [`link${i}`, link])) }))
  return path
}

const link = (node1: string, node2: string, i = 0): Link => ({
  node1,
  port1: `a${node2}${i}`,
  node2,
  port2: `b${node1}${i}`,
})

test('forty nodes fit 80 columns and 50 lines', () => {
  const links = Array.from({ length: 256 }, (_, i) => link(`leaf${1 + (i >> 3)}`, `spine${1 + (i & 7)}`))
  const { stdout } = sonde(['topo', 'show', '--topology', writeLinks('forty.json', links), capture])
  const lines = stdout.trimEnd().split('\n')
  assert.ok(lines.length <= 50, stdout)
  assert.equal(lines.filter((line) => line.includes('leaf')).length, 32)
  assert.ok(lines.slice(1, -1).every((line) => [...line].length <= 80))
})

test('what no grid can show: links within a tier, two cables, nodes without any', () => {
  const links = [link('leaf1', 'spine1'), link('leaf1', 'spine1', 1), link('leaf2', 'spine1'), link('leaf1', 'leaf2')]
  const { stdout } = sonde(['topo', 'show', '--topology', writeLinks('odd.json', links)])
  assert.match(stdout, /^ leaf1 ─●2$/m)
  assert.match(stdout, /^beside the tiers\n ● leaf1:aleaf20 - leaf2:bleaf10$/m)
})

test('a sparse fabric is listed, not drawn', () => {
  const links = Array.from({ length: 120 }, (_, i) => [
    link(`leaf${i}`, `spine${i}`),
    link(`leaf${i}`, `spine${(i + 1) % 120}`),
  ])
  const { stdout } = sonde(['topo', 'show', '--topology', writeLinks('sparse.json', links.flat())])
  assert.match(stdout, /^ leaf7 {2}● spine7 {2}● spine8$/m)
  assert.ok(stdout.length < 10_000)
})

test('DOT comes back as the same topology; JSON and Mermaid', () => {
  const dot = temporaryPath('fabric.dot')
  writeFileSync(dot, sonde([...fabric, capture, '-f', 'dot']).stdout)
  const back = JSON.parse(sonde(['topo', 'import', dot, '-q']).stdout) as { links: Record<string, Link> }
  const ends = Object.values(back.links).map((one) => `${one.node1}:${one.port1} ${one.node2}:${one.port2}`)
  assert.deepEqual(ends, [
    'leaf1:swp51 spine1:swp1',
    'leaf1:swp52 spine2:swp1',
    'leaf2:swp51 spine1:swp2',
    'leaf2:swp52 spine2:swp2',
  ])
  assert.match(
    sonde([...fabric, capture, '-f', 'mermaid']).stdout,
    /^graph BT\n {2}n0\["leaf1"\]\n.*\n {2}n0 ---\|"swp51 - swp1 5%"\| n2\n/s,
  )
  const busiest = `sonde ${fabric.join(' ')} ${capture} -f json`
  const json = JSON.parse(shell(busiest).stdout) as {
    tiers: string[][]
    links: { name: string; state: string; load: number }[]
  }
  assert.deepEqual(json.tiers, [
    ['leaf1', 'leaf2'],
    ['spine1', 'spine2'],
  ])
  // 5.4 Gb/s by the counters of both ends, of 100 Gb/s.
  assert.ok(Math.abs(json.links[0]!.load - 0.054) < 0.002, String(json.links[0]!.load))
  assert.equal(json.links[0]!.state, 'up')
})

test('names with escape sequences, quotes and brackets are harmless in every form', () => {
  const path = writeLinks('evil.json', [{ ...link('leaf\u001b[2J"]\n', 'spine"; evil [shape=x'), port1: 'p\\"' }])
  for (const form of ['picture', 'dot', 'mermaid', 'json']) {
    const { stdout, code } = sonde(['topo', 'show', '--topology', path, '-f', form])
    assert.equal(code, 0)
    assert.doesNotMatch(stdout, /(?!\n)\p{Cc}/u)
    if (form === 'dot') assert.match(stdout, /"spine\\"; evil \[shape=x"/)
    if (form === 'mermaid') assert.match(stdout, /spine#34;#59; evil #91;shape=x/)
  }
})
