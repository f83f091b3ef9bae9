// Owns sending metrics to servers: Prometheus remote write and InfluxDB's line protocol, a queue and one request under way for
// each server, tries again, and an account of what was lost. Knows no analysis: it is handed tables of metrics.
// Start at createPusher; settings.ts makes one of what a person asked for.

import { HttpPool } from '../http/http.ts'
import { type Family, type Labels, MetricTable } from '../metrics/metrics.ts'
import { addPushMetrics, formatLost, formatSent, type PushAccount } from './account.ts'
import { Delivery } from './delivery.ts'
import type { Encoder } from './encoding.ts'
import type { PushTarget } from './targets.ts'

export interface PushOptions {
  /** Metrics are sent once in so many milliseconds of their own time, and at the end; 0: whenever there are some. */
  readonly intervalMs: number
  /** For every series that has none of this name: Prometheus' `instance`, a site. */
  readonly labels: Labels
  /** Lines that are always told: trouble when it begins, loss at the end. */
  tell(line: string): void
  /** Lines that --quiet hides. */
  note(line: string): void
  /** For one request with its answer; default 15 s. */
  readonly timeoutMs?: number
  /** For what is still waiting at the end; default 10 s. */
  readonly flushMs?: number
  /** What waits for a server, at most; default 64 MiB, some 500,000 values. */
  readonly queueBytes?: number
  /** First pause before a request is sent again; default 0.5 s. */
  readonly pauseMs?: number
}

/** Takes metrics and sends them by and by: nothing here waits, but close. */
export interface Pusher {
  /**
   * A moment's metrics, with `sonde_push_*` added; more of them than one an interval are passed over, but not the last.
   * @param table may not be changed afterwards
   * @param timeMs milliseconds since 1970
   */
  push(table: MetricTable, timeMs: number): void
  /** What has become of all metrics up to now. */
  account(): PushAccount
  /** Sends what waits, in a bounded time, and tells what was sent and lost. Once. */
  close(): Promise<PushAccount>
}

const TIMEOUT_MS = 15_000
const FLUSH_MS = 10_000
const QUEUE_BYTES = 64 << 20
const PAUSE_MS = 500
/** By so much of an interval a moment may come before its time: timers are not exact. */
const EARLY = 0.1
const LONGEST_PAUSE_MS = 30_000
/** An answer is empty, or tells of an error. */
const LARGEST_ANSWER = 64 << 10

/** @throws InputError, as HttpPool */
export function createPusher(targets: readonly PushTarget[], options: PushOptions): Pusher {
  return new Deliveries(targets, options)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}

class Deliveries implements Pusher {
  readonly #options: PushOptions
  readonly #pool: HttpPool
  readonly #targets: readonly { readonly encoder: Encoder; readonly delivery: Delivery }[]
  /** Time of the last moment that was sent, and from the one before to it. */
  #lastMs: number | undefined
  #stepMs: number | undefined
  /** Intervals are counted from the first moment. */
  #firstMs: number | undefined
  #interval = -1
  /** The last one, where it was passed over. */
  #passed: { readonly table: MetricTable; readonly timeMs: number } | undefined

  constructor(targets: readonly PushTarget[], options: PushOptions) {
    this.#options = options
    this.#pool = new HttpPool({
      ca: undefined,
      caAdvice: 'The variable NODE_EXTRA_CA_CERTS names a file of further authorities (PEM).',
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      largestAnswer: LARGEST_ANSWER,
    })
    const delivery = {
      queueBytes: options.queueBytes ?? QUEUE_BYTES,
      pauseMs: options.pauseMs ?? PAUSE_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
      tell: (line: string) => options.tell(line),
      note: (line: string) => options.note(line),
    }
    for (const { url, headers, name } of targets) {
      if (url.protocol === 'https:' || headers.authorization === undefined || isLoopback(url.hostname)) continue
      options.note(`${name}: password or token go there unencrypted; https:// hides them.`)
    }
    this.#targets = targets.map((target) => ({
      encoder: target.encoding.start(options.labels),
      delivery: new Delivery(target, this.#pool, delivery),
    }))
  }

  push(table: MetricTable, timeMs: number): void {
    const { intervalMs } = this.#options
    this.#firstMs ??= timeMs
    const interval = Math.floor((timeMs - this.#firstMs) / intervalMs + EARLY)
    this.#passed = undefined
    if (intervalMs === 0 || interval > this.#interval) {
      this.#interval = interval
      this.#send(table, timeMs)
    } else this.#passed = { table, timeMs }
  }

  account(): PushAccount {
    return this.#targets.map(({ delivery }) => delivery.account())
  }

  async close(): Promise<PushAccount> {
    if (this.#passed !== undefined) this.#send(this.#passed.table, this.#passed.timeMs)
    this.#passed = undefined
    this.#end()
    const { flushMs = FLUSH_MS } = this.#options
    await Promise.all(this.#targets.map(({ delivery }) => delivery.close(flushMs)))
    this.#pool.close()
    const account = this.account()
    for (const one of account) {
      this.#options.note(formatSent(one))
      const line = formatLost(one)
      if (line !== undefined) this.#options.tell(line)
    }
    return account
  }

  #send(table: MetricTable, timeMs: number): void {
    const families: readonly Family[] = [...table.families(), ...this.#own()]
    if (this.#lastMs !== undefined) this.#stepMs = Math.max(1, timeMs - this.#lastMs)
    this.#lastMs = timeMs
    for (const { encoder, delivery } of this.#targets) delivery.push(encoder.encode(families, timeMs))
  }

  /**
   * Values are good until the next moment would have come, but live not longer than to now: what begins afterwards would be out of
   * order. Of a single moment nobody knows how long.
   */
  #end(): void {
    if (this.#lastMs === undefined || this.#stepMs === undefined) return
    const timeMs = Math.min(this.#lastMs + this.#stepMs, Math.max(Date.now(), this.#lastMs + 1))
    for (const { encoder, delivery } of this.#targets) delivery.push(encoder.end(timeMs))
  }

  #own(): Family[] {
    const table = new MetricTable()
    addPushMetrics(this.account(), table)
    return table.families()
  }
}
