// Owns `npm run bench:sample` (root; what a sample costs the process alone: sample.bench.ts): what sampling costs the kernel a packet, and this host a sample, beside Host sFlow in one run,
// in network namespaces of its own. Prints and never fails on a time.
//
//   node --import tsx test/bench/sample-kernel.bench.ts [--packets N] [--rates A,B,...] [--rounds N] [--speed PACKETS_A_SECOND]
//   HSFLOWD=/path/to/folder with hsflowd, mod_epcap.so and sample.bpf.o (host-sflow, `make FEATURES=EPCAP`), where it was built

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Bpf, LoadedObject } from '../../src/lib/kernel/bpf/bpf.ts'
import { BpfCalls } from '../../src/lib/kernel/bpf/bpf-calls.ts'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { openBpf, readBpfObject } from '../../src/lib/kernel/bpf/loader.ts'
import { openRingBuffer } from '../../src/lib/kernel/bpf/ring-buffer.ts'
import { InterfaceList } from '../../src/lib/kernel/links/interfaces.ts'
import { openTcxTap } from '../../src/lib/kernel/tap/tcx-tap.ts'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { ReceiveRing } from '../../src/lib/sys/receive-ring.ts'
import { AF_INET } from '../../src/lib/sys/sockaddr.ts'
import { UdpSocket } from '../../src/lib/sys/socket.ts'
import { libc } from '../helpers/libc.ts'
import { Namespaces, noNamespaces } from '../helpers/namespaces.ts'
import { blast, sink } from '../helpers/udp-blast.ts'

/** BPF_PROG_TYPE_SCHED_CLS: linux/bpf.h. */
const SCHED_CLS = 3
const STATS = '/proc/sys/kernel/bpf_stats_enabled'
const LOOPBACK = 1
const COLLECTOR_PORT = 6343
const TRAFFIC_PORT = 7777
/** UDP payload, so that a packet has 256 bytes: longer than what is sampled of it. */
const PAYLOAD = 214
/** Attached, compiled, buffers grown: not counted. */
const WARM_UP_PACKETS = 60_000
const WAIT_MS = 30_000

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '400000' },
    rates: { type: 'string', default: '100,1000' },
    rounds: { type: 'string', default: '2' },
    speed: { type: 'string', default: '100000' },
  },
})
const root = join(import.meta.dirname, '..', '..')
const rival = process.env.HSFLOWD
const say = (line: string) => process.stdout.write(`${line}\n`)

/** An IPv4 datagram of UDP between addresses of no one (192.0.2.0/24), 256 bytes. */
function makePacket(): Uint8Array {
  const packet = new Uint8Array(256)
  const view = new DataView(packet.buffer)
  view.setUint16(12, 0x0800)
  view.setUint16(14, 0x4500)
  view.setUint16(16, 242)
  view.setUint8(22, 64)
  view.setUint8(23, 17)
  view.setUint32(26, 0xc0000201)
  view.setUint32(30, 0xc0000202)
  view.setUint16(34, 1234)
  view.setUint16(36, TRAFFIC_PORT)
  view.setUint16(38, 222)
  return packet
}

/** Least nanoseconds a run of several tries: what disturbs only adds. */
function least(tries: number, once: () => number): number {
  let found = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries; i++) found = Math.min(found, once())
  return found
}

const REPEAT = 300_000
/** So many samples fit into the smaller of the rings (64 KiB) between two drains; each try is short, so there are many. */
const SAMPLED_REPEAT = 100
const SAMPLED_TRIES = 300

/** A program that lets each packet pass and does nothing: what the harness itself costs. */
function emptyProgram(calls: BpfCalls, packet: Uint8Array): number {
  const fd = calls.loadProgram({
    name: 'empty',
    type: SCHED_CLS,
    attachType: 0,
    licence: 'GPL',
    // r0 = -1 (TCX_NEXT); exit
    instructions: Uint8Array.of(0xb7, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x95, 0, 0, 0, 0, 0, 0, 0),
    btfFd: 0,
    functionInfo: new Uint8Array(0),
    coreRelocations: new Uint8Array(0),
    attachBtfId: 0,
  })
  try {
    return least(7, () => calls.testRun(fd, packet, new Uint8Array(192), REPEAT).nanoseconds)
  } finally {
    libc.close(fd)
  }
}

/** One object in the harness: sets a rate (0: none), empties its ring. */
interface Harness {
  readonly loaded: LoadedObject
  readonly programs: readonly string[]
  readonly setRate: (rate: number) => void
  readonly empty: () => void
  readonly close: () => void
}

/** The tap itself, on loopback; the object that it loads is taken on the way. */
async function ours(): Promise<Harness> {
  const bpf = await openBpf()
  let loaded: LoadedObject | undefined
  const taking: Bpf = {
    libc: bpf.libc,
    possibleCpus: bpf.possibleCpus,
    kernelBtf: () => bpf.kernelBtf(),
    settle: () => bpf.settle(),
    load: (object, options) => {
      loaded = bpf.load(object, options)
      return loaded
    },
    close: () => bpf.close(),
  }
  const interfaces = new InterfaceList(libc)
  const tap = openTcxTap(taking, interfaces)
  return {
    loaded: loaded!,
    programs: readBpfObject('sample').programs.map(({ name }) => name),
    setRate: (rate) => {
      if (rate === 0) return tap.detach(LOOPBACK)
      tap.attach({ interfaceIndex: LOOPBACK, name: 'lo', rate, direction: 'both', headerBytes: 128 })
    },
    empty: () => void tap.drain(() => {}),
    close: () => {
      tap.close()
      interfaces.close()
    },
  }
}

async function theirs(folder: string): Promise<Harness | undefined> {
  const file = join(folder, 'sample.bpf.o')
  if (!existsSync(file)) return undefined
  const bpf = await openBpf()
  const object = parseBpfObject('hsflowd', readFileSync(file))
  const loaded = bpf.load(object)
  const ring = openRingBuffer(bpf, loaded.map('events'))
  const value = new Uint8Array(4)
  return {
    loaded,
    programs: object.programs.map(({ name }) => name),
    setRate: (rate) => {
      if (rate === 0) return void loaded.map('sampling').remove(LOOPBACK)
      new DataView(value.buffer).setUint32(0, rate, true)
      loaded.map('sampling').update(LOOPBACK, value)
    },
    empty: () => void ring.drain(() => {}),
    close: () => bpf.close(),
  }
}

async function runHarness(): Promise<void> {
  const packet = makePacket()
  const calls = BpfCalls.open(libc)!
  const empty = emptyProgram(calls, packet)
  say(
    `BPF_PROG_TEST_RUN, ns a packet over an empty program (${empty} ns), least of 9 times 300,000 (each: of 300 times 100):`,
  )
  const contestants: [string, Harness][] = [['sonde', await ours()]]
  const other = rival === undefined ? undefined : await theirs(rival)
  if (other) contestants.push(['hsflowd', other])
  for (const [name, harness] of contestants) {
    for (const program of harness.programs) {
      const time = (rate: number) => {
        harness.setRate(rate)
        const [tries, repeat] = rate === 1 ? [SAMPLED_TRIES, SAMPLED_REPEAT] : [9, REPEAT]
        return least(tries, () => {
          harness.empty()
          return harness.loaded.program(program).testRun(packet, repeat, LOOPBACK).nanoseconds - empty
        })
      }
      say(
        `  ${`${name} ${program}`.padEnd(32)} not configured ${time(0)}, 1 in 2^30 ${time(2 ** 30)}, 1 in 1000 ${time(1000)}, each ${time(1)}`,
      )
    }
    harness.close()
  }
}

/** Programs for packets that a process holds: runs and nanoseconds, by the kernel's statistics; and how many links. */
function held(pid: number): { runs: number; nanoseconds: number; links: number } {
  const sum = { runs: 0, nanoseconds: 0, links: 0 }
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    let text = ''
    try {
      text = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')
    } catch {
      continue // closed meanwhile
    }
    if (/^link_type:\ttcx$/m.test(text)) sum.links++
    if (!new RegExp(`^prog_type:\t${SCHED_CLS}$`, 'm').test(text)) continue
    sum.runs += Number(/^run_cnt:\t(\d+)$/m.exec(text)?.[1] ?? 0)
    sum.nanoseconds += Number(/^run_time_ns:\t(\d+)$/m.exec(text)?.[1] ?? 0)
  }
  return sum
}

/** CPU of all threads, in milliseconds. */
function cpuMs(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0])
  }
  return ns / 1e6
}

const rssMiB = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) / 1024

interface Sampler {
  readonly name: string
  readonly command: (space: string, rate: number) => readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))

const sonde: Sampler = {
  name: 'sonde',
  command: (space, rate) => [
    ...['ip', 'netns', 'exec', space, process.execPath, join(root, 'bin/run.js'), 'sample', 'vb'],
    ...['--rate', String(rate), '--to', `127.0.0.1:${COLLECTOR_PORT}`, '--polling', 'off', '--direction', 'both', '-q'],
  ],
}

const hsflowd = (home: string): Sampler => ({
  name: 'hsflowd',
  command: (space, rate) => {
    const file = join(folder, 'hsflowd.conf')
    const collector = `collector { ip=127.0.0.1 udpport=${COLLECTOR_PORT} }`
    // A veth says that it has 10 Gb/s, for which there is a default of its own.
    writeFileSync(
      file,
      `sflow { polling=0 sampling=${rate} sampling.10G=${rate} agent=lo ${collector} epcap { dev=vb } }\n`,
    )
    const state = ['-p', join(folder, 'pid'), '-o', join(folder, 'auto'), '-c', join(folder, 'crash')]
    return ['ip', 'netns', 'exec', space, join(home, 'hsflowd'), '-d', '-P', '-f', file, '-l', home, ...state]
  },
})

/** Takes what comes to the collector's port in a namespace and counts flow samples. */
class Collector {
  readonly #socket: UdpSocket
  readonly #ring = new ReceiveRing(libc, 64)
  samples = 0

  constructor(spaces: Namespaces, space: string) {
    this.#socket = spaces.inside(space, () => new UdpSocket(libc, AF_INET))
    this.#socket.askReceiveBuffer(8 << 20, true)
    this.#socket.bind(parseAddress('127.0.0.1')!, COLLECTOR_PORT)
  }

  take(): void {
    const ring = this.#ring
    while (ring.receive(this.#socket.fd) > 0) {
      for (let i = 0; i < ring.count; i++) {
        const { datagram } = decodeDatagram(ring.bytes.slice(ring.offset[i]!, ring.offset[i]! + ring.length[i]!))
        for (const { name } of datagram?.samples ?? []) if (name.startsWith('flow_sample')) this.samples++
      }
    }
  }

  close(): void {
    this.take()
    this.#socket.close()
    this.#ring.close()
  }
}

interface Measured {
  readonly nsPerPacket: number
  readonly samples: number
  readonly cpuMs: number
  readonly idleMsPerSecond: number
  readonly rss: number
}

/** One sampler at one rate: idle, then so many packets. */
async function measure(spaces: Namespaces, sampler: Sampler, rate: number): Promise<Measured> {
  const collector = new Collector(spaces, 'b')
  const [program, ...words] = sampler.command(spaces.realName('b'), rate)
  const child = spawn(program!, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...libraryPath() },
  })
  let complaint = ''
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + String(text)).slice(-500)
  })
  const pid = child.pid!
  try {
    await until(
      () => child.exitCode === null && held(pid).links >= 2,
      () => `${sampler.name}: ${complaint}`,
    )
    send(spaces, WARM_UP_PACKETS, collector)
    await sleep(1000)
    collector.take()
    const idleFrom = cpuMs(pid)
    await sleep(1000)
    const idleMsPerSecond = cpuMs(pid) - idleFrom
    const before = { ...held(pid), cpu: cpuMs(pid), samples: collector.samples }
    send(spaces, Number(values.packets), collector)
    await sleep(500)
    collector.take()
    const after = held(pid)
    return {
      nsPerPacket: (after.nanoseconds - before.nanoseconds) / (after.runs - before.runs),
      samples: collector.samples - before.samples,
      cpuMs: cpuMs(pid) - before.cpu,
      idleMsPerSecond,
      rss: rssMiB(pid),
    }
  } finally {
    await end(child)
    collector.close()
  }
}

/** Host sFlow may have been linked with a libbpf that lies elsewhere. */
const libraryPath = () => ({ LD_LIBRARY_PATH: process.env.HSFLOWD_LIBRARIES ?? process.env.LD_LIBRARY_PATH ?? '' })

async function until(holds: () => boolean, complaint: () => string): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !holds(); await sleep(50)) {
    if (Date.now() > end) throw new Error(`did not hang at the device: ${complaint()}`)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
  await gone
  clearTimeout(timer)
}

/** Evenly at the speed that was asked for, a batch of 64 at a time. */
function send(spaces: Namespaces, count: number, collector: Collector): void {
  const begin = performance.now()
  let sent = 0
  const between = () => {
    sent += 64
    collector.take()
    const due = begin + (sent / Number(values.speed)) * 1000
    while (performance.now() < due);
  }
  blast(spaces, { from: 'a', to: '10.99.0.2', port: TRAFFIC_PORT, count, bytes: [PAYLOAD], between })
}

async function runLive(): Promise<void> {
  const spaces = new Namespaces()
  const samplers = [sonde, ...(rival === undefined ? [] : [hsflowd(rival)])]
  const found = new Map<string, Measured[]>()
  try {
    spaces.make('a', 'b')
    spaces.veth('a', 'va', 'b', 'vb')
    spaces.ip('a', 'addr', 'add', '10.99.0.1/24', 'dev', 'va')
    spaces.ip('b', 'addr', 'add', '10.99.0.2/24', 'dev', 'vb')
    const close = sink(spaces, 'b', '10.99.0.2', TRAFFIC_PORT)
    say(`\n${values.packets} packets of 256 bytes at ${values.speed} a second over a veth; statistics of BPF on:`)
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const rate of values.rates.split(',').map(Number)) {
        for (const sampler of samplers) {
          const one = await measure(spaces, sampler, rate)
          const key = `${sampler.name} 1 in ${rate}`
          found.set(key, [...(found.get(key) ?? []), one])
          const expected = Number(values.packets) / rate
          say(
            `  ${key.padEnd(18)} ${one.nsPerPacket.toFixed(1)} ns a packet in the kernel, ${one.samples} samples (expected ${expected} ± ` +
              `${Math.sqrt(expected).toFixed(0)}), CPU ${one.cpuMs.toFixed(0)} ms = ${((1000 * one.cpuMs) / one.samples).toFixed(1)} µs a sample, ` +
              `idle ${one.idleMsPerSecond.toFixed(1)} ms/s, ${one.rss.toFixed(0)} MiB`,
          )
        }
      }
    }
    close()
  } finally {
    spaces.remove()
  }
}

async function main(): Promise<void> {
  if (noNamespaces) {
    say(`skipped: ${noNamespaces}`)
    return
  }
  if (rival === undefined) say('Host sFlow is left out: HSFLOWD names no folder.')
  const before = readFileSync(STATS, 'latin1')
  try {
    await runHarness()
    writeFileSync(STATS, '1')
    await runLive()
  } finally {
    writeFileSync(STATS, before)
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
