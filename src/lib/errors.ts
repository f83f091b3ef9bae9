// Owns the four kinds of trouble and nothing else: what is wrong with data, with the user's input,
// with the machine, with us. Knows no protocol and prints nothing. Start with DecodeIssue.

/**
 * Something wrong in bytes from the network or a file. Not thrown: decoders hand it to an `IssueSink`
 * and go on, so that one bad record costs one record.
 */
export interface DecodeIssue {
  /** Where in the structure, in the specification's names: `samples[2].flow_records[0] extended_gateway (0:1003)`. */
  readonly where: string
  /** Byte offset from the start of the datagram (or of the file, for container issues). */
  readonly at: number
  /** What was found and what was needed, as one clause: `dst_as_path claims 4096 segments (32768 bytes), 40 bytes left`. */
  readonly problem: string
  /** Groups like issues for counting: the same kind at the same kind of place. */
  readonly kind: string
}

/** Receives issues as they are met; must not throw. */
export type IssueSink = (issue: DecodeIssue) => void

/** One line: what, where, found, needed. */
export function formatIssue(issue: DecodeIssue): string {
  return `${issue.where} at byte ${issue.at}: ${issue.problem}`
}

/**
 * All digits of a whole number, in groups of three: `4,711,000`. By hand, because the first use of Intl costs 14 ms.
 */
export function formatCount(value: number | bigint): string {
  return String(value).replace(/\B(?=(?:\d{3})+(?!\d))/g, ',')
}

/** The user can fix it (a flag, a name, an expression; a file that is missing, empty or foreign). Exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly nextSteps: readonly string[]
  constructor(message: string, nextSteps: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.nextSteps = nextSteps
  }
}

/** The machine does not permit or offer it (permission, port in use, kernel, Node too old). Exit code 5. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  readonly nextSteps: readonly string[]
  constructor(message: string, nextSteps: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.nextSteps = nextSteps
  }
}

/** A mistake of ours. Exit code 70, printed with its stack and how to report it. */
export class BugError extends Error {
  override readonly name = 'BugError'
}

/** Exit codes, one meaning in all commands (docs/architecture.md). */
export const exitCode = {
  good: 0,
  no: 1,
  input: 2,
  damaged: 3,
  failIf: 4,
  environment: 5,
  bug: 70,
} as const
