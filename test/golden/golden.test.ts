import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'
import { firstDifference } from './first-difference.ts'
import { captures, goldensOf, keptFiles } from './goldens.ts'

const made = new Set<string>()

describe('sonde decode prints what is kept beside each capture', { concurrency: 2 }, () => {
  for (const capture of captures()) {
    test(capture, async () => {
      const goldens = await goldensOf(capture)
      assert.ok(goldens.size > 0)
      for (const [file, text] of goldens) {
        made.add(file)
        const path = join(repositoryRoot, 'fixtures', file)
        assert.ok(existsSync(path), `fixtures/${file} is not there. Run npm run gen and read it.`)
        const difference = firstDifference(readFileSync(path, 'utf8'), text)
        assert.equal(difference, undefined, `fixtures/${file}${difference}`)
      }
    })
  }
})

test('no file is kept that nothing prints', () => {
  assert.deepEqual(
    keptFiles().filter((file) => !made.has(file)),
    [],
  )
})
