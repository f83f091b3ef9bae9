// Owns the attributes of ICMP, ICMPv6 and DNS. Start at icmpAttributes.

import { dnsTypes } from '../packet/dns.ts'
import { LayerId } from '../packet/layer-ids.ts'
import type { Attribute, Value } from './attribute.ts'
import { asName } from './combine.ts'
import { quotedIp, quotedPort } from './compose-packet.ts'
import { attribute, fromLayer } from './define.ts'
import type { Scope } from './scope.ts'

/** Codes of ICMP type 3 (RFC 792). */
const Unreachable = { net: 0, host: 1, protocol: 2, port: 3 } as const

/** An expression, where the packet is an ICMP "destination unreachable" of that code; else -1. */
function ifUnreachable(scope: Scope, code: number, read: string): string {
  const { at, limit } = scope.layer([LayerId.icmp], 0)
  const test = `${at}>=0&&${at}+2<=${limit}&&d.getUint16(${at})===${3 * 256 + code}`
  return scope.local(`${test}?${read}:-1`)
}

/** Position of the quoted IPv4 header, or -1. */
function quoted(scope: Scope, code: number): string {
  return ifUnreachable(scope, code, `${scope.code.constant('C', quotedIp)}(${scope.packet()})`)
}

function unreachableAddress(scope: Scope, code: number): Value {
  const at = quoted(scope, code)
  return { form: 'ipv4', at: scope.local(`${at}>=0?${at}+16:-1`) }
}

export const icmpAttributes: readonly Attribute[] = [
  fromLayer('icmp', 'icmptype', 'icmp.type'),
  fromLayer('icmp', 'icmpcode', 'icmp.code'),
  fromLayer('icmp', 'icmpseqno', 'icmp.seq', { doc: 'sequence number of an echo and the like' }),
  attribute(
    'icmp',
    'icmpunreachableport',
    'destination port that was unreachable, from the quoted packet',
    (scope) => ({
      form: 'number',
      value: ifUnreachable(scope, Unreachable.port, `${scope.code.constant('C', quotedPort)}(${scope.packet()})`),
    }),
  ),
  attribute('icmp', 'icmpunreachableprotocol', 'IP protocol that was unreachable, from the quoted packet', (scope) => {
    const at = quoted(scope, Unreachable.protocol)
    return { form: 'number', value: scope.local(`${at}>=0?d.getUint8(${at}+9):-1`) }
  }),
  attribute('icmp', 'icmpunreachablehost', 'host that was unreachable, from the quoted packet', (scope) =>
    unreachableAddress(scope, Unreachable.host),
  ),
  attribute('icmp', 'icmpunreachablenet', 'address whose network was unreachable, from the quoted packet', (scope) =>
    unreachableAddress(scope, Unreachable.net),
  ),
  fromLayer('icmp', 'icmp6type', 'icmpv6.type'),
  fromLayer('icmp', 'icmp6code', 'icmpv6.code'),
]

export const dnsAttributes: readonly Attribute[] = [
  fromLayer('dns', 'dnsqname', 'dns.qry.name'),
  fromLayer('dns', 'dnsqtypename', 'dns.qry.type', {
    doc: 'type of the first question: A, AAAA; a number where it has no name',
    change: (_, value) => asName(value, dnsTypes),
  }),
  fromLayer('dns', 'dnsqr', 'dns.flags.response', { doc: 'true for a response, false for a query' }),
]
