// sonde ai-metrics on generated fabrics, whose truth is counted from what was sent.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateFabric } from '../helpers/fabric/fabric.ts'
import { fabricFiles } from '../helpers/fabric/files.ts'
import { dropsThreeForms, incast, labLike, lastHopMarks, trainingJobs } from '../helpers/fabric/presets.ts'
import { fiveNumbers, ingressBps } from '../helpers/fabric/summary.ts'
import { comparisons, FOUR_SIGMA, isInside } from './compare.ts'
import { ran, whole } from './run.ts'

/** All 20 are in `npm run bench:ai`. */
const SEEDS = [1, 2, 3, 4, 5]

test('the truth lies inside the bars: 92 % of all numbers of all seeds at 95 %, all within 4 σ', async () => {
  let inside = 0
  let count = 0
  for (const seed of SEEDS) {
    const fabric = generateFabric({ ...trainingJobs(seed), egress: 'edge' })
    const files = fabricFiles(fabric)
    const window = await whole(files.capture, { topology: files.topology, top: 100 })
    assert.equal(window.agg, 'edge')
    assert.equal(window.ceComplete, true)
    for (const comparison of comparisons(fabric, window)) {
      count++
      if (isInside(comparison)) inside++
      assert.ok(isInside(comparison, FOUR_SIGMA), `seed ${seed}: ${JSON.stringify(comparison)}`)
    }
  }
  assert.ok(count >= 100, `${count}`)
  assert.ok(inside / count >= 0.92, `${inside} of ${count}`)
})

test('with datagrams lost, samples late and held back the bars still hold', async () => {
  const options = { ...trainingJobs(7), egress: 'edge', loss: 0.03, hold: 1, delayJitter: 0.2 } as const
  const fabric = generateFabric(options)
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology, top: 100 })
  assert.ok(window.loss.lost > 100)
  const all = comparisons(fabric, window)
  assert.deepEqual(
    all.filter((one) => !isInside(one, FOUR_SIGMA)),
    [],
  )
  assert.ok(all.filter((one) => isInside(one)).length / all.length >= 0.85)
})

test('where only what enters is sampled, marks are a lower bound and said to be', async () => {
  const fabric = generateFabric(lastHopMarks(3, 'none'))
  const files = fabricFiles(fabric)
  const { windows, notes, text } = await ran(files.capture, { topology: files.topology, format: 'table' })
  const [window] = windows
  assert.equal(window!.ceComplete, false)
  // The last switch makes all marks: none is seen, of a million.
  assert.equal(fabric.truth.whole.ce.received, 1_048_576)
  assert.equal(window!.ecn.value, 0)
  assert.match(text, /ECN ≥ 0/)
  assert.equal(notes.filter((note) => note.startsWith('ECN marks and trimmed packets are lower bounds')).length, 1)
  // The witness.
  const cnp = { ...window!.cnp, truth: fabric.truth.whole.cnps }
  const seconds = window!.seconds
  assert.ok(cnp.low! * seconds <= cnp.truth * 1.02 && cnp.high! * seconds >= cnp.truth * 0.98)
})

test('where edge ports sample what leaves by them, marks of the last switch count', async () => {
  const fabric = generateFabric(lastHopMarks(3, 'edge'))
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology })
  assert.equal(window.ceComplete, true)
  const { value, low, high } = window.ecn
  const total = { metric: 'ecn', value: value!, low: low!, high: high!, truth: 1_048_576 / window.seconds }
  assert.ok(isInside(total, FOUR_SIGMA), JSON.stringify(total))
})

test('marks of spines are seen as they come into the last switch', async () => {
  const fabric = generateFabric({ ...trainingJobs(2), egress: 'none' })
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology })
  const { value, low, high } = window.ecn
  const truth = fabric.truth.whole.ce.seenAtLastInput / window.seconds
  assert.ok(isInside({ metric: 'ecn', value: value!, low: low!, high: high!, truth }, FOUR_SIGMA))
  assert.equal(window.ceComplete, false)
})

test('--compat on the lab: shares 1/7 4/7 1/7 1/7, 32768 bytes, 12 credits, marks and CNP three times', async () => {
  const fabric = generateFabric(labLike(2))
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology, compat: true })
  const shares = new Map(window.operations.top.map(({ name, share }) => [name, share!]))
  assert.equal(shares.size, 4)
  for (const [name, share] of [
    ['RC RDMA WRITE First', 1 / 7],
    ['RC RDMA WRITE Middle', 4 / 7],
    ['RC Acknowledge', 1 / 7],
    ['CNP', 1 / 7],
  ] as const) {
    assert.ok(Math.abs(shares.get(name)! - share) < 0.02, `${name} ${shares.get(name)}`)
  }
  assert.equal(window.rdmaBytes.value, 32_768)
  assert.deepEqual([window.credits.min, window.credits.avg.value, window.credits.max], [12, 12, 12])
  const seconds = window.seconds
  const times = (value: number | null, truth: number) => (value! * seconds) / truth
  assert.ok(Math.abs(times(window.ecn.value, fabric.truth.whole.ce.received) - 3) < 0.15)
  assert.ok(Math.abs(times(window.cnp.value, fabric.truth.whole.cnps) - 3) < 0.15)
  // Once, without it.
  const once = await whole(files.capture, { topology: files.topology })
  assert.ok(Math.abs(times(once.ecn.value, fabric.truth.whole.ce.received) - 1) < 0.1)
  assert.ok(Math.abs(times(once.cnp.value, fabric.truth.whole.cnps) - 1) < 0.1)
  assert.equal(once.ceComplete, true)
})

test('--compat smooths: once a second a decayed sum, which follows a step with t = 2 s', async () => {
  const files = fabricFiles(generateFabric(labLike(4)))
  const { windows } = await ran(files.capture, { topology: files.topology, compat: true, windowMs: 1000 })
  assert.ok(windows.length >= 55 && windows.length <= 62, `${windows.length}`)
  const rates = windows.map(({ rocePps }) => rocePps.value!)
  // 10,003 packets each 0.7 s are 14,290 a second; the sum begins at 0 and ripples within a cycle.
  const settled = rates.slice(10, -3)
  const mean = settled.reduce((sum, x) => sum + x, 0) / settled.length
  assert.ok(Math.abs(mean / 14_290 - 1) < 0.05, `${mean}`)
  assert.ok(rates[1]! < 0.65 * mean, `${rates[1]}`)
  assert.ok(windows.every(({ cnp, trim }) => cnp.low === null && trim.value === 0))
})

test('five numbers of ports are those of the truth', async () => {
  const fabric = generateFabric({ ...trainingJobs(5), rate: 200 })
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology })
  for (const [found, ports] of [
    [window.edge, fabric.truth.edgePorts],
    [window.core, fabric.truth.corePorts],
  ] as const) {
    const [min, q1, median, q3, max] = fiveNumbers(ingressBps(fabric.truth, ports))
    assert.equal(found!.ports, ports.length)
    for (const [value, truth] of [
      [found!.min, min],
      [found!.q1, q1],
      [found!.median, median],
      [found!.q3, q3],
      [found!.max, max],
    ] as const) {
      assert.ok(Math.abs(value - truth) <= 0.05 * truth + 1e6, `${value} for ${truth}`)
    }
  }
})

test('PSN: of a queue pair advance and going back as they were sent', async () => {
  const fabric = generateFabric({ ...trainingJobs(1), rate: 500 })
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology, by: 'qp', top: 1000 })
  assert.ok(window.psn.pairs > 10_000, `${window.psn.pairs}`)
  // 400 packets are sent again twice a second, of a million.
  assert.ok(window.psn.backwards > 0)
  assert.ok(window.psn.backwards < 0.05 * window.psn.pairs, `${window.psn.backwards} of ${window.psn.pairs}`)
  let compared = 0
  for (const row of window.rows) {
    const match = /^(\S+) QP 0x([0-9a-f]{6})$/.exec(row.name)
    const truth = match === null ? undefined : fabric.truth.psn.get(`${match[1]} ${Number.parseInt(match[2]!, 16)}`)
    if (truth === undefined || truth.advance < 100_000 || row.psn!.pairs < 100) continue
    compared++
    // From the first to the last sample of a queue pair: nearly from its first packet to its last.
    const qp = Number.parseInt(match![2]!, 16)
    const mine = fabric.trains.filter((train) => train.destinationQp === qp)
    const span = Math.max(...mine.map(({ end }) => end)) - Math.min(...mine.map(({ start }) => start))
    const ratio = row.psn!.advancePerSecond! / (truth.advance / span)
    assert.ok(Math.abs(ratio - 1) < 0.05, `${row.name}: ${ratio}`)
  }
  assert.ok(compared >= 8, `${compared}`)
})

test('drops by reason are counted, not estimated; what was limited is in the total', async () => {
  const fabric = generateFabric(dropsThreeForms(2))
  const files = fabricFiles(fabric)
  const window = await whole(files.capture, { topology: files.topology, top: 20 })
  const told = fabric.notifications.reduce((sum, x) => sum + x.told, 0)
  const limited = fabric.notifications.reduce((sum, x) => sum + x.limited, 0)
  const seconds = window.seconds
  assert.equal(
    window.drops!.top.reduce((sum, { rate }) => sum + rate.samples, 0),
    told,
  )
  // 500 a second for six seconds, 100 of each told; what is limited after the last notification, nobody tells.
  assert.equal(limited, 2400)
  assert.equal(Math.round(window.drops!.rate.value! * seconds), told + limited - 400)
  assert.deepEqual(window.drops!.top.map(({ name }) => name).sort(), [
    'acl',
    'blackhole_route',
    'net_unreachable',
    'no_buffer_space',
    'unknown',
  ])
  assert.ok(Math.abs(window.counters.errorsIn! - 7) < 0.5, `${window.counters.errorsIn}`)
})

test('a row a port, link and group; rows, what is left and the total agree', async () => {
  const fabric = generateFabric(incast(2))
  const files = fabricFiles(fabric)
  for (const by of ['port', 'link', 'qp'] as const) {
    const window = await whole(files.capture, { topology: files.topology, by, top: 3 })
    const rows = window.rows.filter(({ kind }) => kind === 'row')
    const total = window.rows.at(-1)!
    assert.equal(rows.length, 3)
    assert.equal(total.kind, 'total')
    const sum = window.rows.slice(0, -1).reduce((all, row) => all + row.rocePps.value!, 0)
    assert.ok(Math.abs(sum / total.rocePps.value! - 1) < 1e-9, `${by}: ${sum} of ${total.rocePps.value}`)
    assert.ok(rows[0]!.rocePps.value! >= rows[1]!.rocePps.value!)
  }
})
