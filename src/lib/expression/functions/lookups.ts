// Owns the functions that look values up in files and records: map, oui, country, asn, dns, host. Start at lookupFunctions.

import type { AddressNames, Value } from '../../attributes/attribute.ts'
import { asAddress } from '../../attributes/combine.ts'
import { didYouMean } from '../../parse/nearest.ts'
import { GrowingLabels } from '../constant.ts'
import { type GeoFacts, type GeoTable, hostFields } from '../data.ts'
import { GeoFinder, GeoNumbers } from '../find-geo.ts'
import { HostFinder } from '../find-host.ts'
import { mapValue } from '../find-map.ts'
import { VendorFinder, vendorNumbers } from '../find-vendor.ts'
import type { Call, KeyFunction } from '../syntax.ts'
import { anAddress } from './addresses.ts'

const aMac = {
  name: 'address',
  kind: 'expression',
  accepts: ['mac', 'address'],
  needs: 'a MAC address',
} as const

/** An argument that may be left out. */
const optional = (call: Call, argument: number, otherwise: string) =>
  call.args.length > argument ? call.text(argument) : otherwise

/** Looks an address up in a table of networks; as text. */
function geoText(call: Call, table: GeoTable | undefined, textOf: (facts: GeoFacts) => string | undefined): Value {
  const { kind, view, at } = asAddress(call.scope, call.value(0))
  const finder = new GeoFinder(table, textOf)
  const find = call.scope.code.constant('G', finder)
  return { form: 'label', value: call.scope.local(`${find}.find(${kind},${view},${at})`), labels: finder.labels }
}

/** Where DNS is not asked: every address is written as it is, but is text all the same. */
const nameless: AddressNames = { name: () => undefined }

const joined = (...parts: readonly (string | number | undefined)[]): string | undefined => {
  const known = parts.filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.join(' ')
}

export const lookupFunctions: readonly KeyFunction[] = [
  {
    name: 'map',
    family: 'look-ups',
    parameters: [
      { name: 'x', kind: 'expression' },
      { name: 'map', kind: 'text' },
    ],
    doc: 'the name that a map gives to x; missing where it has none',
    example: 'map:macsource:members',
    gives: 'example-net',
    flag: '--map FILE',
    emit(call) {
      const name = call.text(1)
      const { data } = call
      const map = data?.maps.get(name)
      if (data !== undefined && map === undefined) {
        if (data.maps.size === 0) return call.lacking('maps')
        const meant = didYouMean(name, data.maps.keys())
        return call.fail(
          1,
          `there is no map "${name}". ${meant ?? `There is ${[...data.maps.keys()].slice(0, 8).join(', ')}.`}`,
        )
      }
      return mapValue(call.scope, call.value(0), map ?? new Map())
    },
  },
  {
    name: 'oui',
    family: 'look-ups',
    parameters: [aMac, { name: 'what', kind: 'choice', choices: ['name', 'number'], optional: true }],
    doc: 'the vendor of a MAC address: its name, or its number (six hex digits); a name is missing where it is not known',
    example: 'oui:macsource:name',
    gives: 'Example Networks',
    flag: '--oui FILE',
    emit(call) {
      const { kind, view, at } = asAddress(call.scope, call.value(0))
      if (optional(call, 1, 'number') === 'number') {
        const value = call.scope.local(`${kind}===1?${view}.getUint32(${at})>>>8:-1`)
        return { form: 'label', value, labels: vendorNumbers }
      }
      const table = call.data?.vendors
      if (call.data !== undefined && table === undefined) return call.lacking('a list of vendors')
      const finder = new VendorFinder(table)
      const find = call.scope.code.constant('G', finder)
      return { form: 'label', value: call.scope.local(`${find}.find(${kind},${view},${at})`), labels: finder.labels }
    },
  },
  {
    name: 'country',
    family: 'look-ups',
    parameters: [anAddress, { name: 'what', kind: 'choice', choices: ['code', 'name', 'both'], optional: true }],
    doc: 'the country of an address: its code, its name or both; missing where the file has none',
    example: 'country:ipsource',
    gives: 'DE',
    flag: '--country FILE.mmdb',
    emit(call) {
      const table = call.data?.country
      if (call.data !== undefined && table === undefined) return call.lacking('a file of countries')
      const what = optional(call, 1, 'code')
      return geoText(call, table, ({ code, name }) =>
        what === 'code' ? code : what === 'name' ? name : joined(code, name),
      )
    },
  },
  {
    name: 'asn',
    family: 'look-ups',
    parameters: [anAddress, { name: 'what', kind: 'choice', choices: ['number', 'descr', 'both'], optional: true }],
    doc: 'the autonomous system of an address: its number, its name (descr) or both; missing where the file has none',
    example: 'asn:ipsource:descr',
    gives: 'EXAMPLE-AS',
    flag: '--asn FILE.mmdb',
    emit(call) {
      const table = call.data?.asn
      if (call.data !== undefined && table === undefined) return call.lacking('a file of autonomous systems')
      const what = optional(call, 1, 'number')
      if (what !== 'number') {
        return geoText(call, table, ({ number, descr }) => (what === 'descr' ? descr : joined(number, descr)))
      }
      const { kind, view, at } = asAddress(call.scope, call.value(0))
      const find = call.scope.code.constant('G', new GeoNumbers(table))
      return { form: 'number', value: call.scope.local(`${find}.find(${kind},${view},${at})`) }
    },
  },
  {
    name: 'dns',
    family: 'look-ups',
    parameters: [anAddress],
    doc: 'the name of an address by reverse DNS; the address itself where there is none, or not yet',
    example: 'dns:ipsource',
    gives: 'www.example.org',
    emit(call) {
      const address = asAddress(call.scope, call.value(0))
      return { ...address, names: call.data?.dns ?? nameless }
    },
  },
  {
    name: 'host',
    family: 'look-ups',
    parameters: [aMac, { name: 'what', kind: 'choice', choices: hostFields }],
    doc: `what the sFlow host with that MAC address tells of itself: ${hostFields.join(', ')}; missing where none has told`,
    example: 'host:macsource:host_name',
    gives: 'gpu-12',
    emit(call) {
      const hosts = call.data?.hosts
      if (call.data !== undefined && hosts === undefined) return call.lacking('hosts that tell of themselves')
      const { kind, view, at } = asAddress(call.scope, call.value(0))
      const labels = new GrowingLabels()
      const field = hostFields.find((x) => x === call.text(1)) ?? 'host_name'
      const find = call.scope.code.constant('G', new HostFinder(hosts, field, labels))
      return { form: 'label', value: call.scope.local(`${find}.find(${kind},${view},${at})`), labels }
    },
  },
]
