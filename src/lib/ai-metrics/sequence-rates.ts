// Owns rates out of pairs of sequence numbers, see sequence-pairs.ts. Start at packetsOf.

import type { Tally } from './measure.ts'
import type { Sequence } from './rows.ts'
import { Column } from './sums.ts'

/** By PSN: packets a second of a queue pair, its mean over all pairs of samples. */
export function packetsOf(tally: Tally): Sequence {
  return sequenceOf(
    tally,
    Column.psnPairs,
    Column.psnAdvance,
    Column.psnSeconds,
    Column.psnAmbiguous,
    Column.psnBackwards,
  )
}

/** By MSN: messages a second that a queue pair completes. */
export function messagesOf(tally: Tally): Sequence {
  return sequenceOf(tally, Column.msnPairs, Column.msnAdvance, Column.msnSeconds, Column.msnAmbiguous)
}

function sequenceOf(
  tally: Tally,
  pairs: number,
  advance: number,
  seconds: number,
  ambiguous: number,
  backwards?: number,
): Sequence {
  const over = tally.count(seconds)
  return {
    advancePerSecond: over > 0 ? tally.count(advance) / over : null,
    pairs: tally.count(pairs),
    backwards: backwards === undefined ? 0 : tally.count(backwards),
    ambiguous: tally.count(ambiguous),
  }
}
