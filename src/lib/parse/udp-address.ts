// Owns where UDP datagrams come from or go to, as text: udp://[ADDR]:PORT and HOST:PORT. See parse.ts for the folder.

import { type AddressWords, parseAddress } from './address.ts'
import { notUnderstood } from './parse.ts'

/** A local address to receive at. */
export interface UdpAddress {
  /** As in messages: `192.0.2.1`, `[::1]`. */
  readonly host: string
  readonly words: AddressWords
  readonly isV4: boolean
  /** 0: any free port. */
  readonly port: number
}

/** A destination; the name is not looked up here. */
export interface UdpDestination {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

const anyAddress = '[::]'
const needed =
  'Give udp://ADDRESS:PORT, either part may be left out: udp://:6343, udp://192.0.2.1:6343 or udp://[2001:db8::1]:6343.'

/** Whether the text is meant as an address to receive at, and not as a file's name. */
export function isUdpAddress(text: string): boolean {
  return /^udp:/i.test(text)
}

/**
 * `udp://[ADDR][:PORT]`. Without an address all of this machine, IPv6 and IPv4; IPv6 stands in brackets.
 * @param defaultPort where none is given
 * @throws InputError naming `what`; also for host names, since a socket is bound to an address
 */
export function parseUdpAddress(text: string, what: string, defaultPort: number): UdpAddress {
  const match = /^udp:\/\/(\[[^\]]*\]|[^:[\]/]*)(?::(\d{0,5}))?\/?$/i.exec(text.trim())
  if (!match) {
    const colons = /^udp:\/\/[0-9a-f:]*::?[0-9a-f:]*$/i.test(text) ? 'An IPv6 address stands in brackets. ' : ''
    throw notUnderstood(what, text, colons + needed)
  }
  const host = match[1] || anyAddress
  const isV4 = !host.startsWith('[')
  const inner = isV4 ? host : host.slice(1, -1)
  const words = isV4 === !inner.includes(':') ? parseAddress(inner) : undefined
  const port = match[2] ? Number(match[2]) : defaultPort
  if (!words || port > 65_535) throw notUnderstood(what, text, needed)
  return { host, words, isV4, port }
}

/** `udp://HOST:PORT`, as parseUdpAddress reads it. */
export function formatUdpAddress(host: string, port: number): string {
  return `udp://${host}:${port}`
}

const neededDestination = 'Give HOST:PORT, such as collector.example:6343, 192.0.2.1:6343 or [2001:db8::1]:6343.'

/**
 * `HOST:PORT`, with or without `udp://` before it.
 * @param defaultPort where only a host is given
 * @throws InputError naming `what`
 */
export function parseUdpDestination(text: string, what: string, defaultPort: number): UdpDestination {
  const match = /^(?:udp:\/\/)?(\[[^\]]*\]|[^:[\]/\s]+)(?::(\d{1,5}))?\/?$/i.exec(text.trim())
  const bracketed = match?.[1]?.startsWith('[') ?? false
  const host = bracketed ? match![1]!.slice(1, -1) : (match?.[1] ?? '')
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  const bad = bracketed ? !host.includes(':') || !parseAddress(host) : host === ''
  if (!match || bad || port < 1 || port > 65_535) throw notUnderstood(what, text, neededDestination)
  return { host, port }
}
