// Owns what became of metrics that were pushed: counts, as metrics and in words. See push.ts for the folder.

import { formatCount } from '../errors.ts'
import type { MetricDefinition, MetricTable } from '../metrics/metrics.ts'

/** Of one server. Values are numbers of metrics, each of one moment; every one that was pushed is in one of the counts. */
export interface TargetAccount {
  /** Its URL without what may be secret. */
  readonly target: string
  /** Taken by the server. */
  readonly sent: number
  /** Given up: the queue was full, the server refused them, or the run was over. */
  readonly lost: { readonly queue: number; readonly refused: number; readonly unsent: number }
  /** In the queue, and under way. */
  readonly waiting: number
  /** HTTP requests, and those of them that were sent again. */
  readonly requests: number
  readonly retries: number
}

export type PushAccount = readonly TargetAccount[]

const sent = counter('sonde_push_sent_total', 'values that the server took')
const lost = counter(
  'sonde_push_lost_total',
  'values given up, by reason: queue (full), refused (by the server), unsent',
)
const requests = counter('sonde_push_requests_total', 'requests to the server')
const retries = counter('sonde_push_retries_total', 'requests that were sent again')
const waiting: MetricDefinition = Object.freeze({
  name: 'sonde_push_waiting',
  help: 'values that wait to be sent, or for their answer',
  type: 'gauge',
})

function counter(name: string, help: string): MetricDefinition {
  return Object.freeze({ name, help, type: 'counter' })
}

export function addPushMetrics(account: PushAccount, table: MetricTable): void {
  for (const one of account) {
    const labels = [['target', one.target]] as const
    table.add(sent, labels, one.sent)
    for (const [reason, count] of Object.entries(one.lost)) table.add(lost, [...labels, ['reason', reason]], count)
    table.add(requests, labels, one.requests)
    table.add(retries, labels, one.retries)
    table.add(waiting, labels, one.waiting)
  }
}

/**
 * Whether a run has failed in sending: of a recording, where any value was lost, as it could be sent again; live, where a server took
 * none at all.
 */
export function hasFailed(account: PushAccount, isRecorded: boolean): boolean {
  return account.some(({ sent: values, lost: { queue, refused, unsent } }) => {
    return queue + refused + unsent > 0 && (isRecorded || values === 0)
  })
}

/** A line for --quiet to hide. */
export function formatSent({ target, sent: values, requests: count }: TargetAccount): string {
  return `Pushed to ${target}: ${formatCount(values)} values in ${formatCount(count)} ${count === 1 ? 'request' : 'requests'}.`
}

/** A line that is always told; undefined where nothing was lost. */
export function formatLost({ target, lost: { queue, refused, unsent } }: TargetAccount): string | undefined {
  const all = queue + refused + unsent
  if (all === 0) return undefined
  const parts = [
    ...(queue > 0 ? [`${formatCount(queue)} because the queue was full`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused by the server`] : []),
    ...(unsent > 0 ? [`${formatCount(unsent)} not sent before the end`] : []),
  ]
  return `Lost on the way to ${target}: ${formatCount(all)} values, ${parts.join(', ')}.`
}
