// Owns what `sonde period` costs over an hour of time: CPU time, and memory after each ten minutes, which must stand still once the
// longest window is full. Not a test: run it with `node --expose-gc --import tsx test/bench/period-hour.bench.ts [--by KEYS|job]`.

import { parseArgs } from 'node:util'
import { openCapture } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { readingOf } from '../cycles/run.ts'
import { temporaryPath } from '../helpers/read-captures.ts'
import { writeFabricHour } from './fabric-hour.ts'

const { values } = parseArgs({
  options: { by: { type: 'string', default: '' }, samples: { type: 'string', default: '43200' } },
})
/** Two minutes of datagrams, again and again. */
const SECONDS = 120
const ROUNDS = 30
const EACH = 5

const path = temporaryPath('hour.pcap')
writeFabricHour({ seconds: SECONDS, samples: Number(values.samples), seed: 4, path })
const { reading } = readingOf({ by: values.by })
const out = new TextBuffer(0)
const start = process.cpuUsage()
for (let round = 1; round <= ROUNDS; round++) {
  const source = await openCapture(path)
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      batch.sec[i] = batch.sec[i]! + SECONDS * round
      reading.take(batch, i, out)
    }
  }
  await source.close()
  if (round % EACH !== 0) continue
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const { user, system } = process.cpuUsage(start)
  const cpu = (user + system) / 1e6
  const share = ((100 * cpu) / (SECONDS * round)).toFixed(1)
  process.stdout.write(
    `${(round * SECONDS) / 60} min: ${((heapUsed + arrayBuffers) / 1e6).toFixed(1)} MB, ${cpu.toFixed(1)} s of CPU (${share} % of a core), ${reading.samples} samples\n`,
  )
}
