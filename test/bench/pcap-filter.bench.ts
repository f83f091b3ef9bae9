// Measures `sonde decode` with a pcap-filter expression against without, in one run: CPU seconds of the whole program, and the
// expression alone in nanoseconds a sample. Not a test; compare within one run.
//
//   node --import tsx test/bench/pcap-filter.bench.ts [--samples N] [--rounds N]

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPacketFilter } from '../../src/lib/print/packet-filter.ts'
import { openSampleFilter } from '../../src/lib/print/sample-filter.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'
import { generateZipf } from './generate.ts'
import { cpuSeconds, median } from './measure.ts'

const root = join(import.meta.dirname, '..', '..')
const bin = join(root, 'bin', 'run.js')

/** The first is what the others are compared with. */
const runs: readonly (readonly string[])[] = [
  [],
  ['ip or ip6'],
  ['tcp port 443'],
  ['host 192.0.2.1'],
  ['--filter', 'dport=443|sport=443'],
]
const expressions = [
  'tcp',
  'tcp port 443',
  'net 10.0.0.0/8',
  'host 192.0.2.1 or host 192.0.2.2 or host 192.0.2.3',
  'len > 1000',
]

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '3' } },
})
if (!existsSync(join(root, 'dist', 'main.js'))) throw new Error('not built: npm run build')
const rounds = Number(values.rounds)
const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
try {
  const path = join(folder, 'zipf.pcap')
  const { samples } = generateZipf({ samples: Number(values.samples), flows: 100_000, seed: 1, path })

  const times = runs.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      times[i]!.push(cpuSeconds(process.execPath, [bin, 'decode', path, ...run, '-f', 'ndjson']) ?? Number.NaN)
    }
  }
  console.log(`decode -f ndjson; ${samples} samples, CPU, median of ${rounds}`)
  const base = median(times[0]!)
  for (const [i, run] of runs.entries()) {
    const seconds = median(times[i]!)
    console.log(
      `${seconds.toFixed(2).padStart(6)} s  ${(seconds / base).toFixed(2).padStart(5)} ×  ${run.join(' ') || 'all'}`,
    )
  }

  const datagrams = ownDatagrams(path)
  const { buffer } = datagrams[0]!
  const bytes = new Uint8Array(buffer)
  const view = new DataView(buffer)
  const walker = new Walker(() => {})
  const batch = { sec: new Uint32Array(1), nsec: new Uint32Array(1), sender: new Uint32Array(4) }
  /** Nanoseconds a sample, and how many were let through. */
  const pass = (ask: (() => boolean) | undefined, start: () => void): readonly [number, number] => {
    const before = process.cpuUsage()
    let yes = 0
    for (const { byteOffset, length } of datagrams) {
      walker.open(bytes, view, byteOffset, length)
      start()
      while (walker.nextSample()) if (ask === undefined || ask()) yes++
    }
    const { user, system } = process.cpuUsage(before)
    return [((user + system) * 1000) / samples, yes]
  }
  const language = (await openSampleFilter({
    filter: { text: 'dport=443|sport=443', files: {}, topology: undefined },
  }))!
  const nothing = () => undefined
  const contestants = [
    { name: 'the walk alone', ask: undefined, start: nothing },
    ...expressions.map((text) => {
      const filter = openPacketFilter({ text })
      return { name: text, ask: () => filter.passes(walker), start: nothing }
    }),
    {
      name: '--filter dport=443|sport=443',
      ask: () => language.passes(),
      start: () => language.datagram(walker, batch as never, 0),
    },
  ]
  const best = contestants.map(() => Number.POSITIVE_INFINITY)
  const shares = contestants.map(() => 0)
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, { ask, start }] of contestants.entries()) {
      const [ns, yes] = pass(ask, start)
      best[i] = Math.min(best[i]!, ns)
      shares[i] = yes / samples
    }
  }
  console.log(`alone; best of ${rounds + 2}`)
  for (const [i, { name }] of contestants.entries()) {
    const more = best[i]! - best[0]!
    console.log(
      `${best[i]!.toFixed(0).padStart(5)} ns  ${more.toFixed(0).padStart(4)} more  ${`${Math.round(shares[i]! * 100)} %`.padStart(5)}  ${name}`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
