// Measures walking and dissecting in one process, without reading files or writing: what every live view has to pay.
//   node --import tsx test/bench/walk.ts FILE      (a file of generate.ts); prints samples per CPU-second

import { dissect } from '../../src/lib/packet/dissect.ts'
import { Packet } from '../../src/lib/packet/packet.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'

const SAMPLED_HEADER = 1
const ROUNDS = 9

const datagrams = ownDatagrams(process.argv[2]!)
const { buffer } = datagrams[0]!
const bytes = new Uint8Array(buffer)
const view = new DataView(buffer)
const walker = new Walker(() => {})
const packet = new Packet()

function pass(): { samples: number; layers: number } {
  let samples = 0
  let layers = 0
  for (const { byteOffset, length } of datagrams) {
    walker.open(bytes, view, byteOffset, length)
    while (walker.nextSample()) {
      samples++
      if (walker.sampleKind === SampleKind.counters) continue
      const i = walker.findRecord(SAMPLED_HEADER)
      if (i < 0) continue
      const at = walker.recordOffset[i]!
      dissect(bytes, view, at + 16, at + 16 + view.getUint32(at + 12), view.getUint32(at), packet)
      layers += packet.count
    }
  }
  return { samples, layers }
}

let best = 0
let layers = 0
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage()
  const result = pass()
  const { user, system } = process.cpuUsage(before)
  best = Math.max(best, result.samples / ((user + system) / 1e6))
  layers = result.layers / result.samples
}
console.log(JSON.stringify({ samplesPerSecond: Math.round(best), layersPerSample: Number(layers.toFixed(2)) }))
