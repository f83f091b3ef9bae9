// Owns where a server of ours listens, as text: PORT or ADDR:PORT. See parse.ts for the folder. Start at parseServeAddress.

import { parseAddress } from './address.ts'
import { notUnderstood } from './parse.ts'

export interface ServeAddress {
  /** An address, IPv6 without brackets. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** Where there is only a port: nobody else on the network is meant. */
const LOOPBACK = '127.0.0.1'
const MOST_PORT = 65_535
const needed = 'Give PORT or ADDR:PORT, such as 8008, 0.0.0.0:8008 or [::]:8008.'

/**
 * `8008`, `0.0.0.0:8008`, `[::1]:8008`, `localhost:8008`.
 * @throws InputError naming `what`; also for other names, since a socket is bound to an address
 */
export function parseServeAddress(text: string, what: string): ServeAddress {
  const match = /^(?:(\[[^\]]*\]|[^:[\]/]*):)?(\d{1,5})$/.exec(text.trim())
  const host = match?.[1]
  const port = Number(match?.[2])
  if (match === null) throw notUnderstood(what, text, needed)
  if (port > MOST_PORT) throw notUnderstood(what, text, `The largest port is ${MOST_PORT}. ${needed}`)
  if (host === undefined || /^localhost$/i.test(host)) return { host: LOOPBACK, port }
  if (host === '' || host === '*') {
    throw notUnderstood(what, text, `For all addresses of this machine: 0.0.0.0:${port}, or [::]:${port}.`)
  }
  const isV6 = host.startsWith('[')
  const inner = isV6 ? host.slice(1, -1) : host
  if (isV6 !== inner.includes(':') || parseAddress(inner) === undefined) {
    throw notUnderstood(what, text, `${/^[a-z]/i.test(host) ? 'A name is not looked up here. ' : ''}${needed}`)
  }
  return { host: inner, port }
}

/** Whether an argument behind `--serve` is meant for it. */
export function isServeAddress(text: string): boolean {
  return /^(?:(\[[^\]]*\]|[^:[\]/]*):)?\d{1,5}$/.test(text.trim())
}
