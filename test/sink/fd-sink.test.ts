import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { FdSink, openFileSink, type WriteCall } from '../../src/lib/sink/fd-sink.ts'
import { temporaryPath } from '../helpers/read-captures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A descriptor that takes or refuses bytes as told: a number takes at most so many, text is an error code. */
function scripted(steps: (number | string)[]): { taken: () => string; write: WriteCall } {
  let taken = ''
  return {
    taken: () => taken,
    write: (_fd, block, offset, length) => {
      const step = steps.shift() ?? Number.POSITIVE_INFINITY
      if (typeof step === 'string') throw Object.assign(new Error(step), { code: step })
      const n = Math.min(step, length)
      taken += Buffer.from(block.subarray(offset, offset + n)).toString()
      return n
    },
  }
}

describe('writing to a descriptor', () => {
  test('partial writes and interrupts', () => {
    const { taken, write } = scripted([3, 'EINTR', 1])
    const sink = new FdSink(9, 'stdout', false, write)
    assert.equal(sink.write(bytes('abcdefgh')), true)
    assert.equal(taken(), 'abcdefgh')
    assert.equal(sink.written, 8)
  })

  test('a full pipe: what is left is queued as a copy, in order', async () => {
    const { taken, write } = scripted([2, 'EAGAIN', 'EAGAIN', 1, 'EAGAIN', 2, 'EAGAIN'])
    const sink = new FdSink(9, 'stdout', false, write)
    const block = bytes('abcdef')
    assert.equal(sink.write(block), false)
    block.fill(0x78) // the caller uses its buffer again
    assert.equal(sink.write(bytes('ghi')), false)
    assert.equal(taken(), 'ab')
    await sink.drain()
    assert.equal(taken(), 'abcdefghi')
    assert.equal(sink.write(bytes('j')), true)
    assert.equal(taken(), 'abcdefghij')
  })

  test('a pipe that stays full for long', async () => {
    const { taken, write } = scripted([...Array.from({ length: 80 }, () => 'EAGAIN')])
    const sink = new FdSink(9, 'stdout', false, write)
    assert.equal(sink.write(bytes('late')), false)
    await Promise.all([sink.drain(), sink.drain()])
    assert.equal(taken(), 'late')
    await sink.close()
  })

  test('a reader that went away is a normal end', async () => {
    for (const steps of [['EPIPE'], [1, 'EAGAIN', 'EPIPE']]) {
      const { taken, write } = scripted(steps)
      const sink = new FdSink(9, 'stdout', false, write)
      assert.equal(sink.write(bytes('abc')), false)
      await sink.drain()
      assert.equal(sink.closed, true)
      const before = taken()
      assert.equal(sink.write(bytes('def')), false)
      assert.equal(taken(), before)
      await sink.close()
    }
  })

  const failures = [
    { code: 'ENOSPC', message: "Writing to 'x' stopped after 2 bytes: no space is left on the device." },
    { code: 'EDQUOT', message: "Writing to 'x' stopped after 2 bytes: the user's disk quota is used up." },
    { code: 'EIO', message: "Writing to 'x' stopped after 2 bytes: EIO." },
  ]
  for (const { code, message } of failures) {
    test(`${code} at once, and again on every later call`, async () => {
      const sink = new FdSink(9, "'x'", false, scripted([2, code]).write)
      const check = (error: unknown) => error instanceof EnvironmentError && error.message === message
      assert.throws(() => sink.write(bytes('abc')), check)
      assert.throws(() => sink.write(bytes('abc')), check)
      await assert.rejects(sink.drain(), check)
      await assert.rejects(sink.close(), check)
    })

    test(`${code} while draining`, async () => {
      const sink = new FdSink(9, "'x'", false, scripted([2, 'EAGAIN', code]).write)
      assert.equal(sink.write(bytes('abc')), false)
      await assert.rejects(sink.drain(), { name: 'EnvironmentError', message })
    })
  }

  test('a full disk', { skip: !existsSync('/dev/full') && 'there is no /dev/full' }, () => {
    const sink = new FdSink(openSync('/dev/full', 'w'), 'the disk', true)
    assert.throws(() => sink.write(bytes('abc')), {
      name: 'EnvironmentError',
      message: 'Writing to the disk stopped after 0 bytes: no space is left on the device.',
    })
  })
})

describe('writing to a file', () => {
  test('creates it, empties it, and closes it', async () => {
    const path = temporaryPath('out')
    for (const text of ['first, and longer', 'second']) {
      const sink = openFileSink(path)
      assert.equal(sink.write(bytes(text)), true)
      await sink.close()
      assert.equal(readFileSync(path, 'utf8'), text)
      assert.equal(sink.write(bytes('after')), false)
    }
    assert.equal(readFileSync(path, 'utf8'), 'second')
  })

  test('no such directory, and a directory', () => {
    const path = temporaryPath('none')
    assert.throws(
      () => openFileSink(`${path}/out`),
      (error) =>
        error instanceof InputError && error.message === `'${path}/out' can't be created: there is no such directory.`,
    )
    mkdirSync(path)
    assert.throws(
      () => openFileSink(path),
      (error) =>
        error instanceof InputError && error.message === `'${path}' is a directory; a file to write to is needed.`,
    )
  })
})

describe('writing to a pipe, in a child process', () => {
  const writer = fileURLToPath(new URL('../helpers/write-stdout.ts', import.meta.url))
  const run = (reader: string) =>
    spawnSync('sh', ['-c', `'${process.execPath}' --import tsx '${writer}' | ${reader}`], {
      encoding: 'utf8',
      timeout: 20_000,
    })

  test('a slow reader gets everything, also where the pipe does not block', () => {
    // 8 MB of lines; the sum of their numbers.
    const { stdout, stderr } = run(`(sleep 0.3; awk '{ lines++; sum += $1 } END { printf "%d %.0f\\n", lines, sum }')`)
    assert.equal(stdout, '200000 19999900000\n')
    assert.match(stderr, /^waited [1-9]\d* times, closed false\n$/)
  })

  test('a reader that stops early', () => {
    const { stdout, stderr } = run('head -n 1')
    assert.match(stdout, /^0 x+\n$/)
    assert.match(stderr, /^waited \d+ times, closed true\n$/)
  })
})
