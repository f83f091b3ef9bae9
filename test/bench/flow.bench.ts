// Measures FlowEngine in one process: samples a CPU-second, and the cost of each part on top of the one before; keys, filters
// and IPv6 against the plain 5-tuple in the same run, in turns. Not a test; ratios hold on any machine.
//
//   node --import tsx test/bench/flow.bench.ts [--samples N] [--rounds N] [--only NAME]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleView } from '../../src/lib/attributes/context.ts'
import { noData, parseFilter, parseKeys, parseValues } from '../../src/lib/expression/expression.ts'
import { FlowEngine, type FlowOptions, flowDefaults } from '../../src/lib/flow/flow.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'
import { generateZipf } from './generate.ts'
import { cpuSeconds } from './measure.ts'

const TUPLE = 'src,dst,proto,sport,dport'

interface Case {
  readonly name: string
  readonly agents: boolean
  readonly keys?: string
  readonly values?: string
  readonly filter?: string
  readonly options?: Partial<FlowOptions>
}

const cases: readonly Case[] = [
  { name: 'walk', agents: false },
  { name: 'walk, agents', agents: true },
  { name: 'no key', agents: true, keys: '' },
  { name: 'proto', agents: true, keys: 'proto' },
  { name: '5-tuple', agents: true, keys: TUPLE },
  { name: '5-tuple, filter', agents: true, keys: TUPLE, filter: 'proto=6,17&sport!=443' },
  { name: '5-tuple, tunnel key', agents: true, keys: `${TUPLE},null:vxlanvni:0` },
  { name: '5-tuple, stack', agents: true, keys: `${TUPLE},stack` },
  { name: '5-tuple, four values', agents: true, keys: TUPLE, values: 'bytes,frames,avg:framelength,max:framelength' },
  { name: '5-tuple, count', agents: true, keys: 'proto', values: 'bytes,count:src' },
  { name: '5-tuple, 10 s windows', agents: true, keys: TUPLE, options: { windowMs: 10_000 } },
  { name: '5-tuple, smoothed', agents: true, keys: TUPLE, options: { smoothMs: 2000 } },
]

class Contestant {
  readonly name: string
  readonly times: number[] = []
  readonly closings: number[] = []
  readonly #case: Case
  readonly #walker = new Walker(() => {})
  readonly #view = new SampleView(this.#walker)

  constructor(of: Case) {
    this.name = of.name
    this.#case = of
  }

  /** CPU seconds of one pass, and of closing what it left. */
  pass(datagrams: readonly Uint8Array[], view: DataView, bytes: Uint8Array): number {
    const { agents: hasAgents, keys, values = 'bytes', filter, options } = this.#case
    const walker = this.#walker
    const sampleView = this.#view
    const agents = new AgentTable()
    const sender = new Uint32Array([0, 0, 0xffff, 0x0a000001])
    const engine =
      keys === undefined
        ? undefined
        : new FlowEngine(
            {
              ...flowDefaults,
              keys: parseKeys(keys, '--keys'),
              values: parseValues(values, '--value'),
              filter: filter === undefined ? undefined : parseFilter(filter, '--filter'),
              data: noData,
              ...options,
            },
            agents,
            12345,
          )
    const before = process.cpuUsage()
    let n = 0
    for (const { byteOffset, length } of datagrams) {
      n++
      walker.open(bytes, view, byteOffset, length)
      const sec = 1_767_225_600 + Math.floor(n / 1000)
      const nsec = (n % 1000) * 1e6
      if (hasAgents) agents.datagram(walker, sec, nsec)
      sampleView.startDatagram(sec, nsec, sender, 0)
      while (walker.nextSample()) {
        sampleView.startSample()
        if (hasAgents) agents.sample(walker)
        if (engine !== undefined) engine.sample(sampleView)
      }
      if (engine !== undefined && n % 1000 === 0) engine.advance(sec * 1000)
    }
    const open = process.cpuUsage(before)
    engine?.finish()
    const { user, system } = process.cpuUsage(before)
    this.closings.push((user + system - open.user - open.system) / 1e6)
    return (user + system) / 1e6
  }
}

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
try {
  const path = join(folder, 'zipf.pcap')
  const { samples } = generateZipf({ samples: Number(values.samples), flows: 100_000, seed: 1, path })
  const datagrams = ownDatagrams(path)
  const { buffer } = datagrams[0]!
  const bytes = new Uint8Array(buffer)
  const view = new DataView(buffer)
  const chosen = cases.filter((x) => values.only === undefined || x.name === values.only || x.name === '5-tuple')
  const contestants = chosen.map((x) => new Contestant(x))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const one of contestants) one.times.push(one.pass(datagrams, view, bytes))
  }
  const best = (one: Contestant): number => Math.min(...one.times)
  const plain = best(contestants.find((x) => x.name === '5-tuple')!)
  console.log(`${samples} samples of 100,000 flows; CPU = user + system, best of ${values.rounds}, closing included`)
  for (const one of contestants) {
    const seconds = best(one)
    const rate = (samples / seconds / 1e6).toFixed(2).padStart(6)
    const ns = ((seconds * 1e9) / samples).toFixed(0).padStart(5)
    const closing = ((Math.min(...one.closings) * 1e9) / samples).toFixed(0).padStart(4)
    const against = ((seconds / plain) * 100).toFixed(0).padStart(5)
    console.log(
      `${one.name.padEnd(24)}${rate} M samples/CPU-s ${ns} ns a sample, closing ${closing} ${against} % of the 5-tuple's`,
    )
  }
  if (values.only === undefined || values.only === 'whole') whole(path, samples, folder)
} finally {
  rmSync(folder, { recursive: true })
}

/** The built program from file to rows, against sfacctd (Debian package pmacct) where it is. */
function whole(path: string, samples: number, into: string): void {
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'run.js')
  const told = (name: string, seconds: number | undefined): void => {
    const text =
      seconds === undefined ? 'failed, or is not there' : `${(samples / seconds / 1e6).toFixed(2)} M samples/CPU-s`
    console.log(`${name.padEnd(24)}${text}`)
  }
  const args = ['top-flows', '--input', path, '--keys', TUPLE, '--value', 'bytes', '--format', 'ndjson']
  const rounds = Array.from({ length: 3 }, () => cpuSeconds(process.execPath, [bin, ...args]))
  told('whole: sonde', rounds.includes(undefined) ? undefined : Math.min(...rounds.map(Number)))
  const config = join(into, 'sfacctd.conf')
  const lines = {
    daemonize: 'false',
    pcap_savefile: path,
    aggregate: 'src_host,dst_host,proto,src_port,dst_port',
    plugins: 'print',
    print_output_file: join(into, 'sfacctd.out'),
    print_cache_entries: '400009',
    sfacctd_renormalize: 'true',
  }
  writeFileSync(
    config,
    Object.entries(lines)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )
  told('whole: sfacctd', cpuSeconds('sfacctd', ['-f', config]))
}
