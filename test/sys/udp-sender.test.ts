// Datagrams sent over loopback, by both ways of sending, to a socket of node:dgram.

import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { InputError } from '../../src/lib/errors.ts'
import { openUdpSender, type UdpSender } from '../../src/lib/sys/udp-sender.ts'
import { noLibc } from '../helpers/libc.ts'

interface Receiver {
  readonly port: number
  readonly got: Uint8Array[]
  close(): Promise<void>
}

async function receiver(type: 'udp4' | 'udp6', address: string): Promise<Receiver> {
  const socket: Socket = createSocket(type)
  const got: Uint8Array[] = []
  socket.on('message', (bytes) => got.push(bytes))
  socket.bind(0, address)
  await once(socket, 'listening')
  socket.setRecvBufferSize(1 << 20)
  return {
    port: socket.address().port,
    got,
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !done(); i++) await pause(10)
}

const nothing = { sent: 0, bytes: 0, unreachable: 0, full: 0, failed: new Map() }
const ways: readonly (readonly [UdpSender['via'], string | false])[] = [
  ['sendmmsg', noLibc],
  ['dgram', false],
]

for (const [via, skip] of ways) {
  describe(via, { skip }, () => {
    for (const [type, host] of [
      ['udp4', '127.0.0.1'],
      ['udp6', '::1'],
    ] as const) {
      test(`byte for byte and in order over ${type}, empty and long ones too`, async () => {
        const there = await receiver(type, host)
        const sender = await openUdpSender({ host, port: there.port, via })
        assert.equal(sender.via, via)
        assert.equal(sender.to, `${type === 'udp6' ? '[::1]' : host}:${there.port}`)
        const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
        const parts: readonly (readonly [number, number])[] = [
          [0, 0],
          [1, 1],
          [100, 1400],
          [4000, 65_507],
          ...Array.from({ length: 200 }, (_, i) => [i, 2 * i] as const),
        ]
        for (const [offset, length] of parts) sender.send(bytes, offset, length)
        // The caller's buffer is its own again.
        const want = parts.map(([offset, length]) => Buffer.from(bytes.slice(offset, offset + length)))
        bytes.fill(0)
        await sender.drain()
        await until(() => there.got.length === parts.length)
        assert.deepEqual(there.got, want)
        const total = parts.reduce((sum, [, length]) => sum + length, 0)
        assert.deepEqual(sender.counts(), { ...nothing, sent: parts.length, bytes: total })
        await sender.close()
        await there.close()
      })
    }

    test('nobody listens: told, and sending goes on', async () => {
      const there = await receiver('udp4', '127.0.0.1')
      await there.close()
      const sender = await openUdpSender({ host: '127.0.0.1', port: there.port, via })
      for (let i = 0; i < 10; i++) {
        sender.send(new Uint8Array(10), 0, 10)
        await sender.drain()
      }
      await pause(20)
      const { sent, unreachable, full, failed } = sender.counts()
      assert.ok(unreachable >= 4, `${unreachable} refusals`)
      assert.ok(sent >= 5 && sent <= 10, `${sent} sent`)
      assert.deepEqual([full, failed.size], [0, 0])
      await sender.close()
    })

    test('too long for UDP: counted by the name of the error', async () => {
      const there = await receiver('udp4', '127.0.0.1')
      const sender = await openUdpSender({ host: '127.0.0.1', port: there.port, via })
      sender.send(new Uint8Array(65_508), 0, 65_508)
      sender.send(new Uint8Array(300_000), 0, 300_000)
      sender.send(new Uint8Array(3), 0, 3)
      await sender.drain()
      await until(() => there.got.length === 1)
      assert.deepEqual(sender.counts(), { ...nothing, sent: 1, bytes: 3, failed: new Map([['EMSGSIZE', 2]]) })
      await sender.close()
      await there.close()
    })

    test('close sends what waits, and is final', async () => {
      const there = await receiver('udp4', '127.0.0.1')
      const sender = await openUdpSender({ host: '127.0.0.1', port: there.port, via })
      sender.send(Uint8Array.of(1, 2, 3), 0, 3)
      await sender.close()
      await sender.close()
      await until(() => there.got.length === 1)
      assert.deepEqual(there.got, [Buffer.of(1, 2, 3)])
      assert.equal(sender.counts().sent, 1)
      await there.close()
    })
  })
}

test('a name is looked up, one that is not known is refused', async () => {
  const sender = await openUdpSender({ host: 'localhost', port: 9 })
  assert.match(sender.to, /^(127\.0\.0\.1|\[::1\]):9$/)
  await sender.close()
  await assert.rejects(openUdpSender({ host: 'no-such-host.invalid', port: 9 }), (error: Error) => {
    // Without a resolver at all the machine is at fault (EAI_AGAIN), and the message says so.
    return error instanceof InputError
      ? error.message === 'The name "no-such-host.invalid" is not known.'
      : error.message.startsWith(`The name "no-such-host.invalid" can't be looked up: `)
  })
})

for (const [via, skip] of ways) {
  test(`a broadcast address is refused by ${via}`, { skip }, async () => {
    await assert.rejects(openUdpSender({ host: '255.255.255.255', port: 9, via }), {
      name: 'EnvironmentError',
      message: 'Sending to 255.255.255.255:9 is not permitted.',
    })
  })
}
