import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paddedMessages, roceMessages, round } from '../../src/lib/lab/roce-messages.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

// Byte for byte as the demonstration's script has them (BTH of 12 bytes, then what the message has).
for (const [i, want] of [
  ['06400000', '00000123', '00000000', '0000000000000000', '00000000', '00008000', '00000000000000000000'],
  ['07400000', '00000123', '00000000', '0000000000000000', '00000000', '00008000', '00000000000000000000'],
  ['11400000', '00000123', '00000000', '07000000', '0000000000000000000000000000000000000000', '0000'],
  ['81000000', '00000123', '00000000', '0000000000000000000000000000000000000000', '000000000000'],
].entries()) {
  test(`bytes of message ${roceMessages[i]?.name}`, () => {
    const { bytes } = roceMessages[i]!
    assert.equal(bytes.length, 38)
    assert.equal(hex(bytes), want.join(''))
  })
}

test('seven packets a round: First, four Middle, Acknowledge, CNP', () => {
  assert.deepEqual(
    round.map((i) => roceMessages[i]?.opcode),
    [0x06, 0x07, 0x07, 0x07, 0x07, 0x11, 0x81],
  )
})

test('padding keeps the beginning', () => {
  const [first] = paddedMessages(1024)
  assert.equal(first?.length, 1024)
  assert.equal(hex(first!.subarray(0, 28)), '06400000000001230000000000000000000000000000000000008000')
  assert.ok(first!.subarray(28).every((byte) => byte === 0))
  assert.equal(paddedMessages(0)[3]?.length, 38)
})
