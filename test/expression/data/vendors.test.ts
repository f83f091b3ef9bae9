import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import { parseVendors } from '../../../src/lib/expression/data/vendors.ts'

const of = (text: string, address: string) => {
  const table = parseVendors(text, '--oui list')
  const label = table.find(Number.parseInt(address.slice(0, 8), 16), Number.parseInt(address.slice(8), 16))
  return table.names[label]
}

test("IEEE's oui.txt", () => {
  const text = `OUI/MA-L                                                    Organization
company_id                                                  Organization

00-00-5E   (hex)\t\tExample Assigned Numbers
00005E     (base 16)\t\tExample Assigned Numbers
\t\t\t\tSome Street 1\r
FC-FF-AA   (hex)\t\tSecond, Inc.\r
`
  assert.equal(of(text, '00005E000101'), 'Example Assigned Numbers')
  assert.equal(of(text, 'FCFFAA000101'), 'Second, Inc.')
  assert.equal(of(text, '00005F000101'), undefined)
})

test("IEEE's CSV, of all three sizes", () => {
  const text = `Registry,Assignment,Organization Name,Organization Address
MA-L,8C1F64,IEEE Registration Authority,Somewhere
MA-M,8C1F641,"Medium ""M"", Ltd.",Somewhere
MA-S,8C1F64100,Small,Somewhere
`
  assert.equal(of(text, '8C1F64000000'), 'IEEE Registration Authority')
  assert.equal(of(text, '8C1F64101000'), 'Medium "M", Ltd.')
  assert.equal(of(text, '8C1F64100FFF'), 'Small')
  assert.equal(of(text, '8C1F65000000'), undefined)
})

test("Wireshark's manuf: the long name where there is one", () => {
  const text = `# comment
00:00:5E\tExample\tExample Assigned Numbers
00:00:0C\tShort
8C:1F:64:10:00:00/36\tSmall\tSmall Ltd. # comment
00:55:DA:F0:00:00/28\tMedium\tMedium Ltd.
01:80:C2:00:00:00/45\tBridges\tnot a vendor
`
  assert.equal(of(text, '00005E000101'), 'Example Assigned Numbers')
  assert.equal(of(text, '00000C000101'), 'Short')
  assert.equal(of(text, '8C1F64100001'), 'Small Ltd.')
  assert.equal(of(text, '8C1F64101001'), undefined)
  assert.equal(of(text, '0055DAF12345'), 'Medium Ltd.')
  assert.equal(of(text, '0180C2000000'), undefined)
})

test('a file of something else', () => {
  assert.throws(
    () => parseVendors('{"a": 1}\n', '--oui x.json'),
    (error) => error instanceof InputError && error.message === '--oui x.json has no line with a vendor.',
  )
})
