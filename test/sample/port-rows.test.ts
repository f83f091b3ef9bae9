import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PortState } from '../../src/lib/host-agent/port-sampling.ts'
import { PortRows } from '../../src/lib/sample/port-rows.ts'
import type { SampleState } from '../../src/lib/sample/report.ts'

const state = (seconds: number, ...ports: Partial<PortState>[]): SampleState => ({
  seconds,
  tap: { kind: 'tcx', measuresPool: true, why: undefined },
  direction: 'both',
  drops: undefined,
  agent: '192.0.2.9',
  counts: { datagrams: 0, flow: 0, counters: 0, discards: 0, leftOut: 0 },
  collectors: [],
  ports: ports.map((port) => ({
    interfaceIndex: 2,
    name: 'eth0',
    rate: 100,
    isSampled: true,
    poolIn: 0,
    poolOut: 0,
    samples: 0,
    lost: 0,
    ...port,
  })),
})

test('rates are over the last five seconds, and not known at first', () => {
  const rows = new PortRows()
  const rates = (x: SampleState) =>
    rows.take(x).map((row) => [row.inPerSecond, row.outPerSecond, row.samplesPerSecond, row.lostPerSecond])
  assert.deepEqual(rates(state(0, { poolIn: 1000 })), [[null, null, null, null]])
  assert.deepEqual(rates(state(2, { poolIn: 3000, poolOut: 200, samples: 20, lost: 2 })), [[1000, 100, 10, 1]])
  for (let second = 3; second <= 20; second++)
    rates(state(second, { poolIn: 3000, poolOut: 200, samples: 20, lost: 2 }))
  assert.deepEqual(rates(state(21, { poolIn: 3050, poolOut: 200, samples: 25, lost: 2 })), [[10, 0, 1, 0]])
})

test('one that came later counts from its first state, one that is gone has no rates', () => {
  const rows = new PortRows()
  rows.take(state(0))
  rows.take(state(4, {}, { interfaceIndex: 3, name: 'eth1', poolIn: 50 }))
  const [gone, late] = rows.take(
    state(5, { isSampled: false, poolIn: 10 }, { interfaceIndex: 3, name: 'eth1', poolIn: 70 }),
  )
  assert.deepEqual([gone!.inPerSecond, late!.inPerSecond], [null, 20])
})
