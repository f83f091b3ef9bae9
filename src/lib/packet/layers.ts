// Owns the chain table: every layer type by its number. A new protocol is one file and one line here.
// Knows no protocol's content. Start at layers.

import { arp } from './arp.ts'
import { bth, extendedHeaders } from './bth.ts'
import { dns } from './dns.ts'
import { ethernet } from './ethernet.ts'
import { erspan, gre } from './gre.ts'
import { gtp, teredo } from './gtp.ts'
import { icmp, icmpv6, igmp } from './icmp.ts'
import { grh, lrh } from './infiniband.ts'
import { ah, esp } from './ipsec.ts'
import { ipv4 } from './ipv4.ts'
import { ipv6 } from './ipv6.ts'
import { dstopts, fraghdr, hip, hopopts, mipv6, routing, shim6 } from './ipv6-extensions.ts'
import type { LayerType } from './layer.ts'
import { LAYER_IDS } from './layer-ids.ts'
import { llc } from './llc.ts'
import { mpls, pweth } from './mpls.ts'
import { ppp, pppoed, pppoes } from './ppp.ts'
import { sctp } from './sctp.ts'
import { dccp, tcp } from './tcp.ts'
import { udp, udplite } from './udp.ts'
import { uet } from './uet.ts'
import { vlan } from './vlan.ts'
import { geneve, vxlan, vxlanGpe } from './vxlan.ts'

/** Every layer type. */
export const layerTypes: readonly LayerType[] = [
  ...[ethernet, llc, vlan, mpls, pweth, pppoed, pppoes, ppp, arp],
  ...[ipv4, ipv6, hopopts, routing, fraghdr, dstopts, mipv6, hip, shim6],
  ...[icmp, icmpv6, igmp, tcp, udp, udplite, dccp, sctp],
  ...[gre, erspan, vxlan, vxlanGpe, geneve, gtp, teredo, esp, ah],
  ...[dns, lrh, grh, bth, ...extendedHeaders, uet],
]

/** Layer types by LayerId; undefined at 0. */
export const layers: readonly (LayerType | undefined)[] = Array.from({ length: LAYER_IDS }, (_, id) =>
  layerTypes.find((x) => x.id === id),
)
