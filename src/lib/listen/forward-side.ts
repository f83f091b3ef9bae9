// Owns `--forward`: every datagram to another collector, byte for byte. Knows no sFlow; the socket is sys/udp-sender.ts.
// Start at ForwardSide.open.

import { networkInterfaces } from 'node:os'
import { formatCount, InputError } from '../errors.ts'
import { type AddressWords, parseAddress } from '../parse/address.ts'
import type { UdpDestination } from '../parse/udp-address.ts'
import type { Batch } from '../source/source.ts'
import { openUdpSender, type SenderOptions, type UdpSender } from '../sys/udp-sender.ts'
import { isAny, type Receiver } from './receiver.ts'
import type { Side } from './side.ts'
import type { SideState } from './snapshot.ts'

/** Asked for; the kernel grants net.core.wmem_max. A receiver's batch of 128 datagrams is sent at once. */
const SEND_BUFFER_BYTES = 4 << 20
/** Between two new sockets while datagrams don't get through: the name may have another address by now, or the route. */
const REOPEN_MS = 10_000
/** So long without a failure, and it is over ... */
const QUIET_MS = 5000
/** ... if datagrams were sent between so many looks meanwhile: a refusal is only said when the next datagram is sent. */
const LEAST_LOOKS = 3

export interface ForwardOptions {
  readonly to: UdpDestination
  /** Where this listener listens: sending there would never end. */
  readonly listening?: readonly Receiver[] | undefined
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

export class ForwardSide implements Side {
  readonly #options: ForwardOptions
  readonly #name: string
  #sender: UdpSender
  /** The socket before, while it is closed. */
  #retired: UdpSender | undefined
  /** What former sockets did. */
  #before: Sums = { sent: 0, bytes: 0, failed: 0 }
  /** Datagrams that came cut: what is left of them is not what was sent. */
  #cut = 0
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

  private constructor(options: ForwardOptions, name: string, sender: UdpSender) {
    this.#options = options
    this.#name = name
    this.#sender = sender
    this.#reopenedMs = performance.now()
  }

  /**
   * Looks the name up and opens a socket.
   * @throws InputError where the name is not known, or the destination is this listener itself; EnvironmentError where there
   *   is no route
   */
  static async open(options: ForwardOptions): Promise<ForwardSide> {
    const { host, port } = options.to
    const name = `${host.includes(':') ? `[${host}]` : host}:${port}`
    const sender = await openSender(options)
    if (options.listening?.some((at) => leadsTo(sender.to, at)) === true) {
      await sender.close()
      throw new InputError(
        `--forward ${name} leads to this listener itself: its datagrams would go round without end.`,
        ['Name another collector, or listen on another port with --input.'],
      )
    }
    return new ForwardSide(options, name, sender)
  }

  take(batch: Batch, i: number): void {
    if (batch.length[i]! < batch.wireLength[i]!) this.#cut++
    else this.#sender.send(batch.bytes, batch.offset[i]!, batch.length[i]!)
    if (i === batch.count - 1) this.#sender.flush()
  }

  tick(): void {
    this.#sender.flush()
    this.#look()
  }

  state(): SideState {
    const { sent, bytes, failed } = this.#sums()
    const cut = this.#cut > 0 ? 'they came cut, so they can not be sent as they were' : null
    return {
      name: `→ ${this.#name}`,
      kind: 'collector',
      datagrams: sent,
      bytes,
      failed: failed + this.#cut,
      problem: this.#problem ?? cut,
    }
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

function openSender({ to, open = openUdpSender }: ForwardOptions): Promise<UdpSender> {
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

/** Whether what is sent to `to` (`192.0.2.1:6343`, `[::1]:6343`) arrives at a local socket. */
function leadsTo(to: string, at: Receiver): boolean {
  const colon = to.lastIndexOf(':')
  if (Number(to.slice(colon + 1)) !== at.port) return false
  const destination = parseAddress(to.slice(0, colon).replace(/^\[|\]$/g, ''))
  if (destination === undefined) return false
  if (!isAny(at)) return sameAddress(destination, at.words)
  const [a, b, c, d] = destination
  if (a === 0 && b === 0 && c === 0xffff && d >>> 24 === 127) return true
  const local = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return local.some(({ address }) => {
    const own = parseAddress(address)
    return own !== undefined && sameAddress(destination, own)
  })
}

function sameAddress(a: AddressWords, b: readonly number[]): boolean {
  return a.every((word, k) => word === b[k])
}
