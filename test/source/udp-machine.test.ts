// UDP sources where the machine has less, or runs them elsewhere: without koffi, without IPv6, without recvmmsg's extras, in a worker.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import { openRecvmmsg } from '../../src/lib/source/udp-recvmmsg.ts'
import type { Libc } from '../../src/lib/sys/libc.ts'
import { openUdpSender } from '../../src/lib/sys/udp-sender.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { libc, noLibc } from '../helpers/libc.ts'
import { collect, portOf, sendFrom, sendingSocket } from '../helpers/udp.ts'

const echo = join(repositoryRoot, 'test/helpers/udp-echo.ts')

/** Runs the echo with a hook that makes `import('koffi')` fail in a way. */
function echoWith(failure: string): unknown {
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) { if (name === 'koffi') { ${failure} } return next(name, context) } })`
  const imports = ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  return JSON.parse(
    execFileSync(process.execPath, [...imports, echo, '500'], { cwd: repositoryRoot, encoding: 'utf8' }),
  )
}

const absent = "throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' })"
const broken = "throw new Error('libm.so.6: version GLIBC_2.99 not found\\n    at somewhere')"

describe('koffi', { skip: process.platform === 'linux' ? false : 'elsewhere it is not looked for' }, () => {
  const rest = { received: 500, wrong: 0, receiver: 'dgram', via: 'dgram', kernelDropped: 0 }

  test('not installed: node:dgram does it, and says why', () => {
    assert.deepEqual(echoWith(absent), { ...rest, why: 'koffi is not installed' })
  })

  test('not loadable: the same', () => {
    const why = "koffi can't be loaded (libm.so.6: version GLIBC_2.99 not found)"
    assert.deepEqual(echoWith(broken), { ...rest, why })
  })
})

/** As openUdp gives it to the receiver, with a C library of the test's own. */
function openWith(own: Partial<Libc>, ...at: readonly string[]) {
  return openRecvmmsg(
    { ...libc, ...own },
    {
      addresses: at.map((text) => parseUdpAddress(text, 'address', 6343)),
      bufferBytes: 1 << 20,
      forceBuffer: true,
      allow: undefined,
      sharePort: false,
      blocking: false,
      patienceMs: 4,
      why: 'a test',
    },
  )
}

const AF_INET6 = 10
const EAFNOSUPPORT = 97
const SOL_SOCKET = 1
const SO_TIMESTAMPNS = 35
const SO_MEMINFO = 55
const ENETDOWN = 100
const EBADF = 9

describe('a machine that has less', { skip: noLibc }, () => {
  let refused = false
  const noIpv6: Partial<Libc> = {
    socket: (family, type, protocol) => {
      refused = family === AF_INET6
      return refused ? -1 : libc.socket(family, type, protocol)
    },
    errno: () => (refused ? EAFNOSUPPORT : libc.errno()),
  }

  test('no IPv6: all of IPv4 instead of all, and a notice', async () => {
    const source = await openWith(noIpv6, 'udp://:0')
    const { bound, notices } = source.report().live!
    assert.match(bound[0]!, /^udp:\/\/0\.0\.0\.0:\d+$/)
    assert.deepEqual(notices, ['IPv6 is off on this machine: listening for IPv4 only.'])
    const socket = await sendingSocket('127.0.0.1')
    const arriving = collect(source, 1)
    await sendFrom(socket, Buffer.from('four'), portOf(source), '127.0.0.1')
    const [arrival] = await arriving
    assert.deepEqual([arrival!.bytes.toString(), arrival!.sender], ['four', '0 0 ffff 7f000001'])
    socket.close()
  })

  test('no IPv6, and an IPv6 address asked for', async () => {
    await assert.rejects(openWith(noIpv6, 'udp://[::1]:6343'), {
      name: 'EnvironmentError',
      message: "IPv6 is off on this machine, so it can't listen at [::1].",
      nextSteps: ['Use IPv4: --input udp://0.0.0.0:6343'],
    })
  })

  test('no times from the kernel: the clock, no count of drops by SO_MEMINFO: /proc', async () => {
    const source = await openWith(
      {
        setsockopt: (fd, level, name, value, bytes) =>
          level === SOL_SOCKET && name === SO_TIMESTAMPNS ? 0 : libc.setsockopt(fd, level, name, value, bytes),
        getsockopt: (fd, level, name, value, bytes) =>
          level === SOL_SOCKET && name === SO_MEMINFO ? -1 : libc.getsockopt(fd, level, name, value, bytes),
      },
      'udp://127.0.0.1:0',
    )
    const sender = await openUdpSender({ host: '127.0.0.1', port: portOf(source), wait: true })
    const earliest = BigInt(Date.now()) * 1_000_000n
    for (let i = 0; i < 5000; i++) sender.send(new Uint8Array(1000), 0, 1000)
    await sender.close()
    const { kernelDropped } = source.report().live!
    assert.ok(kernelDropped! > 1000 && kernelDropped! < 5000, `${kernelDropped} dropped`)
    const arrivals = await collect(source, 5000 - kernelDropped!)
    assert.equal(arrivals.length, 5000 - kernelDropped!)
    for (const { ns } of arrivals) assert.ok(ns >= earliest && ns <= BigInt(Date.now()) * 1_000_000n)
  })

  test('a network that goes down is no end; a broken socket is', async () => {
    const errors = [ENETDOWN, EBADF]
    let errno = 0
    const source = await openWith(
      {
        recvmmsg: (...call) => {
          const next = errors.shift()
          if (next === undefined) return libc.recvmmsg(...call)
          errno = next
          return -1
        },
        errno: () => errno,
      },
      'udp://127.0.0.1:0',
    )
    const port = portOf(source)
    await assert.rejects(collect(source, 1), {
      name: 'EnvironmentError',
      message: `Receiving at udp://127.0.0.1:${port} failed: bad file descriptor.`,
    })
    assert.equal(errors.length, 0)
    await source.close()
  })
})

test('in a worker, which is told to stop', { skip: noLibc }, async () => {
  const worker = new Worker(join(repositoryRoot, 'test/helpers/udp-worker.ts'), { execArgv: ['--import', 'tsx'] })
  // Its last message and its end may come in one go.
  const ended = once(worker, 'exit')
  const [{ port, receiver }] = (await once(worker, 'message')) as [{ port: number; receiver: string }]
  assert.equal(receiver, 'recvmmsg')
  const sender = await openUdpSender({ host: '127.0.0.1', port, wait: true })
  for (let i = 0; i < 2000; i++) sender.send(new Uint8Array(200), 0, 200)
  await sender.close()
  // It receives without being asked; the message to stop is behind all of it, since a worker looks for messages last.
  await new Promise((resolve) => setTimeout(resolve, 150))
  worker.postMessage('stop')
  const [result] = (await once(worker, 'message')) as [unknown]
  assert.deepEqual(result, { received: 2000, kernelDropped: 0 })
  await ended
})
