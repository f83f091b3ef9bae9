import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import { readGeoTable } from '../../../src/lib/expression/data/geo.ts'
import { AddressMemo } from '../../../src/lib/expression/find-geo.ts'
import { writeMmdb } from './mmdb.ts'

test('countries and systems, in the fields of those who publish them', () => {
  const table = readGeoTable(
    writeMmdb({
      '10.0.0.0/8': { country: { iso_code: 'DE', names: { en: 'Germany' } } },
      '192.0.2.0/24': { registered_country: { iso_code: 'FR' } },
      '198.51.100.0/25': { autonomous_system_number: 64_500, autonomous_system_organization: 'EXAMPLE-AS' },
      '203.0.113.0/24': { country_code: 'NL', country: 'Netherlands', asn: 'AS64501', as_name: 'Second' },
      '2001:db8::/32': { country: { iso_code: 'JP' } },
      '10.9.0.0/16': {},
    }),
    '--country x.mmdb',
  )
  assert.deepEqual(table.find('10.1.2.3'), { code: 'DE', name: 'Germany' })
  assert.deepEqual(table.find('192.0.2.200'), { code: 'FR' })
  assert.deepEqual(table.find('198.51.100.1'), { number: 64_500, descr: 'EXAMPLE-AS' })
  assert.equal(table.find('198.51.100.128'), undefined)
  assert.deepEqual(table.find('203.0.113.9'), { code: 'NL', name: 'Netherlands', number: 64_501, descr: 'Second' })
  assert.deepEqual(table.find('2001:db8::7'), { code: 'JP' })
  assert.equal(table.find('2001:db9::7'), undefined)
})

test('a file of something else, and one that is cut', () => {
  const whole = writeMmdb({ '10.0.0.0/8': { country: { iso_code: 'DE' } } })
  for (const bytes of [new Uint8Array(0), new TextEncoder().encode('{"a":1}'), whole.subarray(0, whole.length / 2)]) {
    assert.throws(
      () => readGeoTable(bytes, '--country x.mmdb'),
      (error) => error instanceof InputError && error.message === '--country x.mmdb is no MaxMind-format file (mmdb).',
    )
  }
})

test('a table is asked once an address, while it has its place', () => {
  const asked: string[] = []
  const memo = new AddressMemo((address) => asked.push(address))
  const view = new DataView(new ArrayBuffer(16))
  view.setUint32(0, 0x0a000001)
  assert.equal(memo.find(4, view, 0), 1)
  assert.equal(memo.find(4, view, 0), 1)
  view.setUint32(0, 0x20010db8)
  view.setUint32(12, 1)
  assert.equal(memo.find(6, view, 0), 2)
  assert.equal(memo.find(1, view, 0), -1)
  assert.deepEqual(asked, ['10.0.0.1', '2001:db8::1'])
  // More addresses than places: still right.
  const numbers = new AddressMemo((address) => Number(address.split('.')[3]))
  for (let i = 0; i < 200_000; i++) {
    view.setUint32(0, 0x0a000000 + i)
    assert.equal(numbers.find(4, view, 0), i & 255)
  }
})
