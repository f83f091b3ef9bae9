// Owns the bench of `sonde top-flows` as a whole program: samples a CPU-second of a capture with 100,000 flows beside sfacctd
// (pmacct) and walking alone, what filters and other keys cost, and peak memory. Prints and never fails on a time.
//
//   npm run bench:top-flows -- [--samples N] [--rounds N]       SFACCTD=/path/to/sfacctd where it is not in PATH

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateZipf } from './generate.ts'
import { cpuSeconds, median, peakMiB } from './measure.ts'

/** The issue's. */
const SPEED_TARGET = 3e6
const RIVAL_TARGET = 10
const COST_TARGET = 0.3
const MEMORY_TARGETS_MIB = { '100k': 150, '1M': 600 } as const
/** A start is no part of the speed: it is measured with a capture of one datagram. */
const ONE_DATAGRAM = 6

const root = join(import.meta.dirname, '..', '..')
const bin = join(root, 'bin', 'run.js')
const FIVE = 'src,dst,proto,sport,dport'

const contests: readonly (readonly [name: string, ...args: string[]])[] = [
  ['5-tuple', '-k', FIVE],
  ['with a filter', '-k', FIVE, '--filter', 'ipprotocol=6&dst=10.0.0.0/8|ip6nexthdr=6,17'],
  ['with a tunnel key', '-k', `${FIVE},null:vxlanvni:-`],
  ['IPv6 keys (15 %)', '-k', 'null:ip6source:-,null:ip6destination:-,null:ip6nexthdr:-,sport,dport'],
  ['talkers', '-k', 'src,dst'],
  ['windows of 10 s', '-k', FIVE, '--window', '10s'],
]

function findSfacctd(): string | undefined {
  const path = process.env.SFACCTD ?? 'sfacctd'
  return spawnSync(path, ['-V']).error === undefined ? path : undefined
}

/** The same question: a cache with room for all flows, printed once. */
function sfacctdConfig(folder: string, capture: string): string {
  const path = join(folder, 'sfacctd.conf')
  const lines = {
    daemonize: 'false',
    pcap_savefile: capture,
    aggregate: 'src_host, dst_host, src_port, dst_port, proto',
    plugins: 'print',
    print_output_file: join(folder, 'sfacctd.csv'),
    print_output: 'csv',
    print_refresh_time: '3600',
    print_cache_entries: '131071',
    plugin_buffer_size: '1024000',
    plugin_pipe_size: '102400000',
    sfacctd_renormalize: 'true',
  }
  writeFileSync(
    path,
    Object.entries(lines)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )
  return path
}

const perSecond = (speed: number) => `${(speed / 1e6).toFixed(2)} M/s`
const verdict = (reached: boolean) => (reached ? 'reached' : 'MISSED')

function main(): void {
  const { values } = parseArgs({
    options: { samples: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '3' } },
  })
  if (!existsSync(join(root, 'dist', 'main.js'))) throw new Error('not built: npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  try {
    console.log(
      `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores; CPU = user + system of the whole program`,
    )
    const path = join(folder, 'zipf.pcap')
    const one = join(folder, 'one.pcap')
    generateZipf({ samples: ONE_DATAGRAM, flows: 100, seed: 1, path: one })
    const { samples } = generateZipf({ samples: Number(values.samples), flows: 100_000, seed: 1, path })
    const sfacctd = findSfacctd()
    const ours = (capture: string, args: readonly string[]) => [
      bin,
      'top-flows',
      capture,
      '-q',
      '-f',
      'ndjson',
      ...args,
    ]
    const runs: { name: string; command: string; args: string[]; times: number[] }[] = [
      ...contests.map(([name, ...args]) => ({ name, command: process.execPath, args: ours(path, args), times: [] })),
      { name: 'start alone', command: process.execPath, args: ours(one, []), times: [] },
      ...(sfacctd === undefined
        ? []
        : [{ name: 'sfacctd', command: sfacctd, args: ['-f', sfacctdConfig(folder, path)], times: [] }]),
    ]
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const { command, args, times } of runs) times.push(cpuSeconds(command, args) ?? Number.NaN)
    }
    const cost = (name: string) => median(runs.find((run) => run.name === name)?.times ?? [Number.NaN])
    const start = cost('start alone')
    const five = samples / (cost('5-tuple') - start)
    console.log(`\n${samples} samples of 100,000 flows; a start costs ${start.toFixed(2)} CPU-s, which is taken off`)
    console.log(
      `5-tuple            ${perSecond(five)}   ≥ ${perSecond(SPEED_TARGET)}   ${verdict(five >= SPEED_TARGET)}`,
    )
    for (const [name] of contests.slice(1)) {
      const more = (cost(name) - start) / (cost('5-tuple') - start) - 1
      const judged =
        name === 'windows of 10 s' || name === 'talkers'
          ? ''
          : `< ${COST_TARGET * 100} %   ${verdict(more < COST_TARGET)}`
      console.log(`${name.padEnd(19)}${(more * 100).toFixed(0).padStart(4)} % more   ${judged}`)
    }
    if (sfacctd === undefined) console.log('sfacctd is not there: set SFACCTD')
    else {
      const theirs = samples / cost('sfacctd')
      console.log(
        `sfacctd            ${perSecond(theirs)}   ${(five / theirs).toFixed(1)} ×   ≥ ${RIVAL_TARGET} ×   ${verdict(five / theirs >= RIVAL_TARGET)}`,
      )
    }
    const walked = execFileSync(process.execPath, ['--import', 'tsx', join(root, 'test/bench/walk.ts'), path], {
      encoding: 'utf8',
      cwd: root,
    })
    const { samplesPerSecond } = JSON.parse(walked) as { samplesPerSecond: number }
    console.log(
      `walk and dissect   ${perSecond(samplesPerSecond)}   top-flows is ${((100 * five) / samplesPerSecond).toFixed(0)} % of it`,
    )
    for (const [name, most] of Object.entries(MEMORY_TARGETS_MIB)) {
      const flows = name === '1M' ? 1_000_000 : 100_000
      const many = join(folder, `${name}.pcap`)
      generateZipf({ samples: Math.max(1_000_000, flows * 2), flows, seed: 3, path: many })
      const peak = peakMiB(bin, ours(many, ['-k', FIVE]).slice(1))
      console.log(
        `peak, ${name.padEnd(5)} flows  ${peak?.toFixed(0) ?? '?'} MiB   < ${most} MB   ${verdict((peak ?? Infinity) < most)}`,
      )
      rmSync(many)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

main()
