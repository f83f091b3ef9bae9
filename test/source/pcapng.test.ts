import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InterfaceClock } from '../../src/lib/source/pcapng-time.ts'
import { Blocks, join } from '../helpers/capture-bytes.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'

describe('pcapng', () => {
  test('a file written out by hand, little-endian: section, interface, enhanced packet', async () => {
    // 1700000000.123456 s = 1,700,000,000,123,456 µs = 0x00060a24 18202240.
    const file = join(
      '0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000',
      '01000000 14000000 0100 0000 00000400 14000000',
      '06000000 24000000 00000000 240a0600 40222018 03000000 40000000 aabbcc00 24000000',
    )
    const { frames, issues } = await readFrames(temporaryFile(file))
    assert.deepEqual(frames, [{ link: 1, time: '1700000000.123456000', hex: 'aabbcc', wire: 64 }])
    assert.deepEqual(issues, [])
  })

  for (const littleEndian of [true, false]) {
    test(`all packet blocks, several interfaces, ${littleEndian ? 'little' : 'big'}-endian`, async () => {
      const b = new Blocks(littleEndian)
      const file = join(
        b.section(),
        b.interface(1, 2),
        b.interface(101, 0, b.option(9, join('09')), b.option(0, join(''))),
        b.block(0x0bad, join('0102030405')),
        b.simple('aabb', 5),
        b.enhanced(0, 0, 2_000_001, 'a1'),
        b.packet(1, 0, 4_000_000_007, 'b1b2b3', 70),
        b.simple('cc', 1),
        b.block(5, join('00000000 00000000 00000000')),
        b.enhanced(1, 1, 0, 'd1d2d3d4d5'),
      )
      const { frames, issues } = await readFrames(temporaryFile(file))
      assert.deepEqual(frames, [
        { link: 1, time: '0.000000000', hex: 'aabb', wire: 5 },
        { link: 1, time: '2.000001000', hex: 'a1', wire: 1 },
        { link: 101, time: '4.000000007', hex: 'b1b2b3', wire: 70 },
        { link: 1, time: '4.000000007', hex: 'cc', wire: 1 },
        { link: 101, time: '4.294967296', hex: 'd1d2d3d4d5', wire: 5 },
      ])
      assert.deepEqual(issues, [])
    })
  }

  test('sections of both byte orders, each with its own interfaces', async () => {
    const little = new Blocks(true)
    const big = new Blocks(false)
    const file = join(
      little.section(),
      little.interface(1),
      little.enhanced(0, 0, 1, '01'),
      big.section(),
      big.interface(276),
      big.enhanced(0, 0, 2, '02'),
      little.section(),
      little.enhanced(0, 0, 3, '03'),
      little.interface(113),
      little.enhanced(0, 0, 4, '04'),
    )
    const { frames, issues } = await readFrames(temporaryFile(file))
    assert.deepEqual(
      frames.map(({ link, hex }) => ({ link, hex })),
      [
        { link: 1, hex: '01' },
        { link: 276, hex: '02' },
        { link: 113, hex: '04' },
      ],
    )
    assert.deepEqual(issues, [
      {
        kind: 'packet interface',
        at: 28 + 20 + 36 + 28 + 20 + 36 + 28 + 8,
        problem: 'a packet is from interface 0, 0 are described; packets of unknown interfaces were left out',
        count: 1,
      },
    ])
  })

  const b = new Blocks()
  const start = join(b.section(), b.interface(1))
  const at = start.length
  const good = b.enhanced(0, 0, 0, '0102')
  const damaged = [
    {
      name: 'a second length that differs',
      file: join(start, b.block(0x99, join('01020304'), 20), good),
      frames: 1,
      issue: {
        kind: 'block length differs',
        at,
        problem: 'a block begins with length 16 and ends with 20; the first was used',
        count: 1,
      },
    },
    {
      name: 'cut in a block',
      file: join(start, good, good).subarray(0, at + 36 + 30),
      frames: 1,
      issue: { kind: 'block cut', at: at + 36, problem: 'the file ends after 30 of the 36 bytes of a block', count: 1 },
    },
    {
      name: 'cut in the head of a block',
      file: join(start, good, good).subarray(0, at + 36 + 7),
      frames: 1,
      issue: { kind: 'block cut', at: at + 36, problem: 'the file ends after 7 of the 12 bytes of a block', count: 1 },
    },
    {
      name: 'a block length below 12',
      file: join(start, good, b.w(6), b.w(8), good),
      frames: 1,
      issue: {
        kind: 'block length',
        at: at + 36,
        problem: 'a block claims 8 bytes, a multiple of 4 from 12 on is needed; nothing after it can be read',
        count: 1,
      },
    },
    {
      name: 'a huge unknown block is stepped over, and found cut',
      file: join(start, good, b.w(0x77), b.w(0xffff_fff0), good),
      frames: 1,
      issue: {
        kind: 'block cut',
        at: at + 36 + 44,
        problem: 'the file ends 4294967236 bytes before the end of a block',
        count: 1,
      },
    },
    {
      name: 'a packet too long to be one is stepped over',
      file: join(start, b.enhanced(0, 0, 0, new Uint8Array(400_000)), good),
      frames: 1,
      issue: {
        kind: 'block too long',
        at,
        problem: 'a block of type 6 claims 400032 bytes, at most 327680 are read; it was left out',
        count: 1,
      },
    },
    {
      name: 'captured length beyond the block',
      file: join(start, b.enhanced(0, 0, 0, '01020304', 4, 5), good),
      frames: 1,
      issue: {
        kind: 'packet length',
        at: at + 20,
        problem: 'a packet claims 5 captured bytes, 4 are in its block; it was left out',
        count: 1,
      },
    },
    {
      name: 'a simple packet beyond its block',
      file: join(start, b.simple('0102', 500), good),
      frames: 1,
      issue: {
        kind: 'packet length',
        at: at + 8,
        problem: 'a simple packet of 500 bytes needs 500 in its block, 4 are there; it was left out',
        count: 1,
      },
    },
    {
      name: 'a packet block without room for its fields',
      file: join(start, b.block(6, join('00000000 00000000')), good),
      frames: 1,
      issue: { kind: 'packet block', at, problem: 'a packet block has 20 bytes, 32 are needed', count: 1 },
    },
    {
      name: 'an interface option beyond its block',
      file: join(b.section(), b.interface(1, 0, join(b.w(9, 2), b.w(40, 2), '06000000')), good),
      frames: 1,
      issue: {
        kind: 'interface option',
        at: 28 + 16,
        problem: 'an option of an interface claims 40 bytes, 4 are left',
        count: 1,
      },
    },
    {
      name: 'an interface without its fields keeps its number',
      file: join(b.section(), b.block(1, join('')), b.interface(1), b.enhanced(1, 0, 0, '0a')),
      frames: 1,
      issue: { kind: 'interface block', at: 28, problem: 'an interface has 12 bytes, 20 are needed', count: 1 },
    },
    {
      name: 'a section of a later version',
      file: join(start, good, b.section(2), b.interface(1), good),
      frames: 1,
      issue: {
        kind: 'section version',
        at: at + 36 + 12,
        problem: 'a section says version 2.0, 1.0 is known; nothing after it can be read',
        count: 1,
      },
    },
    {
      name: 'a section without a byte order',
      file: join(start, good, '0a0d0d0a 1c000000 01020304 0100 0000 ffffffffffffffff 1c000000', good),
      frames: 1,
      issue: {
        kind: 'section byte order',
        at: at + 36 + 8,
        problem:
          'a section has byte-order magic 01020304, 1a2b3c4d or 4d3c2b1a is needed; nothing after it can be read',
        count: 1,
      },
    },
  ]
  for (const { name, file, frames, issue } of damaged) {
    test(name, async () => {
      const read = await readFrames(temporaryFile(file))
      assert.equal(read.frames.length, frames)
      assert.deepEqual(read.issues, [issue])
    })
  }

  test('interfaces are bounded', async () => {
    const many = Array.from({ length: 4_100 }, () => b.interface(1))
    const { frames, issues } = await readFrames(
      temporaryFile(join(b.section(), ...many, b.enhanced(4_095, 0, 0, '01'), b.enhanced(4_096, 0, 0, '02'))),
    )
    assert.deepEqual(
      frames.map((frame) => frame.hex),
      ['01'],
    )
    assert.deepEqual(
      issues.map(({ kind, count }) => ({ kind, count })),
      [
        { kind: 'too many interfaces', count: 4 },
        { kind: 'packet interface', count: 1 },
      ],
    )
  })
})

describe('times of pcapng interfaces', () => {
  const cases: readonly (readonly [resolution: number, offset: number, units: bigint, sec: number, nsec: number])[] = [
    [6, 0, 0n, 0, 0],
    [6, 0, 1_700_000_000_123_456n, 1_700_000_000, 123_456_000],
    [9, 0, 1_700_000_000_123_456_789n, 1_700_000_000, 123_456_789],
    [9, 0, 4_294_967_295_999_999_999n, 4_294_967_295, 999_999_999],
    [3, 0, 1_700_000_000_123n, 1_700_000_000, 123_000_000],
    [0, 0, 1_700_000_000n, 1_700_000_000, 0],
    [8, 0, 170_000_000_012_345_678n, 1_700_000_000, 123_456_780],
    [12, 0, 1_700_000_123_456_789_012n, 1_700_000, 123_456_789],
    [0x80 | 10, 0, 1_740_800_000_512n, 1_700_000_000, 500_000_000],
    [0x80 | 32, 0, 0x6553f100_80000000n, 1_700_000_000, 500_000_000],
    [0x80 | 20, 0, (1_700_000_000n << 20n) + 1n, 1_700_000_000, 953],
    [6, 3_600, 1_000_000n, 3_601, 0],
    [6, -1, 2_500_000n, 1, 500_000_000],
  ]
  for (const [resolution, offset, units, sec, nsec] of cases) {
    test(`${units} units of if_tsresol ${resolution}, if_tsoffset ${offset}`, () => {
      const clock = new InterfaceClock(resolution, offset)
      clock.read(Number(units >> 32n), Number(units & 0xffff_ffffn))
      assert.deepEqual([clock.sec, clock.nsec, clock.outOfRange], [sec, nsec, false])
    })
  }

  test('a time that 32 bits of seconds do not hold is moved to the nearest end and told', async () => {
    const b = new Blocks()
    const file = join(
      b.section(),
      b.interface(1, 0, b.option(9, join('00'))),
      b.interface(1, 0, b.option(14, join('ffffffffffffffff'))),
      b.enhanced(0, 5, 7, '01'),
      b.enhanced(1, 0, 0, '02'),
    )
    const { frames, issues } = await readFrames(temporaryFile(file))
    assert.deepEqual(
      frames.map((frame) => frame.time),
      ['4294967295.000000000', '0.000000000'],
    )
    assert.deepEqual(
      issues.map(({ kind, count }) => ({ kind, count })),
      [{ kind: 'packet time', count: 2 }],
    )
  })
})
