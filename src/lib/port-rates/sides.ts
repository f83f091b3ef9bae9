// Owns which interface counters belong to which direction. See port-rates.ts for the folder. Start at packetsOf.

import { IF_COUNTERS } from '../agents/counter-deltas.ts'

/** Where each counter is among the growths of a stretch. */
const counterAt = Object.fromEntries(IF_COUNTERS.map((name, i) => [name, i])) as Readonly<
  Record<(typeof IF_COUNTERS)[number], number>
>

/** The counters of received and of sent traffic. */
export const sides = [
  {
    octets: counterAt.ifInOctets,
    unicast: counterAt.ifInUcastPkts,
    more: [counterAt.ifInMulticastPkts, counterAt.ifInBroadcastPkts],
    errors: counterAt.ifInErrors,
    discards: counterAt.ifInDiscards,
  },
  {
    octets: counterAt.ifOutOctets,
    unicast: counterAt.ifOutUcastPkts,
    more: [counterAt.ifOutMulticastPkts, counterAt.ifOutBroadcastPkts],
    errors: counterAt.ifOutErrors,
    discards: counterAt.ifOutDiscards,
  },
] as const

/** The smallest Ethernet frame as Linux counts it, without FCS. */
const SMALLEST_FRAME = 60

/**
 * Packets of all kinds between two counter samples. A kind that the agent does not count is among the others.
 *
 * The counters have 32 bits: where so many of the smallest frames fit into the octets that they may have wrapped once more
 * than is seen, the number is not known.
 * @returns NaN where it is not known
 */
export function packetsOf(growth: Float64Array, of: 0 | 1): number {
  const { unicast, more, octets } = sides[of]
  if (Number.isNaN(growth[unicast]!) || growth[octets]! / SMALLEST_FRAME >= 0x100000000) return Number.NaN
  let packets = growth[unicast]!
  for (const kind of more) if (!Number.isNaN(growth[kind]!)) packets += growth[kind]!
  return packets
}
