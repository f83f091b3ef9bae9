// Owns the flags that send metrics to servers, and what they and the variables ask for. Knows no analysis; what a value may be is in
// lib/push and lib/parse. Start with pushFlags.

import { custom, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { InputError } from './lib/errors.ts'
import type { Labels } from './lib/metrics/metrics.ts'
import { parseDuration } from './lib/parse/duration.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import type { PushServer, PushSettings } from './lib/push/settings.ts'

const NS_PER_MS = 1_000_000n
/** As the field's stacks scrape (exports.md 1.2, 3). */
const INTERVAL_MS = 15_000

/** Where metrics are sent. User, password and token have variables only. */
export const pushFlags = withEnvironment({
  'remote-write': string({
    helpValue: 'URL',
    summary: 'Send metrics by Prometheus remote write, such as to http://localhost:9090/api/v1/write.',
    helpGroup: groups.publish,
  }),
  influx: string({
    helpValue: 'URL',
    summary: "Send metrics to InfluxDB, 'http://localhost:8086?org=ORG&bucket=BUCKET' or '...?db=DB' (InfluxDB 1).",
    helpGroup: groups.publish,
  }),
  'metrics-interval': custom<number>({
    parse: async (text) => Number(parseDuration(text, '--metrics-interval') / NS_PER_MS),
  })({
    helpValue: 'TIME',
    summary: 'Send metrics once in this time. Default 15s, 0s sends each window.',
    helpGroup: groups.publish,
  }),
  'metrics-label': custom<readonly [string, string]>({
    multiple: true,
    multipleNonGreedy: true,
    parse: async (text) => parseLabel(text),
  })({
    helpValue: 'NAME=VALUE',
    summary: 'Label of all metrics sent, such as site=fra1. May be repeated.',
    helpGroup: groups.publish,
  }),
})

/** @throws InputError for a name that Prometheus does not permit */
export function parseLabel(text: string): readonly [string, string] {
  const match = /^((?!__)[A-Za-z_][A-Za-z0-9_]*)=(.+)$/s.exec(text.trim())
  if (match === null) throw notUnderstood('--metrics-label', text, 'Give NAME=VALUE, such as site=fra1.')
  return [match[1]!, match[2]!]
}

/** What pushFlags say. */
export interface PushFlags {
  readonly 'remote-write': string | undefined
  readonly influx: string | undefined
  readonly 'metrics-interval': number | undefined
  readonly 'metrics-label': readonly (readonly [string, string])[] | undefined
}

/**
 * What the flags and the variables say; undefined where they name no server. lib/push/settings.ts makes a pusher of it.
 * @throws InputError for URLs, labels and variables that are not understood, or contradict each other
 */
export async function pushSettings(flags: Partial<PushFlags>): Promise<PushSettings | undefined> {
  const { 'remote-write': remoteWrite, influx, 'metrics-interval': intervalMs, 'metrics-label': labels = [] } = flags
  if (remoteWrite === undefined && influx === undefined) {
    refuseAlone('--metrics-interval', intervalMs !== undefined, 'SONDE_METRICS_INTERVAL')
    refuseAlone('--metrics-label', labels.length > 0, 'SONDE_METRICS_LABEL')
    return undefined
  }
  refuseLabelTwice(labels)
  const { readSecrets } = await import('./lib/push/secrets.ts')
  const { pushTargets } = await import('./lib/push/settings.ts')
  const server = (url: string | undefined, prefix: string): PushServer | undefined =>
    url === undefined ? undefined : { url, secrets: readSecrets(process.env, prefix) }
  const settings = {
    remoteWrite: server(remoteWrite, 'SONDE_REMOTE_WRITE'),
    influx: server(influx, 'SONDE_INFLUX'),
    intervalMs: intervalMs ?? INTERVAL_MS,
    labels,
  }
  // What is wrong with them is said before anything is read.
  pushTargets(settings)
  return settings
}

/** A variable may be there for other runs, which push. */
function refuseAlone(flag: string, isGiven: boolean, variable: string): void {
  if (!isGiven || process.env[variable] !== undefined) return
  throw new InputError(`${flag} goes with --remote-write or --influx: it is of what is sent.`)
}

function refuseLabelTwice(labels: Labels): void {
  const names = labels.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new InputError(`--metrics-label has ${twice} twice.`)
}
