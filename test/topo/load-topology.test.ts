import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadTopology } from '../../src/lib/topo/load-topology.ts'
import { repositoryRoot } from '../helpers/cli.ts'

const fixture = (name: string): string => join(repositoryRoot, 'fixtures', name)

/** What is given as a topology, what it is said to be, the kind that imports it. */
const foreign: readonly (readonly [file: string, what: string, kind: string])[] = [
  ['topology/fabric.dot', 'DOT (Graphviz)', 'dot'],
  ['topology/netq-cli.txt', 'the table of netq show lldp', 'netq'],
  ['topology/netq-rest.json', 'LLDP records of NetQ', 'netq'],
  ['topology/netq-lldp.json', 'LLDP records of NetQ', 'netq'],
  ['topology/eapi-cli.txt', 'the table of show lldp neighbors', 'eapi'],
  ['topology/eapi-leaf1.json', 'eAPI’s LLDP neighbours', 'eapi'],
  ['topology/netbox-interfaces.json', 'pages of NetBox', 'netbox'],
  ['topology/netbox-devices.json', 'pages of NetBox', 'netbox'],
  ['topology/fabric.clab.yml', 'a lab file of containerlab', 'containerlab'],
  ['topology/topology-data.json', 'a lab’s topology-data.json of containerlab', 'containerlab'],
  ['topology/lldpd.json', 'LLDP neighbours', 'lldp'],
  ['topology/nvue-lldp.json', 'LLDP neighbours', 'lldp'],
  ['topology/batfish.json', 'Batfish’s layer-1 topology', 'batfish'],
]

for (const [file, what, kind] of foreign) {
  test(`${file} is no topology but ${what}`, async () => {
    const path = fixture(file)
    await assert.rejects(loadTopology(path), {
      name: 'InputError',
      message: `--topology ${path} is ${what}, needed is a topology as JSON.`,
      nextSteps: [`sonde topo import ${kind} ${path} > topology.json makes a topology of it.`],
    })
  })
}

test('a capture, packed or not', async () => {
  const path = fixture('fabric.pcap')
  await assert.rejects(loadTopology(path), {
    message: `--topology ${path} is a capture, needed is a topology as JSON.`,
    nextSteps: [`A capture stands without --topology: --topology topology.json ${path}`],
  })
})

test('what is neither keeps its own message; a topology is one whatever its attributes', async () => {
  const none = fixture('MANIFEST.md')
  await assert.rejects(loadTopology(none), { message: /MANIFEST\.md is no JSON: / })
  await assert.rejects(loadTopology(fixture('qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq')), {
    message: /can't be read: there is no such file\.$/,
  })
  await assert.rejects(loadTopology(fixture('fabrik.topology.json')), {
    message: /there is no such file\. Did you mean .*fixtures\/fabric\.topology\.json\?$/,
  })
  assert.equal((await loadTopology(fixture('fabric.topology.json'))).links.size, 4)
})
