// What a screen's commands do to ports, without a thread and a socket.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { noData } from '../../src/lib/expression/expression.ts'
import type { PortsWindow } from '../../src/lib/port-rates/port-rates.ts'
import { WatchedPorts } from '../../src/lib/ports/watched.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'

function watched() {
  const ports = new WatchedPorts(
    { windowMs: 60_000, sort: 'utilization', top: undefined, filter: '' },
    { names: true, ignoreCase: false, topology: undefined, data: noData },
    'udp://[::]:6343',
  )
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const options = { input, limit: undefined, agents: [], since: undefined, until: undefined }
  const reading = new Reading<PortsWindow>(
    (agents) => ports.engine(agents),
    options,
    new IssueLog(() => {}),
    () => {},
  )
  return { ports, reading, state: () => ports.state(reading, undefined) }
}

test('before anything came', () => {
  const { state } = watched()
  const { rows, sort, filter, windowMs, startMs, lostShare, notes, answered, refused } = state()
  assert.deepEqual(
    [rows, sort, filter, windowMs, startMs, lostShare, notes, answered, refused],
    [[], 'utilization', null, 60_000, null, null, [], 0, null],
  )
})

test('what is asked is done and answered; what is wrong is refused, and nothing changes', () => {
  const { ports, reading, state } = watched()
  ports.command({ id: 1, kind: 'set', sort: 'errors', windowMs: 5000, filter: 'ifspeed=1' }, reading.agents)
  let s = state()
  assert.deepEqual([s.answered, s.refused, s.sort, s.windowMs, s.filter], [1, null, 'errors', 5000, 'ifspeed=1'])
  ports.command({ id: 2, kind: 'set', sort: 'name', filter: 'ifsped=1' }, reading.agents)
  s = state()
  assert.deepEqual([s.answered, s.sort, s.filter], [2, 'errors', 'ifspeed=1'])
  assert.match(s.refused!.message, /"ifsped" is no attribute/)
  ports.command({ id: 3, kind: 'reset' }, reading.agents)
  s = state()
  assert.deepEqual([s.answered, s.refused, s.filter], [3, null, 'ifspeed=1'])
})
