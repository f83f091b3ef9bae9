// The agents of generated fabrics: counters against the truth, what is held, lost and late.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Datagram } from '../../../src/lib/sflow/datagram.ts'
import { START } from './agents.ts'
import { decoded, flowSamples } from './decoded.ts'
import { type Fabric, generateFabric } from './fabric.ts'
import { dropsThreeForms, incast, labLike, trainingJobs } from './presets.ts'

type Counters = Readonly<Record<string, number | bigint>>

/** if_counters of each `agent ifIndex`, in order. */
function countersOf(all: readonly Datagram[]): Map<string, Counters[]> {
  const found = new Map<string, Counters[]>()
  for (const { agent, samples } of all) {
    for (const sample of samples) {
      if (sample.kind !== 'counters') continue
      const [counters, name] = sample.records
      assert.ok(counters !== undefined && 'fields' in counters && name !== undefined && 'fields' in name)
      assert.equal(name.fields.name, `swp${sample.source_id_index - 2}`)
      const key = `${agent.bytes.join('.')} ${sample.source_id_index}`
      found.set(key, [...(found.get(key) ?? []), counters.fields as Counters])
    }
  }
  return found
}

/** Ports whose counters are told at 0 s and at all multiples of the polling interval. */
const toldAtWholeSeconds = ({ layout }: Fabric) => layout.ports.filter(({ id }) => (id * 7) % 13 === 0)

for (const [name, preset] of Object.entries({ trainingJobs, incast, dropsThreeForms })) {
  test(`${name}: counters are what the truth says, to the octet`, () => {
    const fabric = generateFabric(preset(2))
    const found = countersOf(decoded(fabric))
    const { poll = 10, seconds } = fabric.options
    const until = Math.floor((seconds - 0.001) / poll) * poll
    let traffic = 0
    for (const port of toldAtWholeSeconds(fabric)) {
      const own = fabric.layout.switches[port.switchId]!
      const counters = found.get(`${own.agent} ${port.ifIndex}`)!
      const [first, last] = [counters[0]!, counters.at(-1)!]
      assert.equal(counters.length, until / poll + 1)
      const truth = fabric.truth.ports.get(fabric.layout.portText(port.id))!
      const sum = (values: Float64Array) => values.subarray(0, until).reduce((a, b) => a + b, 0)
      assert.equal(Number((last.ifInOctets as bigint) - (first.ifInOctets as bigint)), sum(truth.inOctets))
      assert.equal(Number((last.ifOutOctets as bigint) - (first.ifOutOctets as bigint)), sum(truth.outOctets))
      assert.equal(Number(last.ifInUcastPkts) - Number(first.ifInUcastPkts), sum(truth.inPackets))
      assert.equal(Number(last.ifOutUcastPkts) - Number(first.ifOutUcastPkts), sum(truth.outPackets))
      assert.equal(Number(last.ifSpeed), port.speed)
      traffic += sum(truth.inOctets)
    }
    assert.ok(traffic > 0)
  })
}

test('discards and errors grow with the drops, and with the faults that were asked for', () => {
  const options = dropsThreeForms(1)
  // Long after the last drop, so that the last counters of all ports have them all.
  const fabric = generateFabric({ ...options, seconds: 40 })
  const found = countersOf(decoded(fabric))
  const grown = (agent: string, ifIndex: number, field: string) => {
    const last = found.get(`${agent} ${ifIndex}`)!.at(-1)!
    // Where they begin: see #direction in agents.ts.
    return Number(last[field]) - (field.endsWith('Errors') ? 10 : 1000)
  }
  const { switches, ports } = fabric.layout
  const totals = { ifInDiscards: 0, ifOutDiscards: 0, ifInErrors: 0, ifOutErrors: 0 }
  for (const { switchId, ifIndex } of ports) {
    for (const field of Object.keys(totals) as (keyof typeof totals)[])
      totals[field] += grown(switches[switchId]!.agent, ifIndex, field)
  }
  assert.equal(grown('192.0.2.3', 4, 'ifOutDiscards'), 3000)
  assert.equal(grown('192.0.2.1', 4, 'ifInDiscards'), 250)
  assert.equal(grown('192.0.2.1', 3, 'ifOutDiscards'), 500)
  // In the ports that packets entered by: 250 + 60 + 40 + 25 + 30.
  assert.equal(totals.ifInDiscards, 405)
  // Errors of leaf2's swp4 and discards of spine2's swp1: 7 and 3 a second, told last between 35 s and 40 s.
  const errors = grown('192.0.2.2', 6, 'ifInErrors')
  const unexplained = grown('192.0.2.202', 3, 'ifOutDiscards')
  assert.ok(errors >= 35 * 7 && errors < 40 * 7, `${errors}`)
  assert.ok(unexplained >= 35 * 3 && unexplained < 40 * 3, `${unexplained}`)
  assert.equal(totals.ifOutErrors, 0)
  assert.equal(totals.ifInErrors, errors)
  assert.equal(totals.ifOutDiscards, 3000 + 500 + 200_000 + unexplained)
})

test('samples are held up to a second, and say when they were taken', () => {
  const fabric = generateFabric(labLike(1))
  let longest = 0
  for (const [i, { samples }] of decoded(fabric).entries()) {
    for (const sample of samples) {
      if (sample.kind !== 'flow') continue
      const stamp = sample.records.find(({ tag }) => tag === 1043)!
      assert.ok('fields' in stamp && typeof stamp.fields.nanoseconds === 'bigint')
      const taken = Number(stamp.fields.nanoseconds - BigInt(START) * 1_000_000_000n) / 1e9
      const held = fabric.datagrams[i]!.time - taken
      assert.ok(held >= 0 && held <= 1.001, `${held}`)
      longest = Math.max(longest, held)
    }
  }
  // A datagram of five samples fills in less than a second while the sender sends, not in its pauses.
  assert.ok(longest > 0.1)
})

test('lost datagrams are gaps of their agents; late ones come out of order, and keep the uptime at which they were sent', () => {
  const fabric = generateFabric({ ...trainingJobs(1), loss: 0.05, delayJitter: 0.3 })
  const all = decoded(fabric)
  const seen = new Map<string, number[]>()
  let backwards = 0
  for (const { agent, sequence_number } of all) {
    const key = agent.bytes.join('.')
    const numbers = seen.get(key) ?? []
    if (sequence_number < (numbers.at(-1) ?? 0)) backwards++
    seen.set(key, [...numbers, sequence_number])
  }
  let gaps = 0
  for (const numbers of seen.values()) gaps += Math.max(...numbers) - numbers.length
  assert.ok(fabric.lostDatagrams > 100)
  // What was lost at the very end of an agent is no gap.
  assert.ok(fabric.lostDatagrams - gaps <= 3, `${gaps} of ${fabric.lostDatagrams}`)
  assert.ok(backwards > 10)
  assert.ok(flowSamples(all).length < fabric.samples)
  const [first] = fabric.datagrams
  const sentAt = (uptime: number) => (uptime - 3_542_400_000 - first!.agent.id * 1000) / 1000
  const delay = first!.time - sentAt(all[0]!.uptime)
  assert.ok(delay > 0 && delay < 0.302)
})
