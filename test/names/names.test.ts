import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { interfaceTypes } from '../../src/lib/names/interface-types.ts'
import * as names from '../../src/lib/names/sflow.ts'
import type { NameTable } from '../../src/lib/wire/name-table.ts'

/** Typed out from sflow5.md 2.2, 2.3 and 3.2, IANAifType-MIB and the IANA character sets. */
const rows: { title: string; table: NameTable; value: number; want: string | undefined }[] = [
  { title: 'headerProtocols', table: names.headerProtocols, value: 1, want: 'ETHERNET-ISO88023' },
  { title: 'headerProtocols', table: names.headerProtocols, value: 11, want: 'IPv4' },
  { title: 'headerProtocols', table: names.headerProtocols, value: 18, want: 'INFINIBAND' },
  { title: 'headerProtocols', table: names.headerProtocols, value: 19, want: undefined },
  { title: 'httpMethods', table: names.httpMethods, value: 4, want: 'POST' },
  { title: 'appStatuses', table: names.appStatuses, value: 10, want: 'UNAUTHORIZED' },
  { title: 'memcacheCommands', table: names.memcacheCommands, value: 16, want: 'TOUCH' },
  { title: 'memcacheStatuses', table: names.memcacheStatuses, value: 9, want: 'DELETED' },
  { title: 'aclDirections', table: names.aclDirections, value: 2, want: 'egress' },
  { title: 'packetDirections', table: names.packetDirections, value: 1, want: 'received' },
  { title: 'asPathSegmentTypes', table: names.asPathSegmentTypes, value: 1, want: 'AS_SET' },
  { title: 'asPathSegmentTypes', table: names.asPathSegmentTypes, value: 2, want: 'AS_SEQUENCE' },
  { title: 'machineTypes', table: names.machineTypes, value: 3, want: 'x86_64' },
  { title: 'machineTypes', table: names.machineTypes, value: 12, want: 's390' },
  { title: 'osNames', table: names.osNames, value: 2, want: 'linux' },
  { title: 'osNames', table: names.osNames, value: 12, want: 'solaris' },
  { title: 'domainStates', table: names.domainStates, value: 4, want: 'shutdown' },
  { title: 'dataSourceTypes', table: names.dataSourceTypes, value: 2, want: 'entPhysicalEntry' },
  { title: 'charsets', table: names.charsets, value: 106, want: 'UTF-8' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 6, want: 'ethernetCsmacd' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 24, want: 'softwareLoopback' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 53, want: 'propVirtual' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 117, want: 'gigabitEthernet' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 135, want: 'l2vlan' },
  { title: 'interfaceTypes', table: interfaceTypes, value: 161, want: 'ieee8023adLag' },
]

describe('names', () => {
  for (const { title, table, value, want } of rows) {
    test(`${title}: ${value} is ${want}`, () => assert.equal(table.get(value), want))
  }

  test('tables have as many names as the enumerations', () => {
    const sizes = rows
      .filter((row, i) => rows.findIndex((x) => x.table === row.table) === i)
      .map(({ title, table }) => [title, table.entries.length])
    assert.deepEqual(Object.fromEntries(sizes), {
      headerProtocols: 18,
      httpMethods: 9,
      appStatuses: 11,
      memcacheCommands: 17,
      memcacheStatuses: 10,
      aclDirections: 3,
      packetDirections: 3,
      asPathSegmentTypes: 2,
      machineTypes: 13,
      osNames: 13,
      domainStates: 7,
      dataSourceTypes: 4,
      charsets: 36,
      interfaceTypes: 139,
    })
  })
})
