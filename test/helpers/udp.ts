// Owns reading UDP sources in tests: open at a free port of loopback, send from plain sockets, copy what comes.

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import type { Batch, Source } from '../../src/lib/source/source.ts'
import { openUdp, type UdpOptions } from '../../src/lib/source/udp.ts'

export interface Arrival {
  readonly bytes: Buffer
  readonly wireLength: number
  /** Four words in hex, joined by spaces. */
  readonly sender: string
  readonly port: number
  readonly ns: bigint
}

export type Overrides = Omit<Partial<UdpOptions>, 'addresses'>

/** A source at free ports, `udp://127.0.0.1:0` where not said. */
export function openLoopback(options: Overrides, ...at: readonly string[]): Promise<Source> {
  const addresses = (at.length > 0 ? at : ['udp://127.0.0.1:0']).map((text) => parseUdpAddress(text, 'address', 6343))
  return openUdp({ addresses, ...options })
}

/** The port of the nth address. */
export function portOf(source: Source, nth = 0): number {
  return Number(source.report().live!.bound[nth]!.split(':').at(-1))
}

function copyBatch(batch: Batch): Arrival[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const at = batch.offset[i]!
    return {
      bytes: Buffer.from(batch.bytes.slice(at, at + batch.length[i]!)),
      wireLength: batch.wireLength[i]!,
      sender: [...batch.sender.subarray(4 * i, 4 * i + 4)].map((word) => word.toString(16)).join(' '),
      port: batch.senderPort[i]!,
      ns: BigInt(batch.sec[i]!) * 1_000_000_000n + BigInt(batch.nsec[i]!),
    }
  })
}

/** Reads until `count` came (or twenty seconds passed), then closes the source. */
export async function collect(source: Source, count: number): Promise<Arrival[]> {
  const arrivals: Arrival[] = []
  const timer = setTimeout(() => void source.close(), 20_000)
  try {
    for await (const batch of source.batches()) {
      arrivals.push(...copyBatch(batch))
      if (arrivals.length >= count) break
    }
  } finally {
    clearTimeout(timer)
    await source.close()
  }
  return arrivals
}

/** A plain socket to send from, bound so that its address is known; it keeps no process alive. */
export async function sendingSocket(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  return socket.unref()
}

/** Sends one datagram, and resolves when the kernel has it. */
export function sendFrom(socket: Socket, bytes: Uint8Array, port: number, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(bytes, port, to, (error) => (error ? reject(error) : resolve()))
  })
}
