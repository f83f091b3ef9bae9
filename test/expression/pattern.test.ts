// Patterns: what they match, against JavaScript's RegExp where both mean the same, and typed out where not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PatternProblem } from '../../src/lib/expression/pattern/java.ts'
import { Pattern } from '../../src/lib/expression/pattern/pattern.ts'
import { Random } from '../bench/random.ts'

const encoder = new TextEncoder()

function matches(pattern: string, text: string | Uint8Array): boolean {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  // Not at the start of its memory.
  const shifted = new Uint8Array(bytes.length + 5)
  shifted.set(bytes, 3)
  return new Pattern(pattern).test(shifted, 3, bytes.length)
}

test('what matches, and what does not', () => {
  for (const [pattern, yes, no] of [
    ['abc', ['abc'], ['ab', 'abcd', 'xabc', '']],
    ['', [''], ['a']],
    ['....1..1.', ['000010010', '111111111'], ['000010000', '00001001', '0000100100']],
    ['a*', ['', 'a', 'aaaa'], ['b', 'aab']],
    ['a+?b', ['ab', 'aab'], ['b', 'a']],
    ['(ab|c)*d', ['d', 'abd', 'ccabd'], ['ad', 'abc']],
    ['a{2}', ['aa'], ['a', 'aaa']],
    ['a{2,}', ['aa', 'aaaaa'], ['a']],
    ['a{1,3}b', ['ab', 'aaab'], ['b', 'aaaab']],
    ['a{0}', [''], ['a']],
    ['[a-c]', ['a', 'b', 'c'], ['d', '']],
    ['[^a-c]', ['d', '-', 'é', '\n'], ['a']],
    ['[a-c.]+', ['a.b'], ['a-b']],
    ['[]a]+', [']a'], ['b']],
    ['[a-]+', ['a-a'], ['b']],
    ['[-a]+', ['a-a'], ['b']],
    ['[\\]\\\\]+', [']\\'], ['a']],
    ['[\\d,]+', ['1,2'], ['a']],
    ['\\d+', ['0123'], ['٣', 'a']],
    ['\\w+', ['a_Z9'], ['é', '-']],
    ['\\W', ['é', '-', ' '], ['a', '_']],
    ['a\\sb', ['a b', 'a\tb', 'a\u000bb'], ['a\u00a0b']],
    ['\\S+', ['abc'], ['a b']],
    ['\\h', [' ', '\u00a0'], ['\n']],
    ['\\v', ['\n', '\u2028'], [' ']],
    ['10\\.0\\.0\\..*', ['10.0.0.1'], ['10a0.0.1']],
    ['.', ['a', 'é', '€', '😀'], ['\n', '\r', '\u0085', '\u2028', 'ab', '']],
    ['(?s).', ['\n', 'a'], ['']],
    ['(?i)abc', ['abc', 'ABC', 'aBc'], ['ab']],
    ['(?i)[a-f]+', ['aF'], ['g', 'G']],
    ['(?i)[^a]', ['b'], ['a', 'A']],
    ['a(?i)b(?-i)c', ['abc', 'aBc'], ['Abc', 'abC']],
    ['(?i:a)b', ['Ab'], ['aB']],
    ['((?i)a)b', ['Ab'], ['aB']],
    ['(?:a|b)(?<n>c)', ['ac', 'bc'], ['c']],
    ['^abc$', ['abc'], ['xabc']],
    ['a^b', [], ['ab', 'a^b']],
    ['a$b', [], ['ab']],
    ['(^a|b)*', ['', 'a', 'ab', 'b'], ['ba']],
    ['(a$|b)*', ['ba', 'b', 'a'], ['ab']],
    ['a*$^', [''], ['a', 'aa']],
    ['\\Aabc\\z', ['abc'], ['ab']],
    ['abc\\Z', ['abc'], ['abcd']],
    ['a|', ['a', ''], ['b']],
    ['(|a)b', ['b', 'ab'], ['aab']],
    ['\\Qa.b*\\E+', ['a.b*', 'a.b***'], ['axb']],
    ['\\Q.*', ['.*'], ['ab']],
    ['\\x41\\u0042\\x{43}', ['ABC'], ['abc']],
    ['\\t\\n\\r\\f\\a\\e', ['\t\n\r\f\u0007\u001b'], ['tnrfae']],
    ['\\p{Alpha}\\p{Digit}\\P{Alnum}', ['a1-'], ['1a-', 'a11']],
    ['[\\p{Upper}_]+', ['A_B'], ['a']],
    ['é+', ['éé'], ['e']],
    ['[α-ω]+', ['αβγ'], ['a', 'Α']],
    ['😀{2}', ['😀😀'], ['😀']],
    ['a}b]', ['a}b]'], ['ab']],
    ['(a+)+', ['aaa'], ['aab']],
  ] as const) {
    for (const text of yes) assert.equal(matches(pattern, text), true, `${pattern} ${JSON.stringify(text)}`)
    for (const text of no) assert.equal(matches(pattern, text), false, `${pattern} ${JSON.stringify(text)}`)
  }
})

test('bytes that are no UTF-8 are a replacement character each', () => {
  assert.equal(matches('a.b', Uint8Array.of(0x61, 0xff, 0x62)), true)
  assert.equal(matches('a..b', Uint8Array.of(0x61, 0xe2, 0x82, 0x62)), true)
  assert.equal(matches('\\uFFFD', Uint8Array.of(0x80)), true)
  assert.equal(matches('[^\\x00-\\x7f]{3}', Uint8Array.of(0xed, 0xa0, 0x80)), true)
})

test('what is not taken is named, with its place', () => {
  for (const [pattern, at, length, message] of [
    ['a(?=b)', 1, 3, 'look-ahead is not taken'],
    ['(?!b)', 0, 3, 'look-ahead is not taken'],
    ['(?<=b)a', 0, 4, 'look-behind is not taken'],
    ['(?<!b)a', 0, 4, 'look-behind is not taken'],
    ['(?>a)', 0, 3, 'an atomic group is not taken'],
    ['a++', 2, 1, 'a possessive quantifier is not taken'],
    ['a*+', 2, 1, 'a possessive quantifier is not taken'],
    ['a{2}+', 4, 1, 'a possessive quantifier is not taken'],
    ['(a)\\1', 3, 2, 'a reference to a group is not taken'],
    ['\\bfoo', 0, 2, 'a word boundary is not taken'],
    ['\\k<n>', 0, 2, 'a reference to a group is not taken'],
    ['\\R', 0, 2, 'a line break is not taken'],
    ['\\G', 0, 2, 'the end of the match before is not taken'],
    ['\\cA', 0, 2, 'a control character is not taken'],
    ['\\012', 0, 2, 'an octal character is not taken'],
    ['\\y', 0, 2, 'this escape is not known'],
    [
      '\\p{L}',
      0,
      2,
      'of \\p only Lower, Upper, ASCII, Alpha, Digit, Alnum, Punct, Graph, Print, Blank, Cntrl, XDigit, Space in braces are taken',
    ],
    [
      '\\pL',
      0,
      2,
      'of \\p only Lower, Upper, ASCII, Alpha, Digit, Alnum, Punct, Graph, Print, Blank, Cntrl, XDigit, Space in braces are taken',
    ],
    ['[a[b]]', 2, 1, 'a class in a class is not taken'],
    ['[a-z&&[b]]', 4, 2, 'an intersection of classes is not taken'],
    ['[z-a]', 1, 3, 'the range runs backwards'],
    ['[a-\\d]', 1, 4, 'a range needs a character on either side'],
    ['[abc', 0, 1, 'this [ is not closed'],
    ['(abc', 0, 1, 'this bracket is not closed'],
    ['abc)', 3, 1, 'this bracket was not opened'],
    ['*a', 0, 1, 'nothing stands before this quantifier'],
    ['a**', 2, 1, 'a quantifier follows a quantifier'],
    ['a{,3}', 1, 1, 'needed {number} or {from,to}'],
    ['a{3,2}', 1, 5, 'the smaller number comes first'],
    ['a{2000}', 1, 6, 'at most 1000 repeats are taken'],
    ['(a{1000}){1000}', 0, 15, 'the pattern is too big'],
    ['a\\', 1, 1, 'nothing follows the backslash'],
    ['\\x4', 0, 2, 'needed two hex digits'],
    ['\\u004', 0, 2, 'needed four hex digits'],
    ['\\x{110000}', 0, 10, 'there is no such character'],
    ['(?m)a', 0, 4, 'the flag m is not taken; the flags i and s are'],
    ['(?)', 0, 3, 'a group without a flag is not taken; the flags i and s are'],
    ['(?#x)', 0, 2, 'this kind of group is not known'],
    ['(?i)é', 4, 1, 'with (?i) only ASCII is taken'],
    ['('.repeat(60), 50, 1, 'more than 50 groups in each other'],
  ] as const) {
    assert.throws(
      () => new Pattern(pattern),
      (error) => {
        assert.ok(error instanceof PatternProblem, pattern)
        assert.deepEqual([pattern, error.at, error.length, error.message], [pattern, at, length, message])
        return true
      },
    )
  }
})

test('patterns that make others hang take time in proportion to the text', () => {
  const long = `${'a'.repeat(20_000)}!`
  const before = performance.now()
  for (const pattern of ['(a+)+', '(a*)*b', '(a|a)*', '(a|aa)+', '([a-z]+)*[0-9]', '(.*a){12}b', '(a?){50}a{50}b']) {
    assert.equal(matches(pattern, long), false, pattern)
  }
  assert.ok(performance.now() - before < 10_000)
})

test('states that are forgotten are made anew', () => {
  // As many states as subsets: (a|b)*a(a|b){14} has 2^15.
  const pattern = new Pattern('(a|b)*a(a|b){14}')
  const random = new Random(7)
  for (let i = 0; i < 300; i++) {
    const text = Array.from({ length: 40 }, () => (random.below(2) === 0 ? 'a' : 'b')).join('')
    assert.equal(pattern.test(encoder.encode(text), 0, 40), text[25] === 'a', text)
  }
})

test('random patterns match what RegExp matches', () => {
  const random = new Random(42)
  const atom = (depth: number): string => {
    const pick = random.below(depth > 0 ? 8 : 6)
    if (pick === 6) return `(${either(depth - 1)})`
    if (pick === 7) return `(?:${either(depth - 1)})`
    return ['a', 'b', '.', '[ab]', '[^a]', 'c'][pick]!
  }
  const item = (depth: number) => atom(depth) + ['', '', '', '*', '+', '?', '{2}', '{1,2}', '*?'][random.below(9)]!
  const sequence = (depth: number) => Array.from({ length: 1 + random.below(3) }, () => item(depth)).join('')
  const either = (depth: number): string => Array.from({ length: 1 + random.below(2) }, () => sequence(depth)).join('|')
  let agreed = 0
  for (let i = 0; i < 2000; i++) {
    const pattern = either(2)
    const mine = new Pattern(pattern)
    const theirs = new RegExp(`^(?:${pattern})$`)
    for (let k = 0; k < 8; k++) {
      const text = Array.from({ length: random.below(7) }, () => 'abcd'[random.below(4)]!).join('')
      const bytes = encoder.encode(text)
      assert.equal(mine.test(bytes, 0, bytes.length), theirs.test(text), `${pattern} ${text}`)
      agreed++
    }
  }
  assert.equal(agreed, 16_000)
})
