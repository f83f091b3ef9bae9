// Every wrong expression is an error that shows the place and says what is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Scope } from '../../src/lib/attributes/scope.ts'
import { InputError } from '../../src/lib/errors.ts'
import {
  emitFilter,
  emitKey,
  noData,
  parseFilter,
  parseKeys,
  parseValues,
} from '../../src/lib/expression/expression.ts'
import { testData } from './test-data.ts'
import { type WrongCase, wrongFilters, wrongKeys, wrongValues } from './wrong-cases.ts'

function errorOf(act: () => unknown): InputError {
  try {
    act()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  return assert.fail('nothing was thrown')
}

const lists: readonly (readonly [string, readonly WrongCase[], (text: string, what: string) => unknown])[] = [
  ['--filter', wrongFilters, parseFilter],
  ['--keys', wrongKeys, parseKeys],
  ['--value', wrongValues, parseValues],
]

for (const [flag, cases, parse] of lists) {
  for (const [text, at, length, message] of cases) {
    test(`${flag} ${text}`, () => {
      const error = errorOf(() => parse(text, flag))
      assert.equal(error.message, `${flag} is wrong: ${message}\n  ${text}\n  ${' '.repeat(at)}${'^'.repeat(length)}`)
      assert.equal(error.nextSteps.at(-1), 'sonde help flows shows how keys, values and filters are written.')
    })
  }
}

test('there are 200 of them', () => assert.ok(wrongFilters.length + wrongKeys.length + wrongValues.length >= 200))

test('data that is not there is told when it is needed, with the flag that brings it', () => {
  for (const [key, at, length, message, next] of [
    ['group:ipsource:sites', 0, 20, 'group needs sets of groups, and there is none here.', '--groups FILE brings it.'],
    ['map:macsource:m', 0, 15, 'map needs maps, and there is none here.', '--map FILE brings it.'],
    ['oui:macsource:name', 0, 18, 'oui needs a list of vendors, and there is none here.', '--oui FILE brings it.'],
    [
      'country:ipsource',
      0,
      16,
      'country needs a file of countries, and there is none here.',
      '--country FILE.mmdb brings it.',
    ],
    [
      'null:[asn:ipsource]',
      6,
      12,
      'asn needs a file of autonomous systems, and there is none here.',
      '--asn FILE.mmdb brings it.',
    ],
    ['vlan,node:inputifindex', 5, 17, 'node needs a topology, and there is none here.', '--topology FILE brings it.'],
    ['host:macsource:uuid', 0, 19, 'host needs hosts that tell of themselves, and there is none here.', undefined],
  ] as const) {
    const keys = parseKeys(key, '--keys')
    const error = errorOf(() => emitKey(new Scope(), keys.at(-1)!, noData))
    assert.equal(error.message, `--keys is wrong: ${message}\n  ${key}\n  ${' '.repeat(at)}${'^'.repeat(length)}`)
    if (next !== undefined) assert.equal(error.nextSteps[0], next)
  }
})

test('a set or map of another name is told with those that there are', () => {
  for (const [filter, message] of [
    ['group:ipsource:site=a', 'there is no set of groups "site". Did you mean sites?'],
    ['group:ipsource:zzzzzz=a', 'there is no set of groups "zzzzzz". There is sites, other, empty.'],
    ['map:vlan:member=a', 'there is no map "member". Did you mean members?'],
  ] as const) {
    const error = errorOf(() => emitFilter(new Scope(), parseFilter(filter, '--filter'), testData))
    assert.equal(error.message.split('\n')[0], `--filter is wrong: ${message}`)
  }
})

test('of a long text the part around the place is shown', () => {
  const text = `${'ipsource,'.repeat(30)}ipsorce,${'ipsource,'.repeat(30)}vlan`
  const [, shown = '', mark = ''] = errorOf(() => parseKeys(text, '--keys')).message.split('\n')
  assert.ok(shown.length < 110)
  const at = mark.indexOf('^')
  assert.equal(shown.slice(at, at + mark.trim().length), 'ipsorce')
})

test('what a terminal would act on is shown as a space', () => {
  const [, shown, mark] = errorOf(() => parseKeys('vlan,\u001b[2J\u202eabc', '--keys')).message.split('\n')
  assert.equal(shown, '  vlan, [2J abc')
  assert.equal(mark, '       ^')
})
