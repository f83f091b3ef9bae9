// How much CPU a start costs: bare Node, --help, --version and a small decode, all in one run, in turns.
// The bar is 100 ms of user + system time over bare Node, by the least of many runs: what else the machine does only adds.
// Needs a build and bash. It prints and never fails: time is no test.

import { execFileSync, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const bin = join(root, 'bin/run.js')
const barMs = 100
const rounds = Number(process.env.ROUNDS ?? 15)

/** CPU milliseconds (user + system, children included) of one run; its output is thrown away. */
function cpuMs(args: readonly string[]): number {
  const script = 'TIMEFORMAT="%3U %3S"; time "$0" "$@" >/dev/null 2>&1'
  const printed = execFileSync('bash', ['-c', `{ ${script}; } 2>&1 || true`, process.execPath, ...args], {
    encoding: 'utf8',
  })
  const [user = 0, system = 0] = printed.trim().split(/\s+/).map(Number)
  return (user + system) * 1000
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

const fixture = join(root, 'fixtures/line/zipf.pcap')
const cases: [string, string[]][] = [
  ['node -e 0', ['-e', '0']],
  ['sonde --version', [bin, '--version']],
  ['sonde --help', [bin, '--help']],
  ['sonde decode --help', [bin, 'decode', '--help']],
]
cases.push(['sonde decode FIXTURE', [bin, 'decode', fixture]])

const times = cases.map(([name, args]) => {
  // Also fills the compile cache. A start that fails is fast and proves nothing.
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`${name} ended with ${status}`)
  return [] as number[]
})
for (let round = 0; round < rounds; round++) {
  for (const [at, [, args]] of cases.entries()) times[at]!.push(cpuMs(args))
}

const bare = median(times[0]!)
const leastBare = Math.min(...times[0]!)
let worst = 0
process.stdout.write(`CPU of one start, ${rounds} rounds in turns, Node ${process.version}\n`)
for (const [at, [name]] of cases.entries()) {
  const middle = median(times[at]!)
  if (at > 0) worst = Math.max(worst, Math.min(...times[at]!) - leastBare)
  const over = at === 0 ? '' : `  +${(middle - bare).toFixed(0).padStart(3)} ms  ${(middle / bare).toFixed(2)} × bare`
  const least = Math.min(...times[at]!).toFixed(0)
  process.stdout.write(
    `${name.padEnd(22)} ${middle.toFixed(0).padStart(4)} ms median  ${least.padStart(4)} ms least${over}\n`,
  )
}
process.stdout.write(`${worst <= barMs ? 'within' : 'ABOVE'} the bar of ${barMs} ms over bare Node\n`)
