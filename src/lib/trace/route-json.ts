// Owns the summary of a trace as NDJSON: a line a route with all its steps, and one at the end. docs/trace.md has the keys. See
// routes.ts. Start at summaryJson.

import type { Hop, Loop } from './route-shape.ts'
import type { Example, OddRoute, Route, RouteStep, Summary } from './routes.ts'
import { QUANTILE_ERROR, type Spread } from './spread.ts'
import { safeJson } from './write.ts'

const NS = 1_000_000_000n

/** Lines without newlines: routes by packets, the last one with the totals. */
export function summaryJson(summary: Summary): string[] {
  const { routes, packets, steps, dropped, incomplete, others, lost } = summary
  const end = {
    kind: 'routes_end',
    routes: routes.length,
    packets,
    steps,
    dropped,
    incomplete: {
      begun: incomplete.begun,
      end_only: incomplete.endOnly,
      under_way: incomplete.underWay,
      lost: incomplete.lost,
      crowded: incomplete.crowded,
    },
    others,
    lost,
    quantile_error: QUANTILE_ERROR,
  }
  return [...routes.map((route, i) => safeJson(routeObject(route, i + 1))), safeJson(end)]
}

function routeObject(route: Route, rank: number): object {
  const { packets, share, bytes, steps, loops, dropped, total, longest, example, odd, slow } = route
  const drop = dropped === undefined ? undefined : steps[dropped]
  return {
    kind: 'route',
    rank,
    packets,
    share: Number(share.toPrecision(6)),
    bytes,
    ...(drop === undefined ? {} : { dropped_at: dropped, ...dropOf(drop) }),
    ...(steps.length < 2 ? {} : { total_ns: spanObject(total) }),
    ...(longest === undefined ? {} : { longest }),
    steps: steps.map(stepObject),
    ...(loops.length === 0 ? {} : { loops: loops.map(loopObject) }),
    example: exampleObject(example),
    ...(odd.length === 0 ? {} : { odd: odd.map(oddObject) }),
    ...(slow.slowest.length === 0
      ? {}
      : {
          slow: {
            packets: slow.packets,
            over_ns: slow.overNs,
            slowest: slow.slowest.map(({ ns, step, stepNs, example }) => ({
              ns,
              step,
              step_ns: stepNs,
              example: exampleObject(example),
            })),
          },
        }),
  }
}

function hopObject(hop: Hop): object {
  const { functionName, isTracepoint, netns, netnsName, interfaceName } = hop
  return {
    func: functionName,
    ...(isTracepoint ? { tracepoint: true } : {}),
    ...(netns === 0 ? {} : { netns }),
    ...(netnsName === '' ? {} : { netns_name: netnsName }),
    ...(interfaceName === '' ? {} : { iface: interfaceName }),
    ...dropOf(hop),
  }
}

function stepObject(step: RouteStep): object {
  const { isBranch, since } = step
  return {
    ...hopObject(step),
    ...(isBranch ? { branch: true } : {}),
    ...(since.count === 0 ? {} : { since_ns: spanObject(since) }),
  }
}

function dropOf({ reason, droppedIn }: Hop): object {
  return {
    ...(reason === undefined ? {} : { reason: reason === '' ? null : reason }),
    ...(droppedIn === '' ? {} : { dropped_in: droppedIn }),
  }
}

function spanObject(spread: Spread): object {
  const { count, sum, min, max } = spread
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => spread.quantile(share))
  return { count, sum, min, p50, p90, p99, max }
}

const loopObject = ({ at, length, least, most }: Loop): object => ({ at, length, least, most })

function oddObject({ packets, differences, steps, example }: OddRoute): object {
  return {
    packets,
    differs: differences.map(({ kind, after, steps, instead }) => ({
      kind,
      after,
      ...(steps.length === 0 ? {} : { steps: steps.map(hopObject) }),
      ...(instead.length === 0 ? {} : { instead_of: instead.map(hopObject) }),
    })),
    steps: steps.map(stepObject),
    example: exampleObject(example),
  }
}

function exampleObject({ time, skb, packet, pid, process, length, tuple }: Example): object {
  return {
    time: timeText(time),
    skb,
    ...(packet === 0 ? {} : { packet }),
    pid,
    process,
    len: length,
    ...(tuple === undefined
      ? {}
      : {
          tuple: {
            saddr: tuple.source,
            daddr: tuple.destination,
            ...(tuple.sourcePort === undefined ? {} : { sport: tuple.sourcePort }),
            ...(tuple.destinationPort === undefined ? {} : { dport: tuple.destinationPort }),
            proto: tuple.protocol,
            ...(tuple.flags === undefined ? {} : { flags: tuple.flags }),
            ...(tuple.message === undefined ? {} : { message: tuple.message }),
          },
        }),
  }
}

/** Years that ISO 8601 has four digits for; a recording may claim others. */
const LATEST = 253_402_300_799n

function timeText(time: bigint): string {
  const sec = time / NS
  if (time < 0n || sec > LATEST) return String(time)
  return `${new Date(Number(sec) * 1000).toISOString().slice(0, 19)}.${String(time % NS).padStart(9, '0')}Z`
}
