// Names of addresses: asked for the rows that are given, and waited for before the last ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { DnsNames } from '../../src/lib/expression/data/dns.ts'
import type { PortDirectory } from '../../src/lib/expression/data.ts'
import { noData, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { FlowEngine, flowDefaults } from '../../src/lib/flow/flow.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ip4 } from '../attributes/build.ts'
import { tagged } from '../attributes/packets.ts'
import { Feed } from './feed.ts'

async function keysOf(keys: string): Promise<{ asked: string[]; rows: unknown[] }> {
  const asked: string[] = []
  const dns = new DnsNames(async (address) => {
    asked.push(address)
    if (address === '10.1.0.1') return ['one.example.org']
    throw new Error('NXDOMAIN')
  })
  const agents = new AgentTable()
  const options = { ...flowDefaults, keys: parseKeys(keys, '--keys'), values: parseValues('bytes', '--value') }
  const engine = new FlowEngine({ ...options, data: { ...noData, dns } }, agents, 1)
  const walker = new Walker(() => {})
  const view = new SampleView(walker)
  const datagram = { agent: ip4('192.0.2.1'), sub_agent_id: 0, sequence_number: 1, uptime: 1, samples: [tagged] }
  const bytes = encodeDatagram(datagram)
  walker.open(bytes, new DataView(bytes.buffer), 0, bytes.length)
  agents.datagram(walker, 1_767_323_045, 0)
  view.startDatagram(1_767_323_045, 0, new Uint32Array(4), 0)
  while (walker.nextSample()) {
    view.startSample()
    agents.sample(walker)
    engine.sample(view)
  }
  await engine.settle()
  return { asked, rows: engine.finish().flatMap((window) => window.rows.map((row) => row.key)) }
}

test('a name where there is one, else the address', async () => {
  assert.deepEqual(await keysOf('dns:ipsource,null:[dns:ipdestination]:x'), {
    asked: ['10.1.0.1', '10.2.0.2'],
    rows: [['one.example.org', '10.2.0.2']],
  })
})

test('without dns: nobody is asked', async () => {
  assert.deepEqual(await keysOf('ipsource'), { asked: [], rows: [['10.1.0.1']] })
})

/** The rows of three samples through one port, whose name (and whose agent's) is learned behind the second. */
function rowsOfPort(keys: string): unknown[] {
  const names: { port?: string; node?: string } = {}
  let version = 1
  const ports: PortDirectory = {
    get version() {
      return version
    },
    node: () => names.node,
    ifname: (_, ifIndex) => (ifIndex === 51 ? names.port : undefined),
    link: () => undefined,
  }
  const feed = new Feed({ keys, data: { ...noData, ports } })
  for (const number of [1, 2, 3]) {
    feed.datagram(1, 1_767_323_045_000 + number, [{ flow: 1, input: 51, output: 7, number, pool: number * 100 }])
    if (number === 2) Object.assign(names, { port: 'swp51', node: 'leaf1' })
    version++
  }
  return feed.finish().flatMap((window) => window.rows.map((row) => [...row.key, row.samples]))
}

for (const [keys, rows] of [
  ['ifname:inputifindex', [['swp51', 3]]],
  ['or:[ifname:inputifindex]:inputifindex', [['swp51', 3]]],
  ['node:inputifindex', [['leaf1', 3]]],
  ['or:[node:inputifindex]:agent,ifname:outputifindex', [['leaf1', '7', 3]]],
  ['null:[ifname:inputifindex]:none,ipdestination', [['swp51', '10.1.0.1', 3]]],
] as const) {
  test(`a port whose name is learned partway is one row: ${keys}`, () => {
    assert.deepEqual(rowsOfPort(keys), rows)
  })
}

test('a port that is never named is its ifIndex', () => {
  assert.deepEqual(rowsOfPort('ifname:outputifindex'), [['7', 3]])
})
