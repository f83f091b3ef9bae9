// What a screen costs: `sonde listen`'s with agents, `sonde top-flows`' with flows whose numbers all change, five frames a second, in a real terminal that
// tmux gives. The bar is 10 % of a core. Bundled as scripts/build.ts does: React's other build costs more.
//
//   node --import tsx test/bench/screen.bench.ts

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { repositoryRoot } from '../helpers/cli.ts'
import { noTerminal, Pane, quote } from '../helpers/pane.ts'

const barPercent = 10
/** Program, columns, rows, agents or flows. */
const cases = [
  ['screen', 80, 24, 40],
  ['screen', 120, 50, 40],
  ['screen', 200, 50, 40],
  ['screen', 200, 50, 1000],
  ['screen', 250, 80, 1000],
  ['flows', 80, 24, 20],
  ['flows', 200, 50, 40],
  ['flows', 250, 80, 1000],
  ['ports', 200, 50, 40],
  ['period', 80, 24, 3],
  ['period', 200, 50, 3],
  ['period', 250, 80, 3],
] as const

const folder = mkdtempSync(join(tmpdir(), 'sonde-screen-'))
const programs = [...new Set(cases.map(([name]) => name))]

async function bundle(): Promise<void> {
  await build({
    entryPoints: programs.map((name) => join(repositoryRoot, `test/system/${name}-program.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What ink loads only for its developers stays a piece of its own that is not loaded.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react-devtools-core', 'koffi'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
}

async function main(): Promise<void> {
  if (noTerminal) throw new Error(noTerminal)
  await bundle()
  let worst = 0
  for (const [name, columns, rows, things] of cases) {
    const program = quote(join(folder, `${name}-program.mjs`))
    const pane = new Pane(`${quote(process.execPath)} ${program} cpu ${things}`, columns, rows)
    const text = await pane.until(/^exit \d+$/m, 30_000)
    pane.close()
    const line = /^.*% of a core.*$/m.exec(text)?.[0]
    if (line === undefined) throw new Error(text)
    process.stdout.write(`${line}\n`)
    worst = Math.max(worst, Number(/([\d.]+) % of a core/.exec(line)![1]))
  }
  process.stdout.write(`${worst <= barPercent ? 'within' : 'ABOVE'} the bar of ${barPercent} % of a core\n`)
  if (worst > barPercent) process.exitCode = 1
}

try {
  await main()
} finally {
  rmSync(folder, { recursive: true })
}
