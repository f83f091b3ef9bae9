// Owns what of a sampled header is payload: not what only ends or fills a packet. Start at payloadOf.

import type { Layer } from '../../packet/full.ts'
import type { Packet } from '../../packet/packet.ts'

/** The invariant CRC at the end of every InfiniBand packet (InfiniBand Architecture 1.7, vol. 1, 7.8). */
const ICRC = 4
/** A congestion notification has 16 reserved bytes behind its BTH (InfiniBand Architecture 1.7, vol. 1, A17.9.3): transport 4. */
const CNP = 4

export interface Payload {
  readonly bytes: number
  readonly what: 'payload' | 'options'
}

/** The payload that is here; undefined where there is none. */
export function payloadOf(packet: Packet, layers: readonly Layer[]): Payload | undefined {
  if (packet.total === 0) return undefined
  let end = packet.payloadEnd
  let what: Payload['what'] = 'payload'
  for (const { layer, fields } of layers) {
    // What is behind an address resolution fills its frame up to the least length.
    if (layer === 'arp') return undefined
    const icmpType = fields['icmpv6.type']
    // Router and neighbor discovery has only options behind its fields (RFC 4861, 4).
    if (typeof icmpType === 'number' && icmpType >= 133 && icmpType <= 137) what = 'options'
    if (layer !== 'infiniband.bth') continue
    if (Number(fields['infiniband.bth.opcode'] ?? 0) >>> 5 === CNP) return undefined
    end = Math.min(end, packet.declaredEnd - ICRC - Number(fields['infiniband.bth.padcnt'] ?? 0))
  }
  return end > packet.payload ? { bytes: end - packet.payload, what } : undefined
}
