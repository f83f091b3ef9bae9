// Owns what is computed over the layers of a packet and is no field of one: the stack as text, the type behind
// tags, what an ICMP error quotes. Called by generated code; allocates nothing. Start at composeStack.

import { LayerId } from '../packet/layer-ids.ts'
import { MAX_LAYERS, type Packet } from '../packet/packet.ts'
import { writeStack } from '../packet/stack.ts'
import type { TextBuffer } from '../wire/text.ts'

/** Bytes that writeStack needs. */
const STACK_BYTES = MAX_LAYERS * 10 + 16

/** Writes `eth.ip.udp.ibbt` to the start of `out`. @returns its length, or -1 where the sample has no header */
export function composeStack(packet: Packet, out: TextBuffer): number {
  if (packet.start === packet.end) return -1
  out.length = 0
  out.ensure(STACK_BYTES)
  out.length = writeStack(packet, out.view, 0)
  return out.length
}

/** Ethernet type behind the frame's tags (and SNAP header), of the Ethernet layer at `index`; -1 where there is none. */
export function etherType(packet: Packet, index: number): number {
  if (index < 0) return -1
  const { layer, offset, limit, count, view } = packet
  let at = offset[index]! + 12
  let end = limit[index]!
  for (let i = index + 1; i < count; i++) {
    const id = layer[i]
    if (id === LayerId.vlan) at = offset[i]! + 2
    else if (id === LayerId.llc) at = offset[i]! + 6
    else break
    end = limit[i]!
  }
  if (at + 2 > end) return -1
  const type = view.getUint16(at)
  return type >= 1536 ? type : -1
}

/** First byte of the IPv4 header that an ICMP error quotes, where at least 20 bytes of it are here; else -1. */
export function quotedIp(packet: Packet): number {
  const { count, total, layer, offset, limit } = packet
  if (total === count || layer[count] !== LayerId.ip || offset[count]! + 20 > limit[count]!) return -1
  return offset[count]!
}

/** Destination port of the TCP, UDP, SCTP ... packet that an ICMP error quotes, or -1. */
export function quotedPort(packet: Packet): number {
  const { count, total, layer, offset, limit, view } = packet
  for (let i = count; i < total; i++) {
    const id = layer[i]!
    if (
      id === LayerId.tcp ||
      id === LayerId.udp ||
      id === LayerId.sctp ||
      id === LayerId.dccp ||
      id === LayerId.udplite
    ) {
      return offset[i]! + 4 <= limit[i]! ? view.getUint16(offset[i]! + 2) : -1
    }
  }
  return -1
}
