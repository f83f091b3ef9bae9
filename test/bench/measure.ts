// Owns measuring child processes: CPU seconds (user + system) and peak memory. Needs bash, as .ci/run does.

import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** CPU seconds of one run, its own children included; what it prints is thrown away. Undefined where it failed. */
export function cpuSeconds(command: string, args: readonly string[]): number | undefined {
  const script = 'TIMEFORMAT="%3U %3S"; time "$0" "$@" >/dev/null 2>&1; echo $?'
  const printed = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`, command, ...args], { encoding: 'utf8' })
  const [user = 0, system = 0, status = 1] = printed.trim().split(/\s+/).map(Number)
  return status === 0 ? user + system : undefined
}

/** The middle one; of an even number the upper. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/**
 * Peak resident set in MiB of a Node program, as the kernel counted it (getrusage, ru_maxrss).
 * @param stdin a file to read from, where the program reads stdin
 */
export function peakMiB(script: string, args: readonly string[], stdin?: string): number | undefined {
  const report = join(tmpdir(), `sonde-rss-${process.pid}`)
  const hook =
    `import { writeFileSync } from 'node:fs';` +
    `process.on('exit', () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)))`
  const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r')
  const run = spawnSync(process.execPath, ['--import', `data:text/javascript,${hook}`, script, ...args], {
    stdio: [input, 'ignore', 'ignore'],
  })
  if (typeof input === 'number') closeSync(input)
  if (run.status !== 0) return undefined
  const kilobytes = Number(readFileSync(report, 'utf8'))
  rmSync(report)
  return kilobytes / 1024
}
