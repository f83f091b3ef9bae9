import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import type { HostGround } from '../../src/lib/sample/open-host.ts'
import type { SampleOptions } from '../../src/lib/sample/options.ts'
import { summaryLines } from '../../src/lib/sample/report.ts'
import { runSample } from '../../src/lib/sample/run.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import type { Sink } from '../../src/lib/sink/sink.ts'
import { plain } from '../helpers/cards.ts'
import { FakeTap } from '../helpers/fake-tap.ts'
import { tapped } from '../helpers/host-packets.ts'
import { FakeInterfaces, filesOf, hostFiles, hostInterface, loopback } from '../helpers/host-tree.ts'

const options: SampleOptions = {
  interfaces: ['eth0'],
  rates: [{ pattern: undefined, rate: 100 }],
  direction: 'both',
  headerBytes: undefined,
  pollingMs: undefined,
  agent: '192.0.2.9',
  subAgent: undefined,
  datagramBytes: undefined,
  collectors: [],
  config: undefined,
  method: undefined,
  drops: undefined,
  prints: true,
  durationMs: undefined,
  samples: new Set(['flow', 'counter', 'discard']),
  agents: [],
  limit: undefined,
  since: undefined,
  until: undefined,
  stop: new AbortController().signal,
}

const print = {
  format: 'ndjson',
  what: 'headers',
  object: 'sample',
  fields: undefined,
  summary: false,
  names: true,
  view: { style: plain, width: 80, time: () => '', day: () => '', clock: () => '' },
} as const

/** Hands on a sample in each tick. */
class FeedingTap extends FakeTap {
  ticks = 0
  override drain(take: Parameters<FakeTap['drain']>[0]): number {
    this.ticks++
    const pool = 100 * (this.measuresPool ? this.ticks : this.ticks + 1)
    this.counted = [{ interfaceIndex: 3, direction: 'ingress', pool, samples: this.ticks, lost: 1 }]
    this.waiting = [tapped()]
    return super.drain(take)
  }
}

function groundOf(t: TestContext, tap: FakeTap) {
  const reader = new FakeInterfaces(loopback, hostInterface(3, 'eth0'))
  const files = filesOf(t, hostFiles)
  const ground: HostGround = {
    openTap: async () => tap,
    openInterfaces: async () => reader,
    openDrops: () => assert.fail('drops were not asked for'),
    openFiles: async () => files,
  }
  return { ground, reader }
}

function report() {
  const told: string[] = []
  const noted: string[] = []
  return { told, noted, tell: (line: string) => void told.push(line), note: (line: string) => void noted.push(line) }
}

/** Keeps what is written. */
function textSink(): { sink: Sink; text: () => string } {
  const parts: string[] = []
  const sink: Sink = {
    write: (bytes) => parts.push(Buffer.from(bytes).toString()) > 0,
    drain: async () => {},
    close: async () => {},
    closed: false,
  }
  return { sink, text: () => parts.join('') }
}

const noSink = (): Sink => assert.fail('nothing is printed')

test('samples are printed as decode prints them, up to the limit', async (t) => {
  const tap = new FeedingTap('af_packet', 'BPF_LINK_CREATE was refused (EINVAL)')
  const { ground, reader } = groundOf(t, tap)
  const { sink, text } = textSink()
  const said = report()
  const state = await runSample({ ...options, limit: 3 }, print, said, () => sink, ground)
  const samples = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    samples.map((x) => [x.agent, x.sample_type, x.sequence_number, x.sample_pool, x.drops, x.sampling_rate]),
    [
      ['192.0.2.9', 'flow_sample', 1, 200, 1, 100],
      ['192.0.2.9', 'flow_sample', 2, 300, 1, 100],
      ['192.0.2.9', 'flow_sample', 3, 400, 1, 100],
    ],
  )
  assert.deepEqual(said.noted, [
    'eth0 1 in 100: AF_PACKET, both directions (no TCX: BPF_LINK_CREATE was refused (EINVAL)).',
    'The pool is no measurement but samples × N: AF_PACKET counts no packets.',
  ])
  assert.deepEqual(summaryLines({ ...state, seconds: 1 }, false), [
    '1.0 s: 3 samples of about 400 packets at 1 interface, 0 counter samples, 3 datagrams.',
    'Lost in the ring, which was full: 1 sample; collectors are told (drops).',
  ])
  assert.deepEqual([tap.isClosed, reader.isClosed], [true, true])
})

test('a filter chooses what is printed', async (t) => {
  const { ground } = groundOf(t, new FeedingTap())
  const { sink, text } = textSink()
  const filter = {
    text: 'sport=5',
    files: { groups: [], maps: [], vendors: undefined, country: undefined, asn: undefined, dns: false },
    topology: undefined,
  }
  await runSample({ ...options, filter, durationMs: 100 }, print, report(), () => sink, ground)
  assert.equal(text(), '')
})

test('samples and counters reach two collectors, numbered without gaps', async (t) => {
  const tap = new FeedingTap()
  const { ground } = groundOf(t, tap)
  const receivers = await Promise.all([0, 1].map(() => receiver(t)))
  const stop = new AbortController()
  const run = runSample(
    {
      ...options,
      prints: false,
      agent: undefined,
      subAgent: 5,
      collectors: receivers.map(({ port }) => ({ host: '127.0.0.1', port })),
      stop: stop.signal,
    },
    undefined,
    report(),
    noSink,
    ground,
  )
  for (const { got } of receivers) while (got.length < 12) await new Promise((resolve) => setTimeout(resolve, 20))
  stop.abort()
  const state = await run
  for (const { got } of receivers) {
    while (got.length < state.counts.datagrams) await new Promise((resolve) => setTimeout(resolve, 20))
    const datagrams = got.map((bytes) => decodeDatagram(bytes).datagram!)
    assert.deepEqual(
      datagrams.map(({ sequence_number }) => sequence_number),
      datagrams.map((_, i) => i + 1),
    )
    const [{ agent, sub_agent_id }] = datagrams as [(typeof datagrams)[0]]
    assert.deepEqual([agent.type, [...agent.bytes], sub_agent_id], [1, [127, 0, 0, 1], 5])
    const samples = datagrams.flatMap((x) => x.samples)
    const numbers = (kind: string, type: number) =>
      samples.flatMap((x) =>
        'sequence_number' in x && x.kind === kind && x.source_id_type === type ? [x.sequence_number] : [],
      )
    assert.deepEqual(
      numbers('flow', 0),
      Array.from({ length: tap.ticks }, (_, i) => i + 1),
    )
    assert.deepEqual([numbers('counters', 2)], [[1]])
  }
  assert.deepEqual(
    state.collectors.map(({ datagrams, failed }) => [datagrams, failed]),
    [
      [state.counts.datagrams, 0],
      [state.counts.datagrams, 0],
    ],
  )
})

test('a collector that is not there is told once and survived', async (t) => {
  const { port, close } = await receiver(t)
  await close()
  const { ground } = groundOf(t, new FeedingTap())
  const said = report()
  const wishes = { ...options, prints: false, collectors: [{ host: '127.0.0.1', port }], durationMs: 2500 }
  const state = await runSample(wishes, undefined, said, noSink, ground)
  assert.deepEqual(said.told, [
    `Datagrams do not get to 127.0.0.1:${port}: nobody listens there (port unreachable). All else goes on.`,
  ])
  assert.ok(state.counts.flow > 20)
  const last = summaryLines(state, true).at(-1)!
  assert.match(last, /^→ 127\.0\.0\.1:\d+: \d+ datagrams, at least \d+ failed \(nobody listens there/)
})

test('what can not be leaves nothing open', async (t) => {
  const tap = new FeedingTap()
  const { ground, reader } = groundOf(t, tap)
  const wrong = { ...options, interfaces: ['eth7'] }
  await assert.rejects(runSample(wrong, undefined, report(), noSink, ground), InputError)
  assert.deepEqual([tap.isClosed, reader.isClosed], [true, true])
})

async function receiver(t: TestContext) {
  const socket = createSocket('udp4')
  const got: Uint8Array[] = []
  let isOpen = true
  socket.on('message', (bytes) => got.push(Uint8Array.from(bytes)))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    socket.close()
    await once(socket, 'close')
  }
  t.after(close)
  return { port: socket.address().port, got, close }
}
