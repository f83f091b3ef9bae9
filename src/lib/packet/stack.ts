// Owns what a packet says as a whole: its stack, and the protocol behind IPv6 extension headers.
// Knows tokens and chains, no fields. Start at stackOf().

import { PackedText } from '../wire/packed-text.ts'
import { LayerId } from './layer-ids.ts'
import { layers } from './layers.ts'
import type { Packet } from './packet.ts'

const UNKNOWN = 'unknown'
const tokens = layers.map((type) => type?.token ?? '')
const packedTokens = tokens.map((token) => new PackedText(`.${token}`))
const packedUnknown = new PackedText(`.${UNKNOWN}`)

/** sFlow-RT's stack: the tokens of the packet's own layers, joined by dots, `unknown` where there are none. */
export function stackOf(packet: Packet): string {
  const found: string[] = []
  for (let i = 0; i < packet.count; i++) {
    const token = tokens[packet.layer[i]!]!
    if (token !== '') found.push(token)
  }
  return found.length === 0 ? UNKNOWN : found.join('.')
}

/** Writes the stack at `p` of `v` and gives the position behind it. Needs room for 10 bytes a layer and 16. */
export function writeStack(packet: Packet, v: DataView, p: number): number {
  // Every token is written with its dot in front; the first one's dot is moved over.
  let q = p
  for (let i = 0; i < packet.count; i++) {
    const id = packet.layer[i]!
    const token = packedTokens[id]!
    if (token.length > 1) q = token.write(v, q)
  }
  if (q === p) q = packedUnknown.write(v, q)
  for (let i = p; i < q - 1; i++) v.setUint8(i, v.getUint8(i + 1))
  return q - 1
}

function isExtension(id: number): boolean {
  switch (id) {
    case LayerId.hopopts:
    case LayerId.routing:
    case LayerId.fraghdr:
    case LayerId.dstopts:
    case LayerId.mipv6:
    case LayerId.hip:
    case LayerId.shim6:
    case LayerId.ah:
      return true
    default:
      return false
  }
}

/**
 * IP protocol of what an IPv4 or IPv6 layer carries, behind its extension headers.
 * @param index of the layer in the packet
 * @returns 0..255, or -1 where the byte that says it isn't here
 */
export function finalProtocol(packet: Packet, index: number): number {
  let last = index
  while (last + 1 < packet.total && isExtension(packet.layer[last + 1]!)) last++
  const id = packet.layer[last]!
  const at = packet.offset[last]! + (id === LayerId.ip ? 9 : id === LayerId.ipv6 ? 6 : 0)
  return at < packet.limit[last]! ? packet.view.getUint8(at) : -1
}
