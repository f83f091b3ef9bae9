// Owns GTP-U (GPRS tunnelling, user plane, version 1) and Teredo. Knows no inner layer's content. Start at gtp.

import { nameTable } from '../wire/name-table.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { layer, test, u8, u16, u32 } from './layer.ts'
import { LayerId } from './layer-ids.ts'
import { malformed } from './malformed.ts'
import type { Packet } from './packet.ts'

const messages = nameTable('GTP-U message', '3GPP TS 29.281, 6.1', {
  1: 'Echo Request',
  2: 'Echo Response',
  26: 'Error Indication',
  31: 'Supported Extension Headers Notification',
  253: 'Tunnel Status',
  254: 'End Marker',
  255: 'G-PDU',
})

const extensionType = new Key('gtp.ext_hdr.next')
const flowId = new Key('gtp.ext_hdr.pdu_ses_con.qos_flow_id')

/** E, S or PN: the four optional bytes are there, all of them. */
const OPTIONAL = 0x07
const EXTENSION = 0x04

/** Types of the extension headers, as far as they are here, and the QoS flow of a PDU session container (TS 38.415). */
function visitExtensions(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (limit < at + 12 || (view.getUint8(at) & EXTENSION) === 0 || view.getUint8(at + 11) === 0) return
  sink.list(extensionType)
  let type = view.getUint8(at + 11)
  sink.itemNumber(type)
  for (let i = at + 12; type !== 0 && i < limit; ) {
    const length = view.getUint8(i) * 4
    if (length === 0 || i + length > limit) break
    type = view.getUint8(i + length - 1)
    sink.itemNumber(type)
    i += length
  }
  sink.endList()
  const first = view.getUint8(at + 11)
  if (first === 0x85 && at + 16 <= limit && view.getUint8(at + 12) > 0) sink.number(flowId, view.getUint8(at + 14) & 63)
}

const flags = (mask: number) => test('u8', 0, { mask, not: 0 })

/** End of the extension headers that start at `at`; beyond what is here where they are cut. */
function extensionsEnd(packet: Packet, at: number, firstType: number): number {
  const { view, payloadEnd } = packet
  let i = at
  for (let type = firstType; type !== 0; ) {
    if (i >= payloadEnd) return i + 4
    const length = view.getUint8(i) * 4
    if (length === 0) {
      packet.fail(malformed.gtpExtension)
      return i
    }
    i += length
    if (i > payloadEnd) return i
    type = view.getUint8(i - 1)
  }
  return i
}

/** IPv4 or IPv6 by the version nibble of what follows, else nothing. */
function versionLayer(packet: Packet): number {
  const { payload, payloadEnd, view } = packet
  if (payload >= payloadEnd) return LayerId.none
  const nibble = view.getUint8(payload) >>> 4
  return nibble === 4 ? LayerId.ip : nibble === 6 ? LayerId.ipv6 : LayerId.none
}

export const gtp = layer({
  id: LayerId.gtp,
  name: 'gtp',
  token: 'gtp',
  title: 'GTP-U',
  source: '3GPP TS 29.281, 5',
  fields: [
    u8('gtp.flags', 0, 'version, protocol type, E, S, PN'),
    u8('gtp.message', 1, 'message type', { names: messages }),
    u16('gtp.length', 2, 'length behind the first 8 bytes', { unit: 'bytes' }),
    u32('gtp.teid', 4, 'tunnel endpoint'),
    u16('gtp.seq_number', 8, 'sequence number', { when: flags(0x02) }),
    u8('gtp.npdu_number', 10, 'N-PDU number', { when: flags(0x01) }),
  ],
  variable: [
    { name: 'gtp.ext_hdr.next', type: 'numbers', doc: 'types of the extension headers in order, 0 behind the last' },
    { name: 'gtp.ext_hdr.pdu_ses_con.qos_flow_id', type: 'number', doc: 'QoS flow of a PDU session container' },
  ],
  visit: visitExtensions,
  dissect(packet, at) {
    const { view } = packet
    const first = view.getUint8(at)
    // Version 1, protocol type GTP: anything else on this port is not GTP-U and stays payload.
    if ((first & 0xf0) !== 0x30) return LayerId.none
    if (!packet.claim(LayerId.gtp, at, 8)) return LayerId.none
    packet.bound(at + 8 + view.getUint16(at + 2))
    if ((first & OPTIONAL) !== 0) {
      if (!packet.extend(at + 12)) return LayerId.none
      if ((first & EXTENSION) !== 0) {
        const end = extensionsEnd(packet, at + 12, view.getUint8(at + 11))
        if (!packet.extend(end) || packet.malformed !== 0) return LayerId.none
      }
    }
    return view.getUint8(at + 1) === 255 ? versionLayer(packet) : LayerId.none
  },
})

const originPort = new Key('teredo.orig.port')

/** Bytes of the authentication header at `at`, 0 where there is none (RFC 4380, 5.1.1). */
function authenticationBytes(view: DataView, at: number, end: number): number {
  if (at + 4 > end || view.getUint16(at) !== 1) return 0
  return 13 + view.getUint8(at + 2) + view.getUint8(at + 3)
}

/** The mapped port; it is sent with every bit inverted, so that NATs leave it alone. */
function visitOrigin(view: DataView, at: number, limit: number, sink: FieldSink): void {
  const i = at + authenticationBytes(view, at, limit)
  if (i + 8 <= limit) sink.number(originPort, view.getUint16(i + 2) ^ 0xffff)
}

export const teredo = layer({
  id: LayerId.teredo,
  name: 'teredo',
  token: 'teredo',
  title: 'Teredo',
  source: 'RFC 4380, 5.1.1',
  fields: [],
  variable: [{ name: 'teredo.orig.port', type: 'number', doc: 'mapped port of an origin indication' }],
  visit: visitOrigin,
  dissect(packet, at) {
    const { view, payloadEnd } = packet
    let i = at + authenticationBytes(view, at, payloadEnd)
    if (i + 8 <= payloadEnd && view.getUint16(i) === 0) i += 8
    // Only with an IPv6 packet behind its headers is it Teredo beyond doubt.
    if (i >= payloadEnd || view.getUint8(i) >>> 4 !== 6) return LayerId.none
    packet.claim(LayerId.teredo, at, i - at)
    return LayerId.ipv6
  },
})
