// Generated fabrics: the cycle of each job, its bytes, and where packets count. What was sent is what the presets say.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CycleRow } from '../../src/lib/cycles/snapshot.ts'
import type { FabricOptions } from '../helpers/fabric/fabric.ts'
import { labLike, trainingJobs } from '../helpers/fabric/presets.ts'
import { fabricRows, fabricWindow } from './run.ts'

function near(found: number | null | undefined, expected: number, share: number, what: string): void {
  assert.ok(found != null && Math.abs(found / expected - 1) <= share, `${what}: ${found}, needed ${expected}`)
}

const periods = (rows: readonly CycleRow[]) => rows.map(({ periodSeconds }) => periodSeconds)

for (const hasTopology of [true, false]) {
  test(`the lab: 0.7 s, 10,003 packets of 84 bytes in 0.2 s of each, ${hasTopology ? 'at the edge' : 'at the busiest switch'}`, async () => {
    const window = await fabricWindow(labLike(), hasTopology ? {} : { topology: undefined })
    const [row] = window.rows
    assert.equal(window.rows.length, 1)
    assert.equal(row!.name, 'all')
    near(row!.periodSeconds, 0.7, 0.001, 'period')
    assert.ok(row!.errorSeconds! < 0.002)
    assert.ok(row!.p! < 1e-6)
    near(row!.dutyCycle, 0.2 / 0.7, 0.1, 'duty cycle')
    assert.equal(row!.burstsPerStep, 1)
    near(row!.bytesPerStep, 10_003 * 84, 0.05, 'bytes')
    assert.equal(row!.profile!.length, 32)
    near(
      row!.profile!.reduce((sum, share) => sum + share, 0),
      1,
      1e-9,
      'profile',
    )
    // 84 cycles of 10,003 packets are sampled 1 in 100 at six places, in and out; one of them counts.
    near(window.counted, 84 * 100.03, 0.05, 'samples')
    assert.ok(window.matched > 5 * window.counted)
    assert.equal(window.where, hasTopology ? 'where packets enter the fabric' : 'at the busiest switch of each')
  })
}

test('jobs: hosts and period of each of four, none of them told the others', async () => {
  const rows = await fabricRows(trainingJobs(), { by: 'job' })
  const jobs = rows.filter(({ kind }) => kind === 'job')
  const host = (n: number) => `198.51.100.${n + 1}`
  const expected = [
    { period: 0.7, hosts: [0, 1, 4, 5, 8, 9, 12, 13] },
    { period: 1.1, hosts: [2, 6, 10, 14] },
    { period: 0.9, hosts: [7, 11] },
    { period: 2, hosts: [3, 15] },
  ]
  assert.equal(jobs.length, expected.length)
  for (const { period, hosts } of expected) {
    const job = jobs.find((one) => one.hosts!.includes(host(hosts[0]!)))
    assert.deepEqual(job!.hosts, hosts.map(host).sort())
    near(job!.periodSeconds, period, 0.01, `job of ${period} s`)
    assert.ok(job!.allSamples > 20)
  }
  assert.deepEqual(
    jobs.map(({ name }) => name),
    ['job 1', 'job 2', 'job 3', 'job 4'],
  )
})

const fabric = { seed: 5, seconds: 40, rate: 2000, timestamps: true, poll: 5 }
const large = { leaves: 4, spines: 2, hostsPerLeaf: 4, edgeGbps: 100, coreGbps: 400 }
const job = (hosts: readonly number[], period: number, megabytes: number) => ({
  ...{ hosts, period, exchange: period * 0.3, start: 0.1, stepBytes: megabytes << 20, message: 1 << 20 },
})

test('two jobs that write to the same storage node', async () => {
  const toStorage = [0, 4].map((host) => job([host, 3], 0.7, 16)).concat([1, 5].map((host) => job([host, 3], 1.1, 16)))
  const jobs = [job([0, 4, 8, 12], 0.7, 256), job([1, 5, 9, 13], 1.1, 256), ...toStorage]
  const rows = await fabricRows({ ...fabric, ...large, jobs }, { by: 'job' })
  const found = rows.filter(({ kind }) => kind === 'job')
  assert.equal(found.length, 2)
  near(found[0]!.periodSeconds, 0.7, 0.003, 'job 1')
  near(found[1]!.periodSeconds, 1.1, 0.003, 'job 2')
  const storage = '198.51.100.4'
  assert.ok(found.every(({ hosts }) => hosts!.includes(storage) && hosts!.length === 5))
})

test('rows by key; --min and --max are kept; a window of its own; weight by bytes; the threshold', async () => {
  const lab = labLike()
  const rows = await fabricRows(lab, { by: 'src,dst' })
  assert.deepEqual(
    rows.map(({ name, key }) => [name, key]),
    [['198.51.100.1 198.51.100.2', ['198.51.100.1', '198.51.100.2']]],
  )
  near(rows[0]!.periodSeconds, 0.7, 0.001, 'by key')
  const longer = await fabricRows(lab, { minSeconds: 0.8 })
  assert.ok(longer[0]!.periodSeconds === null || longer[0]!.periodSeconds >= 0.8)
  const window = await fabricRows(lab, { windowMs: 20_000 })
  near(window[0]!.periodSeconds, 0.7, 0.001, '20 s')
  near(window[0]!.windowSeconds, 20, 0.1, 'window')
  near((await fabricRows(lab, { value: 'bytes' }))[0]!.periodSeconds, 0.7, 0.001, 'bytes')
  const [crossing] = await fabricRows(lab, { method: 'threshold' })
  near(crossing!.periodSeconds, 0.7, 0.003, 'threshold')
  assert.equal(crossing!.confidence, null)
  assert.equal(crossing!.profile, null)
  assert.deepEqual(periods(await fabricRows(lab, { filter: 'ipprotocol=6' })), [])
})

test('no cycle is told with a reason, also among many groups', async () => {
  const background = Array.from({ length: 8 }, (_, i) => {
    return { kind: 'tcp' as const, src: i, dst: 15 - i, pps: 100_000 }
  })
  const options: FabricOptions = { ...fabric, ...large, background }
  const [all] = await fabricRows(options)
  assert.equal(all!.periodSeconds, null)
  assert.match(all!.reason!, /^no cycle: p = 0\.\d\d$/)
  const rows = await fabricRows(options, { by: 'src,sport' })
  assert.ok(rows.length >= 8)
  for (const { periodSeconds, reason } of rows) {
    assert.equal(periodSeconds, null)
    assert.ok(reason !== null && reason.length > 0)
  }
  assert.deepEqual(periods(await fabricRows(options, { by: 'job' })), [])
})

test('agents that hold a second and do not stamp: no number, and which periods that hides', async () => {
  const held: FabricOptions = { ...labLike(), timestamps: false, rate: 20_000, hold: 1 }
  const window = await fabricWindow(held)
  const [row] = window.rows
  assert.equal(row!.periodSeconds, null)
  assert.ok(row!.hold!.shortestSeconds > 0.7)
  assert.match(row!.reason!, /agents hold samples for up to \d\.\d s: periods below \d\.\d s can't be seen/)
  assert.match(window.notes.join('\n'), /periods below \d\.\d s can't be seen\. Record 0:1043 would tell/)
  assert.equal(window.stampedAgents, 0)
})
