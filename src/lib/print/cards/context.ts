// Owns what every part of a card shares: the text being built, how values are shown, names of ports, and the type of a
// record's own card. Knows no record and no layer. Start at Card.

import { portNames } from '../../names/ports.ts'
import type { Fields } from '../../wire/interpret.ts'
import type { Of, RecordType } from '../../wire/record.ts'
import type { CardText } from './text.ts'
import type { ValueStyle } from './values.ts'

/** The card being made. Reused: the fields of the datagram and sample change with each. */
export interface Card extends ValueStyle {
  readonly out: CardText
  counters: boolean
  /** Time as a person reads it beside the datagram's. */
  time(sec: number, nsec: number): string
  /** When the datagram came. */
  sec: number
  nsec: number
  /** Name that the current datagram's agent gave to an ifIndex, not escaped; undefined where none is known. */
  portName(ifIndex: number): string | undefined
}

/** Shows the fields of one record. */
export type RecordCard = (card: Card, fields: Fields) => void

/** A card of its own for a record type; gives it the type of the record's fields. */
export function recordCard<R extends RecordType>(
  type: R,
  show: (card: Card, fields: Of<R>) => void,
): readonly [RecordType, RecordCard] {
  // Fields come from the full face of this very declaration.
  return [type, (card, fields) => show(card, fields as Of<R>)]
}

/** `3 (swp3)`, or `3` where the port's name is not known or names are off. */
export function formatPort(card: Card, ifIndex: number): string {
  const name = card.names ? card.portName(ifIndex) : undefined
  return name === undefined ? String(ifIndex) : `${ifIndex} (${card.style.escape(name)})`
}

/** A TCP or UDP port: `443 (https)`. */
export function formatService(card: Card, port: number): string {
  const name = card.names ? portNames.get(port) : undefined
  return name === undefined ? String(port) : `${port} (${name})`
}
