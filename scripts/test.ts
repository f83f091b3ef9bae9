// Runs one test suite and prints, last and alone on its line, `N passed, N failed, N skipped`.
//
//   node scripts/test.ts unit|system|kernel|vm [PATH...]      a PATH: only test files that begin with it
//
// SONDE_TEST_REPORT=FILE: the counts are also appended there, one JSON line a suite (.ci/run adds them up).

import { spawnSync } from 'node:child_process'
import { appendFileSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestCounts } from './test-counts.ts'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

/** Suites beside `unit`: what they need is in docs/architecture.md. */
const special = ['system', 'kernel', 'vm'] as const
const timeoutMs = { unit: 110_000, system: 600_000, kernel: 300_000, vm: 900_000 } as const
type Suite = keyof typeof timeoutMs

function filesOf(suite: Suite, only: readonly string[]): string[] {
  const all = globSync('test/**/*.test.{ts,tsx}').sort()
  const mine = all.filter((file) => {
    const folder = file.split('/')[1]!
    return suite === 'unit' ? !special.some((name) => name === folder) : folder === suite
  })
  return only.length === 0
    ? mine
    : mine.filter((file) => only.some((start) => file.startsWith(start.replace(/^\.\//, ''))))
}

function runNode(args: readonly string[], extra: Readonly<Record<string, string>> = {}): number {
  const { status, signal, error } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...extra },
  })
  if (error) throw error
  if (signal) process.stdout.write(`ended by ${signal}\n`)
  return status ?? 1
}

function readCounts(file: string): TestCounts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestCounts
  } catch {
    return undefined
  }
}

function main(): number {
  const [suite = 'unit', ...only] = process.argv.slice(2)
  if (!(suite in timeoutMs))
    throw new Error(`There is no suite "${suite}". Suites: ${Object.keys(timeoutMs).join(', ')}.`)
  const files = filesOf(suite as Suite, only)
  if (files.length === 0) {
    process.stdout.write(`no test files in suite ${suite}${only.length > 0 ? ` below ${only.join(' ')}` : ''}\n`)
  }
  if (runNode(['scripts/build.ts', '--if-needed']) !== 0) return 1
  const folder = mkdtempSync(join(tmpdir(), 'sonde-test-'))
  const report = join(folder, 'counts.json')
  const status =
    files.length === 0
      ? 1
      : runNode(
          [
            ...['--enable-source-maps', '--import', './scripts/load-tsx.ts', '--test'],
            `--test-timeout=${timeoutMs[suite as Suite]}`,
            `--test-concurrency=${availableParallelism()}`,
            ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
            ...['--test-reporter=./scripts/test-counts.ts', `--test-reporter-destination=${report}`],
            ...files,
          ],
          // Each file is a process; what one has stripped of types and compiled is taken by the next: 0.2 to 0.4 s of CPU a file.
          { NODE_COMPILE_CACHE: join(folder, 'compiled') },
        )
  const counts = readCounts(report)
  rmSync(folder, { recursive: true, force: true })
  // A run that ends without a summary, or badly without a failed test, is a failure all the same.
  const failed = counts === undefined ? 1 : status !== 0 && counts.failed === 0 ? 1 : counts.failed
  const { passed, skipped, skips } = counts ?? { passed: 0, skipped: 0, skips: [] }
  for (const skip of skips) process.stdout.write(`skipped ${skip}\n`)
  if (process.env.SONDE_TEST_REPORT) {
    appendFileSync(process.env.SONDE_TEST_REPORT, `${JSON.stringify({ suite, passed, failed, skipped })}\n`)
  }
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  return failed > 0 ? 1 : 0
}

process.exitCode = main()
