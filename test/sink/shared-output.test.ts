import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { FdSink, openFileSink } from '../../src/lib/sink/fd-sink.ts'
import { writeInTurn } from '../../src/lib/sink/in-turn.ts'
import { openShared } from '../../src/lib/sink/shared-output.ts'
import type { SharedOutput } from '../../src/lib/sink/sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-shared-'))
after(() => rmSync(folder, { recursive: true }))

const BLOCK = 100_000
const BLOCKS = 20

/** Writes BLOCKS lines of BLOCK times its letter. */
const writer = `
  import { workerData } from 'node:worker_threads'
  import { openShared } from ${JSON.stringify(new URL('../../src/lib/sink/shared-output.ts', import.meta.url).href)}
  const { shared, letter } = workerData
  const sink = openShared(shared)
  const block = new TextEncoder().encode(letter.repeat(${BLOCK} - 1) + '\\n')
  for (let i = 0; i < ${BLOCKS} && !sink.closed; i++) if (!sink.write(block)) await sink.drain()`

async function writeInThreads(shared: SharedOutput): Promise<void> {
  const url = new URL(`data:text/javascript,${encodeURIComponent(writer)}`)
  const threads = ['a', 'b', 'c'].map((letter) => new Worker(url, { workerData: { shared, letter } }))
  const codes = await Promise.all(threads.map((thread) => once(thread, 'exit')))
  assert.deepEqual(codes, [[0], [0], [0]])
}

/** Lines of one letter only, so many of each. */
function lineCounts(text: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const line of text.split('\n').slice(0, -1)) {
    const kind = line === (line[0] ?? '').repeat(BLOCK - 1) ? line[0]! : 'mixed'
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

const whole = { a: BLOCKS, b: BLOCKS, c: BLOCKS }

describe('threads that share a descriptor', () => {
  it('blocks come out whole: a file', async () => {
    const path = join(folder, 'file')
    const sink = openFileSink(path)
    await writeInThreads(sink.share())
    assert.equal(sink.closed, false)
    await sink.close()
    assert.deepEqual(lineCounts(readFileSync(path, 'utf8')), whole)
  })

  for (const [name, flags] of [
    ['blocks', constants.O_RDWR],
    ['does not block', constants.O_RDWR | constants.O_NONBLOCK],
  ] as const) {
    it(`blocks come out whole: a pipe that ${name}, smaller than a block`, async () => {
      const path = join(folder, `pipe of ${flags}`)
      execFileSync('mkfifo', [path])
      const fd = openSync(path, flags)
      const reader = spawn('head', ['-c', `${3 * BLOCKS * BLOCK}`, path])
      let text = ''
      reader.stdout.setEncoding('latin1').on('data', (part) => {
        text += part
      })
      const ended = once(reader, 'close')
      await writeInThreads({ fd, name: 'pipe', state: new Int32Array(new SharedArrayBuffer(8)) })
      await ended
      closeSync(fd)
      assert.deepEqual(lineCounts(text), whole)
    })
  }

  it('where the reader has gone, every thread and the sink that was shared know it', () => {
    const sink = new FdSink(-1, 'gone')
    const shared = sink.share()
    const others = openShared(shared)
    const epipe = () => {
      throw Object.assign(new Error('EPIPE'), { code: 'EPIPE' })
    }
    assert.throws(() => writeInTurn(shared, new Uint8Array(9), 0, 9, epipe), { code: 'EPIPE' })
    assert.equal(sink.closed, true)
    assert.equal(others.write(new Uint8Array(9)), false)
    assert.equal(others.closed, true)
  })

  it('goes on behind what was written in part, and a full pipe', () => {
    const shared = new FdSink(-1, 'parts').share()
    const calls: number[][] = []
    const parts = (_fd: number, _bytes: unknown, offset: unknown, length: unknown) => {
      calls.push([offset as number, length as number])
      if (calls.length === 2) throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' })
      return calls.length === 1 ? 4 : (length as number)
    }
    assert.equal(writeInTurn(shared, new Uint8Array(20), 5, 10, parts as never), 10)
    assert.deepEqual(calls, [
      [5, 10],
      [9, 6],
      [9, 6],
    ])
  })
})
