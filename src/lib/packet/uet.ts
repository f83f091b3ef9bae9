// Owns the start of Ultra Ethernet Transport: the delivery header's prologue, its packet numbers and the operation.
// Field names are those of Wireshark's later dissector. Start at uet.

import { nameTable } from '../wire/name-table.ts'
import { layer, test, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

const source = 'Ultra Ethernet Specification 1.0, packet delivery and semantic sublayers'

const deliveryTypes = nameTable('UET PDS type', source, {
  1: 'encrypted',
  2: 'RUD request',
  3: 'ROD request',
  4: 'RUDI request',
  5: 'RUDI response',
  6: 'UUD request',
  7: 'ACK',
  8: 'ACK_CC',
  9: 'ACK_CCX',
  10: 'NACK',
  11: 'control',
  12: 'NACK_CCX',
  13: 'RUD CC request',
  14: 'ROD CC request',
})

const nextHeaders = nameTable('UET PDS next header', source, {
  0: 'none',
  1: 'request small',
  2: 'request medium',
  3: 'request standard',
  4: 'response',
  5: 'response with data',
  6: 'response with small data',
})

/** Operations of an SES request. */
export const uetOperations = nameTable('UET SES opcode', source, {
  0: 'NO_OP',
  1: 'WRITE',
  2: 'READ',
  3: 'ATOMIC',
  4: 'FETCHING_ATOMIC',
  5: 'SEND',
  6: 'RENDEZVOUS_SEND',
  7: 'DATAGRAM_SEND',
  8: 'DEFERRABLE_SEND',
  9: 'TAGGED_SEND',
  10: 'RENDEZVOUS_TSEND',
  11: 'DEFERRABLE_TSEND',
  12: 'DEFERRABLE_RTR',
  13: 'TSEND_ATOMIC',
  14: 'TSEND_FETCH_ATOMIC',
  15: 'MSG_ERROR',
})

const type = (...is: number[]) => test('u8', 0, { mask: 0xf8, is: is.map((x) => x << 3) })
const request = type(2, 3, 13, 14)
const acknowledge = type(7, 8, 9)
const numbered = type(2, 3, 13, 14, 7, 8, 9)
/** The next header bits say that an SES request follows. */
const sesRequest = test('u16', 0, { mask: 0x0780, min: 1 << 7, max: 3 << 7 })

export const uet = layer({
  id: LayerId.uet,
  name: 'uet',
  token: 'uet',
  title: 'Ultra Ethernet Transport',
  source,
  fields: [
    u8('uet.pds.type', 0, 'delivery packet type', { shift: 3, names: deliveryTypes }),
    u16('uet.pds.nh', 0, 'what follows the delivery header', {
      shift: 7,
      mask: 15,
      when: test('u8', 0, { mask: 0xf8, not: 11 << 3 }),
      names: nextHeaders,
    }),
    u8('uet.pds.flags', 1, 'flags', { mask: 0x7f }),
    u32('uet.pds.psn', 4, 'packet sequence number', { when: request }),
    u32('uet.pds.cack_psn', 4, 'cumulative acknowledged packet sequence number', { when: acknowledge }),
    u16('uet.pds.spdcid', 8, 'source delivery context', { when: numbered }),
    u16('uet.pds.dpdcid', 10, 'destination delivery context', { when: numbered }),
    u8('uet.ses.opcode', 12, 'operation', { mask: 63, when: [type(2, 3), sesRequest], names: uetOperations }),
    u8('uet.ses.opcode', 16, 'operation', { mask: 63, when: [type(13, 14), sesRequest], names: uetOperations }),
  ],
  dissect(packet, at) {
    if (!packet.claim(LayerId.uet, at, 2)) return LayerId.none
    const first = packet.view.getUint16(at)
    const kind = first >>> 11
    const next = (first >>> 7) & 15
    const congestion = kind === 13 || kind === 14
    const isRequest = kind === 2 || kind === 3 || congestion
    if (!isRequest && !(kind >= 7 && kind <= 9)) return LayerId.none
    const operation = isRequest && next >= 1 && next <= 3 ? 1 : 0
    packet.extend(at + 12 + (congestion ? 4 : 0) + operation)
    return LayerId.none
  },
})
