import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { type EnvironmentError, InputError } from '../../src/lib/errors.ts'
import type { ReplayOptions } from '../../src/lib/replay/options.ts'
import { runReplay } from '../../src/lib/replay/run.ts'
import type { ReplaySummary } from '../../src/lib/replay/summary.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { ethernet, ipv4, pcap, udp } from '../helpers/capture-bytes.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { sharedPath } from '../helpers/shared.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'
import { assertOneLife, collect, recordedDatagrams } from './feed.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', name)
const max = { speed: Number.POSITIVE_INFINITY } as const

interface Run {
  readonly code: number
  readonly summary: ReplaySummary | undefined
  readonly told: readonly string[]
  readonly notes: readonly string[]
  readonly failures: readonly (InputError | EnvironmentError)[]
  readonly progress: readonly (readonly [label: string, done: number, total: number | undefined, note: string])[]
}

async function replay(inputs: readonly string[], port: number, more: Partial<ReplayOptions> = {}): Promise<Run> {
  const told: string[] = []
  const notes: string[] = []
  const failures: Run['failures'][number][] = []
  const progress: Run['progress'][number][] = []
  let out = ''
  const options: ReplayOptions = {
    inputs,
    to: { host: '127.0.0.1', port },
    speed: undefined,
    pps: undefined,
    loops: 1,
    limit: undefined,
    since: undefined,
    until: undefined,
    ports: [6343],
    rewrite: { mapAgents: [], subAgent: undefined, restartSequence: false, shiftUptime: false },
    sampling: undefined,
    format: 'ndjson',
    survey: false,
    stop: new AbortController().signal,
    ...more,
  }
  const code = await runReplay(
    options,
    {
      tell: (line) => told.push(line),
      failure: (error) => failures.push(error),
      note: (line) => notes.push(line),
      detail() {},
      progress: (...told) => progress.push(told),
    },
    () => ({
      closed: false,
      write: (bytes) => {
        out += new TextDecoder().decode(bytes)
        return true
      },
      drain: async () => {},
      close: async () => {},
    }),
  )
  return { code, told, notes, failures, progress, summary: out === '' ? undefined : (JSON.parse(out) as ReplaySummary) }
}

/** Runs `use` with a receiver on loopback. */
async function receiving<T>(use: (receiver: UdpReceiver) => Promise<T>, address?: string): Promise<T> {
  const receiver = await UdpReceiver.open(address)
  try {
    return await use(receiver)
  } finally {
    await receiver.close()
  }
}

const buffers = (datagrams: readonly { bytes: Uint8Array }[]) => datagrams.map(({ bytes }) => Buffer.from(bytes))

function captures(): string[] {
  const folders = [fixture('.'), fixture('containers')]
  for (const name of ['captures/sflow', 'captures/agents']) {
    const folder = sharedPath(name)
    if (folder !== undefined) folders.push(folder)
  }
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.pcap(ng)?(\.gz|\.zst)?$/.test(name))
      .map((name) => join(folder, name)),
  )
}

test('every datagram of every capture, byte for byte and in order', async (t) => {
  let count = 0
  for (const path of captures()) {
    const want = buffers(await recordedDatagrams(path))
    await receiving(async (receiver) => {
      const { summary } = await replay([path], receiver.port, { pps: 2000 })
      await receiver.settle(want.length)
      assert.deepEqual(receiver.datagrams, want, basename(path))
      const bytes = want.reduce((sum, { length }) => sum + length, 0)
      assert.deepEqual([summary!.datagrams, summary!.bytes], [want.length, bytes])
    })
    count += want.length
  }
  t.diagnostic(`${count} datagrams`)
  assert.ok(count > 200)
})

test('the same over IPv6', async () => {
  const path = fixture('loss-and-restart.pcap')
  const want = buffers(await recordedDatagrams(path))
  await receiving(async (receiver) => {
    const to = { host: '::1', port: receiver.port }
    const { code, summary } = await replay([path], receiver.port, { ...max, to })
    await receiver.settle(want.length)
    assert.deepEqual(receiver.datagrams, want)
    assert.deepEqual([code, summary!.to, summary!.late_p99_ms], [0, `[::1]:${receiver.port}`, null])
  }, '::1')
})

/** A capture of one datagram of four bytes for each time, in milliseconds; `first` numbers them. */
function numbered(first: number, timesMs: readonly number[]): string {
  return temporaryFile(
    pcap(
      timesMs.map((ms, i) => ({
        frame: ethernet(0x0800, ipv4(udp(Uint8Array.of(0, 0, 0, first + i)))),
        sec: 1_700_000_000 + Math.floor(ms / 1000),
        fraction: (ms % 1000) * 1000,
      })),
    ),
  )
}

const numbersIn = (receiver: UdpReceiver) => receiver.datagrams.map((bytes) => bytes[3])

test('several captures are merged by time', async () => {
  await receiving(async (receiver) => {
    await replay([numbered(1, [0, 20, 40]), numbered(11, [10, 30, 50])], receiver.port, { speed: 10 })
    await receiver.settle(6)
    assert.deepEqual(numbersIn(receiver), [1, 11, 2, 12, 3, 13])
  })
})

test('the capture’s distances in time are kept, divided by the speed', async () => {
  const path = numbered(0, [0, 200, 210, 600])
  for (const [speed, want] of [
    [1, [0, 200, 210, 600]],
    [4, [0, 50, 52.5, 150]],
    [0.5, [0, 400, 420, 1200]],
  ] as const) {
    await receiving(async (receiver) => {
      const { summary } = await replay([path], receiver.port, { speed })
      await receiver.settle(4)
      const [start = 0] = receiver.times
      // Lower bounds hold on any machine but for the first arrival's own delay; upper ones leave room for a busy one.
      for (const [i, ms] of want.entries()) {
        const after = receiver.times[i]! - start
        assert.ok(after > ms - 60 && after < ms + 500, `speed ${speed}: ${after} ms, wanted ${ms}`)
      }
      assert.ok(Math.abs(summary!.duration_s * 1000 - want[3]) < 500, String(summary!.duration_s))
      assert.ok(summary!.late_p50_ms! <= summary!.late_p99_ms! && summary!.late_p99_ms! <= summary!.late_max_ms!)
    })
  }
})

test('an even rate, over loops', async () => {
  await receiving(async (receiver) => {
    const { summary } = await replay([numbered(0, [0, 1, 5000])], receiver.port, { pps: 50, loops: 4 })
    await receiver.settle(12)
    assert.deepEqual(numbersIn(receiver), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
    // 12 datagrams have 11 intervals of 20 ms.
    assert.ok(summary!.duration_s >= 0.219 && summary!.duration_s < 0.8, String(summary!.duration_s))
    assert.equal(summary!.loops, 4)
  })
})

test('the limit counts datagrams of all loops', async () => {
  await receiving(async (receiver) => {
    const more = { ...max, loops: Number.POSITIVE_INFINITY, limit: 7 }
    const { code, summary } = await replay([numbered(0, [0, 1, 2])], receiver.port, more)
    await receiver.settle(7)
    assert.deepEqual(numbersIn(receiver), [0, 1, 2, 0, 1, 2, 0])
    assert.deepEqual([code, summary!.datagrams, summary!.loops, summary!.stopped], [0, 7, 3, false])
  })
})

test('since and until cut the capture, in each loop', async () => {
  await receiving(async (receiver) => {
    const since = { from: 'start', ns: 1_000_000_000n } as const
    const until = { from: 'epoch', ns: 1_700_000_003_000_000_000n } as const
    const path = numbered(0, [0, 1000, 2999, 3000])
    const { code, summary } = await replay([path], receiver.port, { ...max, loops: 2, since, until })
    await receiver.settle(4)
    assert.deepEqual(numbersIn(receiver), [1, 2, 1, 2])
    assert.deepEqual([code, summary!.outside], [0, 4])
    const later = { from: 'start', ns: 9_000_000_000n } as const
    const nothing = await replay([path], receiver.port, { since: later })
    assert.deepEqual([nothing.code, nothing.summary!.datagrams], [0, 0])
    assert.match(nothing.notes.join('\n'), /4 datagrams are outside --since and --until\./)
  })
})

test('three loops with rewriting are one life to a collector, and another agent', async () => {
  await receiving(async (receiver) => {
    const { code, notes } = await replay([fixture('loss-and-restart.pcap')], receiver.port, {
      pps: 2000,
      loops: 3,
      rewrite: {
        mapAgents: [
          { from: [0, 0, 0xffff, 0xc0000209], to: [0x20010db8, 0, 0, 9] },
          { from: [0, 0, 0xffff, 0x01020304], to: [0, 0, 0xffff, 1] },
        ],
        subAgent: 77,
        restartSequence: true,
        shiftUptime: true,
      },
    })
    const once = await recordedDatagrams(fixture('loss-and-restart.pcap'))
    await receiver.settle(once.length * 3)
    assert.equal(receiver.datagrams.length, once.length * 3)
    const agents = collect(receiver.datagrams.map((bytes, i) => ({ bytes, sec: i })))
    assertOneLife(agents, 'three loops')
    assert.ok(agents.every(({ sub_agent }) => sub_agent === 77))
    assert.equal(code, 0)
    assert.match(notes.join('\n'), /No datagram was of agent 1\.2\.3\.4 \(--map-agent\)\./)
  })
})

test('packets become sFlow of one agent that lives through loops', async () => {
  const frames = Array.from({ length: 2000 }, (_, i) => ({
    frame: ethernet(0x0800, ipv4(udp(Uint8Array.of(i >> 8, i & 255), 53))),
    sec: 10,
    fraction: i * 400,
  }))
  const path = temporaryFile(pcap(frames))
  await receiving(async (receiver) => {
    const { summary, notes } = await replay([path, path], receiver.port, {
      pps: 2000,
      loops: 3,
      rewrite: { mapAgents: [], subAgent: undefined, restartSequence: true, shiftUptime: true },
      sampling: { rate: 10, seed: 4, agent: [0, 0, 0xffff, 0x0a000005], subAgent: 3 },
    })
    await receiver.settle(summary!.datagrams)
    assert.equal(receiver.datagrams.length, summary!.datagrams)
    const agents = collect(receiver.datagrams.map((bytes, i) => ({ bytes, sec: i })))
    assertOneLife(agents, 'sampled')
    // One sub-agent a capture.
    assert.deepEqual(agents.map(({ agent, sub_agent }) => [agent, sub_agent]).sort(), [
      ['10.0.0.5', 3],
      ['10.0.0.5', 4],
    ])
    const samples = agents.reduce((sum, { flow }) => sum + flow.samples, 0)
    assert.deepEqual(summary!.sampling, { rate: 10, seed: 4, packets: 12_000, samples })
    assert.ok(Math.abs(samples - 1200) < 4 * Math.sqrt(1200 * 0.9), String(samples))
    assert.match(notes[0]!, /^Took [\d,]+ samples of 12,000 packets, 1 in 10\. --seed 4 takes the same again\.$/)
    for (const bytes of receiver.datagrams) assert.deepEqual(decodeDatagram(bytes).issues, [])
  })
})

test('nobody listens: told once, counted, and it goes on', async () => {
  const port = await receiving(async (receiver) => receiver.port)
  const { code, summary, told } = await replay([numbered(0, [0, 150, 300, 450])], port)
  assert.deepEqual([code, summary!.datagrams, summary!.unreachable], [0, 4, 4])
  assert.deepEqual(told, [
    `Nobody listens at 127.0.0.1:${port} ("port unreachable" came back). Sending goes on.`,
    `127.0.0.1:${port} answered "port unreachable" 4 times: nobody listened there.`,
  ])
})

test('a stop ends it at once, also in a wait of an hour, with a summary and 0', async () => {
  await receiving(async (receiver) => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 150)
    const started = performance.now()
    const { code, summary, notes } = await replay([numbered(0, [0, 3_600_000])], receiver.port, { stop: stop.signal })
    assert.ok(performance.now() - started < 3000)
    assert.deepEqual([code, summary!.datagrams, summary!.stopped], [0, 1, true])
    assert.match(notes[0]!, /^Stopped\. Sent 1 datagram, 4 bytes, to 127\.0\.0\.1:\d+ in 0\.0 s\.$/)
  })
})

test('what can not be read is told, the rest is sent, and the exit code says it', async () => {
  await receiving(async (receiver) => {
    const good = numbered(0, [0])
    const run = await replay(['/nowhere/at.all', good], receiver.port, max)
    await receiver.settle(1)
    assert.deepEqual([run.code, run.failures.length, receiver.datagrams.length], [2, 1, 1])
    const none = await replay(['/nowhere/at.all'], receiver.port, max)
    assert.deepEqual([none.code, none.failures.length, none.summary], [2, 1, undefined])
    const other = temporaryFile(pcap([{ frame: ethernet(0x0800, ipv4(udp('01', 9995))) }]))
    const foreign = await replay([other], receiver.port, max)
    assert.equal(foreign.code, 2)
    assert.match(foreign.failures[0]!.message, /0 of 1 packets in .* are sFlow \(UDP port 6343\); UDP ports seen: 9995/)
    assert.deepEqual(foreign.failures[0]!.nextSteps, [
      'If your agents send to another port: --port 9995',
      'If these are the packets to be sampled, as a switch would: --sample-rate 1000',
    ])
    const frame = ethernet(0x0800, ipv4(udp('01020304')))
    const cut = temporaryFile(pcap([{ frame }, { frame }]).subarray(0, -2))
    const damaged = await replay([good, cut, '/nowhere'], receiver.port, { ...max, loops: 3 })
    assert.deepEqual([damaged.code, damaged.told.length, damaged.failures.length], [3, 1, 1])
    assert.match(damaged.told[0]!, /at byte 86: /)
    assert.equal(damaged.summary!.loops, 3)
  })
})

test('contradictions and places that are no collector are refused', async () => {
  const path = numbered(0, [0])
  const refused = (more: Partial<ReplayOptions>, inputs = [path]) => assert.rejects(replay(inputs, 9, more), InputError)
  await refused({ speed: 2, pps: 5 })
  await refused({ loops: 2 }, ['-'])
  await refused({ to: { host: '239.1.1.1', port: 9 } })
  await refused({ to: { host: 'ff02::1', port: 9 } })
  await refused({ since: { from: 'start', ns: 5n }, until: { from: 'start', ns: 5n } })
})

test('progress counts datagrams after a survey, bytes without one, and nothing where there is no end', async () => {
  await receiving(async (receiver) => {
    const path = numbered(0, [0, 1, 2])
    const last = async (more: Partial<ReplayOptions>) => {
      const { progress } = await replay([path], receiver.port, { pps: 8, ...more })
      const [label, done, total, note] = progress.at(-1)!
      assert.equal(label, `${basename(path)} → 127.0.0.1:${receiver.port}`)
      return [done, total, note.replace(/[\d.]+ ms$/, 'N ms')]
    }
    assert.deepEqual(await last({ loops: 2, survey: true }), [5, 6, '5 of 6   late p99 N ms'])
    // The file's size: 24 bytes and three records of 62.
    assert.deepEqual(await last({}), [210, 210, '2 datagrams   late p99 N ms'])
    assert.deepEqual((await last({ loops: Number.POSITIVE_INFINITY, limit: 3 }))[1], undefined)
    const endless = { loops: Number.POSITIVE_INFINITY, limit: 3, survey: true }
    assert.deepEqual(await last(endless), [2, 3, '2 of 3   late p99 N ms'])
  })
})
