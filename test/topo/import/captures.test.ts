// Real files: how many cables and switches each has, counted by others (captures/INDEX.md) or by hand.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildTopology, importCabling } from '../../../src/lib/topo/import/import.ts'
import { nodeNames } from '../../../src/lib/topo/topology.ts'
import { sharedPath } from '../../helpers/shared.ts'

/** Devices, cables as told, links kept, nodes, warnings by kind. */
const files: readonly (readonly [string, number, number, number, number, Readonly<Record<string, number>>])[] = [
  ['batfish-layer1-example.json', 15, 40, 17, 13, { 'self-loop': 1, guessed: 1 }],
  ['clab-ceos-evpn.clab.yml', 14, 40, 24, 10, {}],
  ['clab-clos01.clab.yml', 5, 4, 2, 3, {}],
  ['clab-frr01.clab.yml', 6, 6, 3, 3, {}],
  ['clab-k8s-kind.clab.yml', 6, 3, 0, 1, {}],
  ['clab-sflowrt-clos3.yml', 7, 6, 4, 4, {}],
  ['clab-sflowrt-clos5.yml', 15, 16, 12, 10, {}],
  ['clab-sflowrt-ddos.yml', 5, 3, 1, 2, {}],
  ['clab-sflowrt-rocev2.yml', 7, 6, 4, 4, {}],
  ['clab-srl-telemetry.clab.yml', 13, 9, 6, 5, {}],
  ['clab-sros-srl.clab.yml', 2, 1, 1, 2, {}],
  ['dot-frr-all-protocol.dot', 11, 0, 0, 0, { 'no ports': 10 }],
  ['dot-frr-bgp-ecmp.dot', 25, 0, 0, 0, { 'no ports': 60 }],
  ['eos-lldp-detail-issue1153.json', 4, 3, 2, 3, { guessed: 1 }],
  ['eos-lldp-eapi-ntc-lab.json', 3, 5, 5, 3, { guessed: 1 }],
  ['eos-lldp-napalm.json', 2, 2, 0, 1, { guessed: 1 }],
  ['eos-lldp-text.raw', 3, 3, 3, 3, { guessed: 1 }],
  ['netbox-cables.json', 0, 0, 0, 0, {}],
  ['netbox-devices.json', 11, 0, 0, 9, {}],
  ['netbox-interfaces.json', 3, 2, 2, 3, {}],
  ['ptm-cl-fabric.dot', 15, 44, 20, 8, { 'self-loop': 12 }],
  ['ptm-cldemo-vagrant.dot', 16, 59, 20, 8, { 'self-loop': 12 }],
  ['ptm-ecmp-demo.dot', 3, 2, 0, 1, {}],
  ['ptm-gtc-nvue.dot', 3, 2, 2, 3, {}],
  ['sflowrt-fabric-view-topology.json', 4, 8, 8, 4, {}],
]

for (const [name, devices, cables, links, nodes, warnings] of files) {
  const path = sharedPath(`captures/topology/${name}`)
  test(name, { skip: path === undefined ? 'no ../shared' : false }, async () => {
    const cabling = await importCabling(undefined, [{ name, text: readFileSync(path!, 'utf8') }])
    const result = buildTopology(cabling)
    const kinds = [...new Set(result.warnings.map(({ kind }) => kind))]
    assert.deepEqual(
      [cabling.devices.size, cabling.cables.length, result.topology.links.size, nodeNames(result.topology).length],
      [devices, cables, links, nodes],
    )
    assert.deepEqual(
      Object.fromEntries(kinds.map((kind) => [kind, result.warnings.filter((one) => one.kind === kind).length])),
      warnings,
    )
  })
}

test('netbox-cables.json says what its cables are instead', async () => {
  const path = sharedPath('captures/topology/netbox-cables.json')
  if (path === undefined) return
  const { left } = await importCabling('netbox', [{ name: 'c.json', text: readFileSync(path, 'utf8') }])
  assert.deepEqual([...left], [['cables to dcim.consoleport', 3]])
})
