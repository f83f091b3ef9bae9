// Measures a filter's program run by the interpreter against the same as JavaScript, on the same frames in one run.
//
//   node --import tsx test/bench/pcap-run.bench.ts [--frames N] [--rounds N]

import { parseArgs } from 'node:util'
import { compileFilter } from '../../src/lib/pcap-filter/compile.ts'
import { fastFilter } from '../../src/lib/pcap-filter/fast.ts'
import { runFilter } from '../../src/lib/pcap-filter/run.ts'
import { Random } from './random.ts'

const filters = [
  'tcp',
  'tcp port 443',
  'host 192.0.2.1 or 192.0.2.2 or 192.0.2.3',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'ip6 and udp port 53',
  'vlan 7 and tcp port 443',
  'geneve 11 and tcp',
]

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '5' } },
})
const count = Number(values.frames)
const FRAME = 96

/** Frames of TCP over IPv4 with random addresses and ports, one behind the other. */
const random = new Random(1)
const bytes = new Uint8Array(count * FRAME)
const view = new DataView(bytes.buffer)
for (let at = 0; at < bytes.length; at += FRAME) {
  for (let i = 0; i < FRAME; i += 4) view.setUint32(at + i, random.u32())
  view.setUint16(at + 12, 0x0800)
  view.setUint16(at + 14, 0x4500)
  view.setUint16(at + 20, 0)
  view.setUint8(at + 23, 6)
  if (random.u32() % 10 === 0) view.setUint16(at + 36, 443)
}

for (const filter of filters) {
  const start = performance.now()
  const program = compileFilter(filter, 1)
  const compiled = performance.now()
  const fast = fastFilter(program)
  const made = performance.now()
  const runs = {
    interpreter: (at: number) => runFilter(program, bytes, at, FRAME, FRAME),
    javascript: (at: number) => fast(bytes, at, FRAME, FRAME),
  }
  const best = { interpreter: Number.POSITIVE_INFINITY, javascript: Number.POSITIVE_INFINITY }
  const taken = { interpreter: 0, javascript: 0 }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const name of ['interpreter', 'javascript'] as const) {
      const run = runs[name]
      let yes = 0
      const before = process.cpuUsage()
      for (let at = 0; at < bytes.length; at += FRAME) if (run(at) > 0) yes++
      const { user, system } = process.cpuUsage(before)
      best[name] = Math.min(best[name], ((user + system) * 1000) / count)
      taken[name] = yes
    }
  }
  if (taken.interpreter !== taken.javascript) throw new Error(`${filter}: ${JSON.stringify(taken)}`)
  console.log(
    `${best.interpreter.toFixed(1).padStart(6)} ns  ${best.javascript.toFixed(1).padStart(6)} ns as JavaScript  ` +
      `${(compiled - start).toFixed(2)} ms to compile, ${(made - compiled).toFixed(2)} more  ` +
      `${program.code.length} instructions, takes ${taken.javascript}  ${filter}`,
  )
}
