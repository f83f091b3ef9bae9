// Owns the packets that the generators sample: one header a flow, made once. Shares nothing with src, so that what the
// decoder finds in them has not passed through the decoder's own tables.

import { Random } from './random.ts'

/** Bytes of each sampled header; the rest of a short frame is not padded, see `headerLength`. */
export const HEADER_BYTES = 128

/** What a flow's samples have in common. */
export interface Flows {
  readonly count: number
  /** `count` headers of HEADER_BYTES. */
  readonly headers: Uint8Array
  /** Length of the frame on the wire without its FCS, 64 .. 1514. */
  readonly frameLength: Uint16Array
  /** Bytes of the header that are there: HEADER_BYTES or the whole of a shorter frame. */
  readonly headerLength: Uint8Array
  /** 0 for untagged. */
  readonly vlan: Uint16Array
  /** Port through which the flow enters and leaves its switch. */
  readonly input: Uint16Array
  readonly output: Uint16Array
  /** Index of the agent that samples it. */
  readonly agent: Uint16Array
  readonly isIpv6: Uint8Array
}

/** Makes `count` flows over `agents` switches of 48 ports: 15 % IPv6, 10 % with a VLAN tag, 70 % TCP. */
export function makeFlows(count: number, agents: number, seed: number): Flows {
  const random = new Random(seed)
  const flows: Flows = {
    count,
    headers: new Uint8Array(count * HEADER_BYTES),
    frameLength: new Uint16Array(count),
    headerLength: new Uint8Array(count),
    vlan: new Uint16Array(count),
    input: new Uint16Array(count),
    output: new Uint16Array(count),
    agent: new Uint16Array(count),
    isIpv6: new Uint8Array(count),
  }
  const view = new DataView(flows.headers.buffer)
  for (let i = 0; i < count; i++) {
    flows.isIpv6[i] = random.unit() < 0.15 ? 1 : 0
    flows.vlan[i] = random.unit() < 0.1 ? 1 + random.below(4000) : 0
    flows.input[i] = 1 + random.below(48)
    flows.output[i] = 1 + random.below(48)
    flows.agent[i] = random.below(agents)
    const smallest = flows.isIpv6[i] === 1 ? 82 : 64
    const length = random.unit() < 0.4 ? smallest + random.below(128) : 1000 + random.below(515)
    flows.frameLength[i] = length
    flows.headerLength[i] = Math.min(length, HEADER_BYTES)
    writeHeader(view, i * HEADER_BYTES, i, flows, random)
  }
  return flows
}

function writeHeader(v: DataView, at: number, flow: number, flows: Flows, random: Random): void {
  const length = flows.frameLength[flow]!
  const vlan = flows.vlan[flow]!
  // Locally administered addresses (RFC 7042 section 2.1).
  v.setUint16(at, 0x0200)
  v.setUint32(at + 2, random.u32())
  v.setUint16(at + 6, 0x0200)
  v.setUint32(at + 8, random.u32())
  let p = at + 12
  if (vlan !== 0) {
    v.setUint16(p, 0x8100)
    v.setUint16(p + 2, (random.below(8) << 13) | vlan)
    p += 4
  }
  v.setUint16(p, flows.isIpv6[flow] === 1 ? 0x86dd : 0x0800)
  p += 2
  const protocol = random.unit() < 0.7 ? 6 : 17
  const left = at + length - p
  p = flows.isIpv6[flow] === 1 ? writeIpv6(v, p, left, protocol, random) : writeIpv4(v, p, left, protocol, random)
  // Ports above 20000 and below 30000: none that a dissector takes for a tunnel, DNS or RoCEv2.
  v.setUint16(p, 20_000 + random.below(10_000))
  v.setUint16(p + 2, 20_000 + random.below(10_000))
  if (protocol === 6) {
    v.setUint32(p + 4, random.u32())
    v.setUint32(p + 8, random.u32())
    v.setUint8(p + 12, 0x50)
    v.setUint8(p + 13, [0x02, 0x10, 0x10, 0x10, 0x18, 0x18, 0x11, 0x04][random.below(8)]!)
    v.setUint16(p + 14, random.below(65_536))
    v.setUint16(p + 16, random.below(65_536))
    p += 20
  } else {
    v.setUint16(p + 4, at + length - p)
    v.setUint16(p + 6, 1 + random.below(65_535))
    p += 8
  }
  for (const end = at + Math.min(length, HEADER_BYTES); p < end; p++) v.setUint8(p, random.below(256))
}

/** 10.0.0.0/8, with a true header checksum (RFC 791 section 3.1). */
function writeIpv4(v: DataView, p: number, length: number, protocol: number, random: Random): number {
  v.setUint16(p, 0x4500 | (random.below(64) << 2))
  v.setUint16(p + 2, length)
  v.setUint16(p + 4, random.below(65_536))
  v.setUint16(p + 6, 0x4000)
  v.setUint8(p + 8, 32 + random.below(96))
  v.setUint8(p + 9, protocol)
  v.setUint16(p + 10, 0)
  v.setUint32(p + 12, (10 << 24) | random.below(1 << 24))
  v.setUint32(p + 16, (10 << 24) | random.below(1 << 24))
  v.setUint16(p + 10, onesComplement(v, p, 20))
  return p + 20
}

/** 2001:db8::/32 (RFC 3849). */
function writeIpv6(v: DataView, p: number, length: number, protocol: number, random: Random): number {
  v.setUint32(p, ((6 << 28) | (random.below(64) << 22) | random.below(1 << 20)) >>> 0)
  v.setUint16(p + 4, length - 40)
  v.setUint8(p + 6, protocol)
  v.setUint8(p + 7, 32 + random.below(96))
  for (const address of [p + 8, p + 24]) {
    v.setUint32(address, 0x20010db8)
    v.setUint32(address + 4, random.below(256))
    v.setUint32(address + 8, 0)
    v.setUint32(address + 12, 1 + random.below(1 << 16))
  }
  return p + 40
}

/** The Internet checksum (RFC 1071) of `length` bytes, an even number. */
export function onesComplement(v: DataView, at: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i += 2) sum += v.getUint16(at + i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
