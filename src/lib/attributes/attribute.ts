// Owns what an attribute is: its names, its documentation, and the code that reads it. Knows no attribute.
// Value is the seam between the emitters (one an attribute) and what is made of them (cells, keys, filters).
// Start at Attribute.

import type { NameTable } from '../wire/name-table.ts'
import type { Scope } from './scope.ts'

/** One attribute of a sample: a field that can be printed, a flow key, a value, or the left side of a filter. */
export interface Attribute {
  /** sFlow-RT's name, or ours where sFlow-RT has none; lower case. */
  readonly name: string
  /** Other names for the same value in the same form: Wireshark's display filter names, older names. */
  readonly aliases: readonly string[]
  readonly area: Area
  readonly unit: string | undefined
  /** One clause: what it is, how it is written, when it is missing. */
  readonly doc: string
  /** Every sample has it, whatever its type: a row that has only such values says nothing. */
  readonly generic: boolean
  /** A suffix `.1`, `.2` asks for the second, third layer of its kind, from the outside in. */
  readonly layered: boolean
  /** Emits the code that reads it. `nth` counts layers from 0, the outermost; it is 0 unless `layered`. */
  readonly emit: (scope: Scope, nth: number) => Value
}

/** Headings of the documentation, in its order. */
export const areas = [
  'sample',
  'ethernet',
  'arp',
  'ipv4',
  'ipv6',
  'transport',
  'icmp',
  'dns',
  'tunnels',
  'infiniband',
  'routing',
  'transit',
  'drops',
  'application',
  'interface counters',
  'host counters',
] as const
export type Area = (typeof areas)[number]

/**
 * Where generated code finds a value. All strings are names of local variables or cheap expressions that may be
 * repeated; the value is missing where the marked one is negative (or, for `signed` and `float`, NaN). Positions are
 * in `bytes`/`view`, the datagram's unless said otherwise.
 */
export type Value =
  /** An unsigned number up to 2^32 - 1; -1 missing. */
  | { readonly form: 'number'; readonly value: string }
  /** Halves of an unsigned 64-bit number; hi -1 missing. */
  | { readonly form: 'u64'; readonly hi: string; readonly lo: string }
  | { readonly form: 'signed'; readonly value: string }
  | { readonly form: 'float'; readonly value: string; readonly bits: 32 | 64 }
  /** 6 bytes; written as `020000000102`, or `02:00:00:00:01:02` where `colons`. */
  | { readonly form: 'mac'; readonly at: string; readonly colons: boolean }
  | { readonly form: 'ipv4'; readonly at: string }
  | { readonly form: 'ipv6'; readonly at: string }
  /** kind: 4 IPv4, 6 IPv6, 1 MAC, 0 missing. Where it has `names`, it is written as its name if that is known. */
  | {
      readonly form: 'address'
      readonly kind: string
      readonly at: string
      readonly view: string
      readonly names?: AddressNames
    }
  /** 1, 0; -1 missing. */
  | { readonly form: 'bool'; readonly value: string }
  /** A number written as `width` binary digits; -1 missing. */
  | { readonly form: 'bits'; readonly value: string; readonly width: number }
  /** A number written as its name, or in decimal where it has none; -1 missing. */
  | { readonly form: 'name'; readonly value: string; readonly names: NameTable }
  /** Text from the network: any bytes; length -1 missing. */
  | { readonly form: 'text'; readonly bytes: string; readonly at: string; readonly length: string }
  /** Bytes, written as lower-case hex; at -1 missing. */
  | { readonly form: 'hex'; readonly at: string; readonly length: number }
  /** An interface as sFlow gives it: format and value; format -1 missing. */
  | { readonly form: 'interface'; readonly format: string; readonly value: string }
  /** A data source: type and index; type -1 missing. */
  | { readonly form: 'source'; readonly type: string; readonly index: string }
  /** A point of time; sec -1 missing. */
  | { readonly form: 'time'; readonly sec: string; readonly nsec: string }
  /** The number of a text in a table that grows while samples come (group names, ports): up to 2^32 - 1; -1 missing. */
  | { readonly form: 'label'; readonly value: string; readonly labels: Labels }
  /**
   * A port, or with index 0 the agent, written as its name (`label`, -1 where it is not known by now), else as `otherwise`,
   * which is there with it. A flow key keeps agent and index: who it is does not change when its name is learned. index -1 missing.
   */
  | {
      readonly form: 'port'
      readonly index: string
      readonly label: string
      readonly labels: Labels
      readonly names: PortNames
      readonly otherwise: Value
    }
  /** One of values of different forms: `which` is the index in `arms` of the one that is there; -1 missing. No arm is a choice. */
  | { readonly form: 'choice'; readonly which: string; readonly arms: readonly Value[] }

export type Form = Value['form']

/** Texts by number. A number keeps its text as long as the table lives. */
export interface Labels {
  text(label: number): string
  /** The number of a text, which may be made for it; undefined for a text that none of its numbers can have. */
  find(text: string): number | undefined
}

/** Names of addresses, asked for when a row is written, never once a sample. */
export interface AddressNames {
  /**
   * The name that is known by now; undefined sets off the search.
   * @param kind 4 (four bytes at `at`) or 6 (16 bytes)
   */
  name(kind: number, view: DataView, at: number): string | undefined
}

/** Names of ports or agents, asked for when a row is written. */
export interface PortNames {
  /** @param agent address in four words, IPv4 as ::ffff:a.b.c.d @returns what is known by now, else ifIndex or address */
  text(agent: Uint32Array, ifIndex: number): string
}

/** Expression that is true where the value is there. */
export function presence(value: Value): string {
  switch (value.form) {
    case 'number':
    case 'bool':
    case 'bits':
    case 'name':
    case 'label':
      return `${value.value}>=0`
    case 'port':
      return `${value.index}>=0`
    case 'choice':
      return `${value.which}>=0`
    case 'u64':
      return `${value.hi}>=0`
    case 'signed':
    case 'float':
      return `${value.value}===${value.value}`
    case 'mac':
    case 'ipv4':
    case 'ipv6':
    case 'hex':
      return `${value.at}>=0`
    case 'address':
      return `${value.kind}>0`
    case 'text':
      return `${value.length}>=0`
    case 'interface':
      return `${value.format}>=0`
    case 'source':
      return `${value.type}>=0`
    case 'time':
      return `${value.sec}>=0`
  }
}

/**
 * How a value is kept in a flow key: numbers of 4 or 8 bytes, addresses of 6 or 16, text as the number of its interned
 * string, a port as its agent's address and its index. A choice is a word with the index of its arm and then the arm, in the room of the longest arm, rest zero.
 */
export type Storage = 'u32' | 'u64' | 'bytes6' | 'bytes16' | 'port' | 'string' | 'choice'

/** Text in a flow key is cut to this many bytes, so that a table of strings stays bounded. */
export const KEY_TEXT_BYTES = 255

export function storageOf(value: Value): Storage {
  switch (value.form) {
    case 'number':
    case 'signed':
    case 'bool':
    case 'bits':
    case 'name':
    case 'ipv4':
    case 'label':
      return 'u32'
    case 'port':
      return 'port'
    case 'choice':
      return 'choice'
    case 'u64':
    case 'float':
    case 'interface':
    case 'source':
    case 'time':
      return 'u64'
    case 'mac':
      return 'bytes6'
    case 'ipv6':
    case 'address':
      return 'bytes16'
    case 'hex':
    case 'text':
      return 'string'
  }
}

/** What a person calls the type; JSON numbers are `number`, JSON booleans `true/false`, everything else is text. */
export function typeName(value: Value): string {
  switch (value.form) {
    case 'number':
    case 'u64':
    case 'signed':
    case 'float':
      return 'number'
    case 'bool':
      return 'true/false'
    case 'bits':
      return `${value.width} bits`
    case 'name':
      return 'name'
    case 'mac':
      return 'MAC'
    case 'ipv4':
      return 'IPv4'
    case 'ipv6':
      return 'IPv6'
    case 'source':
      return 'data source'
    case 'label':
    case 'port':
      return 'text'
    case 'choice':
      return [...new Set(value.arms.map(typeName))].join(' or ')
    case 'address':
    case 'text':
    case 'hex':
    case 'interface':
    case 'time':
      return value.form
  }
}
