// Owns ports as conditions. Start at portRange.

import { and, type Condition, not, or } from './condition.ts'
import { inDirection } from './hosts.ts'
import type { From, Layers } from './layers.ts'
import { carries } from './link-test.ts'
import { ether, ipNumbers } from './numbers.ts'
import type { Direction } from './syntax.ts'

/** Whether an IPv4 packet is no fragment but the first. */
export function isNoLaterFragment(layers: Layers): Condition {
  const offset = layers.values.alu('and', layers.load('network', 6, 2), layers.values.constant(0x1fff))
  return layers.compare('equal', offset, 0)
}

/**
 * Ports of TCP, UDP and SCTP over IPv4 and IPv6.
 * @param low the least port, or the only one where there is no `high`
 * @param protocol an IP protocol; all three where it is left out
 */
export function portRange(
  layers: Layers,
  low: number,
  high: number | undefined,
  protocol: number | undefined,
  direction: Direction | undefined,
): Condition {
  const either = [ipv6Ports(layers, low, high, protocol, direction), ipv4Ports(layers, low, high, protocol, direction)]
  return or(either[0]!, either[1]!)
}

/** As portRange, over IPv4 only; of later fragments, which have no ports, none is taken. */
export function ipv4Ports(
  layers: Layers,
  low: number,
  high: number | undefined,
  protocol: number | undefined,
  direction: Direction | undefined,
): Condition {
  const each = transports(protocol).map((number) =>
    and(
      layers.equals('network', 9, 1, number),
      isNoLaterFragment(layers),
      ports(layers, 'ipv4 payload', low, high, direction),
    ),
  )
  return and(carries(layers, ether.ip), or(each[0]!, ...each.slice(1)))
}

/** As portRange, over IPv6 only, and only directly behind its header. */
export function ipv6Ports(
  layers: Layers,
  low: number,
  high: number | undefined,
  protocol: number | undefined,
  direction: Direction | undefined,
): Condition {
  const each = transports(protocol).map((number) =>
    and(layers.equals('network', 6, 1, number), ports(layers, 'ipv6 payload', low, high, direction)),
  )
  return and(carries(layers, ether.ip6), or(each[0]!, ...each.slice(1)))
}

function transports(protocol: number | undefined): readonly number[] {
  return protocol === undefined ? [ipNumbers.sctp, ipNumbers.tcp, ipNumbers.udp] : [protocol]
}

function ports(
  layers: Layers,
  from: From,
  low: number,
  high: number | undefined,
  direction: Direction | undefined,
): Condition {
  return inDirection(layers, direction, 'ports', (side) => {
    const offset = side === 'src' ? 0 : 2
    if (high === undefined) return layers.equals(from, offset, 2, low)
    const port = layers.load(from, offset, 2)
    return and(layers.compare('atLeast', port, low), not(layers.compare('greater', port, high)))
  })
}
