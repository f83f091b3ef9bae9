import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { EnvironmentError } from '../../src/lib/errors.ts'
import { Processes } from '../../src/lib/lab/processes.ts'
import { findProgram, lastWords, Programs } from '../../src/lib/lab/programs.ts'

const programs = new Programs({ PATH: process.env.PATH })

test('what is not installed is named', () => {
  assert.throws(
    () => programs.path('no-such-program'),
    (error: unknown) =>
      error instanceof EnvironmentError && error.message === 'The program "no-such-program" is not there.',
  )
  assert.equal(findProgram('no-such-program', {}), undefined)
})

test('folders of root are looked in, whatever PATH says', () => {
  assert.match(findProgram('sh', { PATH: '' }) ?? '', /^\/(usr\/)?bin\/sh$/)
})

test('a failure is told with the first line of what the program said', async () => {
  await assert.rejects(
    programs.run('sh', ['-c', 'echo "RTNETLINK answers: File exists." >&2; echo more >&2; exit 2']),
    {
      message: 'sh -c echo "RTNETLINK answers: File exists." >&2; echo more >&2; exit 2 failed: File exists.',
    },
  )
  await assert.rejects(programs.run('sh', ['-c', 'exit 3']), { message: 'sh -c exit 3 failed: it ended with 3.' })
})

test('input goes in, output comes out, also where the program does not read', async () => {
  assert.equal(await programs.run('cat', [], 'a\nb\n'), 'a\nb\n')
  assert.deepEqual(await programs.try('true', [], 'x'.repeat(1 << 20)), { code: 0, stdout: '', stderr: '' })
})

test('last words of a log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-lab-'))
  const log = join(folder, 'log')
  assert.equal(lastWords(log), 'it said nothing.')
  writeFileSync(log, '\n')
  assert.equal(lastWords(log), 'it said nothing.')
  writeFileSync(log, 'This is why.\n  Do that.\n')
  assert.equal(lastWords(log), 'This is why.')
  rmSync(folder, { recursive: true })
})

test('processes are found by their mark and ended, the stubborn by force', {
  skip: process.platform !== 'linux',
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-lab-'))
  const lab = `test-${process.pid}`
  const processes = new Processes(lab, { PATH: process.env.PATH })
  assert.deepEqual(processes.running(), [])
  processes.start('meek/a', 'sleep', ['60'], join(folder, 'a'))
  processes.start('stubborn/b', 'sh', ['-c', 'trap "" TERM; while :; do sleep 1; done'], join(folder, 'b'))
  processes.start('none/c', join(folder, 'no-such-program'), [], join(folder, 'c'))
  const roles = () => new Set(processes.running().map(({ role }) => role))
  for (let i = 0; i < 100 && !(roles().has('meek/a') && roles().has('stubborn/b')); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.deepEqual([...roles()].sort(), ['meek/a', 'stubborn/b'])
  assert.deepEqual(new Processes(`${lab}-other`, {}).running(), [])
  assert.ok((await processes.end()) >= 2)
  assert.deepEqual(processes.running(), [])
  rmSync(folder, { recursive: true })
})
