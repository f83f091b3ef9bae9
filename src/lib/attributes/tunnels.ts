// Owns the attributes of tunnels. Start at tunnelAttributes.

import type { Attribute } from './attribute.ts'
import { fromLayer } from './define.ts'

export const tunnelAttributes: readonly Attribute[] = [
  fromLayer('tunnels', 'vxlanvni', 'vxlan.vni', { aliases: ['vni'] }),
  fromLayer('tunnels', 'grevsid', 'gre.nvgre.vsid', { doc: 'virtual subnet of NVGRE' }),
  fromLayer('tunnels', 'genevevni', 'geneve.vni'),
]
