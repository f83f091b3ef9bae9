// Owns where UDP datagrams come from or go to, as text: udp://[ADDR]:PORT and HOST:PORT. See parse.ts for the folder.

import { InputError } from '../errors.ts'
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

/** The port that IANA gave to sFlow. */
export const SFLOW_PORT = 6343
const MOST_PORT = 65_535
const tooLarge = `The largest port is ${MOST_PORT}.`
const anyAddress = '[::]'
const needed =
  'Give udp://ADDRESS:PORT, either part may be left out: udp://:6343, udp://192.0.2.1:6343 or udp://[2001:db8::1]:6343.'

/** Whether the text is meant as an address to receive at, and not as a file's name. */
export function isUdpAddress(text: string): boolean {
  return /^udp:/i.test(text)
}

/**
 * `udp://[ADDR][:PORT]`. Without an address all of this machine, IPv6 and IPv4; IPv6 stands in brackets. A port alone, `6343`
 * or `:6343`, is taken too.
 * @param defaultPort where none is given
 * @throws InputError naming `what`; also for host names, since a socket is bound to an address
 */
export function parseUdpAddress(text: string, what: string, defaultPort: number): UdpAddress {
  const alone = /^:?(\d+)$/.exec(text.trim())
  const match = /^udp:\/\/(\[[^\]]*\]|[^:[\]/]*)(?::(\d*))?\/?$/i.exec(alone ? `udp://:${alone[1]}` : text.trim())
  if (!match) {
    const colons = /^udp:\/\/[0-9a-f:]*::?[0-9a-f:]*$/i.test(text) ? 'An IPv6 address stands in brackets. ' : ''
    throw notUnderstood(what, text, colons + needed)
  }
  const host = match[1] || anyAddress
  const isV4 = !host.startsWith('[')
  const inner = isV4 ? host : host.slice(1, -1)
  const words = isV4 === !inner.includes(':') ? parseAddress(inner) : undefined
  const port = match[2] ? Number(match[2]) : defaultPort
  if (port > MOST_PORT) throw notUnderstood(what, text, `${tooLarge} ${needed}`)
  if (!words) throw notUnderstood(what, text, hostAdvice(inner, port) + needed)
  return { host, words, isV4, port }
}

/** What may have been meant by a host that is no address, with a space behind; empty where nothing is known. */
function hostAdvice(host: string, port: number): string {
  if (host === '*') return `For all addresses leave it out: ${formatUdpAddress('', port)}. `
  if (/^localhost$/i.test(host)) return `A name is not looked up here: ${formatUdpAddress('127.0.0.1', port)}. `
  if (/^[a-z][\w.-]*$/i.test(host)) return 'A name is not looked up here. '
  return ''
}

/**
 * Refuses one address twice; port 0 is another port each time.
 * @throws InputError naming `what`
 */
export function refuseTwice(addresses: readonly UdpAddress[], what: string): void {
  const seen = new Set<string>()
  for (const { host, words, port } of addresses) {
    const key = `${words.join()} ${port}`
    if (port !== 0 && seen.has(key)) {
      throw new InputError(`${what} ${formatUdpAddress(host, port)} was given twice.`, ['Leave one of them out.'])
    }
    seen.add(key)
  }
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
  const match = /^(?:udp:\/\/)?(\[[^\]]*\]|[^:[\]/\s]+)(?::(\d+))?\/?$/i.exec(text.trim())
  // The system would take a number for an IPv4 address: 17381 is 0.0.67.229.
  const alone = /^(?:udp:\/\/)?:?(\d{1,5})\/?$/i.exec(text.trim())
  if (alone && Number(alone[1]) <= MOST_PORT) {
    throw notUnderstood(
      what,
      text,
      `That is only a port; at this machine it is 127.0.0.1:${alone[1]}. ${neededDestination}`,
    )
  }
  const bracketed = match?.[1]?.startsWith('[') ?? false
  const host = bracketed ? match![1]!.slice(1, -1) : (match?.[1] ?? '')
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  const bad = bracketed ? !host.includes(':') || !parseAddress(host) : /^\d*$/.test(host)
  if (!match || bad || port < 1) throw notUnderstood(what, text, neededDestination)
  if (port > MOST_PORT) throw notUnderstood(what, text, `${tooLarge} ${neededDestination}`)
  return { host, port }
}
