// Owns sFlow-RT's aggregates of a metric over ports (flows.md section 2). See serve.ts for the folder. Start at aggregateOf.

export const aggregates = ['max', 'min', 'sum', 'avg', 'var', 'sdev', 'med', 'q1', 'q2', 'q3', 'iqr', 'any'] as const
export type Aggregate = (typeof aggregates)[number]

/**
 * Quartiles are linear between ranks (type 7), variance is of a population.
 * @returns null of nothing: also a sum of what is not known is not 0
 */
export function aggregateOf(aggregate: Aggregate, values: readonly number[]): number | null {
  const n = values.length
  if (n === 0) return null
  const sum = values.reduce((a, b) => a + b, 0)
  const sorted = [...values].sort((a, b) => a - b)
  const at = (q: number): number => {
    const rank = (n - 1) * q
    const below = Math.floor(rank)
    const low = sorted[below]!
    return low + (rank - below) * ((sorted[below + 1] ?? low) - low)
  }
  const variance = (): number => values.reduce((a, b) => a + (b - sum / n) ** 2, 0) / n
  switch (aggregate) {
    case 'max':
      return sorted[n - 1]!
    case 'min':
      return sorted[0]!
    case 'sum':
      return sum
    case 'avg':
      return sum / n
    case 'var':
      return variance()
    case 'sdev':
      return Math.sqrt(variance())
    case 'med':
    case 'q2':
      return at(0.5)
    case 'q1':
      return at(0.25)
    case 'q3':
      return at(0.75)
    case 'iqr':
      return at(0.75) - at(0.25)
    case 'any':
      return values[0]!
  }
}
