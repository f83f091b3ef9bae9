// Owns what must hold of every dissected packet, whatever its bytes were. Start at checkPacket().

import assert from 'node:assert/strict'
import { malformedReasons } from '../../src/lib/packet/malformed.ts'
import { MAX_LAYERS, type Packet } from '../../src/lib/packet/packet.ts'
import { stackOf, writeStack } from '../../src/lib/packet/stack.ts'
import { OUTPUT_BYTES_PER_INPUT_BYTE, TEXT_OVERHEAD } from '../../src/lib/wire/text.ts'
import { flatLayersOf, parsedLayersOf, textOf } from './frames.ts'

/** Offsets lie inside and in order, both faces agree, and the text keeps within its bound. */
export function checkPacket(packet: Packet): void {
  const { start, end, count, total, offset, limit, payload, payloadEnd } = packet
  assert.ok(count <= total && total <= MAX_LAYERS)
  assert.ok(start <= payload && payload <= payloadEnd && payloadEnd <= end, `payload ${payload}..${payloadEnd}`)
  assert.ok(malformedReasons[packet.malformed] !== undefined)
  let last = start
  for (let i = 0; i < total; i++) {
    assert.ok(
      last <= offset[i]! && offset[i]! <= limit[i]! && limit[i]! <= end,
      `layer ${i} at ${offset[i]}..${limit[i]}`,
    )
    last = limit[i]!
  }
  const text = textOf(packet)
  assert.ok(text.length <= (end - start) * OUTPUT_BYTES_PER_INPUT_BYTE + TEXT_OVERHEAD, `${text.length} characters`)
  const flat = flatLayersOf(packet)
  // Nearly always the texts are equal; escapes and numbers beyond 2^53 need parsing.
  if (JSON.stringify(flat, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)) !== text) {
    assert.deepEqual(parsedLayersOf(packet), flat)
  }
  const stack = new DataView(new ArrayBuffer(MAX_LAYERS * 10 + 16))
  const length = writeStack(packet, stack, 0)
  assert.equal(new TextDecoder().decode(new Uint8Array(stack.buffer, 0, length)), stackOf(packet))
}
