// Captures that --write makes, read by others: tshark, sflowtool, gzip; and a disk that is full.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { WriteSide } from '../../src/lib/listen/write-side.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { batchOf, giveAll } from '../helpers/batches.ts'
import { readCapture } from '../helpers/read-captures.ts'
import { findSflowtool, sflowtoolLines } from '../helpers/sflowtool.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'sonde-write-'))
after(() => rmSync(folder, { recursive: true }))

const endings = ['.pcap', '.pcap.gz', '.pcapng', '.pcapng.gz'] as const
const fixture = join(root, 'fixtures', 'fabric.pcap')

/** Writes what a capture holds as a listener would have. */
async function rewrite(from: string, to: string): Promise<number> {
  const source = await openCapture(from)
  const side = await WriteSide.open({ path: to, tell: (line) => assert.fail(line) })
  for await (const batch of source.batches()) giveAll(side, batch)
  await source.close()
  await side.close()
  return side.state().datagrams
}

const noTshark = spawnSync('tshark', ['--version']).status === 0 ? false : 'tshark not found'

/** Lines of `-T fields`, of the outer headers, checksums checked. */
function tshark(path: string, fields: readonly string[]): string[] {
  const text = execFileSync(
    'tshark',
    [
      ...[
        '-r',
        path,
        '-o',
        'ip.check_checksum:TRUE',
        '-o',
        'udp.check_checksum:TRUE',
        '-T',
        'fields',
        '-E',
        'occurrence=f',
      ],
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  return text.split('\n').slice(0, -1)
}

describe('tshark reads what is written', { skip: noTshark }, () => {
  for (const ending of endings) {
    test(`${ending}: every datagram, with right checksums and times`, async () => {
      const path = join(folder, `tshark${ending}`)
      const count = await rewrite(fixture, path)
      assert.ok(count > 10)
      const fields = ['ip.src', 'udp.srcport', 'udp.dstport', 'udp.payload']
      assert.deepEqual(tshark(path, fields), tshark(fixture, fields))
      const status = tshark(path, ['ip.checksum.status', 'udp.checksum.status'])
      assert.deepEqual(new Set(status), new Set(['1\t1']))
      const times = tshark(fixture, ['frame.time_epoch']).map((time) => Number(time).toFixed(6))
      assert.deepEqual(
        tshark(path, ['frame.time_epoch']).map((time) => Number(time).toFixed(6)),
        times,
      )
    })
  }

  test('IPv6, odd lengths, nanoseconds', async () => {
    const path = join(folder, 'v6.pcapng')
    const side = await WriteSide.open({ path, tell: (line) => assert.fail(line) })
    const sender = [0x20010db8, 0, 0, 7]
    giveAll(
      side,
      batchOf([0, 1, 2, 3, 1401].map((length, i) => ({ bytes: new Uint8Array(length).fill(i), sender, nsec: i }))),
    )
    await side.close()
    assert.deepEqual(
      tshark(path, ['ipv6.src', 'ipv6.dst', 'udp.length', 'udp.checksum.status', 'frame.time_epoch']).map((line) =>
        line.split('\t'),
      ),
      [8, 9, 10, 11, 1409].map((length, i) => ['2001:db8::7', '::1', `${length}`, '1', `1767225600.00000000${i}`]),
    )
  })
})

const tool = findSflowtool()

test('sflowtool reads the same samples', {
  skip: tool === undefined && 'sflowtool not found: set SFLOWTOOL or PATH',
}, async () => {
  for (const name of ['edges', 'zipf', 'mixed']) {
    const from = join(root, 'fixtures', 'line', `${name}.pcap`)
    const path = join(folder, `${name}-sflowtool.pcap`)
    await rewrite(from, path)
    const { lines } = sflowtoolLines(tool!, path)
    assert.ok(lines.split('\n').length > 3)
    assert.equal(lines, sflowtoolLines(tool!, from).lines)
  }
})

/** A file system of 1 MiB; undefined where this user may not have one. */
function smallDisk(): string | undefined {
  const path = mkdtempSync(join(folder, 'disk-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status !== 0) return undefined
  after(() => spawnSync('umount', [path]))
  return path
}

describe('a full disk', () => {
  const why = process.getuid?.() === 0 ? false : 'only root can mount a small disk'
  for (const ending of endings) {
    test(`${ending}: told once, what is there can be read, and it goes on when there is room`, {
      skip: why,
    }, async (t) => {
      const disk = smallDisk()
      if (disk === undefined) return t.skip('mounting is not permitted here')
      const filler = join(disk, 'filler')
      writeFileSync(filler, new Uint8Array(700 << 10))
      const path = join(disk, `x${ending}`)
      const told: string[] = []
      const side = await WriteSide.open({ path, retryMs: 200, tell: (line) => told.push(line) })
      let state = 1
      const noise = (number: number) => {
        const bytes = Uint8Array.from({ length: 1400 }, () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          return state >>> 24
        })
        new DataView(bytes.buffer).setUint32(0, number)
        return { bytes }
      }
      for (let n = 0; n < 500; n += 50) {
        giveAll(side, batchOf(Array.from({ length: 50 }, (_, i) => noise(n + i))))
        await pause(10)
      }
      for (let i = 0; i < 200 && told.length === 0; i++) await pause(100)
      await pause(900)
      assert.deepEqual(told, [
        `Writing '${path}' stopped: no space is left on the device. All else goes on; writing is tried again every 0.2 s.`,
      ])
      const full = side.state()
      assert.equal(full.problem, 'no space is left on the device')
      const before = await readCapture(path)
      assert.deepEqual(before.report.issues, [])
      assert.equal(before.datagrams.length, full.datagrams)
      assert.ok(full.datagrams < 250)
      if (noTshark === false) assert.equal(tshark(path, ['frame.number']).length, full.datagrams)
      rmSync(filler)
      for (let i = 0; i < 200 && told.length < 2; i++) await pause(100)
      await side.close()
      assert.equal(told.length, 2)
      assert.match(told[1]!, /goes on after \d s; no datagram was lost\.$/)
      assert.deepEqual(
        { ...side.state(), problem: '' },
        { name: path, kind: 'capture', datagrams: 500, bytes: 700_000, failed: 0, problem: '' },
      )
      const { datagrams, report } = await readCapture(path)
      assert.deepEqual(report.issues, [])
      assert.deepEqual(
        datagrams.map(({ hex }) => Number.parseInt(hex.slice(0, 8), 16)),
        Array.from({ length: 500 }, (_, i) => i),
      )
    })
  }

  test('full at the end: what is missing is counted', { skip: why }, async (t) => {
    const disk = smallDisk()
    if (disk === undefined) return t.skip('mounting is not permitted here')
    const path = join(disk, 'x.pcap')
    const told: string[] = []
    const side = await WriteSide.open({ path, tell: (line) => told.push(line) })
    for (let i = 0; i < 1000; i++) giveAll(side, batchOf([{ bytes: new Uint8Array(1400) }]))
    await side.close()
    const { datagrams, failed } = side.state()
    assert.equal(datagrams + failed, 1000)
    assert.ok(failed > 200 && statSync(path).size <= 1 << 20)
    assert.deepEqual(told.at(-1), `${failed} datagrams are not in '${path}': no space is left on the device.`)
    assert.equal((await readCapture(path)).datagrams.length, datagrams)
  })

  test('a disk that is full from the start', { skip: why }, async (t) => {
    const disk = smallDisk()
    if (disk === undefined) return t.skip('mounting is not permitted here')
    writeFileSync(join(disk, 'filler'), new Uint8Array((1 << 20) - 4096))
    spawnSync('sh', ['-c', `cat /dev/zero > '${join(disk, 'rest')}' 2>/dev/null`])
    await assert.rejects(WriteSide.open({ path: join(disk, 'x.pcap'), tell: () => {} }), {
      name: 'EnvironmentError',
      message: `--write '${join(disk, 'x.pcap')}' can't be created: no space is left on the device.`,
    })
    assert.equal(spawnSync('ls', [disk], { encoding: 'utf8' }).stdout, 'filler\nrest\n')
  })
})
