// What importing a fabric of 5,000 switches and 10,000 links costs in each form: CPU beside that of sFlow-RT's own form, in turns, and
// the most memory that a process had. Needs a build. It prints and never fails: time is no test.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forms, largeCabling } from '../../scripts/fixtures/cabling.ts'
import { binPath } from '../helpers/cli.ts'

const rounds = Number(process.env.ROUNDS ?? 3)

/** Prints what the process used as the last line of stderr: CPU and wall ms, KiB. */
const meter = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\n'+[(u.userCPUTime+u.systemCPUTime)/1e3,performance.now(),u.maxRSS].join(' '))})`

interface Cost {
  cpuMs: number
  wallMs: number
  rssMb: number
}

function run(kind: string, files: readonly string[], folder: string): Cost {
  const args = ['--import', meter, binPath, 'topo', 'import', kind, ...files, '-q']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${kind} ended with ${status}: ${stderr.slice(-500)}`)
  const [cpuMs = 0, wallMs = 0, rss = 0] = stderr.trimEnd().split('\n').at(-1)!.split(' ').map(Number)
  return { cpuMs, wallMs, rssMb: rss / 1024 }
}

const folder = mkdtempSync(join(tmpdir(), 'sonde-import-'))
try {
  const cabling = largeCabling(5000, 10_000)
  const cases = Object.entries(forms).map(([name, { kind, write }], i) => {
    const own = join(folder, String(i))
    mkdirSync(own)
    const files = [...write(cabling)].map(([file, text]) => {
      writeFileSync(join(own, file), text)
      return file
    })
    return { name, kind, files, own, costs: [] as Cost[] }
  })
  for (let round = 0; round < rounds; round++) {
    for (const { kind, files, own, costs } of cases) costs.push(run(kind, files, own))
  }
  const least = (costs: readonly Cost[], of: keyof Cost): number => Math.min(...costs.map((cost) => cost[of]))
  const base = least(cases.find(({ name }) => name === 'sflow-rt')!.costs, 'cpuMs')
  process.stdout.write(
    `5,000 switches, 10,000 links, least of ${rounds} rounds in turns (memory: most), Node ${process.version}\n`,
  )
  for (const { name, costs } of cases) {
    const cpu = least(costs, 'cpuMs')
    const memory = Math.max(...costs.map(({ rssMb }) => rssMb))
    process.stdout.write(
      `${name.padEnd(24)} ${(cpu / 1000).toFixed(2)} s CPU  ${(cpu / base).toFixed(1)} × sflow-rt  ${(least(costs, 'wallMs') / 1000).toFixed(2)} s  ${memory.toFixed(0).padStart(4)} MB\n`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
