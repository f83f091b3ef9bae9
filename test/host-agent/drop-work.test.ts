import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DropWork } from '../../src/lib/host-agent/drop-work.ts'
import { HostAgent } from '../../src/lib/host-agent/host-agent.ts'
import type { DroppedPacket } from '../../src/lib/kernel/drop-watch.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { FakeDropWatch } from '../helpers/fake-drop-watch.ts'
import { dropped } from '../helpers/host-packets.ts'

const OWN = 4026531840
const BLUE = 4026532246
const PLAIN = 4026532300

function setUp(withNames: boolean) {
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
  const work = new DropWork(agent, watch, { netns: OWN, withNames, netnsName })
  const tick = (...packets: Partial<DroppedPacket>[]): Sample[] => {
    samples.length = 0
    watch.waiting = packets.map((packet) => dropped(packet))
    work.tick()
    agent.flush()
    return [...samples]
  }
  return { watch, work, tick }
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

  test('ends with the watch, which is closed', () => {
    const { watch, work } = setUp(false)
    work.close()
    assert.equal(watch.isOpen, false)
  })
})
