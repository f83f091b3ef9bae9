// Owns the language's words: keywords, and constants that have names. Tables only. Start at keywords.

import type { Direction, Protocol, Type, Word } from './syntax.ts'

export const protocols: Readonly<Record<string, Protocol>> = {
  link: 'link',
  ether: 'link',
  ppp: 'link',
  slip: 'link',
  fddi: 'link',
  tr: 'link',
  wlan: 'link',
  arp: 'arp',
  rarp: 'rarp',
  ip: 'ip',
  sctp: 'sctp',
  tcp: 'tcp',
  udp: 'udp',
  icmp: 'icmp',
  igmp: 'igmp',
  igrp: 'igrp',
  pim: 'pim',
  vrrp: 'vrrp',
  carp: 'carp',
  radio: 'radio',
  ip6: 'ip6',
  icmp6: 'icmp6',
  ah: 'ah',
  esp: 'esp',
  atalk: 'atalk',
  aarp: 'aarp',
  decnet: 'decnet',
  lat: 'lat',
  sca: 'sca',
  moprc: 'moprc',
  mopdl: 'mopdl',
  iso: 'iso',
  esis: 'esis',
  'es-is': 'esis',
  isis: 'isis',
  'is-is': 'isis',
  l1: 'l1',
  l2: 'l2',
  iih: 'iih',
  lsp: 'lsp',
  snp: 'snp',
  csnp: 'csnp',
  psnp: 'psnp',
  clnp: 'clnp',
  stp: 'stp',
  ipx: 'ipx',
  netbeui: 'netbeui',
}

export const directions: Readonly<Record<string, Direction>> = {
  src: 'src',
  dst: 'dst',
  address1: 'addr1',
  addr1: 'addr1',
  address2: 'addr2',
  addr2: 'addr2',
  address3: 'addr3',
  addr3: 'addr3',
  address4: 'addr4',
  addr4: 'addr4',
  ra: 'ra',
  ta: 'ta',
}

export const types: Readonly<Record<string, Type>> = {
  host: 'host',
  net: 'net',
  port: 'port',
  portrange: 'portrange',
  proto: 'proto',
  protochain: 'protochain',
  gateway: 'gateway',
}

/** Words that stand alone, and whether a number may or must follow. */
export const words: Readonly<Record<Word, 'must' | 'may' | 'never'>> = {
  less: 'must',
  greater: 'must',
  inbound: 'never',
  outbound: 'never',
  ifindex: 'must',
  vlan: 'may',
  mpls: 'may',
  pppoed: 'never',
  pppoes: 'may',
  geneve: 'may',
}

/** Words that only mean something on links that are not read here, and what those are. */
export const foreignWords: Readonly<Record<string, string>> = {
  ...forLink('ATM', 'lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect'),
  ...forLink('the log of pf', 'on ifname rset ruleset rnr rulenum srnr subrulenum reason action'),
  ...forLink('SS7', 'fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls'),
}

function forLink(link: string, all: string): Record<string, string> {
  return Object.fromEntries(all.split(' ').map((word) => [word, link]))
}

/** All words that are no names, unless a backslash stands before them. */
export const keywords: ReadonlySet<string> = new Set([
  ...[protocols, directions, types, words, foreignWords].flatMap((table) => Object.keys(table)),
  ...['mask', 'type', 'subtype', 'direction', 'dir', 'byte', 'broadcast', 'multicast', 'llc'],
  ...['and', 'or', 'not', 'len', 'length'],
])

/** Offsets and values of fields. @see pcap-filter(7); IANA icmp-parameters, icmpv6-parameters, tcp-header-flags */
export const constants: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  'icmp-ireq': 15,
  'icmp-ireqreply': 16,
  'icmp-maskreq': 17,
  'icmp-maskreply': 18,
  icmp6type: 0,
  icmp6code: 1,
  'icmp6-destinationunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-multicastlistenerquery': 130,
  'icmp6-multicastlistenerreportv1': 131,
  'icmp6-multicastlistenerdone': 132,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
  'icmp6-redirect': 137,
  'icmp6-routerrenum': 138,
  'icmp6-nodeinformationquery': 139,
  'icmp6-nodeinformationresponse': 140,
  'icmp6-ineighbordiscoverysolicit': 141,
  'icmp6-ineighbordiscoveryadvert': 142,
  'icmp6-multicastlistenerreportv2': 143,
  'icmp6-homeagentdiscoveryrequest': 144,
  'icmp6-homeagentdiscoveryreply': 145,
  'icmp6-mobileprefixsolicit': 146,
  'icmp6-mobileprefixadvert': 147,
  'icmp6-certpathsolicit': 148,
  'icmp6-certpathadvert': 149,
  'icmp6-multicastrouteradvert': 151,
  'icmp6-multicastroutersolicit': 152,
  'icmp6-multicastrouterterm': 153,
  tcpflags: 13,
  'tcp-fin': 0x01,
  'tcp-syn': 0x02,
  'tcp-rst': 0x04,
  'tcp-push': 0x08,
  'tcp-ack': 0x10,
  'tcp-urg': 0x20,
  'tcp-ece': 0x40,
  'tcp-cwr': 0x80,
}

/** IEEE 802.11 frame types and subtypes in the bits of the first byte of frame control. @see IEEE 802.11-2020 table 9-1 */
export const wlanTypes: Readonly<Record<string, number>> = {
  mgt: 0x00,
  management: 0x00,
  ctl: 0x04,
  control: 0x04,
  data: 0x08,
}

export const wlanSubtypes: ReadonlyArray<{ readonly type: number; readonly names: Readonly<Record<string, number>> }> =
  [
    {
      type: 0x00,
      names: {
        'assoc-req': 0x00,
        assocreq: 0x00,
        'assoc-resp': 0x10,
        assocresp: 0x10,
        'reassoc-req': 0x20,
        reassocreq: 0x20,
        'reassoc-resp': 0x30,
        reassocresp: 0x30,
        'probe-req': 0x40,
        probereq: 0x40,
        'probe-resp': 0x50,
        proberesp: 0x50,
        beacon: 0x80,
        atim: 0x90,
        disassoc: 0xa0,
        disassociation: 0xa0,
        auth: 0xb0,
        authentication: 0xb0,
        deauth: 0xc0,
        deauthentication: 0xc0,
      },
    },
    {
      type: 0x04,
      names: {
        'ps-poll': 0xa0,
        rts: 0xb0,
        cts: 0xc0,
        ack: 0xd0,
        'cf-end': 0xe0,
        'cf-end-ack': 0xf0,
      },
    },
    {
      type: 0x08,
      names: {
        data: 0x00,
        'data-cf-ack': 0x10,
        'data-cf-poll': 0x20,
        'data-cf-ack-poll': 0x30,
        null: 0x40,
        'cf-ack': 0x50,
        'cf-poll': 0x60,
        'cf-ack-poll': 0x70,
        'qos-data': 0x80,
        'qos-data-cf-ack': 0x90,
        'qos-data-cf-poll': 0xa0,
        'qos-data-cf-ack-poll': 0xb0,
        qos: 0xc0,
        'qos-cf-poll': 0xe0,
        'qos-cf-ack-poll': 0xf0,
      },
    },
  ]

/** To DS and From DS, the low bits of the second byte of frame control. */
export const wlanDirections: Readonly<Record<string, number>> = { nods: 0, tods: 1, fromds: 2, dstods: 3 }

/** Control field of LLC: s and u subtypes. @see IEEE 802.2 section 5.4 */
export const llcTypes: Readonly<Record<string, { readonly value: number; readonly mask: number }>> = {
  s: { value: 0x01, mask: 0x03 },
  u: { value: 0x03, mask: 0x03 },
  rr: { value: 0x01, mask: 0x0f },
  rnr: { value: 0x05, mask: 0x0f },
  rej: { value: 0x09, mask: 0x0f },
  ui: { value: 0x03, mask: 0xef },
  ua: { value: 0x63, mask: 0xef },
  disc: { value: 0x43, mask: 0xef },
  dm: { value: 0x0f, mask: 0xef },
  sabme: { value: 0x6f, mask: 0xef },
  test: { value: 0xe3, mask: 0xef },
  xid: { value: 0xaf, mask: 0xef },
  frmr: { value: 0x87, mask: 0xef },
}
