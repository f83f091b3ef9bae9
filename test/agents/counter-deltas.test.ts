import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { CounterDeltas, IF_COUNTERS } from '../../src/lib/agents/counter-deltas.ts'
import { host_descr } from '../../src/lib/sflow/records/host.ts'
import { if_counters } from '../../src/lib/sflow/records/version-5-counters.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Feed } from './feed.ts'

/** Places in 0:1 if_counters by sflow5.md section 3, typed out. */
const places: Record<string, number> = {
  ifInOctets: 24,
  ifInUcastPkts: 32,
  ifInMulticastPkts: 36,
  ifInBroadcastPkts: 40,
  ifInDiscards: 44,
  ifInErrors: 48,
  ifInUnknownProtos: 52,
  ifOutOctets: 56,
  ifOutUcastPkts: 64,
  ifOutMulticastPkts: 68,
  ifOutBroadcastPkts: 72,
  ifOutDiscards: 76,
  ifOutErrors: 80,
}

function body(values: Record<string, number | bigint>): DataView {
  const view = new DataView(new ArrayBuffer(88))
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'bigint') view.setBigUint64(places[name]!, value)
    else view.setUint32(places[name]!, value)
  }
  return view
}

class Counters {
  readonly table = new AgentTable()
  readonly feed = new Feed(this.table)
  readonly deltas = new CounterDeltas(this.table, if_counters, IF_COUNTERS)
  #sequence = 0

  next(number: number, values: Record<string, number | bigint>, index = 1, uptime = 1_000_000): boolean {
    this.#sequence++
    this.feed.datagram(this.#sequence, uptime, 1_700_000_000 + 10 * this.#sequence)
    this.feed.sample({ kind: SampleKind.counters, number, index })
    return this.deltas.update(body(values), 0, 88)
  }

  delta(name: (typeof IF_COUNTERS)[number]): number {
    return this.deltas.delta[this.deltas.names.indexOf(name)]!
  }
}

test('every counter of if_counters has its difference', () => {
  const c = new Counters()
  const names = Object.keys(places)
  const at = (step: bigint) =>
    Object.fromEntries(
      names.map((name, i) => {
        const value = 1000n * BigInt(i + 1) + step * BigInt(i + 1)
        return [name, name.endsWith('Octets') ? value : Number(value)]
      }),
    )
  assert.equal(c.next(1, at(0n)), false)
  assert.equal(c.next(2, at(7n)), true)
  assert.deepEqual([...c.deltas.names], names)
  assert.deepEqual([...c.deltas.delta], [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91])
  assert.equal(c.deltas.seconds, 10)
})

test('widths: 32 bits wrap, 64 bits carry', () => {
  const c = new Counters()
  c.next(1, { ifInErrors: 4_294_967_290, ifInOctets: 0x1_ffff_fff0n, ifOutOctets: 0xffff_ffff_ffff_fff0n })
  assert.equal(c.next(2, { ifInErrors: 4, ifInOctets: 0x2_0000_0010n, ifOutOctets: 0x10n }), true)
  assert.equal(c.delta('ifInErrors'), 10)
  assert.equal(c.delta('ifInOctets'), 32)
  assert.equal(c.delta('ifOutOctets'), 32)
})

test('all ones: the agent does not have the counter', () => {
  const c = new Counters()
  const none = 0xffff_ffff_ffff_ffffn
  c.next(1, { ifInErrors: 0xffffffff, ifInOctets: none, ifOutErrors: 5 })
  c.next(2, { ifInErrors: 0xffffffff, ifInOctets: none, ifOutErrors: 6 })
  assert.deepEqual([c.delta('ifInErrors'), c.delta('ifInOctets'), c.delta('ifOutErrors')], [Number.NaN, Number.NaN, 1])
  // It comes: still no difference; and then one.
  c.next(3, { ifInErrors: 3, ifInOctets: 50n, ifOutErrors: 6 })
  assert.deepEqual([c.delta('ifInErrors'), c.delta('ifInOctets'), c.delta('ifOutErrors')], [Number.NaN, Number.NaN, 0])
  c.next(4, { ifInErrors: 4, ifInOctets: 80n, ifOutErrors: 6 })
  assert.deepEqual([c.delta('ifInErrors'), c.delta('ifInOctets')], [1, 30])
})

test('none across a restart of the sequence, of the agent, or a counter that goes back', () => {
  const c = new Counters()
  c.next(1, { ifInErrors: 100, ifInOctets: 1000n })
  assert.equal(c.next(2, { ifInErrors: 101, ifInOctets: 1000n }), true)
  assert.equal(c.next(1, { ifInErrors: 2 }), false)
  assert.equal(c.next(2, { ifInErrors: 3, ifInOctets: 500n }), true)
  assert.equal(c.delta('ifInErrors'), 1)
  // The agent restarts: uptime back.
  assert.equal(c.next(3, { ifInErrors: 4, ifInOctets: 500n }, 1, 1000), false)
  assert.equal(c.next(4, { ifInErrors: 6, ifInOctets: 500n }, 1, 2000), true)
  assert.equal(c.delta('ifInErrors'), 2)
  // 64 bits go back while the sequence goes on: nothing of this record is a difference.
  assert.equal(c.next(5, { ifInErrors: 9, ifInOctets: 499n }, 1, 3000), true)
  assert.deepEqual([c.delta('ifInErrors'), c.delta('ifInOctets')], [Number.NaN, Number.NaN])
  assert.equal(c.next(6, { ifInErrors: 10, ifInOctets: 600n }, 1, 4000), true)
  assert.deepEqual([c.delta('ifInErrors'), c.delta('ifInOctets')], [1, 101])
})

test('a lost sample between two makes a longer difference; a late one is left out', () => {
  const c = new Counters()
  c.feed.datagram(100, 0, 100)
  c.feed.sample({ kind: SampleKind.counters, number: 1 })
  assert.equal(c.deltas.update(body({ ifInErrors: 1 }), 0, 88), false)
  c.feed.datagram(102, 0, 130)
  c.feed.sample({ kind: SampleKind.counters, number: 3 })
  assert.equal(c.deltas.update(body({ ifInErrors: 7 }), 0, 88), true)
  assert.deepEqual([c.delta('ifInErrors'), c.deltas.seconds], [6, 30])
  c.feed.datagram(101, 0, 131)
  c.feed.sample({ kind: SampleKind.counters, number: 2 })
  assert.equal(c.deltas.update(body({ ifInErrors: 4 }), 0, 88), false)
  c.feed.datagram(103, 0, 140)
  c.feed.sample({ kind: SampleKind.counters, number: 4 })
  assert.equal(c.deltas.update(body({ ifInErrors: 9 }), 0, 88), true)
  assert.deepEqual([c.delta('ifInErrors'), c.deltas.seconds], [2, 10])
})

test('data sources are apart, also after their slot went to another', () => {
  const table = new AgentTable({ maxSources: 2 })
  const feed = new Feed(table)
  const deltas = new CounterDeltas(table, if_counters, ['ifInErrors'])
  const known: boolean[] = []
  for (const [i, index] of [1, 2, 1, 3, 2, 3, 2].entries()) {
    feed.datagram(1 + i, 0)
    feed.sample({ kind: SampleKind.counters, number: 1 + i, index })
    known.push(deltas.update(body({ ifInErrors: 100 * index + i }), 0, 88))
  }
  // 3 pushes out 2, 2 pushes out 1, 3 and 2 are known again.
  assert.deepEqual(known, [false, false, true, false, false, true, true])
  assert.deepEqual([...deltas.delta], [2])
})

test('a record too short gives nothing; a field without a fixed place can not be asked for', () => {
  const c = new Counters()
  c.next(1, {})
  c.feed.datagram(2, 1_000_000)
  c.feed.sample({ kind: SampleKind.counters, number: 2 })
  assert.equal(c.deltas.update(body({}), 0, 83), false)
  assert.throws(() => new CounterDeltas(c.table, host_descr, ['machine_type']), RangeError)
  assert.throws(() => new CounterDeltas(c.table, if_counters, ['nothing']), RangeError)
})
