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
