import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { test } from 'node:test'
import { writeJsonText } from '../../src/lib/wire/json-text.ts'

function written(bytes: Uint8Array): string {
  const out = new Uint8Array(bytes.length * 6)
  return Buffer.from(out.subarray(0, writeJsonText(new DataView(out.buffer), 0, bytes, 0, bytes.length))).toString()
}

const cases = [
  { name: 'plain', bytes: 'swp3', want: 'swp3' },
  { name: 'quote and backslash', bytes: 'a"b\\c', want: 'a\\"b\\\\c' },
  { name: 'C0, DEL', bytes: '\x1b[31m\n\x7f', want: '\\u001b[31m\\u000a\\u007f' },
  { name: 'C1 control sequence introducer', bytes: '\u009b31m', want: '\\u009b31m' },
  { name: 'first letter behind C1', bytes: '\u00a0é', want: '\u00a0é' },
  { name: 'right-to-left override and isolate', bytes: 'a\u202eb\u2066c\u200f', want: 'a\\u202eb\\u2066c\\u200f' },
  { name: 'neighbours of the bidi controls', bytes: '\u2029\u202f\u2065\u206a', want: '\u2029\u202f\u2065\u206a' },
  { name: 'other planes', bytes: '日本😀', want: '日本😀' },
]

for (const { name, bytes, want } of cases) {
  test(`JSON text: ${name}`, () => {
    const source = new TextEncoder().encode(bytes)
    assert.equal(written(source), want)
    assert.equal(JSON.parse(`"${written(source)}"`), bytes)
  })
}

test('bytes that are no UTF-8 become U+FFFD, one each', () => {
  const rows: readonly (readonly [hex: string, want: string])[] = [
    ['ff', '\ufffd'],
    ['c328', '\ufffd('],
    ['e28028', '\ufffd\ufffd('],
    ['eda080', '\ufffd\ufffd\ufffd'],
    ['c080', '\ufffd\ufffd'],
    ['f0908028', '\ufffd\ufffd\ufffd('],
    ['41c3', 'A\ufffd'],
  ]
  for (const [hex, want] of rows) assert.equal(written(Buffer.from(hex, 'hex')), want, hex)
})
