// Owns the cards of samples that are text metrics and text flows (InMon): a line a field, as `name = value`.
// Knows no bytes. Start at textSampleCards.

import { rtflow, rtmetric } from '../../sflow/records/inmon.ts'
import { formatIp, formatMac } from '../../wire/json.ts'
import type { RecordType } from '../../wire/record.ts'
import { formatF32, formatF64 } from '../../wire/text.ts'
import { type Card, type RecordCard, recordCard } from './context.ts'
import { dim, type Piece, strong } from './text.ts'
import { formatText, formatWord } from './values.ts'

/** Fields that are shown: a sample may hold thousands. */
const MOST_FIELDS = 64

function fieldLines<T>(
  { out, style }: Card,
  fields: readonly { readonly name: string; readonly value: T }[],
  line: (name: string, value: T) => readonly Piece[],
): void {
  for (const { name, value } of fields.slice(0, MOST_FIELDS)) {
    out.more()
    out.group(...line(name, value))
  }
  if (fields.length <= MOST_FIELDS) return
  out.more()
  out.group(dim(`… ${style.count(fields.length - MOST_FIELDS)} more`))
}

/** Cards of the bodies of text samples. */
export const textSampleCards: ReadonlyMap<RecordType, RecordCard> = new Map([
  recordCard(rtmetric, (card, x) => {
    card.out.label('metrics')
    card.out.group(strong(formatWord(card, x.datasource)))
    fieldLines(card, x.fields, (name, { type, value }) => {
      const left = [formatWord(card, name), dim(' = ')]
      switch (type) {
        case 0:
          return [...left, formatText(card, value)]
        // Counters only go up; all other numbers are gauges.
        case 1:
        case 2:
          return [...left, card.style.count(value), dim(' counter')]
        case 3:
        case 4:
          return [...left, card.style.count(value)]
        case 5:
          return [...left, Number.isFinite(value) ? formatF32(value) : '-']
        case 6:
          return [...left, Number.isFinite(value) ? formatF64(value) : '-']
      }
    })
  }),
  recordCard(rtflow, (card, x) => {
    card.out.label('flow')
    card.out.group(strong(formatWord(card, x.datasource)))
    // hsflowd sends 0 for a pool that it does not count.
    const pool = x.sample_pool === 0 ? [] : [dim(' of '), card.style.count(x.sample_pool)]
    card.out.group('1 in ', card.style.count(x.sampling_rate), ...pool)
    fieldLines(card, x.fields, (name, { type, value }) => {
      const left = [formatWord(card, name), dim(' = ')]
      switch (type) {
        case 0:
          return [...left, formatText(card, value)]
        case 1:
          return [...left, formatMac(value)]
        case 2:
        case 3:
          return [...left, formatIp(value)]
        // A key may be a port or an identifier: no digit groups.
        case 4:
        case 5:
          return [...left, String(value)]
        case 6:
          return [...left, Number.isFinite(value) ? formatF32(value) : '-']
        case 7:
          return [...left, Number.isFinite(value) ? formatF64(value) : '-']
      }
    })
  }),
])
