// Owns parameters of a path as values. See serve.ts for the folder. Start at numberOf.

import { HttpError } from './route.ts'

/** The first one of that name, and '' as if it were not there. */
export function textOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name)?.trim() || undefined
}

/** All of that name, and what stands between commas in them. */
export function listOf(query: URLSearchParams, name: string): string {
  return query.getAll(name).join(',')
}

/** @throws HttpError for what is no number, or not within bounds */
export function numberOf(
  query: URLSearchParams,
  name: string,
  { usual, least, most }: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  const text = textOf(query, name)
  if (text === undefined) return usual
  const value = Number(text)
  if (Number.isFinite(value) && value >= least && value <= most) return value
  throw new HttpError(400, `${name} "${text.slice(0, 100)}" is not understood. Give a number from ${least} to ${most}.`)
}
