// Owns `npm run bench:live`: what arrives over loopback without loss, and the CPU a datagram of receivers, in one run. A sender
// in its own process (sendmmsg, paced, pinned to one core) and a receiver in another. Prints and never fails on a time.
//
//   node --import tsx test/bench/live.bench.ts [--bytes N | --capture FILE] [--seconds N] [--rates A,B,...] [--buffer N]
//     [--only NAME]

import { type ChildProcess, execFile, fork, spawnSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import type { Received } from './live-receiver.ts'

const contestants = ['bare', 'source in a worker', 'source in main', 'dgram'] as const

/** After so many losing rates a receiver is not asked for more. */
const MOST_LOSSES = 2
/** The kernel has delivered all, and the receiver has looked. */
const SETTLE_MS = 150

interface Sent {
  readonly sent: number
  readonly unreachable: number
  readonly full: number
  readonly seconds: number
}

interface Run extends Received {
  readonly sent: number
  /** Datagrams a second that the sender reached. */
  readonly reached: number
}

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

const message = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', (value) => resolve(value as T))
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)))
  })

async function send(port: number, rate: number, seconds: number, content: string): Promise<Sent> {
  const script = join(import.meta.dirname, 'live-sender.ts')
  const node = [process.execPath, '--import', 'tsx', script, `${port}`, `${rate}`, `${seconds}`, content]
  const [command = '', ...args] = hasTaskset ? ['taskset', '-c', '0', ...node] : node
  const { stdout } = await promisify(execFile)(command, args)
  return JSON.parse(stdout) as Sent
}

async function measure(name: string, buffer: string, rate: number, seconds: number, content: string): Promise<Run> {
  const child = fork(join(import.meta.dirname, 'live-receiver.ts'), [name, buffer], { execArgv: ['--import', 'tsx'] })
  const { sent, seconds: took } = await send(await message<number>(child), rate, seconds, content)
  await pause(SETTLE_MS)
  child.send('stop')
  return { ...(await message<Received>(child)), sent, reached: sent / took }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      bytes: { type: 'string', default: '1400' },
      capture: { type: 'string' },
      seconds: { type: 'string', default: '1.5' },
      rates: { type: 'string', default: '10000,25000,50000,100000,150000,200000,300000,400000' },
      buffer: { type: 'string', default: String(8 << 20) },
      only: { type: 'string' },
    },
  })
  const content = values.capture ?? values.bytes
  const rates = values.rates.split(',').map(Number)
  const names = contestants.filter((name) => values.only === undefined || name === values.only)
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores; ` +
      `${values.capture ?? `${values.bytes} bytes`}; sender ${hasTaskset ? 'pinned to core 0' : 'not pinned (no taskset)'}`,
  )
  console.log('receiver              rate/s    reached/s   arrived   lost %   CPU µs/datagram   of bare   buffer')
  const losses = new Map<string, number>()
  const highest = new Map<string, number>()
  // Rate by rate, so that a busy moment hits all of them.
  for (const rate of rates) {
    let bareCpu: number | undefined
    for (const name of names) {
      if ((losses.get(name) ?? 0) >= MOST_LOSSES) continue
      const { sent, received, reached, cpuMicroseconds, bufferGranted } = await measure(
        name,
        values.buffer,
        rate,
        Number(values.seconds),
        content,
      )
      const each = cpuMicroseconds / received
      if (name === 'bare') bareCpu = each
      const lost = (100 * (sent - received)) / sent
      if (received < sent) losses.set(name, (losses.get(name) ?? 0) + 1)
      else highest.set(name, Math.max(highest.get(name) ?? 0, reached))
      const columns = [
        name.padEnd(20),
        String(rate).padStart(8),
        reached.toFixed(0).padStart(12),
        String(received).padStart(9),
        lost.toFixed(2).padStart(8),
        each.toFixed(2).padStart(17),
        (bareCpu === undefined ? '' : `${(each / bareCpu).toFixed(2)} ×`).padStart(9),
        `${(bufferGranted / 1024).toFixed(0)} KiB`.padStart(10),
      ]
      console.log(columns.join(' '))
    }
  }
  for (const name of names) {
    const rate = highest.get(name)
    console.log(`${name}: ${rate === undefined ? 'lost at every rate' : `${Math.round(rate)} a second without loss`}`)
  }
}

await main()
