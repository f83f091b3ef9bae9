// Owns the shape of a parsed filter: conditions, names with their qualifiers, arithmetic. Start at Expression.

import type { AluName } from './opcodes.ts'
import type { Place } from './problem.ts'

/** What a qualifier or an abbreviation calls a protocol. */
export type Protocol =
  | 'link'
  | 'ip'
  | 'arp'
  | 'rarp'
  | 'sctp'
  | 'tcp'
  | 'udp'
  | 'icmp'
  | 'igmp'
  | 'igrp'
  | 'pim'
  | 'vrrp'
  | 'carp'
  | 'atalk'
  | 'aarp'
  | 'decnet'
  | 'lat'
  | 'sca'
  | 'mopdl'
  | 'moprc'
  | 'ip6'
  | 'icmp6'
  | 'ah'
  | 'esp'
  | 'iso'
  | 'esis'
  | 'isis'
  | 'l1'
  | 'l2'
  | 'iih'
  | 'lsp'
  | 'snp'
  | 'psnp'
  | 'csnp'
  | 'clnp'
  | 'stp'
  | 'ipx'
  | 'netbeui'
  | 'radio'

export type Direction = 'src' | 'dst' | 'either' | 'both' | 'addr1' | 'addr2' | 'addr3' | 'addr4' | 'ra' | 'ta'

export type Type = 'host' | 'net' | 'port' | 'portrange' | 'proto' | 'protochain' | 'gateway'

/** What stands before a name or number; what is left out is undefined. */
export interface Qualifiers {
  readonly protocol: Protocol | undefined
  readonly direction: Direction | undefined
  readonly type: Type | undefined
}

/** A name or number as it is written. */
export type Id =
  | { readonly kind: 'name' | 'ipv6' | 'ether' | 'arcnet' | 'ipv4'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'prefix4' | 'prefix6'; readonly text: string; readonly bits: number }
  | { readonly kind: 'masked'; readonly text: string; readonly mask: string }

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

/** Keywords that stand alone, with the number that may or must follow. */
export type Word =
  | 'less'
  | 'greater'
  | 'inbound'
  | 'outbound'
  | 'ifindex'
  | 'vlan'
  | 'mpls'
  | 'pppoed'
  | 'pppoes'
  | 'geneve'

export type Expression = Place &
  (
    | { readonly kind: 'chain'; readonly first: Expression; readonly rest: readonly Link[] }
    | { readonly kind: 'not'; readonly of: Expression }
    | { readonly kind: 'id'; readonly id: Id; readonly qualifiers: Qualifiers | undefined }
    | { readonly kind: 'protocol'; readonly protocol: Protocol }
    | {
        readonly kind: 'comparison'
        readonly operator: Comparison
        readonly left: Arithmetic
        readonly right: Arithmetic
      }
    | { readonly kind: 'word'; readonly word: Word; readonly number: number | undefined }
    | { readonly kind: 'cast'; readonly to: 'broadcast' | 'multicast'; readonly protocol: Protocol | undefined }
    | { readonly kind: 'byte'; readonly index: number; readonly operator: string; readonly value: number }
    | { readonly kind: 'llc'; readonly type: string | undefined }
    | { readonly kind: 'wlan'; readonly value: number; readonly mask: number }
    | { readonly kind: 'wlan direction'; readonly value: number }
  )

/** One more condition of a chain; `and` and `or` bind alike, from left to right. */
export interface Link {
  readonly operator: 'and' | 'or'
  readonly of: Expression
}

export type Arithmetic = Place &
  (
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'length' }
    | { readonly kind: 'negative'; readonly of: Arithmetic }
    | { readonly kind: 'binary'; readonly operator: AluName; readonly left: Arithmetic; readonly right: Arithmetic }
    | { readonly kind: 'load'; readonly protocol: Protocol; readonly index: Arithmetic; readonly size: number }
  )
