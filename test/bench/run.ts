// Owns `npm run bench`: sonde against sflowtool in one run, walk and dissect alone, and peak memory. Prints and never
// fails on a time: machines differ, ratios of one run tell.
//
//   npm run bench -- [--samples N] [--rounds N] [--megabytes N | --large] [--only compare|walk|memory|more]

import { execFileSync, spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'
import { findSflowtool } from '../helpers/sflowtool.ts'
import { generateMixed, generateZipf } from './generate.ts'
import { cpuSeconds, median, peakMiB } from './measure.ts'

const root = join(import.meta.dirname, '..', '..')
const bin = join(root, 'bin', 'run.js')

interface Contest {
  readonly name: string
  readonly sonde: readonly string[]
  readonly sflowtool: readonly string[]
  /** How many times faster sonde is to be. */
  readonly target: number
}

/** The targets are the issue's; 8 × is the dream for ndjson. */
const contests: readonly Contest[] = [
  { name: 'ndjson / -j', sonde: ['--format', 'ndjson'], sflowtool: ['-j'], target: 5 },
  { name: 'line / -l', sonde: ['--format', 'line'], sflowtool: ['-l'], target: 4 },
  {
    name: '--fields / -L',
    sonde: ['--fields', 'agent,src,dst', '--format', 'csv'],
    sflowtool: ['-L', 'agent,srcIP,dstIP'],
    target: 8,
  },
]

const WALK_TARGET = 5_000_000
const MEMORY_TARGET_MIB = 150
/** A file of `zipf` has about this many bytes a sample. */
const BYTES_PER_SAMPLE = 224

const thousands = (perSecond: number | undefined): string =>
  perSecond === undefined ? 'failed' : `${Math.round(perSecond / 1000)}k/s`

/** All contestants in turns, so that a busy moment hits all of them. */
function compare(input: string, file: string, samples: number, rounds: number, tool: string | undefined): void {
  const runs = contests.flatMap((contest, i) => {
    const ours = { i, own: true, command: process.execPath, args: [bin, 'decode', ...contest.sonde, file] }
    return tool === undefined
      ? [ours]
      : [ours, { i, own: false, command: tool, args: [...contest.sflowtool, '-r', file] }]
  })
  const times = runs.map((): number[] => [])
  const failed = new Set<number>()
  for (let round = 0; round < rounds; round++) {
    for (const [at, { command, args }] of runs.entries()) {
      if (failed.has(at)) continue
      const seconds = cpuSeconds(command, args)
      if (seconds === undefined) failed.add(at)
      else times[at]!.push(seconds)
    }
  }
  const speed = (i: number, own: boolean): number | undefined => {
    const at = runs.findIndex((run) => run.i === i && run.own === own)
    return at < 0 || failed.has(at) ? undefined : samples / median(times[at]!)
  }
  for (const [i, { name, target }] of contests.entries()) {
    const ours = speed(i, true)
    const theirs = speed(i, false)
    const ratio = ours === undefined || theirs === undefined ? undefined : ours / theirs
    const verdict = ratio === undefined ? '' : `${ratio.toFixed(1)} ×  ${ratio >= target ? 'reached' : 'MISSED'}`
    const rival = tool === undefined ? 'not found' : thousands(theirs)
    console.log(
      `${input.padEnd(7)}${name.padEnd(15)}${thousands(ours).padStart(9)}${rival.padStart(12)}   ≥ ${target} ×   ${verdict}`,
    )
  }
}

function walk(input: string, file: string): void {
  const printed = execFileSync(process.execPath, ['--import', 'tsx', join(root, 'test', 'bench', 'walk.ts'), file], {
    encoding: 'utf8',
    cwd: root,
  })
  const { samplesPerSecond, layersPerSample } = JSON.parse(printed) as {
    samplesPerSecond: number
    layersPerSample: number
  }
  const verdict = samplesPerSecond >= WALK_TARGET ? 'reached' : 'MISSED'
  const millions = (samplesPerSecond / 1e6).toFixed(1)
  console.log(
    `${input.padEnd(7)}walk + dissect ${millions} M samples/CPU-s, ${layersPerSample} layers each   ≥ 5 M   ${verdict}`,
  )
}

async function memory(folder: string, megabytes: number): Promise<void> {
  const plain = join(folder, 'large.pcap')
  const packed = `${plain}.gz`
  const samples = Math.ceil((megabytes * 1e6) / BYTES_PER_SAMPLE)
  const { bytes } = generateZipf({ samples, flows: 100_000, seed: 5, path: plain })
  await pipeline(createReadStream(plain), createGzip({ level: 1 }), createWriteStream(packed))
  const size = `${Math.round(bytes / 1e6)} MB`
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ['pcap', [plain], undefined],
    ['its gzip', [packed], undefined],
    ['stdin', ['-'], plain],
  ]
  for (const [name, args, stdin] of cases) {
    const peak = peakMiB(bin, ['decode', '--format', 'ndjson', ...args], stdin)
    const verdict = peak === undefined ? 'failed' : peak < MEMORY_TARGET_MIB ? 'reached' : 'MISSED'
    console.log(
      `memory  ${size} ${name.padEnd(9)} peak ${peak?.toFixed(0) ?? '?'} MiB   < ${MEMORY_TARGET_MIB} MB   ${verdict}`,
    )
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      samples: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      megabytes: { type: 'string', default: '200' },
      large: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  const part = (name: string): boolean => values.only === undefined || values.only === name
  if (!existsSync(join(root, 'dist', 'main.js'))) throw new Error('not built: npm run build')
  const tool = findSflowtool()
  const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  try {
    const model = cpus()[0]?.model ?? 'unknown CPU'
    console.log(`Node ${process.version}, ${model}, ${availableParallelism()} cores; CPU = user + system`)
    const made = (['zipf', 'mixed'] as const).map((name) => {
      const options = { samples: Number(values.samples), flows: 100_000, seed: 1, path: join(folder, `${name}.pcap`) }
      return { name, path: options.path, ...(name === 'zipf' ? generateZipf(options) : generateMixed(options)) }
    })
    for (const { name, samples, datagrams, bytes } of made) {
      console.log(`${name}: ${samples} samples in ${datagrams} datagrams, ${Math.round(bytes / 1e6)} MB`)
    }
    if (part('compare')) {
      const note =
        tool === undefined ? ' (sflowtool not found: set SFLOWTOOL)' : `, median of ${values.rounds} in turns`
      console.log(`\nsamples per CPU-second${note}`)
      console.log(`input  format             sonde   sflowtool   target`)
      for (const { name, path, samples } of made) compare(name, path, samples, Number(values.rounds), tool)
    }
    if (part('walk')) {
      console.log('')
      for (const { name, path } of made) walk(name, path)
    }
    if (part('memory')) {
      console.log('')
      await memory(folder, values.large ? 2000 : Number(values.megabytes))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  if (part('more')) {
    for (const script of ['dissect.bench.ts', 'startup.bench.ts']) {
      console.log(`\n${script}`)
      spawnSync(process.execPath, ['--import', 'tsx', join(root, 'test', 'bench', script)], {
        stdio: 'inherit',
        cwd: root,
      })
    }
  }
}

await main()
