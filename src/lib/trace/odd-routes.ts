// Owns how two routes that are nearly the same differ. See routes.ts. Start at differencesOf.

import type { Hop } from './route-shape.ts'

/** A place where a route differs: steps it has beside the common one, lacks, or has instead of others. */
export interface Difference {
  readonly kind: 'extra' | 'missing' | 'instead'
  /** The step of the common route behind which it differs: its index, -1 before the first. */
  readonly after: number
  /** Of the odd route; empty where it lacks some. */
  readonly steps: readonly Hop[]
  /** Of the common route; empty where there are more. */
  readonly instead: readonly Hop[]
}

/** More than these is another route. */
const MOST_DIFFERENT = 2
/** Routes that differ over a longer part are not compared step by step. */
const LONGEST = 64

/**
 * Where `odd` differs from `common`, one code unit a step.
 * @returns undefined where more than two steps differ
 */
export function differencesOf(
  common: string,
  odd: string,
  hop: (codeUnit: number) => Hop,
): readonly Difference[] | undefined {
  if (Math.abs(common.length - odd.length) > MOST_DIFFERENT) return undefined
  let head = 0
  const shorter = Math.min(common.length, odd.length)
  while (head < shorter && common[head] === odd[head]) head++
  let tail = 0
  while (tail < shorter - head && common.at(-1 - tail) === odd.at(-1 - tail)) tail++
  // What only shares nothing with a short route is no variant of it.
  if (head + tail === 0) return undefined
  const a = common.slice(head, common.length - tail)
  const b = odd.slice(head, odd.length - tail)
  if (Math.max(a.length, b.length) > LONGEST) return undefined
  const differences = group(a, b, head, hop)
  const changed = differences.reduce((sum, d) => sum + Math.max(d.steps.length, d.instead.length), 0)
  return changed > MOST_DIFFERENT || differences.length === 0 ? undefined : differences
}

/** The longest common subsequence of the two parts; what lies between its steps differs. */
function group(a: string, b: string, head: number, hop: (codeUnit: number) => Hop): Difference[] {
  const width = b.length + 1
  const length = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] =
        a[i] === b[j]
          ? length[(i + 1) * width + j + 1]! + 1
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
    }
  }
  const differences: Difference[] = []
  let steps: Hop[] = []
  let instead: Hop[] = []
  let i = 0
  let j = 0
  const end = () => {
    if (steps.length + instead.length === 0) return
    const kind = instead.length === 0 ? 'extra' : steps.length === 0 ? 'missing' : 'instead'
    differences.push({ kind, after: head + i - instead.length - 1, steps, instead })
    steps = []
    instead = []
  }
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      end()
      i++
      j++
    } else if (j >= b.length || (i < a.length && length[(i + 1) * width + j]! >= length[i * width + j + 1]!)) {
      instead.push(hop(a.charCodeAt(i++)))
    } else steps.push(hop(b.charCodeAt(j++)))
  }
  end()
  return differences
}
