import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markedText } from '../../src/lib/parse/marked-text.ts'

test('a place in a text is marked', () => {
  assert.equal(markedText('tcp prot 80', { at: 4, length: 4 }), '  tcp prot 80\n      ^^^^')
  assert.equal(markedText('tcp', { at: 3, length: 1 }), '  tcp\n     ^')
  assert.equal(markedText('', { at: 0, length: 1 }), '  \n  ^')
  assert.equal(markedText('a\tb\nc', { at: 4, length: 9 }), '  a b c\n      ^')
})

test('a long text is shown around the place', () => {
  const text = `${'a'.repeat(200)}HERE${'b'.repeat(200)}`
  const [shown, mark] = markedText(text, { at: 200, length: 4 }).split('\n')
  assert.equal(shown, `  …${'a'.repeat(60)}HERE${'b'.repeat(36)}…`)
  assert.equal(mark, `${' '.repeat(63)}^^^^`)
})
