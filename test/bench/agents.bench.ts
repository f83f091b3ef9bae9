// Measures AgentTable: CPU time a datagram and a sample, the making of the stream taken off, and what it allocates.
// Not a test: run it with `node --expose-gc --import tsx test/bench/agents.bench.ts`. Nanoseconds vary with the machine.

import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'

const SAMPLES = 6
const DATAGRAMS = 100_000
const ROUNDS = 10

/** A stream in order from random agents, each datagram with samples of neighbouring ports. */
class Stream {
  readonly walker = new Walker(() => {})
  readonly #agents: number
  readonly #ports: number
  readonly #sequences: Uint32Array
  /** Number and pool of each port. */
  readonly #sources: Uint32Array
  #random = 12345

  constructor(agents: number, ports: number) {
    this.#agents = agents
    this.#ports = ports
    this.#sequences = new Uint32Array(agents)
    this.#sources = new Uint32Array(agents * ports * 2)
    const view = new DataView(new ArrayBuffer(4 * agents))
    for (let a = 0; a < agents; a++) view.setUint32(a * 4, 0x0a000001 + a * 256)
    this.walker.view = view
    this.walker.agentType = 1
    this.walker.sampleKind = SampleKind.flow
    this.walker.samplingRate = 1000
  }

  /** CPU time a datagram in ns. */
  run(table: AgentTable | undefined, samples: number): number {
    const { walker } = this
    const start = process.cpuUsage()
    for (let i = 0; i < DATAGRAMS; i++) {
      const r = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0
      this.#random = r
      const agent = (r >>> 8) % this.#agents
      walker.agentOffset = agent * 4
      walker.sequence = this.#sequences[agent]! += 1
      walker.uptime = walker.sequence * 10
      if (table) table.datagram(walker, 1_700_000_000, 0)
      let port = r % this.#ports
      for (let k = 0; k < samples; k++) {
        if (++port >= this.#ports) port = 0
        const at = (agent * this.#ports + port) * 2
        walker.sourceIndex = port + 1
        walker.sequenceNumber = this.#sources[at]! += 1
        walker.samplePool = this.#sources[at + 1]! += 900 + (r & 127)
        if (table) table.sample(walker)
      }
    }
    const { user, system } = process.cpuUsage(start)
    return ((user + system) * 1000) / DATAGRAMS
  }
}

function best(run: () => number): number {
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < ROUNDS; k++) least = Math.min(least, run())
  return least
}

for (const [agents, ports] of [
  [1, 48],
  [64, 48],
  [1000, 64],
] as const) {
  const table = new AgentTable()
  const stream = new Stream(agents, ports)
  const bare = new Stream(agents, ports)
  for (let k = 0; k < 4; k++) {
    stream.run(table, SAMPLES)
    bare.run(undefined, SAMPLES)
  }
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const all = best(() => stream.run(table, SAMPLES)) - best(() => bare.run(undefined, SAMPLES))
  const datagram = best(() => stream.run(table, 0)) - best(() => bare.run(undefined, 0))
  const heap = (process.memoryUsage().heapUsed - before) / (2 * ROUNDS * DATAGRAMS)
  console.log(
    `${agents} agents of ${ports} ports: ${datagram.toFixed(1)} ns a datagram, ${((all - datagram) / SAMPLES).toFixed(1)} ns a sample, ${heap.toFixed(2)} bytes of heap a datagram`,
  )
}
