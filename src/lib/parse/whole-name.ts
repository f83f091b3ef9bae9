// Owns patterns of whole names as text. See parse.ts for the folder.

import { notUnderstood } from './parse.ts'

/** Names that are wanted. */
export interface WholeName {
  /** Fits whole names only. */
  readonly pattern: RegExp
  /** The expression as it was typed, to be told. */
  readonly text: string
}

/**
 * A regular expression that a whole name must match: `ip_.*` is ip_rcv and not __ip_local_out.
 * @throws InputError naming `what`
 */
export function parseWholeName(typed: string, what: string): WholeName {
  const text = typed.trim()
  try {
    return { pattern: new RegExp(`^(?:${text})$`), text }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*: /s, '') : String(error)
    throw notUnderstood(
      what,
      text,
      `As a regular expression it has a mistake (${why}); give one such as 'ip_.*' or 'tcp_v4_rcv|udp_rcv'.`,
    )
  }
}
