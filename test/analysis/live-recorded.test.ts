// What came live gives the same windows as the capture of it: the times of the datagrams are all that counts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { noData } from '../../src/lib/expression/data.ts'
import type { FlowWindow } from '../../src/lib/flow/rows.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import { TopFlows } from '../../src/lib/top-flows/top-flows.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { OnePort } from '../helpers/flow-captures.ts'
import { captureFile, type Sent } from '../helpers/sflow-captures.ts'
import { openLoopback, portOf, sendFrom, sendingSocket } from '../helpers/udp.ts'

const query = {
  keys: 'src,dst',
  titles: undefined,
  values: 'bytes,frames,count:dst',
  filter: '',
  dropped: false,
  agg: undefined,
  by: undefined,
  recipe: undefined,
  top: 5,
  windowMs: 100,
  smoothMs: undefined,
} as const
const settings = {
  scale: 'effective',
  maxFlows: 1000,
  latenessMs: 50,
  rates: [],
  topology: undefined,
  names: true,
  data: noData,
} as const

function reader() {
  const windows: FlowWindow[] = []
  const analysis = new TopFlows(query, settings, '')
  const input = { kind: 'recorded', paths: [], ports: [] } as const
  const options = { agents: [], since: undefined, until: undefined, limit: undefined, input }
  const reading = new Reading<FlowWindow>(
    (agents) => analysis.engine(agents),
    options,
    new IssueLog((line) => assert.fail(line)),
    (window) => windows.push(window),
  )
  const out = new TextBuffer(0)
  const take = (batch: Batch) => {
    for (let i = 0; i < batch.count; i++) reading.take(batch, i, out)
  }
  return { take, windows, finish: () => reading.finish(out), tick: () => reading.advance(Date.now(), out) }
}

test('rows of live input and of its capture are equal', async () => {
  const source = await openLoopback({})
  const live = reader()
  const sent: Sent[] = []
  const sender = await sendingSocket('127.0.0.1')
  const port = new OnePort()
  const total = 60
  const sending = (async () => {
    for (let i = 0; i < total; i++) {
      const packet = { from: 1 + (i % 4), to: 1 + (i % 3), length: 100 + i }
      await sendFrom(sender, port.next(packet), portOf(source), '127.0.0.1')
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
  })()
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.offset[i]!
      sent.push({
        datagram: batch.bytes.slice(at, at + batch.length[i]!),
        sec: batch.sec[i]!,
        nsec: batch.nsec[i]!,
      })
    }
    live.take(batch)
    // As the clock does when nothing comes.
    if (sent.length === total / 2) live.tick()
    if (sent.length === total) break
  }
  await sending
  await source.close()
  sender.close()
  live.finish()

  const recorded = reader()
  const capture = await openCapture(captureFile(sent))
  for await (const batch of capture.batches()) recorded.take(batch)
  await capture.close()
  recorded.finish()

  assert.ok(live.windows.length >= 4, `${live.windows.length} windows`)
  assert.deepEqual(recorded.windows, live.windows)
  const samples = recorded.windows.reduce((sum, window) => sum + window.samples, 0)
  assert.equal(samples, total)
})
