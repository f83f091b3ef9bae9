// Owns receiving through recvmmsg(2): some hundred datagrams a call, no copy, no event each. See udp.ts.

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { AddressWords } from '../parse/address.ts'
import { formatUdpAddress, type UdpAddress } from '../parse/udp-address.ts'
import { errnoMessage, SystemCallError } from '../sys/errno.ts'
import type { Libc } from '../sys/libc.ts'
import { PollSet } from '../sys/poll-set.ts'
import { ReceiveRing } from '../sys/receive-ring.ts'
import { AF_INET, AF_INET6, type Family } from '../sys/sockaddr.ts'
import { UdpSocket } from '../sys/socket.ts'
import type { Batch, Source, SourceReport } from './source.ts'
import type { UdpSettings } from './udp.ts'
import { keepAllowed } from './udp-allow.ts'
import { cannotListen, receivingFailed } from './udp-errors.ts'

/** Datagrams a call; docs/tuning.md has the measurement. */
const ROOM = 128
/** Longest wait without looking around: messages to a worker and close() wait this long at most. */
const BLOCKED_MS = 100
/** While datagrams keep coming, other events of this thread wait this long at most. */
const TURN_MS = 10
/**
 * Where few came, the next look is a millisecond later: a call for each datagram costs ten times as much as one for ten. Times are the
 * kernel's, so nothing but the print is late.
 */
const GATHER_MS = 1
/** So few that a pause can't fill the buffer, if the next millisecond is not four times as bad. */
const FEW = 64
/** What the kernel counts for a datagram of 1,400 bytes: two pages and its own structure (measured on loopback: 2,304 to 4,352). */
const KERNEL_BYTES_A_DATAGRAM = 4352
/** Looks without a datagram before it waits for one. */
const LOOKS = 8

/** As openUdp, through the C library. */
export function openRecvmmsg(libc: Libc, settings: UdpSettings): Source {
  const opened: Listening[] = []
  try {
    for (const address of settings.addresses) opened.push(listenAt(libc, address, settings))
    return new RecvmmsgSource(libc, opened, settings)
  } catch (error) {
    for (const { socket } of opened) socket.close()
    throw error
  }
}

interface Listening {
  readonly socket: UdpSocket
  readonly bound: string
  readonly granted: number
  readonly notice: string | undefined
}

const isAny = (words: AddressWords) => words.every((word) => word === 0)

function listenAt(libc: Libc, address: UdpAddress, settings: UdpSettings): Listening {
  try {
    return bindTo(libc, address.isV4 ? AF_INET : AF_INET6, address, settings, undefined)
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    if (error.code !== 'EAFNOSUPPORT' || address.isV4 || !isAny(address.words)) throw cannotListen(address, error)
  }
  const v4: UdpAddress = { host: '0.0.0.0', words: [0, 0, 0xffff, 0], isV4: true, port: address.port }
  try {
    return bindTo(libc, AF_INET, v4, settings, 'IPv6 is off on this machine: listening for IPv4 only.')
  } catch (error) {
    throw cannotListen(v4, error)
  }
}

function bindTo(
  libc: Libc,
  family: Family,
  { host, words, port }: UdpAddress,
  settings: UdpSettings,
  notice: string | undefined,
): Listening {
  const socket = new UdpSocket(libc, family)
  try {
    if (family === AF_INET6 && isAny(words)) socket.takeIpv4Too()
    if (settings.sharePort) socket.sharePort()
    socket.stampArrivals()
    const granted = socket.askReceiveBuffer(settings.bufferBytes, settings.forceBuffer)
    socket.bind(words, port)
    return { socket, granted, notice, bound: formatUdpAddress(host, socket.localPort()) }
  } catch (error) {
    socket.close()
    throw error
  }
}

class RecvmmsgSource implements Source {
  readonly name: string
  readonly recorded = false
  readonly #sockets: readonly UdpSocket[]
  readonly #listening: readonly Listening[]
  readonly #settings: UdpSettings
  readonly #ring: ReceiveRing
  readonly #polls: PollSet
  readonly #few: number
  #closed = false
  /** A reader is somewhere in batches(): it gives the memory back when it leaves. */
  #reading = false
  /** Settles when a wait beside this thread, which has the memory of the poll set, is over. */
  #waiting: Promise<void> | undefined
  #packets = 0
  #datagrams = 0
  #refused = 0
  #cut = 0
  #bytes = 0

  constructor(libc: Libc, listening: readonly Listening[], settings: UdpSettings) {
    this.#listening = listening
    this.#settings = settings
    this.#sockets = listening.map(({ socket }) => socket)
    this.name = listening.map(({ bound }) => bound).join(', ')
    this.#few = Math.min(FEW, Math.trunc(this.#granted() / 2 / KERNEL_BYTES_A_DATAGRAM))
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
      let emptyLooks = LOOKS
      while (!this.#closed) {
        let most = 0
        for (const { fd } of this.#sockets) {
          const got = this.#take(fd)
          if (got > most) most = got
          if (this.#ring.count > 0) yield this.#ring
          if (this.#closed) return
        }
        emptyLooks = most > 0 ? 0 : emptyLooks + 1
        if (emptyLooks >= LOOKS) await this.#wait()
        else if (most < this.#few) await this.#gather()
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
    return {
      packets: this.#packets,
      datagrams: this.#datagrams,
      cut: this.#cut,
      otherPorts: new Map(),
      skipped: new Map(this.#refused > 0 ? [['sender not allowed', this.#refused]] : []),
      issues: [],
      bytesRead: this.#bytes,
      bytesTotal: undefined,
      live: {
        receiver: 'recvmmsg',
        why: this.#settings.why,
        bound: this.#listening.map(({ bound }) => bound),
        notices: this.#listening.flatMap(({ notice }) => notice ?? []),
        bufferAsked: this.#settings.bufferBytes,
        bufferGranted: this.#granted(),
        kernelDropped: dropped.reduce((sum, n) => (sum === undefined || n === undefined ? undefined : sum + n), 0),
        queueDropped: 0,
        refused: this.#refused,
      },
    }
  }

  #granted(): number {
    return Math.min(...this.#listening.map(({ granted }) => granted))
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
    this.#packets += got
    if (this.#settings.allow) this.#refused += keepAllowed(ring, this.#settings.allow)
    const { count, length, wireLength } = ring
    let bytes = 0
    for (let i = 0; i < count; i++) {
      bytes += length[i]!
      if (wireLength[i]! > length[i]!) this.#cut++
    }
    this.#bytes += bytes
    this.#datagrams += count
    return got
  }

  /** Until a datagram is there, or BLOCKED_MS have passed, or the source is closed. */
  #wait(): Promise<void> | undefined {
    if (this.#settings.blocking) {
      this.#polls.wait(BLOCKED_MS)
      return undefined
    }
    this.#waiting = this.#polls.waitAside(BLOCKED_MS)
    return this.#waiting
  }

  #gather(): Promise<void> | undefined {
    if (!this.#settings.blocking) return pause(GATHER_MS)
    this.#polls.sleep(GATHER_MS)
    return undefined
  }

  #release(): void {
    this.#ring.close()
    this.#polls.close()
  }
}

/** ENETDOWN, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED: said once of something that passed, and cleared by saying it. */
const passing: ReadonlySet<number> = new Set([100, 101, 113, 111])
