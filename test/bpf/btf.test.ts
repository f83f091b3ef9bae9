import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Btf, btfKind } from '../../src/lib/kernel/bpf/btf.ts'
import { ObjectError } from '../../src/lib/kernel/bpf/elf.ts'
import { KernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'

/** A type: name, kind, number of members, the third word, then further words. */
type Type = readonly [name: string, kind: number, members: number, third: number, ...more: number[]]

/** Words that name something hold the offset of the name: `at('x')`. */
function makeBtf(types: (at: (name: string) => number) => readonly Type[], base = 0): Uint8Array {
  let names = base === 0 ? '\0' : ''
  const at = (name: string): number => {
    if (name === '' && base === 0) return 0
    const known = names.indexOf(`${name}\0`)
    if (known >= 0 && (known === 0 || names[known - 1] === '\0')) return base + known
    const place = base + names.length
    names += `${name}\0`
    return place
  }
  const words = types(at).flatMap(([name, kind, members, third, ...more]) => [
    at(name),
    ((kind << 24) | members) >>> 0,
    third,
    ...more,
  ])
  const bytes = new Uint8Array(24 + 4 * words.length + names.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0xeb9f, true)
  view.setUint8(2, 1)
  view.setUint32(4, 24, true)
  view.setUint32(8, 0, true)
  view.setUint32(12, 4 * words.length, true)
  view.setUint32(16, 4 * words.length, true)
  view.setUint32(20, names.length, true)
  for (const [i, word] of words.entries()) view.setUint32(24 + 4 * i, word >>> 0, true)
  bytes.set(new TextEncoder().encode(names), 24 + 4 * words.length)
  return bytes
}

const SIGNED = 0x80
const kernel = makeBtf((at) => [
  /* 1 */ ['int', btfKind.int, 0, 4, 0x20],
  /* 2 */ ['', btfKind.array, 0, 0, 1, 1, 10],
  /* 3 */ ['number', btfKind.typedef, 0, 1],
  /* 4 */ ['', btfKind.const, 0, 3],
  /* 5 */ ['pair', btfKind.struct, 2, 44, at('a'), 1, 0, at('b'), 2, 32],
  /* 6 */ ['', btfKind.ptr, 0, 5],
  /* 7 */ ['', btfKind.array, 0, 0, 5, 1, 3],
  /* 8 */ ['colour', btfKind.enum | SIGNED, 3, 4, at('RED'), 0, at('BLUE'), -1, at('ALSO_RED'), 0],
  /* 9 */ ['reason', btfKind.enum, 2, 4, at('NONE'), 0, at('HIGH'), 0xffff0000],
  /* 10 */ ['large', btfKind.enum64, 2, 8, at('SMALL'), 5, 0, at('WIDE'), 1, 2],
  /* 11 */ ['number', btfKind.func, 0, 1],
  /* 12 */ ['numbers', btfKind.typedef, 0, 1],
])

test('sizes', () => {
  const btf = new Btf(kernel)
  assert.equal(btf.count, 13)
  for (const [id, size] of [
    [1, 4],
    [2, 40],
    [3, 4],
    [4, 4],
    [5, 44],
    [6, 8],
    [7, 132],
    [10, 8],
  ] as const) {
    assert.equal(btf.size(id), size, `type ${id}`)
  }
  assert.throws(() => btf.size(11), ObjectError)
  assert.throws(() => btf.size(0), ObjectError)
  assert.throws(() => btf.size(99), ObjectError)
})

test('types are found by kind and whole name', () => {
  const types = new KernelBtf(new Btf(kernel))
  assert.equal(types.findType('typedef', 'number'), 3)
  assert.equal(types.findType('func', 'number'), 11)
  assert.equal(types.findType('typedef', 'numbers'), 12)
  assert.equal(types.findType('typedef', 'numb'), undefined)
  assert.equal(types.findType('struct', 'number'), undefined)
  assert.equal(types.findType('struct', 'pair'), 5)
})

test('enumerations: signed, unsigned, of 64 bits; of two names for a value the first', () => {
  const types = new KernelBtf(new Btf(kernel))
  const names = (name: string) => [...(types.enumNames(name) ?? [])]
  assert.deepEqual(names('colour'), [
    [0, 'RED'],
    [-1, 'BLUE'],
  ])
  assert.deepEqual(names('reason'), [
    [0, 'NONE'],
    [0xffff0000, 'HIGH'],
  ])
  assert.deepEqual(names('large'), [
    [5, 'SMALL'],
    [2 * 2 ** 32 + 1, 'WIDE'],
  ])
  assert.equal(types.enumNames('pair'), undefined)
})

test("a module's types stand on the kernel's: ids and names go on behind them", () => {
  const base = new Btf(kernel)
  const own = makeBtf(
    (at) => [
      /* 13 */ ['unusable', btfKind.enum, 1, 4, at('NO_KEY'), 0x10001],
      /* 14 */ ['wrap', btfKind.struct, 1, 44, at('inner'), 5, 0],
      /* 15 */ ['', btfKind.array, 0, 0, 14, 1, 2],
    ],
    base.namesEnd,
  )
  // A name that the kernel has already is not written again.
  new DataView(own.buffer).setUint32(24 + 20, new DataView(kernel.buffer).getUint32(24 + 12 + 4 + 24, true), true)
  const module = new Btf(own, base)
  assert.equal(module.firstId, 13)
  assert.equal(module.count, 16)
  assert.equal(module.size(15), 88)
  assert.equal(module.name(5), 'pair')
  const types = new KernelBtf(module)
  assert.deepEqual([...types.enumNames('unusable')!], [[0x10001, 'NO_KEY']])
  assert.equal(module.name(14), 'number')
  assert.equal(types.findType('struct', 'number'), 14)
  // Only its own: the kernel's are asked for there.
  assert.equal(types.findType('struct', 'pair'), undefined)
})

test('circles, unknown kinds and cut types are refused', () => {
  const circle = new Btf(
    makeBtf(() => [
      ['a', btfKind.typedef, 0, 2],
      ['b', btfKind.const, 0, 1],
      ['', btfKind.array, 0, 0, 3, 1, 1],
    ]),
  )
  assert.throws(() => circle.resolve(1), /circle/)
  assert.throws(() => circle.size(3), /without end/)
  const huge = new Btf(
    makeBtf(() => [
      ['x', btfKind.int, 0, 8, 64],
      ['', btfKind.array, 0, 0, 1, 1, 0xffffffff],
    ]),
  )
  assert.throws(() => huge.size(2), /claims/)
  assert.throws(() => new Btf(makeBtf(() => [['x', 20, 0, 0]])), /unknown kind 20/)
  assert.throws(() => new Btf(makeBtf(() => [['x', btfKind.struct, 100, 0]])), /cut off/)
  assert.throws(() => new Btf(kernel.subarray(0, kernel.length - 1)), /cut off/)
  assert.throws(() => new Btf(kernel.subarray(0, 10)), /damaged/)
})
