// Owns the numbers of a condition: which units suit a name, and what they come to. See condition.ts.

import { parseDuration } from './duration.ts'
import { splitQuantity } from './parse.ts'
import { parseSize } from './size.ts'

/** What the numbers of a name are: `share` from 0 to 1, `percent` from 0 to 100, times in the unit of their name. */
export type ConditionUnit = 'count' | 'rate' | 'share' | 'percent' | 'seconds' | 'milliseconds' | 'bytes'

const examples: Readonly<Record<ConditionUnit, string>> = {
  count: '5 or 1k',
  rate: '500, 1k or 2.5M',
  share: '0.05 or 5 %',
  percent: '5 or 5 %',
  seconds: '2, 500ms or 5m',
  milliseconds: '2, 500us or 5s',
  bytes: '4096, 64KiB or 100M',
}

/** Numbers as a person may write them: `5 or 1k`. */
export function exampleOf(unit: ConditionUnit): string {
  return examples[unit]
}

const steps: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
])

/**
 * The number in the unit of its name: `5 %` of a share is 0.05, `2s` in milliseconds 2000, `1k` 1000. Without a unit it is
 * taken as it stands.
 * @returns undefined where it is no number, or its unit does not suit
 */
export function conditionNumber(text: string, unit: ConditionUnit): number | undefined {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text.trim())!
  const size = magnitude(rest, unit)
  return size === undefined || !Number.isFinite(size) ? undefined : sign === '-' ? -size : size
}

function magnitude(text: string, unit: ConditionUnit): number | undefined {
  if (text.endsWith('%')) {
    const quantity = splitQuantity(text.slice(0, -1))
    if (quantity === undefined || quantity.unit !== '') return undefined
    // Divided, not multiplied by 0.01: 5 % is then the double that 0.05 is.
    return unit === 'share' ? Number(quantity.number) / 100 : unit === 'percent' ? Number(quantity.number) : undefined
  }
  const quantity = splitQuantity(text)
  if (quantity?.unit === '') return Number(quantity.number)
  switch (unit) {
    case 'count':
    case 'rate': {
      const step = quantity && steps.get(quantity.unit)
      return step === undefined ? undefined : Number(quantity!.number) * step
    }
    case 'seconds':
    case 'milliseconds': {
      const nanoseconds = orUndefined(() => parseDuration(text.replace(/\s+/g, ''), ''))
      return nanoseconds === undefined ? undefined : Number(nanoseconds) / (unit === 'seconds' ? 1e9 : 1e6)
    }
    case 'bytes':
      return orUndefined(() => parseSize(text, ''))
    case 'share':
    case 'percent':
      return undefined
  }
}

/** The parsers of this folder say what a flag needs; here the place in the condition is said instead. */
function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}
