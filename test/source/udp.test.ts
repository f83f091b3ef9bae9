// UDP sources over real loopback sockets, by both receivers: what comes is what was sent, and what is lost is counted.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { parsePrefix } from '../../src/lib/parse/address.ts'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import type { LiveReport, Source } from '../../src/lib/source/source.ts'
import { openUdp } from '../../src/lib/source/udp.ts'
import { openUdpSender } from '../../src/lib/sys/udp-sender.ts'
import { noLibc } from '../helpers/libc.ts'
import { collect, openLoopback, portOf, sendFrom, sendingSocket } from '../helpers/udp.ts'

const onLinux = process.platform === 'linux'
const receivers: readonly (readonly [LiveReport['receiver'], string | false])[] = [
  ['recvmmsg', noLibc],
  ['dgram', false],
]

/** Sends datagrams of `length` as fast as it can, without a turn of the event loop: nobody in this thread reads meanwhile. */
async function flood(port: number, count: number, length: number): Promise<void> {
  const sender = await openUdpSender({ host: '127.0.0.1', port, wait: true })
  const bytes = new Uint8Array(length)
  for (let i = 0; i < count; i++) sender.send(bytes, 0, length)
  await sender.close()
  assert.equal(sender.counts().sent, count)
}

/** Reads until nothing came for a while, and closes. */
async function drain(source: Source): Promise<number> {
  let received = 0
  let last = performance.now()
  const timer = setInterval(() => {
    if (performance.now() - last > 200) void source.close()
  }, 50)
  for await (const { count } of source.batches()) {
    received += count
    last = performance.now()
  }
  clearInterval(timer)
  return received
}

const openFiles = () => readdirSync('/proc/self/fd').length

for (const [receiver, skip] of receivers) {
  describe(receiver, { skip }, () => {
    const paths = [
      ['IPv4', 'udp://127.0.0.1:0', '127.0.0.1', '0 0 ffff 7f000001'],
      ['IPv6', 'udp://[::1]:0', '::1', '0 0 0 1'],
      ['IPv4 at an IPv6 socket', 'udp://:0', '127.0.0.1', '0 0 ffff 7f000001'],
      ['IPv6 at the same kind', 'udp://[::]:0', '::1', '0 0 0 1'],
    ] as const
    for (const [name, at, from, words] of paths) {
      test(`${name}: every datagram byte for byte, with sender and time`, async () => {
        const source = await openLoopback({ receiver }, at)
        assert.equal(source.recorded, false)
        const port = portOf(source)
        assert.equal(source.name, at.replace('udp://:', 'udp://[::]:').replace(/0$/, `${port}`))
        const socket = await sendingSocket(from)
        const lengths = [0, 1, 28, 1400, 9000, 65_507, ...Array.from({ length: 300 }, (_, i) => i)]
        const sent = lengths.map((length, n) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + n) & 0xff)))
        // One after the other, so that no buffer is too small.
        const earliest = BigInt(Date.now() - 1) * 1_000_000n
        const arriving = collect(source, sent.length)
        for (const bytes of sent) await sendFrom(socket, bytes, port, from)
        const arrivals = await arriving
        const latest = BigInt(Date.now() + 1) * 1_000_000n
        assert.deepEqual(
          arrivals.map(({ bytes }) => bytes),
          sent,
        )
        const own = socket.address().port
        for (const [i, { sender, port: senderPort, wireLength, ns }] of arrivals.entries()) {
          assert.deepEqual([sender, senderPort, wireLength], [words, own, sent[i]!.length])
          assert.ok(ns >= earliest && ns <= latest, `time ${ns} of ${i}`)
          assert.ok(i === 0 || ns >= arrivals[i - 1]!.ns, `time of ${i} is before that of the one before`)
        }
        socket.close()
        const { packets, datagrams, cut, skipped, issues, bytesRead, live } = source.report()
        const total = lengths.reduce((sum, length) => sum + length, 0)
        assert.deepEqual([packets, datagrams, cut, bytesRead], [sent.length, sent.length, 0, total])
        assert.deepEqual([skipped.size, issues.length], [0, 0])
        assert.deepEqual(
          [live!.receiver, live!.why, live!.refused, live!.queueDropped, live!.notices],
          [receiver, 'it was asked for', 0, 0, []],
        )
      })
    }

    test('several addresses in one source', async () => {
      const source = await openLoopback({ receiver }, 'udp://127.0.0.1:0', 'udp://[::1]:0', 'udp://127.0.0.2:0')
      const ports = [0, 1, 2].map((nth) => portOf(source, nth))
      assert.equal(source.name, `udp://127.0.0.1:${ports[0]}, udp://[::1]:${ports[1]}, udp://127.0.0.2:${ports[2]}`)
      const four = await sendingSocket('127.0.0.1')
      const six = await sendingSocket('::1')
      for (let i = 0; i < 20; i++) {
        await sendFrom(four, Buffer.of(0, i), ports[0]!, '127.0.0.1')
        await sendFrom(six, Buffer.of(1, i), ports[1]!, '::1')
        await sendFrom(four, Buffer.of(2, i), ports[2]!, '127.0.0.2')
      }
      const arrivals = await collect(source, 60)
      for (const nth of [0, 1, 2]) {
        assert.deepEqual(
          arrivals.filter(({ bytes }) => bytes[0] === nth).map(({ bytes }) => bytes[1]),
          Array.from({ length: 20 }, (_, i) => i),
        )
      }
      four.close()
      six.close()
    })

    test('a flood beyond the buffer: kernel drops and arrivals add up', { skip: !onLinux }, async () => {
      const source = await openLoopback({ receiver, bufferBytes: 64 << 10, forceBuffer: false })
      await flood(portOf(source), 5000, 1000)
      const received = await drain(source)
      const { kernelDropped, queueDropped, bufferGranted } = source.report().live!
      assert.equal(bufferGranted, 65_536)
      assert.ok(received >= 20 && received < 2000, `${received} arrived`)
      assert.equal(received + kernelDropped!, 5000)
      assert.equal(queueDropped, 0)
    })

    test('only allowed senders, the others counted', async () => {
      const allow = ['127.0.0.2', '127.0.1.0/24', '::1'].map((text) => parsePrefix(text, '--allow'))
      const source = await openLoopback({ receiver, allow }, 'udp://:0')
      const port = portOf(source)
      const froms = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.1.200', '::1', '127.0.2.1', '127.0.0.2']
      const arriving = collect(source, 4)
      for (const [i, from] of froms.entries()) {
        const socket = await sendingSocket(from)
        await sendFrom(socket, Buffer.from(`from ${from}, ${i}`), port, from.includes(':') ? '::1' : '127.0.0.1')
        socket.close()
      }
      assert.deepEqual(
        (await arriving).map(({ bytes, sender }) => [bytes.toString(), sender]),
        [
          ['from 127.0.0.2, 1', '0 0 ffff 7f000002'],
          ['from 127.0.1.200, 3', '0 0 ffff 7f0001c8'],
          ['from ::1, 4', '0 0 0 1'],
          ['from 127.0.0.2, 6', '0 0 ffff 7f000002'],
        ],
      )
      const { packets, datagrams, skipped, live } = source.report()
      assert.deepEqual([packets, datagrams, live!.refused], [7, 4, 3])
      assert.deepEqual([...skipped], [['sender not allowed', 3]])
    })

    test('refused senders alone give no batch', async () => {
      const source = await openLoopback({ receiver, allow: [parsePrefix('192.0.2.0/24', '--allow')] })
      await flood(portOf(source), 300, 10)
      assert.equal(await drain(source), 0)
      assert.equal(source.report().live!.refused, 300)
    })

    test('port in use', async () => {
      const first = await openLoopback({ receiver })
      const port = portOf(first)
      const second = openLoopback({ receiver }, `udp://127.0.0.1:${port}`)
      await assert.rejects(second, {
        name: 'EnvironmentError',
        message: `UDP port ${port} is in use.`,
        nextSteps: [
          `Choose another port: --input udp://127.0.0.1:${port === 65_535 ? port - 1 : port + 1}`,
          `Or stop the other collector; this shows it: ss -lunp 'sport = :${port}'`,
        ],
      })
      await first.close()
      const third = await openLoopback({ receiver }, `udp://127.0.0.1:${port}`)
      await third.close()
    })

    test('an address of another machine', async () => {
      await assert.rejects(openLoopback({ receiver }, 'udp://192.0.2.77:6343'), {
        name: 'EnvironmentError',
        message: '192.0.2.77 is no address of this machine.',
        nextSteps: ['See its addresses: ip -brief address', 'Or listen at all of them: --input udp://:6343'],
      })
    })

    test('where the second address fails, the first is free again', async () => {
      const taken = await openLoopback({ receiver })
      const free = await openLoopback({ receiver })
      const port = portOf(free)
      await free.close()
      const both = openLoopback({ receiver }, `udp://127.0.0.1:${port}`, `udp://127.0.0.1:${portOf(taken)}`)
      await assert.rejects(both, /is in use/)
      const again = await openLoopback({ receiver }, `udp://127.0.0.1:${port}`)
      await again.close()
      await taken.close()
    })

    test('close ends a reader that waits, promptly', async () => {
      const took: number[] = []
      for (let i = 0; i < 5; i++) {
        const source = await openLoopback({ receiver })
        const ended = (async () => {
          for await (const _ of source.batches()) assert.fail('nothing was sent')
        })()
        await pause(30)
        const start = performance.now()
        await source.close()
        await ended
        took.push(performance.now() - start)
      }
      // A reader that is not woken looks up once in 100 ms; a busy machine may be that slow too, but not five times.
      assert.ok(Math.min(...took) < 25, `${took} ms`)
    })

    test('a signal ends it as well, also one given before', async () => {
      const stop = new AbortController()
      const source = await openLoopback({ receiver, signal: stop.signal })
      setTimeout(() => stop.abort(), 20)
      for await (const _ of source.batches()) assert.fail('nothing was sent')
      const late = await openLoopback({ receiver, signal: stop.signal })
      for await (const _ of late.batches()) assert.fail('it is closed')
    })

    test('close while the reader is at work: its batch stays whole, and is the last', async () => {
      const source = await openLoopback({ receiver })
      await flood(portOf(source), 500, 100)
      let batches = 0
      for await (const batch of source.batches()) {
        batches++
        await source.close()
        assert.equal(batch.view.getUint8(batch.offset[batch.count - 1]! + 99), 0)
      }
      assert.equal(batches, 1)
    })

    test('close twice, and before anything was read', async () => {
      const source = await openLoopback({ receiver })
      await Promise.all([source.close(), source.close()])
      await source.close()
      for await (const _ of source.batches()) assert.fail('it is closed')
      assert.equal(source.report().live!.kernelDropped, onLinux ? 0 : undefined)
    })

    test('timers go on while datagrams never cease', async () => {
      const source = await openLoopback({ receiver })
      const sender = await openUdpSender({ host: '127.0.0.1', port: portOf(source), wait: true })
      const bytes = new Uint8Array(100)
      const more = (): void => {
        for (let i = 0; i < 100; i++) sender.send(bytes, 0, bytes.length)
        sender.flush()
      }
      more()
      setTimeout(() => void source.close(), 100)
      let received = 0
      for await (const { count } of source.batches()) {
        received += count
        more()
      }
      assert.ok(received > 100)
      await sender.close()
    })

    test('no descriptor is left after a hundred opens', { skip: !onLinux }, async () => {
      const open = async (): Promise<void> => {
        const source = await openLoopback({ receiver }, 'udp://127.0.0.1:0', 'udp://[::1]:0')
        setImmediate(() => void source.close())
        for await (const _ of source.batches()) assert.fail('nothing was sent')
        await source.close()
      }
      await open()
      const before = openFiles()
      for (let i = 0; i < 100; i++) await open()
      assert.equal(openFiles(), before)
    })

    test('the buffer: what was asked and what was granted', { skip: !onLinux }, async () => {
      const source = await openLoopback({ receiver, bufferBytes: 100_000, forceBuffer: false })
      const { bufferAsked, bufferGranted } = source.report().live!
      assert.deepEqual([bufferAsked, bufferGranted], [100_000, 100_000])
      await source.close()
    })

    test('a shared port: each datagram comes to one of the sources', { skip: !onLinux }, async (t) => {
      if (receiver === 'dgram' && Number.parseInt(process.versions.node, 10) < 24)
        return t.skip('node:dgram has no reusePort')
      const first = await openLoopback({ receiver, sharePort: true })
      const second = await openLoopback({ receiver, sharePort: true }, `udp://127.0.0.1:${portOf(first)}`)
      for (let i = 0; i < 64; i++) await flood(portOf(first), 3, 8)
      const counts = await Promise.all([drain(first), drain(second)])
      assert.equal(counts[0]! + counts[1]!, 192)
      // Each of 64 senders stays with one: all with the same would be chance of 1 in 2^63.
      assert.ok(counts[0]! > 0 && counts[1]! > 0 && counts[0]! % 3 === 0, `${counts}`)
    })
  })
}

test('without a wish: recvmmsg where koffi is', { skip: noLibc }, async () => {
  const source = await openUdp({ addresses: [parseUdpAddress('udp://127.0.0.1:0', '-i', 6343)] })
  const { receiver, why, bufferAsked } = source.report().live!
  assert.deepEqual([receiver, why, bufferAsked], ['recvmmsg', 'koffi is there', 8_388_608])
  await source.close()
})
