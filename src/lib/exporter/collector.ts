// Owns a collector to which datagrams are sent, for as long as the process lives: its trouble is told once, and when it is over;
// it gets a new socket where that may help. Knows no sFlow; the socket is sys/udp-sender.ts. Start at Collector.open.

import { formatCount } from '../errors.ts'
import type { UdpDestination } from '../parse/udp-address.ts'
import { openUdpSender, type SenderOptions, type UdpSender } from '../sys/udp-sender.ts'

/** Asked for; the kernel grants net.core.wmem_max. A receiver's batch of 128 datagrams is sent at once. */
const SEND_BUFFER_BYTES = 4 << 20
/** Between two new sockets while datagrams don't get through: the name may have another address by now, or the route. */
const REOPEN_MS = 10_000
/** So long without a failure, and it is over ... */
const QUIET_MS = 5000
/** ... if datagrams were sent between so many looks meanwhile: a refusal is only said when the next datagram is sent. */
const LEAST_LOOKS = 3

export interface CollectorOptions {
  readonly to: UdpDestination
  /** Takes a line for the user: trouble, once, and that it is over. */
  tell(line: string): void
  /** Stand in for the socket and the constants above in tests. */
  open?(options: SenderOptions): Promise<UdpSender>
  readonly reopenMs?: number | undefined
  readonly quietMs?: number | undefined
}

interface Sums {
  readonly sent: number
  readonly bytes: number
  /** Datagrams refused, dropped or not taken. */
  readonly failed: number
}

/** What became of the datagrams for a collector. */
export interface CollectorState {
  /** `collector.example:6343`, as it was given. */
  readonly name: string
  /** Sent and not refused, as far as is known: a refused datagram is not always said to be one. */
  readonly datagrams: number
  readonly bytes: number
  readonly failed: number
  /** Why, the newest; null where none failed. */
  readonly problem: string | null
}

/** Sends datagrams; never blocks and never throws on it: what fails is counted and told. */
export class Collector {
  readonly #options: CollectorOptions
  readonly #name: string
  #sender: UdpSender
  /** The socket before, while it is closed. */
  #retired: UdpSender | undefined
  /** What former sockets did. */
  #before: Sums = { sent: 0, bytes: 0, failed: 0 }
  /** Failures when they were last looked at, and those of the present socket by kind. */
  #seenFailed = 0
  #seenKinds = new Map<string, number>()
  #problem: string | null = null
  /** Trouble that was told: since when there is none, looks since then that found datagrams sent, and failures before it. */
  #trouble: { quietSinceMs: number; looks: number; readonly failedBefore: number } | undefined
  /** Datagrams sent when it was last looked. */
  #seenSent = 0
  #reopenedMs: number
  #reopening: Promise<void> | undefined
  #closed = false

  private constructor(options: CollectorOptions, name: string, sender: UdpSender) {
    this.#options = options
    this.#name = name
    this.#sender = sender
    this.#reopenedMs = performance.now()
  }

  /**
   * Looks the name up and opens a socket.
   * @throws InputError where the name is not known; EnvironmentError where there is no route
   */
  static async open(options: CollectorOptions): Promise<Collector> {
    const { host, port } = options.to
    const name = `${host.includes(':') ? `[${host}]` : host}:${port}`
    return new Collector(options, name, await openSender(options))
  }

  /** Its address and port at present: `192.0.2.1:6343`, `[::1]:6343`. */
  get to(): string {
    return this.#sender.to
  }

  /** Queues one datagram; the bytes are copied. */
  send(bytes: Uint8Array, offset: number, length: number): void {
    this.#sender.send(bytes, offset, length)
  }

  /** Hands what is queued to the kernel. */
  flush(): void {
    this.#sender.flush()
  }

  /** Call about once a second, also when nothing is sent: tells trouble, and does what may help. */
  tick(): void {
    this.#sender.flush()
    this.#look()
  }

  state(): CollectorState {
    const { sent, bytes, failed } = this.#sums()
    return { name: this.#name, datagrams: sent, bytes, failed, problem: this.#problem }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#reopening
    await this.#sender.close()
    // What the close itself could not deliver.
    this.#look()
  }

  #sums(): Sums {
    const now = added(this.#before, sumsOf(this.#sender))
    return this.#retired === undefined ? now : added(now, sumsOf(this.#retired))
  }

  /** Looks whether anything failed since the last time, tells it, and opens another socket where that may help. */
  #look(): void {
    const nowMs = performance.now()
    const { sent, failed } = this.#sums()
    const anySent = sent > this.#seenSent
    this.#seenSent = sent
    if (failed > this.#seenFailed) {
      const problem = this.#newestProblem()
      if (this.#trouble === undefined) {
        this.#options.tell(`Datagrams do not get to ${this.#sender.to}: ${problem}. All else goes on.`)
        this.#trouble = { quietSinceMs: nowMs, looks: 0, failedBefore: this.#seenFailed }
      }
      this.#problem = problem
      this.#trouble.quietSinceMs = nowMs
      this.#trouble.looks = 0
      this.#seenFailed = failed
      if (!this.#closed && nowMs - this.#reopenedMs >= (this.#options.reopenMs ?? REOPEN_MS)) this.#reopen(nowMs)
      return
    }
    const trouble = this.#trouble
    if (trouble === undefined) return
    if (anySent) trouble.looks++
    if (trouble.looks < LEAST_LOOKS || nowMs - trouble.quietSinceMs < (this.#options.quietMs ?? QUIET_MS)) return
    this.#trouble = undefined
    const lost = formatCount(failed - trouble.failedBefore)
    this.#options.tell(`Datagrams get to ${this.#sender.to} again; at least ${lost} did not.`)
  }

  /** Which kind of failure grew, in words. */
  #newestProblem(): string {
    const { unreachable, full, failed } = this.#sender.counts()
    let problem = this.#problem ?? 'they are not taken'
    const look = (kind: string, count: number): void => {
      if (count > (this.#seenKinds.get(kind) ?? 0)) problem = words.get(kind) ?? kind
      this.#seenKinds.set(kind, count)
    }
    look('full', full)
    for (const [kind, count] of failed) look(kind, count)
    look('unreachable', unreachable)
    return problem
  }

  #reopen(nowMs: number): void {
    if (this.#reopening !== undefined) return
    this.#reopenedMs = nowMs
    this.#reopening = openSender(this.#options)
      .then(async (sender) => {
        const old = this.#sender
        this.#sender = sender
        this.#retired = old
        this.#seenKinds = new Map()
        if (sender.to !== old.to)
          this.#options.tell(`${this.#options.to.host} is ${sender.to} now; datagrams go there.`)
        await old.close()
        this.#before = added(this.#before, sumsOf(old))
        this.#retired = undefined
      })
      .catch((error: unknown) => {
        this.#problem = error instanceof Error ? error.message : String(error)
      })
      .finally(() => {
        this.#reopening = undefined
      })
  }
}

const words: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'nobody listens there (port unreachable)'],
  ['full', 'the send buffer is full'],
  ['ENETUNREACH', 'there is no route'],
  ['EHOSTUNREACH', 'there is no route'],
  ['ENETDOWN', 'the network is down'],
  ['EPERM', 'a firewall of this machine refuses them'],
  ['EACCES', 'sending there is not permitted'],
  ['EMSGSIZE', 'they are longer than the way permits'],
])

function openSender({ to, open = openUdpSender }: CollectorOptions): Promise<UdpSender> {
  return open({ host: to.host, port: to.port, bufferBytes: SEND_BUFFER_BYTES, wait: false })
}

/**
 * A refusal ("port unreachable") is said of a datagram that was sent before. node:dgram then gives the present one up;
 * sendmmsg sends it again, but keeps a refusal for itself that it meets behind its first datagram: there `failed` is less
 * than what was refused.
 */
function sumsOf(sender: UdpSender): Sums {
  const { sent, bytes, unreachable, full, failed } = sender.counts()
  let others = 0
  for (const [kind, count] of failed) if (kind !== 'ECONNREFUSED') others += count
  const refused = sender.via === 'dgram' ? 2 * unreachable : unreachable
  return { sent: Math.max(0, sent - unreachable), bytes, failed: refused + full + others }
}

function added(a: Sums, b: Sums): Sums {
  return { sent: a.sent + b.sent, bytes: a.bytes + b.bytes, failed: a.failed + b.failed }
}
