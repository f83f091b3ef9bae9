// The period of all RoCE packets, by both methods: when it is told, how well, and why not.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { periodReason } from '../../src/lib/ai-metrics/period-reason.ts'
import { periodMethod } from '../../src/lib/period/methods.ts'
import type { PeriodState } from '../../src/lib/period/period.ts'
import { bytes, datagram, flow, header } from '../helpers/cards.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { captureFile, NOON, type Sent } from '../helpers/sflow-captures.ts'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'
import { ran, whole } from './run.ts'

const capture = join(repositoryRoot, 'fixtures/roce.pcap')
const topology = join(repositoryRoot, 'fixtures/roce.topology.json')

test('keys of a whole capture: value, ±, confidence, no reason', async () => {
  const { text } = await ran(capture, { topology, period: periodMethod('h', true) })
  const object = JSON.parse(text) as Record<string, number | string | null>
  // Steps of 0.7 s: fixtures/MANIFEST.md.
  assert.ok(Math.abs((object.period as number) - 0.7) < 0.001, `${object.period}`)
  assert.ok((object.period_error as number) > 0.0001 && (object.period_error as number) < 0.003)
  assert.ok((object.period_confidence as number) > 0.999_999)
  assert.deepEqual([object.period_method, object.period_reason], ['h', null])
  const { text: series } = await ran(capture, { topology, format: 'prometheus', period: periodMethod('h', true) })
  for (const name of ['sflow_ai_period', 'sonde_ai_period_error', 'sonde_ai_period_confidence']) {
    assert.match(series, new RegExp(`^${name} 0\\.\\d+|^${name} 1`, 'm'))
  }
})

test('by the second: none for five, then 0.7 s', async () => {
  const { windows } = await ran(capture, { topology, windowMs: 1000, period: periodMethod('h') })
  assert.equal(windows[2]!.period, null)
  const last = windows.slice(14).map(({ period }) => period!.periodSeconds!)
  assert.ok(last.length >= 10 && last.every((seconds) => Math.abs(seconds - 0.7) < 0.007), last.join(' '))
})

const lab = sharedPath('captures/agents/lab-rocev2.pcap')
const labTopology = sharedPath('captures/agents/lab-rocev2.topology.json')
const truth = sharedJson<{
  readonly traffic_start: number
  readonly traffic_end: number
  readonly jobs: readonly { readonly mean_period_s: number }[]
}>('captures/agents/lab-rocev2.truth.json')

test('lab: within 0.3 % of the log of its sender, of the whole and of each second from 20 s on', {
  skip: lab === undefined ? sharedAbsent : false,
}, async () => {
  const { traffic_start, traffic_end, jobs } = truth!
  const right = (period: PeriodState | null) => Math.abs(period!.periodSeconds! / jobs[0]!.mean_period_s - 1) <= 0.003
  assert.ok(right((await whole(lab!, { topology: labTopology, period: periodMethod('h', true) })).period))
  const { windows } = await ran(lab!, { topology: labTopology, windowMs: 1000, period: periodMethod('h') })
  const during = windows.filter(({ endMs }) => endMs / 1000 > traffic_start + 20 && endMs / 1000 < traffic_end)
  assert.ok(during.length >= 20, `${during.length}`)
  for (const { endMs, period } of during) assert.ok(right(period), `${endMs}: ${JSON.stringify(period)}`)
})

test('the whole run is told once: the same whether it was looked often or not', async () => {
  const often = await whole(capture, { topology, period: periodMethod('h') })
  const once = await whole(capture, { topology, period: periodMethod('h', true) })
  const { periodSeconds, errorSeconds } = once.period!
  assert.ok(Math.abs(often.period!.periodSeconds! - periodSeconds!) <= errorSeconds!)
})

/** Ethernet, IPv4, UDP to 4791, BTH of an RC WRITE Middle. */
const packet = bytes(
  '020000000102 020000000202 0800 4500003c00000000401100000a010001 0a020001 c00012b700280000 0740ffff00000123 00000001 00000000',
)

/** 20 samples each 0.7 s of a minute, which their agent keeps until a second is over and sends seven by seven. */
function heldCapture(): string {
  const sent: Sent[] = []
  let number = 0
  let step = 0
  for (let second = 1; second <= 60; second++) {
    let waiting = 0
    for (; step * 0.7 < second; step++) waiting += 20
    for (let n = 0; n * 7 < waiting; n++) {
      const samples = Array.from({ length: Math.min(7, waiting - n * 7) }, () => {
        number++
        return flow([header(packet)], { sequence_number: number, sample_pool: number * 1000 })
      })
      const more = { sequence_number: sent.length + 1, uptime: 3_600_000 + second * 1000 }
      sent.push({ datagram: datagram(samples, more), sec: NOON + second, nsec: n * 300_000 })
    }
  }
  return captureFile(sent)
}

test('samples that an agent holds for a second: what that hides is said, and no number is', async () => {
  const { period, roceSamples } = await whole(heldCapture(), { period: periodMethod('h', true) })
  assert.equal(roceSamples, 86 * 20)
  assert.equal(period!.periodSeconds, null)
  assert.equal(period!.reason, "agents hold samples for up to 1.0 s: periods below 4.0 s can't be seen")
})

test('why there is none', () => {
  const state: PeriodState = {
    ...{ method: 'threshold', periodSeconds: null, errorSeconds: null, value: 0, threshold: null, average: null },
    cycles: 0,
  }
  assert.equal(periodReason(null, 0), 'no RoCE')
  assert.equal(periodReason(null, 3), 'less than 5 s of RoCE')
  assert.equal(periodReason(state, 3), 'no 20 s of even load')
  assert.equal(periodReason({ ...state, average: 5, cycles: 3 }, 3), '3 of 20 cycles')
  assert.equal(periodReason({ ...state, average: 5, cycles: 20 }, 3), 'cycles too uneven')
  assert.equal(periodReason({ ...state, reason: '3 samples in 10 s: too few' }, 3), '3 samples in 10 s: too few')
  assert.equal(periodReason({ ...state, periodSeconds: 1 }, 3), undefined)
})
