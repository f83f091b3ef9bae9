// Owns what becomes of what an analysis publishes: a server shows it, pushers send it. See serve.ts for the folder. Start at Publishing.open.

import { lossOf } from '../agents/loss.ts'
import { agentTotals } from '../agents/totals.ts'
import type { Published, PublishOptions } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { formatCount } from '../errors.ts'
import { type Family, MetricTable } from '../metrics/metrics.ts'
import { addPushMetrics } from '../push/account.ts'
import type { Pusher } from '../push/push.ts'
import { openPusher } from '../push/settings.ts'
import type { LiveReport } from '../source/source.ts'
import { checkTopology } from '../topo/check-topology.ts'
import type { Topology } from '../topo/topology.ts'
import { aiRoutes } from './ai-routes.ts'
import { Beside } from './beside.ts'
import { fabricRoutes } from './fabric-routes.ts'
import { FlowExport } from './flow-export.ts'
import { flowRoutes } from './flow-routes.ts'
import type { HttpServer } from './http-server.ts'
import { openServer, type ServeReport } from './open-server.ts'
import { addOwnMetrics, type OwnTotals } from './own-metrics.ts'
import { portRoutes } from './port-routes.ts'
import { RateMeter } from './rate-meter.ts'
import { topologyRoutes } from './topology-routes.ts'

/** What is published, and who knows what else is told. */
export interface PublishedRun<Window> {
  /** Without `metrics` only sonde itself is told of. */
  readonly published: Partial<Published<Window>>
  readonly reading: Reading<Window>
  /** What the sockets say. */
  live(): LiveReport | undefined
  /** Problems met in decoding. */
  issues(): number
  readonly report: ServeReport
}

/** How often rates are looked at. */
const MARK_MS = 1000

export class Publishing<Window> {
  readonly #run: PublishedRun<Window>
  readonly #startMs = Date.now()
  readonly #meter = new RateMeter(performance.now())
  readonly #marks: NodeJS.Timeout
  #server: HttpServer | undefined
  #beside: Beside | undefined
  #pusher: Pusher | undefined
  #pushes: NodeJS.Timeout | undefined
  /** Metrics of the newest whole window, or where there was none of the newest one: what is asked may change behind it. */
  #last: MetricTable | undefined
  #hasWhole = false

  private constructor(run: PublishedRun<Window>) {
    this.#run = run
    this.#marks = setInterval(() => {
      this.#meter.mark(performance.now(), run.reading.gate.offered, run.reading.bytes)
      this.#beside?.tick()
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

  async #open({ command, version, serve, push }: PublishOptions): Promise<void> {
    const { published, reading, report } = this.#run
    if (push !== undefined) {
      this.#pusher = openPusher(push, report)
      this.#pushes = setInterval(() => this.#pushNow(), Math.max(push.intervalMs, MARK_MS)).unref()
    }
    if (serve === undefined) return
    const beside = new Beside(reading, published.places)
    this.#beside = beside
    const replace = (topology: Topology): void => {
      beside.setTopology(topology)
      const { engine, agents } = reading
      reading.engine = published.setTopology?.(topology, engine, agents) ?? engine
      report.note(`Topology with ${formatCount(topology.links.size)} links taken by HTTP.`)
      for (const { text } of checkTopology(topology)) report.note(`${text}.`)
    }
    const others = [
      ...portRoutes(beside),
      ...flowRoutes(new FlowExport(beside)),
      ...topologyRoutes(beside, { replace: serve.acceptTopology ? replace : undefined }),
      ...aiRoutes(published.ai),
      ...fabricRoutes(beside),
    ]
    const base = {
      command,
      version,
      totals: () => this.totals(),
      metrics: () => this.#metrics(),
    }
    this.#server = await openServer(serve, base, others, report)
  }

  /** A window is over. */
  window(window: Window): void {
    const { published } = this.#run
    published.over?.(window)
    const isWhole = published.isPartial?.(window) !== true
    if (!isWhole && this.#hasWhole) return
    this.#hasWhole ||= isWhole
    const table = new MetricTable()
    published.metrics?.(window, table)
    this.#last = table
    if (this.#pusher === undefined) return
    // Of a recording there is no now.
    const pushesNow = this.#run.live() !== undefined && published.peek?.(this.#run.reading.engine) !== undefined
    if (!pushesNow) this.#push(window)
  }

  #push(window: Window): void {
    const { published } = this.#run
    const table = new MetricTable()
    published.metrics?.(window, table)
    addOwnMetrics(this.totals(), table)
    this.#pusher?.push(table, published.timeMs?.(window) ?? Date.now())
  }

  /** Where numbers need not wait for windows. */
  #pushNow(): void {
    const { published, reading } = this.#run
    const window = published.peek?.(reading.engine)
    if (window !== undefined) this.#push(window)
  }

  async close(): Promise<void> {
    clearInterval(this.#marks)
    clearInterval(this.#pushes)
    await this.#server?.close()
    await this.#pusher?.close()
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

  /** Of a recording the time of its samples. */
  #nowMs(): number {
    return this.#run.live() === undefined ? this.#run.reading.newestMs : Date.now()
  }

  #metrics(): Family[] {
    const own = new MetricTable()
    addOwnMetrics(this.totals(), own)
    if (this.#pusher !== undefined) addPushMetrics(this.#pusher.account(), own)
    return [...(this.#now() ?? []), ...own.families()]
  }

  #now(): Family[] | undefined {
    const { published, reading } = this.#run
    const present = published.peek?.(reading.engine)
    if (present === undefined && this.#last !== undefined) return this.#last.families()
    const window = present ?? published.soFar?.(reading.engine, this.#nowMs())
    if (window === undefined) return undefined
    const table = new MetricTable()
    published.metrics?.(window, table)
    return table.families()
  }
}
