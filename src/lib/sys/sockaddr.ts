// Owns struct sockaddr_in and sockaddr_in6 of Linux, to and from four address words and a port. See libc.ts for the folder.

import type { AddressWords } from '../parse/address.ts'

export const AF_INET = 2
export const AF_INET6 = 10

/** sockaddr_in6; a sockaddr_in has 16. */
export const SOCKADDR_BYTES = 28
const SOCKADDR_IN_BYTES = 16

export type Family = typeof AF_INET | typeof AF_INET6

/**
 * A sockaddr for bind or connect.
 * @param family AF_INET takes the last word only
 * @see ip(7), ipv6(7)
 */
export function sockaddr(family: Family, words: AddressWords, port: number): Uint8Array {
  const bytes = new Uint8Array(family === AF_INET ? SOCKADDR_IN_BYTES : SOCKADDR_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, family, true)
  view.setUint16(2, port)
  if (family === AF_INET) view.setUint32(4, words[3])
  else for (let i = 0; i < 4; i++) view.setUint32(8 + 4 * i, words[i]!)
  return bytes
}
