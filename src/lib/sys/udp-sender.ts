// Owns sending datagrams to one destination, in batches. Knows nothing of what is in them. See libc.ts for the folder.
// Start at openUdpSender.

import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { EnvironmentError, InputError } from '../errors.ts'
import { parseAddress } from '../parse/address.ts'
import { errnoName, SystemCallError } from './errno.ts'
import { type Libc, loadLibc } from './libc.ts'
import { ECONNREFUSED, type SendCounts, SendRing } from './send-ring.ts'
import { AF_INET, AF_INET6 } from './sockaddr.ts'
import { UdpSocket } from './socket.ts'

export interface SenderOptions {
  /** A name or an address; a name is looked up once. */
  readonly host: string
  readonly port: number
  /** Send buffer to ask for; the system's own where not given. */
  readonly bufferBytes?: number | undefined
  /** Waits for room in the send buffer (a replay), or drops and counts what has none (forwarding); false where not given. */
  readonly wait?: boolean | undefined
  /** Takes this way and no other; the better one that there is, where not given. */
  readonly via?: UdpSender['via'] | undefined
}

/** Sends to one destination. Close it. */
export interface UdpSender {
  readonly via: 'sendmmsg' | 'dgram'
  /** A clause that says why: `koffi is not installed`. */
  readonly why: string
  /** The destination as an address: `192.0.2.1:6343`, `[::1]:6343`. */
  readonly to: string
  /** Queues one datagram; the bytes are copied. Hands over what is queued where the queue is full. */
  send(bytes: Uint8Array, offset: number, length: number): void
  /** Hands what is queued to the kernel; does not wait, save with `wait` for room in the buffer. */
  flush(): void
  /** Flushes, and resolves when the kernel has taken or refused all. */
  drain(): Promise<void>
  /** What became of the datagrams up to now. */
  counts(): Readonly<SendCounts>
  /** Drains, then closes. */
  close(): Promise<void>
}

/**
 * Opens a connected socket.
 * @throws InputError where the name is not known; EnvironmentError where the destination has no route, or names can't be looked up
 */
export async function openUdpSender(options: SenderOptions): Promise<UdpSender> {
  const { address, family } = await find(options.host)
  const to = `${family === 6 ? `[${address}]` : address}:${options.port}`
  try {
    if (options.via !== 'dgram') {
      const { libc, why } = await loadLibc()
      if (libc) return openMmsg(libc, options, address, family, to)
      if (options.via) throw new EnvironmentError(`sendmmsg can't be used: ${why}.`)
      return await openDgram(options, address, family, to, why)
    }
    return await openDgram(options, address, family, to, 'it was asked for')
  } catch (error) {
    throw cannotSend(to, error)
  }
}

async function find(host: string): Promise<{ address: string; family: number }> {
  const family = isIP(host)
  if (family !== 0) return { address: host, family }
  try {
    return await lookup(host)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTFOUND') {
      throw new InputError(`The name "${host}" is not known.`, ['Give an address instead, or see: getent hosts NAME'], {
        cause,
      })
    }
    throw new EnvironmentError(
      `The name "${host}" can't be looked up: ${(cause as Error).message}.`,
      ['Give an address instead.'],
      {
        cause,
      },
    )
  }
}

function cannotSend(to: string, cause: unknown): unknown {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return new EnvironmentError(`There is no route to ${to}.`, ['See the routes: ip route; ip -6 route'], { cause })
    case 'EACCES':
    case 'EPERM':
      return new EnvironmentError(`Sending to ${to} is not permitted.`, ['Is it a broadcast address?'], { cause })
    case 'EAFNOSUPPORT':
      return new EnvironmentError(`This machine has no IPv6, so it can't send to ${to}.`, [], { cause })
    default:
      return cause instanceof SystemCallError
        ? new EnvironmentError(`Can't send to ${to}: ${cause.message}.`, [], { cause })
        : cause
  }
}

const noCounts = (): SendCounts => ({ sent: 0, bytes: 0, unreachable: 0, full: 0, failed: new Map() })

function openMmsg(libc: Libc, options: SenderOptions, address: string, family: number, to: string): UdpSender {
  // A link-local address comes back with its interface behind a %, which a sockaddr of words has no place for.
  const words = parseAddress(address)
  if (!words) throw new InputError(`"${address}" is not understood as an address to send to.`)
  const socket = new UdpSocket(libc, family === 6 ? AF_INET6 : AF_INET)
  try {
    if (options.bufferBytes !== undefined) socket.askSendBuffer(options.bufferBytes)
    socket.connect(words, options.port)
    return new MmsgSender(libc, socket, options.wait ?? false, to, options.via ? 'it was asked for' : 'koffi is there')
  } catch (error) {
    socket.close()
    throw error
  }
}

class MmsgSender implements UdpSender {
  readonly via = 'sendmmsg'
  readonly why: string
  readonly to: string
  readonly #socket: UdpSocket
  readonly #ring: SendRing
  readonly #wait: boolean
  readonly #counts = noCounts()
  #closed = false

  constructor(libc: Libc, socket: UdpSocket, wait: boolean, to: string, why: string) {
    this.#socket = socket
    this.#ring = new SendRing(libc)
    this.#wait = wait
    this.to = to
    this.why = why
  }

  send(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#ring.add(bytes, offset, length)) return
    this.flush()
    if (this.#ring.add(bytes, offset, length)) return
    this.#counts.failed.set('EMSGSIZE', (this.#counts.failed.get('EMSGSIZE') ?? 0) + 1)
  }

  flush(): void {
    if (this.#ring.count > 0 && !this.#closed) this.#ring.flush(this.#socket.fd, this.#wait, this.#counts)
  }

  async drain(): Promise<void> {
    this.flush()
  }

  counts(): Readonly<SendCounts> {
    return this.#counts
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.flush()
    this.#closed = true
    // No send follows that would be told of a refusal of the last one.
    if (this.#socket.takeError() === ECONNREFUSED) this.#counts.unreachable++
    this.#socket.close()
    this.#ring.close()
  }
}

async function openDgram(
  options: SenderOptions,
  address: string,
  family: number,
  to: string,
  why: string,
): Promise<UdpSender> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      // Node calls it with what failed, too, which its types do not say.
      socket.connect(options.port, address, (error?: Error) => {
        socket.off('error', reject)
        if (error === undefined) resolve()
        else reject(error)
      })
    })
    if (options.bufferBytes !== undefined) socket.setSendBufferSize(options.bufferBytes)
  } catch (error) {
    socket.close()
    throw error
  }
  return new DgramSender(socket, options.wait ?? false, to, why)
}

/** Bytes handed to node:dgram and not yet sent, beyond which datagrams are dropped (without `wait`). */
const MOST_UNSENT_BYTES = 8 << 20

class DgramSender implements UdpSender {
  readonly via = 'dgram'
  readonly why: string
  readonly to: string
  readonly #socket: Socket
  readonly #wait: boolean
  readonly #counts = noCounts()
  #unsentBytes = 0
  #unsent = 0
  #drained: (() => void)[] = []
  #closed = false

  constructor(socket: Socket, wait: boolean, to: string, why: string) {
    this.#socket = socket
    this.#wait = wait
    this.to = to
    this.why = why
    // A refusal that no send is there to take. Without a listener it would end the process.
    socket.on('error', (error) => this.#count(error))
  }

  send(bytes: Uint8Array, offset: number, length: number): void {
    if (this.#closed) return
    if (!this.#wait && this.#unsentBytes + length > MOST_UNSENT_BYTES) {
      this.#counts.full++
      return
    }
    // node:dgram keeps the bytes until they are sent, and the caller does not.
    const copy = bytes.slice(offset, offset + length)
    this.#unsent++
    this.#unsentBytes += length
    this.#socket.send(copy, (error) => {
      this.#unsent--
      this.#unsentBytes -= length
      if (error) this.#count(error)
      else {
        this.#counts.sent++
        this.#counts.bytes += length
      }
      if (this.#unsent > 0) return
      for (const resolve of this.#drained) resolve()
      this.#drained = []
    })
  }

  flush(): void {
    // Every datagram goes to node:dgram at once.
  }

  drain(): Promise<void> {
    if (this.#unsent === 0) return Promise.resolve()
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  counts(): Readonly<SendCounts> {
    return this.#counts
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.drain()
    this.#closed = true
    await new Promise<void>((done) => this.#socket.close(() => done()))
  }

  #count(error: NodeJS.ErrnoException): void {
    const code = error.code ?? errnoName(-(error.errno ?? 0))
    if (code === 'ECONNREFUSED') this.#counts.unreachable++
    else if (code === 'EAGAIN' || code === 'ENOBUFS') this.#counts.full++
    else this.#counts.failed.set(code, (this.#counts.failed.get(code) ?? 0) + 1)
  }
}
