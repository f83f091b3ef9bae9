import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { join, pcap } from '../helpers/capture-bytes.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'

// Two packets written out by hand: 1700000000 s = 0x6553f100, 123456 = 0x1e240, 123456789 = 0x75bcd15.
const variants = [
  {
    name: 'little-endian microseconds',
    file: 'd4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000  00f15365 40e20100 03000000 03000000 aabbcc  01f15365 00000000 01000000 40000000 dd',
    time: '1700000000.123456000',
    link: 1,
  },
  {
    name: 'big-endian microseconds',
    file: 'a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001  6553f100 0001e240 00000003 00000003 aabbcc  6553f101 00000000 00000001 00000040 dd',
    time: '1700000000.123456000',
    link: 1,
  },
  {
    name: 'little-endian nanoseconds, FCS length in the link type word',
    file: '4d3cb2a1 0200 0400 00000000 00000000 ffff0000 71000044  00f15365 15cd5b07 03000000 03000000 aabbcc  01f15365 00000000 01000000 40000000 dd',
    time: '1700000000.123456789',
    link: 113,
  },
  {
    name: 'big-endian nanoseconds',
    file: 'a1b23c4d 0002 0004 00000000 00000000 0000ffff 00000065  6553f100 075bcd15 00000003 00000003 aabbcc  6553f101 00000000 00000001 00000040 dd',
    time: '1700000000.123456789',
    link: 101,
  },
]

describe('pcap', () => {
  for (const { name, file, time, link } of variants) {
    test(name, async () => {
      const { frames, issues } = await readFrames(temporaryFile(join(file)))
      assert.deepEqual(frames, [
        { link, time, hex: 'aabbcc', wire: 3 },
        { link, time: '1700000001.000000000', hex: 'dd', wire: 64 },
      ])
      assert.deepEqual(issues, [])
    })
  }

  test('version 2.2 has the lengths the other way round', async () => {
    const file = pcap([{ frame: 'aabb', captured: 9, original: 2 }], { minor: 2 })
    const { frames } = await readFrames(temporaryFile(file))
    assert.deepEqual(frames, [{ link: 1, time: '1.000000000', hex: 'aabb', wire: 9 }])
  })

  const two = pcap([{ frame: '0102030405060708' }, { frame: '1112131415161718' }])
  const damaged = [
    {
      name: 'cut in the file header',
      file: two.subarray(0, 23),
      frames: [],
      issue: {
        kind: 'file header cut',
        at: 0,
        problem: 'the file ends after 23 of the 24 bytes of its header',
        count: 1,
      },
    },
    {
      name: 'cut in a packet header',
      file: two.subarray(0, 24 + 24 + 5),
      frames: ['0102030405060708'],
      issue: {
        kind: 'packet header cut',
        at: 48,
        problem: 'the file ends after 5 of the 16 bytes of a packet header',
        count: 1,
      },
    },
    {
      name: 'cut in a packet',
      file: two.subarray(0, 24 + 24 + 16 + 3),
      frames: ['0102030405060708'],
      issue: { kind: 'packet cut', at: 48, problem: 'the file ends after 3 of the 8 bytes of a packet', count: 1 },
    },
    {
      name: 'a captured length that can not be',
      file: pcap([{ frame: '01' }, { frame: '02', captured: 0xffff_fff0 }, { frame: '03' }]),
      frames: ['01'],
      issue: {
        kind: 'packet length',
        at: 41,
        problem: 'a packet claims 4294967280 captured bytes, at most 262144 are possible; nothing after it can be read',
        count: 1,
      },
    },
    {
      name: 'a captured length one above the most',
      file: pcap([{ frame: '01', captured: 262_145 }]),
      frames: [],
      issue: {
        kind: 'packet length',
        at: 24,
        problem: 'a packet claims 262145 captured bytes, at most 262144 are possible; nothing after it can be read',
        count: 1,
      },
    },
    {
      name: 'times with more than a second of fraction, counted',
      file: pcap([
        { frame: '01', sec: 5, fraction: 3_000_001 },
        { frame: '02', sec: 5, fraction: 1_000_000 },
      ]),
      frames: ['01', '02'],
      issue: {
        kind: 'packet time',
        at: 24,
        problem: "a packet's time has 3000001 parts of a second, below 1000000 are possible; carried into the seconds",
        count: 2,
      },
    },
    {
      name: 'an unknown version',
      file: pcap([{ frame: '01' }], { minor: 9 }),
      frames: ['01'],
      issue: {
        kind: 'file version',
        at: 4,
        problem: 'the header says version 2.9; 2.4 is known and was assumed',
        count: 1,
      },
    },
  ]
  for (const { name, file, frames, issue } of damaged) {
    test(name, async () => {
      const read = await readFrames(temporaryFile(file))
      assert.deepEqual(
        read.frames.map((frame) => frame.hex),
        frames,
      )
      assert.deepEqual(read.issues, [issue])
    })
  }

  test('carries a fraction above a second', async () => {
    const { frames } = await readFrames(temporaryFile(pcap([{ frame: '', sec: 5, fraction: 3_000_001 }])))
    assert.deepEqual(frames, [{ link: 1, time: '8.000001000', hex: '', wire: 0 }])
  })

  test('the longest frame, across blocks, among many', async () => {
    const long = new Uint8Array(262_144).fill(7)
    const packets = Array.from({ length: 12 }, (_, i) => ({ frame: i % 2 === 0 ? long : '0102', sec: i }))
    const { frames, issues } = await readFrames(temporaryFile(pcap(packets)))
    assert.deepEqual(
      frames.map((frame) => frame.hex.length / 2),
      [262_144, 2, 262_144, 2, 262_144, 2, 262_144, 2, 262_144, 2, 262_144, 2],
    )
    assert.ok(frames.every((frame) => /^(07)+$|^0102$/.test(frame.hex)))
    assert.deepEqual(issues, [])
  })

  test('more packets than a batch holds', async () => {
    const packets = Array.from({ length: 10_000 }, (_, i) => ({ frame: '', sec: i }))
    const { frames } = await readFrames(temporaryFile(pcap(packets)))
    assert.equal(frames.length, 10_000)
    assert.equal(frames[9_999]!.time, '9999.000000000')
  })
})
