import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  compactDataSource,
  compactInterface,
  dataSourceOf,
  formatDataSource,
  formatInterface,
  ifIndexOf,
  interfaceOf,
  isInternal,
} from '../../src/lib/sflow/interface.ts'

describe('interfaceOf', () => {
  const rows = [
    { wire: 0x00000002, format: 0, value: 2, text: '2', ifIndex: 2 },
    { wire: 0x00000000, format: 0, value: 0, text: 'unknown', ifIndex: undefined },
    { wire: 0x3fffffff, format: 0, value: 0x3fffffff, text: 'internal', ifIndex: undefined },
    { wire: 0x40000102, format: 1, value: 258, text: 'discarded: acl (258)', ifIndex: undefined },
    { wire: 0x40000001, format: 1, value: 1, text: 'discarded: host_unreachable (1)', ifIndex: undefined },
    { wire: 0x40000fff, format: 1, value: 4095, text: 'discarded: 4095', ifIndex: undefined },
    { wire: 0x80000007, format: 2, value: 7, text: '7 ports', ifIndex: undefined },
    { wire: 0x80000000, format: 2, value: 0, text: 'several ports', ifIndex: undefined },
    { wire: 0xc0000005, format: 3, value: 5, text: '3:5', ifIndex: undefined },
  ]
  for (const { wire, format, value, text, ifIndex } of rows) {
    test(`0x${wire.toString(16).padStart(8, '0')} is ${text}`, () => {
      assert.deepEqual(interfaceOf(wire), { format, value })
      assert.equal(formatInterface(format, value), text)
      assert.equal(ifIndexOf(format, value), ifIndex)
      assert.equal(compactInterface({ format, value }), wire)
    })
  }
})

test('an expanded interface is internal in both conventions (C9)', () => {
  assert.equal(isInternal(0, 0x3fffffff), true)
  assert.equal(isInternal(0, 0xffffffff), true)
  assert.equal(isInternal(0, 0x3ffffffe), false)
  assert.equal(isInternal(1, 0x3fffffff), false)
  assert.equal(formatInterface(0, 0xffffffff), 'internal')
  assert.equal(compactInterface({ format: 0, value: 0xffffffff }), 0x3fffffff)
})

test('what does not fit a compact sample has no compact form', () => {
  assert.equal(compactInterface({ format: 0, value: 0x40000000 }), undefined)
  assert.equal(compactInterface({ format: 4, value: 0 }), undefined)
  assert.equal(compactDataSource({ type: 0, index: 0x1000000 }), undefined)
  assert.equal(compactDataSource({ type: 256, index: 0 }), undefined)
})

describe('dataSourceOf', () => {
  const rows = [
    { wire: 0x00000003, type: 0, index: 3, text: '0:3' },
    { wire: 0x01000064, type: 1, index: 100, text: '1:100' },
    { wire: 0x02000001, type: 2, index: 1, text: '2:1' },
    { wire: 0xffffffff, type: 255, index: 16777215, text: '255:16777215' },
  ]
  for (const { wire, type, index, text } of rows) {
    test(`${wire} is ${text}`, () => {
      assert.deepEqual(dataSourceOf(wire), { type, index })
      assert.equal(compactDataSource({ type, index }), wire)
      assert.equal(formatDataSource(type, index), text)
    })
  }
})
