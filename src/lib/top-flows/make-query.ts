// Owns what flags, a recipe and a flow definition come to together. Knows no flag's parser. Start at makeQuery.

import { InputError } from '../errors.ts'
import type { FlowDefinition } from '../expression/flow-definition.ts'
import type { Aggregation } from '../flow/options.ts'
import { bothFilters, type Query } from './query.ts'
import { DEFAULT_KEYS, DEFAULT_VALUES, findRecipe } from './recipes.ts'

/** What a person gave; undefined: nothing. */
export interface QueryFlags {
  readonly keys: string | undefined
  readonly value: string | undefined
  readonly filter: string | undefined
  readonly recipe: string | undefined
  readonly top: number | undefined
  readonly window: number | 'all' | undefined
  readonly every: number | undefined
  readonly smooth: number | undefined
  readonly by: 'agent' | 'interface' | undefined
  readonly agg: Aggregation | undefined
  readonly dropped: boolean
}

const DEFAULT_TOP = 20
const DEFAULT_EVERY_MS = 1000
const DEFAULT_WINDOW_MS = 10_000

const aggregations: readonly string[] = ['edge', 'core', 'max', 'sum'] satisfies readonly Aggregation[]

/**
 * A recipe or definition first, then what is given beside it: keys and values instead of its own, a filter in addition.
 * @param recorded a capture is one window, live input many, unless it is said otherwise
 * @throws InputError for what does not go together, and an unknown recipe
 */
export function makeQuery(flags: QueryFlags, definition: FlowDefinition | undefined, recorded: boolean): Query {
  if (flags.recipe !== undefined && definition !== undefined) {
    throw new InputError("--recipe and --flow can't go together: each has its own keys.")
  }
  if (flags.smooth !== undefined && flags.window !== undefined) {
    throw new InputError("--smooth and --window can't go together: smoothed rates have no windows.", [
      '--every says how often smoothed rates are given.',
    ])
  }
  const recipe = flags.recipe === undefined ? undefined : findRecipe(flags.recipe)
  const aggregation = aggregations.includes(definition?.aggregation ?? '')
    ? (definition?.aggregation as Aggregation)
    : undefined
  const smoothMs = flags.smooth ?? (flags.window === undefined ? definition?.smoothMs : undefined)
  const own = flags.keys !== undefined
  return {
    keys: flags.keys ?? recipe?.keys ?? definition?.keys.map((key) => key.text).join(',') ?? DEFAULT_KEYS,
    titles: own ? undefined : recipe?.titles,
    values: flags.value ?? recipe?.values ?? textOf(definition) ?? DEFAULT_VALUES,
    filter: bothFilters(recipe?.filter ?? definition?.filter?.text ?? '', flags.filter?.trim() ?? ''),
    dropped: flags.dropped || (definition?.dropped ?? false),
    agg: flags.agg ?? recipe?.agg ?? aggregation,
    by: flags.by,
    recipe: flags.recipe,
    top: flags.top ?? definition?.top ?? DEFAULT_TOP,
    windowMs:
      smoothMs === undefined
        ? (flags.window ?? (recorded ? 'all' : DEFAULT_WINDOW_MS))
        : (flags.every ?? DEFAULT_EVERY_MS),
    smoothMs,
  }
}

function textOf(definition: FlowDefinition | undefined): string | undefined {
  if (definition === undefined || definition.values.length === 0) return undefined
  return definition.values.map((value) => value.text).join(',')
}

/** A recipe alone, in place of what was asked before: on a screen. @throws InputError for an unknown one */
export function recipeQuery(name: string, query: Query): Query {
  const recipe = findRecipe(name)
  return {
    ...query,
    keys: recipe.keys,
    titles: recipe.titles,
    values: recipe.values ?? DEFAULT_VALUES,
    filter: recipe.filter ?? '',
    agg: recipe.agg,
    dropped: false,
    recipe: name,
  }
}
