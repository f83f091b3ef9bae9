import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OpenWindows } from '../../src/lib/flow/open-windows.ts'

function windows(lengthMs: number) {
  const closed: (readonly [number, number])[] = []
  const open = new OpenWindows(
    lengthMs,
    (index) => ({ index, firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY }),
    (window, previous) => closed.push([window.index, previous]),
  )
  return { open, closed }
}

describe('open windows', () => {
  it('a sample is in the window of its time; one that was closed takes no more', () => {
    const { open, closed } = windows(1000)
    assert.equal(open.take(10, 500_000_000), 10_500)
    assert.ok(open.isAt(10, 500_000_000) && !open.isAt(10, 0))
    open.take(12, 0)
    open.take(11, 250_000_000)
    assert.equal(open.current?.index, 11)
    assert.deepEqual([open.firstMs, open.lastMs], [10_500, 12_000])
    open.closeUntil(11_999)
    assert.deepEqual(closed, [[10, Number.NEGATIVE_INFINITY]])
    open.take(10, 750_000_000)
    assert.equal(open.current, undefined)
    open.closeAll()
    assert.deepEqual(closed.slice(1), [
      [11, 10],
      [12, 11],
    ])
  })

  it('the window of the newest sample is over: the next sample is asked for anew', () => {
    const { open } = windows(1000)
    open.take(10, 0)
    open.closeAll()
    assert.equal(open.current, undefined)
    assert.ok(!open.isAt(10, 0))
  })

  it('a span is what it covers, from the first sample of all to the last, a second at least', () => {
    const { open } = windows(10_000)
    open.take(13, 500_000_000)
    open.take(17, 0)
    const first = open.current!
    assert.deepEqual(open.spanOf(first), { startMs: 10_000, endMs: 20_000, coveredMs: 3500 })
    open.take(20, 200_000_000)
    assert.deepEqual(open.spanOf(first), { startMs: 10_000, endMs: 20_000, coveredMs: 6500 })
    assert.deepEqual(open.spanOf(open.current!), { startMs: 20_000, endMs: 30_000, coveredMs: 1000 })
  })

  it('of all as one: from its first to its last sample, whatever its order', () => {
    const { open, closed } = windows(Number.POSITIVE_INFINITY)
    open.take(17, 0)
    open.take(13, 500_000_000)
    open.closeUntil(1e9)
    assert.deepEqual(closed, [])
    assert.deepEqual(open.spanOf(open.current!), { startMs: 13_500, endMs: 17_000, coveredMs: 3500 })
    assert.equal(open.skipUntil(1e12), undefined)
  })

  it('empty windows are closed one by one, behind the ones that had samples', () => {
    const { open } = windows(1000)
    assert.equal(open.skipUntil(50_000), undefined)
    open.take(10, 0)
    assert.equal(open.skipUntil(50_000), undefined)
    open.closeUntil(11_000)
    assert.equal(open.skipUntil(11_999), undefined)
    assert.deepEqual([open.skipUntil(13_000), open.skipUntil(13_000), open.skipUntil(13_000)], [11, 12, undefined])
    open.take(12, 0)
    assert.equal(open.current, undefined)
  })

  it('where times jump, at most 64 are open', () => {
    const { open, closed } = windows(1000)
    for (let second = 100; second < 165; second++) open.take(second, 0)
    assert.deepEqual(closed, [[100, Number.NEGATIVE_INFINITY]])
    // Older than all that are open, and one too many: closed at once.
    open.take(1, 0)
    assert.equal(open.current, undefined)
    open.clear()
    assert.equal(open.at(0), undefined)
  })
})
