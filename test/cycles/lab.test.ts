// Real captures: the lab of exports.md section 6 against its sender's log, at several moments; Open vSwitch, which holds samples,
// never gives a number.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedAbsent, sharedJson, sharedPath } from '../helpers/shared.ts'
import { cyclesOf } from './run.ts'

const lab = sharedPath('captures/agents/lab-rocev2.pcap')
const topology = sharedPath('captures/agents/lab-rocev2.topology.json')
const truth = sharedJson<{
  readonly traffic_start: number
  readonly traffic_end: number
  readonly jobs: readonly { readonly mean_period_s: number; readonly packets_per_cycle: number }[]
}>('captures/agents/lab-rocev2.truth.json')
const ovs = sharedPath('captures/agents/ovs.pcap')

test('the lab: within 0.3 % of the log from 20 s of traffic on, and still when the traffic has ended', {
  skip: lab === undefined ? sharedAbsent : false,
}, async () => {
  const expected = truth!.jobs[0]!.mean_period_s
  for (const [by, seconds] of [
    ['', [20, 24, 29, 33.3, 38.5, 44, 60]],
    ['job', [20, 31, 60]],
    ['src,dst', [25, 60]],
  ] as const) {
    for (const second of seconds) {
      const until = truth!.traffic_start + second
      const [row] = (await cyclesOf(lab!, { by, until, topology })).at(-1)!.rows
      const found = row!.periodSeconds
      const what = `--by '${by}' after ${second} s: ${found}, ${row!.reason}`
      assert.ok(found !== null && Math.abs(found / expected - 1) <= 0.003, what)
      assert.ok(row!.p! < 1e-6, what)
      // The end of the traffic is behind the answer by no more than agents hold samples.
      assert.ok(row!.asOfMs! / 1000 < truth!.traffic_end + 3.5, what)
    }
  }
})

test('the lab: bytes of a step, hosts of its job', { skip: lab === undefined ? sharedAbsent : false }, async () => {
  const [row] = (await cyclesOf(lab!, { by: 'job', topology })).at(-1)!.rows
  assert.deepEqual(row!.hosts, ['172.16.1.2', '172.16.2.2'])
  const bytes = truth!.jobs[0]!.packets_per_cycle * 84
  assert.ok(Math.abs(row!.bytesPerStep! / bytes - 1) < 0.1, `${row!.bytesPerStep}, needed ${bytes}`)
})

test('Open vSwitch holds samples and does not stamp them: reasons, never a number', {
  skip: ovs === undefined ? sharedAbsent : false,
}, async () => {
  for (const by of ['', 'src', 'agent,inputifindex']) {
    for (const { rows } of await cyclesOf(ovs!, { by, everyMs: 1000 })) {
      for (const { periodSeconds, reason } of rows) {
        assert.equal(periodSeconds, null)
        assert.ok(reason !== null && reason.length > 0)
      }
    }
  }
})
