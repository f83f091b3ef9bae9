// Cycles over loopback: what the log says against what another socket received. Without root; ECN on the wire is seen in
// test/kernel/lab.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cycle, sendCycles } from '../../src/lib/lab/cycles.ts'
import { CONGESTED, paddedMessages } from '../../src/lib/lab/roce-messages.ts'
import { DiscardReceiver } from '../../src/lib/sys/discard-receiver.ts'
import { PatternSender } from '../../src/lib/sys/pattern-sender.ts'
import { AF_INET, AF_INET6 } from '../../src/lib/sys/sockaddr.ts'
import { UdpSocket } from '../../src/lib/sys/socket.ts'
import { WallClock } from '../../src/lib/sys/wall-clock.ts'
import { libc, noLibc } from '../helpers/libc.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const loopback = [0, 0, 0xffff, 0x7f000001] as const
const never = new AbortController().signal

for (const [family, words] of [
  [AF_INET, loopback],
  [AF_INET6, [0, 0, 0, 1]],
] as const) {
  test(`cycles of 250 packets and 50 ms, family ${family}`, { skip: noLibc }, async () => {
    const there = new UdpSocket(libc, family)
    there.leaveOutChecksum()
    there.askReceiveBuffer(1 << 20, false)
    there.bind(words, 0)
    const here = new UdpSocket(libc, family)
    here.leaveOutChecksum()
    const sender = new PatternSender(libc, here, { words, port: there.localPort() }, paddedMessages(0), CONGESTED)
    const receiver = new DiscardReceiver(libc, there.fd)
    const clock = new WallClock(libc)
    const cycles: Cycle[] = []
    const plan = { cycles: 4, packets: 250, pauseNs: 50_000_000n, rate: 5000, ecn: 0.5, stop: never }
    await sendCycles(plan, { senders: [sender], receiver, clock }, (cycle) => cycles.push(cycle))
    assert.deepEqual(
      cycles.map(({ number, packets, received }) => [number, packets, received]),
      [
        [1, 250, 250],
        [2, 250, 250],
        [3, 250, 250],
        [4, 250, 250],
      ],
    )
    assert.equal(sender.counts.bytes, 1000 * 38)
    const marked = cycles.reduce((sum, { ce }) => sum + ce, 0)
    // 1,000 packets at 0.5: six standard deviations of 15.8.
    assert.ok(Math.abs(marked - 500) < 95, `${marked} of 1,000 marked`)
    // 250 packets at 5,000 a second: 49 ms from the first to the last step. A busy machine makes it longer, never shorter.
    for (const { startNs, endNs } of cycles) assert.ok(endNs - startNs >= 48_900_000n, `${endNs - startNs} ns`)
    for (const [i, { startNs }] of cycles.entries()) {
      if (i > 0)
        assert.ok(startNs - cycles[i - 1]!.endNs >= 49_900_000n, `pause of ${startNs - cycles[i - 1]!.endNs} ns`)
    }
    for (const each of [sender, receiver, clock, here, there]) each.close()
  })
}

test('packets come in the order of the round, byte for byte', { skip: noLibc }, async () => {
  const there = await UdpReceiver.open('127.0.0.1')
  const here = new UdpSocket(libc, AF_INET)
  const sender = new PatternSender(libc, here, { words: loopback, port: there.port }, paddedMessages(0), CONGESTED)
  // More than one call of sendmmsg takes.
  for (let i = 0; i < 300; i++) sender.send(i % 4, i % 3 === 0)
  sender.flush()
  await there.settle(300)
  await there.close()
  assert.equal(there.datagrams.length, 300)
  assert.deepEqual(
    there.datagrams.slice(0, 5).map((bytes) => Buffer.from(bytes).toString('hex', 0, 8)),
    ['0640000000000123', '0740000000000123', '1140000000000123', '8100000000000123', '0640000000000123'],
  )
  sender.close()
  here.close()
})

test('a stop ends the cycle that it meets', { skip: noLibc }, async () => {
  const there = new UdpSocket(libc, AF_INET)
  there.bind(loopback, 0)
  const here = new UdpSocket(libc, AF_INET)
  const sender = new PatternSender(
    libc,
    here,
    { words: loopback, port: there.localPort() },
    paddedMessages(0),
    CONGESTED,
  )
  const receiver = new DiscardReceiver(libc, there.fd)
  const clock = new WallClock(libc)
  const stop = new AbortController()
  const cycles: Cycle[] = []
  setTimeout(() => stop.abort(), 200)
  const plan = { cycles: 1000, packets: 1_000_000, pauseNs: 0n, rate: 1000, ecn: 0, stop: stop.signal }
  await sendCycles(plan, { senders: [sender], receiver, clock }, (cycle) => cycles.push(cycle))
  assert.equal(cycles.length, 1)
  assert.ok(cycles[0]!.packets > 0 && cycles[0]!.packets < 5000, `${cycles[0]!.packets} packets`)
  for (const each of [sender, receiver, clock, here, there]) each.close()
})
