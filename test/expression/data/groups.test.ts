import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../../src/lib/errors.ts'
import { buildGroupSet } from '../../../src/lib/expression/data/groups.ts'
import { parseAddress } from '../../../src/lib/parse/address.ts'
import { Random } from '../../bench/random.ts'

const build = (lists: Readonly<Record<string, readonly string[]>>) =>
  buildGroupSet(new Map(Object.entries(lists)), '--groups g.json')

function find(set: ReturnType<typeof build>, address: string): string | undefined {
  const words = parseAddress(address)!
  const label = address.includes(':') ? set.find6(...words) : set.find4(words[3])
  return set.names[label]
}

test('the longest prefix counts', () => {
  const set = build({
    all: ['0.0.0.0/0', '::/0'],
    ten: ['10.0.0.0/8'],
    office: ['10.1.0.0/16', '10.3.0.0/16', '2001:db8:1::/48'],
    host: ['10.1.2.3', '2001:db8:1::5'],
    edge: ['255.255.255.255', '0.0.0.0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
  })
  for (const [address, group] of [
    ['10.1.2.3', 'host'],
    ['10.1.2.2', 'office'],
    ['10.1.2.4', 'office'],
    ['10.1.255.255', 'office'],
    ['10.2.0.0', 'ten'],
    ['10.3.0.0', 'office'],
    ['10.4.0.0', 'ten'],
    ['11.0.0.0', 'all'],
    ['9.255.255.255', 'all'],
    ['0.0.0.0', 'edge'],
    ['0.0.0.1', 'all'],
    ['255.255.255.255', 'edge'],
    ['255.255.255.254', 'all'],
    ['2001:db8:1::5', 'host'],
    ['2001:db8:1::4', 'office'],
    ['2001:db8:2::', 'all'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'edge'],
    ['::', 'all'],
  ] as const) {
    assert.equal(find(set, address), group, address)
  }
})

test('outside of all groups is none; of equal prefixes the first counts; no group at all', () => {
  const set = build({ a: ['10.0.0.0/8', '2001:db8::/32'], b: ['10.0.0.0/8', '10.5.5.5/8'] })
  assert.equal(find(set, '10.9.9.9'), 'a')
  assert.equal(find(set, '9.9.9.9'), undefined)
  assert.equal(find(set, '11.0.0.0'), undefined)
  assert.equal(find(set, '2001:db9::'), undefined)
  assert.equal(find(build({}), '10.0.0.1'), undefined)
  assert.equal(find(build({}), '::1'), undefined)
})

test('what is no network is an error with its group', () => {
  for (const [text, message] of [
    [
      '10.0.0.0/40',
      '--groups g.json, group a: "10.0.0.0/40" is not understood. Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.',
    ],
    [
      'example',
      '--groups g.json, group a: "example" is not understood. Give an address or a prefix, such as 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.',
    ],
  ] as const) {
    assert.throws(
      () => build({ a: [text] }),
      (error) => error instanceof InputError && error.message === message,
    )
  }
})

test('as a walk over all prefixes finds it', () => {
  const random = new Random(3)
  for (let round = 0; round < 60; round++) {
    const networks = Array.from({ length: random.below(40) }, (_, i) => {
      const bits = random.below(33)
      const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
      // Few high bits, so that they lie in each other.
      return { from: (((random.below(4) << 30) | random.below(1 << 12)) & mask) >>> 0, mask, bits, name: `n${i}` }
    })
    const text = (word: number) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.')
    const set = build(Object.fromEntries(networks.map((x) => [x.name, [`${text(x.from)}/${x.bits}`]])))
    for (let k = 0; k < 200; k++) {
      const near = networks[random.below(Math.max(1, networks.length))]
      const address =
        (near === undefined || random.below(2) === 0 ? random.u32() : near.from + random.below(3) - 1) >>> 0
      const holding = networks.filter((x) => ((address ^ x.from) & x.mask) === 0)
      const most = Math.max(-1, ...holding.map((x) => x.bits))
      const want = holding.find((x) => x.bits === most)?.name
      assert.equal(set.names[set.find4(address)], want, text(address))
    }
  }
})
