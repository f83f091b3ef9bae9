// Owns metrics: a table of names, labels and numbers, whatever form they are published in. Knows no analysis and no server.
// Start at MetricTable.add; Prometheus text is in prometheus-text.ts.

import { BugError } from '../errors.ts'

/** Declared once, where the analysis that fills it is. */
export interface MetricDefinition {
  /** `sflow_ifinoctets`; for a counter it ends in `_total`. */
  readonly name: string
  /** A clause, with the unit. */
  readonly help: string
  /** `gauge` goes up and down, `counter` only up. */
  readonly type: 'gauge' | 'counter'
}

/** Pairs of name and value in the order in which they are written. */
export type Labels = readonly (readonly [name: string, value: string])[]

export interface Series {
  readonly labels: Labels
  readonly value: number | bigint
}

export interface Family {
  readonly definition: MetricDefinition
  readonly series: readonly Series[]
}

const metricName = /^[A-Za-z_:][A-Za-z0-9_:]*$/
const labelName = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Numbers of one moment. Families are in the order in which their first number came, series in the order of theirs: equal
 * calls give equal text.
 */
export class MetricTable {
  readonly #families = new Map<string, { definition: MetricDefinition; series: Map<string, Series> }>()
  /** Numbers that were left out because a series of that name and these labels was there already. */
  duplicates = 0

  /**
   * @param value unknown is null: such a series is not published, as opposed to one that is 0 or NaN
   * @param labels values are any text; a label whose value is empty is the same as none, and left out
   * @throws BugError for names that Prometheus does not permit, or a name that is declared twice: those are constants of ours
   */
  add(definition: MetricDefinition, labels: Labels, value: number | bigint | null): void {
    if (value === null) return
    const { name } = definition
    let family = this.#families.get(name)
    if (family === undefined) {
      if (!metricName.test(name)) throw new BugError(`metric name ${JSON.stringify(name)}`)
      family = { definition, series: new Map() }
      this.#families.set(name, family)
    } else if (family.definition.type !== definition.type || family.definition.help !== definition.help) {
      throw new BugError(`metric ${name} is declared twice`)
    }
    const used = labels.filter(([, text]) => text !== '')
    for (const [label] of used) if (!labelName.test(label)) throw new BugError(`label name ${JSON.stringify(label)}`)
    // The order of labels makes no other series.
    const key = JSON.stringify([...used].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (family.series.has(key)) this.duplicates++
    else family.series.set(key, { labels: used, value })
  }

  families(): Family[] {
    return [...this.#families.values()].map(({ definition, series }) => ({ definition, series: [...series.values()] }))
  }
}

/**
 * A name for a metric or label out of a person's text: every other character becomes `_`, as sFlow-RT does.
 * @returns a permitted name, never empty; names that differ may become the same
 * @see exports.md section 1
 */
export function sanitizeName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_').replace(/^__+/, '_')
  return /^\d/.test(name) || name === '' ? `_${name}` : name
}
