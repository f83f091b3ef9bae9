import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EnvironmentError, InputError } from '../../src/lib/errors.ts'
import { WriteSide } from '../../src/lib/listen/write-side.ts'
import { CaptureFile, LEAST_ROTATE_BYTES } from '../../src/lib/sink/capture-file.ts'
import { type Arrival, batchOf, giveAll } from '../helpers/batches.ts'
import { hex } from '../helpers/capture-bytes.ts'
import { readCapture, temporaryPath } from '../helpers/read-captures.ts'

const endings = ['.pcap', '.pcap.gz', '.pcapng', '.pcapng.gz'] as const

function temporaryFolder(): string {
  const folder = temporaryPath('folder')
  mkdirSync(folder)
  return folder
}

const refuseWords = (line: string) => assert.fail(`told "${line}"`)

/** A datagram whose first four bytes are its number. */
function numbered(number: number, length = 500): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * number) & 255)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

/** Numbers of the datagrams of several captures, in order. */
async function numbersIn(paths: readonly string[]): Promise<number[]> {
  const numbers: number[] = []
  for (const path of paths) {
    const { datagrams, report } = await readCapture(path)
    assert.deepEqual(report.issues, [])
    for (const { hex: text } of datagrams) numbers.push(Number.parseInt(text.slice(0, 8), 16))
  }
  return numbers
}

const inFolder = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('a capture that is written', () => {
  const arrivals: readonly Arrival[] = [
    { bytes: numbered(0), sec: 1_767_225_600, nsec: 123_456_789, port: 1 },
    { bytes: new Uint8Array(0), sec: 1_767_225_600, nsec: 999_999_999 },
    { bytes: numbered(2, 1401), sec: 1_767_225_601, sender: [0x20010db8, 0, 0, 7], port: 65_535 },
    { bytes: numbered(3, 65_507), sec: 1_767_225_601 },
    { bytes: numbered(4, 65_527), sec: 1_767_225_602, sender: [0x20010db8, 0, 0, 7] },
  ]
  for (const ending of endings) {
    test(`${ending} is read again, datagram for datagram`, async () => {
      const path = temporaryPath(`x${ending}`)
      const side = await WriteSide.open({ path, tell: refuseWords })
      giveAll(side, batchOf(arrivals))
      await side.close()
      const unit = ending.startsWith('.pcapng') ? 1 : 1000
      const { datagrams, report } = await readCapture(path)
      assert.deepEqual(report.issues, [])
      assert.deepEqual(
        datagrams.map(({ time, sender, hex: text }) => ({ time, sender, text })),
        arrivals.map(({ bytes, sec, nsec = 0, sender, port = 40_000 }) => ({
          time: `${sec}.${String(nsec - (nsec % unit)).padStart(9, '0')}`,
          sender: `${sender ? '20010db8:00000000:00000000:00000007' : '00000000:00000000:0000ffff:c0000201'} ${port}`,
          text: hex(bytes),
        })),
      )
      assert.deepEqual(side.state(), {
        name: path,
        kind: 'capture',
        datagrams: 5,
        bytes: 132_935,
        failed: 0,
        problem: null,
      })
    })
  }

  test('the receiver is in it, and the port', async () => {
    const path = temporaryPath('x.pcap')
    const receiver = { words: [0, 0, 0xffff, 0xc6336401], port: 9995 }
    const side = await WriteSide.open({ path, tell: refuseWords }, receiver)
    giveAll(side, batchOf(arrivals.slice(0, 1)))
    await side.close()
    const { datagrams } = await readCapture(path, { ports: [9995] })
    assert.equal(datagrams.length, 1)
  })

  test('without a datagram it is a capture without packets', async () => {
    for (const ending of endings) {
      const path = temporaryPath(`x${ending}`)
      await (await WriteSide.open({ path, tell: refuseWords })).close()
      assert.deepEqual(await numbersIn([path]), [])
    }
  })

  test('what arrived is on disk half a second later, without close', async () => {
    const path = temporaryPath('x.pcap.gz')
    const side = await WriteSide.open({ path, tell: refuseWords })
    giveAll(side, batchOf([{ bytes: numbered(0) }]))
    await pause(900)
    assert.deepEqual(await numbersIn([path]), [0])
    giveAll(side, batchOf([{ bytes: numbered(1) }]))
    side.tick()
    await pause(900)
    assert.deepEqual(await numbersIn([path]), [0, 1])
    await side.close()
  })
})

describe('rotation', () => {
  for (const ending of endings) {
    test(`by size, ${ending}: no file is longer, nothing is missing`, async () => {
      const folder = temporaryFolder()
      const path = join(folder, `x${ending}`)
      // Random bytes: packing makes nothing smaller.
      let state = 1
      const noise = (number: number) => {
        const bytes = Uint8Array.from({ length: 1400 }, () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          return state >>> 24
        })
        new DataView(bytes.buffer).setUint32(0, number)
        return bytes
      }
      const file = await WriteSide.open({ path, rotateBytes: LEAST_ROTATE_BYTES, tell: refuseWords })
      for (let n = 0; n < 1000; n += 100) {
        giveAll(file, batchOf(upTo(100).map((i) => ({ bytes: noise(n + i) }))))
        await pause(1)
      }
      await file.close()
      const files = inFolder(folder)
      assert.ok(files.length >= 11, `${files.length} files`)
      assert.deepEqual(
        files.map((name) => basename(name)),
        upTo(files.length).map((i) => `x-${String(i + 1).padStart(6, '0')}${ending}`),
      )
      for (const name of files) assert.ok(statSync(name).size <= LEAST_ROTATE_BYTES, name)
      assert.deepEqual(await numbersIn(files), upTo(1000))
    })
  }

  for (const ending of ['.pcap', '.pcapng']) {
    test(`by size, ${ending}: a file is filled to its last record`, async () => {
      const folder = temporaryFolder()
      const rotateBytes = 1 << 20
      const file = await WriteSide.open({ path: join(folder, `x${ending}`), rotateBytes, tell: refuseWords })
      const datagram = (number: number) => {
        const bytes = new Uint8Array(1400)
        new DataView(bytes.buffer).setUint32(0, number)
        return bytes
      }
      for (let n = 0; n < 2500; n += 100) {
        giveAll(file, batchOf(upTo(100).map((i) => ({ bytes: datagram(n + i) }))))
        await pause(1)
      }
      await file.close()
      const files = inFolder(folder)
      assert.equal(files.length, 4)
      for (const name of files.slice(0, -1)) {
        const { size } = statSync(name)
        assert.ok(size <= rotateBytes && size > rotateBytes - 4096, `${name}: ${size}`)
      }
      assert.deepEqual(await numbersIn(files), upTo(2500))
    })
  }

  test('by time: files begin at multiples of the span, of the datagrams’ time', async () => {
    const folder = temporaryFolder()
    const file = await WriteSide.open({ path: join(folder, 'x.pcap'), rotateSeconds: 3600, tell: refuseWords })
    const seconds = [
      '2026-01-01T11:59:58',
      '2026-01-01T12:00:00',
      // Overtaken by the one before: no file for it.
      '2026-01-01T11:59:59',
      '2026-01-01T12:59:59',
      '2026-01-01T15:20:00',
      // A clock that was set back.
      '2026-01-01T11:59:30',
      '2026-01-01T11:59:31',
    ]
    giveAll(file, batchOf(seconds.map((text, i) => ({ bytes: numbered(i), sec: Date.parse(`${text}Z`) / 1000 }))))
    await file.close()
    const names = [
      'x-20260101T115930Z.pcap',
      'x-20260101T115958Z.pcap',
      'x-20260101T120000Z.pcap',
      'x-20260101T152000Z.pcap',
    ]
    assert.deepEqual(readdirSync(folder).sort(), names)
    const [back, first, noon, late] = names.map((name) => [join(folder, name)])
    assert.deepEqual(await numbersIn(first!), [0])
    assert.deepEqual(await numbersIn(noon!), [1, 2, 3])
    assert.deepEqual(await numbersIn(late!), [4])
    assert.deepEqual(await numbersIn(back!), [5, 6])
  })

  test('keep: the oldest go, earlier runs’ too, and nothing else', async () => {
    const folder = temporaryFolder()
    const others = [
      'x-000001.pcapng',
      'y-000001.pcap',
      'x-1.pcap',
      'x.pcap',
      'x-000001a.pcap',
      'x-20260101T000000Z.pcap',
    ]
    for (const name of [...others, 'x-000007.pcap', 'x-000009.pcap']) writeFileSync(join(folder, name), 'kept')
    mkdirSync(join(folder, 'x-000002.pcap'))
    const file = await WriteSide.open({
      path: join(folder, 'x.pcap'),
      rotateBytes: LEAST_ROTATE_BYTES,
      keep: 3,
      tell: refuseWords,
    })
    const present = () =>
      readdirSync(folder)
        .filter((name) => !others.includes(name) && name !== 'x-000002.pcap')
        .sort()
    assert.deepEqual(present(), ['x-000007.pcap', 'x-000009.pcap', 'x-000010.pcap'])
    for (let n = 0; n < 400; n++) giveAll(file, batchOf([{ bytes: numbered(n, 1400) }]))
    await file.close()
    assert.deepEqual(present(), ['x-000012.pcap', 'x-000013.pcap', 'x-000014.pcap'])
    for (const name of others) assert.ok(existsSync(join(folder, name)), name)
    const numbers = await numbersIn(present().map((name) => join(folder, name)))
    assert.deepEqual(numbers, upTo(400).slice(-numbers.length))
  })

  test('names that are taken are never written over', async () => {
    const folder = temporaryFolder()
    for (const name of ['x-20260101T000000Z.pcap', 'x-20260101T000000Z-2.pcap'])
      writeFileSync(join(folder, name), 'kept')
    const file = await WriteSide.open({ path: join(folder, 'x.pcap'), rotateSeconds: 60, tell: refuseWords })
    giveAll(file, batchOf([{ bytes: numbered(0), sec: Date.parse('2026-01-01T00:00:00Z') / 1000 }]))
    await file.close()
    assert.equal(statSync(join(folder, 'x-20260101T000000Z.pcap')).size, 4)
    assert.equal(statSync(join(folder, 'x-20260101T000000Z-2.pcap')).size, 4)
    assert.deepEqual(await numbersIn([join(folder, 'x-20260101T000000Z-3.pcap')]), [0])
  })
})

describe('captures that can not be written', () => {
  const open = (path: string) => CaptureFile.open({ path, what: '--write', tell: refuseWords })

  test('an ending of no capture', async () => {
    for (const name of ['out', 'out.txt', '.pcap', 'out.gz', 'out.pcap.zst', 'folder.pcap/']) {
      await assert.rejects(
        open(name),
        (error) => error instanceof InputError && /ends in .pcap or .pcapng/.test(error.message),
      )
    }
  })

  test('a file that exists', async () => {
    const path = temporaryPath('x.pcap')
    writeFileSync(path, 'kept')
    await assert.rejects(open(path), {
      name: 'InputError',
      message: `--write '${path}' exists already, and is not written over.`,
    })
    assert.equal(statSync(path).size, 4)
  })

  test('a directory that is not there', async () => {
    const path = join(temporaryPath('none'), 'x.pcap')
    await assert.rejects(open(path), {
      name: 'InputError',
      message: `--write '${path}' can't be created: there is no such directory.`,
    })
    const rotated = CaptureFile.open({ path, what: '--write', rotateSeconds: 60, tell: refuseWords })
    await assert.rejects(rotated, InputError)
  })

  test('a directory where it is not permitted', {
    skip: process.getuid?.() === 0 && 'root may write anywhere',
  }, async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o555)
    await assert.rejects(open(join(folder, 'x.pcap')), (error) => {
      assert.ok(error instanceof EnvironmentError)
      assert.match(error.message, /can't be created: writing there is not permitted to this user\.$/)
      return true
    })
  })
})

describe('trouble while writing', () => {
  test('told once, bounded in memory, counted, and over when it is over', async () => {
    const folder = temporaryFolder()
    const away = `${folder}-away`
    const told: string[] = []
    const file = await WriteSide.open({
      path: join(folder, 'x.pcap'),
      rotateBytes: LEAST_ROTATE_BYTES,
      queueBytes: 4 * LEAST_ROTATE_BYTES,
      retryMs: 100,
      tell: (line) => told.push(line),
    })
    renameSync(folder, away)
    for (let n = 0; n < 1000; n++) {
      giveAll(file, batchOf([{ bytes: numbered(n, 1400) }]))
      if (n % 50 === 0) await pause(1)
    }
    await pause(250)
    const { datagrams, failed, problem } = file.state()
    // A queue of four blocks, and what went to the open file before.
    assert.ok(datagrams + failed > 500 && failed > 400, `${datagrams} written, ${failed} failed`)
    assert.equal(problem, 'the directory is not there')
    assert.deepEqual(told, [
      `Writing '${join(folder, 'x.pcap')}' stopped: the directory is not there. All else goes on; writing is tried again every 0.1 s.`,
    ])
    renameSync(away, folder)
    await pause(300)
    giveAll(file, batchOf([{ bytes: numbered(1000, 1400) }]))
    await file.close()
    assert.equal(told.length, 2)
    assert.match(told[1]!, /^Writing '.*' goes on after \d s; \d+ datagrams were lost\.$/)
    const end = file.state()
    assert.equal(end.datagrams + end.failed, 1001)
    assert.equal(end.failed, failed)
    const numbers = await numbersIn(inFolder(folder))
    assert.equal(numbers.length, end.datagrams)
    assert.equal(numbers.at(-1), 1000)
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
  })

  test('close ends it: what can not be written is counted', async () => {
    const folder = temporaryFolder()
    const told: string[] = []
    const file = await WriteSide.open({
      path: join(folder, 'x.pcap'),
      rotateSeconds: 10,
      retryMs: 60_000,
      tell: (line) => told.push(line),
    })
    renameSync(folder, `${folder}-away`)
    giveAll(file, batchOf([{ bytes: numbered(0) }]))
    await pause(700)
    giveAll(file, batchOf([{ bytes: numbered(1) }]))
    await file.close()
    assert.equal(file.state().datagrams, 0)
    assert.equal(file.state().failed, 2)
    assert.equal(told.length, 2)
    assert.match(told[1]!, /^2 datagrams are not in '.*': the directory is not there\.$/)
  })
})

describe('a process that is killed', { concurrency: true }, () => {
  const writer = fileURLToPath(new URL('../helpers/write-capture.ts', import.meta.url))
  for (const ending of endings) {
    test(`${ending}: all but the last second is there`, async () => {
      const path = temporaryPath(`x${ending}`)
      const child = spawn(process.execPath, ['--import', 'tsx', writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      let last = -1
      /** Number of the last datagram, and when that was. */
      const seen: [number, number][] = []
      child.stdout.on('data', (text: Buffer) => {
        last = Number(String(text).trim().split('\n').at(-1))
        seen.push([last, performance.now()])
      })
      while (last < 400) await pause(20)
      const killed = performance.now()
      child.kill('SIGKILL')
      await new Promise((done) => child.once('exit', done))
      const old = seen.filter(([, at]) => at <= killed - 1000).at(-1)![0]
      const { datagrams } = await readCapture(path)
      const numbers = datagrams.map(({ hex: text }) => Number.parseInt(text.slice(0, 8), 16))
      assert.ok(numbers.length > old, `${numbers.length} datagrams, ${old} were a second old`)
      assert.deepEqual(numbers, upTo(numbers.length))
      if (ending.endsWith('.gz')) {
        const { status, stderr } = spawnSync('gzip', ['-t', path], { encoding: 'utf8' })
        assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
      }
    })
  }
})
