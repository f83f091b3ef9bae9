// Measures sonde replay: how punctual it is at speed 1 (kernel timestamps at the receiver) beside a process that only spins,
// and how fast it is at --speed max, with and without rewriting. Prints; judges nothing.
//
//   npm run build && node --import tsx test/bench/replay.bench.ts

import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { binPath } from '../helpers/cli.ts'
import { captureOf, type Punctuality, replayPunctuality, schedule, spinnerPunctuality } from '../helpers/punctuality.ts'
import { temporaryFile, temporaryPath } from '../helpers/read-captures.ts'
import { generateMixed } from './generate.ts'
import { cpuSeconds } from './measure.ts'

function print(name: string, { received, p50, p99, max }: Punctuality): void {
  console.log(
    `${name.padEnd(34)} ${received} datagrams, late p50 ${p50.toFixed(3)}  p99 ${p99.toFixed(3)}  max ${max.toFixed(3)} ms`,
  )
}

for (const [count, mean] of [
  [500, 10],
  [2000, 1],
] as const) {
  const times = schedule(count, mean)
  const path = temporaryFile(captureOf(times))
  print(`replay, every ${mean} ms`, await replayPunctuality(path, times))
  print(`only spinning, every ${mean} ms`, await spinnerPunctuality(times))
}

const path = temporaryPath('mixed.pcap')
generateMixed({ samples: 200_000, flows: 10_000, seed: 1, path })
// Nobody reads it: what does not fit its buffer is dropped there, which costs the sender nothing more.
const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
  const to = ['--to', `127.0.0.1:${socket.address().port}`]
  for (const flags of [[], ['--restart-sequence', '--shift-uptime']]) {
    const args = [binPath, 'replay', path, ...to, '--speed', 'max', '--loop', '5', '-f', 'ndjson', '-q', ...flags]
    const { datagrams, duration_s } = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as {
      datagrams: number
      duration_s: number
    }
    const cpu = cpuSeconds(process.execPath, args) ?? Number.NaN
    const rate = `${Math.round(datagrams / duration_s / 1000)}k datagrams/s`
    console.log(
      `--speed max ${flags.join(' ').padEnd(34)} ${rate}, ${((cpu * 1e6) / datagrams).toFixed(2)} µs of CPU each`,
    )
  }
  socket.close()
})
