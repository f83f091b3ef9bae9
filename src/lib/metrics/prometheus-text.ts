// Owns the Prometheus text exposition format. See metrics.ts for the folder. Start at formatPrometheus.

import type { Family, Series } from './metrics.ts'

/** What an HTTP answer with this text says of itself. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Families as text, each with its HELP and TYPE line; empty for none.
 * @see Prometheus documentation, "Exposition formats", text format 0.0.4: `\` and line feed are escaped in help and values
 *   of labels, `"` in the latter
 */
export function formatPrometheus(families: Iterable<Family>): string {
  let text = ''
  for (const { definition, series } of families) {
    const { name, help, type } = definition
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
    for (const one of series) text += `${name}${formatLabels(one)} ${formatValue(one.value)}\n`
  }
  return text
}

function formatLabels({ labels }: Series): string {
  if (labels.length === 0) return ''
  return `{${labels.map(([name, value]) => `${name}="${escapeHelp(value).replaceAll('"', '\\"')}"`).join(',')}}`
}

/** As Go's ParseFloat reads it. */
function formatValue(value: number | bigint): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/**
 * The format can't say control characters, and they would act on a terminal; nor half of a surrogate pair, as it is UTF-8. Both
 * become U+FFFD.
 */
function escapeHelp(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}
