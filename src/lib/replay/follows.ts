// Owns the words for how samples follow each other. Knows no sample. Start at Follows.

/** How a sample stands to the last one of its source. */
export const Follows = {
  /** The first one. */
  first: 0,
  /** After it, so that differences count. */
  later: 1,
  /** Overtaken by it, or the same again: differences have been counted. */
  late: 2,
  /** The first one of another life: no difference can be taken. */
  anew: 3,
} as const
export type Follows = (typeof Follows)[keyof typeof Follows]
