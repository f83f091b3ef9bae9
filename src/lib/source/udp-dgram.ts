// Owns receiving through node:dgram, where koffi is not: an event a datagram, gathered into batches. See udp.ts.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { parseAddress } from '../parse/address.ts'
import { formatUdpAddress, type UdpAddress } from '../parse/udp-address.ts'
import { kernelDrops, ownSocketInodes, readUdpTables } from '../sys/proc-net.ts'
import type { Batch, Source, SourceReport } from './source.ts'
import { keepAllowed, type OwnBatch } from './udp-allow.ts'
import { receivingFailed } from './udp-errors.ts'
import { type Listening, listenAt, nothingArrived, reportArrived, type UdpSettings } from './udp-listening.ts'

/** What waits for the reader at most, after which datagrams are dropped and counted: some milliseconds of a flood. */
const QUEUE_COUNT = 4096
const QUEUE_BYTES = 8 << 20
/** Less than this is not worth asking for: systems start with more. */
const LEAST_BUFFER_BYTES = 1 << 16
/** Senders whose text was turned into words already; node:dgram gives text each time. */
const REMEMBERED_SENDERS = 4096

/** As openUdp, without the C library. */
export async function openDgram(settings: UdpSettings): Promise<Source> {
  const opened: Bound[] = []
  try {
    for (const address of settings.addresses) opened.push(await listenAt(address, (at) => bindTo(at, settings)))
    return new DgramSource(opened, settings)
  } catch (error) {
    for (const { socket } of opened) socket.close()
    throw error
  }
}

interface DgramListening extends Listening<Socket> {
  /** Where /proc/net/udp has this socket; empty where there is no such table. */
  readonly inodes: ReadonlySet<number>
}
type Bound = DgramListening & { readonly notice: string | undefined }

async function bindTo(address: UdpAddress, settings: UdpSettings): Promise<DgramListening> {
  const { isV4, port } = address
  const host = isV4 ? address.host : address.host.slice(1, -1)
  const before = ownSocketInodes()
  const socket = createSocket({ type: isV4 ? 'udp4' : 'udp6', reusePort: settings.sharePort })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    socket.close()
    throw error
  }
  const granted = askReceiveBuffer(socket, settings.bufferBytes)
  const bound = socket.address().port
  const tables = readUdpTables() ?? []
  const own = ownSocketInodes()
  const inodes = tables.filter((entry) => entry.port === bound && own.has(entry.inode) && !before.has(entry.inode))
  return {
    socket,
    granted,
    bound: formatUdpAddress(address.host, bound),
    inodes: new Set(inodes.map(({ inode }) => inode)),
  }
}

/** Bytes granted. Linux grants less than asked without a word; others refuse what is too much. */
function askReceiveBuffer(socket: Socket, bytes: number): number {
  for (let ask = bytes; ask >= LEAST_BUFFER_BYTES; ask /= 2) {
    try {
      socket.setRecvBufferSize(Math.trunc(ask))
      break
    } catch {
      // Half of it may be permitted.
    }
  }
  // Linux reports twice what it granted (socket(7)); others report what they granted.
  return socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1)
}

/** Datagrams that came while the reader was elsewhere; arrays as in Batch. */
class Queue implements OwnBatch {
  readonly bytes = new Uint8Array(QUEUE_BYTES)
  readonly view = new DataView(this.bytes.buffer)
  count = 0
  readonly offset = new Uint32Array(QUEUE_COUNT)
  readonly length = new Uint32Array(QUEUE_COUNT)
  readonly wireLength = new Uint32Array(QUEUE_COUNT)
  readonly sec = new Uint32Array(QUEUE_COUNT)
  readonly nsec = new Uint32Array(QUEUE_COUNT)
  readonly sender = new Uint32Array(4 * QUEUE_COUNT)
  readonly senderPort = new Uint16Array(QUEUE_COUNT)
  #end = 0

  clear(): void {
    this.count = 0
    this.#end = 0
  }

  /** False where it is full. */
  add(bytes: Uint8Array, words: ArrayLike<number>, port: number): boolean {
    const n = this.count
    const length = bytes.length
    if (n === QUEUE_COUNT || length > QUEUE_BYTES - this.#end) return false
    const ms = Date.now()
    this.bytes.set(bytes, this.#end)
    this.offset[n] = this.#end
    this.length[n] = length
    this.wireLength[n] = length
    this.sec[n] = Math.trunc(ms / 1000)
    this.nsec[n] = (ms % 1000) * 1_000_000
    for (let i = 0; i < 4; i++) this.sender[4 * n + i] = words[i]!
    this.senderPort[n] = port
    this.#end += length
    this.count = n + 1
    return true
  }
}

const unknownSender = [0, 0, 0, 0]

class DgramSource implements Source {
  readonly name: string
  readonly recorded = false
  readonly #listening: readonly Bound[]
  readonly #settings: UdpSettings
  /** Filled by events, while the reader has the other. */
  #filling = new Queue()
  #reading = new Queue()
  readonly #senders = new Map<string, ArrayLike<number>>()
  #wake: (() => void) | undefined
  #closed = false
  #failure: Error | undefined
  #queueDropped = 0
  #kernelDropped: number | undefined
  readonly #arrived = nothingArrived()

  constructor(listening: readonly Bound[], settings: UdpSettings) {
    this.#listening = listening
    this.#settings = settings
    this.name = listening.map(({ bound }) => bound).join(', ')
    for (const { socket } of listening) {
      socket.on('message', (bytes, from) => this.#take(bytes, from))
      socket.on('error', (error) => {
        this.#failure ??= error
        this.#wakeReader()
      })
    }
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    while (!this.#closed) {
      if (this.#failure) throw receivingFailed(this.name, this.#failure)
      if (this.#filling.count === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      const batch = this.#filling
      this.#filling = this.#reading
      this.#filling.clear()
      this.#reading = batch
      const arrived = this.#arrived
      if (this.#settings.allow) arrived.refused += keepAllowed(batch, this.#settings.allow, arrived.refusedSenders)
      arrived.datagrams += batch.count
      for (let i = 0; i < batch.count; i++) arrived.bytes += batch.length[i]!
      if (batch.count > 0) yield batch
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#kernelDropped = this.#drops()
    this.#closed = true
    this.#wakeReader()
    await Promise.all(this.#listening.map(({ socket }) => new Promise<void>((done) => socket.close(() => done()))))
  }

  report(): SourceReport {
    return reportArrived(this.#arrived, this.#settings, this.#listening, {
      receiver: 'dgram',
      kernelDropped: this.#closed ? this.#kernelDropped : this.#drops(),
      queueDropped: this.#queueDropped,
    })
  }

  #drops(): number | undefined {
    return kernelDrops(new Set(this.#listening.flatMap(({ inodes }) => [...inodes])))
  }

  #take(bytes: Uint8Array, from: RemoteInfo): void {
    this.#arrived.packets++
    if (!this.#filling.add(bytes, this.#wordsOf(from.address), from.port)) this.#queueDropped++
    // Not at once: what else waits at the socket comes before the next turn of the event loop and goes into the same batch.
    else if (this.#filling.count === 1) setImmediate(() => this.#wakeReader())
  }

  #wordsOf(address: string): ArrayLike<number> {
    const known = this.#senders.get(address)
    if (known) return known
    // A link-local sender has its interface behind a %.
    const words = parseAddress(address.replace(/%.*$/, '')) ?? unknownSender
    if (this.#senders.size >= REMEMBERED_SENDERS) this.#senders.clear()
    this.#senders.set(address, words)
    return words
  }

  #wakeReader(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
