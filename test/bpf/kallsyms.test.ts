import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseKallsyms } from '../../src/lib/kernel/names/kallsyms.ts'

const parse = (text: string) => parseKallsyms(new TextEncoder().encode(text))

/** As the kernel writes it: its own in order, a module's behind, data between. */
const text = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000100 t ip_rcv_core.constprop.0
ffffffff81000180 D some_data
ffffffff81000200 W kfree_skb_reason
ffffffffc0a01000 t nft_do_chain\t[nf_tables]
ffffffffc0a00000 t nft_open\t[nf_tables]
`

test('functions are found by an address inside of them', () => {
  const symbols = parse(text)
  assert.equal(symbols.hidden, false)
  assert.equal(symbols.count, 6)
  const look = (low: number, high = 0xffffffff) => {
    const index = symbols.find(low, high)
    return index < 0 ? 'none' : `${symbols.name(index)}+${symbols.offset(index, low, high)}`
  }
  assert.equal(look(0x81000000), '_stext+0')
  assert.equal(look(0x810000ff), '_stext+255')
  assert.equal(look(0x81000100), 'ip_rcv_core.constprop.0+0')
  // Data in between is no boundary, and not found.
  assert.equal(look(0x81000190), 'ip_rcv_core.constprop.0+144')
  assert.equal(look(0x810004bc), 'kfree_skb_reason+700')
  assert.equal(look(0xc0a01010), 'nft_do_chain+16')
  assert.equal(look(0xc0a00ff0), 'nft_open+4080')
})

test('addresses before the first, and far behind one, are in no function', () => {
  const symbols = parse(text)
  assert.equal(symbols.find(0x80ffffff, 0xffffffff), -1)
  assert.equal(symbols.find(0x90000000, 0xffffffff), -1)
  assert.equal(symbols.find(0, 0), -1)
})

test('addresses of arm64, whose upper half differs, are kept apart', () => {
  const symbols = parse('ffff800008010000 T first\nffff800108010000 T second\n')
  assert.equal(symbols.name(symbols.find(0x08010004, 0xffff8000)), 'first')
  assert.equal(symbols.name(symbols.find(0x08010004, 0xffff8001)), 'second')
})

test('a name is the same string each time', () => {
  const symbols = parse(text)
  assert.equal(symbols.name(2), 'ip_rcv_core.constprop.0')
  assert.equal(symbols.name(2), symbols.name(2))
  assert.equal(symbols.name(99), '')
})

test('zeros for all addresses are hidden ones', () => {
  const symbols = parse('0000000000000000 T _stext\n0000000000000000 t ip_rcv\n')
  assert.equal(symbols.hidden, true)
  assert.equal(symbols.find(0x81000000, 0xffffffff), -1)
})

test('bad lines are left out', () => {
  const symbols = parse('\nshort\nffffffff81000000 T \nffffffff81000000 T a\nffffffff81000010 T without_newline')
  assert.equal(symbols.count, 2)
  assert.equal(symbols.name(1), 'without_newline')
  assert.equal(parse('').hidden, true)
})
