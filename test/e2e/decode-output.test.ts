// `sonde decode`: where output goes, and how it ends: files, pipes that close or stop, signals, live input.

import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuAndMemory, ended, repositoryRoot, shell, sonde, startSonde, waits } from '../helpers/cli.ts'
import { temporaryFile, temporaryPath } from '../helpers/read-captures.ts'
import { captureBytes, captureFile, threeDatagrams } from '../helpers/sflow-captures.ts'

const capture = captureFile(threeDatagrams)

/** A capture of about this many bytes: the shipped one, over and over. */
function largeCapture(size: number): string {
  const whole = readFileSync(join(repositoryRoot, 'fixtures/line/mixed.pcap'))
  const body = whole.subarray(24)
  const path = temporaryPath('large.pcap')
  writeFileSync(
    path,
    Buffer.concat([whole.subarray(0, 24), ...Array<Buffer>(Math.ceil(size / body.length)).fill(body)]),
  )
  return path
}

const large = largeCapture(100_000_000)

describe('--output', () => {
  test('a file gets what stdout would; with - it is stdout', () => {
    const path = temporaryPath('out.ndjson')
    const { stdout, stderr, code } = sonde(['decode', capture, '-o', path])
    assert.deepEqual([stdout, stderr, code], ['', '', 0])
    assert.equal(readFileSync(path, 'utf8'), sonde(['decode', capture]).stdout)
    assert.equal(sonde(['decode', capture, '-o', '-']).stdout, sonde(['decode', capture]).stdout)
  })

  test('a file that is there is replaced', () => {
    const path = temporaryFile(Buffer.from('x'.repeat(100_000)))
    sonde(['decode', capture, '--fields', 'dport', '--limit', '1', '-o', path])
    assert.equal(readFileSync(path, 'utf8'), 'dport\n443\n')
  })

  test('an input is never the output, under any of its names', () => {
    const bytes = captureBytes(threeDatagrams)
    const file = temporaryFile(bytes)
    const hard = temporaryPath('hard')
    const soft = temporaryPath('soft')
    linkSync(file, hard)
    symlinkSync(file, soft)
    for (const output of [file, hard, soft, join(file, '..', file.split('/').at(-1)!)]) {
      const { stderr, code } = sonde(['decode', capture, file, '-o', output])
      assert.match(stderr, /writing would destroy what is to be read\.\n {2}Write to another file\.\n$/)
      assert.equal(code, 2)
    }
    const appended = shell(
      `sonde decode '${file}' >> '${file}'; echo $?; sonde decode - < '${file}' -o '${file}'; echo $?`,
    )
    assert.equal(appended.stdout, '2\n2\n')
    assert.deepEqual(new Uint8Array(readFileSync(file)), bytes)
  })

  test('nothing is emptied for options that are wrong, or for inputs that are all missing', () => {
    const kept = temporaryFile(Buffer.from('kept'))
    for (const args of [
      ['--fields', 'nonsense'],
      ['--summary', '-f', 'csv'],
      ['--limit', 'x'],
    ]) {
      assert.equal(sonde(['decode', capture, ...args, '-o', kept]).code, 2)
    }
    assert.equal(sonde(['decode', temporaryPath('none'), '-o', kept]).code, 2)
    assert.equal(readFileSync(kept, 'utf8'), 'kept')
  })

  test('files that can not be written', () => {
    const folder = temporaryPath('folder')
    mkdirSync(folder)
    const into = sonde(['decode', capture, '-o', folder])
    assert.equal(
      into.stderr,
      `'${folder}' is a directory; a file to write to is needed.\n  Name a file in it: ${folder}/out\n`,
    )
    assert.equal(into.code, 2)
    const below = `${folder}/none/out`
    const none = sonde(['decode', capture, '-o', below])
    assert.equal(
      none.stderr,
      `'${below}' can't be created: there is no such directory.\n  Create the directory first (mkdir -p).\n`,
    )
    assert.equal(none.code, 2)
  })

  test('a full device', () => {
    const { stderr, code } = sonde(['decode', capture, '-o', '/dev/full'])
    assert.match(stderr, /^Writing to '\/dev\/full' stopped after 0 bytes: no space is left on the device\.\n/)
    assert.equal(code, 5)
    const stdout = shell(`sonde decode '${capture}' > /dev/full; echo $?`)
    assert.equal(stdout.stdout, '5\n')
    assert.match(stdout.stderr, /^Writing to stdout stopped after 0 bytes: /)
  })
})

test('--quiet: only what is wrong; --verbose: also what is done', () => {
  const loud = sonde(['decode', capture, '--fields', 'dport', '-v'])
  assert.match(loud.stderr, /^Reading \S+, UDP port 6343; printing csv\.\n1 sample has no row, /)
  assert.equal(sonde(['decode', capture, '--fields', 'dport', '-v', '-q']).stderr, '')
})

describe('pipes', () => {
  test('a reader that leaves is a normal end, also of a large input, and at once', () => {
    const start = performance.now()
    const { stdout, stderr } = shell(
      `{ sonde decode '${large}'; echo "exit $?" >&2; } | head -1 | cut -c1-31;
       { cat '${large}' | sonde decode -; echo "exit $?" >&2; } | head -1 | cut -c1-31`,
    )
    assert.equal(stdout, '{"time":"2026-01-01T00:00:00.00\n'.repeat(2))
    assert.equal(stderr, 'exit 0\nexit 0\n')
    assert.ok(performance.now() - start < 5000)
  })

  test('live input is handed on as it comes, in whole lines', async () => {
    const bytes = captureBytes(threeDatagrams)
    const half = captureBytes(threeDatagrams.slice(0, 2)).length
    for (const format of ['ndjson', 'table']) {
      const args = format === 'table' ? ['--fields', 'dport,ifinoctets', '-f', 'table'] : []
      const child = startSonde(['decode', '-', ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
      const stdin = child.stdin as Writable
      stdin.write(bytes.subarray(0, half))
      const text = await readUntil(child, (read) => read.split('\n').length === (format === 'table' ? 6 : 4))
      assert.ok(text.endsWith('\n'))
      const rest = ended(child)
      stdin.end(bytes.subarray(half))
      const { stdout, code } = await rest
      assert.notEqual(stdout, '')
      assert.equal(code, 0)
    }
  })

  test('a reader that stops reading stops the writer: memory stays, and no time is spent', async () => {
    const child = startSonde(['decode', large])
    const before = await waits(child)
    await sleep(1000)
    const after = cpuAndMemory(child)
    assert.ok(after.memory - before.memory < 5_000_000, `${after.memory - before.memory} bytes more`)
    assert.ok(after.memory < 200_000_000, `${after.memory} bytes`)
    assert.ok(after.cpuMs - before.cpuMs < 300, `${after.cpuMs - before.cpuMs} ms of CPU in a second`)
    child.stdout?.destroy()
    assert.equal((await ended(child)).code, 0)
  })
})

async function readUntil(child: ChildProcess, enough: (text: string) => boolean): Promise<string> {
  let text = ''
  const stdout = child.stdout as Readable
  while (!enough(text)) {
    const [bytes] = (await once(stdout, 'data', { signal: AbortSignal.timeout(30_000) })) as [Buffer]
    text += bytes.toString()
  }
  return text
}

describe('signals', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    for (const object of ['sample', 'datagram']) {
      test(`${signal} in the middle of json of ${object}s: the array is closed, exit code 0`, async () => {
        const child = startSonde(['decode', large, '-f', 'json', '--object', object])
        const result = ended(child)
        await once(child.stdout as Readable, 'data')
        child.kill(signal)
        const { stdout, stderr, code } = await result
        const found = JSON.parse(stdout) as unknown[]
        assert.ok(found.length > 0)
        assert.match(stderr, /^Stopped after [\d,]+ samples\.\n$/)
        assert.equal(code, 0)
      })
    }
  }

  test('Ctrl-C while a pipe gives nothing, before its first byte and after', async () => {
    for (const first of [new Uint8Array(0), captureBytes(threeDatagrams.slice(0, 1))]) {
      const child = startSonde(['decode', '-', '-f', 'json'], { stdio: ['pipe', 'pipe', 'pipe'] })
      const result = ended(child)
      ;(child.stdin as Writable).write(first)
      await waits(child)
      child.kill('SIGINT')
      const { stdout, stderr, code } = await result
      const count = first.length === 0 ? 0 : 1
      assert.equal((JSON.parse(stdout) as unknown[]).length, count)
      assert.equal(stderr, `Stopped after ${count} samples.\n`)
      assert.equal(code, 0)
    }
  })

  test('a named pipe: Ctrl-C while nobody writes, and a writer that comes late', async () => {
    const fifo = temporaryPath('fifo')
    execFileSync('mkfifo', [fifo])
    const alone = startSonde(['decode', fifo])
    const stopped = ended(alone)
    await waits(alone)
    alone.kill('SIGINT')
    assert.equal((await stopped).code, 0)
    const child = startSonde(['decode', fifo])
    const result = ended(child)
    await waits(child)
    writeFileSync(fifo, captureBytes(threeDatagrams))
    const { stdout, code } = await result
    assert.equal(stdout, sonde(['decode', capture]).stdout)
    assert.equal(code, 0)
  })

  test('Ctrl-C of a summary: what was counted up to then', async () => {
    const child = startSonde(['decode', large, large, large, '--summary', '--verbose'])
    const result = ended(child)
    await once(child.stderr!, 'data')
    await sleep(200)
    child.kill('SIGINT')
    const { stdout, code } = await result
    const { datagrams } = JSON.parse(stdout) as { datagrams: number }
    assert.ok(datagrams > 0 && datagrams < 3 * 139_350, `${datagrams} datagrams`)
    assert.equal(code, 0)
  })

  test('a second Ctrl-C ends at once, though the reader has stopped', async () => {
    const child = startSonde(['decode', large])
    await waits(child)
    child.kill('SIGINT')
    await sleep(200)
    assert.equal(child.exitCode, null)
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    assert.equal(code, 130)
  })
})
