// Owns the benchmark inputs: `zipf` (flow samples only) and `mixed` (what a network of switches and hosts sends).
// Shares no code with src. Start at generateZipf and generateMixed, or run it:
//   node --import tsx test/bench/generate.ts zipf|mixed [--samples N] [--flows N] [--seed S] [-o FILE]

import { parseArgs } from 'node:util'
import { CaptureWriter } from './capture-writer.ts'
import { DatagramWriter } from './datagram-writer.ts'
import { type Flows, makeFlows } from './flows.ts'
import { hostRecords } from './host-records.ts'
import { Random, Zipf } from './random.ts'

export interface GenerateOptions {
  /** Samples to write; rounded up to whole datagrams, `mixed` to whole rounds of ten. */
  readonly samples: number
  readonly flows: number
  readonly seed: number
  readonly path: string
}

export interface Generated {
  readonly datagrams: number
  readonly samples: number
  /** Size of the file. */
  readonly bytes: number
}

const AGENTS = 8
const RATE = 1000
/** 2026-01-01T00:00:00Z. */
const START = 1_767_225_600
const AGENT_BASE = 0x0aff0001

/** Per agent and port: sequence numbers and pools, so that nothing looks lost. */
class Sources {
  readonly datagram = new Uint32Array(AGENTS)
  readonly flow = new Uint32Array(AGENTS * 64)
  readonly counters = new Uint32Array(AGENTS * 64)
  readonly discards = new Uint32Array(AGENTS)
}

/** Runs datagrams through one writer, a millisecond apart. */
class Stream {
  readonly datagram = new DatagramWriter()
  readonly sources = new Sources()
  readonly #capture: CaptureWriter
  #agent = 0

  constructor(path: string) {
    this.#capture = new CaptureWriter(path)
  }

  begin(agent: number): void {
    const at = this.#capture.begin()
    this.#agent = agent
    const sequence = ++this.sources.datagram[agent]!
    this.datagram.begin(this.#capture.bytes, this.#capture.view, at, AGENT_BASE + agent, sequence, this.milliseconds())
  }

  end(): void {
    const milliseconds = this.milliseconds()
    const seconds = START + Math.floor(milliseconds / 1000)
    this.#capture.end(this.datagram.end(), seconds, (milliseconds % 1000) * 1000, AGENT_BASE + this.#agent)
  }

  /** Since the start: also the uptime of every agent. */
  milliseconds(): number {
    return this.#capture.packets
  }

  close(samples: number): Generated {
    this.#capture.close()
    return { datagrams: this.#capture.packets, samples, bytes: this.#capture.size }
  }
}

function beginFlowSample(stream: Stream, agent: number, input: number, output: number, expanded: boolean): void {
  const sequence = ++stream.sources.flow[agent * 64 + input]!
  const pool = (sequence * RATE) >>> 0
  if (expanded) {
    stream.datagram.beginSample(3, sequence, 0, input, RATE, pool, 0, 0, input, 0, output)
  } else {
    stream.datagram.beginSample(1, sequence, input, RATE, pool, 0, input, output)
  }
}

/**
 * Compact flow samples, six a datagram: a header of up to 128 bytes and extended_switch (0:1001); flows drawn by Zipf's
 * law with exponent 1.1.
 */
export function generateZipf(options: GenerateOptions): Generated {
  const flows = makeFlows(options.flows, AGENTS, options.seed)
  const random = new Random(options.seed + 1)
  const zipf = new Zipf(options.flows, 1.1)
  const stream = new Stream(options.path)
  let samples = 0
  while (samples < options.samples) {
    const agent = random.below(AGENTS)
    stream.begin(agent)
    for (let i = 0; i < 6; i++) {
      const flow = zipf.draw(random)
      beginFlowSample(stream, agent, flows.input[flow]!, flows.output[flow]!, false)
      stream.datagram.sampledHeader(flows, flow)
      stream.datagram.extendedSwitch(flows.vlan[flow]! || 1)
      stream.datagram.endSample()
      samples++
    }
    stream.end()
  }
  return stream.close(samples)
}

/**
 * Rounds of ten datagrams and 26 samples: 16 flow samples with header and extended_switch, every third with router and
 * gateway too, 2 expanded flow samples, 6 counter samples with if_counters and ethernet_counters, one of a host with all
 * its records, one discarded packet with function, Linux reason and timestamp.
 */
export function generateMixed(options: GenerateOptions): Generated {
  const flows = makeFlows(options.flows, AGENTS, options.seed)
  const random = new Random(options.seed + 1)
  const zipf = new Zipf(options.flows, 1.1)
  const stream = new Stream(options.path)
  let samples = 0
  let compact = 0
  while (samples < options.samples) {
    for (let i = 0; i < 10; i++) {
      const agent = random.below(AGENTS)
      stream.begin(agent)
      if (i < 8) {
        for (let k = 0; k < 2; k++) mixedFlow(stream, flows, zipf.draw(random), agent, false, compact++ % 3 === 0)
      }
      if (i < 6) counters(stream, agent, 1 + random.below(48), random)
      else if (i < 8) mixedFlow(stream, flows, zipf.draw(random), agent, true, false)
      else if (i === 8) host(stream, agent, random)
      else discard(stream, flows, zipf.draw(random), agent, random)
      stream.end()
    }
    samples += 26
  }
  return stream.close(samples)
}

function mixedFlow(
  stream: Stream,
  flows: Flows,
  flow: number,
  agent: number,
  expanded: boolean,
  routed: boolean,
): void {
  const { datagram } = stream
  beginFlowSample(stream, agent, flows.input[flow]!, flows.output[flow]!, expanded)
  datagram.sampledHeader(flows, flow)
  if (!expanded) datagram.extendedSwitch(flows.vlan[flow]! || 1)
  if (routed) {
    datagram.extendedRouter(0x0a000000 + (flow % 250))
    datagram.extendedGateway(0x0a010000 + (flow % 250), [64_512 + (flow % 100), 64_700, 4_200_000_000 + (flow % 50)])
  }
  datagram.endSample()
}

function counters(stream: Stream, agent: number, port: number, random: Random): void {
  const { datagram } = stream
  datagram.beginSample(2, ++stream.sources.counters[agent * 64 + port]!, port)
  const packets = random.u32()
  datagram.beginRecord(1)
  datagram.u32(port, 6)
  datagram.u64(100e9)
  datagram.u32(1, 3)
  datagram.u64(packets * 700)
  datagram.u32(packets, random.below(1e6), random.below(1e5), random.below(100), 0, 0xffffffff)
  datagram.u64(packets * 900)
  datagram.u32(packets, random.below(1e6), random.below(1e5), random.below(1000), 0, 0)
  datagram.endRecord()
  datagram.beginRecord(2)
  for (let i = 0; i < 13; i++) datagram.u32(i === 1 ? random.below(100) : 0)
  datagram.endRecord()
  datagram.endSample()
}

function host(stream: Stream, agent: number, random: Random): void {
  stream.datagram.beginSample(2, ++stream.sources.counters[agent * 64]!, (2 << 24) | 1)
  hostRecords(stream.datagram, agent, random)
  stream.datagram.endSample()
}

function discard(stream: Stream, flows: Flows, flow: number, agent: number, random: Random): void {
  const { datagram } = stream
  const linux = [
    [3, 'NO_SOCKET', '__udp4_lib_rcv+0x80b/0x9a0'],
    [258, 'NETFILTER_DROP', 'nf_hook_slow+0x8d/0xa0'],
    [261, 'QDISC_DROP', '__dev_queue_xmit+0xb3c/0xe10'],
  ] as const
  const [reason, name, symbol] = linux[random.below(linux.length)]!
  datagram.beginSample(5, ++stream.sources.discards[agent]!, 0, 0, 0, flows.input[flow]!, 0, reason)
  datagram.sampledHeader(flows, flow)
  datagram.beginRecord(1038)
  datagram.text(symbol)
  datagram.endRecord()
  datagram.beginRecord(1042)
  datagram.text(name)
  datagram.endRecord()
  datagram.beginRecord(1043)
  // Nanoseconds since 1970, as two words: seconds × 10^9 does not fit a double exactly.
  const nanoseconds = BigInt(START) * 1_000_000_000n + BigInt(stream.milliseconds()) * 1_000_000n
  datagram.u32(Number(nanoseconds >> 32n), Number(nanoseconds & 0xffff_ffffn))
  datagram.endRecord()
  datagram.endSample()
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      samples: { type: 'string', default: '1000000' },
      flows: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string', short: 'o' },
    },
  })
  const kind = positionals[0]
  if ((kind !== 'zipf' && kind !== 'mixed') || values.output === undefined) {
    console.error('usage: generate.ts zipf|mixed [--samples N] [--flows N] [--seed S] -o FILE')
    process.exitCode = 2
    return
  }
  const options = {
    samples: Number(values.samples),
    flows: Number(values.flows),
    seed: Number(values.seed),
    path: values.output,
  }
  console.log(JSON.stringify(kind === 'zipf' ? generateZipf(options) : generateMixed(options)))
}

if (import.meta.filename === process.argv[1]) main()
