// Runs every scripts/gen-*.ts: each writes files that are made from the sources.
//
//   node scripts/gen.ts [--check]      --check writes nothing and fails where a file would change

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

let failed = 0
for (const script of globSync('scripts/gen-*.ts').sort()) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  if (status !== 0) {
    failed++
    process.stdout.write(`${script} ended with ${status}\n`)
  }
}
process.exitCode = failed > 0 ? 1 : 0
