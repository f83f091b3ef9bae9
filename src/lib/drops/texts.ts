// Owns how places, victims and details read, for tables and screens. Nothing is made safe for a terminal. See drops.ts for the
// folder. Start at placeText.

import { isKernel } from '../source/live-notices.ts'
import type { Culprit, Detail, Place, Victim } from './snapshot.ts'

/** Why an agent could not tell of drops: 37 `rate-limited away`. Of this host's kernel nothing is limited. @param source as in headings */
export function limitedText(source: string): string {
  return isKernel([source]) ? 'not heard, the ring was full' : 'rate-limited away'
}

/** `leaf4 Ethernet3`, `spine2 Ethernet12 →` where it was to leave by that port; a port that the agent does not know has a `?`. */
export function placeText({ node, port, ifIndex, direction, isKnown }: Place, shown = node): string {
  if (ifIndex === null) return shown
  const name = port ?? `${isKnown === false ? '?' : ''}${ifIndex}`
  return `${shown} ${name}${direction === 'out' ? ' →' : ''}`
}

/** `10.1.0.17 → 10.2.0.17 RoCE DSCP 26`, `10.9.1.2 → 10.2.0.53:53 UDP` */
export function victimText({ src, dst, protocol, port, dscp }: Victim): string {
  const shown = port === null || protocol === 'RoCE' ? null : port
  const to = dst === null || shown === null ? (dst ?? '?') : dst.includes(':') ? `[${dst}]:${shown}` : `${dst}:${shown}`
  const words = src === null && dst === null ? [] : [`${src ?? '?'} → ${to}`]
  if (protocol !== null) words.push(protocol)
  if (dscp !== null && dscp > 0) words.push(`DSCP ${dscp}`)
  return words.length === 0 ? 'no packet told' : words.join(' ')
}

/** `NETFILTER_DROP in nft_do_chain`, `queue 3`, `trap tail_drop (buffer_drops)`; '' for none. */
export function detailText(detail: Omit<Detail, 'packets'>): string {
  const { linuxReason, function: symbol, trap, trapGroup, queue, acl } = detail
  const words: string[] = []
  if (linuxReason !== null) words.push(symbol === null ? linuxReason : `${linuxReason} in ${symbol}`)
  else if (symbol !== null) words.push(`in ${symbol}`)
  if (trap !== null) words.push(`trap ${trap}${trapGroup === null ? '' : ` (${trapGroup})`}`)
  if (queue !== null) words.push(`queue ${queue}`)
  if (acl !== null) words.push(`ACL ${acl}`)
  return words.join(', ')
}

/** `10.1.0.17 34 % ± 3`: the share with half of what lies between its bounds, in points. */
export function culpritText({ victim, share, samples }: Culprit): string {
  const who = `${victim.src ?? '?'} → ${victim.dst ?? '?'}`
  if (share === null) return `${who} (${samples} samples)`
  const points = (100 * (share.high - share.low)) / 2
  return `${who} ${round(100 * share.value)} % ± ${round(points)}`
}

/** Two digits below ten, none above. */
function round(value: number): string {
  if (value >= 10 || value === 0) return value.toFixed(0)
  return value.toFixed(1)
}
