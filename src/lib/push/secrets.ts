// Owns user, password and token of a server: from variables or from files that variables name, never from a flag or a URL, where
// every user of the machine could read them. Nothing here puts one into a message. See push.ts for the folder.

import { readFileSync } from 'node:fs'
import { InputError } from '../errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Secrets {
  /** The variables' beginning, for advice: `SONDE_INFLUX`. */
  readonly prefix: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly token: string | undefined
}

const LARGEST_FILE = 64 << 10

/**
 * `PREFIX_USER`, `PREFIX_PASSWORD`, `PREFIX_TOKEN`, or each with `_FILE` behind it: a file that holds the value.
 * @throws InputError where both are set, a file can't be read, or a value can't be sent; it never has the value
 */
export function readSecrets(environment: Environment, prefix: string): Secrets {
  const user = readSecret(environment, `${prefix}_USER`)
  const password = readSecret(environment, `${prefix}_PASSWORD`)
  const token = readSecret(environment, `${prefix}_TOKEN`)
  if (token !== undefined && (user !== undefined || password !== undefined)) {
    throw new InputError(`${prefix}_TOKEN and ${prefix}_USER or _PASSWORD are set: a server takes one or the other.`)
  }
  if ((user === undefined) !== (password === undefined)) {
    const missing = user === undefined ? 'USER' : 'PASSWORD'
    throw new InputError(`${prefix}_${missing} is not set, though the other one is.`)
  }
  // Other characters would begin a header of their own, or none.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new InputError(`${prefix}_TOKEN has characters that no token has, such as spaces or line ends.`)
  }
  return { prefix, user, password, token }
}

function readSecret(environment: Environment, name: string): string | undefined {
  const path = environment[`${name}_FILE`] || undefined
  const value = environment[name] || undefined
  if (path === undefined) return value
  if (value !== undefined) throw new InputError(`${name} and ${name}_FILE are both set: give one.`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(`${name}_FILE: ${path} can't be read: ${(error as Error).message}.`, [], { cause: error })
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new InputError(`${name}_FILE: ${path} is empty.`)
  if (secret.length > LARGEST_FILE) throw new InputError(`${name}_FILE: ${path} is larger than 64 KiB.`)
  return secret
}

/** @param scheme of a token: Bearer, or Token for InfluxDB */
export function authorization({ user, password, token }: Secrets, scheme: 'Bearer' | 'Token'): string | undefined {
  if (token !== undefined) return `${scheme} ${token}`
  if (user === undefined) return undefined
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** Text of a server without the secrets that it may have repeated. */
export function withoutSecrets(text: string, { user, password, token }: Secrets): string {
  let clean = text
  const basic = user === undefined ? undefined : Buffer.from(`${user}:${password}`).toString('base64')
  for (const secret of [basic, password, token]) if (secret !== undefined) clean = clean.replaceAll(secret, '…')
  return clean
}
