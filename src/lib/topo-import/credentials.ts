// Owns tokens and passwords: from variables or a file, never from a flag, where every user of the machine could read them. Nothing
// here ever puts one into a message. See topo-import.ts for the folder.

import { readFileSync, statSync } from 'node:fs'
import { InputError } from '../errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export const credentialNames = [
  'SONDE_NETBOX_TOKEN',
  'SONDE_NETQ_TOKEN',
  'SONDE_NETQ_USER',
  'SONDE_NETQ_PASSWORD',
  'SONDE_EAPI_USER',
  'SONDE_EAPI_PASSWORD',
] as const
export type CredentialName = (typeof credentialNames)[number]

const LARGEST_FILE = 64 << 10

/** Looks in the variables first, then in the file. */
export class Credentials {
  readonly #environment: Environment
  readonly #file: ReadonlyMap<string, string>
  readonly #path: string | undefined

  /**
   * @param path a file of lines NAME=VALUE; # begins a comment
   * @param warn told where others than the owner may read the file
   * @throws InputError for a file that can't be read or has other lines
   */
  constructor(environment: Environment, path: string | undefined, warn: (line: string) => void) {
    this.#environment = environment
    this.#path = path
    this.#file = path === undefined ? new Map() : readCredentials(path, warn)
  }

  get(name: CredentialName): string | undefined {
    return this.#environment[name] || this.#file.get(name) || undefined
  }

  /** @throws InputError that says how to give what is missing */
  need(names: readonly CredentialName[], what: string): string[] {
    const values = names.map((name) => this.get(name))
    const missing = names.filter((_, i) => values[i] === undefined)
    if (missing.length === 0) return values.map((value) => value ?? '')
    const where = this.#path === undefined ? '' : ` (not in ${this.#path} either)`
    throw new InputError(
      `${what} needs ${missing.join(' and ')}, which ${missing.length > 1 ? 'are' : 'is'} not set${where}.`,
      [
        `Set the variable${missing.length > 1 ? 's' : ''}, or write ${missing.map((name) => `${name}=...`).join(' and ')} into a file that only you may read and give --credentials FILE.`,
      ],
    )
  }
}

function readCredentials(path: string, warn: (line: string) => void): Map<string, string> {
  let text: string
  try {
    const stat = statSync(path)
    if (stat.size > LARGEST_FILE) throw new InputError(`${path} is no file of credentials: it is larger than 64 KiB.`)
    if (stat.isFile() && (stat.mode & 0o077) !== 0)
      warn(`Others may read ${path}; chmod 600 ${path} keeps its secrets.`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`--credentials ${path} can't be read: ${(error as Error).message}.`, [], { cause: error })
  }
  const found = new Map<string, string>()
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim().replace(/^export\s+/, '')
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const name = line.slice(0, Math.max(0, equals)).trim()
    if (!(credentialNames as readonly string[]).includes(name)) {
      throw new InputError(`${path}:${at + 1}: needed NAME=VALUE with one of the names ${credentialNames.join(', ')}.`)
    }
    found.set(
      name,
      line
        .slice(equals + 1)
        .trim()
        .replace(/^(['"])(.*)\1$/, '$2'),
    )
  }
  return found
}
