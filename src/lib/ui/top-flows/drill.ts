// Owns going into a flow: the filter that lets only it through. Knows no screen. See ../top-flows-screen.ts.

import type { SnapshotRow, TopFlowsSnapshot } from '../../top-flows/snapshot.ts'
import { quoteValue } from '../language-words.ts'

/** What lets through only the samples of one row: its keys, and with `by` its agent and data source. */
export function rowFilter({ keys, by }: Pick<TopFlowsSnapshot, 'keys' | 'by'>, row: SnapshotRow): string {
  const parts = keys.map((key, at) => {
    const value = row.key[at] ?? null
    return `${key}=${value === null ? 'null' : quoteValue(value)}`
  })
  if (by !== null && row.agent !== null) parts.push(`agent=${quoteValue(row.agent)}`)
  if (by === 'interface' && row.dataSource !== null) parts.push(`datasource=${quoteValue(row.dataSource)}`)
  return parts.join('&')
}

/** Both conditions; an | in one of them does not reach into the other. */
export function bothFilters(a: string | null, b: string): string {
  if (a === null || a === '') return b
  if (b === '') return a
  const closed = (text: string) => (text.includes('|') ? `(${text})` : text)
  return `${closed(a)}&${closed(b)}`
}

/** What is asked of a flow, coarse to fine: keys, and the names by which one sees that it was asked already. */
const questions: readonly (readonly [keys: string, asked: RegExp])[] = [
  ['src,dst', /\b(src|dst|ip6?source|ip6?destination|ipv?6?\.(src|dst)|mac(source|destination))\b/],
  ['proto,sport,dport', /\b(sport|dport)\b|(tcp|udp)(source|destination)port|(src|dst)port/],
  ['stack', /\bstack\b/],
  ['agent,inputifindex,outputifindex', /ifindex\b/],
]

/** Keys for the next look into a flow: the first question that neither keys nor filter have asked; else the same keys. */
export function nextKeys({ keys, filter }: Pick<TopFlowsSnapshot, 'keys' | 'filter'>): string {
  const had = `${keys.join(',')} ${filter ?? ''}`
  return questions.find(([, asked]) => !asked.test(had))?.[0] ?? keys.join(',')
}

/** Values that a key has in the listed rows, largest row first. */
export function seenValues({ keys, rows }: Pick<TopFlowsSnapshot, 'keys' | 'rows'>, key: string): string[] {
  const at = keys.indexOf(key)
  if (at < 0) return []
  return rows.flatMap((row) => (row.kind === 'flow' ? (row.key[at] ?? []) : []))
}
