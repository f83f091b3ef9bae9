// Owns what a listener publishes by HTTP and to those who push it on: the account of loss, rates, agents. Knows no socket of
// sFlow: it is handed snapshots. Start at ListenPublishing.open.

import type { PublishOptions } from '../analysis/publish.ts'
import { type Family, MetricTable } from '../metrics/metrics.ts'
import { addPushMetrics, type PushAccount } from '../push/account.ts'
import type { Pusher } from '../push/push.ts'
import { openPusher } from '../push/settings.ts'
import type { HttpServer } from '../serve/http-server.ts'
import { openServer, type ServeReport } from '../serve/open-server.ts'
import { addOwnMetrics, type OwnTotals } from '../serve/own-metrics.ts'
import { RateMeter } from '../serve/rate-meter.ts'
import { addListenMetrics } from './metrics.ts'
import type { ListenSnapshot } from './snapshot.ts'

/** Rates are looked at no more often. */
const MARK_MS = 900
const LEAST_PUSH_MS = 1000

export class ListenPublishing {
  readonly #startMs = Date.now()
  readonly #meter = new RateMeter(performance.now())
  #markedMs = performance.now()
  #server: HttpServer | undefined
  #pusher: Pusher | undefined
  #pushes: NodeJS.Timeout | undefined
  #last: ListenSnapshot | undefined
  #lastMs = Date.now()
  #isClosed = false

  /** @throws EnvironmentError where the server's address can't be had */
  static async open(options: PublishOptions, report: ServeReport): Promise<ListenPublishing> {
    const { command, version, serve, push } = options
    const publishing = new ListenPublishing()
    if (serve !== undefined) {
      const base = { command, version, totals: () => publishing.totals(), metrics: () => publishing.#metrics() }
      publishing.#server = await openServer(serve, base, [], report)
    }
    if (push !== undefined) {
      publishing.#pusher = openPusher(push, report)
      publishing.#pushes = setInterval(() => publishing.#push(), Math.max(push.intervalMs, LEAST_PUSH_MS)).unref()
    }
    return publishing
  }

  /** Once a second or more often. */
  snapshot(snapshot: ListenSnapshot): void {
    this.#last = snapshot
    this.#lastMs = Date.now()
    const now = performance.now()
    if (now - this.#markedMs < MARK_MS) return
    this.#markedMs = now
    this.#meter.mark(now, snapshot.datagrams, snapshot.bytes)
  }

  /** Once; later calls do nothing. @param last the state at the end: pushed too @returns what became of what was pushed */
  async close(last?: ListenSnapshot): Promise<PushAccount> {
    if (this.#isClosed) return []
    this.#isClosed = true
    clearInterval(this.#pushes)
    await this.#server?.close()
    if (last !== undefined) {
      this.snapshot(last)
      this.#push()
    }
    return (await this.#pusher?.close()) ?? []
  }

  totals(): OwnTotals {
    const { loss, receiving, agents = [], ...rest }: Partial<ListenSnapshot> = this.#last ?? {}
    const newest = agents.reduce((most, { lastTime }) => (lastTime > most ? lastTime : most), '')
    const samples = (of: 'samples' | 'lost') => ({
      flow: loss?.flow[of] ?? 0,
      counters: loss?.counters[of] ?? 0,
      discard: loss?.discard[of] ?? 0,
    })
    return {
      bound: rest.addresses ?? [],
      startMs: this.#startMs,
      nowMs: this.#lastMs,
      datagrams: rest.datagrams ?? 0,
      bytes: rest.bytes ?? 0,
      ...this.#meter.rates(),
      samples: samples('samples'),
      lostSamples: samples('lost'),
      agents: agents.length + (rest.moreAgents ?? 0) + (rest.forgotten ?? 0),
      lost: loss?.lost ?? null,
      lostShare: rest.lostShare ?? null,
      late: loss?.late ?? 0,
      duplicates: loss?.duplicates ?? 0,
      restarts: loss?.restarts ?? 0,
      agentDrops: loss?.ownDrops ?? 0,
      kernelDropped: receiving?.kernelDropped ?? null,
      queueDropped: receiving?.queueDropped ?? 0,
      refused: receiving?.refused ?? 0,
      issues: rest.issues ?? 0,
      newestMs: newest === '' ? null : Date.parse(newest),
    }
  }

  #metrics(): Family[] {
    const table = this.#table()
    if (this.#pusher !== undefined) addPushMetrics(this.#pusher.account(), table)
    return table.families()
  }

  #table(): MetricTable {
    const table = new MetricTable()
    addOwnMetrics(this.totals(), table)
    if (this.#last !== undefined) addListenMetrics(this.#last, table)
    return table
  }

  #push(): void {
    if (this.#last !== undefined) this.#pusher?.push(this.#table(), this.#lastMs)
  }
}
