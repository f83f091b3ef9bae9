import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { openFrames } from '../../src/lib/source/open.ts'
import { Blocks, ethernet, hex, ipv4, join, pcap, type TestPacket, udp, word } from '../helpers/capture-bytes.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'

/** Packets that do not pack well, so that a packed file has many blocks. */
function packets(count: number): TestPacket[] {
  let x = 1
  return Array.from({ length: count }, (_, i) => {
    const content = new Uint8Array(1000)
    for (let k = 0; k < content.length; k++) {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0
      content[k] = x >>> 24
    }
    return { frame: ethernet(0x0800, ipv4(udp(content))), sec: i }
  })
}

const some = packets(3)
const file = pcap(some)
/** Short names of frames: what differs must be readable. */
const digest = (frame: string) => createHash('sha1').update(frame).digest('hex').slice(0, 8)
const wanted = some.map(({ frame }) => digest(hex(join(frame))))
const b = new Blocks(false)
const pcapng = join(b.section(), b.interface(1), b.enhanced(0, 0, 1, '0102'))

/** Parts of one file, each packed for itself. */
const parts = (pack: (bytes: Uint8Array) => Uint8Array, ...cuts: number[]) =>
  join(...[0, ...cuts].map((from, i) => pack(file.subarray(from, cuts[i] ?? file.length))))

const skippable = join('502a4d18 05000000 0102030405')
const whole: readonly { name: string; bytes: Uint8Array; frames: readonly string[] }[] = [
  { name: 'gzip of pcap', bytes: gzipSync(file), frames: wanted },
  { name: 'zstd of pcap', bytes: zstdCompressSync(file), frames: wanted },
  { name: 'gzip of pcapng', bytes: gzipSync(pcapng), frames: [digest('0102')] },
  { name: 'zstd of pcapng', bytes: zstdCompressSync(pcapng), frames: [digest('0102')] },
  { name: 'gzip members that follow each other', bytes: parts(gzipSync, 3, 700, 701, 2500), frames: wanted },
  { name: 'zstd frames that follow each other', bytes: parts(zstdCompressSync, 3, 700, 701, 2500), frames: wanted },
  {
    name: 'a skippable zstd frame first and between',
    bytes: join(skippable, parts(zstdCompressSync, 700), skippable),
    frames: wanted,
  },
  { name: 'an empty gzip member in front', bytes: join(gzipSync(''), gzipSync(file)), frames: wanted },
  { name: 'zeros after gzip', bytes: join(gzipSync(file), new Uint8Array(100_000)), frames: wanted },
  { name: 'zeros after zstd', bytes: join(zstdCompressSync(file), new Uint8Array(100_000)), frames: wanted },
]

describe('packed captures', () => {
  for (const { name, bytes, frames } of whole) {
    test(name, async () => {
      const read = await readFrames(temporaryFile(bytes))
      assert.deepEqual(
        read.frames.map((frame) => digest(frame.hex)),
        frames,
      )
      assert.deepEqual(read.issues, [])
    })
  }

  test('gzip that is cut anywhere gives all packets that zlib can give', async () => {
    // Stored blocks, so that each byte of the file is there as soon as it is read.
    const stored = gzipSync(file, { level: 0 })
    const head = stored.length - 8 - file.length
    for (const length of [
      head + 30,
      head + 24 + 16 + 1042,
      head + 24 + 16 + 1042 + 500,
      stored.length - 8,
      stored.length - 1,
    ]) {
      const path = temporaryFile(stored.subarray(0, length))
      const read = await readFrames(path)
      const bytesHere = Math.min(length - head, file.length)
      assert.equal(read.frames.length, Math.max(Math.floor((bytesHere - 24) / 1058), 0), `${length} bytes`)
      assert.deepEqual(read.issues[0], {
        kind: 'gzip stream cut',
        at: length,
        problem: `the file ends after ${length} bytes, before the end of its gzip stream; ${bytesHere} bytes were unpacked`,
        count: 1,
      })
    }
  })

  test('zstd that is cut', async () => {
    const many = pcap(packets(600))
    const packed = zstdCompressSync(many)
    const { frames, issues } = await readFrames(temporaryFile(packed.subarray(0, packed.length - 10)))
    // Blocks of 128 KiB: all but the last one are whole.
    assert.equal(frames.length, Math.floor((Math.floor(many.length / 131_072) * 131_072 - 24) / 1058))
    assert.deepEqual(
      issues.map((issue) => issue.kind),
      ['zstd stream cut', 'packet cut'],
    )
  })

  const garbage = [
    { name: 'gzip', bytes: join(gzipSync(file), Buffer.from('not gzip')), kind: 'gzip stream damaged' },
    { name: 'zstd', bytes: join(zstdCompressSync(file), Buffer.from('not zstd')), kind: 'zstd stream damaged' },
  ]
  for (const { name, bytes, kind } of garbage) {
    test(`other bytes after ${name}: nothing before them is lost`, async () => {
      const { frames, issues } = await readFrames(temporaryFile(bytes))
      assert.deepEqual(
        frames.map((frame) => digest(frame.hex)),
        wanted,
      )
      assert.deepEqual(
        issues.map((issue) => issue.kind),
        [kind],
      )
    })
  }

  test('damage in the middle of gzip: what is before it is kept', async () => {
    const many = packets(200)
    const content = pcap(many)
    const half = 24 + 100 * 1058
    // A stored block with the first half, then a block of the type that does not exist.
    const first = gzipSync(content.subarray(0, half), { level: 0 }).subarray(0, -8)
    const blocks = first.slice()
    let at = 10
    for (;;) {
      if (blocks[at]! & 1) break
      at += 5 + blocks[at + 1]! + blocks[at + 2]! * 256
    }
    blocks[at]! &= 0xfe // not the last block
    const { frames, issues } = await readFrames(temporaryFile(join(blocks, '07', new Uint8Array(5000).fill(0xff))))
    assert.equal(frames.length, 100)
    assert.equal(digest(frames[99]!.hex), digest(hex(join(many[99]!.frame))))
    assert.deepEqual(
      issues.map((issue) => issue.kind),
      ['gzip stream damaged'],
    )
  })

  test('a wrong check sum of gzip', async () => {
    const raw = deflateRawSync(file)
    const good = join('1f8b0800 00000000 00 03', raw, word(crc32(file), 4, true), word(file.length, 4, true))
    assert.deepEqual((await readFrames(temporaryFile(good))).issues, [])
    const bad = good.slice()
    bad[bad.length - 5]! ^= 1
    const { frames, issues } = await readFrames(temporaryFile(bad))
    assert.deepEqual(
      frames.map((frame) => digest(frame.hex)),
      wanted,
    )
    assert.deepEqual(
      issues.map((issue) => issue.kind),
      ['gzip stream damaged'],
    )
  })

  test('a file that packs a thousandfold is read in bounded memory', async () => {
    const frame = new Uint8Array(100_000)
    const content = pcap(Array.from({ length: 1000 }, (_, i) => ({ frame, sec: i })))
    const packed = zstdCompressSync(content)
    assert.ok(packed.length < content.length / 1000)
    const reader = await openFrames(temporaryFile(packed))
    const before = process.memoryUsage().arrayBuffers
    let frames = 0
    let most = 0
    for (let batch = await reader.next(); batch; batch = await reader.next()) {
      frames += batch.count
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    assert.equal(frames, 1000)
    assert.ok(most < 60e6, `${most} bytes of buffers for a content of ${content.length}`)
    await reader.close()
  })
})
