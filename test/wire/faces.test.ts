import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFields, XdrWriter } from '../../src/lib/wire/encode.ts'
import { compileFull } from '../../src/lib/wire/full.ts'
import { type Fields, interpret } from '../../src/lib/wire/interpret.ts'
import { formatFields, parseFields } from '../../src/lib/wire/json.ts'
import {
  address,
  arrayOf,
  f,
  f32,
  f64,
  fixed,
  i32,
  ipv4,
  ipv6,
  mac,
  opaque,
  records,
  string,
  struct,
  u32,
  u64,
  union,
} from '../../src/lib/wire/kinds.ts'
import { compileLean, leanObject } from '../../src/lib/wire/lean.ts'
import { nameTable } from '../../src/lib/wire/name-table.ts'
import { Outcome } from '../../src/lib/wire/outcome.ts'
import { record } from '../../src/lib/wire/record.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { compileWrite } from '../../src/lib/wire/write.ts'
import { exactNumbers } from '../helpers/json.ts'

/** One record with every kind of field, in every position that changes the generated code. */
const everything = record({
  name: 'everything',
  tag: [0, 4000],
  source: 'this test',
  optionalFrom: 'tail',
  fields: [
    f('a', u32, '', { names: nameTable('numbers', 'this test', { 1: 'one', 2: 'two' }) }),
    f('5s-b', u64),
    f('mac', mac),
    f('text', string),
    f('address', address),
    f('list', arrayOf(u32)),
    f('segments', arrayOf(struct(f('type', u32), f('as_numbers', arrayOf(u32))))),
    f('metrics', arrayOf(struct(f('name', string), f('value', union({ 0: string, 1: u32, 2: u64, 5: f32, 6: f64 }))))),
    f('five', fixed(5)),
    f('load', f32),
    f('delta', i32),
    f('v4', ipv4),
    f('v6', ipv6),
    f('blob', opaque),
    f('pdus', records),
    f('tail', u32),
    f('tail2', string),
  ],
})

const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n })
const unsigned = fc.integer({ min: 0, max: 0xffffffff })
const float = fc.float({ noNaN: true })
const someText = fc.oneof(fc.string({ unit: 'binary', maxLength: 9 }), fc.constant('a\udcff"\\\n\udc80é'))
const values = fc.record({
  a: fc.oneof(fc.constantFrom(0, 1, 2), unsigned),
  '5s-b': fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  mac: bytes(6),
  text: someText,
  address: fc.oneof(
    fc.record({ type: fc.constant(0), bytes: bytes(0) }),
    fc.record({ type: fc.constant(1), bytes: bytes(4) }),
    fc.record({ type: fc.constant(2), bytes: bytes(16) }),
  ),
  list: fc.array(unsigned, { maxLength: 4 }),
  segments: fc.array(fc.record({ type: unsigned, as_numbers: fc.array(unsigned, { maxLength: 3 }) }), { maxLength: 3 }),
  metrics: fc.array(
    fc.record({
      name: someText,
      value: fc.oneof(
        fc.record({ type: fc.constant(0), value: someText }),
        fc.record({ type: fc.constant(1), value: unsigned }),
        fc.record({ type: fc.constant(2), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
        fc.record({ type: fc.constant(5), value: float }),
        fc.record({ type: fc.constant(6), value: fc.double({ noNaN: true }) }),
      ),
    }),
    { maxLength: 3 },
  ),
  five: bytes(5),
  load: fc.oneof(float, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  delta: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  v4: bytes(4),
  v6: bytes(16),
  blob: fc.uint8Array({ maxLength: 9 }),
  pdus: fc.array(fc.record({ tag: unsigned, bytes: fc.uint8Array({ maxLength: 9 }) }), { maxLength: 2 }),
})
const tail = fc.option(fc.record({ tail: unsigned, tail2: someText }), { nil: undefined })

const full = compileFull(everything)
const lean = compileLean(everything)
const write = compileWrite(everything)

function encode(fields: Fields): Uint8Array {
  const out = new XdrWriter()
  encodeFields(everything, fields, out)
  return out.finish()
}

/** The bits of a NaN are kept by the write face only. */
const anyNaN = (json: string) => json.replace(/_hex":"[7f]f[0-9a-f]+"/g, '_hex":"NaN"')

/** All faces and the interpreter on the same bytes; gives the values, or undefined where all say the same issue. */
function allFaces(source: Uint8Array, end: number): Fields | undefined {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  const outcomes = [new Outcome(), new Outcome(), new Outcome(), new Outcome()] as const
  const out = new TextBuffer(1 << 16)
  const into = leanObject(everything)
  const a = full(source, view, 0, end, outcomes[0])
  const b = interpret(everything, source, view, 0, end, outcomes[1])
  const c = write(source, view, 0, end, out, outcomes[2])
  const d = lean(source, view, 0, end, into, outcomes[3])
  assert.deepEqual(a, b)
  if (a === undefined || b === undefined) {
    assert.equal(c, -1)
    assert.equal(d, -1)
    assert.equal(out.length, 0, 'a broken record leaves the output as it was')
    for (const outcome of outcomes) assert.equal(outcome.problem, outcomes[1].problem)
    assert.notEqual(outcomes[1].problem, '')
    return undefined
  }
  assert.equal(outcomes[0].next, outcomes[1].next)
  assert.equal(c, outcomes[1].next)
  assert.equal(d, outcomes[1].next)
  const json = new TextDecoder().decode(out.written())
  assert.equal(anyNaN(json), anyNaN(formatFields(everything, b)))
  assert.deepEqual(parseFields(everything, exactNumbers(json)), b)
  assert.equal(into.a, b.a)
  assert.equal((BigInt(into['5s-b_hi']) << 32n) | BigInt(into['5s-b_lo']), b['5s-b'])
  assert.equal(into.list_count, (b.list as unknown[]).length)
  assert.equal(into.tail, b.tail ?? -1)
  return b
}

test('every kind of field goes round, and all faces agree', () => {
  fc.assert(
    fc.property(values, tail, (head, rest) => {
      const fields = { ...head, load: Math.fround(head.load), ...rest }
      const wire = encode(fields)
      const decoded = allFaces(wire, wire.length)
      assert.ok(decoded !== undefined)
      assert.deepEqual(encode(decoded), wire)
      assert.deepEqual(decoded['5s-b'], head['5s-b'])
      assert.deepEqual(decoded.blob, head.blob)
      assert.equal(decoded.tail, rest?.tail)
    }),
    { numRuns: 300 },
  )
})

test('any cut and any changed byte gives values or an issue, the same in all faces', () => {
  let broken = 0
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (head, cut, place, flip) => {
      const wire = encode({ ...head, load: 1 })
      if (allFaces(wire, cut % wire.length) === undefined) broken++
      const changed = wire.slice()
      changed[place % wire.length]! ^= flip
      allFaces(changed, changed.length)
    }),
    { numRuns: 500 },
  )
  assert.ok(broken > 100, `${broken} of 500 cuts were noticed`)
})

test('an issue names the field, what it claims and what is left', () => {
  const cases = [
    { name: 'cut in the first run', at: 10, want: '5s-b needs 8 bytes, 6 left' },
    { name: 'cut in the length of a string', at: 22, want: 'text needs 4 bytes, 2 left' },
  ]
  const wire = encode({
    a: 1,
    '5s-b': 2n,
    mac: new Uint8Array(6),
    text: 'abc',
    address: { type: 0, bytes: new Uint8Array(0) },
    list: [],
    segments: [],
    metrics: [],
    five: new Uint8Array(5),
    load: 0,
    delta: 0,
    v4: new Uint8Array(4),
    v6: new Uint8Array(16),
    blob: new Uint8Array(0),
    pdus: [],
  })
  const view = new DataView(wire.buffer)
  for (const { name, at, want } of cases) {
    const outcome = new Outcome()
    assert.equal(full(wire, view, 0, at, outcome), undefined, name)
    assert.equal(outcome.problem, want, name)
  }
  const bomb = wire.slice()
  new DataView(bomb.buffer).setUint32(20, 0x7fffffff)
  const outcome = new Outcome()
  assert.equal(full(bomb, new DataView(bomb.buffer), 0, bomb.length, outcome), undefined)
  assert.equal(outcome.problem, `text claims 2147483647 bytes, ${wire.length - 24} left`)
})
