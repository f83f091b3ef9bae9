// Owns the paths that every `--serve` has: metrics, health, what there is. See serve.ts for the folder. Start at baseRoutes.

import { type Family, MetricTable } from '../metrics/metrics.ts'
import { formatPrometheus } from '../metrics/prometheus-text.ts'
import { AnalyzerMetrics, type OwnTotals } from './own-metrics.ts'
import { jsonAnswer, prometheusAnswer, type Route, textAnswer } from './route.ts'

/** Numbers that are older are of a loop that stands still. */
const STALE_MS = 10_000

export interface Base {
  /** `ports`: the command's name. */
  readonly command: string
  readonly version: string
  totals(): OwnTotals
  /** All that /metrics has. */
  metrics(): readonly Family[]
}

/** @param others listed at / too */
export function baseRoutes(base: Base, others: readonly Route[]): Route[] {
  const analyzer = new AnalyzerMetrics()
  const analyzerText = () => prometheusText((table) => analyzer.add(base.totals(), table))
  const routes: Route[] = [
    {
      path: '/metrics',
      about: `metrics of sonde ${base.command}, and of sonde itself: loss, rates`,
      answer: () => prometheusAnswer(formatPrometheus(base.metrics())),
    },
    {
      path: '/healthz',
      about: '200 while it listens: JSON with the age of the last datagram',
      always: true,
      answer: () => health(base.totals()),
    },
    { path: '/prometheus/analyzer/txt', about: 'sflow_analyzer_*', answer: analyzerText },
    {
      path: '/app/prometheus/scripts/export.js/analyzer/txt',
      about: 'the same at its path of 2019',
      answer: analyzerText,
    },
    { path: '/version', about: 'version of sonde', answer: () => textAnswer(`${base.version}\n`) },
    ...others,
  ]
  const index: Route = { path: '/', about: 'this list', answer: () => textAnswer(indexText(base, [index, ...routes])) }
  return [index, ...routes]
}

export function prometheusText(fill: (table: MetricTable) => void) {
  const table = new MetricTable()
  fill(table)
  return prometheusAnswer(formatPrometheus(table.families()))
}

function health(totals: OwnTotals) {
  const now = Date.now()
  const alive = totals.bound.length > 0 && now - totals.nowMs < STALE_MS
  const body = {
    status: alive ? 'ok' : 'not receiving',
    listening: totals.bound,
    uptime_s: Math.max(0, now - totals.startMs) / 1000,
    datagrams: totals.datagrams,
    last_datagram_age_s: totals.newestMs === null ? null : Math.round(Math.max(0, now - totals.newestMs)) / 1000,
    lost_share: totals.lostShare,
    agents: totals.agents,
  }
  return jsonAnswer(body, alive ? 200 : 503)
}

function indexText({ command, version }: Base, routes: readonly Route[]): string {
  const lines = routes.map(({ path, about, methods }) => {
    const verbs = methods === undefined || methods.length === 1 ? '' : ` (${methods.join(', ')})`
    return `${path}${verbs}\n    ${about}`
  })
  return `sonde ${version}: sonde ${command} --serve\n\n${lines.join('\n')}\n`
}
