import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { Btf } from '../../src/lib/kernel/bpf/btf.ts'
import { KernelBtf } from '../../src/lib/kernel/bpf/kernel-btf.ts'
import { metaValue, readMetaPath } from '../../src/lib/kernel/trace/meta-path.ts'

const object = parseBpfObject('meta-types', readFileSync(new URL('meta-types.bpf.o', import.meta.url)))
const types = new KernelBtf(new Btf(object.btf))

// Offsets counted by hand in meta-types.bpf.c.
for (const [text, offsets, bytes, bitOffset, bits, signed, bigEndian] of [
  ['skb->dev', [16], 8, 0, 64, false, false],
  ['skb->dev->ifindex', [16, 8], 4, 0, 32, true, false],
  [' skb -> dev -> name [ 3 ] ', [16, 19], 1, 0, 8, true, false],
  ['skb->next->prev->dev->mtu', [0, 8, 16, 12], 4, 0, 32, false, false],
  ['skb->list[3]', [24], 8, 0, 64, false, false],
  ['skb->cb[4]', [36], 1, 0, 8, false, false],
  ['skb->low', [37], 1, 0, 3, false, false],
  ['skb->high', [37], 1, 3, 2, false, false],
  ['skb->crossing', [40], 4, 0, 20, true, false],
  ['skb->behind', [42], 2, 4, 12, false, false],
  ['skb->protocol', [44], 2, 0, 16, false, true],
  ['skb->address', [48], 4, 0, 32, false, true],
  ['skb->sign', [52], 4, 0, 32, true, false],
  ['skb->plain', [56], 4, 0, 32, false, false],
  ['skb->data[9]', [80, 9], 1, 0, 8, false, false],
  ['skb->destructor', [88], 8, 0, 64, false, false],
  ['skb->cloned', [96], 1, 0, 8, false, false],
] as const) {
  test(`${text}: where it lies`, () => {
    assert.deepEqual(readMetaPath(text, types), { text, offsets, bytes, bitOffset, bits, signed, bigEndian })
  })
}

for (const [text, message, at, next] of [
  ['', 'it begins with skb, the socket buffer.', 0, /^$/],
  ['dev->ifindex', 'it begins with skb, the socket buffer.', 0, /^$/],
  ['skb', 'it names no field of the buffer.', 0, /skb->dev->ifindex/],
  ['skb.dev', 'skb is a pointer: write skb->dev.', 3, /^$/],
  ['skb->dve', 'struct sk_buff of this kernel has no field "dve".', 5, /^Did you mean dev\?$/],
  [
    'skb->quux',
    'struct sk_buff of this kernel has no field "quux".',
    5,
    /^It has next, prev, dev, dev_scratch, list, cb and/,
  ],
  ['skb->', 'a field of struct sk_buff is missing.', 5, /^It has next/],
  ['skb->dev.mtu', 'skb->dev is a pointer: write -> instead of the point.', 8, /^$/],
  ['skb->dev->nd_net->net', 'skb->dev->nd_net is no pointer: write . instead of ->.', 16, /^$/],
  ['skb->dev->nd_net', 'it is a structure: name a field of it.', 10, /^It has net\.$/],
  ['skb->cb', 'it is an array of 5: choose one, such as [0].', 5, /^$/],
  ['skb->cb[5]', 'the array has 5 elements, [0] to [4].', 8, /^$/],
  ['skb->cb[x]', 'a number stands in the brackets.', 8, /^$/],
  ['skb->cb[1', 'the bracket is not closed.', 9, /^$/],
  ['skb->data[70000]', 'that is too far away.', 10, /^$/],
  ['skb->low->x', 'skb->low is a number (unsigned char) and has no fields.', 8, /^$/],
  ['skb->plain[1]', 'it is an enum plain, not an array.', 11, /^$/],
  ['skb->nothing->x', 'the kernel does not tell what it points to (void).', 12, /^$/],
  ['skb->far->x', 'skb->far is a struct far, whose fields this kernel does not tell.', 8, /^$/],
  ['skb->dev)', '")" is neither ->FIELD, .FIELD nor [NUMBER].', 8, /^$/],
  [`skb${'->next'.repeat(8)}->low`, 'the way leads over more than 7 pointers.', 51, /^$/],
] as const) {
  test(`"${text}" is wrong: says where, and what there is`, () => {
    assert.throws(
      () => readMetaPath(text, types),
      (error) => {
        assert.ok(error instanceof InputError)
        const [first, shown, mark] = error.message.split('\n')
        assert.equal(first, `--meta is wrong: ${message}`)
        assert.equal(shown, `  ${text}`)
        assert.equal(mark!.indexOf('^') - 2, at)
        assert.match(error.nextSteps.join(' '), next)
        return true
      },
    )
  })
}

test('values: bits, sign, network order', () => {
  for (const [text, read, value] of [
    ['skb->low', 0b11101n, 0b101n],
    ['skb->high', 0b11101n, 0b11n],
    ['skb->crossing', 0xabc_fffffn, -1n],
    ['skb->behind', 0xabc5n, 0xabcn],
    ['skb->protocol', 0x0008n, 0x0800n],
    ['skb->address', 0x0100_000an, 0x0a00_0001n],
    ['skb->dev->ifindex', 0xffff_fffen, -2n],
    ['skb->dev', 0xffff_8881_0000_0001n, 0xffff_8881_0000_0001n],
  ] as const) {
    assert.equal(metaValue(readMetaPath(text, types), read), value, text)
  }
})
