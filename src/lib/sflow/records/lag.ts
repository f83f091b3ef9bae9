// Owns the record of sflow_lag.txt: a port's part in a link aggregation group.
// Must not know how records are decoded. Start at lag_port_stats.

import { f, fixed, mac, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const lag_port_stats = record({
  name: 'lag_port_stats',
  tag: [0, 7],
  source: 'sflow_lag.txt, "lag_port_stats" (IEEE8023-LAG-MIB)',
  notes:
    'State bytes: actorAdmin, actorOper, partnerAdmin, partnerOper. Some agents on little-endian machines may send ' +
    'them the other way round (C2). Addresses take 8 bytes (C3). Members of one group share AttachedAggID.',
  fields: [
    f('dot3adAggPortActorSystemID', mac, 'system id of this side'),
    f('dot3adAggPortPartnerOperSystemID', mac, 'system id of the other side'),
    f('dot3adAggPortAttachedAggID', u32, 'ifIndex of the group'),
    f('dot3adAggPortState', fixed(4), 'LACP states: actorAdmin, actorOper, partnerAdmin, partnerOper'),
    f('dot3adAggPortStatsLACPDUsRx', u32, 'LACP PDUs received', 'frames'),
    f('dot3adAggPortStatsMarkerPDUsRx', u32, 'marker PDUs received', 'frames'),
    f('dot3adAggPortStatsMarkerResponsePDUsRx', u32, 'marker response PDUs received', 'frames'),
    f('dot3adAggPortStatsUnknownRx', u32, 'unknown slow protocol PDUs received', 'frames'),
    f('dot3adAggPortStatsIllegalRx', u32, 'illegal slow protocol PDUs received', 'frames'),
    f('dot3adAggPortStatsLACPDUsTx', u32, 'LACP PDUs sent', 'frames'),
    f('dot3adAggPortStatsMarkerPDUsTx', u32, 'marker PDUs sent', 'frames'),
    f('dot3adAggPortStatsMarkerResponsePDUsTx', u32, 'marker response PDUs sent', 'frames'),
  ],
})
export type LagPortStats = Of<typeof lag_port_stats>

/** Counter records of this file, for the registry. */
export const counters = [lag_port_stats] as const
