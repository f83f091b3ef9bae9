// A reporter for node:test that writes one JSON line: the counts of the whole run, and what was skipped and why.
// scripts/test.ts reads it; people read the spec reporter beside it.

import type { TestEvent } from 'node:test/reporters'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** `name: reason` of each skipped test. */
  readonly skips: readonly string[]
}

export default async function* countTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const skips: string[] = []
  for await (const event of events) {
    if (event.type === 'test:pass' && event.data.skip !== undefined && event.data.skip !== false) {
      skips.push(`${event.data.name}: ${event.data.skip === true ? 'no reason given' : event.data.skip}`)
    }
    // Without `file` it is the summary of the run, not of one file.
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { tests, passed, skipped, todo } = event.data.counts
      const counts: TestCounts = { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo, skips }
      yield `${JSON.stringify(counts)}\n`
    }
  }
}
