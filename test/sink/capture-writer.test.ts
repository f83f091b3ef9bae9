import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { writeCaptureHeader, writeCaptureRecord } from '../../src/lib/sink/capture-writer.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { hex } from '../helpers/capture-bytes.ts'
import { readFrames, temporaryFile } from '../helpers/read-captures.ts'

const source = new DataView(Uint8Array.from({ length: 2000 }, (_, i) => i & 255).buffer, 1)

describe('capture writer', () => {
  test('the bytes of a header and two packets', () => {
    const out = new TextBuffer(1)
    writeCaptureHeader(out, 1)
    writeCaptureRecord(out, 1_700_000_000, 123_456_789, source, 4, 5, 1518)
    writeCaptureRecord(out, 0xffff_ffff, 999_999_999, source, 0, 0, 0)
    assert.equal(
      hex(out.written()),
      [
        '4d3cb2a1 02000400 00000000 00000000 00000400 01000000',
        '00f15365 15cd5b07 05000000 ee050000 0506070809',
        'ffffffff ffc99a3b 00000000 00000000',
      ]
        .join('')
        .replaceAll(' ', ''),
    )
  })

  test('packets of every short length and some long ones are read again', async () => {
    const out = new TextBuffer(16)
    writeCaptureHeader(out, 276)
    const lengths = [...Array.from({ length: 270 }, (_, i) => i), 1000, 1999]
    for (const length of lengths) writeCaptureRecord(out, length, 1, source, 0, length, 2000)
    const { frames, issues } = await readFrames(temporaryFile(out.written()))
    assert.deepEqual(issues, [])
    assert.equal(frames.length, 272)
    for (const [i, frame] of frames.entries()) {
      const length = lengths[i]!
      const want = Array.from({ length }, (_, k) => ((k + 1) & 255).toString(16).padStart(2, '0')).join('')
      assert.deepEqual(frame, { link: 276, time: `${length}.000000001`, hex: want, wire: 2000 })
    }
  })
})
