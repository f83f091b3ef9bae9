// The lab of exports.md section 6 as captured: the period against the log of its sender.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SendingTimes } from '../../src/lib/period/event-time.ts'
import { HoldEstimate, holdOf, noHold } from '../../src/lib/period/hold.ts'
import { PeriodStream } from '../../src/lib/period/stream.ts'
import { FullDecoding } from '../../src/lib/sflow/decode.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'

interface Sample {
  readonly arrival: number
  readonly taken: number
  readonly uptimeMs: number
  readonly agent: string
  /** RoCE samples of the datagram, with its first one; else 0. */
  readonly datagram: number
}

/** RoCE in a sampled Ethernet header: IPv4, UDP to 4791. */
const isRoce = (header: Uint8Array): boolean =>
  header.length > 38 &&
  header[12] === 8 &&
  header[13] === 0 &&
  header[23] === 17 &&
  header[36] === 18 &&
  header[37] === 183

async function roceSamples(path: string): Promise<Sample[]> {
  const decoding = new FullDecoding()
  const source = await openCapture(path, {})
  const all: Sample[] = []
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      const arrival = batch.sec[i]! + batch.nsec[i]! / 1e9
      const { datagram } = decoding.decode(batch.bytes.subarray(at, at + batch.length[i]!))
      if (datagram === undefined) continue
      const before = all.length
      for (const sample of datagram.samples) {
        if (sample.kind !== 'flow') continue
        const fields = sample.records.flatMap((record) => ('fields' in record ? [record] : []))
        const header = fields.find(({ tag }) => tag === 1)?.fields.header
        if (!(header instanceof Uint8Array) || !isRoce(header)) continue
        const nanoseconds = fields.find(({ tag }) => tag === 1043)?.fields.nanoseconds
        const taken = typeof nanoseconds === 'bigint' ? Number(nanoseconds) / 1e9 : Number.NaN
        const agent = datagram.agent.bytes.join('.')
        all.push({ arrival, taken, uptimeMs: datagram.uptime, agent, datagram: all.length === before ? 1 : 0 })
      }
      if (all.length > before) all[before] = { ...all[before]!, datagram: all.length - before }
    }
  }
  await source.close()
  return all
}

const path = sharedPath('captures/agents/lab-rocev2.pcap')
const truth = sharedJson<{
  traffic_start: number
  traffic_end: number
  jobs: readonly { mean_period_s: number }[]
}>('captures/agents/lab-rocev2.truth.json')

for (const usesTaken of [true, false]) {
  const name = usesTaken ? 'by the time in 0:1043' : 'by arrival and uptime alone'
  it(`lab: within 0.3 % from the first 20 s of traffic on, ${name}`, {
    skip: path === undefined ? sharedAbsent : false,
  }, async () => {
    const samples = await roceSamples(path!)
    const expected = truth!.jobs[0]!.mean_period_s
    const stream = new PeriodStream()
    const agents = new Map<string, { sending: SendingTimes; hold: HoldEstimate }>()
    let i = 0
    let answers = 0
    for (let second = Math.ceil(samples[0]!.arrival); second <= truth!.traffic_end; second++) {
      for (; i < samples.length && samples[i]!.arrival < second; i++) {
        const { arrival, taken, uptimeMs, agent, datagram } = samples[i]!
        let known = agents.get(agent)
        if (known === undefined) {
          known = { sending: new SendingTimes(), hold: new HoldEstimate() }
          agents.set(agent, known)
        }
        const sent = known.sending.map(arrival * 1000, uptimeMs)
        if (datagram > 0) known.hold.datagram(sent, datagram)
        stream.add(usesTaken ? taken : sent / 1000, 100)
      }
      stream.setHold(usesTaken ? noHold : holdOf([...agents.values()].map(({ hold }) => hold)))
      stream.advance(second)
      if (second < truth!.traffic_start + 20) continue
      const report = stream.report()
      answers++
      const found = report?.periodSeconds ?? Number.NaN
      assert.ok(
        Math.abs(found / expected - 1) <= 0.003,
        `${second - truth!.traffic_start} s: ${found}, ${report?.reason}`,
      )
    }
    assert.ok(answers >= 20)
  })
}
