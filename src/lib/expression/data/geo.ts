// Owns files in MaxMind's format (mmdb) as tables of countries and autonomous systems; MaxMind's own fields and those of
// others who use the format. Knows no file system. Start at readGeoTable.

import { Reader } from 'mmdb-lib'
import { InputError } from '../../errors.ts'
import type { GeoFacts, GeoTable } from '../data.ts'
import { isObject } from './read-json.ts'

/**
 * @param bytes the whole file
 * @throws InputError where it is no such file
 */
export function readGeoTable(bytes: Uint8Array, what: string): GeoTable {
  let reader: Reader<Record<string, never>>
  try {
    reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  } catch (error) {
    throw new InputError(`${what} is no MaxMind-format file (mmdb).`, [], { cause: error })
  }
  return {
    find(address) {
      let record: unknown
      try {
        record = reader.get(address)
      } catch {
        // The user's file, not the network's bytes: a record that can't be read is one that is not there.
        return undefined
      }
      return isObject(record) ? factsOf(record) : undefined
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * GeoLite2 and DB-IP: `{country: {iso_code, names: {en}}}`, `{autonomous_system_number, autonomous_system_organization}`;
 * IPinfo: `{country_code, country, asn: 'AS64500', as_name}`.
 */
function factsOf(record: Fields): GeoFacts {
  const country = isObject(record.country)
    ? record.country
    : isObject(record.registered_country)
      ? record.registered_country
      : undefined
  const names = country !== undefined && isObject(country.names) ? country.names : undefined
  const code = textOf(country?.iso_code) ?? textOf(record.country_code)
  const name = textOf(names?.en) ?? textOf(record.country)
  const number = record.autonomous_system_number ?? Number(/^AS(\d{1,10})$/.exec(textOf(record.asn) ?? '')?.[1])
  const descr = textOf(record.autonomous_system_organization) ?? textOf(record.as_name)
  return {
    ...(code === undefined ? {} : { code }),
    ...(name === undefined ? {} : { name }),
    ...(typeof number === 'number' && number >= 0 ? { number } : {}),
    ...(descr === undefined ? {} : { descr }),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
