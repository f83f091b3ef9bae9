// Owns tables from number to name. Must not know what the numbers mean. Start at NameTable.

/** A frozen table from number to name, open: numbers that are not in it stay numbers. */
export interface NameTable {
  /** What the numbers are, for docs: `IANA protocol number`. */
  readonly title: string
  /** Where the names come from. */
  readonly source: string
  /** Name of a number, or undefined where the table has none. */
  get(value: number): string | undefined
  /** All pairs, in order of number. */
  readonly entries: ReadonlyArray<readonly [number, string]>
}

/**
 * Makes a table. Names must be printable ASCII without quotes or backslashes, so that writers can copy them (held by a
 * test). The map is made at the first look-up: most tables of a run are never asked.
 */
export function nameTable(title: string, source: string, names: Readonly<Record<number, string>>): NameTable {
  return new LazyTable(title, source, names)
}

class LazyTable implements NameTable {
  readonly title: string
  readonly source: string
  readonly #names: Readonly<Record<number, string>>
  #map: Map<number, string> | undefined

  constructor(title: string, source: string, names: Readonly<Record<number, string>>) {
    this.title = title
    this.source = source
    this.#names = names
  }

  get(value: number): string | undefined {
    return this.#table().get(value)
  }

  get entries(): ReadonlyArray<readonly [number, string]> {
    return [...this.#table()]
  }

  #table(): Map<number, string> {
    // Keys that are array indices come in ascending order (ECMA-262, OrdinaryOwnPropertyKeys); larger ones do not.
    this.#map ??= new Map(
      Object.entries(this.#names)
        .map(([key, name]) => [Number(key), name] as const)
        .sort((a, b) => a[0] - b[0]),
    )
    return this.#map
  }
}
