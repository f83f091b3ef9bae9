// Owns `npm run bench:listen`: `sonde listen` over loopback beside sflowtool and a bare recvmmsg counter, in one run: the highest
// rate at which nothing is lost, and CPU a datagram. Output goes through a pipe to `cat >/dev/null`. Prints and never fails on a time.
//
//   node --import tsx test/bench/listen.bench.ts [--seconds N] [--rates A,B,...] [--budget SECONDS] [--only NAME,...]
//   SFLOWTOOL=/path/to/sflowtool where it is not in PATH

import { type ChildProcess, execFile, fork, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { findSflowtool } from '../helpers/sflowtool.ts'
import { generateZipf } from './generate.ts'

/** The issue's: count-only against the bare counter; the rate of ndjson without loss against that at which -j begins to lose. */
const CPU_TARGET = 2
const RATE_TARGET = 10
/** Samples of the capture that is sent again and again, six a datagram. */
const SAMPLES = 60_000
/** Machine code is compiled, buffers grow: not counted. At a low rate that would take long; what is native has none of it. */
const WARM_UP_SECONDS = 1
const WARM_UP_RATE = 15_000
/** Ports that datagrams come from, as those of several agents do: threads behind one port get each their senders. */
const SENDERS = '16'
/** When the sender has ended, a receiver that keeps up has emptied its buffer after this time. */
const KEEPS_UP_MS = 100
/** Below this share of the rate the sender is what is measured. */
const SENDER_REACHES = 0.9
/** So long a receiver that does not keep up may go on reading. */
const SETTLE_MS = 1000

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))

type Command = (port: number) => readonly [command: string, ...args: string[]]

interface Contestant {
  readonly name: string
  /** Undefined: the bare counter. */
  readonly command?: Command
  /** No JavaScript. */
  readonly native?: true
}

const listen = (...args: readonly string[]): Command => {
  return (port) => [process.execPath, join(root, 'bin/run.js'), 'listen', '-i', `udp://127.0.0.1:${port}`, ...args]
}
const tool = findSflowtool()
const rival = (flag: string): readonly Contestant[] =>
  tool === undefined
    ? []
    : [{ name: `sflowtool ${flag}`, command: (port) => [tool, '-4', '-p', `${port}`, flag], native: true }]

const contestants: readonly Contestant[] = [
  { name: 'bare recvmmsg' },
  { name: 'listen --summary', command: listen('--summary') },
  { name: 'listen -f line', command: listen('-f', 'line') },
  ...rival('-l'),
  { name: 'listen -f ndjson', command: listen('-f', 'ndjson') },
  { name: 'ndjson --workers 2', command: listen('-f', 'ndjson', '--workers', '2') },
  ...rival('-j'),
]

interface Started {
  readonly child: ChildProcess
  readonly port: number
}

/** What the kernel says of the sockets at a port, all together. */
function sockets(port: number): { open: boolean; waiting: number; drops: number } {
  const state = { open: false, waiting: 0, drops: 0 }
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/)
      if (Number.parseInt(columns[1]?.split(':')[1] ?? '', 16) !== port) continue
      state.open = true
      state.waiting += Number.parseInt(columns[4]!.split(':')[1]!, 16)
      state.drops += Number(columns[12])
    }
  }
  return state
}

/** CPU of all threads in microseconds, to the nanosecond: /proc/PID/stat has hundredths of a second only. */
function cpuMicroseconds(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // A thread that has just ended.
    }
  }
  return ns / 1000
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

async function start({ name, command }: Contestant): Promise<Started> {
  if (command === undefined) {
    const child = fork(join(import.meta.dirname, 'live-receiver.ts'), ['bare', `${8 << 20}`], {
      execArgv: ['--import', 'tsx'],
    })
    const [port] = (await once(child, 'message')) as [number]
    return { child, port }
  }
  const port = await freePort()
  const pipe = join(folder, `${port}`)
  spawnSync('mkfifo', [pipe])
  spawn('sh', ['-c', 'cat "$0" >/dev/null', pipe], { stdio: 'inherit' })
  const output = openSync(pipe, 'w')
  const [file, ...args] = command(port)
  const child = spawn(file, args, { stdio: ['ignore', output, 'ignore'] })
  closeSync(output)
  for (const end = performance.now() + 10_000; !sockets(port).open; await pause(10)) {
    if (performance.now() > end || child.exitCode !== null) throw new Error(`${name} does not listen`)
  }
  return { child, port }
}

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

async function send(
  port: number,
  rate: number,
  seconds: number,
  capture: string,
): Promise<{ sent: number; seconds: number }> {
  const script = join(import.meta.dirname, 'live-sender.ts')
  const node = [process.execPath, '--import', 'tsx', script, `${port}`, `${rate}`, `${seconds}`, capture, SENDERS]
  const [command = '', ...args] = hasTaskset ? ['taskset', '-c', '0', ...node] : node
  const { stdout } = await promisify(execFile)(command, args)
  return JSON.parse(stdout) as { sent: number; seconds: number }
}

interface Run {
  readonly sent: number
  /** Datagrams a second that the sender reached. */
  readonly reached: number
  /** Dropped by the kernel, as the receiver was too slow. */
  readonly lost: number
  /** How long it read on when the sender had ended; SETTLE_MS where it had not finished then. */
  readonly tailMs: number
  readonly cpuEach: number
}

async function measure(contestant: Contestant, rate: number, seconds: number, capture: string): Promise<Run> {
  const { child, port } = await start(contestant)
  try {
    await send(port, contestant.native ? rate : Math.max(rate, WARM_UP_RATE), WARM_UP_SECONDS, capture)
    for (let i = 0; i < 20 && sockets(port).waiting > 0; i++) await pause(50)
    const dropsBefore = sockets(port).drops
    const cpuBefore = cpuMicroseconds(child.pid!)
    const { sent, seconds: took } = await send(port, rate, seconds, capture)
    const ended = performance.now()
    while (sockets(port).waiting > 0 && performance.now() - ended < SETTLE_MS) await pause(2)
    const tailMs = Math.min(SETTLE_MS, performance.now() - ended)
    // What it took in its last look is decoded and written.
    await pause(30)
    const lost = sockets(port).drops - dropsBefore
    return {
      sent,
      reached: sent / took,
      lost,
      tailMs,
      cpuEach: (cpuMicroseconds(child.pid!) - cpuBefore) / Math.max(1, sent - lost),
    }
  } finally {
    child.kill('SIGKILL')
  }
}

interface Best {
  /** Highest rate at which it kept up, by what the sender reached; 0 where at none. */
  kept: number
  /** Lowest rate at which it did not; Infinity where at none. */
  lostAt: number
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1.5' },
    rates: { type: 'string', default: '2000,5000,10000,14000,20000,28000,40000,60000,80000,100000,120000' },
    budget: { type: 'string', default: '240' },
    only: { type: 'string' },
  },
})

/** Ratios of count-only to the bare counter, rate by rate. */
const ratios: number[] = []

async function ladder(capture: string, chosen: readonly Contestant[]): Promise<Map<string, Best>> {
  const best = new Map(chosen.map(({ name }): [string, Best] => [name, { kept: 0, lostAt: Number.POSITIVE_INFINITY }]))
  const start = performance.now()
  // Rate by rate, so that a busy moment hits all of them.
  for (const rate of values.rates.split(',').map(Number)) {
    let bare: number | undefined
    for (const contestant of chosen) {
      const { name } = contestant
      const state = best.get(name)!
      if (state.lostAt < rate) continue
      if ((performance.now() - start) / 1000 > Number(values.budget)) {
        console.log(`${values.budget} s are over: ${name} and what follows at ${rate} a second were not measured`)
        return best
      }
      let run = await measure(contestant, rate, Number(values.seconds), capture)
      const keeps = () => run.lost === 0 && run.tailMs < KEEPS_UP_MS
      // Once more: other programs run here.
      if (!keeps()) run = await measure(contestant, rate, Number(values.seconds), capture)
      if (keeps()) state.kept = Math.max(state.kept, run.reached)
      else state.lostAt = rate
      if (contestant.command === undefined) bare = run.cpuEach
      if (name === 'listen --summary' && bare !== undefined) ratios.push(run.cpuEach / bare)
      // The sender is at its end, and more can't be asked.
      if (run.reached < SENDER_REACHES * rate) state.lostAt = Math.min(state.lostAt, rate)
      const columns = [
        name.padEnd(18),
        String(rate).padStart(7),
        run.reached.toFixed(0).padStart(10),
        ((100 * run.lost) / run.sent).toFixed(2).padStart(7),
        (run.tailMs >= SETTLE_MS ? 'not empty' : `${run.tailMs.toFixed(0)} ms`).padStart(10),
        run.cpuEach.toFixed(1).padStart(16),
        (bare === undefined ? '' : `${(run.cpuEach / bare).toFixed(1)} ×`).padStart(8),
      ]
      console.log(columns.join(' '))
    }
  }
  return best
}

function verdict(best: ReadonlyMap<string, Best>): void {
  console.log('')
  for (const [name, { kept, lostAt }] of best) {
    const loses = lostAt === Number.POSITIVE_INFINITY ? 'at no rate that was tried' : `at ${lostAt}`
    console.log(`${name.padEnd(18)} keeps up at ${Math.round(kept)} a second, is behind ${loses}`)
  }
  console.log('')
  if (ratios.length > 0) {
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
    console.log(
      `count-only: ${least.toFixed(1)} to ${most.toFixed(1)} × the CPU a datagram of the bare counter; to reach: ${CPU_TARGET} ×`,
    )
  }
  const ours = [best.get('listen -f ndjson'), best.get('ndjson --workers 2')]
    .filter((x) => x !== undefined)
    .sort((a, b) => b.kept - a.kept)[0]
  const theirs = best.get('sflowtool -j')
  if (ours === undefined || theirs === undefined || theirs.lostAt === Number.POSITIVE_INFINITY) return
  console.log(
    `ndjson: nothing lost at ${Math.round(ours.kept)} a second, ${(ours.kept / theirs.lostAt).toFixed(1)} × the ` +
      `${theirs.lostAt} at which sflowtool -j begins to lose; to reach: ${RATE_TARGET} ×`,
  )
}

const capture = join(folder, 'zipf.pcap')
try {
  const only = values.only?.split(',')
  const chosen = contestants.filter(({ name }) => only === undefined || only.includes(name))
  const { datagrams, bytes } = generateZipf({ samples: SAMPLES, flows: 10_000, seed: 1, path: capture })
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores; six flow samples a datagram, ` +
      `${Math.round(bytes / datagrams)} bytes; sender ${hasTaskset ? 'pinned to core 0' : 'not pinned (no taskset)'}`,
  )
  if (tool === undefined) console.log('sflowtool is not there (SFLOWTOOL or PATH): left out')
  console.log('receiver            rate/s  reached/s  lost %       tail  CPU µs/datagram  of bare')
  verdict(await ladder(capture, chosen))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
