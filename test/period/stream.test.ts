import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EventBag } from '../../src/lib/period/event-bag.ts'
import { HPeriod } from '../../src/lib/period/h-method.ts'
import { PeriodStream, streamDefaults } from '../../src/lib/period/stream.ts'
import { PeriodTrack } from '../../src/lib/period/track.ts'
import { burstTimes, nullTimes } from '../helpers/period-cases.ts'

describe('stream', () => {
  it('tells all of a period', () => {
    const stream = new PeriodStream()
    const { times } = burstTimes(3, {
      step: 0.7,
      samplesPerStep: 100,
      bursts: [{ at: 0.2, on: 0.2 / 0.7 }],
      seconds: 20,
    })
    for (const t of times) stream.add(t, 100, 100 * 1000)
    stream.advance(20)
    const report = stream.report()!
    assert.ok(Math.abs(report.periodSeconds! - 0.7) < 0.001)
    assert.ok(report.errorSeconds! < 0.002)
    assert.ok(report.confidence > 0.999_999)
    assert.equal(report.reason, null)
    assert.ok(Math.abs(report.dutyCycle! - 0.2857) < 0.05)
    assert.equal(report.burstsPerStep, 1)
    assert.ok(Math.abs(report.bytesPerStep! / 1e7 - 1) < 0.1)
    assert.equal(report.profile!.length, 32)
    assert.ok(Math.abs(report.profile!.reduce((sum, share) => sum + share, 0) - 1) < 1e-9)
  })

  it('counts the bursts of a step', () => {
    const stream = new PeriodStream()
    const bursts = [0.1, 0.7 / 3, 1.1 / 3].map((at) => ({ at, on: 0.06 }))
    const { times } = burstTimes(1, { step: 3, samplesPerStep: 900, bursts, seconds: 36 })
    for (const t of times) stream.add(t, 1)
    stream.advance(36)
    assert.equal(stream.report()!.burstsPerStep, 3)
  })

  it('says why there is none', () => {
    const few = new PeriodStream()
    for (let i = 0; i < 5; i++) few.add(i * 2, 1)
    few.advance(10)
    assert.equal(few.report()!.reason, '5 samples in 10 s: too few')
    assert.equal(few.report()!.periodSeconds, null)

    const steady = new PeriodStream()
    for (const t of nullTimes(7, 'poisson', 10)) steady.add(t, 1)
    steady.advance(10)
    assert.match(steady.report()!.reason!, /^no cycle: p = (1\.00|0\.\d\d)$/)

    const held = new PeriodStream()
    held.setHold({ share: 1, seconds: 1 })
    const { times } = burstTimes(1, { step: 0.7, samplesPerStep: 100, bursts: [{ at: 0.2, on: 0.3 }], seconds: 20 })
    for (const t of times) held.add(Math.ceil(t), 1)
    held.advance(20)
    assert.equal(held.report()!.reason, "agents hold samples for up to 1.0 s: periods below 4.0 s can't be seen")
  })

  it('steps that are not looked for are no others', () => {
    const { times } = burstTimes(1, { step: 0.7, samplesPerStep: 100, bursts: [{ at: 0.2, on: 0.3 }], seconds: 40 })
    for (const { bounds, reason } of [
      { bounds: { minSeconds: 1 }, reason: 'the step may be shorter than --min' },
      { bounds: { maxSeconds: 0.5 }, reason: 'the step is longer than --max' },
    ]) {
      const stream = new PeriodStream({ ...streamDefaults, ...bounds })
      for (const t of times) stream.add(t, 1)
      stream.advance(40)
      assert.equal(stream.report()!.periodSeconds, null)
      assert.equal(stream.report()!.reason, reason)
    }
  })

  it('a change of the period is told', () => {
    const stream = new PeriodStream()
    const shape = { samplesPerStep: 100, bursts: [{ at: 0.2, on: 0.3 }] }
    const first = burstTimes(1, { ...shape, step: 0.7, seconds: 60 }).times
    const second = burstTimes(2, { ...shape, step: 0.9, seconds: 60 }).times.map((t) => t + 60)
    const all = [...first, ...second]
    let i = 0
    for (let now = 1; now <= 120; now++) {
      for (; i < all.length && all[i]! < now; i++) stream.add(all[i]!, 1)
      stream.advance(now)
    }
    const { change } = stream.track
    assert.ok(change !== null)
    assert.ok(change.time > 60 && change.time < 90, `${change.time}`)
    assert.ok(Math.abs(change.fromSeconds - 0.7) < 0.01)
    assert.ok(Math.abs(change.toSeconds - 0.9) < 0.01)
    assert.ok(Math.abs(stream.report()!.periodSeconds! - 0.9) < 0.01)
  })

  it('as a method of ai-metrics', () => {
    const method = new HPeriod()
    assert.equal(method.state(), null)
    const { times } = burstTimes(4, { step: 0.7, samplesPerStep: 100, bursts: [{ at: 0.2, on: 0.3 }], seconds: 20 })
    let i = 0
    for (let second = 1; second <= 20; second++) {
      for (; i < times.length && times[i]! < second; i++) method.frames(1.7e12 + times[i]! * 1000, 100)
      method.advance(1.7e12 + second * 1000)
    }
    const state = method.state()!
    assert.equal(state.method, 'h')
    assert.ok(Math.abs(state.periodSeconds! - 0.7) < 0.002)
    assert.ok(state.confidence! > 0.999_999)
    assert.equal(state.reason, null)
    const { value, endMs } = method.trend()
    assert.ok(endMs > 1.7e12 + 19_000 && endMs <= 1.7e12 + 20_000, `${endMs}`)
    // 10,000 packets each 0.7 s, within 0.21 s of them.
    const most = Math.max(...value.map((x) => x ?? 0))
    assert.ok(value.length > 100 && most > 25_000 && most < 80_000, `${value.length} ${most}`)
    for (let second = 21; second <= 60; second++) method.advance(1.7e12 + second * 1000)
    assert.equal(method.state()!.periodSeconds, null)
    assert.ok(Math.abs(method.overall()!.periodSeconds! - 0.7) < 0.002)
  })
})

describe('changes', () => {
  it('are between two periods that each stood, and stay as told', () => {
    const track = new PeriodTrack()
    const add = (from: number, to: number, periodSeconds: number): void => {
      for (let time = from; time < to; time++) track.add({ time, periodSeconds, errorSeconds: 0.001 })
    }
    add(0, 5, 0.25)
    add(5, 30, 1)
    add(30, 35, 0.5)
    add(35, 50, 1)
    assert.equal(track.change, null)
    add(50, 60, 1.2)
    assert.equal(track.change, null)
    add(60, 80, 1.2)
    add(80, 85, 0.6)
    assert.deepEqual(track.change, { time: 50, fromSeconds: 1, toSeconds: 1.2 })
  })
})

describe('memory', () => {
  it('a window keeps a fair part of what does not fit', () => {
    const bag = new EventBag(10, 1024)
    for (let i = 0; i < 50_000; i++) bag.add(i / 5000, 1)
    assert.ok(bag.count <= 1024 && bag.count >= 256, `${bag.count}`)
    const weight = bag.weights.subarray(0, bag.count).reduce((sum, w) => sum + w, 0)
    assert.ok(Math.abs(weight / 50_000 - 1) < 0.25, `${weight}`)
    assert.ok(bag.times.length <= 1024)
  })

  it('so does the track', () => {
    const track = new PeriodTrack()
    for (let i = 0; i < 1000; i++) track.add({ time: i, periodSeconds: 0.7, errorSeconds: 0.001 })
    assert.equal(track.points.length, 256)
    assert.equal(track.change, null)
  })
})
