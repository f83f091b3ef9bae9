// Owns receiving through recvmmsg(2): some hundred datagrams a call, no copy, no event each. See udp.ts.

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { formatUdpAddress, type UdpAddress } from '../parse/udp-address.ts'
import { errnoMessage, SystemCallError } from '../sys/errno.ts'
import type { Libc } from '../sys/libc.ts'
import { PollSet } from '../sys/poll-set.ts'
import { ReceiveRing } from '../sys/receive-ring.ts'
import { AF_INET, AF_INET6 } from '../sys/sockaddr.ts'
import { UdpSocket } from '../sys/socket.ts'
import type { Batch, Source, SourceReport } from './source.ts'
import { keepAllowed } from './udp-allow.ts'
import { cannotListen, receivingFailed } from './udp-errors.ts'
import {
  type Arrived,
  isAnyAddress,
  type Listening,
  listenAt,
  reportArrived,
  type UdpSettings,
} from './udp-listening.ts'

/** Datagrams a call: 64, 128 and 256 cost the same (measured); more is fewer calls after a stall. */
const ROOM = 128
/** Longest wait without looking around: messages to a worker and close() wait this long at most. */
const BLOCKED_MS = 100
/** After finish() what waits in the sockets is taken, for so long at most: a flood does not end. */
const FINISH_MS = 1000
/** While datagrams keep coming, other events of this thread wait this long at most. */
const TURN_MS = 10
/**
 * Where few came, the next look is a millisecond after the next datagram, and finds those behind it too: at 50,000 a second this
 * halves the CPU a datagram (measured). Times are the kernel's, so nothing but the print is late.
 */
const GATHER_MS = 1
/** Fewer in a look are few. */
const FEW = 64
/** With less receive buffer no moment is given away: the usual 208 KiB hold 184 datagrams of 1,400 bytes. */
const LEAST_BUFFER_TO_GATHER = 1 << 20

/** As openUdp, through the C library. */
export async function openRecvmmsg(libc: Libc, settings: UdpSettings): Promise<Source> {
  const opened: Bound[] = []
  try {
    for (const address of settings.addresses) {
      opened.push(await listenAt(address, (at) => bindTo(libc, at, settings)))
    }
    return new RecvmmsgSource(libc, opened, settings)
  } catch (error) {
    for (const { socket } of opened) socket.close()
    throw error instanceof SystemCallError ? cannotListen(settings.addresses[0]!, error) : error
  }
}

type Bound = Listening<UdpSocket> & { readonly notice: string | undefined }

function bindTo(libc: Libc, address: UdpAddress, settings: UdpSettings): Listening<UdpSocket> {
  const { host, words, isV4, port } = address
  const socket = new UdpSocket(libc, isV4 ? AF_INET : AF_INET6)
  try {
    if (!isV4 && isAnyAddress(address)) socket.takeIpv4Too()
    if (settings.sharePort) socket.sharePort()
    socket.stampArrivals()
    const granted = socket.askReceiveBuffer(settings.bufferBytes, settings.forceBuffer)
    socket.bind(words, port)
    return { socket, granted, bound: formatUdpAddress(host, socket.localPort()) }
  } catch (error) {
    socket.close()
    throw error
  }
}

class RecvmmsgSource implements Source {
  readonly name: string
  readonly recorded = false
  readonly #sockets: readonly UdpSocket[]
  readonly #listening: readonly Bound[]
  readonly #settings: UdpSettings
  readonly #ring: ReceiveRing
  readonly #polls: PollSet
  readonly #gathers: boolean
  #closed = false
  /** When the reader stops at the latest, after finish(). */
  #finishBy = Number.POSITIVE_INFINITY
  /** A reader is somewhere in batches(): it gives the memory back when it leaves. */
  #reading = false
  /** Settles when a wait beside this thread, which has the memory of the poll set, is over. */
  #waiting: Promise<boolean> | undefined
  readonly #arrived: Arrived = { packets: 0, datagrams: 0, cut: 0, bytes: 0, refused: 0 }

  constructor(libc: Libc, listening: readonly Bound[], settings: UdpSettings) {
    this.#listening = listening
    this.#settings = settings
    this.#sockets = listening.map(({ socket }) => socket)
    this.name = listening.map(({ bound }) => bound).join(', ')
    this.#gathers = listening.every(({ granted }) => granted >= LEAST_BUFFER_TO_GATHER)
    this.#ring = new ReceiveRing(libc, ROOM)
    this.#polls = new PollSet(
      libc,
      this.#sockets.map(({ fd }) => fd),
    )
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    this.#reading = true
    try {
      let turn = performance.now()
      while (!this.#closed) {
        let most = 0
        for (const { fd } of this.#sockets) {
          const got = this.#take(fd)
          if (got > most) most = got
          if (this.#ring.count > 0) yield this.#ring
          if (this.#closed) return
        }
        if (this.#finishBy !== Number.POSITIVE_INFINITY) {
          if (most === 0 || performance.now() > this.#finishBy) return
          continue
        }
        if (most === 0 || (this.#gathers && most < FEW)) {
          if (this.#settings.blocking) this.#block()
          else await this.#wait(most > 0)
        }
        const now = performance.now()
        if (now - turn < TURN_MS) continue
        turn = now
        await nextTurn()
      }
    } finally {
      this.#reading = false
      if (this.#closed) this.#release()
    }
  }

  finish(): void {
    if (this.#finishBy !== Number.POSITIVE_INFINITY) return
    this.#finishBy = performance.now() + FINISH_MS
    this.#polls.wake()
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      this.#polls.wake()
    }
    // A wait in another thread holds the sockets: only after it is the port free.
    await this.#waiting
    for (const socket of this.#sockets) socket.close()
    if (!this.#reading) this.#release()
  }

  report(): SourceReport {
    const dropped = this.#sockets.map((socket) => socket.kernelDropped())
    const kernelDropped = dropped.reduce((sum, n) => (sum === undefined || n === undefined ? undefined : sum + n), 0)
    return reportArrived(this.#arrived, this.#settings, this.#listening, {
      receiver: 'recvmmsg',
      kernelDropped,
      queueDropped: 0,
    })
  }

  /** Fills the ring from one socket; gives what came, allowed or not. */
  #take(fd: number): number {
    const ring = this.#ring
    const got = ring.receive(fd)
    if (got <= 0) {
      if (got === 0) return 0
      // What a network device that vanished left behind is an error of the next call, and no end.
      if (passing.has(-got)) return 0
      throw receivingFailed(this.name, new Error(errnoMessage(-got)))
    }
    const arrived = this.#arrived
    arrived.packets += got
    if (this.#settings.allow) arrived.refused += keepAllowed(ring, this.#settings.allow)
    const { count, length, wireLength } = ring
    let bytes = 0
    for (let i = 0; i < count; i++) {
      bytes += length[i]!
      if (wireLength[i]! > length[i]!) arrived.cut++
    }
    arrived.bytes += bytes
    arrived.datagrams += count
    return got
  }

  /** Until a datagram is there (and, to gather, a moment has passed), or BLOCKED_MS have passed. */
  #block(): void {
    if (this.#polls.wait(BLOCKED_MS) && this.#gathers) this.#polls.sleep(GATHER_MS)
  }

  /**
   * The same beside this thread; ends early where the source is closed.
   * @param soon something came just now: a look after a moment is cheaper than the handover from another thread
   */
  async #wait(soon: boolean): Promise<void> {
    if (!soon) {
      this.#waiting = this.#polls.waitAside(BLOCKED_MS)
      const ready = await this.#waiting
      if (!ready || this.#closed || !this.#gathers) return
    }
    await pause(GATHER_MS)
  }

  #release(): void {
    this.#ring.close()
    this.#polls.close()
  }
}

/** ENETDOWN, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED: said once of something that passed, and cleared by saying it. */
const passing: ReadonlySet<number> = new Set([100, 101, 113, 111])
