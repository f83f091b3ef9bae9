// As root, in network namespaces of its own: taps in a router sample what its interfaces count, at their rates, with the right ports.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'

const noBpf = await whyNoBpf()
const skips: Record<TapMethod, string | false> = { tcx: noNamespaces || noBpf, af_packet: noNamespaces }
/** [rate, packets from each end] */
const runs = [
  [10, 30_000],
  [100, 100_000],
  [1000, 120_000],
] as const

describe('samples of a router', { skip: noNamespaces }, () => {
  let router: TappedRouter
  before(() => {
    router = new TappedRouter()
  })
  after(() => router.close())

  for (const method of ['tcx', 'af_packet'] as const) {
    for (const [rate, count] of runs) {
      test(`${method} at 1 in ${rate}: within 5 sigma of the interfaces' counters, both ways`, {
        skip: skips[method],
      }, async () => {
        await router.open(method)
        // What passes while a tap is attached, or between two readings (neighbours are asked for again now and then), is counted by
        // one and not by the other: the readings around bound it.
        const first = { left: router.counters('left'), right: router.counters('right') }
        router.attach(rate)
        const attached = { left: router.counters('left'), right: router.counters('right') }
        router.send(count, { bytes: [20, 1200] })
        router.send(count, { from: 'b' })
        await router.settle()
        const drained = { left: router.counters('left'), right: router.counters('right') }
        const counts = router.tap.counts()
        const last = { left: router.counters('left'), right: router.counters('right') }
        for (const { interfaceIndex, direction, pool, samples, lost } of counts) {
          const name = interfaceIndex === router.index.left ? 'left' : 'right'
          const key = direction === 'ingress' ? 'rxPackets' : 'txPackets'
          const passed = drained[name][key] - attached[name][key]
          const atMost = last[name][key] - first[name][key]
          const where = `${name} ${direction}`
          assert.ok(passed >= count && atMost < count + 20, `${where}: ${passed} to ${atMost} packets`)
          // A packet socket counts nothing.
          if (method === 'tcx')
            assert.ok(pool >= passed && pool <= atMost, `${where}: pool ${pool}, ${passed} to ${atMost}`)
          else assert.equal(pool, samples * rate, `${where}: pool`)
          assert.equal(lost, 0, `${where}: lost`)
          const expected = passed / rate
          const sigma = Math.sqrt((passed / rate) * (1 - 1 / rate))
          assert.ok(Math.abs(samples - expected) < 5 * sigma, `${where}: ${samples} samples, ${expected} ± ${sigma}`)
          const sum = router.sums.get(`${name} ${direction === 'ingress' ? 'in' : 'out'}`)!
          assert.equal(sum.samples, samples, `${where}: handed on`)
        }
        assert.equal(counts.length, 4)
      })
    }
  }

  for (const version of [4, 6] as const) {
    test(`tcx: every forwarded sample knows both ports, IPv${version}`, { skip: skips.tcx }, async () => {
      const { left, right } = router.index
      await router.open('tcx')
      router.attach(1)
      router.send(5000, { version })
      router.send(3000, { version, from: 'b' })
      router.drain()
      const expected = [
        ['left in', right, 5000],
        ['right out', left, 5000],
        ['right in', left, 3000],
        ['left out', right, 3000],
      ] as const
      for (const [key, other, count] of expected) assert.equal(router.sums.get(key)?.others.get(other), count, key)
    })
  }

  test('a direction alone, and a rate that changes while it is attached', { skip: skips.tcx }, async () => {
    const tap = await router.open('tcx')
    router.attach(1, 'egress')
    router.send(1000)
    router.attach(1_000_000_000, 'egress')
    router.send(1000)
    router.drain()
    assert.deepEqual([...router.sums.keys()], ['right out'])
    assert.ok(router.sums.get('right out')!.samples >= 1000 && router.sums.get('right out')!.samples < 1010)
    const count = tap.counts().find((each) => each.interfaceIndex === router.index.right)!
    assert.ok(count.pool >= 2000 && count.pool < 2010, `pool ${count.pool} goes on`)
  })
})
