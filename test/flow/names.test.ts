// Names of addresses: asked for the rows that are given, and waited for before the last ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { DnsNames } from '../../src/lib/expression/data/dns.ts'
import { noData, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { FlowEngine, flowDefaults } from '../../src/lib/flow/flow.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ip4 } from '../attributes/build.ts'
import { tagged } from '../attributes/packets.ts'

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
