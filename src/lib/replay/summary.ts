// Owns what a replay says of itself at its end, as an object and as lines. Knows no terminal. Start at ReplaySummary.

import { formatCount } from '../errors.ts'

/** The object of --format ndjson. Unknown is null, never 0. */
export interface ReplaySummary {
  /** The file, or files, or `stdin`. */
  input: string
  /** The destination as an address. */
  to: string
  /** Taken by the kernel; that is no promise of arrival. */
  datagrams: number
  bytes: number
  /** Loops that were begun. */
  loops: number
  /** From the first datagram to the last. */
  duration_s: number
  /** Against the capture's timing, or the rate of --pps; null where everything was due at once. */
  late_p50_ms: number | null
  late_p99_ms: number | null
  late_max_ms: number | null
  /** Times that the destination answered "port unreachable". */
  unreachable: number
  /** Datagrams that were not sent, by the error's name. */
  not_sent: Record<string, number>
  /** Datagrams outside --since and --until, of all loops. */
  outside: number
  /** Ended by Ctrl-C, SIGTERM or SIGHUP. */
  stopped: boolean
  /** What was sampled, where the input was no sFlow; else null. */
  sampling: { rate: number; seed: number; packets: number; samples: number } | null
}

/** What a person reads. */
export function formatSummary(summary: ReplaySummary): string[] {
  const { datagrams, bytes, to, loops, duration_s, late_p50_ms, late_p99_ms, late_max_ms, sampling } = summary
  const lines: string[] = []
  if (sampling !== null) {
    const { rate, seed, packets, samples } = sampling
    const what = `Took ${counted(samples, 'sample')} of ${counted(packets, 'packet')}, 1 in ${formatCount(rate)}`
    lines.push(`${what}. --seed ${seed} takes the same again.`)
  }
  const inLoops = loops > 1 ? ` in ${formatCount(loops)} loops` : ''
  const rate =
    duration_s > 0 && datagrams > 1 ? `, ${formatCount(Math.round((datagrams - 1) / duration_s))} a second` : ''
  const stopped = summary.stopped ? 'Stopped. ' : ''
  lines.push(
    `${stopped}Sent ${counted(datagrams, 'datagram')}${inLoops}, ${formatCount(bytes)} bytes, to ${to} in ${duration_s.toFixed(1)} s${rate}.`,
  )
  if (late_p50_ms !== null) {
    const [p50, p99, most] = [late_p50_ms, late_p99_ms, late_max_ms].map((ms) => (ms ?? 0).toFixed(2))
    lines.push(`Late by ${p50} ms (median), ${p99} ms (p99), ${most} ms (at most).`)
  }
  return lines
}

/** What must be told whether --quiet or not: datagrams that went nowhere. */
export function formatLosses({ to, unreachable, not_sent }: ReplaySummary): string[] {
  const lines = Object.entries(not_sent).map(([error, count]) => `Not sent: ${counted(count, 'datagram')} (${error}).`)
  if (unreachable > 0) {
    lines.push(`${to} answered "port unreachable" ${counted(unreachable, 'time')}: nobody listened there.`)
  }
  return lines
}

const counted = (n: number, what: string): string => `${formatCount(n)} ${what}${n === 1 ? '' : 's'}`
