// Owns reading the user's JSON files: missing, too big, no JSON, of another shape, each told with the file's name.
// Knows no groups and no maps. Start at readLists.

import { InputError } from '../../errors.ts'

/** Lists of text by name, by set: what --groups and --map read. */
export type NamedLists = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

const shape = 'Give {"SET": {"name": ["value", ...]}}, or one set alone: {"name": ["value", ...]}.'

/**
 * Parses JSON text.
 * @param what the flag and file, for errors
 * @throws InputError that says where it stops being JSON
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * One set or several. A value may be one text instead of a list.
 * @param alone the name of a set that has none in the file
 * @throws InputError
 */
export function readLists(json: unknown, alone: string, what: string): NamedLists {
  if (!isObject(json)) throw new InputError(`${what} is no JSON object. ${shape}`)
  const values = Object.values(json)
  const several = values.length > 0 && values.every(isObject)
  const sets = several ? Object.entries(json) : [[alone, json] as const]
  return new Map(sets.map(([name, set]) => [name, readSet(set, several ? `${what}, set ${name}` : what)]))
}

function readSet(set: unknown, what: string): ReadonlyMap<string, readonly string[]> {
  if (!isObject(set)) throw new InputError(`${what} has sets beside lists. ${shape}`)
  return new Map(
    Object.entries(set).map(([name, value]) => {
      const list: unknown = typeof value === 'string' ? [value] : value
      if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
        throw new InputError(`${what}: ${JSON.stringify(name)} is no list of texts. ${shape}`)
      }
      return [name, list]
    }),
  )
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
