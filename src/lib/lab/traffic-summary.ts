// Owns what is said of traffic: a line a cycle, and the summary as an object and as lines. Knows no socket. See lab.ts for the folder.

import { formatCount } from '../errors.ts'
import type { Cycle } from './cycles.ts'
import type { TrafficKind } from './options.ts'

const NS_PER_S = 1e9

/** The object of --format ndjson; times are in the log. Unknown is null. */
export interface TrafficSummary {
  readonly lab: string
  readonly kind: TrafficKind
  readonly cycles: number
  /** Taken by the kernel. */
  readonly packets: number
  /** What came to the receiving host. */
  readonly received: number
  /** Packets marked: ECN = 11. */
  readonly ce: number
  /** From the first packet of a cycle to the first of the next: mean, least, most; null for a single cycle. */
  readonly period_s: number | null
  readonly period_min_s: number | null
  readonly period_max_s: number | null
  /** From the first packet of a cycle to its last. */
  readonly burst_s: number | null
  /** Packets that were not sent, by the error's name. */
  readonly not_sent: Readonly<Record<string, number>>
  /** Ended by Ctrl-C, SIGTERM or SIGHUP. */
  readonly stopped: boolean
}

/** A line of the log, with its newline. Times are CLOCK_REALTIME, ns since 1970, with all digits. */
export function formatCycle({ number, startNs, endNs, packets, ce, received }: Cycle): string {
  return `{"cycle":${number},"start_ns":${startNs},"end_ns":${endNs},"packets":${packets},"ce":${ce},"received":${received}}\n`
}

/** Sums over cycles, in constant memory. */
export class CycleSums {
  count = 0
  packets = 0
  received = 0
  ce = 0
  #startNs: bigint | undefined
  #burstNs = 0
  #lastStartNs = 0n
  #shortestNs = Number.POSITIVE_INFINITY
  #longestNs = 0

  add({ startNs, endNs, packets, ce, received }: Cycle): void {
    if (this.#startNs === undefined) this.#startNs = startNs
    else {
      const period = Number(startNs - this.#lastStartNs)
      this.#shortestNs = Math.min(this.#shortestNs, period)
      this.#longestNs = Math.max(this.#longestNs, period)
    }
    this.#lastStartNs = startNs
    this.count++
    this.packets += packets
    this.received += received
    this.ce += ce
    this.#burstNs += Number(endNs - startNs)
  }

  get periodS(): { readonly mean: number; readonly min: number; readonly max: number } | undefined {
    if (this.count < 2 || this.#startNs === undefined) return undefined
    return {
      mean: Number(this.#lastStartNs - this.#startNs) / (this.count - 1) / NS_PER_S,
      min: this.#shortestNs / NS_PER_S,
      max: this.#longestNs / NS_PER_S,
    }
  }

  get burstS(): number | undefined {
    return this.count === 0 ? undefined : this.#burstNs / this.count / NS_PER_S
  }
}

/** What a person reads. */
export function formatSummary(summary: TrafficSummary): string[] {
  const { cycles, packets, received, ce, period_s, period_min_s, period_max_s, burst_s, stopped } = summary
  const inCycles = `${formatCount(packets)} packets in ${formatCount(cycles)} ${cycles === 1 ? 'cycle' : 'cycles'}`
  const lost = packets - received
  const came = lost === 0 ? 'all received' : `${formatCount(received)} received, ${formatCount(lost)} lost on the way`
  const lines = [`${stopped ? 'Stopped. ' : ''}Sent ${inCycles}; ${came}.`]
  if (period_s !== null) {
    const range = `${seconds(period_min_s)} to ${seconds(period_max_s)}`
    lines.push(`Period ${seconds(period_s)} s (${range}), of which ${seconds(burst_s)} s are packets.`)
  }
  if (packets > 0) lines.push(`Marked CE: ${formatCount(ce)}, ${((100 * ce) / packets).toFixed(2)} %.`)
  return lines
}

const seconds = (value: number | null): string => (value ?? 0).toFixed(4)

/** What must be told whether --quiet or not: packets that were not sent. */
export function formatLosses({ not_sent }: TrafficSummary): string[] {
  return Object.entries(not_sent).map(([error, count]) => `Not sent: ${formatCount(count)} packets (${error}).`)
}
