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

/** Makes a table. Names must be printable ASCII without quotes or backslashes, so that writers can copy them. */
export function nameTable(title: string, source: string, names: Readonly<Record<number, string>>): NameTable {
  const map = new Map<number, string>()
  for (const key of Object.keys(names)) map.set(Number(key), names[Number(key)]!)
  const entries = [...map].sort((a, b) => a[0] - b[0])
  for (const [value, name] of entries) {
    if (!/^[ !#-[\]-~]*$/.test(name))
      throw new RangeError(`${title}: the name of ${value} can't be copied into JSON: ${name}`)
  }
  return { title, source, get: (value) => map.get(value), entries }
}
