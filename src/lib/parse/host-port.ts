// Owns where to send to, as text. See parse.ts for the folder.

import { notUnderstood } from './parse.ts'

/** A host by name or address (IPv6 without brackets), and a UDP port. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

const needed = 'Give HOST:PORT, such as 127.0.0.1:6343, [::1]:6343 or collector.example.net:6343.'

/**
 * `127.0.0.1:6343`, `[::1]:6343`, `collector:6343`; without a port `otherwise`. Whether there is such a host is not asked.
 * @throws InputError naming `what`; also for an IPv6 address without brackets and a port outside 1 to 65535
 */
export function parseHostPort(text: string, what: string, otherwise: number): HostPort {
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text.trim())
  const port = match?.[3] === undefined ? otherwise : Number(match[3])
  if (!match || port < 1 || port > 65_535) throw notUnderstood(what, text, needed)
  return { host: (match[1] ?? match[2])!, port }
}
