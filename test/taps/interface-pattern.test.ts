import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseInterfacePatterns } from '../../src/lib/kernel/links/interface-pattern.ts'

const names = ['lo', 'eth0', 'eth1', 'eth10', 'eth0.100', 'docker0', 'veth1a2b', 'br-x', 'wlp3s0']

for (const [patterns, wanted] of [
  [['eth0'], ['eth0']],
  [['eth*'], ['eth0', 'eth1', 'eth10', 'eth0.100']],
  [['eth?'], ['eth0', 'eth1']],
  [['eth[1-9]*'], ['eth1', 'eth10']],
  [
    ['*eth*', '!veth*'],
    ['eth0', 'eth1', 'eth10', 'eth0.100'],
  ],
  [
    ['!lo', '!docker*', '!veth*', '!br-*'],
    ['eth0', 'eth1', 'eth10', 'eth0.100', 'wlp3s0'],
  ],
  [['eth[!0]'], ['eth1']],
  [['eth0.100'], ['eth0.100']],
  [['eth0?100'], ['eth0.100']],
  [['*'], names],
  [['***'], names],
  [
    ['eth0', 'lo'],
    ['lo', 'eth0'],
  ],
  [['ETH0'], []],
  [[], names],
] as const) {
  test(`${patterns.join(' ') || '(none)'}`, () => {
    assert.deepEqual(names.filter(parseInterfacePatterns(patterns).has), wanted)
  })
}

test('names without a wildcard are told', () => {
  assert.deepEqual(parseInterfacePatterns(['eth0', 'br*', '!lo', 'e?', 'wlan0']).exact, ['eth0', 'wlan0'])
})

for (const bad of ['', '!', 'a-name-with-more-than-15', 'a b', 'eth/0', 'eth[0', 'eth[9-0]']) {
  test(`"${bad}" is refused`, () => {
    assert.throws(() => parseInterfacePatterns([bad]), InputError)
  })
}

test('a hostile pattern ends soon', () => {
  const { has } = parseInterfacePatterns(['*a*a*a*a*a*a*a*b'])
  const before = performance.now()
  assert.equal(has('a'.repeat(15)), false)
  assert.ok(performance.now() - before < 100)
})
