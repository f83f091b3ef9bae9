// Owns finding out how sFlow can be received here: by opening sockets and sending to itself. See doctor.ts for the folder.

import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { parseUdpAddress } from '../parse/udp-address.ts'
import type { LiveReport, Source } from '../source/source.ts'
import { openUdp, RECEIVE_BUFFER_BYTES, type UdpOptions } from '../source/udp.ts'
import { loadLibc } from '../sys/libc.ts'
import { openUdpSender } from '../sys/udp-sender.ts'

/** What came of sending to itself. */
export interface Echo {
  readonly live: LiveReport
  /** Of ECHOES datagrams to each address. */
  readonly arrived: number
  /** Arrival times are the kernel's: finer than the milliseconds of the clock that stands in for them. */
  readonly kernelTimes: boolean
}

/** A failure is its sentence. */
export interface ReceivingFacts {
  /** Why the C library can't be called; undefined where it can. */
  readonly withoutLibc: string | undefined
  readonly echo: Echo | { readonly failure: string }
  /** net.core.rmem_max, in bytes. */
  readonly rmemMax: number | undefined
  /** How many of ECHOES arrived at `[::]` over IPv4 and over IPv6. */
  readonly both: { readonly v4: number; readonly v6: number } | { readonly failure: string }
  /** Two sockets had one address. */
  readonly sharedPort: true | { readonly failure: string }
  /** Code of the system where a port below 1024 was refused; undefined where it was not. */
  readonly privilegedPort: string | undefined
}

export const ECHOES = 4
/** Loopback delivers before send returns; this is for a machine that is stopped meanwhile. */
const PATIENCE_MS = 1000
/** tcpmux (IANA), which nobody uses: permission is asked before whether it is free. */
const PRIVILEGED_PORT = 1

export async function probeReceiving(): Promise<ReceivingFacts> {
  return {
    withoutLibc: (await loadLibc()).why,
    echo: await tried(() => echo('udp://127.0.0.1:0', ['127.0.0.1'])),
    rmemMax: sysctl('net/core/rmem_max'),
    both: await tried(probeBoth),
    sharedPort: await tried(probeSharedPort),
    privilegedPort: await probePrivilegedPort(),
  }
}

async function tried<T>(probe: () => Promise<T>): Promise<T | { failure: string }> {
  try {
    return await probe()
  } catch (error) {
    return { failure: (error as Error).message }
  }
}

async function open(at: string, more: Partial<UdpOptions> = {}): Promise<Source> {
  return openUdp({ addresses: [parseUdpAddress(at, 'address', 0)], bufferBytes: RECEIVE_BUFFER_BYTES, ...more })
}

const portOf = (source: Source) => Number(source.report().live!.bound[0]!.split(':').at(-1))

/** Sends ECHOES datagrams to each host and counts what comes. */
async function echo(at: string, hosts: readonly string[]): Promise<Echo> {
  const source = await open(at)
  const timer = setTimeout(() => void source.close(), PATIENCE_MS)
  try {
    for (const host of hosts) await send(host, portOf(source))
    let arrived = 0
    let kernelTimes = false
    for await (const { count, nsec } of source.batches()) {
      arrived += count
      for (let i = 0; i < count; i++) kernelTimes ||= nsec[i]! % 1_000_000 !== 0
      if (arrived >= ECHOES * hosts.length) break
    }
    return { live: source.report().live!, arrived, kernelTimes }
  } finally {
    clearTimeout(timer)
    await source.close()
  }
}

async function send(host: string, port: number): Promise<void> {
  const sender = await openUdpSender({ host, port, wait: true })
  for (let i = 0; i < ECHOES; i++) sender.send(Uint8Array.of(i), 0, 1)
  await sender.close()
}

async function probeBoth(): Promise<{ v4: number; v6: number }> {
  const v4 = await echo('udp://[::]:0', ['127.0.0.1'])
  const v6 = await tried(() => echo('udp://[::]:0', ['::1']))
  return { v4: v4.arrived, v6: 'failure' in v6 ? 0 : v6.arrived }
}

async function probeSharedPort(): Promise<true> {
  const first = await open('udp://127.0.0.1:0', { sharePort: true })
  try {
    const second = await open(first.name, { sharePort: true })
    await second.close()
    return true
  } finally {
    await first.close()
  }
}

function probePrivilegedPort(): Promise<string | undefined> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    const end = (code?: string) => socket.close(() => resolve(code === 'EADDRINUSE' ? undefined : code))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code ?? 'unknown error'))
    socket.bind({ port: PRIVILEGED_PORT, address: '127.0.0.1', exclusive: true }, () => end())
  })
}

/** A number below /proc/sys; undefined where this system has none. */
export function sysctl(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${name}`, 'utf8'))
  } catch {
    return undefined
  }
}
