// Owns the files that functions look things up in: from paths to LanguageData. Knows what no function does with it.
// Start at loadLanguageData.

import { readFile } from 'node:fs/promises'
import { InputError } from '../../errors.ts'
import type { GroupSet, HostDirectory, LanguageData, PortDirectory } from '../data.ts'
import { DnsNames } from './dns.ts'
import { buildGroupSet } from './groups.ts'
import { parseJson, readLists } from './read-json.ts'

/** What flags say; all of it can be handed to a worker. */
export interface LanguageFiles {
  /** `FILE` or `NAME=FILE`. */
  readonly groups?: readonly string[] | undefined
  readonly maps?: readonly string[] | undefined
  readonly vendors?: string | undefined
  readonly country?: string | undefined
  readonly asn?: string | undefined
  /** Whether names are asked of DNS. */
  readonly dns?: boolean | undefined
}

/** What models know. */
export interface LanguageDirectories {
  readonly hosts?: HostDirectory | undefined
  readonly ports?: PortDirectory | undefined
}

/**
 * Reads the files that are given.
 * @throws InputError for a file that is missing or of another form
 */
export async function loadLanguageData(
  files: LanguageFiles,
  { hosts, ports }: LanguageDirectories = {},
): Promise<LanguageData> {
  const groups = new Map<string, GroupSet>()
  for (const argument of files.groups ?? []) {
    const { name, what, text } = await readNamed(argument, '--groups')
    for (const [set, lists] of readLists(parseJson(text, what), name, what))
      groups.set(set, buildGroupSet(lists, `${what}, set ${set}`))
  }
  const maps = new Map<string, ReadonlyMap<string, string>>()
  for (const argument of files.maps ?? []) {
    const { name, what, text } = await readNamed(argument, '--map')
    for (const [map, lists] of readLists(parseJson(text, what), name, what)) maps.set(map, byValue(lists))
  }
  const [vendors, country, asn] = await Promise.all([
    vendorTable(files.vendors),
    geoTable(files.country, '--country'),
    geoTable(files.asn, '--asn'),
  ])
  return { groups, maps, vendors, country, asn, dns: files.dns === true ? new DnsNames() : undefined, hosts, ports }
}

/** As sFlow-RT has maps: values by name. Turned round; of a value that has two names the first counts. */
function byValue(lists: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const [name, values] of lists) for (const value of values) if (!map.has(value)) map.set(value, name)
  return map
}

async function vendorTable(path: string | undefined) {
  if (path === undefined) return undefined
  const { parseVendors } = await import('./vendors.ts')
  const bytes = await readUserFile(path, '--oui')
  return parseVendors(new TextDecoder().decode(bytes), `--oui ${path}`)
}

async function geoTable(path: string | undefined, flag: string) {
  if (path === undefined) return undefined
  // Only those who ask for countries pay for the package.
  const { readGeoTable } = await import('./geo.ts')
  return readGeoTable(await readUserFile(path, flag), `${flag} ${path}`)
}

/** `NAME=FILE`, or FILE, whose name without folder and extension is then the name of a set that has none. */
async function readNamed(argument: string, flag: string) {
  const [, given, path] = /^(?:([\w.-]+)=)?(.+)$/s.exec(argument) ?? []
  if (path === undefined) throw new InputError(`${flag} needs a file.`)
  const name = given ?? path.replace(/^.*\//s, '').replace(/\.[^.]*$/, '')
  const text = new TextDecoder().decode(await readUserFile(path, flag))
  return { name, what: `${flag} ${path}`, text }
}

/**
 * The user's file as bytes.
 * @throws InputError naming flag and file
 */
export async function readUserFile(path: string, flag: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'that is a folder' : String(code ?? error)
    throw new InputError(`${flag} ${path} can't be read: ${why}.`)
  }
}
