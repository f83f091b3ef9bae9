import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { ForwardSide } from '../../src/lib/listen/forward-side.ts'
import { openUdpSender, type SenderOptions, type UdpSender } from '../../src/lib/sys/udp-sender.ts'
import { type Arrival, batchOf, giveAll } from '../helpers/batches.ts'
import { noLibc } from '../helpers/libc.ts'

async function receiver(type: 'udp4' | 'udp6', address: string, port = 0) {
  const socket = createSocket(type)
  const got: string[] = []
  socket.on('message', (bytes) => got.push(bytes.toString('hex')))
  socket.bind(port, address)
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
  for (let i = 0; i < 300 && !done(); i++) await pause(10)
  assert.ok(done(), 'waited in vain')
}

const datagram = (number: number, length = 100): Arrival => ({ bytes: new Uint8Array(length).fill(number) })
const hexOf = (number: number, length = 100) => number.toString(16).padStart(2, '0').repeat(length)

const ways: readonly (readonly [UdpSender['via'], string | false])[] = [
  ['sendmmsg', noLibc],
  ['dgram', false],
]

for (const [via, skip] of ways) {
  const open = (options: SenderOptions) => openUdpSender({ ...options, via })
  describe(`forwarding by ${via}`, { skip }, () => {
    for (const [type, host] of [
      ['udp4', '127.0.0.1'],
      ['udp6', '::1'],
      ['udp4', 'localhost'],
    ] as const) {
      test(`byte for byte to ${host}, at the end of each batch`, async () => {
        const there = await receiver(type, type === 'udp4' ? '127.0.0.1' : '::1')
        const lookup = (options: SenderOptions) => open({ ...options, host: host === 'localhost' ? '127.0.0.1' : host })
        const told: string[] = []
        const side = await ForwardSide.open({
          to: { host, port: there.port },
          tell: (line) => told.push(line),
          open: lookup,
        })
        giveAll(side, batchOf([datagram(1), datagram(2, 1400), datagram(3, 0), datagram(4, 20_000)]))
        await until(() => there.got.length === 4)
        assert.deepEqual(there.got, [hexOf(1), hexOf(2, 1400), '', hexOf(4, 20_000)])
        // Cut on the way to here: not what its agent sent.
        giveAll(side, batchOf([{ ...datagram(5), wire: 101 }, datagram(6)]))
        await until(() => there.got.length === 5)
        assert.equal(there.got[4], hexOf(6))
        side.tick()
        assert.deepEqual(side.state(), {
          name: `→ ${host === '::1' ? '[::1]' : host}:${there.port}`,
          kind: 'collector',
          datagrams: 5,
          bytes: 21_600,
          failed: 1,
          problem: 'they came cut, so they can not be sent as they were',
        })
        await side.close()
        await there.close()
        assert.deepEqual(told, [])
      })
    }

    test('nobody there: told once, counted, and told when somebody is', async () => {
      const gone = await receiver('udp4', '127.0.0.1')
      const { port } = gone
      await gone.close()
      const told: string[] = []
      const side = await ForwardSide.open({
        to: { host: '127.0.0.1', port },
        tell: (line) => told.push(line),
        open,
        quietMs: 50,
        reopenMs: 20,
      })
      for (let i = 0; i < 10; i++) {
        giveAll(side, batchOf([datagram(i), datagram(i)]))
        await pause(5)
        side.tick()
      }
      assert.deepEqual(told, [
        `Datagrams do not get to 127.0.0.1:${port}: nobody listens there (port unreachable). All else goes on.`,
      ])
      const { failed, problem } = side.state()
      assert.ok(failed >= 5, `${failed} failed`)
      assert.equal(problem, 'nobody listens there (port unreachable)')
      const there = await receiver('udp4', '127.0.0.1', port)
      for (let i = 0; i < 20; i++) {
        giveAll(side, batchOf([datagram(7)]))
        await pause(5)
        side.tick()
      }
      await until(() => there.got.length >= 19)
      await side.close()
      await there.close()
      assert.equal(told.length, 2)
      assert.match(told[1]!, new RegExp(`^Datagrams get to 127.0.0.1:${port} again; at least \\d+ did not\\.$`))
      const end = side.state()
      // sendmmsg is not told of every refusal.
      assert.ok(end.failed >= (via === 'dgram' ? 18 : 9), JSON.stringify(end))
      assert.ok(Math.abs(end.datagrams + end.failed - 40) <= 4, JSON.stringify(end))
    })

    test('nobody there: silence is no proof that somebody came', async () => {
      const gone = await receiver('udp4', '127.0.0.1')
      const { port } = gone
      await gone.close()
      const told: string[] = []
      const side = await ForwardSide.open({
        to: { host: '127.0.0.1', port },
        tell: (line) => told.push(line),
        open,
        quietMs: 20,
      })
      for (let burst = 0; burst < 4; burst++) {
        giveAll(side, batchOf([datagram(1), datagram(2)]))
        for (let look = 0; look < 5; look++) {
          await pause(10)
          side.tick()
        }
      }
      await side.close()
      assert.equal(told.length, 1, told.join(' | '))
    })

    test('a name with another address than before: datagrams go there', async () => {
      const there = await receiver('udp4', '127.0.0.2')
      const addresses = ['127.0.0.1', '127.0.0.2']
      const told: string[] = []
      const side = await ForwardSide.open({
        to: { host: 'collector.example', port: there.port },
        tell: (line) => told.push(line),
        open: (options) => open({ ...options, host: addresses.shift() ?? '127.0.0.2' }),
        reopenMs: 20,
      })
      for (let i = 0; i < 60 && there.got.length === 0; i++) {
        giveAll(side, batchOf([datagram(i)]))
        await pause(10)
        side.tick()
      }
      await until(() => there.got.length > 0)
      assert.deepEqual(told.slice(0, 2), [
        `Datagrams do not get to 127.0.0.1:${there.port}: nobody listens there (port unreachable). All else goes on.`,
        `collector.example is 127.0.0.2:${there.port} now; datagrams go there.`,
      ])
      await side.close()
      await there.close()
    })
  })
}

describe('destinations that can not be', () => {
  const tell = (line: string) => assert.fail(line)

  test('a name that nobody knows', async () => {
    await assert.rejects(
      ForwardSide.open({ to: { host: 'nobody.invalid', port: 6343 }, tell }),
      // Where names can't be looked up at all, it is the machine's fault.
      (error) => error instanceof InputError || error instanceof EnvironmentError,
    )
  })

  const any = { words: [0, 0, 0, 0], port: 6343 }
  const any4 = { words: [0, 0, 0xffff, 0], port: 6343 }
  const one = { words: [0, 0, 0xffff, 0x7f000002], port: 6343 }
  for (const [host, listening, own] of [
    ['127.0.0.1', any, true],
    ['127.0.0.9', any4, true],
    ['::1', any, true],
    ['127.0.0.2', one, true],
    ['127.0.0.1', one, false],
    ['127.0.0.1', { ...any, port: 6344 }, false],
    ['192.0.2.1', any, false],
  ] as const) {
    test(`${host} with a listener at ${listening.words.join('.')}:${listening.port} is ${own ? '' : 'not '}the listener itself`, async () => {
      const open = async (options: SenderOptions): Promise<UdpSender> => ({
        via: 'dgram',
        why: '',
        to: `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`,
        send() {},
        flush() {},
        drain: async () => {},
        counts: () => ({ sent: 0, bytes: 0, unreachable: 0, full: 0, failed: new Map() }),
        close: async () => {},
      })
      const opening = ForwardSide.open({ to: { host, port: 6343 }, listening: [listening], tell, open })
      if (own) await assert.rejects(opening, /leads to this listener itself/)
      else await (await opening).close()
    })
  }
})
