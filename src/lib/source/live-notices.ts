// Owns what live input says in words: what it listens with, what to set, what to check where nothing comes. Start at noticesOf.

import { formatCount } from '../errors.ts'
import type { LiveReport } from './source.ts'

const MIB = 1 << 20
const mib = (bytes: number) => `${Number((bytes / MIB).toFixed(1))} MiB`

/** What is heard of is this host's kernel, and no agent. @param bound as LiveReport has it, or what the input is called in headings */
export function isKernel(bound: readonly string[]): boolean {
  return bound[0]?.startsWith('kernel:') === true
}

/** At the start: where it listens, with which receiver and buffer, and what to set where the buffer is small. */
export function noticesOf(live: LiveReport | undefined): string[] {
  if (live === undefined) return []
  if (isKernel(live.bound)) {
    const why = live.why === '' ? '' : ` (${live.why})`
    return [`Hearing of packets that this host's kernel drops, by ${live.receiver}${why}.`, ...live.notices]
  }
  const lines = [
    `Listening on ${live.bound.join(', ')} with ${live.receiver} (${live.why}); receive buffer ${mib(live.bufferGranted)}.`,
    ...live.notices,
  ]
  if (live.bufferGranted < live.bufferAsked) lines.push(bufferAdvice(live.bufferGranted, live.bufferAsked))
  return lines
}

/** What to set where the kernel grants less buffer than was asked for. */
export function bufferAdvice(granted: number, asked: number): string {
  return `The kernel grants ${mib(granted)} of the ${mib(asked)} asked for: sudo sysctl -w net.core.rmem_max=${asked} (docs/tuning.md).`
}

/**
 * Datagrams were dropped for want of buffer: why that may be more than the agents' numbers show, and what to set.
 * @param more whether it is more
 */
export function kernelDropAdvice(granted: number, more: boolean): string {
  const why = more
    ? ' What it dropped before the first and behind the last datagram of an agent, or of senders that are no agents, is no gap in numbers.'
    : ''
  const ask = Math.min(4 * granted, MOST_ADVISED)
  return `The kernel dropped them as the receive buffer of ${mib(granted)} was full.${why} Ask for more with --buffer ${mib(ask).replace(' ', '')}, up to net.core.rmem_max; --resample and --workers are other ways (docs/tuning.md).`
}

/** Beyond that a machine is too slow, and not its buffer too small. */
const MOST_ADVISED = 256 * MIB

/**
 * Nothing came: what to check.
 * @param refused what came from senders that --allow does not name: then it is no firewall that keeps it away
 */
export function emptyAdvice(
  addresses: readonly string[],
  refused: Pick<LiveReport, 'refused' | 'refusedSenders'> = { refused: 0, refusedSenders: [] },
): string {
  if (refused.refused > 0) {
    const what = refused.refused === 1 ? '1 datagram' : `${formatCount(refused.refused)} datagrams`
    return `Nothing came to ${addresses.join(', ')} from a sender that --allow names: ${what} came, from ${listed(refused.refusedSenders)}. --allow takes the address that sends, which need not be the agent's own.`
  }
  if (isKernel(addresses)) return 'No packet was dropped.'
  const port = /:(\d+)$/.exec(addresses[0] ?? '')?.[1] ?? '6343'
  return `Nothing came to ${addresses.join(', ')}. Check that the agents send to this address and port, and that no firewall is between: tcpdump -ni any udp port ${port} shows what arrives (docs/agents.md).`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
