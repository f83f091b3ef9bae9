import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { HostAgent } from '../../src/lib/host-agent/host-agent.ts'
import { type PortChoice, PortSampling } from '../../src/lib/host-agent/port-sampling.ts'
import type { TapCount } from '../../src/lib/kernel/tap/tap.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { FakeTap } from '../helpers/fake-tap.ts'
import { tapped } from '../helpers/host-packets.ts'
import { FakeInterfaces, hostInterface, loopback } from '../helpers/host-tree.ts'

const choice: PortChoice = {
  has: (name) => name.startsWith('eth'),
  exact: [],
  rateOf: ({ name }) => (name === 'eth9' ? undefined : 100),
  direction: 'both',
  headerBytes: 128,
}

function sampling(change: Partial<PortChoice> = {}, reader = new FakeInterfaces(loopback, hostInterface(3, 'eth0'))) {
  const sent: Uint8Array[] = []
  const agent = new HostAgent({ agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) }, largestIndex: 9 }, (bytes, n) =>
    sent.push(bytes.slice(0, n)),
  )
  agent.advance(0)
  const tap = new FakeTap()
  const told: string[] = []
  const work = new PortSampling({
    agent,
    tap,
    reader,
    choice: { ...choice, ...change },
    polling: undefined,
    tell: (line) => told.push(line),
  })
  const flows = () => {
    agent.flush()
    return sent.flatMap((bytes) =>
      decodeDatagram(bytes).datagram!.samples.map((sample) => {
        assert.equal(sample.kind, 'flow')
        assert.ok('sample_pool' in sample)
        return [sample.source_id_index, sample.sequence_number, sample.sample_pool, sample.drops]
      }),
    )
  }
  return { agent, tap, told, work, reader, flows }
}

const count = (change: Partial<TapCount>): TapCount => ({
  interfaceIndex: 3,
  direction: 'ingress',
  pool: 0,
  samples: 0,
  lost: 0,
  ...change,
})

test('what is chosen is tapped, with its rate', () => {
  const reader = new FakeInterfaces(loopback, hostInterface(3, 'eth0'), hostInterface(4, 'eth9'))
  const { tap, work } = sampling({ direction: 'egress', headerBytes: 200 }, reader)
  work.start(0)
  assert.deepEqual(
    [...tap.wishes.values()],
    [{ interfaceIndex: 3, name: 'eth0', rate: 100, direction: 'egress', headerBytes: 200 }],
  )
})

test('samples carry the pool of both directions and what was lost', () => {
  const { tap, work, flows } = sampling()
  work.start(0)
  tap.counted = [
    count({ pool: 1000, samples: 10, lost: 1 }),
    count({ direction: 'egress', pool: 500, samples: 4, lost: 2 }),
    count({ interfaceIndex: 77, pool: 9, samples: 9, lost: 9 }),
  ]
  tap.waiting = [tapped(), tapped()]
  work.tick(20)
  tap.counted = [count({ pool: 1100, samples: 11, lost: 1 }), tap.counted[1]!]
  tap.waiting = [tapped()]
  work.tick(40)
  assert.deepEqual(flows(), [
    [3, 1, 1500, 3],
    [3, 2, 1500, 3],
    [3, 3, 1600, 3],
  ])
  assert.deepEqual(work.states(), [
    {
      interfaceIndex: 3,
      name: 'eth0',
      rate: 100,
      isSampled: true,
      poolIn: 1100,
      poolOut: 500,
      samples: 15,
      lost: 3,
    },
  ])
})

test('interfaces come and go; one that is made again begins again', () => {
  const { tap, told, work, reader, flows } = sampling()
  work.start(0)
  tap.counted = [count({ pool: 1000, samples: 10 })]
  reader.come(hostInterface(5, 'eth1'))
  reader.come(hostInterface(6, 'veth0'))
  // Its last sample is still in the ring.
  tap.waiting = [tapped()]
  reader.go(3)
  work.tick(500)
  assert.deepEqual([...tap.wishes.keys()], [5])
  assert.deepEqual(told, ['eth1 came and is sampled.', 'eth0 is gone.'])
  tap.counted = [count({ pool: 7, samples: 1 }), count({ interfaceIndex: 5, pool: 70, samples: 1 })]
  tap.waiting = [tapped({ interfaceIndex: 5 }), tapped()]
  work.tick(1000)
  reader.come(hostInterface(3, 'eth0'))
  work.tick(1500)
  tap.waiting = [tapped()]
  work.tick(1520)
  assert.deepEqual(flows(), [
    [3, 1, 1000, 0],
    [5, 1, 70, 0],
    [3, 1, 7, 0],
  ])
  work.close()
  assert.deepEqual(
    work.states().map(({ name, isSampled, poolIn, samples }) => [name, isSampled, poolIn, samples]),
    [
      ['eth0', true, 1007, 11],
      ['eth1', true, 70, 1],
    ],
  )
  assert.ok(tap.isClosed)
})

test('a new name may be wanted, or no more', () => {
  const { tap, told, work, reader } = sampling()
  work.start(0)
  reader.change(hostInterface(3, 'wan0'))
  work.tick(500)
  assert.deepEqual([...tap.wishes.keys()], [])
  reader.change(hostInterface(3, 'eth7'))
  work.tick(1000)
  assert.deepEqual([...tap.wishes.keys()], [3])
  reader.change(hostInterface(3, 'eth8'))
  work.tick(1500)
  assert.deepEqual([...tap.wishes.keys()], [3])
  assert.deepEqual(told, [
    'eth0 is wan0 now and is sampled no more.',
    'eth7 is sampled now.',
    'eth7 is eth8 now, and is sampled on.',
  ])
})

test('one that the kernel refuses is told, and tried again when it changes; given by its name it is an error', () => {
  const { tap, told, work, reader } = sampling()
  tap.refused.add('eth0')
  work.start(0)
  assert.deepEqual(told, ["eth0 can't be sampled: bind: network is down (ENETDOWN)."])
  tap.refused.clear()
  reader.change(hostInterface(3, 'eth0', { isPromiscuous: true }))
  work.tick(500)
  assert.deepEqual([...tap.wishes.keys()], [3])

  const given = sampling({ exact: ['eth0'] })
  given.tap.refused.add('eth0')
  assert.throws(() => given.work.start(0), {
    name: EnvironmentError.name,
    message: "eth0 can't be sampled: bind: network is down (ENETDOWN).",
  })
})

test('a name that is not there is an error that names those that are', () => {
  const { work } = sampling({ exact: ['eth0', 'eth4'] })
  assert.throws(
    () => work.start(0),
    (error) => {
      assert.ok(error instanceof InputError)
      assert.equal(error.message, 'There is no interface eth4.')
      assert.equal(error.nextSteps[0], 'There are: lo, eth0')
      return true
    },
  )
})
