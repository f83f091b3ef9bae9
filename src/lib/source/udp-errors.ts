// Owns what is said when a socket can't be opened, and what to do about it. See udp.ts.

import { EnvironmentError } from '../errors.ts'
import { formatUdpAddress, type UdpAddress } from '../parse/udp-address.ts'

/**
 * Why no socket could be opened at an address.
 * @param cause with the system's `code` (EADDRINUSE ...), from a system call or from node:dgram
 */
export function cannotListen(address: UdpAddress, cause: unknown): EnvironmentError {
  const { host, port } = address
  const options = { cause }
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new EnvironmentError(
        `UDP port ${port} is in use.`,
        [
          `Choose another port: --input ${formatUdpAddress(host, port < 65_535 ? port + 1 : port - 1)}`,
          `Or stop the other collector; this shows it: ss -lunp 'sport = :${port}'`,
        ],
        options,
      )
    case 'EACCES':
    case 'EPERM':
      return new EnvironmentError(
        `UDP port ${port} is privileged: this user may not listen there.`,
        [
          `Choose a port above 1023: --input ${formatUdpAddress(host, 6343)}`,
          `Or permit it to all users: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${port}`,
        ],
        options,
      )
    case 'EADDRNOTAVAIL':
      return new EnvironmentError(
        `${host} is no address of this machine.`,
        ['See its addresses: ip -brief address', `Or listen at all of them: --input udp://:${port}`],
        options,
      )
    case 'EAFNOSUPPORT':
      return new EnvironmentError(
        `IPv6 is off on this machine, so it can't listen at ${host}.`,
        [`Use IPv4: --input udp://0.0.0.0:${port}`],
        options,
      )
    case 'EMFILE':
    case 'ENFILE':
      return new EnvironmentError(
        'No more files or sockets may be opened.',
        ['Raise the limit: ulimit -n 4096'],
        options,
      )
    default:
      return new EnvironmentError(
        `Can't listen at ${formatUdpAddress(host, port)}: ${(cause as Error).message}.`,
        [],
        options,
      )
  }
}

/** Why a socket that listened can't go on. */
export function receivingFailed(name: string, cause: Error): EnvironmentError {
  return new EnvironmentError(`Receiving at ${name} failed: ${cause.message}.`, [], { cause })
}
