// Owns the names of IP options. Knows no header. Start at ipv4Options.

import { nameTable } from '../wire/name-table.ts'

/** By the whole type byte, copy and class bits included. */
export const ipv4Options = nameTable('IPv4 option', 'IANA ip-parameters', {
  0: 'End of Options',
  1: 'No Operation',
  7: 'Record Route',
  68: 'Time Stamp',
  82: 'Traceroute',
  130: 'Security',
  131: 'Loose Source Route',
  133: 'Extended Security',
  134: 'Commercial Security',
  136: 'Stream ID',
  137: 'Strict Source Route',
  148: 'Router Alert',
})

/** Of hop-by-hop and destination headers, by the whole type byte. */
export const ipv6Options = nameTable('IPv6 option', 'IANA ipv6-parameters', {
  0: 'Pad1',
  1: 'PadN',
  4: 'Tunnel Encapsulation Limit',
  5: 'Router Alert',
  7: 'CALIPSO',
  17: 'IOAM',
  30: 'RFC3692-style Experiment',
  48: 'Path MTU',
  49: 'IOAM',
  99: 'RPL',
  194: 'Jumbo Payload',
  201: 'Home Address',
})
