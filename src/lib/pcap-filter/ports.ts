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

/** Which ports are wanted. */
export interface Ports {
  /** The least port, or the only one where there is no `high`. */
  readonly low: number
  readonly high?: number | undefined
  /** An IP protocol; TCP, UDP and SCTP where it is left out. */
  readonly protocol?: number | undefined
  readonly direction?: Direction | undefined
}

/** Ports over IPv4 and IPv6. */
export function portRange(layers: Layers, wanted: Ports): Condition {
  return or(ipv6Ports(layers, wanted), ipv4Ports(layers, wanted))
}

/** As portRange, over IPv4 only; of later fragments, which have no ports, none is taken. */
export function ipv4Ports(layers: Layers, wanted: Ports): Condition {
  const each = transports(wanted).map((number) =>
    and(layers.equals('network', 9, 1, number), isNoLaterFragment(layers), portsBehind(layers, 'ipv4 payload', wanted)),
  )
  return and(carries(layers, ether.ip), or(each[0]!, ...each.slice(1)))
}

/** As portRange, over IPv6 only, and only directly behind its header. */
export function ipv6Ports(layers: Layers, wanted: Ports): Condition {
  const each = transports(wanted).map((number) =>
    and(layers.equals('network', 6, 1, number), portsBehind(layers, 'ipv6 payload', wanted)),
  )
  return and(carries(layers, ether.ip6), or(each[0]!, ...each.slice(1)))
}

function transports({ protocol }: Ports): readonly number[] {
  return protocol === undefined ? [ipNumbers.sctp, ipNumbers.tcp, ipNumbers.udp] : [protocol]
}

/** In all three protocols the header begins with them: the source's, then the destination’s. */
function portsBehind(layers: Layers, from: From, { low, high, direction }: Ports): Condition {
  return inDirection(layers, direction, 'ports', (side) => {
    const offset = side === 'src' ? 0 : 2
    if (high === undefined) return layers.equals(from, offset, 2, low)
    const port = layers.load(from, offset, 2)
    return and(layers.compare('atLeast', port, low), not(layers.compare('greater', port, high)))
  })
}
