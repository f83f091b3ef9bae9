// Owns captures whose flows are known to the byte, for tests of top-flows: one switch port, 1 packet in 1,000, nothing lost.

import { bytes, datagram, flow, header } from './cards.ts'
import { captureFile, NOON, type Sent } from './sflow-captures.ts'

export const RATE = 1000

/** One sampled packet. */
export interface Packet {
  /** Last byte of 192.0.2.x. */
  readonly from: number
  /** Last byte of 198.51.100.x. */
  readonly to: number
  readonly dport?: number
  /** Length of the frame, FCS included. */
  readonly length: number
}

const two = (n: number) => n.toString(16).padStart(2, '0')
const four = (n: number) => n.toString(16).padStart(4, '0')

/** TCP over IPv4, 54 bytes. */
export function tcpPacket({ from, to, dport = 443 }: Packet): Uint8Array {
  return bytes(
    `020000000001 020000000002 0800 4500 0028 0001 0000 4006 0000 c00002${two(from)} c63364${two(to)}` +
      `9c40 ${four(dport)} 00000001 00000000 5002 1000 0000 0000`,
  )
}

/** STP: neither IP nor ports; its MAC addresses are all that it has. */
export const bpdu = bytes('0180c2000000 02000000000a 0026 42 42 03 0000000000')

/** Makes the datagrams of one agent, a sample each, numbered as they should be. */
export class OnePort {
  #number = 0

  /** @param sampled a packet, or the bytes of one with the length of its frame @param more fields of the sample */
  next(sampled: Packet | readonly [Uint8Array, number], more: Parameters<typeof flow>[1] = {}): Uint8Array {
    const number = ++this.#number
    const [packet, length] = 'from' in sampled ? [tcpPacket(sampled), sampled.length] : sampled
    const sample = flow([header(packet, length)], {
      sequence_number: number,
      sampling_rate: RATE,
      sample_pool: number * RATE,
      ...more,
    })
    return datagram([sample], { sequence_number: number, uptime: number * 100 })
  }
}

/** Forty samples in ten seconds, 0.25 s apart: 20 of 1 → 1 with 1,500 bytes, 12 of 2 → 1 with 500, 8 BPDUs with 64. */
export function tenSeconds(): Sent[] {
  const port = new OnePort()
  return Array.from({ length: 40 }, (_, i): Sent => {
    const turn = i % 10
    const sampled =
      turn < 5
        ? { from: 1, to: 1, length: 1500 }
        : turn < 8
          ? { from: 2, to: 1, dport: 53, length: 500 }
          : ([bpdu, 64] as const)
    return { datagram: port.next(sampled), sec: NOON + Math.floor(i / 4), nsec: (i % 4) * 250_000_000 }
  })
}

export const tenSecondsFile = () => captureFile(tenSeconds(), 'ten-seconds.pcap')
