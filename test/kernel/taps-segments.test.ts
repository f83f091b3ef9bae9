// As root, in network namespaces of its own: buffers of several segments (GSO, GRO) are sampled as the packets that they are on the wire.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import type { TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import type { TappedPacket } from '../../src/lib/kernel/tap/tap.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'

const noBpf = await whyNoBpf()
const noEthtool = spawnSync('ethtool', ['--version']).error ? 'the program `ethtool` is not there' : false
const skips: Record<TapMethod, string | false> = { tcx: noNamespaces || noBpf, af_packet: noNamespaces }

/** Reads all that comes at a port and goes when the other end does. */
const receiver = `require('net').createServer((s) => { s.resume(); s.on('end', () => process.exit()) })
  .listen(5001, '10.2.0.1', () => console.log('ready'))`
const sender = `const s = require('net').connect(5001, '10.2.0.1')
  const piece = Buffer.alloc(1 << 20, 's'); let left = Number(process.argv[1])
  const go = () => { while (left > 0) { left--; if (!s.write(piece)) { s.once('drain', go); return } } s.end() }
  s.on('connect', go)`

describe('segments', { skip: noNamespaces }, () => {
  let router: TappedRouter
  before(() => {
    router = new TappedRouter()
  })
  after(() => router.close())

  const offload = (space: string, device: string, ...words: string[]) =>
    execFileSync('ip', ['netns', 'exec', router.spaces.realName(space), 'ethtool', '-K', device, ...words])

  /** So many MiB by TCP from a to b; the tap is drained meanwhile. */
  const transfer = async (mebibytes: number) => {
    const run = (space: string, script: string, ...words: string[]) =>
      spawn('ip', ['netns', 'exec', router.spaces.realName(space), process.execPath, '-e', script, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
    const taking = run('b', receiver)
    const draining = setInterval(() => router.drain(), 10)
    try {
      await once(taking.stdout, 'data')
      const sending = run('a', sender, String(mebibytes))
      await Promise.all([once(sending, 'exit'), once(taking, 'exit')])
      await router.settle()
    } finally {
      clearInterval(draining)
      taking.kill()
    }
  }

  for (const [method, rate] of [
    ['tcx', 1],
    ['tcx', 10],
    ['tcx', 100],
    ['af_packet', 10],
  ] as const) {
    test(`${method} at 1 in ${rate}: a TCP transfer's packets and bytes as counted, within 2 % or 5 sigma`, {
      skip: skips[method] || noEthtool,
    }, async () => {
      // Packets come in one by one and are put together behind the counter (GRO); they are taken apart before the other's (GSO).
      offload('a', 'eth0', 'tso', 'off')
      offload('r', 'left', 'gro', 'on')
      offload('r', 'right', 'tso', 'off')
      await router.open(method)
      const before = { left: router.counters('left'), right: router.counters('right') }
      router.attach(rate)
      // Packets of 1,500 bytes: 70,000 for 100 MiB, so that 1 % is 7 standard deviations at 1 in 10 even without GSO.
      await transfer(rate === 100 ? 1000 : 300)
      const now = { left: router.counters('left'), right: router.counters('right') }
      const packetsIn = now.left.rxPackets - before.left.rxPackets
      const wires = [
        // With GRO, veth counts what comes in without the 14 bytes of Ethernet.
        ['left in', packetsIn, now.left.rxBytes - before.left.rxBytes + 14 * packetsIn],
        ['right out', now.right.txPackets - before.right.txPackets, now.right.txBytes - before.right.txBytes],
      ] as const
      for (const [key, packets, bytes] of wires) {
        const { samples, bytes: sampled } = router.sums.get(key)!
        // 2 %, or five standard deviations of so many samples where that is more: 6 % of 7,000.
        const near = rate === 1 ? 0.0002 : Math.max(0.02, 5 / Math.sqrt(packets / rate))
        assert.ok(packets > 60_000, `${key}: ${packets} packets`)
        assert.ok(Math.abs((samples * rate) / packets - 1) < near, `${key}: ${samples} samples of ${packets} packets`)
        assert.ok(Math.abs((sampled * rate) / bytes - 1) < near, `${key}: ${sampled * rate} of ${bytes} bytes`)
      }
      const counts = router.tap.counts()
      assert.deepEqual(new Set(counts.map(({ lost }) => lost)), new Set([0]))
      const { pool, samples } = counts.find(
        ({ interfaceIndex, direction }) => interfaceIndex === router.index.left && direction === 'ingress',
      )!
      if (method === 'tcx') assert.ok(Math.abs(pool - packetsIn) < 20, `pool ${pool}, ${packetsIn} packets`)
      else assert.equal(pool, samples * rate)
    })
  }

  /** TcpOutSegs of a namespace, retransmitted ones too: segments on the wire, whatever the buffers are. */
  const segmentsSent = (space: string): number => {
    const netns = ['netns', 'exec', router.spaces.realName(space), 'cat', '/proc/net/snmp']
    const [names, values] = execFileSync('ip', netns, { encoding: 'utf8' }).match(/^Tcp:.*$/gm)!
    return Number(values!.split(' ')[names!.split(' ').indexOf('OutSegs')])
  }

  for (const [method, rate] of [
    ['af_packet', 10],
    ['af_packet', 100],
  ] as const) {
    test(`${method} at 1 in ${rate}: buffers the whole way, the pool is what the ends sent`, {
      skip: skips[method] || noEthtool,
    }, async () => {
      offload('a', 'eth0', 'tso', 'on')
      offload('r', 'left', 'gro', 'on')
      offload('r', 'right', 'tso', 'on')
      await router.open(method)
      router.attach(rate)
      const before = segmentsSent('a') + segmentsSent('b')
      // The interfaces count buffers here: of 160,000 packets that TCP sends in 225 MiB a tenth or less.
      for (const mebibytes of [25, 200]) {
        await transfer(mebibytes)
        router.tap.counts()
      }
      const sent = segmentsSent('a') + segmentsSent('b') - before
      assert.ok(sent > 150_000, `${sent} packets`)
      for (const index of [router.index.left, router.index.right]) {
        const both = router.tap.counts().filter(({ interfaceIndex }) => interfaceIndex === index)
        const sum = (of: 'pool' | 'samples' | 'lost') => both.reduce((total, count) => total + count[of], 0)
        assert.equal(sum('lost'), 0)
        const sigma = Math.sqrt(sent * (rate - 1))
        const [pool, estimated] = [sum('pool'), sum('samples') * rate]
        assert.ok(Math.abs(estimated - sent) < 5 * sigma, `${estimated} of ${sent} ± ${sigma}`)
        assert.equal(pool, estimated)
      }
    })
  }

  /** What is left of a header that is looked at: IPv4 length, identification's difference, UDP length. */
  const lengthsOf = ({ bytes, offset, frameBytes, segments }: TappedPacket) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset)
    return [segments, frameBytes, view.getUint16(16), view.getUint16(38)].join(' ')
  }

  for (const method of ['tcx', 'af_packet'] as const) {
    test(`${method}: segmented UDP at 1 in 1: each datagram once, with its own lengths`, {
      skip: skips[method] || noEthtool,
    }, async () => {
      offload('a', 'eth0', 'tso', 'on', 'tx-udp-segmentation', 'on')
      await router.open(method)
      router.attach(1)
      // 10 of 1,000 bytes and one of 234: frames of 1,042 and 276, IPv4 lengths of 1,028 and 262, UDP lengths of 1,008 and 242.
      router.send(200, { bytes: [10_234], segment: 1000, drain: false })
      const seen = new Map<string, number>()
      await router.settle((packet) => {
        if (packet.interfaceIndex !== router.index.left || packet.direction !== 'ingress') return
        if (packet.frameBytes < 100) return
        const key = lengthsOf(packet)
        seen.set(key, (seen.get(key) ?? 0) + 1)
      })
      assert.deepEqual(Object.fromEntries(seen), { '11 1042 1028 1008': 2000, '11 276 262 242': 200 })
    })

    for (const rate of [3, 10, 40]) {
      test(`${method}: segmented UDP at 1 in ${rate}: short last segments as often as they are`, {
        skip: skips[method] || noEthtool,
      }, async () => {
        await router.open(method)
        router.attach(rate, 'ingress')
        const buffers = 6000
        const seen = new Map<number, number>()
        const take = (packet: TappedPacket) => {
          if (packet.segments === 11) seen.set(packet.frameBytes, (seen.get(packet.frameBytes) ?? 0) + 1)
        }
        for (let sent = 0; sent < buffers; sent += 500) {
          router.send(500, { bytes: [10_234], segment: 1000, drain: false })
          router.tap.drain(take)
        }
        await router.settle(take)
        for (const [frame, packets] of [
          [1042, 10 * buffers],
          [276, buffers],
        ] as const) {
          const expected = packets / rate
          // Of independent draws; one draw for all segments of a buffer scatters less.
          const sigma = Math.sqrt(expected * (1 - 1 / rate))
          const found = seen.get(frame)!
          assert.ok(Math.abs(found - expected) < 5 * sigma, `${frame}: ${found}, ${expected} ± ${sigma}`)
        }
        const count = router.tap.counts().find((each) => each.interfaceIndex === router.index.left)!
        assert.equal(count.lost, 0)
        if (method === 'tcx') assert.ok(Math.abs(count.pool - 11 * buffers) < 20, `pool ${count.pool}`)
        else assert.equal(count.pool, count.samples * rate)
      })
    }
  }
})
