// The table of period.md section 3 with few seeds; all of it: npm run bench:period.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Searcher } from '../../src/lib/period/stream.ts'
import { isReached, periodCases, runCase } from '../bench/period-table.ts'

describe('cases of period.md section 3', () => {
  const searcher = new Searcher()
  for (const row of periodCases) {
    it(row.name, () => {
      const isSparse = row.step.samplesPerStep < 10
      const result = runCase(row, row.step.step > 10 ? 1 : isSparse ? 12 : 3, searcher)
      assert.ok(isReached(row, result), `${result.right} right and ${result.wrong} wrong of ${result.answers}`)
    })
  }
})
