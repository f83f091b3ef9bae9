import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'

/** What the check says of a tree that holds these files, without its last line. */
function faultsOf(files: Readonly<Record<string, string>>): { faults: string[]; status: number | null } {
  const root = mkdtempSync(join(tmpdir(), 'sonde-imports-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const { stdout, status } = spawnSync(process.execPath, [join(repositoryRoot, 'scripts/check-imports.ts'), root], {
      encoding: 'utf8',
    })
    return { faults: stdout.trimEnd().split('\n').slice(0, -1), status }
  } finally {
    rmSync(root, { recursive: true })
  }
}

const cases: [string, Record<string, string>, string[]][] = [
  [
    'down is fine',
    {
      'src/lib/sflow/a.ts': "import { b } from '../wire/b.ts'\nimport { readFileSync } from 'node:fs'\n",
      'src/lib/wire/b.ts': '',
    },
    [],
  ],
  [
    'up is not',
    { 'src/lib/wire/a.ts': "\nimport { b } from '../sflow/b.ts'\n" },
    ['src/lib/wire/a.ts:2: wire must not import sflow (src/lib/sflow/b.ts)'],
  ],
  [
    'types count too',
    { 'src/lib/packet/a.ts': "import type {\n  B,\n} from '../sflow/b.ts'\n" },
    ['src/lib/packet/a.ts:1: packet must not import sflow (src/lib/sflow/b.ts)'],
  ],
  [
    'and what is exported again',
    { 'src/lib/wire/a.ts': "export * from '../ui/ui.ts'\n" },
    ['src/lib/wire/a.ts:1: wire must not import ui (src/lib/ui/ui.ts)'],
  ],
  [
    'and what is loaded late',
    { 'src/lib/wire/a.ts': "const b = await import('../ui/ui.ts')\n" },
    ['src/lib/wire/a.ts:1: wire must not import ui (src/lib/ui/ui.ts)'],
  ],
  [
    'one feature from another',
    { 'src/lib/decode/a.ts': "import { b } from '../drops/b.ts'\n" },
    ['src/lib/decode/a.ts:1: decode must not import drops (src/lib/drops/b.ts)'],
  ],
  [
    'chalk outside ui',
    { 'src/commands/a.ts': "import chalk from 'chalk'\n" },
    ['src/commands/a.ts:1: top must not import chalk; only ui may'],
  ],
  [
    'oclif in the library',
    { 'src/lib/ui/a.ts': "import { Command } from '@oclif/core/command'\n" },
    ['src/lib/ui/a.ts:1: ui must not import @oclif/core/command; only top may'],
  ],
  [
    'the process in the library',
    { 'src/lib/wire/a.ts': 'const home = process.env.HOME\n' },
    ['src/lib/wire/a.ts:1: wire must not touch process.env'],
  ],
  [
    'the process in ui and commands',
    { 'src/lib/ui/a.ts': 'process.stdout.write("")\n', 'src/commands/a.ts': 'process.exitCode = 1\n' },
    [],
  ],
  [
    'comments say nothing',
    { 'src/lib/wire/a.ts': "// import { b } from '../ui/ui.ts'\n/* process.env\n import '../ui/ui.ts' */\n" },
    [],
  ],
  [
    'a cycle',
    { 'src/lib/wire/a.ts': "import './b.ts'\n", 'src/lib/wire/b.ts': "export { a } from './a.ts'\n" },
    ['cycle: src/lib/wire/a.ts → src/lib/wire/b.ts → src/lib/wire/a.ts'],
  ],
]
for (const [name, files, want] of cases) {
  test(name, () => {
    const { faults, status } = faultsOf(files)
    assert.deepEqual(faults, want)
    assert.equal(status, want.length > 0 ? 1 : 0)
  })
}
