// Owns decoding records for their issues only, as a summary needs it: the same complaints as any format makes, no text.
// Start at RecordCheck.sample.

import { counterRecords, flowRecords, sampleBodies } from '../sflow/registry.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { compileLean, leanObject } from '../wire/lean.ts'
import { Outcome } from '../wire/outcome.ts'
import type { RecordType } from '../wire/record.ts'

/** Decodes a body into an object of its own and forgets it. @returns -1 where it is broken */
type Check = (w: Walker, at: number, end: number, outcome: Outcome) => number

/** Checks records; keeps its compiled readers. */
export class RecordCheck {
  readonly #flow = new Map<number, Check>()
  readonly #counters = new Map<number, Check>()
  readonly #bodies = new Map<number, Check>()
  readonly #outcome = new Outcome()

  /** Reports every record of the current sample that can't be decoded, and its body where that is one structure. */
  sample(w: Walker): void {
    if (w.sampleBroken) return
    const outcome = this.#outcome
    if (w.sampleKind === SampleKind.text) {
      const check = checkOf(this.#bodies, sampleBodies, w.sampleTag)
      if (check !== undefined && check(w, w.sampleOffset, w.sampleEnd, outcome) < 0) w.reportBody(outcome)
      return
    }
    const counters = w.sampleKind === SampleKind.counters
    const checks = counters ? this.#counters : this.#flow
    const types = counters ? counterRecords : flowRecords
    for (let i = 0; i < w.recordCount; i++) {
      // The walker has told of a record that is cut.
      if (i === w.recordClipped) continue
      const tag = w.recordTag[i]!
      const check = checkOf(checks, types, tag)
      if (check !== undefined && check(w, w.recordOffset[i]!, w.recordEnd[i]!, outcome) < 0) {
        w.reportRecord(i, types.get(tag)!.name, outcome)
      }
    }
  }
}

/** The reader of a tag, compiled when first met; undefined where the record is unknown or kept as bytes. */
function checkOf(checks: Map<number, Check>, types: ReadonlyMap<number, RecordType>, tag: number): Check | undefined {
  const known = checks.get(tag)
  if (known !== undefined) return known
  const type = types.get(tag)
  if (type === undefined || type.opaque === true) return undefined
  const read = compileLean(type)
  const into = leanObject(type)
  const check: Check = (w, at, end, outcome) => read(w.bytes, w.view, at, end, into, outcome)
  checks.set(tag, check)
  return check
}
