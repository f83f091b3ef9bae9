// Which segments of a buffer are samples, how long each is, what its header says. The folder has what taps do without the kernel; what
// needs it is in test/kernel.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SegmentedHeader, samplesOf, segmentOfSample } from '../../src/lib/kernel/tap/segments.ts'
import { noise } from '../helpers/noise.ts'

/** [segments, p, of how many values of u]: u runs over a grid on which n p steps fall evenly, so that means are exact. */
const cases = [
  [1, 1 / 10, 1000],
  [1, 1, 8],
  [2, 1 / 3, 3000],
  [7, 1 / 10, 1000],
  [44, 1, 8],
  [44, 1 / 10, 1000],
  [44, 1 / 100, 10_000],
  [45, 1 / 7, 7000],
  [65_535, 1 / 1000, 1000],
] as const

for (const [segments, ratio, grid] of cases) {
  test(`${segments} segments at ${ratio.toFixed(4)}: each is a sample with that probability`, () => {
    const times = new Float64Array(segments)
    let total = 0
    for (let k = 0; k < grid; k++) {
      const u = (k + 0.5) / grid
      const samples = samplesOf(segments, ratio, u)
      total += samples
      let last = -1
      for (let j = 1; j <= samples; j++) {
        const segment = segmentOfSample(j, ratio, u)
        assert.ok(segment > last && segment < segments, `sample ${j} of ${samples}: segment ${segment} after ${last}`)
        last = segment
        times[segment]!++
      }
    }
    // A step of the grid to either side.
    assert.ok(Math.abs(total / grid - segments * ratio) <= 1 / grid)
    for (const time of times) assert.ok(Math.abs(time / grid - ratio) <= 1.01 / grid)
  })
}

test("the kernel's integers and these doubles agree", () => {
  let state = 12345n
  const next = () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 32n)
  }
  for (let k = 0; k < 20_000; k++) {
    const segments = (next() % 65_535) + 1
    const threshold = k % 3 === 0 ? 2 ** 32 : Math.max(1, next() >>> (next() % 30))
    const draw = next()
    const byKernel = Number((BigInt(threshold) * BigInt(segments) + BigInt(draw)) >> 32n)
    assert.equal(samplesOf(segments, threshold / 2 ** 32, draw / 2 ** 32), byKernel)
  }
})

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const ETHERNET = '020000000002 020000000001'
/** Checksums of IPv4 below were worked out by hand: the complement of the sum of the ten words. */
const tcpBuffer = hex(
  `${ETHERNET} 0800 4500 10b8 1234 4000 4006 0000 0a000001 0a000002
   1389 d431 00000100 00000200 80 99 0100 0000 0000 0101080a00000001 00000002`,
)

/** [frame, IPv4 length, identification, sequence, flags] of segment i. */
function readTcp(header: SegmentedHeader, i: number, network = 14) {
  const length = header.write(i)
  const view = new DataView(header.bytes.buffer)
  return [
    header.frameBytes(i),
    view.getUint16(network + 2),
    view.getUint16(network + 4),
    view.getUint32(network + 24),
    header.bytes[network + 33],
    length,
  ]
}

test('TCP over IPv4: three segments of 1,400 bytes and one of 28', () => {
  const header = new SegmentedHeader()
  // 66 bytes of headers, 4,228 of payload.
  header.read(tcpBuffer, 0, tcpBuffer.length, 66 + 3 * 1400 + 28, 4, 1400, true)
  assert.equal(header.segments, 4)
  // Flags: CWR (0x80) on the first only, PSH and FIN (0x09) on the last only, ACK (0x10) on all.
  assert.deepEqual(readTcp(header, 0), [1466, 1452, 0x1234, 256, 0x90, 66])
  assert.deepEqual(readTcp(header, 2), [1466, 1452, 0x1236, 256 + 2800, 0x10, 66])
  assert.deepEqual(readTcp(header, 3), [94, 80, 0x1237, 256 + 4200, 0x19, 66])
  assert.deepEqual(readTcp(header, 1), [1466, 1452, 0x1235, 256 + 1400, 0x10, 66])
  // 4500 + 05ac + 1235 + 4000 + 4006 + 0a00 + 0001 + 0a00 + 0002 = f0ea; its complement.
  assert.equal(new DataView(header.bytes.buffer).getUint16(24), 0x0f15)
})

test('how many segments, where the kernel does not say', () => {
  const header = new SegmentedHeader()
  for (const [payload, segments] of [
    [1, 1],
    [1400, 1],
    [1401, 2],
    [2800, 2],
    [60_000, 43],
  ] as const) {
    header.read(tcpBuffer, 0, tcpBuffer.length, 66 + payload, 0, 1400, true)
    assert.equal(header.segments, segments)
    assert.equal(header.frameBytes(segments - 1), 66 + payload - 1400 * (segments - 1))
  }
})

test('IPv6 behind a VLAN tag, UDP: lengths of both', () => {
  const header = new SegmentedHeader()
  const buffer = hex(`${ETHERNET} 8100 0064 86dd 60000000 07d8 11 40 ${'00'.repeat(32)} 0035 0036 07d8 0000`)
  header.read(buffer, 0, buffer.length, 66 + 2000, 0, 1500, true)
  assert.equal(header.segments, 2)
  const view = new DataView(header.bytes.buffer)
  assert.deepEqual([header.write(0), view.getUint16(22), view.getUint16(62)], [66, 1508, 1508])
  assert.deepEqual([header.write(1), view.getUint16(22), view.getUint16(62)], [66, 508, 508])
})

test('a tunnel: VXLAN with TCP in it, found since the segments fit; lengths of both IP headers', () => {
  const header = new SegmentedHeader()
  const outer = `${ETHERNET} 0800 4500 2710 0001 0000 4011 0000 0a010001 0a010002 c000 12b5 26fc 0000 0800000000006400`
  const buffer = hex(`${outer} ${Buffer.from(tcpBuffer).toString('hex')}`)
  const headerBytes = 50 + 66
  header.read(buffer, 0, buffer.length, headerBytes + 5 * 1350 + 10, 6, 1350, true)
  assert.equal(header.frameBytes(0), headerBytes + 1350)
  assert.equal(header.frameBytes(5), headerBytes + 10)
  header.write(5)
  const view = new DataView(header.bytes.buffer)
  assert.deepEqual([view.getUint16(16), view.getUint16(38)], [headerBytes + 10 - 14, headerBytes + 10 - 34])
  assert.deepEqual(readTcp(header, 5, 64).slice(1, 4), [66 + 10 - 14, 0x1239, 256 + 5 * 1350])
})

test('a UDP port of VXLAN without VXLAN in it is segmented UDP', () => {
  const header = new SegmentedHeader()
  const buffer = hex(
    `${ETHERNET} 0800 4500 2710 0001 0000 4011 0000 0a010001 0a010002 c000 12b5 26fc 0000 ${'73'.repeat(80)}`,
  )
  header.read(buffer, 0, buffer.length, 42 + 3000, 3, 1000, true)
  assert.deepEqual([header.frameBytes(0), header.frameBytes(2)], [1042, 1042])
})

test('raw IP; headers that are cut or not known: all segments alike', () => {
  const header = new SegmentedHeader()
  header.read(tcpBuffer, 14, tcpBuffer.length - 14, 52 + 2000, 2, 1400, false)
  assert.deepEqual([header.frameBytes(0), header.frameBytes(1)], [1452, 652])
  header.read(tcpBuffer, 0, 40, 66 + 2000, 2, 1400, true)
  assert.deepEqual([header.frameBytes(0), header.frameBytes(1), header.write(0)], [1033, 1033, 40])
  const other = hex(`${ETHERNET} 88b5 ${'00'.repeat(50)}`)
  header.read(other, 0, other.length, 3000, 3, 1000, true)
  assert.deepEqual([header.frameBytes(0), header.frameBytes(2)], [1000, 1000])
})

test('hostile headers neither throw nor give lengths that can not be', () => {
  const header = new SegmentedHeader()
  let k = 0
  for (const bytes of noise(20_000, 256)) {
    const start = Uint8Array.from(bytes)
    // Half of them begin as IP does.
    if (k++ % 2 === 0 && start.length > 34) start.set(tcpBuffer.subarray(12, 12 + (k % 24)), 12)
    const buffer = start.length + ((k * 37) % 9000)
    header.read(start, 0, start.length, buffer, k % 3 === 0 ? 0 : (k % 60) + 2, (k % 1500) + 1, k % 5 > 0)
    const last = header.segments - 1
    assert.ok(header.segments >= 1)
    for (const i of [0, last >> 1, last]) {
      assert.ok(header.frameBytes(i) >= 0)
      const length = header.write(i)
      assert.ok(length <= start.length && length <= 256)
    }
  }
})
