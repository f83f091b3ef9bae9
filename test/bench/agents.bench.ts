// Measures AgentTable per datagram and per sample, beside the bare walk of the fields it needs, and what it allocates.
// Not a test: run it with `node --expose-gc --import tsx test/bench/agents.bench.ts`.

import { AgentTable } from '../../src/lib/agents/agents.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'

const SAMPLES = 6
const DATAGRAMS = 200_000

function run(agents: number, ports: number): { datagram: number; sample: number; heap: number } {
  const table = new AgentTable()
  const walker = new Walker(() => {})
  const view = new DataView(new ArrayBuffer(4 * agents))
  for (let a = 0; a < agents; a++) view.setUint32(a * 4, 0x0a000001 + a * 256)
  walker.view = view
  walker.agentType = 1
  walker.sampleKind = SampleKind.flow
  walker.samplingRate = 1000
  const sequences = new Uint32Array(agents)
  const numbers = new Uint32Array(agents * ports)
  const pools = new Uint32Array(agents * ports)
  let r = 12345
  const pass = (samples: number): number => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < DATAGRAMS; i++) {
      r = (Math.imul(r, 1664525) + 1013904223) >>> 0
      const agent = (r >>> 8) % agents
      walker.agentOffset = agent * 4
      walker.sequence = ++sequences[agent]!
      walker.uptime = sequences[agent]! * 10
      table.datagram(walker, 1_700_000_000, 0)
      for (let k = 0; k < samples; k++) {
        const port = (r + k * 7) % ports
        const at = agent * ports + port
        walker.sourceIndex = port + 1
        walker.sequenceNumber = ++numbers[at]!
        walker.samplePool = pools[at]! += 900 + (r & 127)
        table.sample(walker)
      }
    }
    return Number(process.hrtime.bigint() - start) / DATAGRAMS
  }
  pass(SAMPLES)
  pass(SAMPLES)
  pass(0)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  let alone = Number.POSITIVE_INFINITY
  let all = Number.POSITIVE_INFINITY
  for (let k = 0; k < 6; k++) {
    alone = Math.min(alone, pass(0))
    all = Math.min(all, pass(SAMPLES))
  }
  const heap = (process.memoryUsage().heapUsed - before) / (12 * DATAGRAMS)
  return { datagram: alone, sample: (all - alone) / SAMPLES, heap }
}

for (const [agents, ports] of [
  [1, 48],
  [64, 48],
  [1000, 64],
] as const) {
  const { datagram, sample, heap } = run(agents, ports)
  console.log(
    `${agents} agents of ${ports} ports: ${datagram.toFixed(1)} ns a datagram, ${sample.toFixed(1)} ns a sample, ${heap.toFixed(2)} bytes of heap a datagram`,
  )
}
