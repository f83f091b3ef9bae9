// Packets for filters to run on: headers of each kind in a few words of hex, and noise from a seed.

import type { ClassicProgram } from '../../src/lib/pcap-filter/classic.ts'

const ethernet = '020000000001020000000002'
const ipv4 = (protocol: string, rest: string, source = '0a000001', destination = '0a090202'): string =>
  `45000054000140004${protocol}0000${source}${destination}${rest}`

/** Frames; short ones are as they would be captured. */
export const framesHex: Readonly<Record<string, string>> = {
  https: `${ethernet}0800${ipv4('006', 'c00001bb000000010000000050020000000000000102030405')}`,
  'https to 10.0.0.1': `${ethernet}0800${ipv4('006', '01bbc0000000000100000000a0120000000000000102030405', '0a090202', '0a000001')}`,
  dns: `${ethernet}0800${ipv4('011', 'd43100350020000001020304deadbeef')}`,
  'deadbeef in UDP': `${ethernet}0800${ipv4('011', '04d207d000200000deadbeef00000000')}`,
  'ICMP echo': `${ethernet}0800${ipv4('001', '0800000000010001')}`,
  fragment: `${ethernet}0800450000540001200f400600000a0000010a090202c00001bb`,
  'IPv4 with options': `${ethernet}08004600005400014000400600000a0000010a09020201010100c000005000000001`,
  'GET request': `${ethernet}0800${ipv4('006', 'c000005000000001000000005018000000000000474554202f')}`,
  GRE: `${ethernet}0800${ipv4('02f', '00000800')}`,
  multicast: `01005e0000fb0200000000020800${ipv4('011', '14e914e900200000', '0a000001', 'e00000fb')}`,
  ARP: `ffffffffffff02000000000208060001080006040001020000000002c0a800010000000000000a000001`,
  'IPv6 TCP': `${ethernet}86dd60000000002006400000000000000000000000000000000120010db8000000000000000000000001c00001bb0000000100000000`,
  'IPv6 UDP': `${ethernet}86dd600000000020114020010db800000000000000000000000120010db8000000000000000000000002d431003500200000`,
  'VLAN 7': `${ethernet}810000070800${ipv4('006', 'c00001bb0000000100000000')}`,
  QinQ: `${ethernet}88a80064810000070800${ipv4('006', 'c00001bb0000000100000000')}`,
  MPLS: `${ethernet}884700010140${ipv4('006', 'c00001bb0000000100000000')}`,
  PPPoE: `${ethernet}886411000001005600214500005400014000400600000a0000010a090202c00001bb`,
  '192.168': `${ethernet}0800${ipv4('006', '005001bb', 'c0a80001', 'c0a80102')}`,
  'half an Ethernet header': '020000000001',
  'Ethernet alone': `${ethernet}0800`,
  'IPv4 cut in its addresses': `${ethernet}08004500005400014000400600000a00`,
}

export const frames: readonly { readonly name: string; readonly bytes: Uint8Array }[] = Object.entries(framesHex).map(
  ([name, hex]) => ({ name, bytes: Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16)) }),
)

/** Numbers below `most` from a seed: a linear congruential generator, enough for tests. */
export function dice(seed: number): (most: number) => number {
  let state = seed >>> 0
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

const codes = [
  [0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x80, 0x00, 0x01, 0x61, 0x81, 0xb1, 0x02, 0x03],
  [
    0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0x94, 0xa4, 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c,
    0x9c, 0xac,
  ],
  [0x05, 0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d],
  [0x07, 0x87],
  [0x06, 0x16],
  // None of classic BPF's.
  [0x18, 0xb4, 0x8c, 0x55, 0x0e, 0x17, 0x100 | 0x20],
] as const

/** A program of any instructions; some end early, some run off their end, some jump behind it. */
export function randomProgram(roll: (most: number) => number): ClassicProgram {
  const count = 1 + roll(30)
  const program = {
    code: new Uint16Array(count),
    ifTrue: new Uint8Array(count),
    ifFalse: new Uint8Array(count),
    k: new Uint32Array(count),
  }
  for (let i = 0; i < count; i++) {
    const d = roll(100)
    const kind = codes[d < 45 ? 0 : d < 70 ? 1 : d < 88 ? 2 : d < 95 ? 3 : d < 99 ? 4 : 5]!
    const code = i === count - 1 && roll(10) > 0 ? 0x16 : kind[roll(kind.length)]!
    const left = count - i
    program.code[i] = code
    program.ifTrue[i] = roll(12) === 0 ? 0 : roll(left)
    program.ifFalse[i] = roll(3) === 0 ? 0 : roll(left)
    program.k[i] = constant(code, left, roll)
  }
  return program
}

function constant(code: number, left: number, roll: (most: number) => number): number {
  if (code === 0x05) return roll(left)
  if (code === 0x02 || code === 0x03 || code === 0x60 || code === 0x61) return roll(40) === 0 ? 16 : roll(16)
  if ((code & 0x07) <= 1) return roll(30) === 0 ? 2 ** 32 - 1 - roll(8) : roll(roll(4) === 0 ? 140 : 40)
  const d = roll(10)
  return d < 6 ? roll(40) : d < 8 ? roll(65536) : d < 9 ? 2 ** 32 - 1 - roll(3) : roll(2 ** 32)
}
