// Owns the counters of interfaces through loops: they go on where the last life ended. Knows the records by their
// declarations. Start at ContinuedCounters.sample.

import { IF_COUNTERS } from '../agents/counter-deltas.ts'
import { counterRecords } from '../sflow/registry.ts'
import type { Walker } from '../sflow/walker.ts'
import { Follows } from './follows.ts'
import { Rows } from './rows.ts'

/** Records that are continued; beyond, the least recently seen start anew. */
const MOST_RECORDS = 65_536
/** Key: that of the data source (8 words), and the record's tag. */
const KEY = 9
const UNKNOWN_WORD = 0xffffffff
const UNKNOWN = 0xffffffffffffffffn

/**
 * Records whose fields are counters of an interface, by tag, with those fields; all of them where none are named. Other
 * records hold states and loads beside counters, and stay as they are.
 */
const continued: readonly (readonly [tag: number, fields: readonly string[] | undefined])[] = [
  [1, IF_COUNTERS],
  [2, undefined],
  [11, undefined],
  [2006, undefined],
]

interface Layout {
  /** Offsets in the record's body, and whether there are 64 bits. */
  readonly fields: readonly { readonly offset: number; readonly wide: boolean }[]
  readonly end: number
}

function layoutOf(tag: number, names: readonly string[] | undefined): Layout {
  const fields: { offset: number; wide: boolean }[] = []
  let end = 0
  for (const { name, kind } of counterRecords.get(tag)!.fields) {
    if (names === undefined || names.includes(name)) fields.push({ offset: end, wide: kind.kind === 'u64' })
    end += kind.least
  }
  return { fields, end }
}

/** Words of a row: raw and written value of each field, two words each. */
const FIELD_WORDS = 4

export class ContinuedCounters {
  readonly #layouts: ReadonlyMap<number, Layout> = new Map(
    continued.map(([tag, fields]) => [tag, layoutOf(tag, fields)] as const),
  )
  readonly #rows = new Rows(KEY, FIELD_WORDS * IF_COUNTERS.length, MOST_RECORDS)

  /** Changes the records of the counter sample that `w` is at; parameters as ContinuedSamples.datagram. */
  sample(w: Walker, out: DataView, shift: number, source: Uint32Array, follows: Follows): void {
    for (let i = 0; i < w.recordCount; i++) {
      const tag = w.recordTag[i]!
      const layout = this.#layouts.get(tag)
      if (layout === undefined || w.recordEnd[i]! - w.recordOffset[i]! < layout.end) continue
      const rows = this.#rows
      rows.probe.set(source)
      rows.probe[KEY - 1] = tag
      const row = rows.row()
      const at = w.recordOffset[i]!
      this.#record(w.view, at, out, at + shift, row, layout, rows.fresh ? Follows.first : follows)
    }
  }

  #record(raw: DataView, from: number, out: DataView, to: number, row: number, layout: Layout, follows: Follows): void {
    const { words } = this.#rows
    const kept = new DataView(words.buffer, words.byteOffset + row * 4, FIELD_WORDS * 4 * IF_COUNTERS.length)
    let p = 0
    for (const { offset, wide } of layout.fields) {
      if (wide) this.#wide(raw.getBigUint64(from + offset), kept, p, follows, out, to + offset)
      else this.#narrow(raw.getUint32(from + offset), kept, p, follows, out, to + offset)
      p += FIELD_WORDS * 4
    }
  }

  #wide(value: bigint, kept: DataView, p: number, follows: Follows, out: DataView, to: number): void {
    if (value === UNKNOWN) return
    const grown = BigInt.asIntN(64, value - kept.getBigUint64(p))
    if (follows === Follows.first) kept.setBigUint64(p + 8, value)
    else if (follows === Follows.later && grown > 0n) kept.setBigUint64(p + 8, kept.getBigUint64(p + 8) + grown)
    if (follows !== Follows.late) kept.setBigUint64(p, value)
    out.setBigUint64(to, kept.getBigUint64(p + 8))
  }

  #narrow(value: number, kept: DataView, p: number, follows: Follows, out: DataView, to: number): void {
    if (value === UNKNOWN_WORD) return
    const grown = (value - kept.getUint32(p)) >>> 0
    if (follows === Follows.first) kept.setUint32(p + 8, value)
    else if (follows === Follows.later) kept.setUint32(p + 8, kept.getUint32(p + 8) + grown)
    if (follows !== Follows.late) kept.setUint32(p, value)
    out.setUint32(to, kept.getUint32(p + 8))
  }
}
