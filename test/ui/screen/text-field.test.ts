// What each key does to a line of text, and what is seen of it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { editText, type FieldText, insertText, viewText } from '../../../src/lib/ui/screen/text-field.ts'

/** `|` is the cursor. */
const field = (drawn: string): FieldText => ({ text: drawn.replace('|', ''), cursor: drawn.indexOf('|') })
const drawn = ({ text, cursor }: FieldText) => `${text.slice(0, cursor)}|${text.slice(cursor)}`

describe('keys', () => {
  const cases: [string, string, string][] = [
    ['ab|c', 'x', 'abx|c'],
    ['ab|c', 'space', 'ab |c'],
    ['ab|c', '?', 'ab?|c'],
    ['|', 'q', 'q|'],
    ['ab|c', 'left', 'a|bc'],
    ['|abc', 'left', '|abc'],
    ['ab|c', 'right', 'abc|'],
    ['abc|', 'right', 'abc|'],
    ['ab|c', 'home', '|abc'],
    ['ab|c', 'ctrl-a', '|abc'],
    ['ab|c', 'end', 'abc|'],
    ['ab|c', 'ctrl-e', 'abc|'],
    ['ab|c', 'ctrl-b', 'a|bc'],
    ['a|bc', 'ctrl-f', 'ab|c'],
    ['ab|c', 'back', 'a|c'],
    ['|abc', 'back', '|abc'],
    ['ab|c', 'delete', 'ab|'],
    ['a|bc', 'ctrl-d', 'a|c'],
    ['abc|', 'delete', 'abc|'],
    ['ab|c', 'ctrl-u', '|'],
    ['ab|c', 'ctrl-k', 'ab|'],
    ['ipsource,ipdest|', 'ctrl-w', 'ipsource,|'],
    ['ipsource,|', 'ctrl-w', '|'],
    ['src=10.1.2.3 & |x', 'ctrl-w', 'src=10.1.2.|x'],
    ['|', 'ctrl-w', '|'],
    // A letter of two units, a letter with a mark, a wide one: each is one step.
    ['a👍|b', 'back', 'a|b'],
    ['a👍|b', 'left', 'a|👍b'],
    ['a|👍b', 'right', 'a👍|b'],
    ['e\u0301|', 'back', '|'],
    ['|e\u0301x', 'right', 'e\u0301|x'],
    ['交|換', 'delete', '交|'],
  ]
  for (const [before, key, after] of cases) {
    test(`${key} in ${before}`, () => assert.equal(drawn(editText(field(before), key)!), after))
  }
  for (const key of ['enter', 'up', 'tab', 'escape', 'ctrl-x', 'pageup']) {
    test(`${key} is none of an editor's`, () => assert.equal(editText(field('a|'), key), undefined))
  }
})

describe('what is pasted', () => {
  const cases: [string, string][] = [
    ['src,dst', 'a src,dst|z'],
    ['one\r\ntwo\tthree', 'a one two three|z'],
    ['\u001b[2Jowned\u0007', 'a [2Jowned|z'],
    ['\u202elave\u2066\u200b', 'a lave|z'],
    ['\ud800lone', 'a lone|z'],
    ['👩\u200d👧\ufe0f', 'a 👩👧|z'],
    ['o\u0301\u0302\u0303\u0304', 'a o\u0301\u0302|z'],
  ]
  for (const [pasted, want] of cases) {
    test(JSON.stringify(pasted), () => assert.equal(drawn(insertText(field('a |z'), pasted)), want))
  }
  test('a whole file is cut', () => {
    const { text, cursor } = insertText(field('a|z'), 'x'.repeat(1_000_000))
    assert.equal(text.length, 2000)
    assert.equal(cursor, 1999)
    assert.equal(insertText({ text, cursor }, 'more').text, text)
  })
})

describe('what is seen', () => {
  const cases: [string, number, string][] = [
    ['|', 10, '▏'],
    ['abc|', 10, 'abc▏'],
    ['a|bc', 10, 'a▏bc'],
    ['abcdefghi|', 10, 'abcdefghi▏'],
    ['abcdefghij|', 10, 'bcdefghij▏'],
    ['|abcdefghijklm', 10, '▏abcdefghi'],
    ['abcdefghij|klmnopqrst', 10, 'efghij▏klm'],
    ['交換機交換機|', 9, '機交換機▏'],
    ['abc|', 1, 'c▏'],
  ]
  for (const [before, width, want] of cases) {
    test(`${before} in ${width}`, () => assert.equal(viewText(field(before), width).text, want))
  }
  test('the column of a place, with the cursor in front of it or not', () => {
    const { columnOf } = viewText(field('ab|cde'), 20)
    assert.deepEqual([0, 1, 2, 3, 5].map(columnOf), [0, 1, 2, 4, 6])
    const far = viewText(field('abcdefghij|klmnopqrst'), 10)
    assert.deepEqual([0, 4, 5, 12, 20].map(far.columnOf), [0, 0, 1, 9, 10])
  })
})
