// Owns the walk over a sampled packet header, outside in, and sFlow's header_protocol numbers that start it.
// Knows no protocol's content: each layer's own step says what follows. Start at dissect().

import { LayerId } from './layer-ids.ts'
import { layers } from './layers.ts'
import type { Packet } from './packet.ts'

/** First layer by header_protocol (sflow_version_5.txt, "header_protocol"); those not dissected are left as bytes. */
const firstLayer = new Uint8Array(32)
firstLayer[1] = LayerId.eth
firstLayer[7] = LayerId.ppp
firstLayer[11] = LayerId.ip
firstLayer[12] = LayerId.ipv6
firstLayer[13] = LayerId.mpls
firstLayer[14] = LayerId.ppp
firstLayer[18] = LayerId.lrh

const stop = () => LayerId.none
type Step = (packet: Packet, at: number) => number
const steps: readonly Step[] = layers.map((type) => type?.dissect ?? stop)

/** Steps of most packets, called by name so that V8 takes them into the loop: a call through the table costs 5 ns. */
const [ethernet, ipv4, ipv6, tcp, udp] = [LayerId.eth, LayerId.ip, LayerId.ipv6, LayerId.tcp, LayerId.udp].map(
  (id) => steps[id]!,
) as [Step, Step, Step, Step, Step]

/**
 * Finds the layers of a packet header.
 * @param bytes holds the header at `start` to `end`; nothing is copied, `out` refers to it
 * @param view over the same memory as `bytes`, from its first byte
 * @param headerProtocol sFlow's header_protocol; 1 is Ethernet
 * @param out reused: whatever it held is gone
 * @returns `out`. Cut headers give the layers that are there and `truncated`; impossible ones `malformed`. Never throws.
 */
export function dissect(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  headerProtocol: number,
  out: Packet,
): Packet {
  out.reset(bytes, view, start, end)
  let next: number = headerProtocol < 32 ? firstLayer[headerProtocol]! : LayerId.none
  while (next !== LayerId.none) {
    const at = out.payload
    if (at >= out.payloadEnd) {
      out.missing(at + 1)
      out.cutBehind = true
      break
    }
    if (!out.room()) break
    if (next === LayerId.ip) next = ipv4(out, at)
    else if (next === LayerId.tcp) next = tcp(out, at)
    else if (next === LayerId.eth) next = ethernet(out, at)
    else if (next === LayerId.ipv6) next = ipv6(out, at)
    else if (next === LayerId.udp) next = udp(out, at)
    else next = steps[next]!(out, at)
  }
  out.total = out.count
  if (out.quoted >= 0) {
    // What is left of a quoted packet is cut on purpose by who sent the error, not by the sampler.
    out.count = out.quoted
    out.truncated = false
    out.malformed = 0
  }
  return out
}
