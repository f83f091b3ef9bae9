// The benches' fabric: some seconds of it decode without an issue, and its pools are what 1 in N says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FullDecoding } from '../../../src/lib/sflow/decode.ts'
import { HOUR_RATE, writeFabricHour } from '../../bench/fabric-hour.ts'
import { ownDatagrams } from '../own-capture.ts'
import { temporaryPath } from '../read-captures.ts'

test('40 seconds of the fabric of 1,024 ports', () => {
  const path = temporaryPath('hour.pcap')
  const written = writeFabricHour({ seconds: 40, samples: 20_000, seed: 4, path })
  assert.equal(written.ports, 1024)
  assert.ok(Math.abs(written.samples / 20_000 - 1) < 0.1, `${written.samples} samples`)
  const decoding = new FullDecoding()
  const first = new Map<string, { samples: number; pool: number }>()
  const last = new Map<string, { samples: number; pool: number }>()
  const sequences = new Map<string, number>()
  let flows = 0
  for (const bytes of ownDatagrams(path)) {
    const { datagram, issues } = decoding.decode(bytes)
    assert.deepEqual(issues, [])
    const agent = datagram!.agent.bytes.join('.')
    assert.equal(datagram!.sequence_number, (sequences.get(agent) ?? 0) + 1)
    sequences.set(agent, datagram!.sequence_number)
    for (const sample of datagram!.samples) {
      if (sample.kind !== 'flow') continue
      flows++
      const key = `${agent} ${sample.source_id_index}`
      const now = { samples: sample.sequence_number, pool: sample.sample_pool }
      if (!first.has(key)) first.set(key, now)
      last.set(key, now)
    }
  }
  assert.equal(flows, written.samples)
  assert.equal(sequences.size, 40)
  assert.ok(last.size > 900, `${last.size} ports`)
  let samples = 0
  let pool = 0
  for (const [key, end] of last) {
    samples += end.samples - first.get(key)!.samples
    pool += end.pool - first.get(key)!.pool
  }
  // 18,000 samples: 4 σ are 3 %.
  assert.ok(Math.abs(pool / samples / HOUR_RATE - 1) < 0.03, `1 in ${pool / samples}`)
})
