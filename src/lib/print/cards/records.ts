// Owns the lines of one record on a card: its own card where there is one, else every field by its declared name, else
// its bytes; and what is wrong with it, in red. Start at CardRecords.show.

import { counterRecords, flowRecords, sampleBodies } from '../../sflow/registry.ts'
import { SampleKind } from '../../sflow/samples.ts'
import type { Walker } from '../../sflow/walker.ts'
import { compileFull, type FullDecoder } from '../../wire/full.ts'
import type { Fields } from '../../wire/interpret.ts'
import type { Field } from '../../wire/kinds.ts'
import { Outcome } from '../../wire/outcome.ts'
import { formatTag, type RecordType } from '../../wire/record.ts'
import type { Card, RecordCard } from './context.ts'
import { counterCards } from './counter-records.ts'
import { flowCards } from './flow-records.ts'
import { CardHeader } from './header.ts'
import { bad, dim } from './text.ts'
import { textSampleCards } from './text-samples.ts'
import { formatBytes, formatSize, formatValue } from './values.ts'

const SAMPLED_HEADER = 1

/** Cards by record type. Flow and counter records are other types, so one map does for both. */
const cards: ReadonlyMap<RecordType, RecordCard> = new Map([...flowCards, ...counterCards, ...textSampleCards])

/** So many zeros of one record are not listed but counted. */
const LEAST_ZEROS = 4

/** A counter that says nothing but 0. */
const isZero = (field: Field, value: unknown): boolean => (value === 0 || value === 0n) && field.names === undefined

/** Shows records; keeps the decoders it has compiled. */
export class CardRecords {
  readonly #card: Card
  readonly #decoders = new Map<RecordType, FullDecoder>()
  readonly #outcome = new Outcome()
  readonly #header: CardHeader

  constructor(card: Card) {
    this.#card = card
    this.#header = new CardHeader(card)
  }

  /** The lines of record `i` of the current sample. */
  show(w: Walker, i: number): void {
    const counters = w.sampleKind === SampleKind.counters
    const tag = w.recordTag[i]!
    const at = w.recordOffset[i]!
    const end = w.recordEnd[i]!
    const type = (counters ? counterRecords : flowRecords).get(tag)
    this.#card.counters = counters
    if (type === undefined || type.opaque === true) {
      this.#bytes(w, type?.name, tag, at, end, i === w.recordClipped ? 'cut' : '')
      return
    }
    if (i === w.recordClipped) {
      this.#bytes(w, type.name, tag, at, end, 'cut')
      return
    }
    const fields = this.#decode(type, w, at, end)
    if (fields === undefined) {
      w.reportRecord(i, type.name, this.#outcome)
      this.#bytes(w, type.name, tag, at, end, this.#outcome.problem)
      return
    }
    const { next } = this.#outcome
    if (!counters && tag === SAMPLED_HEADER) this.#header.show(w, at, fields)
    else this.#fields(type, fields)
    this.#trailing(w, next, end)
  }

  /** The lines of a sample whose whole body is one structure, or that can't be read. */
  showBody(w: Walker): void {
    const { out } = this.#card
    this.#card.counters = false
    const type = w.sampleBroken ? undefined : sampleBodies.get(w.sampleTag)
    const fields = type === undefined ? undefined : this.#decode(type, w, w.sampleOffset, w.sampleEnd)
    if (type !== undefined && fields !== undefined) {
      this.#fields(type, fields)
      this.#trailing(w, this.#outcome.next, w.sampleEnd)
      return
    }
    if (type !== undefined) w.reportBody(this.#outcome)
    out.label(w.sampleBroken || type !== undefined ? 'broken' : 'body', w.sampleBroken ? 'bad' : 'accent')
    if (w.sampleBroken) out.group(bad('cut, or too short for its fields'))
    else if (type !== undefined) out.group(bad(this.#outcome.problem))
    this.#hex(w, w.sampleOffset, w.sampleEnd)
  }

  /** Bytes that nothing claims: behind a record's fields, a sample's records, a datagram's samples. */
  #trailing(w: Walker, at: number, end: number): void {
    if (at >= end) return
    this.#card.out.group(
      dim(`and ${formatSize(this.#card, end - at)} more: ${formatBytes(this.#card, w.bytes.subarray(at, end))}`),
    )
  }

  #decode(type: RecordType, w: Walker, at: number, end: number): Fields | undefined {
    let decoder = this.#decoders.get(type)
    if (decoder === undefined) {
      decoder = compileFull(type)
      this.#decoders.set(type, decoder)
    }
    return decoder(w.bytes, w.view, at, end, this.#outcome)
  }

  #fields(type: RecordType, fields: Fields): void {
    const own = cards.get(type)
    if (own === undefined) this.#generic(type, fields)
    else own(this.#card, fields)
  }

  /** Name, then every field that is there with its value and unit; of counters, zeros only as how many there are. */
  #generic(type: RecordType, fields: Fields): void {
    const { out } = this.#card
    out.label(type.name.replace(/^extended_/, ''))
    const here = type.fields.filter((field) => fields[field.name] !== undefined)
    const zeros = this.#card.counters ? here.filter((field) => isZero(field, fields[field.name])) : []
    const hidden = new Set(zeros.length >= LEAST_ZEROS ? zeros : [])
    for (const field of here) {
      if (!hidden.has(field)) out.pair(field.name, formatValue(this.#card, field, fields[field.name]))
    }
    if (hidden.size > 0)
      out.group(dim(hidden.size === here.length ? `all ${hidden.size} are 0` : `${hidden.size} others are 0`))
  }

  /** A record without fields to show: unknown, kept as bytes, or broken. */
  #bytes(w: Walker, name: string | undefined, tag: number, at: number, end: number, problem: string): void {
    const { out } = this.#card
    out.label(name?.replace(/^extended_/, '') ?? 'unknown', problem === '' ? 'accent' : 'bad')
    if (problem !== '') out.group(bad(problem === 'cut' ? 'cut by the end of the sample' : problem))
    if (name === undefined) out.pair('record', formatTag(tag))
    this.#hex(w, at, end)
  }

  #hex(w: Walker, at: number, end: number): void {
    const { out } = this.#card
    out.group(formatSize(this.#card, end - at))
    if (end > at) out.group(dim(formatBytes(this.#card, w.bytes.subarray(at, end))))
  }
}
