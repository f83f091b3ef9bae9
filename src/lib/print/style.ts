// Owns what cards and summaries need of a terminal, as an interface: lib/ui implements it, so that decoding for a person
// stays free of colour libraries. Knows no terminal. Start at Style.

/** Colour by meaning and text for people. With colour off the five tones give their text back. */
export interface Style {
  /** Loss, drops, damage. */
  bad(text: string): string
  /** Doubtful. */
  doubtful(text: string): string
  /** Context that may be overlooked. */
  dim(text: string): string
  /** The one accent: names of layers and records. */
  accent(text: string): string
  strong(text: string): string
  /** Text from the network as one harmless line. */
  escape(text: string): string
  /** Columns that a text takes, colour not counted. */
  width(text: string): number
  /** All digits, in groups: `4,711,000`. */
  count(value: number | bigint): string
  /** Three digits and a prefix: `100 Gb/s`. */
  si(value: number, unit: string): string
  /** Memory: `15.6 GiB`. */
  iec(bytes: number): string
  /** A span of time: `41 d 3 h`. */
  span(ms: number): string
  /** A share of 0 to 1: `21 %`. */
  percent(share: number): string
  /** A share of 0 to 1 as blocks in so many columns; unknown is empty. */
  bar(share: number | null, width: number): string
  /** The last values as blocks from 0 to the largest of them, newest at the right; always so many columns. */
  spark(values: readonly number[], width: number): string
  /** A table with a header and one rule below it, lines without a newline at the end. Cells are escaped by the caller. */
  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string
}

export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** A tone by its name in Style; `plain` is the text as it is. */
export type Tone = 'plain' | 'bad' | 'doubtful' | 'dim' | 'accent' | 'strong'

/** How a person looks at the output. */
export interface View {
  readonly style: Style
  /** Columns. */
  readonly width: number
  /** A point of time as a person reads it: local with zone, or UTC. */
  readonly time: (sec: number, nsec: number) => string
  /** What `clock` leaves out: date and zone, said once above what happened then. Empty where `clock` says all. */
  readonly day: (sec: number) => string
  /** A point of time below its day. */
  readonly clock: (sec: number, nsec: number) => string
}
