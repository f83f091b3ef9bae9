// Owns what `sonde sample` says in words: at the start what samples and why, at the end what came of it. Start at startLines.

import { formatCount } from '../errors.ts'
import type { CollectorState } from '../exporter/collector.ts'
import type { HostAgentCounts } from '../host-agent/host-agent.ts'
import type { PortState } from '../host-agent/port-sampling.ts'
import type { PacketTap, TapDirection } from '../kernel/tap/tap.ts'
import type { DropsState } from './drops.ts'
import { agentText, type SamplingHost } from './open-host.ts'
import { ALL_NETNS, OWN_NETNS, type SampleOptions } from './options.ts'

/** Interfaces that are named one by one. */
const MOST_NAMED = 8

const methods = {
  tcx: { ingress: 'TCX ingress', egress: 'TCX egress', both: 'TCX ingress + egress' },
  af_packet: { ingress: 'AF_PACKET, ingress', egress: 'AF_PACKET, egress', both: 'AF_PACKET, both directions' },
} as const

const NO_POOL = 'The pool is no measurement but samples × N: AF_PACKET counts no packets.'

/** The state of a run. */
export interface SampleState {
  readonly seconds: number
  /** Undefined where nothing is sampled. */
  readonly tap: Pick<PacketTap, 'kind' | 'why' | 'measuresPool'> | undefined
  readonly direction: TapDirection
  readonly drops: DropsState | undefined
  readonly agent: string
  readonly ports: readonly PortState[]
  readonly counts: HostAgentCounts
  readonly collectors: readonly CollectorState[]
}

export function stateOf(host: SamplingHost, direction: TapDirection, seconds: number): SampleState {
  return {
    seconds,
    tap: host.tap,
    direction,
    agent: agentText(host.agent),
    drops: host.drops(),
    ports: host.ports(),
    counts: host.counts(),
    collectors: host.collectors(),
  }
}

/** Which tap samples which way: `TCX ingress + egress`; '' where nothing is sampled. */
export function methodText({ tap, direction }: SampleState): string {
  return tap === undefined ? '' : methods[tap.kind][direction]
}

/** Which interfaces are sampled how, and where it goes. */
export function startLines(state: SampleState, options: SampleOptions): string[] {
  const { packets } = options
  const filter = packets === undefined ? [] : [`Printed is what passes the filter '${packets.text}'.`]
  return [...samplingLines(state, options), ...dropsLines(state), ...filter]
}

function samplingLines(state: SampleState, options: SampleOptions): string[] {
  const { tap, ports, agent, collectors } = state
  if (tap === undefined) return []
  const method = methodText(state)
  const why = tap.why === undefined || options.method !== undefined ? '' : ` (no TCX: ${tap.why})`
  const to = collectors.length > 0 ? ` → ${collectors.map(({ name }) => name).join(', ')}, as agent ${agent}` : ''
  const first =
    ports.length === 0
      ? `No interface fits yet; those that come are sampled: ${method}${why}${to}.`
      : `${ratesText(ports)}: ${method}${why}${to}.`
  return tap.measuresPool ? [first] : [first, NO_POOL]
}

/** How drops are heard, and where they go where nothing else has said so. */
function dropsLines({ drops, tap, agent, collectors }: SampleState): string[] {
  if (drops === undefined) return []
  const of =
    drops.netns === ALL_NETNS
      ? 'all network namespaces'
      : drops.netns === OWN_NETNS
        ? 'this network namespace'
        : `network namespace ${drops.netns}`
  const why = drops.why === undefined ? '' : ` (${drops.why})`
  const limit = drops.limit === 0 ? '' : `, ${formatCount(drops.limit)} a second at most`
  const isTold = tap !== undefined || collectors.length === 0
  const to = isTold ? '' : ` → ${collectors.map(({ name }) => name).join(', ')}, as agent ${agent}`
  return [`Packets that the kernel drops in ${of}, by ${drops.kind}${why}${limit}${to}.`, ...drops.notices]
}

/** `eth0, eth1 1 in 1,000; eth2 1 in 100`. */
function ratesText(ports: readonly PortState[]): string {
  const byRate = new Map<number, string[]>()
  for (const { name, rate } of ports) byRate.set(rate, [...(byRate.get(rate) ?? []), name])
  return [...byRate].map(([rate, names]) => `${someOf(names)} 1 in ${formatCount(rate)}`).join('; ')
}

function someOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return names.join(', ')
  return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
}

/** A line for each interface of what came since `before`. */
export function periodicLines(now: SampleState, before: SampleState): string[] {
  const seconds = now.seconds - before.seconds
  const rate = (a: number, b: number): string => formatCount(Math.round((a - b) / seconds))
  return now.ports.flatMap((port) => {
    if (!port.isSampled) return []
    const old = before.ports.find(({ interfaceIndex }) => interfaceIndex === port.interfaceIndex) ?? port
    const pool = formatCount(port.poolIn + port.poolOut)
    return [
      `${port.name}   in ${rate(port.poolIn, old.poolIn)} pkt/s   out ${rate(port.poolOut, old.poolOut)} pkt/s   samples ${rate(port.samples, old.samples)}/s   pool ${pool}   lost in ring ${formatCount(port.lost)}`,
    ]
  })
}

/** At the end; with `lossOnly` what was lost or refused only. */
export function summaryLines(state: SampleState, lossOnly: boolean): string[] {
  const { seconds, ports, counts, collectors, drops, tap } = state
  const sum = (of: (port: PortState) => number): number => ports.reduce((total, port) => total + of(port), 0)
  const lost = sum(({ lost }) => lost)
  const lines: string[] = []
  if (!lossOnly && tap === undefined) {
    lines.push(
      `${span(seconds)} s: ${plural(counts.counters, 'counter sample')}, ${plural(counts.datagrams, 'datagram')}.`,
    )
  } else if (!lossOnly) {
    const pool = sum(({ poolIn, poolOut }) => poolIn + poolOut)
    lines.push(
      `${span(seconds)} s: ${plural(counts.flow, 'sample')} of ${tap?.measuresPool === false ? 'about ' : ''}${plural(pool, 'packet')} at ${plural(ports.length, 'interface')}, ${plural(counts.counters, 'counter sample')}, ${plural(counts.datagrams, 'datagram')}.`,
    )
  }
  if (tap !== undefined && (!lossOnly || lost > 0)) {
    lines.push(
      lost === 0
        ? 'Lost in the ring: nothing.'
        : `Lost in the ring, which was full: ${plural(lost, 'sample')}; collectors are told (drops).`,
    )
  }
  if (drops !== undefined) lines.push(...dropSummary(drops, counts.discards, lossOnly))
  if (counts.leftOut > 0) lines.push(`Left out, as no datagram has room for them: ${plural(counts.leftOut, 'sample')}.`)
  for (const { name, datagrams, failed, problem } of collectors) {
    const trouble = failed > 0 ? `, at least ${formatCount(failed)} failed (${problem ?? 'not known why'})` : ''
    if (!lossOnly || failed > 0) lines.push(`→ ${name}: ${plural(datagrams, 'datagram')}${trouble}.`)
  }
  return lines
}

function dropSummary({ ringFull, limited }: DropsState, told: number, lossOnly: boolean): string[] {
  const lost = [
    ...(limited > 0 ? [`${formatCount(limited)} more than the limit`] : []),
    ...(ringFull > 0 ? [`${formatCount(ringFull)} when the ring was full`] : []),
  ]
  if (lossOnly && lost.length === 0) return []
  const more = lost.length === 0 ? '' : `; not told: ${lost.join(', ')} (their number is in drops)`
  return [`${plural(told, 'dropped packet')} told${more}.`]
}

const span = (seconds: number): string => (seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds)))

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
