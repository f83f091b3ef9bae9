// Owns the one screen that teaches the language, made of the declarations. Knows no terminal: at most 80 columns of plain
// text. Start at flowHelp.

import { keyFunctions } from './functions/table.ts'

const rules = String.raw`Keys, values and filters, the same in all commands, written as sFlow-RT does.

KEYS (--keys), with commas between them
  src,dst,proto                      attributes; IPv4 and IPv6 as one
  ipsource,ip6source,tcp.dstport     sFlow-RT's names, and Wireshark's
  vlan.1,ipsource.1                  .1 .2: the second, third layer of its kind
  or:ipsource:ip6source              a function and its arguments
  null:[or:ipsource:ip6source]:none  functions in it stand in square brackets
  concat:\::sport:'to':dport         \: is a colon, quotes make text

VALUES (--value)
  bytes,frames                       a second; any number will do
  avg:iptotallength,max:queuedepth   of the samples: avg, min, max
  count:ipsource                     how many distinct ones

FILTERS (--filter)
  ipprotocol=6,17                    one of a list; != none of it
  src=10.0.0.0/8,2001:db8::/32       networks
  tcpflags~....1..1.                 a pattern of the whole text; !~ the others
  ibbt_offset!=null                  is there; =null is not there
  proto=udp&(sport=53|dport=53)      & binds before |, brackets
  ibbtopname='RDMA WRITE First'      quotes, for text with = & | , ()
  What is missing is neither = nor != to a value: the comparison is false.
`

const EXAMPLE_WIDTH = 33

const line = (example: string, gives: string) => `  ${example.padEnd(EXAMPLE_WIDTH)}  ${gives}`

/** About 45 lines. */
export function flowHelp(): string {
  const lines = keyFunctions.filter(({ family }) => family !== 'ports')
  const ports = keyFunctions.filter(({ family }) => family === 'ports')
  const functions = [
    ...lines.map(({ example, gives }) => line(example, gives)),
    // They take the same, so the first one's example does for all.
    line(
      ports.map(({ name, example }, i) => (i === 0 ? example : `${name}:`)).join(' '),
      ports.map(({ gives }) => gives).join(', '),
    ),
  ]
  return [
    rules,
    'FUNCTIONS, and what they give',
    ...functions,
    '',
    'Attributes: sonde decode --list-fields. All of the language: docs/flows.md.',
    '',
  ].join('\n')
}
