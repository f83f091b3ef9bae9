import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { choosePorts } from '../../src/lib/sample/choice.ts'
import { parseHsflowdConfig } from '../../src/lib/sample/config.ts'
import { hostInterface } from '../helpers/host-tree.ts'

const none = { interfaces: [], rates: [], direction: 'both', headerBytes: undefined, config: undefined } as const
const GIGABIT = 1e9

/** The rate of an interface by name and speed; undefined: not sampled. */
function rate(choice: ReturnType<typeof choosePorts>, name: string, speed: number | undefined): number | undefined {
  if (!choice.has(name)) return undefined
  return choice.rateOf(hostInterface(2, name), { speed, duplex: 'full' })
}

test('patterns choose, and rates are by speed where none is given', () => {
  const choice = choosePorts({ ...none, interfaces: ['eth*', 'wan', '!eth3'] })
  assert.deepEqual(choice.exact, ['wan'])
  assert.deepEqual([choice.direction, choice.headerBytes], ['both', 128])
  for (const [name, speed, want] of [
    ['eth0', GIGABIT, 1000],
    ['eth0', 100 * GIGABIT, 100_000],
    ['eth0', 10_000_000, 100],
    ['wan', undefined, 400],
    ['eth3', GIGABIT, undefined],
    ['lo', undefined, undefined],
  ] as const) {
    assert.equal(rate(choice, name, speed), want, `${name} ${speed}`)
  }
})

test('a rate for an interface goes before one for all, whatever their order', () => {
  const rates = [
    { pattern: undefined, rate: 1000 },
    { pattern: 'eth1', rate: 10 },
    { pattern: 'eth*', rate: 50 },
  ]
  const choice = choosePorts({ ...none, interfaces: ['*'], rates })
  assert.deepEqual(
    ['eth1', 'eth2', 'wan'].map((name) => rate(choice, name, GIGABIT)),
    [10, 50, 1000],
  )
})

test('interfaces, rates and header bytes of a configuration; what was given goes before it', () => {
  const config = parseHsflowdConfig(
    'sflow { sampling = 300 sampling.10G = 5000 headerBytes = 64 pcap { dev = eth0 } pcap { speed = 1G- } pcap { dev = wan sampling = 7 } }',
    'x',
  )
  const choice = choosePorts({ ...none, config })
  assert.deepEqual([choice.headerBytes, choice.exact], [64, []])
  for (const [name, speed, want] of [
    ['eth0', 10_000_000, 300],
    ['eth0', 10 * GIGABIT, 5000],
    ['eth5', GIGABIT, 300],
    ['eth5', 10_000_000, undefined],
    ['eth5', undefined, undefined],
    ['wan', 10_000_000, 7],
    ['lo', undefined, undefined],
  ] as const) {
    assert.equal(rate(choice, name, speed), want, `${name} ${speed}`)
  }
  const given = choosePorts({ ...none, config, interfaces: ['lo'], headerBytes: 200 })
  assert.deepEqual([given.has('eth0'), given.headerBytes, rate(given, 'lo', undefined)], [false, 200, 300])
  const byHand = choosePorts({ ...none, config, rates: [{ pattern: undefined, rate: 2 }] })
  assert.equal(rate(byHand, 'wan', GIGABIT), 2)
})

test('a configuration of hsflowd that wants no rate by speed', () => {
  const config = parseHsflowdConfig('sflow { sampling = 10 sampling.bps_ratio = 0 epcap { dev = veth0 } }', 'x')
  // hsflowd itself needs the ratio 0 to obey `sampling` at a veth that says 10 Gb/s.
  assert.equal(rate(choosePorts({ ...none, config }), 'veth0', 10 * GIGABIT), 10)
  const without = parseHsflowdConfig('sflow { sampling.bps_ratio = 0 epcap { dev = veth0 } }', 'x')
  assert.equal(rate(choosePorts({ ...none, config: without }), 'veth0', 10 * GIGABIT), 400)
})

test('nothing chosen is an error', () => {
  assert.throws(() => choosePorts(none), InputError)
  assert.throws(() => choosePorts({ ...none, config: parseHsflowdConfig('sflow { polling = 3 }', 'x') }), {
    message: 'Which interfaces? Give their names, or patterns of names.',
  })
})
