// Owns what is computed from a truth's counts: rates of a second, five numbers of links. Start at fiveNumbers.

import type { FabricTruth } from './truth.ts'

/** Minimum, quartiles, median and maximum by linear interpolation on (n - 1) q. */
export function fiveNumbers(values: readonly number[]): readonly [number, number, number, number, number] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (q: number): number => {
    const place = (sorted.length - 1) * q
    const low = Math.floor(place)
    const below = sorted[low] ?? 0
    return below + (place - low) * ((sorted[low + 1] ?? below) - below)
  }
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)]
}

/** Received bit/s of each of these ports from second `from` to `to` (not included). */
export function ingressBps(
  truth: FabricTruth,
  ports: readonly string[],
  from = 0,
  to = truth.perSecond.length,
): number[] {
  return ports.map((port) => {
    const octets = truth.ports.get(port)!.inOctets.subarray(from, to)
    return (octets.reduce((sum, value) => sum + value, 0) * 8) / (to - from)
  })
}
