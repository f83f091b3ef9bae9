// Owns whether this user and machine can have a lab. See lab.ts for the folder.

import { EnvironmentError } from '../errors.ts'
import { readCapabilities } from '../sys/capabilities.ts'

/** @throws EnvironmentError where namespaces can't be made or entered */
export function refuseWithoutRights(): void {
  if (process.platform !== 'linux') {
    throw new EnvironmentError(`The lab consists of network namespaces, which ${process.platform} does not have.`)
  }
  const has = readCapabilities()
  if (has?.has('CAP_SYS_ADMIN') && has.has('CAP_NET_ADMIN')) return
  throw new EnvironmentError('The lab needs root: it consists of network namespaces.', ['sudo sonde lab ...'])
}
