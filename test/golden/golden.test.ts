import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'
import { firstDifference } from './first-difference.ts'
import { captures, goldensOf, keptFiles } from './goldens.ts'

const made = new Set<string>()
let printed = 0

describe('sonde decode prints what is kept beside each capture', { concurrency: 2 }, () => {
  for (const capture of captures()) {
    test(capture, async () => {
      const goldens = await goldensOf(capture)
      printed++
      for (const file of goldens.keys()) made.add(file)
      for (const [file, text] of goldens) {
        const path = join(repositoryRoot, 'fixtures', file)
        assert.ok(existsSync(path), `fixtures/${file} is not there. Run npm run gen and read it.`)
        const difference = firstDifference(readFileSync(path, 'utf8'), text)
        assert.equal(difference, undefined, `fixtures/${file}${difference}`)
      }
    })
  }
})

test('no file is kept that nothing prints', () => {
  assert.equal(printed, captures().length, 'captures that could be printed')
  assert.deepEqual(
    keptFiles().filter((file) => !made.has(file)),
    [],
  )
})
