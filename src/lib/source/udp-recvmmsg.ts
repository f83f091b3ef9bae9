// Owns receiving through recvmmsg(2): some hundred datagrams a call, no copy, no event each. See udp.ts.

import { setImmediate as nextTurn } from 'node:timers/promises'
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
  isAnyAddress,
  type Listening,
  listenAt,
  nothingArrived,
  reportArrived,
  type UdpSettings,
} from './udp-listening.ts'
import { Patience } from './udp-patience.ts'

/** Datagrams a call: 64, 128 and 256 cost the same (measured); more is fewer calls after a stall. */
const ROOM = 128
/** Longest wait without looking around: messages to a worker and close() wait this long at most. */
const BLOCKED_MS = 100
/** After finish() what waits in the sockets is taken, for so long at most: a flood does not end. */
const FINISH_MS = 1000
/** While datagrams keep coming, other events of this thread wait this long at most. */
const TURN_MS = 10
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
  readonly #patience: Patience
  #closed = false
  /** When the reader stops at the latest, after finish(). */
  #finishBy = Number.POSITIVE_INFINITY
  /** A reader is somewhere in batches(): it gives the memory back when it leaves. */
  #reading = false
  /** Settles when a wait beside this thread, which has the memory of the poll set, is over. */
  #waiting: Promise<boolean> | undefined
  /** Ends the wait of a timer, where there is one. */
  #look: (() => void) | undefined
  readonly #arrived = nothingArrived()

  constructor(libc: Libc, listening: readonly Bound[], settings: UdpSettings) {
    this.#listening = listening
    this.#settings = settings
    this.#sockets = listening.map(({ socket }) => socket)
    this.name = listening.map(({ bound }) => bound).join(', ')
    this.#patience = new Patience(Math.min(...listening.map(({ granted }) => granted)), settings.patienceMs)
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
        if (most < ROOM && (await this.#rest(most))) turn = performance.now()
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
    this.#look?.()
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      this.#polls.wake()
      this.#look?.()
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
    if (this.#settings.allow) arrived.refused += keepAllowed(ring, this.#settings.allow, arrived.refusedSenders)
    const { count, length, wireLength } = ring
    let bytes = 0
    for (let i = 0; i < count; i++) {
      bytes += length[i]!
      if (wireLength[i]! > length[i]!) arrived.cut++
    }
    arrived.bytes += bytes
    arrived.datagrams += count
    this.#patience.took(got, bytes)
    return got
  }

  /**
   * Waits for the next datagrams, as long as patience says; behind silence, for the first of them, BLOCKED_MS at most.
   * @param most what the last look found
   * @returns whether other events of this thread had their turn
   */
  async #rest(most: number): Promise<boolean> {
    const now = performance.now()
    const ms = this.#patience.next(now)
    const silent = most === 0 && this.#patience.silent(now)
    if (this.#settings.blocking) {
      if ((!silent || this.#polls.wait(BLOCKED_MS)) && ms > 0) this.#polls.sleep(ms)
      return false
    }
    if (silent) {
      this.#waiting = this.#polls.waitAside(BLOCKED_MS)
      if (!(await this.#waiting) || this.#closed) return true
    }
    if (ms === 0) return silent
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#look = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#finishBy !== Number.POSITIVE_INFINITY) this.#look()
    })
    this.#look = undefined
    return true
  }

  #release(): void {
    this.#ring.close()
    this.#polls.close()
  }
}

/** ENETDOWN, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED: said once of something that passed, and cleared by saying it. */
const passing: ReadonlySet<number> = new Set([100, 101, 113, 111])
