// Owns sending very many datagrams from a network namespace, fast, and knowing how many.

import { parseAddress } from '../../src/lib/parse/address.ts'
import { type SendCounts, SendRing } from '../../src/lib/sys/send-ring.ts'
import { AF_INET, AF_INET6 } from '../../src/lib/sys/sockaddr.ts'
import { UdpSocket } from '../../src/lib/sys/socket.ts'
import { libc } from './libc.ts'
import type { Namespaces } from './namespaces.ts'

const SOL_UDP = 17
const UDP_SEGMENT = 103

export interface Blast {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly count: number
  /** Payload of each datagram; where several, one after another. */
  readonly bytes: readonly number[]
  /** UDP_SEGMENT: the kernel gets `bytes` in one buffer, and makes datagrams of so much payload of it. */
  readonly segment?: number
  /** Is called after each batch of 64. */
  readonly between?: () => void
}

/** Sends. @throws where the kernel did not take all */
export function blast(spaces: Namespaces, { from, to, port, count, bytes, segment, between }: Blast): void {
  const words = parseAddress(to)!
  const family = to.includes(':') ? AF_INET6 : AF_INET
  const socket = spaces.inside(from, () => new UdpSocket(libc, family))
  const ring = new SendRing(libc)
  const counts: SendCounts = { sent: 0, bytes: 0, unreachable: 0, full: 0, failed: new Map() }
  try {
    socket.connect(words, port)
    if (segment !== undefined && libc.setsockopt(socket.fd, SOL_UDP, UDP_SEGMENT, Int32Array.of(segment), 4) !== 0) {
      throw new Error('UDP_SEGMENT is refused')
    }
    const payload = new Uint8Array(Math.max(...bytes)).fill(0x73)
    for (let i = 0; i < count; i++) {
      const length = bytes[i % bytes.length]!
      if (ring.add(payload, 0, length) && ring.count < 64) continue
      const added = ring.count === 64
      ring.flush(socket.fd, true, counts)
      between?.()
      if (!added) ring.add(payload, 0, length)
    }
    ring.flush(socket.fd, true, counts)
    if (counts.sent !== count) throw new Error(`${counts.sent} of ${count} datagrams were sent`)
  } finally {
    ring.close()
    socket.close()
  }
}

/** A socket that takes datagrams and never looks at them, so that nobody answers "port unreachable". @returns closes it */
export function sink(spaces: Namespaces, space: string, address: string, port: number): () => void {
  const family = address.includes(':') ? AF_INET6 : AF_INET
  const socket = spaces.inside(space, () => new UdpSocket(libc, family))
  socket.bind(parseAddress(address)!, port)
  return () => socket.close()
}
