import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DropWork } from '../../src/lib/host-agent/drop-work.ts'
import { HostAgent } from '../../src/lib/host-agent/host-agent.ts'
import type { DroppedPacket } from '../../src/lib/kernel/drops/drop-watch.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { FakeDropWatch } from '../helpers/fake-drop-watch.ts'
import { dropped } from '../helpers/host-packets.ts'

const OWN = 4026531840
const BLUE = 4026532246
const PLAIN = 4026532300

function setUp(withNames: boolean, limit = 0) {
  let nowMs = 0
  const samples: Sample[] = []
  const agent = new HostAgent(
    {
      agent: { type: 1, bytes: Uint8Array.of(127, 0, 0, 1) },
      largestIndex: withNames ? 0x1000000 : 100,
      withLinuxDrop: withNames,
    },
    (bytes, length) => samples.push(...decodeDatagram(bytes.slice(0, length)).datagram!.samples),
  )
  agent.advance(0)
  const watch = new FakeDropWatch()
  const netnsName = (inode: number) => ({ [OWN]: 'this', [BLUE]: 'blue' })[inode] ?? ''
  const work = new DropWork(agent, watch, { netns: OWN, withNames, netnsName, limit })
  const tick = (...packets: Partial<DroppedPacket>[]): Sample[] => {
    samples.length = 0
    watch.waiting = packets.map((packet) => dropped(packet))
    work.tick(nowMs)
    agent.flush()
    return [...samples]
  }
  const at = (ms: number) => {
    nowMs = ms
  }
  const finish = (): Sample[] => {
    samples.length = 0
    work.finish()
    agent.flush()
    return [...samples]
  }
  return { watch, work, tick, at, finish }
}

/** `IN>OUT` of a discard, `NUMBER=NAME` of a port that is told. */
function told(sample: Sample): string {
  if (sample.kind === 'discard') return `${sample.inputifindex}>${sample.outputifindex}`
  assert.ok(sample.kind === 'counters')
  const [record] = sample.records
  assert.ok(record !== undefined && 'fields' in record)
  return `${sample.source_id_index}=${record.fields.name}`
}

const lostOf = (samples: readonly Sample[]) => samples.map((sample) => (sample.kind === 'discard' ? sample.drops : -1))

describe('with numbers and names', () => {
  test('interfaces of this namespace keep their ifIndex, each other one gets a number; all are named when met', () => {
    const { tick } = setUp(true)
    const first = tick(
      { netns: OWN, interfaceIndex: 2, interfaceName: 'eth0' },
      { netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' },
      { netns: PLAIN, interfaceIndex: 2, interfaceName: 'eth0' },
      { netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' },
    )
    assert.deepEqual(first.map(told), [
      '2=eth0',
      '2>0',
      '16777216=blue/veth0',
      '16777216>0',
      '16777217=4026532300/eth0',
      '16777217>0',
      '16777216>0',
    ])
    assert.deepEqual(tick({ netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' }).map(told), ['16777216>0'])
  })

  test('a new name is told, the number stays', () => {
    const { tick } = setUp(true)
    tick({ netns: OWN, interfaceIndex: 5, interfaceName: 'eth0' })
    assert.deepEqual(tick({ netns: OWN, interfaceIndex: 5, interfaceName: 'lan0' }).map(told), ['5=lan0', '5>0'])
  })

  test('what is leaving has an output, and where it was forwarded an input, whose name comes when it is met', () => {
    const { tick } = setUp(true)
    const leaving = { netns: BLUE, interfaceIndex: 3, interfaceName: 'veth1', isLeaving: true }
    assert.deepEqual(tick({ ...leaving, inputIndex: 2 }, { ...leaving, inputIndex: 0 }).map(told), [
      '16777216=blue/veth1',
      '16777217>16777216',
      '0>16777216',
    ])
    assert.deepEqual(tick({ netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' }).map(told), [
      '16777217=blue/veth0',
      '16777217>0',
    ])
  })

  test('without an interface there is none', () => {
    assert.deepEqual(setUp(true).tick({ interfaceIndex: 0, interfaceName: '', netns: 0 }).map(told), ['0>0'])
  })

  test('the namespace is told by name', () => {
    const [, sample] = setUp(true).tick({ netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' })
    assert.ok(sample?.kind === 'discard')
    const record = sample.records.find(({ name }) => name === 'linux_drop')
    assert.ok(record !== undefined && 'fields' in record)
    assert.deepEqual([record.fields.netns, record.fields.netns_name, record.fields.interface], [BLUE, 'blue', 'veth0'])
  })
})

test('for collectors: no names, and interfaces of other namespaces are not known', () => {
  const { tick } = setUp(false)
  const samples = tick(
    { netns: OWN, interfaceIndex: 2, interfaceName: 'eth0' },
    { netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0' },
    { netns: BLUE, interfaceIndex: 2, interfaceName: 'veth0', isLeaving: true, inputIndex: 3 },
    { netns: OWN, interfaceIndex: 2, interfaceName: 'eth0', isLeaving: true, inputIndex: 3 },
  )
  assert.deepEqual(samples.map(told), ['2>0', '0>0', '0>0', '3>2'])
})

describe('what could not be told', () => {
  test('is in the samples that waited meanwhile; the first of all has none, for the growth is what counts', () => {
    const { watch, tick } = setUp(false)
    watch.ringFull = 40
    watch.limited = 2
    assert.deepEqual(lostOf(tick({ netns: OWN }, { netns: OWN }, { netns: OWN })), [0, 42, 42])
    watch.ringFull = 50
    assert.deepEqual(lostOf(tick({ netns: OWN })), [52])
  })

  const flood = (count: number, reason: number) => new Array(count).fill({ netns: OWN, reason, interfaceIndex: reason })
  /** How many of each reason. */
  const toldOf = (samples: readonly Sample[]) => {
    const counts: Record<string, number> = {}
    for (const sample of samples) counts[told(sample)] = (counts[told(sample)] ?? 0) + 1
    return counts
  }

  test('a limit is shared: one reason gets 4/5 of it, who comes later 4/5 of the rest, and each its first', () => {
    const { tick, at } = setUp(false, 50)
    assert.deepEqual(toldOf(tick(...flood(200, 2))), { '2>0': 40 })
    assert.deepEqual(toldOf(tick(...flood(150, 3), ...flood(9, 4), ...flood(9, 5), ...flood(9, 6))), {
      '3>0': 8,
      '4>0': 2,
      '5>0': 1,
      '6>0': 1,
    })
    at(1000)
    assert.deepEqual(toldOf(tick(...flood(200, 3))), { '3>0': 40 })
  })

  test('the last two packets beyond the limit bring the count when nothing follows; told and not told are all', () => {
    const { tick, at, watch, work } = setUp(false, 50)
    assert.equal(tick(...flood(200, 2)).length, 40)
    at(240)
    assert.deepEqual(tick(), [])
    watch.limited = 1000
    at(280)
    assert.deepEqual(tick(), [])
    at(520)
    assert.deepEqual(tick(), [])
    at(530)
    assert.deepEqual(lostOf(tick()), [1158, 1158])
    assert.deepEqual(work.untold(), { ringFull: 0, limited: 1158 })
    at(2000)
    assert.deepEqual(tick(), [])
  })

  test('a run that ends tells it too', () => {
    const { tick, finish } = setUp(false, 1)
    assert.deepEqual(lostOf(tick(...flood(30, 2))), [0])
    assert.deepEqual(lostOf(finish()), [27, 27])
    assert.deepEqual(finish(), [])
  })

  test('ends with the watch, which is closed', () => {
    const { watch, work } = setUp(false)
    work.close()
    assert.equal(watch.isOpen, false)
  })
})
