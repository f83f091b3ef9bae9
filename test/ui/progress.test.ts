import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Progress } from '../../src/lib/ui/progress.ts'

function fake(isTTY: boolean): { written: string[]; clock: { ms: number }; progress: Progress } {
  const written: string[] = []
  const clock = { ms: 0 }
  const terminal = { isTTY, columns: 100, write: (text: string) => written.push(text) }
  return { written, clock, progress: new Progress(terminal, () => clock.ms) }
}

test('nothing in the first second, then a line, then at most ten a second, then wiped', () => {
  const { written, clock, progress } = fake(true)
  clock.ms = 999
  progress.update('x.pcap', 10, 100, '1 datagram')
  assert.deepEqual(written, [])
  clock.ms = 2000
  progress.update('x.pcap', 50, 100, '5 datagrams')
  assert.deepEqual(written, ['\rx.pcap   ██████████            50 %   5 datagrams   2 s left\u001b[K'])
  clock.ms = 2099
  progress.update('x.pcap', 60, 100, '6 datagrams')
  assert.equal(written.length, 1)
  clock.ms = 2100
  progress.update('x.pcap', 60, 100, '6 datagrams')
  assert.equal(written.length, 2)
  progress.clear()
  progress.clear()
  assert.deepEqual(written.slice(2), ['\r\u001b[K'])
})

test('where the line is too long its name is cut, then the bar, and never the numbers', () => {
  const line = (columns: number) => {
    const written: string[] = []
    const clock = { ms: 0 }
    const progress = new Progress({ isTTY: true, columns, write: (text) => written.push(text) }, () => clock.ms)
    clock.ms = 2000
    progress.update('lab-leafspine.pcap → 127.0.0.1:6343', 50, 100, '6,170 of 12,340   late p99 0.3 ms')
    return written[0]
  }
  const bar = '██████████          '
  const note = '6,170 of 12,340   late p99 0.3 ms   2 s left\u001b[K'
  assert.equal(line(120), `\rlab-leafspine.pcap → 127.0.0.1:6343   ${bar}  50 %   ${note}`)
  assert.equal(line(100), `\rlab-leafspine.pcap → 1…   ${bar}  50 %   ${note}`)
  assert.equal(line(80), `\rlab-leafspine.pcap → 12…    50 %   ${note}`)
})

test('a pipe has no end: only the note', () => {
  const { written, clock, progress } = fake(true)
  clock.ms = 1000
  progress.update('stdin', 50, undefined, '5 datagrams')
  assert.deepEqual(written, ['\rstdin   5 datagrams\u001b[K'])
})

test('no terminal: never a byte', () => {
  const { written, clock, progress } = fake(false)
  clock.ms = 60_000
  progress.update('x.pcap', 50, 100, '')
  progress.clear()
  assert.deepEqual(written, [])
})
