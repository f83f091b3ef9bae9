import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { captureForms } from '../../src/lib/sink/capture-form.ts'
import { type UdpPath, udpFrameOverhead, writeUdpFrame } from '../../src/lib/sink/udp-frame.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { hex } from '../helpers/capture-bytes.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'

const v4: UdpPath = {
  source: Uint32Array.of(0, 0, 0xffff, 0xc0000201),
  sourcePort: 40_000,
  destination: Uint32Array.of(0, 0, 0xffff, 0xc0000202),
  destinationPort: 6343,
}
const v6: UdpPath = {
  source: Uint32Array.of(0x20010db8, 0, 0, 1),
  sourcePort: 1,
  destination: Uint32Array.of(0, 0, 0, 1),
  destinationPort: 65_535,
}

/** One's complement sum of 16-bit words in hex text, as RFC 1071 has it: 0xffff where a checksum is right. */
function onesSum(text: string): number {
  let sum = 0
  const even = text.length % 4 === 0 ? text : `${text}00`
  for (let i = 0; i < even.length; i += 4) sum += Number.parseInt(even.slice(i, i + 4), 16)
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return sum
}

describe('made-up frames', () => {
  test('the bytes of one over IPv4', () => {
    const out = new TextBuffer(16)
    writeUdpFrame(out, v4, Uint8Array.of(9, 1, 2, 3, 4, 5), 1, 5)
    assert.equal(
      hex(out.written()),
      // The UDP checksum: 0xc000+0x0201+0xc000+0x0202+17+13 + 0x9c40+0x18c7+13 + 0x0102+0x0304+0x0500, folded, inverted.
      '020000000002020000000001 0800 4500 0021 0000 4000 4011 b6c8 c0000201 c0000202 9c40 18c7 000d bdc2 0102030405'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  test('checksums of every length from 0 to 70 and some long ones, IPv4 and IPv6', () => {
    const payload = Uint8Array.from({ length: 65_600 }, (_, i) => (i * 31 + (i >> 8)) & 255)
    for (const length of [...Array.from({ length: 71 }, (_, i) => i), 1400, 1401, 1402, 1403, 65_507]) {
      for (const path of [v4, v6]) {
        const out = new TextBuffer(16)
        writeUdpFrame(out, path, payload, 3, length)
        const frame = hex(out.written())
        const ip = path === v4 ? 20 : 40
        assert.equal(out.length, udpFrameOverhead(path) + length)
        if (path === v4) assert.equal(onesSum(frame.slice(28, 28 + 40)), 0xffff)
        const addresses = frame.slice(28 + (ip === 20 ? 24 : 16), 28 + ip * 2)
        const udp = frame.slice(28 + ip * 2)
        const pseudo = `${addresses}0011${(8 + length).toString(16).padStart(8, '0')}`
        assert.equal(onesSum(pseudo + udp), 0xffff, `${length} bytes in ${ip === 20 ? 'IPv4' : 'IPv6'}`)
        assert.notEqual(frame.slice(28 + ip * 2 + 12, 28 + ip * 2 + 16), '0000')
      }
    }
  })
})

describe('forms of captures', () => {
  test('the bytes of a pcap: microseconds, which all programs read', () => {
    const out = new TextBuffer(1024)
    captureForms.pcap.header(out)
    captureForms.pcap.begin(out, 1_767_225_600, 123_456_789, 2, 3)
    assert.equal(
      hex(out.written()),
      'd4c3b2a1 02000400 00000000 00000000 00000400 01000000 00b95569 40e20100 02000000 03000000'.replaceAll(' ', ''),
    )
  })

  test('the bytes of a pcapng: nanoseconds', () => {
    const out = new TextBuffer(1024)
    captureForms.pcapng.header(out)
    const text = hex(out.written())
    const section =
      '0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff 0400 0500 736f6e6465 000000 00000000 2c000000'
    assert.equal(text.slice(0, 88), section.replaceAll(' ', ''))
    assert.equal(text.slice(88, 88 + 32), '01000000 7c000000 0100 0000 00000400'.replaceAll(' ', ''))
    assert.equal(text.slice(-32), '0900 0100 09000000 00000000 7c000000'.replaceAll(' ', ''))
    assert.equal(out.length, 44 + 124)
    out.clear()
    captureForms.pcapng.begin(out, 1_767_225_600, 123_456_789, 2, 3)
    out.view.setUint16(out.length, 0xabcd)
    out.length += 2
    captureForms.pcapng.end(out, 2)
    // 1,767,225,600,123,456,789 = 0x18867251_f555cd15
    assert.equal(
      hex(out.written()),
      '06000000 24000000 00000000 51728618 15cd55f5 02000000 03000000 abcd 0000 24000000'.replaceAll(' ', ''),
    )
  })

  test('times and frames are read again', async () => {
    const times = [
      [0, 0],
      [1, 999_999_999],
      [65_535, 999_999_999],
      [65_536, 1],
      [1_767_225_600, 123_456_789],
      [0xffffffff, 999_999_999],
    ] as const
    for (const [name, form] of Object.entries(captureForms)) {
      const out = new TextBuffer(4096)
      form.header(out)
      for (const [i, [sec, nsec]] of times.entries()) {
        const length = udpFrameOverhead(v4) + i
        form.begin(out, sec, nsec, length, length + 1000)
        writeUdpFrame(out, v4, new Uint8Array(8).fill(i), 0, i)
        form.end(out, length)
      }
      const { frames, issues } = await readFrames(temporaryFile(out.written(), `x.${name}`))
      assert.deepEqual(issues, [])
      const unit = name === 'pcap' ? 1000 : 1
      assert.deepEqual(
        frames.map((frame) => [frame.time, frame.hex.length / 2, frame.wire, frame.link]),
        times.map(([sec, nsec], i) => [`${sec}.${String(nsec - (nsec % unit)).padStart(9, '0')}`, 42 + i, 1042 + i, 1]),
      )
    }
  })
})
