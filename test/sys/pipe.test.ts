import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Libc, loadLibc } from '../../src/lib/sys/libc.ts'
import { widenPipe } from '../../src/lib/sys/pipe.ts'

const { libc } = await loadLibc()

/** Answers of fcntl in turn; tells what was asked. */
function fake(answers: readonly number[]) {
  const asked: number[][] = []
  const fcntl = (...args: number[]) => {
    asked.push(args)
    return answers[asked.length - 1] ?? -1
  }
  return { asked, load: async () => ({ libc: { fcntl } as unknown as Libc }) }
}

describe('widenPipe', () => {
  it('asks for 1 MiB', async () => {
    const { asked, load } = fake([1_048_576])
    assert.equal(await widenPipe(1, load), 1_048_576)
    assert.deepEqual(asked, [[1, 1031, 1_048_576]])
  })

  it('asks for 256 KiB where that is not permitted', async () => {
    const { asked, load } = fake([-1, 262_144])
    assert.equal(await widenPipe(1, load), 262_144)
    assert.deepEqual(asked, [
      [1, 1031, 1_048_576],
      [1, 1031, 262_144],
    ])
  })

  it('changes nothing where neither is, and without koffi', async () => {
    assert.equal(await widenPipe(1, fake([]).load), undefined)
    assert.equal(await widenPipe(1, async () => ({ libc: undefined, why: 'koffi is not installed' })), undefined)
  })

  it('changes no file', { skip: libc === undefined && 'no koffi' }, async () => {
    assert.equal(await widenPipe(openSync('/dev/null', 'w')), undefined)
  })

  it('makes a real pipe wider', { skip: libc === undefined && 'no koffi' }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-pipe-'))
    t.after(() => rmSync(folder, { recursive: true }))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    // Both sides at once, and nobody reads: what a write takes is what the pipe holds.
    const fd = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK)
    t.after(() => closeSync(fd))
    const granted = await widenPipe(fd)
    assert.ok(granted === 1_048_576 || granted === 262_144, String(granted))
    assert.equal(writeSync(fd, new Uint8Array(2 << 20)), granted)
  })
})
