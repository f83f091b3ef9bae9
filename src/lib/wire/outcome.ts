// Owns the result of decoding one structure: how far it went, or what was wrong where. Reused, no allocation while
// all is well. Start at Outcome.

/** What decoding one structure came to. Failing methods give -1, so that generated code can return them. */
export class Outcome {
  /** First byte behind the known fields, after a success. */
  next = 0
  /** Name of the field that could not be read, empty after a success. */
  field = ''
  /** Byte at which it starts. */
  at = 0
  kind = ''
  problem = ''

  /** A field of fixed size does not fit. */
  short(field: string, at: number, need: number, end: number): number {
    const left = Math.max(0, end - at)
    return this.#fail(field, at, 'short', `${field} needs ${need} bytes, ${left} left`)
  }

  /** A length word says more than there is. */
  long(field: string, at: number, length: number, end: number): number {
    return this.#fail(field, at, 'length', `${field} claims ${length} bytes, ${Math.max(0, end - at - 4)} left`)
  }

  /** An item count says more than there can be. */
  count(field: string, at: number, items: number, least: number, end: number): number {
    const left = Math.max(0, end - at - 4)
    return this.#fail(
      field,
      at,
      'count',
      `${field} claims ${items} items (at least ${items * least} bytes), ${left} left`,
    )
  }

  /** A discriminant that has no arm. */
  arm(field: string, at: number, found: number, needed: string): number {
    return this.#fail(field, at, 'type', `${field} has type ${found}, needed ${needed}`)
  }

  #fail(field: string, at: number, kind: string, problem: string): number {
    this.field = field
    this.at = at
    this.kind = kind
    this.problem = problem
    return -1
  }
}
