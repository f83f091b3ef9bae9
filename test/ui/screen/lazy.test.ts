// ink and react take longer to load than all the rest: no start may pay for them, only a screen.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../../helpers/cli.ts'

/** The files that are loaded with `file`, itself included; not those that it imports at a later time. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    loadedWith(join(dirname(file), target!), seen)
  }
  return seen
}

const hasInk = (file: string) => readFileSync(file, 'utf8').includes('react-reconciler')

test('no command loads ink at its start', () => {
  const dist = join(repositoryRoot, 'dist')
  assert.equal(globSync(`${dist}/chunks/*.js`).filter(hasInk).length, 1, 'ink is in one chunk')
  for (const start of ['main.js', 'help.js', 'lib/index.js', ...globSync('commands/**/*.js', { cwd: dist })]) {
    const files = [...loadedWith(join(dist, start))]
    if (start !== 'lib/index.js') assert.ok(files.length > 1, `${start} imports chunks`)
    assert.deepEqual(files.filter(hasInk), [], start)
  }
})
