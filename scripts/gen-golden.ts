// Writes what `sonde decode` prints for each capture in fixtures/ beside it; removes what is no longer made.
// test/golden/golden.test.ts compares them. People read the difference before they commit it.

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { captures, each, goldensOf, keptFiles } from '../test/golden/goldens.ts'
import { repositoryRoot, writeGenerated } from './generated-file.ts'

execFileSync(process.execPath, [join(repositoryRoot, 'scripts/build.ts'), '--if-needed'], { stdio: 'inherit' })
const made = new Set<string>()
await each(captures(), async (capture) => {
  for (const [file, text] of await goldensOf(capture)) {
    made.add(file)
    writeGenerated(`fixtures/${file}`, text)
  }
})
for (const file of keptFiles().filter((x) => !made.has(x))) {
  if (process.argv.includes('--check')) {
    process.stdout.write(`fixtures/${file} is made from nothing. Run npm run gen.\n`)
    process.exitCode = 1
  } else {
    rmSync(join(repositoryRoot, 'fixtures', file))
    process.stdout.write(`fixtures/${file} removed\n`)
  }
}
