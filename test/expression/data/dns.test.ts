import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DnsNames } from '../../../src/lib/expression/data/dns.ts'

function view(word: number): DataView {
  const made = new DataView(new ArrayBuffer(20))
  made.setUint32(4, word)
  return made
}

test('unknown until it is answered, then known; asked once', async () => {
  const asked: string[] = []
  const names = new DnsNames(async (address) => {
    asked.push(address)
    return ['one.example.org', 'two.example.org']
  })
  assert.equal(names.name(4, view(0x0a000001), 4), undefined)
  assert.equal(names.name(4, view(0x0a000001), 4), undefined)
  await names.settle(1000)
  assert.equal(names.name(4, view(0x0a000001), 4), 'one.example.org')
  assert.deepEqual(asked, ['10.0.0.1'])
})

test('an address of IPv6', async () => {
  const names = new DnsNames(async (address) => [`host-of-${address}`])
  const bytes = new DataView(new ArrayBuffer(16))
  bytes.setUint32(0, 0x20010db8)
  bytes.setUint32(12, 1)
  names.name(6, bytes, 0)
  await names.settle(1000)
  assert.equal(names.name(6, bytes, 0), 'host-of-2001:db8::1')
})

test('without a name it is asked again after a while, not before', async () => {
  let asked = 0
  let nowMs = 0
  const names = new DnsNames(
    async () => {
      asked++
      throw new Error('NXDOMAIN')
    },
    () => nowMs,
  )
  names.name(4, view(1), 4)
  await names.settle(1000)
  assert.equal(names.name(4, view(1), 4), undefined)
  assert.equal(asked, 1)
  nowMs = 300_001
  names.name(4, view(1), 4)
  await names.settle(1000)
  assert.equal(asked, 2)
})

test('so many questions at once, and no waiting for one that is not answered', async () => {
  let open = 0
  const names = new DnsNames(() => {
    open++
    return new Promise(() => {})
  })
  for (let i = 0; i < 1000; i++) names.name(4, view(i), 4)
  assert.equal(open, 256)
  const before = performance.now()
  await names.settle(30)
  assert.ok(performance.now() - before < 5000)
  names.close()
})

test('the oldest of 65,536 answers goes', async () => {
  let asked = 0
  const names = new DnsNames(async (address) => {
    asked++
    return [address]
  })
  for (let i = 0; i < 65_600; i++) {
    names.name(4, view(i), 4)
    if (i % 64 === 63) await names.settle(1000)
  }
  await names.settle(1000)
  assert.equal(asked, 65_600)
  assert.equal(names.name(4, view(65_599), 4), '0.1.0.63')
  assert.equal(names.name(4, view(0), 4), undefined)
})
