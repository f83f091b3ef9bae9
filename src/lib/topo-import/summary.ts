// Owns what an import says of itself on stderr. See topo-import.ts for the folder.

import { formatCount } from '../errors.ts'
import { type BuildCounts, type Built, formatWarning } from './build.ts'
import { type Reading, type Warning, warningKinds } from './reading.ts'

/** Of each kind of warning, unless all are asked for. */
const SHOWN = 10

const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`

/**
 * `dot: 59 edges read, 16 nodes. 24 links kept, 35 to hosts left out (--keep-hosts lists them under "hosts").` The numbers
 * behind the full stop add up to what was read.
 */
export function formatSummary(readings: readonly Reading[], { counts }: Built, keepHosts: boolean): string {
  const units = new Map<string, number>()
  const leftOut = new Map<string, number>()
  for (const { unit, records, leftOut: reasons } of readings) {
    units.set(unit, (units.get(unit) ?? 0) + records)
    for (const [reason, n] of reasons) leftOut.set(reason, (leftOut.get(reason) ?? 0) + n)
  }
  const kinds = [...new Set(readings.map(({ kind }) => kind))].join(', ')
  const sources = readings.length > 1 ? ` in ${plural(readings.length, 'source')}` : ''
  const read = [...units].map(([unit, n]) => plural(n, unit.slice(0, -1), unit)).join(' and ')
  return `${kinds}: ${read} read${sources}, ${plural(counts.nodes, 'node')}. ${fates(counts, leftOut, keepHosts).join(', ')}.`
}

function fates(counts: BuildCounts, leftOut: ReadonlyMap<string, number>, keepHosts: boolean): string[] {
  const hosts = keepHosts ? ' (under "hosts")' : ' left out (--keep-hosts lists them under "hosts")'
  const all: (readonly [number, string])[] = [
    [counts.again, 'told again'],
    [counts.toHosts, `to hosts${hosts}`],
    [counts.toManagement, 'to management'],
    [counts.selfLoops, 'back to the same switch'],
    [counts.withoutPorts, 'without ports'],
    ...[...leftOut].map(([reason, n]) => [n, reason] as const),
  ]
  const told = all.filter(([n]) => n > 0).map(([n, what]) => `${formatCount(n)} ${what}`)
  return [`${plural(counts.links, 'link')} kept`, ...told]
}

/** The first of each kind, and how many more there are; all with `verbose`. */
export function formatWarnings(warnings: readonly Warning[], verbose: boolean): string[] {
  const lines: string[] = []
  for (const kind of warningKinds) {
    const of = warnings.filter((warning) => warning.kind === kind)
    const shown = verbose ? of : of.slice(0, SHOWN)
    lines.push(...shown.map(formatWarning))
    if (shown.length < of.length) {
      lines.push(`warning ... and ${formatCount(of.length - shown.length)} more like it (--verbose shows all)`)
    }
  }
  return lines
}
