// Owns what is kept beside each capture in fixtures/: which outputs, of which captures, and how they are made by the built
// program. gen-golden.ts writes them, golden.test.ts compares. Start at goldensOf.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { binPath, cleanEnvironment, repositoryRoot } from '../helpers/cli.ts'

/** Longer NDJSON is kept as its first lines and a digest of all. */
const WHOLE_BYTES = 100_000
const HEAD_LINES = 50
/** Cards of a capture with more samples than this are kept for the first ones only. */
const CARDS = 40

/** Captures whose cards are kept: everything that looks different. */
const withCards = new Set([
  'agents/ovs',
  'bad-record-of-seven',
  'counters-host',
  'counters-interface',
  'discard-interface',
  'drops-every-record',
  'fabric',
  'flow-compact',
  'flow-expanded-ipv6-agent',
  'header-bare-ip',
  'header-cut',
  'header-ethernet',
  'header-fragments',
  'header-gre-erspan',
  'header-gtp',
  'header-mpls',
  'header-qinq',
  'header-roce',
  'header-vxlan-roce',
  'hostile-names',
  'records-all-counter',
  'records-all-flow',
  'text-metrics',
  'unknown-tags',
])

const withSummary = new Set([
  'agents/ovs',
  'bad-record-of-seven',
  'discard-interface',
  'drops-every-record',
  'drops-odd-reasons',
  'fabric',
  'hostile-names',
  'loss-and-restart',
  'roce',
  'text-metrics',
  'unknown-tags',
  'version-2-and-4',
])

/** Captures in fixtures/, as paths from there. */
export function captures(): string[] {
  return globSync('**/*.{pcap,pcapng,pcap.gz,pcap.zst}', { cwd: join(repositoryRoot, 'fixtures') }).sort()
}

/** `containers/gzip` of `containers/gzip.pcap.gz`. */
const nameOf = (capture: string): string => capture.replace(/\.pcap(ng)?(\.(gz|zst))?$/, '')

interface Printed {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Good, foreign input, damaged input: what a golden may hold. Anything else is a crash, whose output is no expectation. */
const expectedCodes = new Set<unknown>([0, 2, 3])

/**
 * Runs `sonde decode` in the capture's own folder, so that no path gets into what it prints.
 * Fails where it ended in another way than by an expected exit code: a crash, a timeout, a build that replaced dist/ meanwhile.
 */
function decode(capture: string, ...flags: readonly string[]): Promise<Printed> {
  const file = join(repositoryRoot, 'fixtures', capture)
  const args = [binPath, 'decode', basename(file), '--utc', '--no-color', ...flags]
  const options = { cwd: dirname(file), env: cleanEnvironment(), maxBuffer: 1 << 26, timeout: 60_000 }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (expectedCodes.has(code)) resolve({ stdout, stderr, code: Number(code) })
      else
        reject(new Error(`sonde decode ${capture} ${flags.join(' ')} ended with ${code ?? error?.signal}: ${stderr}`))
    })
  })
}

/**
 * Everything that is kept of a capture, as file name in fixtures/ → text: `.ndjson` (or `.head.ndjson` and its digest),
 * `.cards.txt`, `.summary.txt`, and `.issues.txt` where there is anything on stderr or an exit code.
 */
export async function goldensOf(capture: string): Promise<ReadonlyMap<string, string>> {
  const name = nameOf(capture)
  const [lines, cards, summary] = await Promise.all([
    decode(capture, '--format', 'ndjson'),
    withCards.has(name) ? decode(capture, '--format', 'table', '--limit', String(CARDS)) : undefined,
    withSummary.has(name) ? decode(capture, '--format', 'table', '--summary') : undefined,
  ])
  const files = new Map<string, string>()
  if (lines.stdout.length <= WHOLE_BYTES) files.set(`${name}.ndjson`, lines.stdout)
  else {
    const all = lines.stdout.split('\n')
    const digest = createHash('sha256').update(lines.stdout).digest('hex')
    files.set(`${name}.head.ndjson`, `${all.slice(0, HEAD_LINES).join('\n')}\n`)
    files.set(`${name}.ndjson.sha256`, `${digest}  ${basename(name)}.ndjson, ${all.length - 1} lines\n`)
  }
  if (cards !== undefined) files.set(`${name}.cards.txt`, cards.stdout)
  if (summary !== undefined) files.set(`${name}.summary.txt`, summary.stdout)
  if (lines.stderr !== '' || lines.code !== 0) {
    files.set(`${name}.issues.txt`, `${lines.stderr}exit code ${lines.code}\n`)
  }
  return files
}

/** Names of the kept files that are there now, from fixtures/; none of another kind is in that folder. */
export function keptFiles(): string[] {
  const kinds = '**/*.{ndjson,ndjson.sha256,cards.txt,summary.txt,issues.txt}'
  return globSync(kinds, { cwd: join(repositoryRoot, 'fixtures') }).sort()
}

/** Calls `work` for each item, as many at a time as there are processors worth using. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all([worker(), worker()])
}
