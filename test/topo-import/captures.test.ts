// Files of others, as they are: what each gives, counted by hand from the files.

import assert from 'node:assert/strict'
import { basename } from 'node:path'
import test from 'node:test'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { nodeNames } from '../../src/lib/topo/topology.ts'
import { sharedPath } from '../helpers/shared.ts'
import { importTopology } from './import.ts'

/** File, links, nodes named by the topology; what the summary has to say. */
const whole: readonly (readonly [file: string, links: number, nodes: number, says: string])[] = [
  [
    'batfish-layer1-example.json',
    17,
    13,
    'batfish: 40 edges read, 15 nodes. 17 links kept, 17 told again, 4 to hosts left out (--keep-hosts lists them under "hosts"), 2 back to the same switch.',
  ],
  ['clab-ceos-evpn.clab.yml', 24, 10, 'containerlab: 40 links read, 14 nodes. 24 links kept, 16 to hosts'],
  ['clab-clos01.clab.yml', 2, 3, 'containerlab: 4 links read, 5 nodes. 2 links kept, 2 to hosts'],
  ['clab-frr01.clab.yml', 3, 3, 'containerlab: 6 links read, 6 nodes. 3 links kept, 3 to hosts'],
  ['clab-k8s-kind.clab.yml', 0, 1, 'containerlab: 3 links read, 6 nodes. 0 links kept, 3 to hosts'],
  ['clab-sflowrt-clos3.yml', 4, 4, 'containerlab: 6 links read, 7 nodes. 4 links kept, 2 to hosts'],
  ['clab-sflowrt-clos5.yml', 12, 10, 'containerlab: 16 links read, 15 nodes. 12 links kept, 4 to hosts'],
  ['clab-sflowrt-ddos.yml', 1, 2, 'containerlab: 3 links read, 5 nodes. 1 link kept, 2 to hosts'],
  ['clab-sflowrt-rocev2.yml', 4, 4, 'containerlab: 6 links read, 7 nodes. 4 links kept, 2 to hosts'],
  ['clab-srl-telemetry.clab.yml', 6, 5, 'containerlab: 9 links read, 13 nodes. 6 links kept, 3 to hosts'],
  ['clab-sros-srl.clab.yml', 1, 2, 'containerlab: 1 link read, 2 nodes. 1 link kept.'],
  ['eos-lldp-detail-issue1153.json', 2, 3, 'eapi: 3 neighbours read, 4 nodes. 2 links kept, 1 to hosts'],
  ['eos-lldp-eapi-ntc-lab.json', 5, 3, 'eapi: 12 neighbours read, 3 nodes. 5 links kept, 7 on management ports.'],
  ['eos-lldp-napalm.json', 0, 1, 'eapi: 2 neighbours read, 2 nodes. 0 links kept, 2 to hosts'],
  ['eos-lldp-text.raw', 3, 3, 'eapi: 4 neighbours read, 3 nodes. 3 links kept, 1 on management ports.'],
  ['netbox-interfaces.json', 2, 3, 'netbox: 21 records read, 3 nodes. 2 links kept, 19 not connected.'],
  [
    'ptm-cl-fabric.dot',
    22,
    9,
    'dot: 44 edges read, 15 nodes. 22 links kept, 10 to hosts left out (--keep-hosts lists them under "hosts"), 12 back to the same switch.',
  ],
  [
    'ptm-cldemo-vagrant.dot',
    22,
    9,
    'dot: 59 edges read, 16 nodes. 22 links kept, 10 to hosts left out (--keep-hosts lists them under "hosts"), 15 to management, 12 back to the same switch.',
  ],
  ['ptm-ecmp-demo.dot', 0, 1, 'dot: 2 edges read, 3 nodes. 0 links kept, 2 to hosts'],
  ['ptm-gtc-nvue.dot', 2, 3, 'dot: 2 edges read, 3 nodes. 2 links kept.'],
  ['sflowrt-fabric-view-topology.json', 8, 4, 'sflow-rt: 8 links read, 4 nodes. 8 links kept.'],
]

for (const [file, links, nodes, says] of whole) {
  const path = sharedPath(`captures/topology/${file}`)
  test(`${file}: ${links} links, ${nodes} nodes`, { skip: path === undefined }, async () => {
    const { code, out, lines } = await importTopology(undefined, [path!])
    const topology = readTopology(out, file)
    assert.equal(code, 0)
    assert.equal(topology.links.size, links)
    assert.equal(nodeNames(topology).length, nodes)
    assert.ok(
      lines.some((line) => line.startsWith(says)),
      lines.join('\n'),
    )
  })
}

/** What can't be imported, and what is said to be missing. */
const failing: readonly (readonly [file: string, message: RegExp])[] = [
  ['dot-frr-all-protocol.dot', /none of 10 edges names its ports/],
  ['dot-frr-bgp-ecmp.dot', /none of 24 edges names its ports/],
  [
    'netbox-cables.json',
    /none of 3 cables joins two interfaces \(3 to a consoleport\), needed cables between interfaces of type dcim.interface/,
  ],
  ['netbox-devices.json', /there are devices and neither cables nor interfaces/],
]

for (const [file, message] of failing) {
  const path = sharedPath(`captures/topology/${file}`)
  test(`${file}: ${message.source}`, { skip: path === undefined }, async () => {
    const { code, out, lines } = await importTopology(undefined, [path!])
    assert.equal(code, 2)
    assert.equal(out, '')
    assert.match(lines[0]!, message)
    assert.ok(lines[0]!.includes(basename(path!)))
  })
}

test('what is known of a real lab: links of the file, agents and ifindexes out of its sFlow', {
  skip: sharedPath('captures/agents/lab-rocev2.topology.json') === undefined,
}, async () => {
  const truth = readTopology(await text('captures/agents/lab-rocev2.topology.json'), 'truth')
  const lab = sharedPath('captures/topology/clab-sflowrt-rocev2.yml')!
  const capture = sharedPath('captures/agents/lab-rocev2.pcap')!
  const { out, lines } = await importTopology('containerlab', [lab], { learn: [capture] })
  assert.deepEqual(readTopology(out, 'out'), truth)
  assert.ok(lines.includes(`Learned from ${capture}: agents of 4 of 4 nodes.`))
})

async function text(relative: string): Promise<string> {
  const { readFileSync } = await import('node:fs')
  return readFileSync(sharedPath(relative)!, 'utf8')
}
