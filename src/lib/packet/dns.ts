// Owns DNS: the header and the first question. Start at dns.

import { nameTable } from '../wire/name-table.ts'
import { type FieldSink, Key } from './field-sink.ts'
import { bool, layer, test, u8, u16 } from './layer.ts'
import { LayerId } from './layer-ids.ts'

const responseCodes = nameTable('DNS response code', 'IANA dns-parameters', {
  0: 'NoError',
  1: 'FormErr',
  2: 'ServFail',
  3: 'NXDomain',
  4: 'NotImp',
  5: 'Refused',
  6: 'YXDomain',
  7: 'YXRRSet',
  8: 'NXRRSet',
  9: 'NotAuth',
  10: 'NotZone',
  11: 'DSOTYPENI',
})

/** DNS resource record types, as a question has them. */
export const dnsTypes = nameTable('DNS type', 'IANA dns-parameters', {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  10: 'NULL',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  17: 'RP',
  18: 'AFSDB',
  24: 'SIG',
  25: 'KEY',
  28: 'AAAA',
  29: 'LOC',
  33: 'SRV',
  35: 'NAPTR',
  36: 'KX',
  37: 'CERT',
  39: 'DNAME',
  41: 'OPT',
  42: 'APL',
  43: 'DS',
  44: 'SSHFP',
  45: 'IPSECKEY',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  49: 'DHCID',
  50: 'NSEC3',
  51: 'NSEC3PARAM',
  52: 'TLSA',
  53: 'SMIMEA',
  55: 'HIP',
  59: 'CDS',
  60: 'CDNSKEY',
  61: 'OPENPGPKEY',
  62: 'CSYNC',
  63: 'ZONEMD',
  64: 'SVCB',
  65: 'HTTPS',
  99: 'SPF',
  108: 'EUI48',
  109: 'EUI64',
  249: 'TKEY',
  250: 'TSIG',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  256: 'URI',
  257: 'CAA',
  32769: 'DLV',
})

const name = new Key('dns.qry.name')
const type = new Key('dns.qry.type')
const typeName = new Key('dns.qry.type_name')
const queryClass = new Key('dns.qry.class')

/**
 * End of the name whose labels start at `at`: behind its zero byte or its pointer, or 0 where it isn't wholly before
 * `limit` (RFC 1035, 4.1.4).
 */
function nameEnd(view: DataView, at: number, limit: number): number {
  for (let i = at; i < limit; ) {
    const length = view.getUint8(i)
    if (length === 0) return i + 1
    if (length >= 0xc0) return i + 2 <= limit ? i + 2 : 0
    if (length >= 0x40) return 0
    i += 1 + length
  }
  return 0
}

/** Name, type and class of the first question. A pointer in the name ends it: nothing before it could be its target. */
function visitQuestion(view: DataView, at: number, limit: number, sink: FieldSink): void {
  if (limit < at + 13 || view.getUint16(at + 4) === 0) return
  const end = nameEnd(view, at + 12, limit)
  if (end === 0) return
  sink.labels(name, at + 12, limit)
  if (end + 4 > limit) return
  const number = view.getUint16(end)
  sink.number(type, number)
  const text = dnsTypes.get(number)
  if (text !== undefined) sink.name(typeName, text)
  sink.number(queryClass, view.getUint16(end + 2))
}

const response = test('u8', 2, { mask: 0x80, not: 0 })

export const dns = layer({
  id: LayerId.dns,
  name: 'dns',
  token: 'dns',
  title: 'DNS',
  source: 'RFC 1035, 4.1',
  fields: [
    u16('dns.id', 0, 'transaction'),
    bool('dns.flags.response', 2, 0x80, 'a response'),
    u8('dns.flags.opcode', 2, 'kind of query', { shift: 3, mask: 15 }),
    bool('dns.flags.authoritative', 2, 0x04, 'authoritative answer', { hidden: true }),
    bool('dns.flags.truncated', 2, 0x02, 'truncated'),
    bool('dns.flags.recdesired', 2, 0x01, 'recursion desired', { hidden: true }),
    bool('dns.flags.recavail', 3, 0x80, 'recursion available', { hidden: true }),
    u8('dns.flags.rcode', 3, 'response code', { mask: 15, when: response, names: responseCodes }),
    u16('dns.count.queries', 4, 'questions'),
    u16('dns.count.answers', 6, 'answer records'),
    u16('dns.count.auth_rr', 8, 'authority records'),
    u16('dns.count.add_rr', 10, 'additional records'),
  ],
  variable: [
    { name: 'dns.qry.name', type: 'text', doc: 'name of the first question; `.` for the root' },
    { name: 'dns.qry.type', type: 'number', doc: 'type of the first question, named in dns.qry.type_name' },
    { name: 'dns.qry.class', type: 'number', doc: 'class of the first question' },
  ],
  visit: visitQuestion,
  dissect(packet, at) {
    // The whole message is this layer's: what is behind the first question is not looked at.
    if (packet.claim(LayerId.dns, at, 12)) packet.extend(packet.payloadEnd)
    return LayerId.none
  },
})
