// Owns --recipe list. Start at listRecipes.

import { jsonOf } from '../analysis/json.ts'
import type { AnalysisFormat } from '../analysis/options.ts'
import { InputError } from '../errors.ts'
import type { Style } from '../print/style.ts'
import { DEFAULT_VALUES, recipes } from './recipes.ts'

/**
 * The recipes as text in a form.
 * @throws InputError for prometheus, which has no texts
 */
export function listRecipes(format: AnalysisFormat, style: Style): string {
  const rows = recipes.map(({ name, doc, keys, values = DEFAULT_VALUES, filter = '' }) => ({
    name,
    doc,
    keys,
    values,
    filter,
  }))
  switch (format) {
    case 'table': {
      const columns = ['RECIPE', 'QUESTION', 'KEYS', 'FILTER'].map((title) => ({ title, align: 'left' as const }))
      return `${style.table(
        columns,
        rows.map(({ name, doc, keys, filter }) => [name, doc, keys, filter]),
      )}\n`
    }
    case 'ndjson':
      return rows.map((row) => `${jsonOf(row)}\n`).join('')
    case 'json':
      return `[${rows.map((row) => jsonOf(row)).join(',\n')}]\n`
    case 'csv':
      return [
        'name,doc,keys,values,filter',
        ...rows.map((row) =>
          Object.values(row)
            .map((x) => `"${x}"`)
            .join(','),
        ),
      ]
        .map((line) => `${line}\n`)
        .join('')
    case 'prometheus':
      throw new InputError("--recipe list can't go with --format prometheus: recipes are no numbers.")
  }
}
