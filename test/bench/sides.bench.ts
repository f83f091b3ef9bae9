// Owns the cost of what a listener does with a datagram beside printing: time on the data path, at a rate as it arrives at.
// Prints and never fails on a time.
//
//   node --import tsx test/bench/sides.bench.ts [--datagrams N] [--rate N] [--only write|forward|ring|resample]

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { listenFactNames } from '../../src/lib/listen/facts.ts'
import { ForwardSide } from '../../src/lib/listen/forward-side.ts'
import { Resampler } from '../../src/lib/listen/resample.ts'
import { Ring } from '../../src/lib/listen/ring.ts'
import type { Side } from '../../src/lib/listen/side.ts'
import { WriteSide } from '../../src/lib/listen/write-side.ts'
import { parseCondition } from '../../src/lib/parse/condition.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import { batchOf } from '../helpers/batches.ts'
import { generateZipf } from './generate.ts'

/** As a receiver has them. */
const BATCH = 128
/** While datagrams keep coming, other events wait so long (udp-recvmmsg.ts). */
const TURN_MS = 10

const folder = mkdtempSync(join(tmpdir(), 'sonde-sides-'))
const tell = (line: string): void => console.log(`  told: ${line}`)

const { values } = parseArgs({
  options: {
    datagrams: { type: 'string', default: '200000' },
    rate: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
})
const datagrams = Number(values.datagrams)
const rate = Number(values.rate)

/** Batches of real sFlow, copied, to be given again and again. */
async function loadBatches(): Promise<Batch[]> {
  const path = join(folder, 'in.pcap')
  generateZipf({ samples: 30_000, flows: 10_000, seed: 1, path })
  const source = await openCapture(path)
  const batches: Batch[] = []
  for await (const batch of source.batches()) {
    for (let from = 0; from + BATCH <= batch.count; from += BATCH) {
      const arrivals = Array.from({ length: BATCH }, (_, k) => {
        const at = batch.offset[from + k]!
        return { bytes: batch.bytes.slice(at, at + batch.length[from + k]!), sec: batch.sec[from + k]! }
      })
      batches.push(batchOf(arrivals))
    }
  }
  await source.close()
  return batches
}

/** Gives batches at the rate; nanoseconds a datagram that `give` took. */
async function measure(give: (batch: Batch) => void, end: () => Promise<void>): Promise<number> {
  for (let i = 0; i < 20; i++) give(batches[i % batches.length]!)
  await nextTurn()
  const start = performance.now()
  let turn = start
  let inside = 0
  let count = 0
  for (let i = 0; count < datagrams; i++) {
    const from = performance.now()
    give(batches[i % batches.length]!)
    const to = performance.now()
    inside += to - from
    count += BATCH
    if (to - turn >= TURN_MS) {
      await nextTurn()
      turn = performance.now()
    }
    while ((performance.now() - start) * rate < count * 1000) await nextTurn()
  }
  await end()
  return (inside / count) * 1e6
}

const batches = await loadBatches()
const bytes = batches.reduce((sum, x) => sum + x.bytes.length, 0) / (batches.length * BATCH)
console.log(
  `Node ${process.version}; ${batches.length * BATCH} datagrams of ${Math.round(bytes)} bytes on average, ${rate}/s`,
)

function give(side: Side): (batch: Batch) => void {
  return (batch) => {
    for (let i = 0; i < batch.count; i++) side.take(batch, i)
  }
}

async function report(name: string, side: Side): Promise<void> {
  const nanoseconds = await measure(give(side), () => side.close())
  const { datagrams: done, failed } = side.state()
  const files = readdirSync(folder).filter((x) => x.startsWith(`${name}.`))
  const size = files.reduce((sum, x) => sum + statSync(join(folder, x)).size, 0)
  const onDisk = size > 0 ? `, ${Math.round(size / done)} bytes on disk` : ''
  console.log(
    `${name.padEnd(14)}${nanoseconds.toFixed(0).padStart(6)} ns a datagram   ${done} done, ${failed} failed${onDisk}`,
  )
}

const wanted = (name: string): boolean => values.only === undefined || values.only === name

for (const ending of ['.pcap', '.pcapng', '.pcap.gz']) {
  if (!wanted('write')) break
  const name = `write${ending.replaceAll('.', '-')}`
  await report(name, await WriteSide.open({ path: join(folder, `${name}${ending}`), tell }))
}
if (wanted('forward')) {
  const there = createSocket('udp4')
  there.bind(0, '127.0.0.1')
  await once(there, 'listening')
  const { port } = there.address()
  await report('forward', await ForwardSide.open({ to: { host: '127.0.0.1', port }, tell }))
  there.close()
}
if (wanted('ring')) {
  const condition = parseCondition('lost > 0', '--dump-when', listenFactNames)
  await report(
    'ring',
    new Ring({ seconds: 60, bytes: 64 << 20, condition, path: join(folder, 'ring.pcap'), tell, note: tell }),
  )
}
if (wanted('resample')) {
  // A datagram that comes again is left out at once: each pass over the batches is another run.
  let resampler = new Resampler(10, 1)
  let samples = 0
  let kept = 0
  let given = 0
  const thin = (batch: Batch): void => {
    if (given++ % batches.length === 0) {
      samples += resampler.samples
      kept += resampler.kept
      resampler = new Resampler(10, given)
    }
    resampler.batch(batch)
  }
  const nanoseconds = await measure(thin, async () => {})
  console.log(
    `${'resample 10'.padEnd(14)}${nanoseconds.toFixed(0).padStart(6)} ns a datagram   ${samples} samples, ${kept} kept`,
  )
}
rmSync(folder, { recursive: true })
