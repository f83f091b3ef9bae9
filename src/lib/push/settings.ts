// Owns what a person asked for, as plain data that can go to a thread, and the pusher that comes of it. See push.ts for the folder.

import type { Labels } from '../metrics/metrics.ts'
import { createPusher, type Pusher } from './push.ts'
import type { Secrets } from './secrets.ts'
import { influxTarget, type PushTarget, remoteWriteTarget } from './targets.ts'

/** A server as it was given. */
export interface PushServer {
  readonly url: string
  readonly secrets: Secrets
}

export interface PushSettings {
  readonly remoteWrite: PushServer | undefined
  readonly influx: PushServer | undefined
  /** Metrics are sent once in so many milliseconds of their own time; 0: always. */
  readonly intervalMs: number
  readonly labels: Labels
}

/** Where a run's lines go; a RunReport is one. */
export interface PushReport {
  /** Always told: trouble when it begins, loss at the end. */
  tell(line: string): void
  /** Hidden by --quiet. */
  note(line: string): void
}

/** @throws InputError for URLs that are not understood */
export function pushTargets({ remoteWrite, influx }: Pick<PushSettings, 'remoteWrite' | 'influx'>): PushTarget[] {
  return [
    ...(remoteWrite === undefined ? [] : [remoteWriteTarget(remoteWrite.url, remoteWrite.secrets)]),
    ...(influx === undefined ? [] : [influxTarget(influx.url, influx.secrets)]),
  ]
}

/**
 * What sends metrics as the settings say. It is to be closed.
 * @throws InputError, as pushTargets
 */
export function openPusher(settings: PushSettings, report: PushReport): Pusher {
  const { intervalMs, labels } = settings
  return createPusher(pushTargets(settings), {
    intervalMs,
    labels,
    tell: (line) => report.tell(line),
    note: (line) => report.note(line),
  })
}
