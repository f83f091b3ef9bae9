// Owns seeds for random tests: one whole header of every kind, as hex, and a small generator of random numbers.

/** A header and its header_protocol. */
export interface Seed {
  readonly name: string
  readonly protocol: number
  readonly hex: string
}

const eth = '020000000002020000000001'
const ip4 = (protocol: string) => `4500000012344000 40${protocol}0000c0000201c6336402`.replaceAll(' ', '')
const ip6 = (next: string) => `600000000000${next}4020010db800000000000000000000000120010db8000000000000000000000002`
const udp = (port: string) => `c000${port}00000000`
const tcp = '040001bb00000001000000028018100000000000 0101080a0000000100000002'.replaceAll(' ', '')
const inner = `${eth}0800${ip4('06')}${tcp}`

/** Length fields are 0 where the protocol allows it, so that mutated bytes behind them are still looked at. */
export const seeds: readonly Seed[] = [
  { name: 'tcp', protocol: 1, hex: inner },
  {
    name: 'vlan',
    protocol: 1,
    hex: `${eth}8100006488a800c89100012c0800${ip4('11')}${udp('0035')}000101000001000000000000037777770765786d6d6d6d6d000001000100`,
  },
  { name: 'llc', protocol: 1, hex: `${eth}0060aaaa030000000800${ip4('01')}0303000000000000${ip4('11')}` },
  {
    name: 'arp',
    protocol: 1,
    hex: `${eth}0806000108000604 0001020000000001c0000201000000000000c0000202`.replaceAll(' ', ''),
  },
  { name: 'pppoe', protocol: 1, hex: `${eth}886411000001004000 57${ip6('3a')}8000000000010002`.replaceAll(' ', '') },
  { name: 'vxlan', protocol: 1, hex: `${eth}0800${ip4('11')}${udp('12b5')}0800000000002a00${inner}` },
  {
    name: 'vxlan-gpe',
    protocol: 1,
    hex: `${eth}0800${ip4('11')}${udp('12b6')}0c00000500002a00000641400000000 5${inner}`.replaceAll(' ', ''),
  },
  {
    name: 'geneve',
    protocol: 1,
    hex: `${eth}86dd${ip6('11')}${udp('17c1')}0440655800002a0001028001deadbeef01038101cafebabe${inner}`,
  },
  {
    name: 'gtp',
    protocol: 11,
    hex: `${ip4('11')}${udp('0868')}37ff004000000007000100850100098501000900${ip4('06')}${tcp}`,
  },
  {
    name: 'teredo',
    protocol: 11,
    hex: `${ip4('11')}${udp('0dd8')}000100000000000000000000000000fffe3ffffdfe${ip6('3b')}`,
  },
  { name: 'gre', protocol: 11, hex: `${ip4('2f')}b0006558000000000000002a00000001${inner}` },
  {
    name: 'gre source route',
    protocol: 11,
    hex: `${ip4('2f')}f000080000000000000000070000000808000004c0000201000000004500`,
  },
  { name: 'pptp', protocol: 11, hex: `${ip4('2f')}3081880b004000050000000100000002ff030021${ip4('06')}${tcp}` },
  {
    name: 'erspan',
    protocol: 11,
    hex: `${ip4('2f')}1000 22eb00000001 2064000500000003 00000009 0000000000000000${inner}`.replaceAll(' ', ''),
  },
  {
    name: 'extensions',
    protocol: 12,
    hex: `${ip6('00')}2b000502000001003c0402020000000020010db800000000000000000000000320010db80000000000000000000000042c000104000000003300000100000007060400000000000100000002000000000000000000000000${tcp}`,
  },
  {
    name: 'srh',
    protocol: 12,
    hex: `${ip6('2b')}8704040101000000 20010db800000000000000000000000320010db800000000000000000000000 43b00010000000000`.replaceAll(
      ' ',
      '',
    ),
  },
  {
    name: 'options',
    protocol: 11,
    hex: `4c00000012344000400600 00c0000201c633640294040000070b04000000000000000083070400000000 010101010101${tcp}`.replaceAll(
      ' ',
      '',
    ),
  },
  { name: 'mpls', protocol: 13, hex: `0006404000064140${inner}` },
  {
    name: 'ppp',
    protocol: 7,
    hex: `ff030281 00064140${ip4('84')}0b590b5a000000010000000201000014`.replaceAll(' ', ''),
  },
  {
    name: 'rocev2',
    protocol: 1,
    hex: `${eth}0800${ip4('11')}${udp('12b7')}4b40ffff0000001180000007000000010000000900000003000000000000100000000009000080000000002a`,
  },
  {
    name: 'rocev1',
    protocol: 1,
    hex: `${eth}891560000000000 01b4000000000000000000000ffff0a00000100000000000000000000ffff0a0000021240ffff000000110000000707000003 0000000000000001`.replaceAll(
      ' ',
      '',
    ),
  },
  {
    name: 'infiniband',
    protocol: 18,
    hex: '000200010000000264 40ffff0000001100000007800100000000000100000000'.replaceAll(' ', ''),
  },
  { name: 'uet', protocol: 11, hex: `${ip4('11')}${udp('12b9')}69840000000000050001000200000000010000000000` },
  { name: 'igmp', protocol: 11, hex: `${ip4('02')}16000000e0000001` },
  { name: 'esp', protocol: 12, hex: `${ip6('11')}${udp('1194')}0000000900000002` },
]

/** Numbers below `n`, the same for the same seed (xorshift, Marsaglia 2003). */
export function randomNumbers(seed: number): (n: number) => number {
  let x = seed | 0 || 1
  return (n) => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % n
  }
}
