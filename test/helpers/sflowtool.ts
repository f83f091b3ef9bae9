// Owns finding and running sflowtool, the second witness of the line format and the rival of the benchmarks. It is built
// outside the repository; where it is not found, callers skip with a printed line.

import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Its path: what SFLOWTOOL says, else the first one in PATH; undefined where there is none. */
export function findSflowtool(): string | undefined {
  const named = process.env.SFLOWTOOL
  const candidates =
    named !== undefined && named !== ''
      ? [named]
      : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'sflowtool'))
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What `sflowtool -l -r PCAP` prints, and how it complained. */
export function sflowtoolLines(tool: string, pcap: string): { lines: string; complaints: string } {
  const run = spawnSync(tool, ['-l', '-r', pcap], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return { lines: run.stdout, complaints: run.stderr }
}
