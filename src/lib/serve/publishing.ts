// Owns what becomes of what an analysis publishes: a server shows it, pushers send it. See serve.ts for the folder. Start at Publishing.open.

import { lossOf } from '../agents/loss.ts'
import { agentTotals } from '../agents/totals.ts'
import { NOW_MS, type Published, type PublishOptions } from '../analysis/publish.ts'
import type { Reading } from '../analysis/reading.ts'
import { formatCount } from '../errors.ts'
import { type Family, MetricTable } from '../metrics/metrics.ts'
import { addPushMetrics, type PushAccount } from '../push/account.ts'
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
/** Where every window is pushed and none comes: what is known without is pushed so often. */
const IDLE_MS = 15_000

/** What a window came to. */
interface Last {
  readonly table: MetricTable
  /** It is of now until then, milliseconds since 1970. */
  readonly untilMs: number
}

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
  #last: Last | undefined
  #hasWhole = false
  /** Time of what was pushed last. */
  #pushedMs = Number.NEGATIVE_INFINITY
  /** Every window is pushed. */
  #pushesAll = false

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
      this.#pushesAll = push.intervalMs === 0
      if (this.#isLive) this.#pushes = setInterval(() => this.#tick(), Math.max(push.intervalMs, MARK_MS)).unref()
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
    reading.served = this.#server.url
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
    this.#last = { table, untilMs: Date.now() + (published.lengthMs?.(window) ?? Number.POSITIVE_INFINITY) + NOW_MS }
    if (this.#pusher === undefined) return
    // Of a recording there is no now: its windows have their own time.
    if (!this.#isLive) this.#push(window, published.timeMs?.(window) ?? Date.now())
    else if (this.#pushesAll && published.peek?.(this.#run.reading.engine) === undefined) this.#pushNow()
  }

  get #isLive(): boolean {
    return this.#run.live() !== undefined
  }

  #push(window: Window, timeMs: number): void {
    const table = new MetricTable()
    this.#run.published.metrics?.(window, table)
    addOwnMetrics(this.totals(), table)
    this.#pusher?.push(table, timeMs)
  }

  /** Live: whether or not anything came, what is known of now is pushed, and of sonde itself. */
  #tick(): void {
    const { published, reading } = this.#run
    if (this.#pushesAll && published.peek?.(reading.engine) === undefined) {
      if (Date.now() - this.#pushedMs < IDLE_MS) return
    }
    this.#pushNow()
  }

  #pushNow(): void {
    const table = new MetricTable()
    for (const { definition, series } of this.#shown()) {
      for (const { labels, value } of series) table.add(definition, labels, value)
    }
    addOwnMetrics(this.totals(), table)
    // Two moments never are one: the second would be refused.
    this.#pushedMs = Math.max(Date.now(), this.#pushedMs + 1)
    this.#pusher?.push(table, this.#pushedMs)
  }

  /** @returns what became of what was pushed; of nothing where nothing was to be */
  async close(): Promise<PushAccount> {
    clearInterval(this.#marks)
    clearInterval(this.#pushes)
    await this.#server?.close()
    if (this.#isLive && this.#pusher !== undefined && !this.#pushesAll) this.#pushNow()
    return (await this.#pusher?.close()) ?? []
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
    return [...this.#shown(), ...own.families()]
  }

  /** What is known of now. */
  #shown(): readonly Family[] {
    const { published, reading } = this.#run
    const last = this.#last
    const present = published.peek?.(reading.engine)
    if (present === undefined && last !== undefined) return Date.now() > last.untilMs ? [] : last.table.families()
    const window = present ?? published.soFar?.(reading.engine, this.#nowMs())
    if (window === undefined) return []
    const table = new MetricTable()
    published.metrics?.(window, table)
    return table.families()
  }
}
