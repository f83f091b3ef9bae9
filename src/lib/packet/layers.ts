// Owns the chain table: every layer type by its number. A new protocol is one file and one line here.
// Knows no protocol's content. Start at layers.

import { bth, extendedHeaders } from './bth.ts'
import { ethernet } from './ethernet.ts'
import { ipv4 } from './ipv4.ts'
import { ipv6 } from './ipv6.ts'
import type { LayerType } from './layer.ts'
import { LAYER_IDS } from './layer-ids.ts'
import { dccp, tcp } from './tcp.ts'
import { udp, udplite } from './udp.ts'
import { vlan } from './vlan.ts'

/** Every layer type. */
export const layerTypes: readonly LayerType[] = [
  ethernet,
  vlan,
  ipv4,
  ipv6,
  tcp,
  dccp,
  udp,
  udplite,
  bth,
  ...extendedHeaders,
]

/** Layer types by LayerId; undefined at 0. */
export const layers: readonly (LayerType | undefined)[] = Array.from({ length: LAYER_IDS }, (_, id) =>
  layerTypes.find((x) => x.id === id),
)
