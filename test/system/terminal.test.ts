// Colour on a real terminal, which `script` gives: chalk 6 does not look at NO_COLOR there, sonde must.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { binPath, cleanEnvironment, repositoryRoot } from '../helpers/cli.ts'

const missing = spawnSync('script', ['--version']).error ? 'the program `script` is not there' : false

/** What a person's terminal gets of `sonde decode --zzz`, which fails with a dim next step. */
function onTerminal(env: Readonly<Record<string, string>>, flags = ''): string {
  const command = `'${process.execPath}' '${binPath}' decode --zzz ${flags}`
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: repositoryRoot,
    env: cleanEnvironment({ TERM: 'xterm-256color', ...env }),
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return stdout
}

test('a terminal gets colour', { skip: missing }, () => {
  // The grey of 256 colours that is readable on black and on white (lib/ui/colour.ts).
  const dim = '\u001b[38;5;243m'
  assert.ok(onTerminal({}).startsWith(`There is no flag --zzz.\r\n  ${dim}sonde decode --help`))
})
for (const [name, env, flags] of [
  ['NO_COLOR', { NO_COLOR: '1' }, ''],
  ['TERM=dumb', { TERM: 'dumb' }, ''],
  ['SONDE_NO_COLOR', { SONDE_NO_COLOR: '1' }, ''],
  ['--no-color', {}, '--no-color'],
] as const) {
  test(`${name} on a terminal: none`, { skip: missing }, () => {
    assert.equal(onTerminal(env, flags), 'There is no flag --zzz.\r\n  sonde decode --help lists what there is.\r\n')
  })
}
