// Owns what becomes of what an analysis publishes: a server shows it. See serve.ts for the folder. Start at Publishing.open.

import { lossOf } from '../agents/loss.ts'
import { agentTotals } from '../agents/totals.ts'
import type { Published, PublishOptions } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import type { MetricTable } from '../metrics/metrics.ts'
import type { LiveReport } from '../source/source.ts'
import { baseRoutes } from './base-routes.ts'
import { HttpServer } from './http-server.ts'
import { addOwnMetrics, type OwnTotals } from './own-metrics.ts'
import { RateMeter } from './rate-meter.ts'

/** What is published, and who knows what else is told. */
export interface PublishedRun<Window> {
  /** Without `metrics` only sonde itself is told of. */
  readonly published: Partial<Published<Window>>
  readonly reading: Reading<Window>
  /** What the sockets say. */
  live(): LiveReport | undefined
  /** Problems met in decoding. */
  issues(): number
  readonly report: { tell(line: string): void; note(line: string): void }
}

/** How often rates are looked at. */
const MARK_MS = 1000

export class Publishing<Window> {
  readonly #run: PublishedRun<Window>
  readonly #startMs = Date.now()
  readonly #meter = new RateMeter(performance.now())
  readonly #marks: NodeJS.Timeout
  #server: HttpServer | undefined
  /** The newest whole window, or where there was none the newest one. */
  #last: Window | undefined
  #hasWhole = false

  private constructor(run: PublishedRun<Window>) {
    this.#run = run
    this.#marks = setInterval(() => {
      this.#meter.mark(performance.now(), run.reading.gate.offered, run.reading.bytes)
    }, MARK_MS).unref()
  }

  /** @throws EnvironmentError where the server's address can't be had */
  static async open<Window>(options: PublishOptions, run: PublishedRun<Window>): Promise<Publishing<Window>> {
    const publishing = new Publishing(run)
    try {
      await publishing.#open(options)
      return publishing
    } catch (error) {
      await publishing.close()
      throw error
    }
  }

  async #open({ command, version, serve }: PublishOptions): Promise<void> {
    if (serve === undefined) return
    const { report } = this.#run
    const base = {
      command,
      version,
      totals: () => this.totals(),
      metrics: (into: MetricTable) => this.#metrics(into),
    }
    this.#server = await HttpServer.open(serve, baseRoutes(base, []), (line) => report.tell(line))
    const say = `Serving ${this.#server.url}/`
    // Where nobody chose the port it has to be told.
    if (serve.port === 0) report.tell(say)
    else report.note(say)
  }

  /** A window is over. */
  window(window: Window): void {
    const isWhole = this.#run.published.isPartial?.(window) !== true
    if (isWhole || !this.#hasWhole) this.#last = window
    this.#hasWhole ||= isWhole
  }

  async close(): Promise<void> {
    clearInterval(this.#marks)
    await this.#server?.close()
  }

  /** A walk over all agents. */
  totals(): OwnTotals {
    const { reading } = this.#run
    const live = this.#run.live()
    const totals = agentTotals(reading.agents)
    const loss = lossOf(reading.agents)
    const sent = reading.gate.opened + totals.lost
    return {
      bound: live?.bound ?? [],
      startMs: this.#startMs,
      nowMs: Date.now(),
      datagrams: reading.gate.offered,
      bytes: reading.bytes,
      ...this.#meter.rates(),
      samples: { flow: totals.flowSamples, counters: totals.counterSamples, discard: totals.discards },
      lostSamples: { flow: loss.flow.lost ?? 0, counters: loss.counters.lost ?? 0, discard: loss.discard.lost ?? 0 },
      agents: totals.agents,
      lost: totals.lost,
      lostShare: sent > 0 ? totals.lost / sent : null,
      late: totals.late,
      duplicates: totals.duplicates,
      restarts: totals.restarts,
      agentDrops: totals.drops,
      kernelDropped: live?.kernelDropped ?? null,
      queueDropped: live?.queueDropped ?? 0,
      refused: live?.refused ?? 0,
      issues: this.#run.issues(),
      newestMs: reading.newestMs > 0 ? reading.newestMs : null,
    }
  }

  #metrics(into: MetricTable): void {
    if (this.#last !== undefined) this.#run.published.metrics?.(this.#last, into)
    addOwnMetrics(this.totals(), into)
  }
}
