// Owns running the commands of a page's blocks of ```console and putting what they print below them, so that every output in it is
// one that was seen. A command is a line `$ ...`; what stands below it, up to the next command, is its output. Needs a build. Used by
// gen-readme.ts and gen-docs-topology.ts.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot, writeGenerated } from './generated-file.ts'

/** What a command prints, stderr behind stdout. `sonde` is the built program. */
function output(command: string): string {
  const script = `sonde() { '${process.execPath}' bin/run.js "$@"; }; ${command}`
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', NO_COLOR: '1', COLUMNS: '80' }
  const { stdout, stderr, error } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env, cwd: repositoryRoot })
  if (error) throw error
  return `${stdout}${stderr}`.trimEnd()
}

function rewritten(block: string): string {
  const commands = block.split('\n').filter((line) => line.startsWith('$ '))
  return commands.map((line) => `${line}\n${output(line.slice(2))}`.trimEnd()).join('\n\n')
}

/** Runs the commands in a page (its path from the repository's root) and writes it; see writeGenerated. */
export function writeConsoleBlocks(path: string): void {
  const text = readFileSync(join(repositoryRoot, path), 'utf8')
  const parts = text.split(/(?<=^```console\n)([\s\S]*?)(?=^```$)/m)
  writeGenerated(path, parts.map((part, i) => (i % 2 === 1 ? `${rewritten(part)}\n` : part)).join(''))
}
