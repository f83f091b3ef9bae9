// Random changes of small captures of every container: reading them ends, gives nothing outside of its buffer, counts
// every packet, and opening throws nothing but InputError. SONDE_FUZZ_ROUNDS sets how many; the seed is printed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { InputError } from '../../src/lib/errors.ts'
import { openCapture, openFrames } from '../../src/lib/source/open.ts'
import { Blocks, ethernet, ipv4, ipv6, join, pcap, udp, word } from '../helpers/capture-bytes.ts'
import { temporaryFile } from '../helpers/read-captures.ts'

const rounds = Number(process.env.SONDE_FUZZ_ROUNDS ?? 400)
const seed = Number(process.env.SONDE_FUZZ_SEED ?? 20_260_101)

/** xorshift32. */
function random(from: number): (below: number) => number {
  let x = from | 1
  return (below) => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % below
  }
}

const fragment = (from: number, flags: number) =>
  ethernet(0x0800, ipv4(udp('ab'.repeat(40)).subarray(from, from + 24), { flags }))
const frames = [
  ethernet(0x0800, ipv4(udp('0a0b0c'))),
  ethernet(0x86dd, ipv6(join('1100 010400000000', udp('0a0b0c')), 0), '8100 0001 88a8 0002'),
  fragment(0, 0x2000),
  fragment(24, 0x2003),
  ethernet(0x86dd, ipv6(join('1100 0000 00000009', udp('0a0b0c')), 44)),
  ethernet(0x0800, ipv4(udp('00', 53))),
]

function pcapng(littleEndian: boolean): Uint8Array {
  const b = new Blocks(littleEndian)
  const resolution = b.option(9, join(word(littleEndian ? 9 : 0x8a, 1)))
  const blocks = frames.map((frame, i) =>
    i % 3 === 2 ? b.packet(0, 0, i, frame) : b.enhanced(i % 2, 0x60a24, i, frame),
  )
  return join(
    b.section(),
    b.interface(1, 0, resolution),
    b.interface(1),
    ...blocks,
    b.simple(frames[0]!),
    b.section(),
    b.interface(101),
  )
}

const containers: readonly { name: string; bytes: Uint8Array; rounds: number }[] = [
  { name: 'pcap, little-endian', bytes: pcap(frames.map((frame, sec) => ({ frame, sec }))), rounds },
  {
    name: 'pcap, big-endian nanoseconds',
    bytes: pcap(
      frames.map((frame) => ({ frame })),
      { littleEndian: false, nanoseconds: true },
    ),
    rounds,
  },
  {
    name: 'pcap, raw IP',
    bytes: pcap(
      frames.map((frame) => ({ frame: frame.subarray(14) })),
      { linkType: 101 },
    ),
    rounds,
  },
  { name: 'pcapng, little-endian', bytes: pcapng(true), rounds },
  { name: 'pcapng, big-endian', bytes: pcapng(false), rounds },
  // Unpacking a damaged stream twice costs milliseconds, so fewer of these.
  { name: 'gzip of pcap', bytes: gzipSync(pcap(frames.map((frame) => ({ frame })))), rounds: rounds / 8 },
  {
    name: 'zstd of pcapng, in two frames',
    bytes: join(zstdCompressSync(pcapng(true).subarray(0, 90)), zstdCompressSync(pcapng(true).subarray(90))),
    rounds: rounds / 8,
  },
]

/** Flips, sets, cuts, repeats and inserts, one to four times. */
function mutate(bytes: Uint8Array, pick: (below: number) => number): Uint8Array {
  let out: Uint8Array = bytes.slice()
  for (let n = 1 + pick(4); n > 0; n--) {
    const at = pick(out.length || 1)
    switch (pick(6)) {
      case 0:
        out[at]! ^= 1 << pick(8)
        break
      case 1:
        out[at] = [0, 1, 0x7f, 0x80, 0xff][pick(5)]!
        break
      case 2:
        out.set([0xff, 0xff, 0xff, 0xff].slice(0, out.length - at), at)
        break
      case 3:
        out = out.slice(0, at)
        break
      case 4:
        out = join(out.subarray(0, at), out.subarray(Math.max(at - pick(64), 0)))
        break
      default:
        out = join(
          out.subarray(0, at),
          new Uint8Array(1 + pick(9)).map(() => pick(256)),
          out.subarray(at),
        )
    }
  }
  return out
}

/** Bytes read at once: smaller than a header, than a frame, and larger than all. */
const blockSizes = [20, 100, 1 << 16]

/** A record is 12 bytes or more, so a file can't hold more packets than this. */
const mostPackets = (bytes: number) => bytes / 12 + 1

async function check(
  path: string,
  fileBytes: number,
  packed: boolean,
  blockBytes: number,
): Promise<'read' | 'refused'> {
  try {
    const reader = await openFrames(path, { blockBytes })
    let seen = 0
    for (let batch = await reader.next(); batch; batch = await reader.next()) {
      seen += batch.count
      if (!packed) assert.ok(seen <= mostPackets(fileBytes), 'more packets than the file can hold')
      for (let i = 0; i < batch.count; i++) {
        assert.ok(batch.offset[i]! + batch.length[i]! <= batch.spareStart, 'a frame outside of its block')
        assert.ok(batch.nsec[i]! < 1_000_000_000, 'nanoseconds')
      }
    }
    await reader.close()
    const source = await openCapture(path, { ports: [6343, 53], blockBytes })
    let datagrams = 0
    for await (const batch of source.batches()) {
      datagrams += batch.count
      assert.equal(batch.view.buffer, batch.bytes.buffer)
      for (let i = 0; i < batch.count; i++) {
        assert.ok(batch.offset[i]! + batch.length[i]! <= batch.bytes.length, 'a payload outside of its buffer')
        assert.ok(batch.length[i]! <= batch.wireLength[i]!, 'more bytes than were sent')
      }
    }
    await source.close()
    const report = source.report()
    const left = [...report.skipped.values()].reduce((sum, packets) => sum + packets, 0)
    assert.equal(report.packets, seen)
    assert.equal(report.datagrams, datagrams)
    // Fragments that were joined are packets, and neither datagrams nor left out.
    assert.ok(left + datagrams <= seen, 'packets counted twice')
    return 'read'
  } catch (error) {
    if (error instanceof InputError) return 'refused'
    throw error
  }
}

describe('changed captures', () => {
  for (const { name, bytes, rounds: times } of containers) {
    test(`${name}, seed ${seed}`, async () => {
      const pick = random(seed)
      const path = temporaryFile(bytes, 'changed')
      assert.equal(await check(path, bytes.length, true, 1 << 16), 'read')
      const results = { read: 0, refused: 0 }
      for (let i = 0; i < times; i++) {
        const changed = mutate(bytes, pick)
        const file = temporaryFile(changed, 'changed')
        try {
          results[await check(file, changed.length, /gzip|zstd/.test(name), blockSizes[i % 3]!)]++
        } catch (error) {
          throw new Error(`round ${i}: ${Buffer.from(changed).toString('hex')}`, { cause: error })
        }
      }
      assert.ok(results.read > 0, JSON.stringify(results))
    })
  }
})
