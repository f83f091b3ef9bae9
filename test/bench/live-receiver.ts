// The receivers of live.bench.ts, one a process: tells its port, receives until told to stop, then tells what came and
// what CPU it took (user + system of the process, from the first datagram's batch on).
//
//   fork('live-receiver.ts', [MODE, BUFFER])     MODE: a key of `modes`; BUFFER: bytes to ask for

import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import { openUdp, type UdpOptions } from '../../src/lib/source/udp.ts'
import { Arena } from '../../src/lib/sys/arena.ts'
import { loadLibc } from '../../src/lib/sys/libc.ts'
import { AF_INET } from '../../src/lib/sys/sockaddr.ts'
import { UdpSocket } from '../../src/lib/sys/socket.ts'

export interface Received {
  readonly received: number
  readonly dropped: number | undefined
  readonly cpuMicroseconds: number
  readonly bufferGranted: number
}

/** As in udp-recvmmsg.ts. */
const ROOM = 128
const bufferBytes = Number(process.argv[3])

const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

function stopped(): { readonly value: boolean } {
  const state = { value: false }
  process.once('message', () => {
    state.value = true
  })
  return state
}

/** Nothing but recvmmsg and a sum: blocking, SO_RCVTIMEO, no addresses, no times. The least that a receiver in Node costs. */
async function bare(): Promise<Received> {
  const { libc } = await loadLibc()
  if (!libc) throw new Error('koffi is not there')
  const socket = new UdpSocket(libc, AF_INET)
  const bufferGranted = socket.askReceiveBuffer(bufferBytes, false)
  socket.bind([0, 0, 0xffff, 0x7f000001], 0)
  const SO_RCVTIMEO = 20
  libc.setsockopt(socket.fd, 1, SO_RCVTIMEO, Uint32Array.of(0, 0, 100_000, 0), 16)
  const slot = 65_536 + 320
  const arena = new Arena(libc, ROOM * (64 + 16 + slot) + 4096)
  const messages = arena.take(ROOM * 64)
  const vectors = arena.take(ROOM * 16)
  const data = arena.take(ROOM * slot, 64)
  for (let i = 0; i < ROOM; i++) {
    arena.point(messages + i * 64 + 16, vectors + i * 16)
    arena.view.setUint32(messages + i * 64 + 24, 1, true)
    arena.point(vectors + i * 16, data + i * slot)
    arena.view.setUint32(vectors + i * 16 + 8, slot, true)
  }
  const stop = stopped()
  process.send!(socket.localPort())
  let received = 0
  let start = 0
  let turn = performance.now()
  const MSG_WAITFORONE = 0x10000
  while (!stop.value) {
    const got = libc.recvmmsg(socket.fd, arena.address + messages, ROOM, MSG_WAITFORONE, 0)
    if (got > 0) {
      if (received === 0) start = cpu()
      received += got
    }
    const now = performance.now()
    if (now - turn < 50) continue
    turn = now
    await new Promise((resolve) => setImmediate(resolve))
  }
  const cpuMicroseconds = cpu() - start
  socket.close()
  return { received, dropped: socket.kernelDropped(), cpuMicroseconds, bufferGranted }
}

/** The Source, its batches counted. */
async function source(options: Partial<UdpOptions>): Promise<Received> {
  const udp = await openUdp({
    addresses: [parseUdpAddress('udp://127.0.0.1:0', 'address', 0)],
    bufferBytes,
    forceBuffer: false,
    ...options,
  })
  process.once('message', () => void udp.close())
  process.send!(Number(udp.name.split(':').at(-1)))
  let received = 0
  let start = 0
  for await (const { count } of udp.batches()) {
    if (received === 0) start = cpu()
    received += count
  }
  const cpuMicroseconds = cpu() - start
  const { live } = udp.report()
  return { received, dropped: live!.kernelDropped, cpuMicroseconds, bufferGranted: live!.bufferGranted }
}

const modes: Readonly<Record<string, () => Promise<Received>>> = {
  bare,
  'source in a worker': () => source({ receiver: 'recvmmsg', blocking: true }),
  'source in main': () => source({ receiver: 'recvmmsg', blocking: false }),
  dgram: () => source({ receiver: 'dgram' }),
}

const run = modes[process.argv[2] ?? '']
if (!run) throw new Error(`modes: ${Object.keys(modes).join(', ')}`)
process.send!(await run())
process.disconnect()
