import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostSource, type HostSourceOptions, type HostWork } from '../../src/lib/host-agent/host-source.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { tapped } from '../helpers/host-packets.ts'

const agent = { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) } as const

function open(change: Partial<HostSourceOptions> = {}): HostSource {
  const source = new HostSource({ name: 'test', agent, largestIndex: 9, prompt: true, ...change })
  source.agent.addPort({ interfaceIndex: 3, rate: 100, hasEthernet: true })
  return source
}

/** Hands over so many samples in each tick. */
class Feeding implements HostWork {
  ticks = 0
  closed = 0
  readonly #feed: (tick: number) => void

  constructor(feed: (tick: number) => void) {
    this.#feed = feed
  }

  tick(): void {
    this.ticks++
    this.#feed(this.ticks)
  }

  close(): void {
    this.closed++
  }
}

test('what works hand over in a tick is a batch of datagrams, with the time at which they were made', async () => {
  const source = open({ wallMs: () => 1_700_000_000_250 })
  source.add(
    new Feeding(() => {
      for (let i = 0; i < 20; i++) source.agent.packet(tapped())
    }),
  )
  for await (const batch of source.batches()) {
    const datagrams = Array.from({ length: batch.count }, (_, i) => {
      assert.equal(batch.wireLength[i], batch.length[i])
      assert.deepEqual([batch.sec[i], batch.nsec[i]], [1_700_000_000, 250_000_000])
      const bytes = batch.bytes.slice(batch.offset[i], batch.offset[i]! + batch.length[i]!)
      return decodeDatagram(bytes).datagram!
    })
    assert.deepEqual(
      datagrams.map((x) => [x.sequence_number, x.samples.length]),
      [
        [1, 10],
        [2, 10],
      ],
    )
    break
  }
  const { packets, datagrams } = source.report()
  assert.deepEqual([packets, datagrams], [20, 2])
})

test('a batch holds as many datagrams as came', async () => {
  const source = open()
  const work = new Feeding(() => {
    for (let i = 0; i < 5000; i++) source.agent.packet(tapped())
  })
  source.add(work)
  for await (const batch of source.batches()) {
    assert.equal(batch.count, 500)
    const last = batch.bytes.slice(batch.offset[499], batch.offset[499]! + batch.length[499]!)
    assert.equal(decodeDatagram(last).datagram!.sequence_number, 500)
    break
  }
})

test('datagrams are filled for 30 ms where nobody looks', async () => {
  let now = 1000
  let ticks = 0
  const source = open({ prompt: false, nowMs: () => now })
  source.add(
    new Feeding((tick) => {
      ticks = tick
      now += 20
      if (tick === 1) source.agent.packet(tapped())
      if (tick > 50) source.finish()
    }),
  )
  const came: number[] = []
  for await (const _ of source.batches()) came.push(ticks)
  // Held from 1,000 on the clock; the tick at 1,040 is the third.
  assert.deepEqual(came, [3])
})

test('finish gives what waits, then closes the works once', async () => {
  const source = open({ prompt: false })
  const work = new Feeding(() => source.agent.packet(tapped()))
  source.add(work)
  const batches = source.batches()
  const first = batches.next()
  source.finish()
  const { value } = await first
  assert.equal(value?.count, 1)
  assert.equal((await batches.next()).done, true)
  await source.close()
  assert.deepEqual([work.ticks, work.closed], [1, 1])
})

test('what comes between two ticks is given when it is finished meanwhile', async () => {
  const source = open({ prompt: false })
  const work = new Feeding(() => {
    for (let i = 0; i < 20; i++) source.agent.packet(tapped())
  })
  source.add(work)
  let samples = 0
  for await (const batch of source.batches()) {
    samples += batch.count
    source.finish()
  }
  // Of 20 samples in the first tick ten fill a datagram; the last tick sends all that is left.
  assert.deepEqual([work.ticks, samples], [2, 4])
})
