// Owns the way a datagram took, for captures: its sender from the batch, its receiver from the listener. Start at PathOf.

import { SFLOW_PORT } from '../parse/udp-address.ts'
import type { UdpPath } from '../sink/udp-frame.ts'
import type { Batch } from '../source/source.ts'

/** A local address as four words (IPv4 as ::ffff:a.b.c.d; all zero: any) and its port. */
export interface Receiver {
  readonly words: readonly number[]
  readonly port: number
}

const MAPPED = 0xffff
const LOOPBACK_V4 = 0x7f000001

/** Whether a socket bound to it hears all addresses of this machine: `::` or `0.0.0.0`. */
export function isAny({ words }: Receiver): boolean {
  return words.every((word, k) => word === 0 || (k === 2 && word === MAPPED))
}

/** Gives the path of one datagram at a time, in one object that is used again. */
export class PathOf {
  readonly #path: { source: Uint32Array; sourcePort: number; destination: Uint32Array; destinationPort: number }
  /** A socket for any address does not say to which one a datagram came: the local host of the sender's family. */
  readonly #any: boolean

  constructor(receiver: Receiver | undefined) {
    this.#any = receiver === undefined || isAny(receiver)
    this.#path = {
      source: new Uint32Array(4),
      sourcePort: 0,
      destination: Uint32Array.from(receiver?.words ?? [0, 0, 0, 0]),
      destinationPort: receiver === undefined || receiver.port === 0 ? SFLOW_PORT : receiver.port,
    }
  }

  of(batch: Batch, i: number): UdpPath {
    return this.from(batch.sender, i * 4, batch.senderPort[i]!)
  }

  /** As `of`; the sender's address is the four words at `at`. */
  from(sender: Uint32Array, at: number, port: number): UdpPath {
    const path = this.#path
    const { source, destination } = path
    source[0] = sender[at]!
    source[1] = sender[at + 1]!
    source[2] = sender[at + 2]!
    source[3] = sender[at + 3]!
    path.sourcePort = port
    if (this.#any) {
      destination[0] = 0
      destination[1] = 0
      const v4 = source[0] === 0 && source[1] === 0 && source[2] === MAPPED
      destination[2] = v4 ? MAPPED : 0
      destination[3] = v4 ? LOOPBACK_V4 : 1
    }
    return path
  }
}
