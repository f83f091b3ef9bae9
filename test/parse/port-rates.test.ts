import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parsePortRates } from '../../src/lib/parse/port-rates.ts'

for (const { text, want } of [
  { text: '1000', want: [{ pattern: undefined, rate: 1000 }] },
  { text: '1k', want: [{ pattern: undefined, rate: 1000 }] },
  {
    text: '1k, eth0=100,veth*=1',
    want: [
      { pattern: undefined, rate: 1000 },
      { pattern: 'eth0', rate: 100 },
      { pattern: 'veth*', rate: 1 },
    ],
  },
  { text: 'eth0.100=5', want: [{ pattern: 'eth0.100', rate: 5 }] },
]) {
  test(`rates of interfaces: ${text}`, () => {
    assert.deepEqual(parsePortRates(text, '--rate'), want)
  })
}

for (const text of ['', '0', 'eth0=', '=5', 'eth0=0', 'eth0=1=2', '1,,2', 'often', '5G']) {
  test(`no rates of interfaces: "${text}"`, () => {
    assert.throws(() => parsePortRates(text, '--rate'), InputError)
  })
}
