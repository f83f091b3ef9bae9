// sonde ai-metrics on captures of real agents, whose truth is beside them, and on RoCE packets of others.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { exitCode } from '../../src/lib/errors.ts'
import { datagram, flow, header, record } from '../helpers/cards.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'
import { captureFile, NOON } from '../helpers/sflow-captures.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'
import { ran, whole } from './run.ts'

interface LabTruth {
  readonly jobs: readonly {
    readonly packets: number
    readonly ce_packets: number
    readonly packets_by_opcode: Readonly<Record<string, number>>
    readonly frame_bytes: number
  }[]
}

const lab = sharedPath('captures/agents/lab-rocev2.pcap')
const labTopology = sharedPath('captures/agents/lab-rocev2.topology.json')
const truth = sharedJson<LabTruth>('captures/agents/lab-rocev2.truth.json')?.jobs[0]

/** Within the bar of 95 %: these are one draw, so a little more is let pass where it is said. */
function within(measure: { low: number | null; high: number | null }, value: number, more = 1): boolean {
  const { low, high } = measure
  const middle = (low! + high!) / 2
  const half = ((high! - low!) / 2) * more
  return value >= middle - half && value <= middle + half
}

test('lab-rocev2: shares, sizes, credits, marks and totals as they were sent', {
  skip: lab === undefined,
}, async () => {
  const window = await whole(lab!, { topology: labTopology })
  const { seconds } = window
  assert.equal(window.samples, 38_341)
  assert.equal(window.agg, 'edge')
  assert.equal(truth!.packets, 640_192)
  assert.ok(within(window.rocePps, 640_192 / seconds))
  // Frames with their FCS.
  assert.ok(within(window.roceBps, (640_192 * (truth!.frame_bytes + 4) * 8) / seconds))
  const sent = truth!.packets_by_opcode
  assert.deepEqual(window.operations.top.map(({ code }) => code).sort(), [0x06, 0x07, 0x11, 0x81].sort())
  for (const { code, rate, share } of window.operations.top) {
    const name = Object.keys(sent).find((key) => Number.parseInt(key.slice(2, 4), 16) === code)!
    // Four draws: one may be out of its bar by chance, not far.
    assert.ok(within(rate, sent[name]! / seconds, 1.5), `${name}: ${JSON.stringify(rate)}`)
    assert.ok(Math.abs(share! - sent[name]! / 640_192) < 0.015, `${name} ${share}`)
  }
  assert.equal(window.operations.other, null)
  assert.equal(window.rdmaBytes.value, 32_768)
  assert.deepEqual([window.rdmaBytesMin, window.rdmaBytesMax], [32_768, 32_768])
  const { credits } = window
  assert.deepEqual([credits.min, credits.avg.value, credits.max], [12, 12, 12])
  assert.deepEqual([credits.codeMin, credits.codeAvg, credits.codeMax, credits.withoutCount], [7, 7, 7, 0])
  // Marked by the sender: 64,036 of 640,192, seen where they leave.
  assert.equal(window.ceComplete, true)
  assert.ok(within(window.ecn, truth!.ce_packets / seconds))
  assert.ok(within(window.ecnShare, 0.10003))
  assert.ok(within(window.cnp, 91_456 / seconds))
  assert.equal(window.cnpUnexpected.value, 0)
  assert.deepEqual([window.nak.rate.value, window.rnr.rate.value, window.trim.value], [0, 0, 0])
  // All packets have PSN 0 and MSN 0.
  assert.deepEqual([window.psn.advancePerSecond, window.psn.backwards], [0, 0])
  assert.ok(window.psn.pairs > 5000)
  assert.deepEqual(
    [window.counters.errorsIn, window.counters.errorsOut, window.counters.discardsIn, window.counters.discardsOut],
    [0, 0, 0, 0],
  )
  assert.equal(window.drops, null)
})

test('lab-rocev2: one path of two is used', { skip: lab === undefined }, async () => {
  const window = await whole(lab!, { topology: labTopology })
  assert.equal(window.edge!.ports, 2)
  assert.equal(window.core!.ports, 8)
  assert.equal(window.core!.median, 0)
  const [tier] = window.ecmp!
  assert.equal(window.ecmp!.length, 1)
  assert.equal(tier!.tier, '1 up')
  assert.ok(Math.abs(tier!.maxOverMean - 2) < 0.01 && Math.abs(tier!.variation - 1) < 0.01)
  assert.deepEqual([tier!.busiest.node, tier!.busiest.share > 0.99], ['leaf1', true])
})

test('lab-rocev2 --compat: every switch counts a mark', { skip: lab === undefined }, async () => {
  const window = await whole(lab!, { topology: labTopology, compat: true })
  const times = (window.ecn.value! * window.seconds) / truth!.ce_packets
  assert.ok(Math.abs(times - 3) < 0.15, `${times}`)
  assert.ok(Math.abs((window.cnp.value! * window.seconds) / 91_456 - 3) < 0.15)
})

test('lab-rocev2: a link to a node that is none is told, with the port that it makes an edge', {
  skip: lab === undefined,
}, async () => {
  const right = await ran(lab!, { topology: labTopology })
  assert.equal(right.notes.filter((note) => note.includes('which no agent is')).length, 0)
  const found = JSON.parse(readFileSync(labTopology!, 'utf8')) as { links: { link1: { node2: string } } }
  assert.equal(found.links.link1.node2, 'spine1')
  found.links.link1.node2 = 'spineX'
  const path = temporaryFile(new TextEncoder().encode(JSON.stringify(found)), 'wrong.json')
  const { notes } = await ran(lab!, { topology: path })
  assert.deepEqual(
    notes.filter((note) => note.includes('which no agent is')),
    [
      'link1 leads from leaf1 eth1 to node spineX, which no agent is: if its end is spine1 eth1, packets that come in there count twice.',
    ],
  )
})

test('lab-rocev2 without topology: one switch counts, and says so', { skip: lab === undefined }, async () => {
  const { windows, notes } = await ran(lab!)
  const [window] = windows
  assert.equal(window!.agg, 'max')
  assert.equal(window!.ceComplete, false)
  assert.deepEqual([window!.edge, window!.core, window!.ecmp], [null, null, null])
  assert.ok(within(window!.rocePps, 640_192 / window!.seconds))
  assert.equal(notes.filter((note) => note.startsWith('Without --topology only the switch')).length, 1)
})

test('lab-rocev2: --fail-if', { skip: lab === undefined }, async () => {
  const code = async (...failIf: string[]) => (await ran(lab!, { topology: labTopology, failIf })).code
  assert.equal(await code('nak_pps > 0'), exitCode.good)
  assert.equal(await code('ecn_pps>0'), exitCode.failIf)
  assert.equal(await code('ecn_share > 11 %'), exitCode.good)
  assert.equal(await code('ecmp_max_over_mean >= 1.9 & roce_samples > 1000'), exitCode.failIf)
  // What is not known is not true.
  assert.equal(await code('drops_pps >= 0'), exitCode.good)
})

const ovs = sharedPath('captures/agents/ovs.pcap')
test('ovs: no RoCE, and it is said', { skip: ovs === undefined }, async () => {
  const { windows, notes, text } = await ran(ovs!, { format: 'table' })
  assert.equal(windows[0]!.roceSamples, 0)
  assert.match(text, /RoCE +none in 2,131 samples/)
  assert.equal(notes.filter((note) => note.startsWith('No RoCE in 2,131 counted samples')).length, 1)
  assert.deepEqual(
    [windows[0]!.ceComplete, windows[0]!.credits.avg.value, windows[0]!.rdmaBytes.value],
    [null, null, null],
  )
})

const drops = sharedPath('captures/agents/drops-dropmon-1.pcap')
test('drops-dropmon-1: all 772, by reason', { skip: drops === undefined }, async () => {
  const window = await whole(drops!, { top: 100 })
  const { seconds } = window
  const counted = window.drops!.top.map(({ code, rate }) => [code, Math.round(rate.value! * seconds)])
  assert.deepEqual(counted.slice(0, 7), [
    [3, 177],
    [258, 146],
    [285, 98],
    [261, 96],
    [313, 76],
    [262, 32],
    [0, 28],
  ])
  assert.equal(Math.round(window.drops!.rate.value! * seconds), 772)
})

/**
 * Every packet of a capture as a sample of one port, 1 in 1, 10 ms apart.
 * @param protocol sFlow's header_protocol @param skip bytes in front of it
 */
async function sampled(path: string, protocol = 1, skip = 0): Promise<string> {
  const { frames } = await readFrames(path)
  const sent = frames.map((frame, i) => {
    const bytes = new Uint8Array(Buffer.from(frame.hex, 'hex')).subarray(skip)
    const packet =
      protocol === 1
        ? header(bytes.subarray(0, 128), bytes.length + 4)
        : record(1, 'sampled_header', {
            ...{ protocol, frame_length: bytes.length, stripped: 0 },
            header: bytes.subarray(0, 128),
          })
    const number = i + 1
    const sample = flow([packet], { sequence_number: number, sampling_rate: 1, sample_pool: number })
    const uptime = number * 10
    return {
      datagram: datagram([sample], { sequence_number: number, uptime }),
      sec: NOON + Math.floor(uptime / 1000),
      nsec: (uptime % 1000) * 1_000_000,
    }
  })
  return captureFile(sent)
}

const rxe = sharedPath('captures/roce/oferby-roce-1-75.pcap')
test('soft-RoCE, by hand: 21 messages one way and another, 21 acknowledges', { skip: rxe === undefined }, async () => {
  const window = await whole(await sampled(rxe!), { by: 'qp' })
  assert.deepEqual([window.samples, window.roceSamples], [75, 61])
  assert.deepEqual(
    window.operations.top.map(({ name, rate }) => [name, rate.samples]),
    [
      ['RC Acknowledge', 21],
      ['RC SEND First', 20],
      ['RC SEND Last with Immediate', 19],
      ['RC SEND Only with Immediate', 1],
    ],
  )
  assert.deepEqual([window.messages.samples, window.rdmaOps.samples, window.rdmaBytes.value], [21, 0, null])
  const { credits } = window
  // 15 of code 6, 8 credits, and 6 of code 5, 6 credits.
  assert.deepEqual([credits.avg.value, credits.min, credits.max], [156 / 21, 6, 8])
  assert.deepEqual([credits.codeMin, credits.codeMax, credits.withoutCount], [5, 6, 0])
  // PSN 0 to 38 of 39 packets to one queue pair, and 0 to 37 of 20 answers to the other, whose MSN are 0 to 19.
  assert.deepEqual([window.psn.pairs, window.psn.backwards, window.psn.ambiguous], [38 + 19, 0, 0])
  assert.equal(window.msn.pairs, 19)
  // All packets are ECT(0).
  assert.deepEqual([window.ecn.value, window.ecnShare.value, window.cnp.value], [0, 0, 0])
  assert.deepEqual(
    window.rows.map(({ kind, name, samples }) => [kind, name, samples]),
    [
      ['row', '192.168.70.4 QP 0x000045', 40],
      ['row', '192.168.70.6 QP 0x000048', 21],
      ['total', 'total', 61],
    ],
  )
})

const uc = sharedPath('captures/roce/scapy-uts-uc-send.pcap')
test('a UC SEND Only', { skip: uc === undefined }, async () => {
  const window = await whole(await sampled(uc!), { by: 'qp' })
  assert.deepEqual(
    window.operations.top.map(({ name, rate }) => [name, rate.samples]),
    [['UC SEND Only', 1]],
  )
  assert.deepEqual([window.messages.samples, window.rows[0]!.name], [1, '192.168.0.7 QP 0x0000d3'])
})

const native = sharedPath('captures/roce/infiniband-erf.pcap')
test('native InfiniBand: no IP, acknowledges without a credit count', { skip: native === undefined }, async () => {
  const window = await whole(await sampled(native!, 18, 16), { by: 'qp', top: 100 })
  assert.deepEqual(
    window.operations.top.map(({ name, rate }) => [name, rate.samples]),
    [
      ['UD SEND Only', 24],
      ['RC SEND Only', 10],
      ['RC Acknowledge', 9],
    ],
  )
  const { credits } = window
  assert.deepEqual([credits.avg.value, credits.min, credits.codeAvg, credits.withoutCount], [null, null, null, 1])
  assert.equal(window.messages.samples, 34)
})
