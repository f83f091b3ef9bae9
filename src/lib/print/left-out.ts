// Owns saying why nothing of an input was used. Start at notSflow and leftOut.

import { formatCount, InputError } from '../errors.ts'
import type { DatagramGate, DatagramSelection } from './datagram-gate.ts'
import type { IssueLog } from './issue-log.ts'

/** There were datagrams inside the bounds of time, and none was sFlow version 5; undefined where one was. */
export function notSflow(
  { offered, outside, opened }: DatagramGate,
  issues: IssueLog,
  name: string,
): InputError | undefined {
  if (offered === outside || opened > 0) return undefined
  const kinds = [...issues.counts].map(([kind, n]) => `${kind}: ${formatCount(n)}`).join(', ')
  return new InputError(`0 of ${formatCount(offered - outside)} datagrams in ${name} are sFlow version 5 (${kinds}).`)
}

/** How many datagrams each part of the selection left out, a clause each. */
export function leftOut({ outside, ofOthers }: DatagramGate, { since, until }: DatagramSelection): string[] {
  const bounds = [...(since ? ['--since'] : []), ...(until ? ['--until'] : [])].join(' and ')
  return [
    ...(outside > 0 ? [`${formatCount(outside)} datagrams are outside ${bounds}`] : []),
    ...(ofOthers > 0 ? [`${formatCount(ofOthers)} datagrams are of agents that --agent leaves out`] : []),
  ]
}
