import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChoices, parseList, parsePorts, splitRepeated } from '../../src/lib/parse/list.ts'
import { didYouMean, editDistance, nearestNames } from '../../src/lib/parse/nearest.ts'

test('lists', () => {
  assert.deepEqual(parseList('a, b,c', '--fields'), ['a', 'b', 'c'])
  assert.throws(() => parseList('a,,b', '--fields'), {
    message: '--fields "a,,b" is not understood. Give one or more values with single commas between them.',
  })
})
test('values of a flag that may be repeated, in its variable', () => {
  const cases: [string, string[]][] = [
    ['udp://:6343', ['udp://:6343']],
    ['a.pcap, b c.pcap,', ['a.pcap', 'b c.pcap']],
    [String.raw`a\,b.json,c.json`, ['a,b.json', 'c.json']],
    [',', []],
  ]
  for (const [text, values] of cases) assert.deepEqual(splitRepeated(text), values)
})
test('ports', () => {
  assert.deepEqual(parsePorts('6343,9995', '--port'), [6343, 9995])
  for (const text of ['0', '65536', '-1', '6343x', '1e3', ''])
    assert.throws(() => parsePorts(text, '--port'), { name: 'InputError' })
})
test('choices', () => {
  assert.deepEqual(parseChoices('flow,discard', '--samples', ['flow', 'counter', 'discard']), ['flow', 'discard'])
  assert.throws(() => parseChoices('flows', '--samples', ['flow', 'counter']), {
    message: '--samples "flows" is not understood. Give one or more of flow, counter. Did you mean flow?',
  })
})

const distances: [string, string, number][] = [
  ['', '', 0],
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['kitten', 'sitting', 3],
  ['decoed', 'decode', 1],
  ['ca', 'abc', 3],
]
for (const [a, b, want] of distances) test(`distance ${a} ${b}`, () => assert.equal(editDistance(a, b), want))

const attributes = ['ipsource', 'ipdestination', 'ip6source', 'macsource', 'ipttl', 'vlan']
const near: [string, string[]][] = [
  ['ipsorce', ['ipsource', 'ip6source']],
  ['ipsrc', ['ipsource', 'ip6source']],
  ['IPSOURCE', ['ipsource', 'ip6source']],
  ['ipdest', ['ipdestination']],
  ['vlna', ['vlan']],
  ['zzzzzz', []],
  ['', []],
  ['x'.repeat(100), []],
]
for (const [word, want] of near)
  test(`near "${word.slice(0, 12)}"`, () => assert.deepEqual(nearestNames(word, attributes), want))
test('did you mean', () => {
  assert.equal(didYouMean('ipsorce', attributes), 'Did you mean ipsource or ip6source?')
  assert.equal(
    didYouMean('formt', ['format'], (name) => `--${name}`),
    'Did you mean --format?',
  )
  assert.equal(didYouMean('qqqqqq', attributes), undefined)
})
