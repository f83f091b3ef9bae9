import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseAddress, parsePrefix, parsePrefixes, prefixContains } from '../../src/lib/parse/address.ts'

const addresses: [string, [number, number, number, number]][] = [
  ['10.0.0.1', [0, 0, 0xffff, 0x0a000001]],
  ['255.255.255.255', [0, 0, 0xffff, 0xffffffff]],
  ['::', [0, 0, 0, 0]],
  ['::1', [0, 0, 0, 1]],
  ['1::', [0x00010000, 0, 0, 0]],
  ['2001:db8::7', [0x20010db8, 0, 0, 7]],
  ['2001:DB8:1:2:3:4:5:6', [0x20010db8, 0x00010002, 0x00030004, 0x00050006]],
  ['::ffff:10.0.0.1', [0, 0, 0xffff, 0x0a000001]],
  ['64:ff9b::192.0.2.33', [0x0064ff9b, 0, 0, 0xc0000221]],
]
for (const [text, words] of addresses) test(`address ${text}`, () => assert.deepEqual(parseAddress(text), words))
for (const text of [
  '',
  '10.0.0',
  '10.0.0.256',
  '10.0.0.01',
  '10.0.0.1.2',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'fe80::1%eth0',
  '::10.0.0.1:1',
  '1:2:3:4:5:6:7::8',
]) {
  test(`no address: "${text}"`, () => assert.equal(parseAddress(text), undefined))
}

const inside: [string, string, boolean][] = [
  ['10.0.0.0/8', '10.255.1.2', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '203.0.113.9', true],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['128.0.0.0/1', '255.0.0.0', true],
  ['128.0.0.0/1', '127.0.0.0', false],
]
for (const [prefix, address, want] of inside) {
  test(`${address} ${want ? 'in' : 'not in'} ${prefix}`, () => {
    const words = parseAddress(address)
    assert.ok(words)
    assert.equal(prefixContains(parsePrefix(prefix, '--agent'), ...words), want)
  })
}

test('a list of prefixes', () => {
  const prefixes = parsePrefixes('10.0.0.0/8, 2001:db8::/32', '--agent')
  assert.deepEqual(
    prefixes.map(({ bits }) => bits),
    [104, 32],
  )
})
for (const text of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/9', '::/129', 'leaf1', '10.0.0.0/8,', ',']) {
  test(`no prefix: "${text}"`, () => assert.throws(() => parsePrefixes(text, '--agent'), InputError))
}
test('the error names flag, text and what is needed', () => {
  assert.throws(() => parsePrefixes('10.0.0.0/8,leaf1', '--agent'), {
    message:
      '--agent "leaf1" is not understood. Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.',
  })
})
