// Owns the list of all flow records, counter records and text sample bodies, by tag. Must not know how they are decoded.
// A record is named in its own file's list (`flow`, `counters`, `bodies`); only a new file is named here. Start at
// flowRecords.

import { type RecordType, tagValue } from '../wire/record.ts'
import * as application from './records/application.ts'
import * as broadcomBuffers from './records/broadcom-buffers.ts'
import * as broadcomTables from './records/broadcom-tables.ts'
import * as drops from './records/drops.ts'
import * as entities from './records/entities.ts'
import * as environment from './records/environment.ts'
import * as fibreChannel from './records/fibre-channel.ts'
import * as foundry from './records/foundry.ts'
import * as host from './records/host.ts'
import * as hostIp from './records/host-ip.ts'
import * as hostSflow from './records/host-sflow.ts'
import * as http from './records/http.ts'
import * as ieee80211 from './records/ieee80211.ts'
import * as infiniband from './records/infiniband.ts'
import * as inmon from './records/inmon.ts'
import * as jvm from './records/jvm.ts'
import * as lag from './records/lag.ts'
import * as memcache from './records/memcache.ts'
import * as navigationTiming from './records/navigation-timing.ts'
import * as nvml from './records/nvml.ts'
import * as openVswitch from './records/open-vswitch.ts'
import * as openflow from './records/openflow.ts'
import * as optics from './records/optics.ts'
import * as pmacct from './records/pmacct.ts'
import * as portNat from './records/port-nat.ts'
import * as queueLength from './records/queue-length.ts'
import * as slowPath from './records/slow-path.ts'
import * as sonde from './records/sonde.ts'
import * as tcpInfo from './records/tcp-info.ts'
import * as transactions from './records/transactions.ts'
import * as transit from './records/transit.ts'
import * as tunnels from './records/tunnels.ts'
import * as vdi from './records/vdi.ts'
import * as version5 from './records/version-5.ts'
import * as version5Counters from './records/version-5-counters.ts'
import * as vlanLists from './records/vlan-lists.ts'

interface RecordFile {
  readonly flow?: readonly RecordType[]
  readonly counters?: readonly RecordType[]
  readonly bodies?: readonly RecordType[]
}

const files: readonly RecordFile[] = [
  application,
  broadcomBuffers,
  broadcomTables,
  drops,
  entities,
  environment,
  fibreChannel,
  foundry,
  hostIp,
  hostSflow,
  host,
  http,
  ieee80211,
  infiniband,
  inmon,
  jvm,
  lag,
  memcache,
  navigationTiming,
  nvml,
  openVswitch,
  openflow,
  optics,
  pmacct,
  portNat,
  queueLength,
  slowPath,
  sonde,
  tcpInfo,
  transactions,
  transit,
  tunnels,
  vdi,
  version5,
  version5Counters,
  vlanLists,
]

/** Flow records by tag value (enterprise << 12 | format), in order of tag. */
export const flowRecords: ReadonlyMap<number, RecordType> = byTag(files.flatMap((file) => file.flow ?? []))

/** Counter records by tag value, in order of tag. */
export const counterRecords: ReadonlyMap<number, RecordType> = byTag(files.flatMap((file) => file.counters ?? []))

/** Samples whose whole body is one structure, by tag value: they hold no records. */
export const sampleBodies: ReadonlyMap<number, RecordType> = byTag(files.flatMap((file) => file.bodies ?? []))

/** @throws RangeError where two records claim a tag */
function byTag(types: readonly RecordType[]): ReadonlyMap<number, RecordType> {
  const map = new Map<number, RecordType>()
  for (const type of [...types].sort((a, b) => tagValue(a.tag) - tagValue(b.tag))) {
    const tag = tagValue(type.tag)
    if (map.has(tag)) throw new RangeError(`${type.name}: the tag ${type.tag.join(':')} is used twice`)
    map.set(tag, Object.freeze(type))
  }
  return map
}
