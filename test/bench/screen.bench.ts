// What a screen costs: `sonde listen`'s with agents whose numbers all change, five frames a second, in a real terminal that
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
/** Columns, rows, agents. */
const cases = [
  [80, 24, 40],
  [120, 50, 40],
  [200, 50, 40],
  [200, 50, 1000],
  [250, 80, 1000],
] as const

const folder = mkdtempSync(join(tmpdir(), 'sonde-screen-'))
const program = join(folder, 'screen-program.mjs')

async function bundle(): Promise<void> {
  await build({
    entryPoints: [join(repositoryRoot, 'test/system/screen-program.ts')],
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
  for (const [columns, rows, agents] of cases) {
    const pane = new Pane(`${quote(process.execPath)} ${quote(program)} cpu ${agents}`, columns, rows)
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
