// Owns InfluxDB's line protocol, as Telegraf's input for Prometheus would have written it. See push.ts for the folder.
// Start at lineProtocolEncoding.

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Family, Labels } from '../metrics/metrics.ts'
import { type Chunk, type Encoder, type Encoding, sortedLabels, VALUES_PER_CHUNK } from './encoding.ts'

/**
 * 1: a measurement a metric, with the field `value`. 2: the one measurement `prometheus`, with a field a metric.
 * Telegraf names them so (`metric_version`).
 */
export type MetricVersion = 1 | 2

/**
 * Lines with times in nanoseconds. All values are floats; NaN and infinities can't be said, and are left out.
 * @see exports.md section 3; https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function lineProtocolEncoding(version: MetricVersion): Encoding {
  return Object.freeze({
    headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-8' },
    start: (labels: Labels): Encoder => ({
      encode(families: readonly Family[], timeMs: number): Chunk[] {
        const points = version === 1 ? pointsByMetric(families, labels) : pointsByLabels(families, labels)
        return chunksOf(points, `${Math.round(timeMs)}000000`)
      },
      end: () => [],
    }),
    compress: (body: Uint8Array) => compressGzip(body),
  })
}

const compressGzip = promisify(gzip)

/** Measurement and tags, and what is behind them. */
type Point = readonly [head: string, fields: readonly string[]]

function* pointsByMetric(families: readonly Family[], labels: Labels): Generator<Point> {
  for (const { definition, series } of families) {
    for (const one of series) {
      const text = formatFloat(one.value)
      if (text !== undefined) yield [definition.name + formatTags(one.labels, labels), [`value=${text}`]]
    }
  }
}

function pointsByLabels(families: readonly Family[], labels: Labels): Iterable<Point> {
  const points = new Map<string, string[]>()
  for (const { definition, series } of families) {
    for (const one of series) {
      const text = formatFloat(one.value)
      if (text === undefined) continue
      const head = `prometheus${formatTags(one.labels, labels)}`
      const field = `${definition.name}=${text}`
      const fields = points.get(head)
      if (fields === undefined) points.set(head, [field])
      else fields.push(field)
    }
  }
  return points
}

function chunksOf(points: Iterable<Point>, time: string): Chunk[] {
  const encoder = new TextEncoder()
  const chunks: Chunk[] = []
  let text = ''
  let values = 0
  const flush = (): void => {
    if (values > 0) chunks.push({ bytes: encoder.encode(text), values })
    text = ''
    values = 0
  }
  for (const [head, fields] of points) {
    text += `${head} ${fields.join(',')} ${time}\n`
    values += fields.length
    if (values >= VALUES_PER_CHUNK) flush()
  }
  flush()
  return chunks
}

function formatFloat(value: number | bigint): string | undefined {
  const float = Number(value)
  return Number.isFinite(float) ? String(float) : undefined
}

function formatTags(own: Labels, all: Labels): string {
  let text = ''
  for (const [name, raw] of sortedLabels(own, all)) {
    const value = escapeTag(raw)
    if (value !== '') text += `,${name}=${value}`
  }
  return text
}

/** Most values are addresses, numbers and names of ports: half of the time goes into the others. */
const plain = /^[\w.:/-]+$/

/**
 * Names of labels need no escaping. A backslash at the end would escape what follows and can't be said: it is left out, as
 * Telegraf does; a line feed becomes `\n`.
 */
function escapeTag(text: string): string {
  if (plain.test(text)) return text
  return text
    .toWellFormed()
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\ufffd')
    .replace(/\\+$/, '')
    .replace(/[,= ]/g, '\\$&')
}
