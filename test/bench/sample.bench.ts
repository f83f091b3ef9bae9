// Owns what a sample costs the process that sends it as sFlow: encoding alone, with sending, and, as root, `sonde sample` as a
// whole beside an idle one. CPU, not time: the machine is shared. Prints and never fails on a time.
//
//   node --import tsx test/bench/sample.bench.ts [--samples N] [--seconds N] [--rate N] [--pps N] [--method tcx|af_packet]

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Collector } from '../../src/lib/exporter/collector.ts'
import { HostAgent } from '../../src/lib/host-agent/host-agent.ts'
import { ended, startSonde } from '../helpers/cli.ts'
import { tapped } from '../helpers/host-packets.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '100' },
    pps: { type: 'string', default: '50000' },
    method: { type: 'string', default: 'tcx' },
  },
})
const ROUNDS = 5
/** What a tap hands on in one go. */
const A_TICK = 40

const micros = ({ user, system }: NodeJS.CpuUsage): number => user + system

/** The least of some rounds, in microseconds a sample: what others of the machine add is left out so. */
function cost(name: string, round: () => void): void {
  const samples = Number(values.samples) / ROUNDS
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    for (let done = 0; done < samples; done += A_TICK) round()
    return micros(process.cpuUsage(before)) / samples
  })
  console.log(`${name.padEnd(28)} ${Math.min(...rounds).toFixed(3)} µs a sample`)
}

function agentOf(take: (bytes: Uint8Array, length: number) => void): HostAgent {
  const agent = new HostAgent({ agent: { type: 1, bytes: Uint8Array.of(192, 0, 2, 9) }, largestIndex: 9 }, take)
  agent.addPort({ interfaceIndex: 3, rate: 100, hasEthernet: true })
  return agent
}

const packet = tapped({ bytes: new Uint8Array(128).fill(7), length: 128 })
let clock = 0
const nextTick = (): number => {
  clock += 20
  return clock
}

const alone = agentOf(() => {})
cost('encode', () => {
  alone.advance(nextTick())
  for (let i = 0; i < A_TICK; i++) alone.packet(packet)
})

const receiver = await UdpReceiver.open()
const collector = await Collector.open({ to: { host: '127.0.0.1', port: receiver.port }, tell: console.log })
const sending = agentOf((bytes, length) => collector.send(bytes, 0, length))
cost('encode, send to loopback', () => {
  sending.advance(nextTick())
  for (let i = 0; i < A_TICK; i++) sending.packet(packet)
  collector.flush()
})
await collector.close()
await receiver.close()

/** User and system time of a process, seconds; USER_HZ is 100. */
function cpuOf(pid: number): { user: number; system: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return { user: Number(fields[11]) / 100, system: Number(fields[12]) / 100 }
}

async function live(): Promise<void> {
  const seconds = Number(values.seconds)
  const pps = Number(values.pps)
  const router = new TappedRouter()
  const target = await UdpReceiver.open()
  const flags = ['--netns', router.spaces.realName('r'), '--rate', values.rate, '--method', values.method]
  const child = startSonde(['sample', 'left', ...flags, '--to', `127.0.0.1:${target.port}`, '--polling', 'off'])
  const end = ended(child)
  try {
    await sleep(2000)
    const span = async (work: () => void): Promise<{ user: number; system: number }> => {
      const before = cpuOf(child.pid!)
      const until = performance.now() + 1000 * seconds
      for (let due = performance.now(); due < until; due += 10) {
        work()
        await sleep(Math.max(0, due + 10 - performance.now()))
      }
      const after = cpuOf(child.pid!)
      return { user: after.user - before.user, system: after.system - before.system }
    }
    const idle = await span(() => {})
    const busy = await span(() => router.send(pps / 100, { drain: false }))
    child.kill('SIGINT')
    const { stderr } = await end
    const samples = Number(/([\d,]+) samples? of/.exec(stderr)?.[1]?.replaceAll(',', '') ?? Number.NaN)
    const perSample = (cpu: number) => ((1e6 * cpu) / samples).toFixed(1)
    const share = ({ user, system }: typeof idle) => `${((100 * (user + system)) / seconds).toFixed(2)} % of a core`
    console.log(stderr.trim())
    console.log(`idle ${share(idle)}; with ${samples} samples in ${seconds} s ${share(busy)}`)
    console.log(`user ${perSample(busy.user)} µs, system ${perSample(busy.system)} µs a sample, the idle loop with it`)
    console.log(
      `user ${perSample(busy.user - idle.user)} µs, system ${perSample(busy.system - idle.system)} µs a sample without it`,
    )
  } finally {
    child.kill()
    router.close()
    await target.close()
  }
}

if (noNamespaces) console.log(`sonde sample as a whole is left out: ${noNamespaces}`)
else await live()
