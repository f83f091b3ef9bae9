// Owns the input of benches at size: an hour (or less) of sFlow from a RoCEv2 fabric of 1,024 ports, written to a file as it is made,
// in constant memory. Packets are those of test/helpers/fabric; which are sampled is drawn without making the others. There
// is no truth of it: for that is generateFabric. Start at writeFabricHour, or run it:
//   node --import tsx test/bench/fabric-hour.ts [--seconds N] [--samples N] [--seed N] -o FILE     (topology: FILE.topology.json)

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { START } from '../helpers/fabric/agents.ts'
import { type JobOptions, jobTrains } from '../helpers/fabric/jobs.ts'
import { Layout, type Switch } from '../helpers/fabric/layout.ts'
import { PacketWriter } from '../helpers/fabric/packet-bytes.ts'
import { hopsEntered, type Train } from '../helpers/fabric/train.ts'
import { CaptureWriter } from './capture-writer.ts'
import { DatagramWriter } from './datagram-writer.ts'
import { Random } from './random.ts'

export interface HourOptions {
  /** 3600 where not given. */
  readonly seconds?: number
  /** Flow samples to aim at: how much traffic there is follows from it. 5 million where not given. */
  readonly samples?: number
  readonly seed?: number
  readonly path: string
}

export interface WrittenHour {
  readonly samples: number
  readonly counterSamples: number
  readonly discards: number
  readonly datagrams: number
  readonly bytes: number
  readonly ports: number
  readonly layout: Layout
}

/** 1 in so many packets. */
export const HOUR_RATE = 100_000
/** 32 leaves with 16 hosts and 8 cables each, 8 spines: 1,024 ports. */
const FABRIC = { leaves: 32, spines: 8, hostsPerLeaf: 16, edgeGbps: 400, coreGbps: 800 }
/** Jobs of eight hosts, each on another leaf. */
const MEMBERS = 8
const TICK = 0.05
const HOLD = 1
const POLL = 30
const DATAGRAM_BYTES = 1400
const LARGEST_SAMPLE = 300
const NO_BUFFER_SPACE = 259
/** Discards told a second, in the whole fabric. */
const DISCARDS = 2

type StepTrain = { -readonly [K in keyof Train]: Train[K] }

/** A job's packets that enter one switch: the same in each step. */
interface Share {
  readonly agent: Agent
  readonly trains: readonly StepTrain[]
  readonly hops: readonly number[]
  /** Packets up to and with each of these trains. */
  readonly upTo: Float64Array
  /** Exposure, in samples, and the exposure at which the next sample is due. */
  exposure: number
  due: number
}

interface Job {
  readonly period: number
  readonly exchange: number
  readonly start: number
  readonly trains: readonly StepTrain[]
  readonly shares: readonly Share[]
  step: number
}

interface PortNumbers {
  flows: number
  counters: number
  pool: number
  inOctets: number
  outPackets: number
  outOctets: number
}

/** One switch's datagram that is being filled. */
class Agent {
  readonly own: Switch
  readonly out = new DatagramWriter()
  readonly bytes = new Uint8Array(DATAGRAM_BYTES + LARGEST_SAMPLE)
  readonly view = new DataView(this.bytes.buffer)
  readonly #capture: CaptureWriter
  sequence = 0
  discards = 0
  heldSince = Number.POSITIVE_INFINITY

  constructor(own: Switch, capture: CaptureWriter) {
    this.own = own
    this.#capture = capture
  }

  begin(now: number): DatagramWriter {
    const { out } = this
    if (this.heldSince !== Number.POSITIVE_INFINITY && out.position > DATAGRAM_BYTES - LARGEST_SAMPLE) this.flush(now)
    if (this.heldSince === Number.POSITIVE_INFINITY) {
      out.begin(this.bytes, this.view, 0, this.own.address, ++this.sequence, 0)
      this.heldSince = now
    }
    return out
  }

  flush(now: number): void {
    const length = this.out.end()
    this.heldSince = Number.POSITIVE_INFINITY
    // Uptime.
    this.view.setUint32(20, 86_400_000 + Math.floor(now * 1000))
    const at = this.#capture.begin()
    this.#capture.bytes.set(this.bytes.subarray(0, length), at)
    const microseconds = Math.floor((now % 1) * 1e6)
    this.#capture.end(length, START + Math.floor(now), microseconds, this.own.address)
  }
}

const exponential = (random: Random): number => -Math.log(1 - random.unit())

/** 64 jobs over all hosts, steps of 0.5 to 3 s. */
function makeJobs(layout: Layout, agents: readonly Agent[], random: Random): Job[] {
  const { leaves, hostsPerLeaf } = FABRIC
  const count = layout.hosts / MEMBERS
  return Array.from({ length: count }, (_, n) => {
    const column = n % hostsPerLeaf
    const group = Math.floor(n / hostsPerLeaf)
    const hosts = Array.from(
      { length: MEMBERS },
      (__, i) => ((group + (i * leaves) / MEMBERS) % leaves) * hostsPerLeaf + column,
    )
    const period = 0.5 + 2.5 * random.unit()
    const exchange = period * (0.2 + 0.3 * random.unit())
    const options: JobOptions = {
      ...{ hosts, period, exchange, stepBytes: 2 ** 30 * period, message: 1 << (16 + random.below(5)) },
      ...{ collective: n % 3 === 0 ? 'all-to-all' : 'ring', creditCodes: [14, 18, 20, 22, 31] },
      ...{ ce: { share: 0.05, at: 'spine' }, cnp: 0.1, naks: 0.5, retransmitted: 100 },
    }
    const trains: StepTrain[] = jobTrains(layout, options, period, () => 0.5).trains.map((train) => ({ ...train }))
    const shares = agents.flatMap((agent) => {
      const passing = trains.flatMap((train) => {
        const hop = train.hops.findIndex(({ switchId }) => switchId === agent.own.id)
        return hop < 0 || hop >= hopsEntered(train) ? [] : [{ train, hop }]
      })
      if (passing.length === 0) return []
      let sum = 0
      const upTo = Float64Array.from(passing, ({ train }) => {
        sum += train.packets
        return sum
      })
      const own = { trains: passing.map(({ train }) => train), hops: passing.map(({ hop }) => hop), upTo }
      return [{ agent, ...own, exposure: 0, due: exponential(random) }]
    })
    return { period, exchange, start: random.unit() * period, trains, shares, step: -1 }
  })
}

/** Seconds of `from` to `to` in which a job exchanges. */
function exchanged(job: Job, from: number, to: number): number {
  const until = (t: number) => {
    const since = t - job.start
    if (since <= 0) return 0
    const whole = Math.floor(since / job.period)
    return whole * job.exchange + Math.min(job.exchange, since - whole * job.period)
  }
  return until(to) - until(from)
}

/** Writes the capture. */
export function writeFabricHour({
  seconds = 3600,
  samples: wanted = 5_000_000,
  seed = 1,
  path,
}: HourOptions): WrittenHour {
  const random = new Random(seed)
  const layout = new Layout(FABRIC)
  const capture = new CaptureWriter(path)
  const agents = layout.switches.map((own) => new Agent(own, capture))
  const jobs = makeJobs(layout, agents, random)
  const packet = new PacketWriter(layout)
  const numbers: PortNumbers[] = layout.ports.map((port) => ({
    ...{ flows: 0, counters: 0, pool: port.id * 1_000_003, inOctets: port.id * 1e12, outPackets: port.id * 1e9 },
    outOctets: port.id * 2e12,
  }))
  // Packets a second that all switches together receive, at the traffic that jobs ask for.
  const packets = jobs.reduce(
    (all, { shares, period }) => all + shares.reduce((sum, x) => sum + x.upTo.at(-1)!, 0) / period,
    0,
  )
  const perPacket = wanted / (packets * seconds)
  let samples = 0
  let counterSamples = 0
  let discards = 0
  let nextDiscard = exponential(random) / DISCARDS

  const draw = (share: Share): number => {
    const at = random.unit() * share.upTo.at(-1)!
    return share.upTo.findIndex((sum) => at < sum)
  }
  const header = (out: DatagramWriter, train: Train, hop: number) => {
    packet.write(train, random.below(train.packets), hop, false)
    out.beginRecord(1)
    out.u32(1, packet.octets, 4)
    out.opaque(packet.bytes, 0, packet.captured)
    out.endRecord()
  }
  const flow = (share: Share, now: number) => {
    const pick = draw(share)
    const train = share.trains[pick]!
    const hop = share.hops[pick]!
    const { input, output } = train.hops[hop]!
    const from = numbers[input]!
    const to = numbers[output]!
    const passed = 1 + Math.floor(exponential(random) * HOUR_RATE)
    const ifIndex = layout.ports[input]!.ifIndex
    const out = share.agent.begin(now)
    from.pool += passed
    out.beginSample(
      3,
      ++from.flows,
      0,
      ifIndex,
      HOUR_RATE,
      from.pool % 2 ** 32,
      0,
      0,
      ifIndex,
      0,
      layout.ports[output]!.ifIndex,
    )
    header(out, train, hop)
    out.endSample()
    from.inOctets += passed * packet.octets
    to.outPackets += passed
    to.outOctets += passed * packet.octets
    samples++
  }
  const counters = (agent: Agent, now: number) => {
    for (const { id, ifIndex, name, speed } of agent.own.ports) {
      const port = numbers[id]!
      const out = agent.begin(now)
      out.beginSample(4, ++port.counters, 0, ifIndex)
      out.beginRecord(1)
      out.u32(ifIndex, 6)
      out.u64(speed)
      out.u32(1, 3)
      out.u64(port.inOctets)
      out.u32(port.pool % 2 ** 32, 0, 0, 0, 0, 0xffffffff)
      out.u64(port.outOctets)
      out.u32(port.outPackets % 2 ** 32, 0, 0, id % 97 === 0 ? Math.floor(now) : 0, 0, 0)
      out.endRecord()
      out.beginRecord(1005)
      out.text(name)
      out.endRecord()
      out.endSample()
      counterSamples++
    }
  }
  const discard = (now: number) => {
    const { shares } = jobs[random.below(jobs.length)]!
    const share = shares[random.below(shares.length)]!
    const pick = draw(share)
    const train = share.trains[pick]!
    const { input, output } = train.hops[share.hops[pick]!]!
    const [from, to] = [layout.ports[input]!.ifIndex, layout.ports[output]!.ifIndex]
    const out = share.agent.begin(now)
    out.beginSample(5, ++share.agent.discards, 0, 0, 0, from, to, NO_BUFFER_SPACE)
    header(out, train, share.hops[pick]!)
    out.beginRecord(1036)
    out.u32(3)
    out.endRecord()
    out.endSample()
    discards++
  }

  for (let tick = 0; tick * TICK < seconds; tick++) {
    const now = tick * TICK
    for (const job of jobs) {
      const busy = exchanged(job, now - TICK, now)
      if (busy === 0) continue
      const step = Math.floor((now - job.start) / job.period)
      for (; job.step < step; job.step++) {
        for (const train of job.trains) train.psn = (train.psn + train.psnSpan) % 2 ** 24
      }
      const part = (busy / job.exchange) * perPacket
      for (const share of job.shares) {
        share.exposure += share.upTo.at(-1)! * part
        for (; share.exposure >= share.due; share.due += exponential(random)) flow(share, now)
      }
    }
    for (; nextDiscard <= now; nextDiscard += exponential(random) / DISCARDS) discard(now)
    for (const agent of agents) {
      // Polled in turns, one after the other over POLL seconds.
      if ((tick + agent.own.id * 13) % (POLL / TICK) === 0) counters(agent, now)
      if (now - agent.heldSince >= HOLD - TICK / 2) agent.flush(now)
    }
  }
  for (const agent of agents) if (agent.heldSince !== Number.POSITIVE_INFINITY) agent.flush(seconds)
  capture.close()
  const { packets: datagrams, size: bytes } = capture
  return { samples, counterSamples, discards, datagrams, bytes, ports: layout.ports.length, layout }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '3600' },
      samples: { type: 'string', default: '5000000' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string', short: 'o' },
    },
  })
  const path = values.output
  if (path === undefined) {
    console.error('usage: fabric-hour.ts [--seconds N] [--samples N] [--seed N] -o FILE')
    process.exitCode = 2
    return
  }
  const { seconds, samples, seed } = values
  const { layout, ...written } = writeFabricHour({
    ...{ seconds: Number(seconds), samples: Number(samples), seed: Number(seed), path },
  })
  writeFileSync(`${path}.topology.json`, JSON.stringify(layout.topology()))
  console.log(JSON.stringify(written))
}

if (import.meta.filename === process.argv[1]) main()
