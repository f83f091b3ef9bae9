// As root, in network namespaces of its own: `sonde sample --to` in a router, and what a collector makes of it. Its witnesses are
// the interfaces' own counters, the project's account of loss, tshark and sflowtool.

import assert from 'node:assert/strict'
import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AgentTable } from '../../src/lib/agents/agents.ts'
import { type AgentSummary, summarise } from '../../src/lib/agents/summary.ts'
import type { TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import type { Datagram, DecodedRecord, FlowSample, Sample } from '../../src/lib/sflow/datagram.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { whyNoBpf } from '../helpers/bpf.ts'
import { ethernet, ipv4, pcap, udp } from '../helpers/capture-bytes.ts'
import { ended, startSonde } from '../helpers/cli.ts'
import { noNamespaces } from '../helpers/namespaces.ts'
import { findSflowtool } from '../helpers/sflowtool.ts'
import { TappedRouter } from '../helpers/tapped-router.ts'
import { UdpReceiver } from '../helpers/udp-receiver.ts'

const noBpf = await whyNoBpf()
const skips: Record<TapMethod, string | false> = { tcx: noNamespaces || noBpf, af_packet: noNamespaces }
const RATE = 100
const COUNTS = { a: 40_000, b: 20_000 } as const
const INTERNAL = 0x3fffffff
/** Some ARP requests and neighbour solicitations. */
const NEIGHBOURS_BYTES = 1000

/** What a collector got of one run, and what the interfaces counted meanwhile. */
interface Run {
  readonly bytes: readonly Uint8Array[]
  readonly datagrams: readonly Datagram[]
  readonly samples: readonly Sample[]
  readonly stderr: string
  readonly summary: AgentSummary
  readonly passed: Readonly<Record<'left' | 'right', { packets: number; inBytes: number; outBytes: number }>>
}

async function run(router: TappedRouter, method: TapMethod): Promise<Run> {
  const collector = await UdpReceiver.open('127.0.0.1')
  const counted = () => ({ left: router.counters('left'), right: router.counters('right') })
  const at = counted()
  const flags = ['--method', method, '--rate', String(RATE), '--polling', '1s', '--to', `127.0.0.1:${collector.port}`]
  let stderr: string
  // A socket that stays open would keep the process alive.
  try {
    const child = startSonde(['sample', 'left', 'right', '--netns', router.spaces.realName('r'), ...flags])
    const end = ended(child)
    try {
      // Its first counters tell that it has begun.
      while (collector.datagrams.length < 3 && child.exitCode === null) await sleep(20)
      router.send(COUNTS.a, { bytes: [20, 1200] })
      router.send(COUNTS.b, { from: 'b' })
      // Two more turns of counters.
      await sleep(2500)
    } finally {
      child.kill('SIGINT')
    }
    const result = await end
    stderr = result.stderr
    assert.equal(result.code, 0, stderr)
    await collector.settle(Number.POSITIVE_INFINITY)
  } finally {
    await collector.close()
  }
  const now = counted()
  const passedOf = (name: 'left' | 'right') => ({
    packets: now[name].rxPackets + now[name].txPackets - at[name].rxPackets - at[name].txPackets,
    inBytes: now[name].rxBytes,
    outBytes: now[name].txBytes,
  })
  const bytes = collector.datagrams.map((x) => Uint8Array.from(x))
  const datagrams = bytes.map((each) => {
    const { datagram, issues } = decodeDatagram(each)
    assert.deepEqual(issues, [])
    return datagram!
  })
  return {
    bytes,
    datagrams,
    samples: datagrams.flatMap(({ samples }) => samples),
    stderr,
    summary: accountOf(bytes),
    passed: { left: passedOf('left'), right: passedOf('right') },
  }
}

/** The account of loss that `sonde listen` keeps. */
function accountOf(datagrams: readonly Uint8Array[]): AgentSummary {
  const table = new AgentTable()
  const walker = new Walker((issue) => assert.fail(issue.problem))
  for (const [i, bytes] of datagrams.entries()) {
    assert.ok(walker.open(bytes, new DataView(bytes.buffer), 0, bytes.length))
    table.datagram(walker, 1_700_000_000 + i, 0)
    while (walker.nextSample()) table.sample(walker)
  }
  const agents = summarise(table)
  assert.equal(agents.length, 1)
  return agents[0]!
}

const flowsOf = ({ samples }: Run, index: number): FlowSample[] =>
  samples.filter((x) => x.kind === 'flow').filter((x) => x.source_id_index === index)

/** Fields of the newest record with this tag among a source's counters. */
function newest({ samples }: Run, type: number, index: number, tag: number): Readonly<Record<string, unknown>> {
  const records = samples
    .filter((x) => x.kind === 'counters')
    .filter((x) => x.source_id_type === type && x.source_id_index === index)
    .flatMap((x): DecodedRecord[] => x.records)
    .filter((x) => x.tag === tag)
  const last = records.at(-1)
  assert.ok(last !== undefined && 'fields' in last, `record ${tag} of ${type}:${index}`)
  return last.fields
}

const headerOf = (sample: FlowSample): Readonly<Record<string, unknown>> => {
  const record = sample.records.find((x) => x.tag === 1)!
  return 'fields' in record ? record.fields : {}
}

const tshark = spawnSync('tshark', ['--version']).status === 0 ? false : 'tshark not found'
const sflowtool = findSflowtool()

for (const method of ['tcx', 'af_packet'] as const) {
  describe(`an agent by ${method}`, { skip: skips[method] }, () => {
    let router: TappedRouter
    let got: Run
    const folder = mkdtempSync(join(tmpdir(), 'sonde-sample-'))
    before(async () => {
      router = new TappedRouter()
      got = await run(router, method)
      writeFileSync(
        join(folder, 'sent.pcap'),
        pcap(got.bytes.map((each) => ({ frame: ethernet(0x0800, ipv4(udp(each))) }))),
      )
    })
    after(() => {
      rmSync(folder, { recursive: true })
      router?.close()
    })

    test('has no gap, no restart, no datagram above 1,400 bytes, and says which tap it has', () => {
      const { summary, bytes, datagrams, stderr } = got
      assert.deepEqual(
        [summary.lost, summary.restarts, summary.flow.lost, summary.counters.lost, summary.agent_drops],
        [0, 0, 0, 0, 0],
      )
      assert.deepEqual(
        datagrams.map((x) => x.sequence_number),
        datagrams.map((_, i) => i + 1),
      )
      assert.ok(bytes.every(({ length }) => length <= 1400))
      assert.match(stderr, method === 'tcx' ? /1 in 100: TCX ingress \+ egress/ : /1 in 100: AF_PACKET, both/)
    })

    for (const name of ['left', 'right'] as const) {
      test(`${name}: pool as the interface counts or by the rate at each sample, samples and bytes within 5 sigma`, () => {
        const index = router.index[name]
        const { packets, inBytes, outBytes } = got.passed[name]
        const flows = flowsOf(got, index)
        const pool = flows.at(-1)!.sample_pool
        if (method === 'af_packet') {
          assert.deepEqual(
            flows.map((x) => x.sample_pool),
            flows.map((_, i) => (i + 1) * RATE),
          )
        } else {
          // A few packets pass before it begins and behind its last sample.
          assert.ok(pool <= packets && pool > packets - 2000, `pool ${pool} of ${packets}`)
        }
        const sigma = Math.sqrt((packets / RATE) * (1 - 1 / RATE))
        assert.ok(Math.abs(flows.length - packets / RATE) < 5 * sigma, `${flows.length} samples of ${packets}`)
        // Without the FCS, which no counter of a veth has.
        const sizes = flows.map((x) => Number(headerOf(x).frame_length) - 4)
        const bytes = RATE * sizes.reduce((sum, size) => sum + size, 0)
        const spread = RATE * Math.sqrt(sizes.reduce((sum, size) => sum + size * size, 0))
        const counted = inBytes + outBytes
        assert.ok(Math.abs(bytes - counted) < 5 * spread, `${bytes} bytes of ${counted} ± ${spread}`)
      })

      test(`${name}: counters as the interface has them, with its name`, () => {
        const index = router.index[name]
        const counters = newest(got, 0, index, 1)
        const { inBytes, outBytes } = got.passed[name]
        assert.deepEqual([counters.ifIndex, counters.ifType, counters.ifStatus], [index, 6, 3])
        // Neighbours may have asked for each other after the last turn of counters.
        const later = [inBytes - Number(counters.ifInOctets), outBytes - Number(counters.ifOutOctets)]
        assert.ok(
          later.every((bytes) => bytes >= 0 && bytes < NEIGHBOURS_BYTES),
          `${later} bytes later`,
        )
        assert.deepEqual(newest(got, 0, index, 1005), { name })
      })
    }

    test('the ports of what is forwarded', { skip: method === 'af_packet' && 'AF_PACKET knows one of the two' }, () => {
      const { left, right } = router.index
      for (const [index, from, to] of [
        [left, left, right],
        [left, right, left],
        [right, left, right],
        [right, right, left],
      ] as const) {
        const forwarded = flowsOf(got, index).filter((x) => x.input_value === from && x.output_value === to)
        const count = from === left ? COUNTS.a : COUNTS.b
        const sigma = Math.sqrt(count / RATE)
        assert.ok(
          Math.abs(forwarded.length - count / RATE) < 5 * sigma,
          `${index}: ${forwarded.length}, ${from} to ${to}`,
        )
      }
      // Only neighbours' questions end here.
      const own = got.samples.filter(
        (x) => x.kind === 'flow' && (x.input_value === INTERNAL || x.output_value === INTERNAL),
      )
      assert.ok(own.length <= 3)
    })

    test('the host, with the counters of the namespace', () => {
      assert.equal(newest(got, 2, 1, 2000).os_name, 2)
      const { ipForwDatagrams, ipForwarding } = newest(got, 2, 1, 2007)
      // One more passed when the router was made.
      assert.deepEqual([ipForwDatagrams, ipForwarding], [COUNTS.a + COUNTS.b + 1, 1])
      const adapters = newest(got, 2, 1, 2001).adapters as { ifIndex: number }[]
      assert.deepEqual(
        adapters.map(({ ifIndex }) => ifIndex),
        [router.index.left, router.index.right],
      )
    })

    test('sflowtool decodes all of it', { skip: sflowtool === undefined && 'sflowtool not found' }, () => {
      const { stdout, status } = spawnSync(sflowtool!, ['-r', join(folder, 'sent.pcap')], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      })
      assert.equal(status, 0)
      const count = (line: string) => stdout.split('\n').filter((x) => x === line).length
      const flows = got.samples.filter(({ kind }) => kind === 'flow').length
      const counters = got.samples.filter(({ kind }) => kind === 'counters').length
      assert.deepEqual(
        [
          count('startDatagram ================================='),
          count('sampleType FLOWSAMPLE'),
          count('sampleType COUNTERSSAMPLE'),
        ],
        [got.datagrams.length, flows, counters],
      )
      assert.equal(stdout.includes('caught exception'), false)
    })

    test('tshark reads each datagram', { skip: tshark }, () => {
      const { stdout } = spawnSync(
        'tshark',
        [
          '-r',
          join(folder, 'sent.pcap'),
          '-d',
          'udp.port==6343,sflow',
          '-T',
          'fields',
          '-e',
          'sflow_245.sequence_number',
          '-e',
          'sflow_245.numsamples',
        ],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
      )
      const rows = stdout
        .trim()
        .split('\n')
        .map((row) => row.split('\t').map((cell) => Number(cell.split(',')[0])))
      assert.deepEqual(
        rows,
        got.datagrams.map(({ sequence_number, samples }) => [sequence_number, samples.length]),
      )
    })
  })
}

test('samples that found the ring full are drops: pool = samples + drops at 1 in 1', { skip: skips.tcx }, async () => {
  const collector = await UdpReceiver.open('127.0.0.1')
  let router: TappedRouter | undefined
  let child: ChildProcess | undefined
  const flags = ['--rate', '1', '--direction', 'ingress', '--polling', '1s', '--to', `127.0.0.1:${collector.port}`]
  try {
    router = new TappedRouter()
    child = startSonde(['sample', 'left', '--netns', router.spaces.realName('r'), ...flags])
    const end = ended(child)
    while (collector.datagrams.length < 2 && child.exitCode === null) await sleep(20)
    // It sleeps while more comes than the ring has room for.
    child.kill('SIGSTOP')
    router.send(60_000)
    child.kill('SIGCONT')
    await sleep(1000)
    // Samples behind them tell of the loss.
    router.send(100)
    await sleep(500)
    child.kill('SIGINT')
    const { code, stderr } = await end
    assert.equal(code, 0, stderr)
    await collector.settle(Number.POSITIVE_INFINITY)
    const flows = collector.datagrams
      .flatMap((bytes) => decodeDatagram(Uint8Array.from(bytes)).datagram!.samples)
      .filter((x) => x.kind === 'flow')
    const last = flows.at(-1)!
    assert.ok(last.drops > 10_000, `${last.drops} drops`)
    assert.equal(last.sequence_number, flows.length)
    assert.equal(last.sample_pool, flows.length + last.drops)
    assert.match(stderr, /Lost in the ring, which was full: [\d,]+ samples; collectors are told \(drops\)\./)
  } finally {
    child?.kill('SIGKILL')
    await collector.close()
    router?.close()
  }
})
