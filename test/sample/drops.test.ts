import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import type { DropWatchOptions } from '../../src/lib/kernel/drops/drop-watch.ts'
import { parseHsflowdConfig } from '../../src/lib/sample/config.ts'
import { wishOf } from '../../src/lib/sample/drops.ts'
import { type HostGround, openHost } from '../../src/lib/sample/open-host.ts'
import type { SampleOptions } from '../../src/lib/sample/options.ts'
import { startLines, stateOf, summaryLines } from '../../src/lib/sample/report.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { dropsWish } from '../../src/sample-flags.ts'
import { FakeDropWatch } from '../helpers/fake-drop-watch.ts'
import { FakeTap } from '../helpers/fake-tap.ts'
import { dropped } from '../helpers/host-packets.ts'
import { FakeInterfaces, filesOf, hostFiles, hostInterface, loopback } from '../helpers/host-tree.ts'

const OWN = 4026531840
const noFlags = { drops: false, 'drops-limit': undefined, 'drops-netns': undefined, 'drops-process': false }
const wish = { limit: undefined, netns: 'this', withProcess: false }
const configured = (limit: number) =>
  parseHsflowdConfig(`sflow { dropmon { start=on limit=${limit} } }`, 'hsflowd.conf')

const options: SampleOptions = {
  interfaces: [],
  rates: [],
  direction: 'both',
  headerBytes: undefined,
  pollingMs: undefined,
  agent: '192.0.2.9',
  subAgent: undefined,
  datagramBytes: undefined,
  collectors: [],
  config: undefined,
  method: undefined,
  drops: wish,
  prints: true,
  durationMs: undefined,
  samples: new Set(['flow', 'counter', 'discard']),
  agents: [],
  limit: undefined,
  since: undefined,
  until: undefined,
  stop: new AbortController().signal,
}

/** A host that hears of drops; what it was asked, and what it said. */
async function hostOf(t: TestContext, change: Partial<SampleOptions>, watch = new FakeDropWatch()) {
  const asked: { netns: string | undefined; options: Omit<DropWatchOptions, 'netns'> }[] = []
  const ground: HostGround = {
    openTap: async () => new FakeTap(),
    openInterfaces: async () => new FakeInterfaces(loopback, hostInterface(3, 'eth0')),
    openFiles: async () => filesOf(t, hostFiles),
    openDrops: async (netns, wanted) => {
      asked.push({ netns, options: wanted })
      return { watch, netns: OWN, netnsName: (inode) => (inode === OWN ? 'this' : '') }
    },
  }
  const all = { ...options, ...change }
  const host = await openHost(all, { tell: (line) => assert.fail(line), note: () => {} }, ground)
  t.after(() => host.close())
  return { host, asked, watch, all }
}

test('what flags ask; those beside --drops need it, or a dropmon block', () => {
  assert.equal(dropsWish(noFlags, undefined), undefined)
  assert.deepEqual(dropsWish({ ...noFlags, drops: true }, undefined), wish)
  const all = { drops: true, 'drops-limit': 5, 'drops-netns': 'all', 'drops-process': true }
  assert.deepEqual(dropsWish(all, undefined), { limit: 5, netns: 'all', withProcess: true })
  assert.throws(
    () => dropsWish({ ...noFlags, 'drops-netns': 'blue' }, undefined),
    (error) => error instanceof InputError && error.message === '--drops-netns goes with --drops only.',
  )
  assert.deepEqual(dropsWish({ ...noFlags, 'drops-netns': 'blue' }, configured(7)), { ...wish, netns: 'blue' })
})

test('a dropmon block asks where flags do not; its limit counts where they have none', () => {
  assert.equal(wishOf(undefined, undefined), undefined)
  assert.deepEqual(wishOf(undefined, configured(7)), { ...wish, limit: 7 })
  assert.deepEqual(wishOf(wish, configured(7)), { ...wish, limit: 7 })
  assert.deepEqual(wishOf({ ...wish, limit: 0 }, configured(7)), { ...wish, limit: 0 })
})

test('printed: no limit, drops alone where no interface is named, with process and namespace', async (t) => {
  const { host, asked, watch, all } = await hostOf(t, {})
  assert.deepEqual(asked, [{ netns: 'this', options: { headerBytes: undefined, limit: undefined } }])
  assert.equal(host.tap, undefined)
  assert.deepEqual(startLines(stateOf(host, 'both', 0), all), [
    'Packets that the kernel drops in this network namespace, by tp_btf.',
  ])
  watch.waiting = [dropped({ netns: OWN }), dropped({ netns: OWN })]
  watch.ringFull = 1
  const batch = (await host.source.batches()[Symbol.asyncIterator]().next()).value!
  const { samples } = decodeDatagram(batch.bytes.slice(batch.offset[0], batch.offset[0]! + batch.length[0]!)).datagram!
  assert.deepEqual(
    samples.map((sample) =>
      sample.kind === 'discard' ? [sample.sequence_number, sample.drops, sample.reason] : sample.kind,
    ),
    [
      [1, 0, 3],
      [2, 1, 3],
    ],
  )
  const names = samples.map((sample) => ('records' in sample ? sample.records.map(({ name }) => name) : []))
  assert.deepEqual(names[0], [
    'sampled_header',
    'extended_function',
    'extended_linux_drop_reason',
    'extended_timestamp',
    'linux_drop',
  ])
  assert.deepEqual(summaryLines(stateOf(host, 'both', 2), false), [
    '2.0 s: 0 counter samples, 1 datagram.',
    '2 dropped packets told; not told: 1 when the ring was full (their number is in drops).',
  ])
  assert.deepEqual(summaryLines(stateOf(host, 'both', 2), true), [
    '2 dropped packets told; not told: 1 when the ring was full (their number is in drops).',
  ])
})

test('sent: 100 a second as hsflowd, without the record that no collector knows, beside samples', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  const to = { host: '127.0.0.1', port: socket.address().port }
  const change = { interfaces: ['eth0'], rates: [{ pattern: undefined, rate: 100 }], collectors: [to], prints: false }
  const { host, asked, watch, all } = await hostOf(t, {
    ...change,
    headerBytes: 256,
    drops: { ...wish, netns: 'all' },
    pollingMs: 0,
  })
  assert.deepEqual(asked, [{ netns: undefined, options: { headerBytes: 256, limit: 10_000 } }])
  assert.deepEqual(startLines(stateOf(host, 'both', 0), all), [
    `eth0 1 in 100: TCX ingress + egress → 127.0.0.1:${to.port}, as agent 192.0.2.9.`,
    'Packets that the kernel drops in all network namespaces, by tp_btf, 100 a second at most.',
  ])
  watch.waiting = [dropped({ netns: OWN })]
  const message = once(socket, 'message')
  const reading = (async () => {
    for await (const _ of host.source.batches());
  })()
  const [bytes] = (await message) as [Uint8Array]
  host.source.finish()
  await reading
  const [sample] = decodeDatagram(Uint8Array.from(bytes)).datagram!.samples
  assert.ok(sample?.kind === 'discard')
  assert.deepEqual(
    sample.records.map(({ name }) => name),
    ['sampled_header', 'extended_function', 'extended_linux_drop_reason', 'extended_timestamp'],
  )
})

test('where the kernel does not permit it: an error where it was asked for, a line where a configuration has it', async (t) => {
  const refused = new EnvironmentError('Programs may not be put into this kernel.')
  const told: string[] = []
  const ground: HostGround = {
    openTap: async () => new FakeTap(),
    openInterfaces: async () => new FakeInterfaces(loopback, hostInterface(3, 'eth0')),
    openFiles: async () => filesOf(t, hostFiles),
    openDrops: async () => {
      throw refused
    },
  }
  const report = { tell: (line: string) => void told.push(line), note: () => {} }
  const named = { ...options, interfaces: ['eth0'], rates: [{ pattern: undefined, rate: 100 }] }
  await assert.rejects(openHost(named, report, ground), refused)
  assert.deepEqual(told, [])
  const config = parseHsflowdConfig('sflow { dropmon { start=on limit=100 } }', 'hsflowd.conf')
  const host = await openHost({ ...named, drops: undefined, config }, report, ground)
  assert.deepEqual(told, [
    'Drops are not told, though dropmon is in the configuration: Programs may not be put into this kernel.',
  ])
  assert.equal(host.drops(), undefined)
  await host.close()
})
