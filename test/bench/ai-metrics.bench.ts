// Owns the bench of `sonde ai-metrics` as a whole program: samples a CPU-second of an hour of a fabric of 1,024 ports at 1 in
// 100,000, and peak memory. Prints and never fails on a time.
//
//   npm run bench:ai-metrics -- [--samples N] [--rounds N]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeFabricHour } from './fabric-hour.ts'
import { cpuSeconds, median, peakMiB } from './measure.ts'

/** The issue's. */
const SPEED_TARGET = 1e6
const MEMORY_TARGET_MIB = 250

const bin = join(import.meta.dirname, '..', '..', 'bin', 'run.js')
const { values } = parseArgs({ options: { samples: { type: 'string' }, rounds: { type: 'string' } } })
const rounds = Number(values.rounds ?? 5)
const folder = mkdtempSync(join(tmpdir(), 'sonde-ai-metrics-'))
try {
  const path = join(folder, 'hour.pcap')
  const written = writeFabricHour({ samples: Number(values.samples ?? 3_000_000), path })
  const topology = join(folder, 'topology.json')
  writeFileSync(topology, JSON.stringify(written.layout.topology()))
  const total = written.samples + written.counterSamples + written.discards
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores\n`)
  process.stdout.write(`${written.ports} ports, 1 h, ${total} samples, ${(written.bytes / 1e6).toFixed(0)} MB\n`)
  const args = ['ai-metrics', path, '--topology', topology, '-q', '-f', 'json']
  for (const [name, ...more] of [['one window'], ['--compat', '--compat'], ['by queue pair', '--by', 'qp']]) {
    const seconds = Array.from({ length: rounds }, () => cpuSeconds(process.execPath, [bin, ...args, ...more]))
    const good = seconds.filter((x) => x !== undefined)
    if (good.length < rounds) throw new Error(`${name} failed`)
    const speed = total / median(good)
    process.stdout.write(
      `${name!.padEnd(16)} ${(speed / 1e6).toFixed(2)} M samples a CPU-second (target ${SPEED_TARGET / 1e6})\n`,
    )
  }
  process.stdout.write(`peak memory      ${peakMiB(bin, args)?.toFixed(0)} MiB (target ${MEMORY_TARGET_MIB})\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
