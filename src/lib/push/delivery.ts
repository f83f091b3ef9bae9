// Owns one server's queue and its one request under way: tries, pauses, what is given up. Knows no protocol. See push.ts for the
// folder. Start at Delivery.push.

import { setTimeout as sleep } from 'node:timers/promises'
import { formatCount } from '../errors.ts'
import { Passing, reason } from '../http/failures.ts'
import type { HttpAnswer, HttpPool } from '../http/http.ts'
import type { TargetAccount } from './account.ts'
import type { Chunk } from './encoding.ts'
import { withoutSecrets } from './secrets.ts'
import type { PushTarget } from './targets.ts'

export interface DeliveryOptions {
  /** What waits, at most; beyond, the oldest is given up. */
  readonly queueBytes: number
  /** First pause; each is twice the one before, and up to half as long again. */
  readonly pauseMs: number
  readonly longestPauseMs: number
  /** Told when trouble begins. */
  tell(line: string): void
  /** Told when it is over. */
  note(line: string): void
}

/** What Prometheus itself sends at once, rounded: servers are made for it. */
const VALUES_PER_REQUEST = 5000
const BYTES_PER_REQUEST = 4 << 20
/** A server that asks for a longer pause is asked again after this one. */
const LONGEST_WAIT_MS = 600_000

/** Sends chunks in their order, one request at a time. */
export class Delivery {
  readonly #target: PushTarget
  readonly #pool: HttpPool
  readonly #options: DeliveryOptions
  readonly #queue: Chunk[] = []
  #queuedBytes = 0
  /** Being sent, or waiting to be sent again; the oldest of all. */
  #flight: readonly Chunk[] = []
  #running: Promise<void> | undefined
  /** Wakes from a pause that nobody asked for. */
  readonly #hurry = new AbortController()
  readonly #end = new AbortController()
  #deadline = Number.POSITIVE_INFINITY
  /** The server does not want to be asked before: Date.now(). */
  #notBefore = 0
  /** Bytes of a request before compression; less for a server to which that was too large. */
  #mostBytes = BYTES_PER_REQUEST
  /** What is wrong at the moment, as it is told apart from other troubles. */
  #trouble: string | undefined
  readonly #count = { sent: 0, queue: 0, refused: 0, unsent: 0, requests: 0, retries: 0 }

  constructor(target: PushTarget, pool: HttpPool, options: DeliveryOptions) {
    this.#target = target
    this.#pool = pool
    this.#options = options
  }

  push(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      this.#queue.push(chunk)
      this.#queuedBytes += chunk.bytes.length
    }
    while (this.#queuedBytes > this.#options.queueBytes) this.#count.queue += this.#shift().values
    this.#running ??= this.#run()
  }

  account(): TargetAccount {
    const { sent, queue, refused, unsent, requests, retries } = this.#count
    const waiting = valuesOf(this.#queue) + valuesOf(this.#flight)
    return { target: this.#target.name, sent, lost: { queue, refused, unsent }, waiting, requests, retries }
  }

  /** Sends what waits, within a time; what is left then is given up. */
  async close(withinMs: number): Promise<void> {
    this.#deadline = Date.now() + withinMs
    if (this.#notBefore > this.#deadline) this.#end.abort()
    else this.#hurry.abort()
    const limit = setTimeout(() => this.#end.abort(), withinMs)
    await this.#running
    clearTimeout(limit)
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#end.signal.aborted) {
      this.#flight = this.#next()
      await this.#deliver()
    }
    this.#count.unsent += valuesOf(this.#queue) + valuesOf(this.#flight)
    this.#queue.length = 0
    this.#queuedBytes = 0
    this.#flight = []
    this.#running = undefined
  }

  #shift(): Chunk {
    const chunk = this.#queue.shift()!
    this.#queuedBytes -= chunk.bytes.length
    return chunk
  }

  /** Chunks of the next request, one at least. */
  #next(): Chunk[] {
    const chunks = [this.#shift()]
    let bytes = chunks[0]!.bytes.length
    let values = chunks[0]!.values
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      bytes += next.bytes.length
      values += next.values
      if (bytes > this.#mostBytes || values > VALUES_PER_REQUEST) break
      chunks.push(this.#shift())
    }
    return chunks
  }

  /** Until what is under way is taken, refused, or time is over. */
  async #deliver(): Promise<void> {
    const body = await this.#target.encoding.compress(joined(this.#flight))
    for (let tried = 0; !this.#end.signal.aborted; tried++) {
      this.#count.requests++
      if (tried > 0) this.#count.retries++
      const { url, headers } = this.#target
      try {
        const answer = await this.#pool.exchange({ method: 'POST', url, headers, body }, this.#end.signal)
        if (!isPassing(answer.status)) {
          this.#settle(answer)
          return
        }
        const { status, retryAfterMs } = answer
        this.#warn(String(status), `it answered ${status} (${this.#textOf(answer)}); metrics wait and are sent again.`)
        await this.#pause(tried, retryAfterMs)
      } catch (error) {
        if (this.#end.signal.aborted) return
        // What makes a request fail without an answer may pass in the life of a run that never ends, certificates included.
        const message = (error as Error).message.replace(`${this.#target.name}: `, '').replace(/\.$/, '')
        this.#warn(message, `${message}; metrics wait and are sent again.`)
        await this.#pause(tried, error instanceof Passing ? error.waitMs : 0)
      }
    }
  }

  async #pause(tried: number, askedMs: number): Promise<void> {
    const { pauseMs, longestPauseMs } = this.#options
    const own = Math.min(pauseMs * 2 ** Math.min(tried, 30), longestPauseMs) * (1 + Math.random() / 2)
    const asked = Math.min(askedMs, LONGEST_WAIT_MS)
    this.#notBefore = Date.now() + asked
    if (this.#notBefore > this.#deadline) this.#end.abort()
    const closing = this.#hurry.signal.aborted
    const wake = (ms: number, hurry: boolean): Promise<void> =>
      sleep(ms, undefined, {
        signal: hurry ? AbortSignal.any([this.#hurry.signal, this.#end.signal]) : this.#end.signal,
      }).catch(() => undefined)
    await wake(asked, false)
    if (own > asked) await wake(own - asked, !closing)
  }

  /** The server has decided. */
  #settle(answer: HttpAnswer): void {
    const { status } = answer
    const chunks = this.#flight
    const values = valuesOf(chunks)
    if (status >= 200 && status < 300) {
      this.#flight = []
      this.#count.sent += values
      if (this.#trouble !== undefined) this.#options.note(`${this.#target.name} takes metrics again.`)
      this.#trouble = undefined
      return
    }
    this.#flight = []
    if (status === 413 && chunks.length > 1) {
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0)
      this.#mostBytes = Math.floor(bytes / 2)
      this.#queue.unshift(...chunks)
      this.#queuedBytes += bytes
      return
    }
    const text = this.#textOf(answer)
    // InfluxDB takes the good points of a request, and counts the others.
    const dropped = /^partial write\b.*\bdropped=(\d+)/.exec(errorOf(answer.text))
    const refused = dropped === null ? values : Math.min(values, Number(dropped[1]))
    this.#count.sent += values - refused
    this.#count.refused += refused
    this.#warn(
      String(status),
      `it refuses ${formatCount(refused)} values (${status}): ${text}.${this.#advice(status, text)}`,
    )
  }

  /** @param text what the server says */
  #advice(status: number, text: string): string {
    const { prefix } = this.#target.secrets
    if (/database not found/i.test(text)) return ' CREATE DATABASE makes it there.'
    if (/bucket .*not found/i.test(text)) return ' influx bucket create makes it.'
    if (/out of bounds|out of order|too old|too far in the past/i.test(text)) {
      return ' They are older than it takes: VictoriaMetrics and InfluxDB take those of old captures.'
    }
    if (status === 401 || status === 403) return ` Check ${prefix}_USER and ${prefix}_PASSWORD, or ${prefix}_TOKEN.`
    if (status === 404 || status === 405) return ` ${this.#target.pathAdvice}`
    if (status >= 300 && status < 400) return ' Give the address that it leads to: redirects are not followed.'
    return ''
  }

  #textOf({ text, reason: phrase, location }: HttpAnswer): string {
    const said = text.trim() === '' ? (location ?? phrase) : errorOf(text)
    return reason(withoutSecrets(said, this.#target.secrets)).replace(/\.$/, '')
  }

  /** Once for each trouble, until it is over. */
  #warn(kind: string, line: string): void {
    if (this.#trouble === kind) return
    this.#trouble = kind
    this.#options.tell(`${this.#target.name}: ${line}`)
  }
}

/**
 * Whether the same request may succeed later: too many, too slow, or something is wrong with the server.
 * @see remote write specification, "Retries & Backoff"; RFC 9110 15.5.9 (408), RFC 6585 section 4 (429)
 */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** The text in an answer of InfluxDB 1 ("error"), 2 ("message") or of others, which say it plainly. */
function errorOf(text: string): string {
  return /"(?:error|message)":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text
}

function valuesOf(chunks: readonly Chunk[]): number {
  let values = 0
  for (const chunk of chunks) values += chunk.values
  return values
}

function joined(chunks: readonly Chunk[]): Uint8Array {
  return chunks.length === 1 ? chunks[0]!.bytes : Buffer.concat(chunks.map(({ bytes }) => bytes))
}
