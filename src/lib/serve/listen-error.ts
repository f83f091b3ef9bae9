// Owns why a server can't listen, in words. See serve.ts for the folder. Start at listenError.

import { EnvironmentError } from '../errors.ts'

const MOST_PRIVILEGED = 1023

/** @param host as it was given, IPv6 without brackets */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): EnvironmentError {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const [why, steps] = reasonOf(error, port)
  return new EnvironmentError(`--serve can't listen on ${at}: ${why}.`, steps, { cause: error })
}

function reasonOf({ code, message }: NodeJS.ErrnoException, port: number): [string, string[]] {
  if (code === 'EADDRINUSE') {
    return [
      'another program listens there',
      [`ss -ltnp 'sport = :${port}' shows which.`, `Give another port: --serve ${port === 65_535 ? 8008 : port + 1}`],
    ]
  }
  if (code === 'EADDRNOTAVAIL') return ['this machine does not have that address', ['ip address lists those it has.']]
  if (code === 'EACCES' || code === 'EPERM') {
    return [
      port <= MOST_PRIVILEGED ? `ports up to ${MOST_PRIVILEGED} are for root` : 'it is not permitted',
      ['Give a port from 1024 on: --serve 8008'],
    ]
  }
  if (code === 'EAFNOSUPPORT') return ['IPv6 is off on this machine', ['Give an IPv4 address: --serve 127.0.0.1:8008']]
  return [message, []]
}
