import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CounterPolling } from '../../src/lib/host-agent/counter-polling.ts'
import { HostAgent } from '../../src/lib/host-agent/host-agent.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { FakeInterfaces, filesOf, hostFiles, hostInterface, someCounters } from '../helpers/host-tree.ts'

const INTERVAL_MS = 10_000

/** Who told its counters when, with the sequence number: `0:2`, `2:1`. */
interface Told {
  readonly ms: number
  readonly source: string
  readonly number: number
}

function polling(t: TestContext, reader: FakeInterfaces, files: Readonly<Record<string, string>> = hostFiles) {
  const told: Told[] = []
  let now = 0
  const agent = new HostAgent(
    { agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) }, largestIndex: 9, flushMs: 0 },
    (bytes, length) => {
      for (const sample of decodeDatagram(bytes.slice(0, length)).datagram!.samples) {
        assert.equal(sample.kind, 'counters')
        assert.ok('source_id_type' in sample)
        const source = `${sample.source_id_type}:${sample.source_id_index}`
        told.push({ ms: now, source, number: sample.sequence_number })
      }
    },
  )
  agent.advance(0)
  const work = new CounterPolling(
    { agent, reader, files: filesOf(t, files), intervalMs: INTERVAL_MS, arch: 'x64' },
    now,
  )
  for (const port of reader.all()) work.addPort(port, now)
  const until = (ms: number): void => {
    for (; now < ms; now += 20) {
      agent.advance(now)
      work.tick(now)
    }
  }
  return { work, agent, told, until }
}

test('all are told of within a second, then each once an interval, spread over it', (t) => {
  const ports = Array.from({ length: 9 }, (_, i) => hostInterface(i + 2, `eth${i}`))
  const { told, until } = polling(t, new FakeInterfaces(...ports))
  until(60_000)
  const sources = [...new Set(told.map(({ source }) => source))]
  assert.deepEqual(sources.sort(), ['0:10', '0:2', '0:3', '0:4', '0:5', '0:6', '0:7', '0:8', '0:9', '2:1'].sort())
  for (const source of sources) {
    const own = told.filter((x) => x.source === source)
    assert.deepEqual(
      own.map(({ number }) => number),
      own.map((_, i) => i + 1),
    )
    assert.ok(own[0]!.ms <= 1000, source)
    const gaps = own.slice(1).map(({ ms }, i) => ms - own[i]!.ms)
    assert.ok(gaps[0]! >= 5000 && gaps[0]! <= 15_000, `${source} ${gaps}`)
    assert.ok(
      gaps.slice(1).every((gap) => Math.abs(gap - INTERVAL_MS) <= 40),
      `${source} ${gaps}`,
    )
  }
  // Ten sources: in no second of the later intervals more than two.
  const later = told.filter(({ ms }) => ms >= 20_000)
  const bySecond = new Map<number, number>()
  for (const { ms } of later) bySecond.set(Math.floor(ms / 1000), (bySecond.get(Math.floor(ms / 1000)) ?? 0) + 1)
  assert.equal(later.length, 40)
  assert.ok(Math.max(...bySecond.values()) <= 2)
})

test('an interface that comes later has its turn within a second, one that went has none', (t) => {
  const reader = new FakeInterfaces(hostInterface(2, 'eth0'))
  const { work, told, until } = polling(t, reader)
  until(20_000)
  const late = hostInterface(3, 'eth1')
  reader.come(late)
  work.addPort(late, 20_000)
  work.removePort(2)
  until(40_000)
  const ofLate = told.filter(({ source }) => source === '0:3')
  assert.ok(ofLate[0]!.ms >= 20_000 && ofLate[0]!.ms <= 21_020, String(ofLate[0]!.ms))
  assert.deepEqual(
    told.filter(({ source, ms }) => source === '0:2' && ms >= 20_000),
    [],
  )
})

test('numbers begin again where counters do', (t) => {
  const reader = new FakeInterfaces(hostInterface(2, 'eth0'))
  const { told, until } = polling(t, reader)
  until(25_000)
  reader.counted = { ...someCounters, rxBytes: 0n }
  until(45_000)
  assert.deepEqual(
    told.filter(({ source }) => source === '0:2').map(({ number }) => number),
    [1, 2, 3, 1, 2],
  )
})

test('the host fits a datagram with long names and many adapters', (t) => {
  const many = Array.from({ length: 50 }, (_, i) => hostInterface(i + 2, `veth${i}`, { kind: 'veth' }))
  const long = {
    ...hostFiles,
    '/proc/sys/kernel/hostname': 'h'.repeat(64),
    '/proc/sys/kernel/osrelease': 'r'.repeat(64),
  }
  const { agent, told, until } = polling(t, new FakeInterfaces(...many), long)
  until(1020)
  assert.deepEqual([told.filter(({ source }) => source === '2:1').length, agent.counts().leftOut], [1, 0])
})
