// What real agents send: captures of the shared folder, with what was really sent (captures/agents/INDEX.md).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { CounterDeltas, IF_COUNTERS } from '../../src/lib/agents/counter-deltas.ts'
import { lossOf } from '../../src/lib/agents/loss.ts'
import { type AgentSummary, summarise } from '../../src/lib/agents/summary.ts'
import { if_counters } from '../../src/lib/sflow/records/version-5-counters.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { sharedPath } from '../helpers/shared.ts'

interface Read {
  table: AgentTable
  agents: AgentSummary[]
  /** Sums of the differences of if_counters by name, all ports. */
  counters: Record<string, number>
}

async function read(path: string): Promise<Read> {
  const table = new AgentTable()
  const walker = new Walker(() => {})
  const deltas = new CounterDeltas(table, if_counters, IF_COUNTERS)
  const sums = new Float64Array(IF_COUNTERS.length)
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
      table.datagram(walker, batch.sec[i]!, batch.nsec[i]!)
      while (walker.nextSample()) {
        table.sample(walker)
        if (walker.sampleKind !== 2) continue
        const at = walker.findRecord(1)
        if (at < 0 || !deltas.update(walker.view, walker.recordOffset[at]!, walker.recordEnd[at]!)) continue
        for (const [k, delta] of deltas.delta.entries()) if (!Number.isNaN(delta)) sums[k]! += delta
      }
    }
  }
  await source.close()
  return { table, agents: summarise(table), counters: Object.fromEntries(IF_COUNTERS.map((x, k) => [x, sums[k]!])) }
}

test('lab-rocev2: four hsflowd, nothing lost, pool not measured, names learned', async () => {
  const path = sharedPath('captures/agents/lab-rocev2.pcap')
  if (path === undefined) return
  const { table, agents } = await read(path)
  assert.deepEqual(
    agents.map((x) => [x.agent, x.sub_agent, x.hostname, x.datagrams, x.lost, x.late, x.duplicates, x.restarts]),
    [
      ['172.100.100.11', 100_000, 'leaf1', 1864, 0, 0, 0, 0],
      ['172.100.100.12', 100_000, 'leaf2', 1858, 0, 0, 0, 0],
      ['172.100.100.21', 100_000, 'spine1', 1835, 0, 0, 0, 0],
      ['172.100.100.22', 100_000, 'spine2', 18, 0, 0, 0, 0],
    ],
  )
  const loss = lossOf(table)
  assert.deepEqual(
    [loss.flow, loss.counters],
    [
      { samples: 38341, lost: 0 },
      { samples: 86, lost: 0 },
    ],
  )
  for (const agent of agents) {
    for (const source of agent.sources.filter((x) => x.kind === 'flow')) {
      assert.equal(source.configured_rate, 100)
      if (source.samples > 1) assert.equal(source.effective_rate, 100)
      if (source.samples > 4) assert.equal(source.pool_measured, false, `${agent.agent} ${source.source}`)
    }
  }
  // Host h1 is at leaf1's eth3, ifIndex 13.
  assert.equal(agents[0]!.sources.find((x) => x.source === '0:13')!.name, 'eth3')
})

test('drops-dropmon-1: 772 discards, none lost, none kept back by the agent', async () => {
  const path = sharedPath('captures/agents/drops-dropmon-1.pcap')
  if (path === undefined) return
  const { agents } = await read(path)
  assert.equal(agents.length, 1)
  const [router] = agents
  assert.deepEqual([router!.datagrams, router!.lost, router!.hostname], [180, 0, 'router1'])
  const discards = router!.sources.filter((x) => x.kind === 'discard')
  assert.deepEqual(
    discards.map((x) => [x.source, x.samples, x.lost, x.agent_drops, x.discards]),
    [['0:0', 772, 0, 0, 772]],
  )
})

test('ovs: one bridge, pool = rate × samples', async () => {
  const path = sharedPath('captures/agents/ovs.pcap')
  if (path === undefined) return
  const { agents } = await read(path)
  const [edge] = agents
  assert.deepEqual([edge!.datagrams, edge!.lost], [379, 0])
  const flow = edge!.sources.find((x) => x.kind === 'flow')!
  assert.deepEqual(
    [flow.source, flow.samples, flow.lost, flow.configured_rate, flow.effective_rate, flow.pool_measured],
    ['2:1000', 2131, 0, 64, 64, false],
  )
})

test('overflowd: a switch whose pool measures', async () => {
  const path = sharedPath('captures/sflow/overflowd-1-600.pcap')
  if (path === undefined) return
  const { agents, counters } = await read(path)
  assert.equal(agents.length, 1)
  const [agent] = agents
  assert.deepEqual(
    [agent!.agent, agent!.datagrams, agent!.lost, agent!.flow.samples, agent!.flow.lost],
    ['192.168.1.1', 600, 0, 3513, 0],
  )
  const flow = agent!.sources.find((x) => x.kind === 'flow')!
  assert.deepEqual([flow.source, flow.configured_rate, flow.pool_measured, flow.rate_off], ['0:47', 300, true, false])
  // Pool 26,431,550 at number 28,696 and 27,480,469 at number 32,208, read by another program.
  assert.equal(flow.effective_rate, 1_048_919 / 3512)
  // Counters of all ports: octets a packet must be those of Ethernet frames.
  for (const direction of ['In', 'Out']) {
    const packets = ['Ucast', 'Multicast', 'Broadcast'].reduce((sum, x) => sum + counters[`if${direction}${x}Pkts`]!, 0)
    const size = counters[`if${direction}Octets`]! / packets
    assert.ok(packets > 700_000 && size > 64 && size < 1518, `${packets} packets of ${size} octets`)
  }
})
