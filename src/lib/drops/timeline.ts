// Owns how drops of each row came over time: counts in slices of time, put together as they become too many. Knows no sample.
// See drops.ts for the folder. Start at Slices.

/** Slices that are kept of a window without end; two become one beyond that. */
const MOST_SLICES = 256
/** Pieces of a row's timeline. */
const PIECES = 60

export interface Slice {
  readonly startMs: number
  /** Packets by row. */
  readonly counts: ReadonlyMap<string, number>
}

/** A window's slices as pieces of equal length. */
export interface Pieces {
  readonly sliceMs: number
  of(id: string): number[]
}

export class Slices {
  readonly #endless: boolean
  #sliceMs: number
  #slices: Slice[] = []

  /** @param endless the window is all of the input: slices become longer with it */
  constructor(sliceMs: number, endless: boolean) {
    this.#sliceMs = sliceMs
    this.#endless = endless
  }

  /** Slices come in the order of time; one that is too late for its own becomes part of the last. */
  add(slice: Slice): void {
    const startMs = Math.floor(slice.startMs / this.#sliceMs) * this.#sliceMs
    const last = this.#slices.at(-1)
    if (last !== undefined && last.startMs >= startMs) this.#slices[this.#slices.length - 1] = joined(last, slice)
    else this.#slices.push({ startMs, counts: slice.counts })
    if (this.#endless) while (this.#slices.length > MOST_SLICES) this.#double()
  }

  /** Those that begin before `endMs` are given, and forgotten. */
  take(endMs: number): Slice[] {
    const taken = this.#slices.filter(({ startMs }) => startMs < endMs)
    this.#slices = this.#slices.filter(({ startMs }) => startMs >= endMs)
    return taken
  }

  /** Those that are there. */
  get all(): readonly Slice[] {
    return this.#slices
  }

  get sliceMs(): number {
    return this.#sliceMs
  }

  #double(): void {
    this.#sliceMs *= 2
    const slices = this.#slices
    this.#slices = []
    for (const slice of slices) this.add(slice)
  }
}

/**
 * @param slices each as long as `sliceMs` says, or a part of it
 * @param endMs of the window; its last piece may be a part
 */
export function piecesOf(slices: readonly Slice[], sliceMs: number, startMs: number, endMs: number): Pieces {
  const from = Math.floor(startMs / sliceMs) * sliceMs
  const span = Math.max(sliceMs, endMs - from)
  const length = Math.max(1, Math.ceil(span / sliceMs / PIECES)) * sliceMs
  const count = Math.max(1, Math.ceil(span / length))
  const rows = new Map<string, number[]>()
  for (const slice of slices) {
    const piece = Math.min(count - 1, Math.max(0, Math.floor((slice.startMs - from) / length)))
    for (const [id, packets] of slice.counts) {
      let row = rows.get(id)
      if (row === undefined) {
        row = new Array<number>(count).fill(0)
        rows.set(id, row)
      }
      row[piece]! += packets
    }
  }
  return { sliceMs: length, of: (id) => rows.get(id) ?? new Array<number>(count).fill(0) }
}

function joined({ startMs, counts }: Slice, other: Slice): Slice {
  const sum = new Map(counts)
  for (const [id, packets] of other.counts) sum.set(id, (sum.get(id) ?? 0) + packets)
  return { startMs, counts: sum }
}
