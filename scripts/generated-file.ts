// Owns writing one generated file, or with --check comparing it. Used by every scripts/gen-*.ts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** The line of the first difference, from 1; undefined where both are equal. */
function firstDifference(a: string, b: string): number | undefined {
  if (a === b) return undefined
  const left = a.split('\n')
  const right = b.split('\n')
  return left.findIndex((line, at) => line !== right[at]) + 1 || left.length + 1
}

/**
 * Writes `text` to `path` (from the repository's root). With --check on the command line it writes nothing: where the file
 * differs it says so and the process exits with 1.
 */
export function writeGenerated(path: string, text: string): void {
  const file = join(repositoryRoot, path)
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const line = firstDifference(old, text)
  if (line === undefined) return
  if (process.argv.includes('--check')) {
    process.stdout.write(
      `${path} is not up to date (first difference in line ${line}). Run npm run gen and look at the change.\n`,
    )
    process.exitCode = 1
    return
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  process.stdout.write(`${path} written\n`)
}

/** The file as it is, or undefined where there is none. */
export function readGenerated(path: string): Uint8Array | undefined {
  const file = join(repositoryRoot, path)
  return existsSync(file) ? readFileSync(file) : undefined
}

/** As writeGenerated, for a file that is no text. */
export function writeGeneratedBytes(path: string, bytes: Uint8Array): void {
  const old = readGenerated(path)
  if (old !== undefined && Buffer.from(bytes).equals(old)) return
  if (process.argv.includes('--check')) {
    process.stdout.write(`${path} is not up to date. Run npm run gen and look at the change.\n`)
    process.exitCode = 1
    return
  }
  const file = join(repositoryRoot, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  process.stdout.write(`${path} written\n`)
}
