// Owns what tests of replay share: reading all datagrams of a capture, and what a collector concludes from datagrams.

import assert from 'node:assert/strict'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { type AgentSummary, summarise } from '../../src/lib/agents/summary.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'

export interface Recorded {
  readonly bytes: Uint8Array
  readonly sec: number
  readonly nsec: number
}

/** All datagrams of a capture, copied. */
export async function recordedDatagrams(path: string): Promise<Recorded[]> {
  const source = await openCapture(path)
  const datagrams: Recorded[] = []
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      const bytes = batch.bytes.slice(at, at + batch.length[i]!)
      datagrams.push({ bytes, sec: batch.sec[i]!, nsec: batch.nsec[i]! })
    }
  }
  await source.close()
  return datagrams
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** What a collector finds; datagrams that are no sFlow version 5 are left out. */
export function collect(datagrams: readonly { readonly bytes: Uint8Array; readonly sec: number }[]): AgentSummary[] {
  const table = new AgentTable()
  const walker = new Walker(() => {})
  for (const { bytes, sec } of datagrams) {
    if (!walker.open(bytes, viewOf(bytes), 0, bytes.length)) continue
    table.datagram(walker, sec, 0)
    while (walker.nextSample()) table.sample(walker)
  }
  return summarise(table)
}

/** Fails where a collector finds anything that one agent without loss would not give. */
export function assertOneLife(agents: readonly AgentSummary[], what: string): void {
  assert.ok(agents.length > 0, `${what}: no agent`)
  for (const { agent, lost, late, duplicates, restarts, flow, counters, discard } of agents) {
    assert.deepEqual(
      { lost, late, duplicates, restarts },
      { lost: 0, late: 0, duplicates: 0, restarts: 0 },
      `${what} ${agent}`,
    )
    for (const kind of [flow, counters, discard]) {
      const { samples, ...others } = kind
      assert.deepEqual(others, { lost: 0, late: 0, duplicates: 0, restarts: 0 }, `${what} ${agent}: ${samples} samples`)
    }
  }
}
