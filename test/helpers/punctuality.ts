// Owns measuring how punctual a sender is: kernel timestamps at a receiver on loopback against the capture's times.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseUdpAddress } from '../../src/lib/parse/udp-address.ts'
import { openUdp } from '../../src/lib/source/udp.ts'
import { Random } from '../bench/random.ts'
import { ethernet, ipv4, pcap, udp, word } from './capture-bytes.ts'
import { binPath, cleanEnvironment } from './cli.ts'

/** Milliseconds. */
export interface Punctuality {
  readonly received: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Times in milliseconds of so many datagrams, at random distances from 0.1 to twice the mean. */
export function schedule(count: number, meanMs: number): number[] {
  const random = new Random(3)
  let at = 0
  return Array.from({ length: count }, () => {
    at += 0.1 + random.unit() * (2 * meanMs - 0.2)
    return Math.round(at * 1000) / 1000
  })
}

/** A capture of one datagram for each time; its number is its payload. */
export function captureOf(timesMs: readonly number[]): Uint8Array {
  return pcap(
    timesMs.map((ms, i) => ({
      frame: ethernet(0x0800, ipv4(udp(word(i, 4)))),
      sec: 1_700_000_000 + Math.floor(ms / 1000),
      fraction: Math.round((ms % 1000) * 1e6),
    })),
    { nanoseconds: true },
  )
}

/** Sends on the same schedule in the most punctual way there is: it does nothing but look at the clock. */
const spinner = `
const socket = require('node:dgram').createSocket('udp4')
const [port, times] = [Number(process.argv[1]), JSON.parse(process.argv[2])]
socket.connect(port, '127.0.0.1', () => {
  const start = performance.now() + 20 - times[0]
  times.forEach((ms, i) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(i)
    while (performance.now() - start < ms);
    socket.send(bytes)
  })
  socket.close()
})`

/** How late datagrams of `timesMs` arrive; the most punctual one is the zero. */
async function measured(
  timesMs: readonly number[],
  argsFor: (port: number) => readonly string[],
): Promise<Punctuality> {
  const source = await openUdp({ addresses: [parseUdpAddress('udp://127.0.0.1:0', 'test', 0)] })
  const port = Number(/:(\d+)$/.exec(source.name)![1])
  const offsets: number[] = []
  const receiving = (async () => {
    let firstSec: number | undefined
    for await (const { count, view, offset, sec, nsec } of source.batches()) {
      for (let i = 0; i < count; i++) {
        firstSec ??= sec[i]!
        const at = (sec[i]! - firstSec) * 1000 + nsec[i]! / 1e6
        offsets.push(at - timesMs[view.getUint32(offset[i]!)]!)
      }
      if (offsets.length === timesMs.length) break
    }
  })()
  const child = spawn(process.execPath, argsFor(port), {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface(child.stdout).on('line', () => {})
  await once(child, 'close')
  await Promise.race([receiving, new Promise((resolve) => setTimeout(resolve, 500))])
  await source.close()
  const zero = Math.min(...offsets)
  const late = offsets.map((offset) => offset - zero).sort((a, b) => a - b)
  const at = (share: number) => late[Math.min(late.length - 1, Math.floor(late.length * share))]!
  return { received: late.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

export function replayPunctuality(path: string, timesMs: readonly number[]): Promise<Punctuality> {
  return measured(timesMs, (port) => [binPath, 'replay', path, '--to', `127.0.0.1:${port}`, '--quiet'])
}

export function spinnerPunctuality(timesMs: readonly number[]): Promise<Punctuality> {
  return measured(timesMs, (port) => ['-e', spinner, String(port), JSON.stringify(timesMs)])
}
