// Owns what a server's URL says of where and how metrics are sent to it. See push.ts for the folder.

import { InputError } from '../errors.ts'
import { parseUrl, showUrl } from '../http/url.ts'
import type { Encoding } from './encoding.ts'
import { lineProtocolEncoding, type MetricVersion } from './line-protocol.ts'
import { remoteWriteEncoding } from './remote-write.ts'
import { authorization, type Secrets } from './secrets.ts'

/** A server that metrics are sent to. */
export interface PushTarget {
  /** How it is called in messages and labels: its URL without what may be secret. */
  readonly name: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly encoding: Encoding
  readonly secrets: Secrets
  /** What to check where it does not know the path. */
  readonly pathAdvice: string
}

/**
 * @param text the whole URL, as for Prometheus' own remote_write: servers have different paths
 * @throws InputError
 */
export function remoteWriteTarget(text: string, secrets: Secrets): PushTarget {
  const what = '--remote-write'
  const url = parseUrl(text, what, {
    example: 'http://localhost:9090/api/v1/write',
    secrets: `by ${secrets.prefix}_USER and ${secrets.prefix}_PASSWORD`,
  })
  if (url.pathname === '/') {
    throw new InputError(`${what} ${showUrl(url)} names no path, and servers have different ones.`, [
      'Prometheus and VictoriaMetrics have /api/v1/write, Mimir and Grafana Cloud /api/prom/push.',
    ])
  }
  const advice = 'Prometheus takes remote write at /api/v1/write when it runs with --web.enable-remote-write-receiver.'
  return target(url, remoteWriteEncoding, secrets, 'Bearer', advice)
}

/**
 * `http://HOST:8086?org=O&bucket=B` is InfluxDB 2 and 3, `http://HOST:8086?db=D` InfluxDB 1; further parameters are handed on,
 * but `metric_version=2` is ours: Telegraf's other way to name metrics.
 * @throws InputError where it is neither, or has secrets in it
 */
export function influxTarget(text: string, secrets: Secrets): PushTarget {
  const what = '--influx'
  const { prefix } = secrets
  const url = parseUrl(text, what, {
    example: 'http://localhost:8086?org=ORG&bucket=BUCKET',
    secrets: `by ${prefix}_USER and ${prefix}_PASSWORD`,
  })
  const query = url.searchParams
  for (const name of ['u', 'p', 'token']) {
    if (!query.has(name)) continue
    throw new InputError(`${what}: ${name}= in a URL can be read by everybody on this machine.`, [
      `Leave it out and set ${prefix}_TOKEN, or ${prefix}_USER and ${prefix}_PASSWORD.`,
    ])
  }
  const version = metricVersion(query.get('metric_version'))
  query.delete('metric_version')
  if (query.has('bucket') === query.has('db')) {
    throw new InputError(`${what} ${showUrl(url)} needs org= and bucket= (InfluxDB 2 and 3), or db= (InfluxDB 1).`, [
      `For example ${what} 'http://localhost:8086?org=ORG&bucket=BUCKET' or 'http://localhost:8086?db=DB'.`,
    ])
  }
  const path = query.has('bucket') ? '/api/v2/write' : '/write'
  if (!url.pathname.endsWith('/write')) url.pathname = url.pathname.replace(/\/$/, '') + path
  query.set('precision', 'ns')
  const advice = `InfluxDB ${query.has('bucket') ? '2 and 3 have' : '1 has'} ${path} there: is it one?`
  return target(url, lineProtocolEncoding(version), secrets, 'Token', advice)
}

function metricVersion(text: string | null): MetricVersion {
  if (text === null || text === '1') return 1
  if (text === '2') return 2
  throw new InputError(`--influx: metric_version=${text} is not known. Give 1 or 2.`)
}

function target(
  url: URL,
  encoding: Encoding,
  secrets: Secrets,
  scheme: 'Bearer' | 'Token',
  pathAdvice: string,
): PushTarget {
  const login = authorization(secrets, scheme)
  const headers = { ...encoding.headers, ...(login === undefined ? {} : { authorization: login }) }
  return { name: showUrl(url), url, headers, encoding, secrets, pathAdvice }
}
