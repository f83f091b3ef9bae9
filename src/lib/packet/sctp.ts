// Owns SCTP: the common header and the type of the first chunk. Start at sctp.

import { nameTable } from '../wire/name-table.ts'
import { layer, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

const chunkTypes = nameTable('SCTP chunk type', 'IANA sctp-parameters', {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN ACK',
  9: 'ERROR',
  10: 'COOKIE ECHO',
  11: 'COOKIE ACK',
  12: 'ECNE',
  13: 'CWR',
  14: 'SHUTDOWN COMPLETE',
  15: 'AUTH',
  16: 'NR-SACK',
  64: 'I-DATA',
  128: 'ASCONF-ACK',
  130: 'RE-CONFIG',
  132: 'PAD',
  192: 'FORWARD TSN',
  193: 'ASCONF',
  194: 'I-FORWARD-TSN',
})

export const sctp = layer({
  id: LayerId.sctp,
  name: 'sctp',
  token: 'sctp',
  title: 'SCTP',
  source: 'RFC 9260, 3',
  fields: [
    u16('sctp.srcport', 0, 'source port'),
    u16('sctp.dstport', 2, 'destination port'),
    u32('sctp.verification_tag', 4, 'verification tag'),
    u32('sctp.checksum', 8, 'checksum (CRC32c)'),
    u8('sctp.chunk_type', 12, 'type of the first chunk', { names: chunkTypes }),
  ],
  dissect(packet, at) {
    // The first chunk's header belongs to what is shown, but a packet may end before it.
    if (packet.claim(LayerId.sctp, at, 12) && at + 16 <= packet.payloadEnd) packet.extend(at + 16)
    return LayerId.none
  },
})
