// What classicToEbpf() makes, run by the eBPF machine of test/helpers, against classic BPF run by its own; the kernel's verifier
// is asked in test/kernel/filter-verifier.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { FILTER_BYTES } from '../../src/lib/pcap-filter/classic.ts'
import { classicToEbpf } from '../../src/lib/pcap-filter/ebpf.ts'
import { runClassic } from '../helpers/classic-machine.ts'
import { checkShape, runEbpf } from '../helpers/ebpf-machine.ts'
import { dice, frames, randomProgram } from '../helpers/filter-packets.ts'
import { classicOf, filterPrograms } from '../helpers/filter-programs.ts'

/** As the kernel's side hands a packet over: its first bytes, at most FILTER_BYTES, then whatever was there before. */
function asKept(packet: Uint8Array): { memory: Uint8Array; captured: number } {
  const memory = new Uint8Array(FILTER_BYTES).fill(0xa5)
  const captured = Math.min(packet.length, FILTER_BYTES)
  memory.set(packet.subarray(0, captured))
  return { memory, captured }
}

const hexOf = (code: Uint8Array): string[] => Buffer.from(code).toString('hex').match(/.{16}/g) ?? []

test('instructions, typed out', async (t) => {
  const rows: readonly { name: string; program: string; want: readonly string[] }[] = [
    { name: 'accept all', program: '6 0 0 262144', want: ['b400000000000400', '9500000000000000'] },
    { name: 'accept none', program: '6 0 0 0', want: ['b400000000000000', '9500000000000000'] },
    {
      name: 'ldh [12], jeq #0x800 else drop',
      program: '40 0 0 12; 21 0 1 2048; 6 0 0 262144; 6 0 0 0',
      want: [
        'a60207000e000000', // if w2 < 14 goto +7
        '69100c0000000000', // r0 = *(u16 *)(r1 + 12)
        'dc00000010000000', // r0 = be16 r0
        '5600020000080000', // if w0 != 0x800 goto +2
        'b400000000000400', // w0 = 262144
        '9500000000000000', // exit
        'b400000000000000', // w0 = 0
        '9500000000000000', // exit
        'b400000000000000', // not captured: w0 = 0
        '9500000000000000', // exit
      ],
    },
    {
      name: 'a load beyond all that is kept never happens',
      program: '48 0 0 128; 22 0 0 0',
      want: ['0500000000000000', 'b400000000000000', '9500000000000000'],
    },
  ]
  for (const { name, program, want } of rows) {
    await t.test(name, () => {
      assert.deepEqual(hexOf(classicToEbpf(classicOf(program))), want)
    })
  }
})

test('answers, typed out', async (t) => {
  const packet = Uint8Array.of(0x45, 0x10, 0x02, 0x03, 0xff, 0xfe, 0xfd, 0xfc)
  const rows: readonly { name: string; program: string; want: number }[] = [
    { name: 'ld [2]', program: '32 0 0 2; 22 0 0 0', want: 0x0203fffe },
    { name: 'ldh [6]', program: '40 0 0 6; 22 0 0 0', want: 0xfdfc },
    { name: 'ldh [7] is cut', program: '40 0 0 7; 22 0 0 0', want: 0 },
    { name: 'ldb [7]', program: '48 0 0 7; 22 0 0 0', want: 0xfc },
    { name: 'ld [8] lies behind the packet, not behind what is kept', program: '32 0 0 8; 22 0 0 0', want: 0 },
    { name: 'ld len', program: '128 0 0 0; 22 0 0 0', want: 1500 },
    { name: 'ldx len, txa', program: '129 0 0 0; 135 0 0 0; 22 0 0 0', want: 1500 },
    { name: 'ldxb 4*([0]&0xf), txa', program: '177 0 0 0; 135 0 0 0; 22 0 0 0', want: 20 },
    { name: 'ldb [x + 3]', program: '1 0 0 4; 80 0 0 3; 22 0 0 0', want: 0xfc },
    { name: 'ldb [x + 3], one too far', program: '1 0 0 5; 80 0 0 3; 22 0 0 0', want: 0 },
    { name: 'x + k does not wrap round', program: '1 0 0 4294967295; 80 0 0 1; 22 0 0 0', want: 0 },
    { name: 'k of 2^32 - 1 is no place', program: '1 0 0 1; 80 0 0 4294967295; 22 0 0 0', want: 0 },
    { name: 'no division by zero', program: '0 0 0 7; 52 0 0 0; 6 0 0 1', want: 0 },
    { name: 'no division by X of zero', program: '0 0 0 7; 1 0 0 0; 60 0 0 0; 6 0 0 1', want: 0 },
    { name: 'division is unsigned', program: '0 0 0 4294967295; 52 0 0 2; 22 0 0 0', want: 0x7fffffff },
    { name: 'modulo', program: '0 0 0 17; 148 0 0 5; 22 0 0 0', want: 2 },
    { name: 'shift by 32', program: '0 0 0 1; 100 0 0 32; 22 0 0 0', want: 0 },
    { name: 'shift by X of 33', program: '0 0 0 1; 1 0 0 33; 108 0 0 0; 22 0 0 0', want: 0 },
    { name: 'shift by X of 31', program: '0 0 0 1; 1 0 0 31; 108 0 0 0; 22 0 0 0', want: 0x80000000 },
    { name: 'shift to the right is unsigned', program: '0 0 0 2147483648; 116 0 0 31; 22 0 0 0', want: 1 },
    { name: 'subtraction wraps', program: '0 0 0 1; 20 0 0 2; 22 0 0 0', want: 0xffffffff },
    { name: 'neg', program: '0 0 0 1; 132 0 0 0; 22 0 0 0', want: 0xffffffff },
    { name: 'multiplication is of 32 bits', program: '0 0 0 65536; 36 0 0 65537; 22 0 0 0', want: 65536 },
    { name: 'xor', program: '0 0 0 255; 164 0 0 15; 22 0 0 0', want: 240 },
    { name: 'comparison is unsigned', program: '0 0 0 4294967295; 37 0 1 1; 6 0 0 5; 6 0 0 6', want: 5 },
    { name: 'A and X begin as zero', program: '12 0 0 0; 22 0 0 0', want: 0 },
    { name: 'M[] begins as zero', program: '96 0 0 3; 4 0 0 9; 22 0 0 0', want: 9 },
    { name: 'M[] keeps', program: '0 0 0 77; 2 0 0 15; 0 0 0 1; 96 0 0 15; 22 0 0 0', want: 77 },
    { name: 'M[] written on one way only', program: '48 0 0 0; 21 1 0 1; 2 0 0 0; 96 0 0 0; 22 0 0 0', want: 0x45 },
    { name: 'an unknown instruction', program: '24 0 0 0; 6 0 0 1', want: 0 },
    { name: 'off the end', program: '0 0 0 1', want: 0 },
    { name: 'a code that nothing has', program: '255 0 0 0', want: 0 },
    { name: 'jset', program: '0 0 0 6; 69 0 1 2; 6 0 0 5; 6 0 0 6', want: 5 },
    { name: 'jset of nothing', program: '0 0 0 6; 69 0 1 1; 6 0 0 5; 6 0 0 6', want: 6 },
    { name: 'jump over what is never reached', program: '5 0 0 1; 6 0 0 1; 6 0 0 2', want: 2 },
  ]
  for (const { name, program, want } of rows) {
    await t.test(name, () => {
      const code = classicToEbpf(classicOf(program))
      const { memory, captured } = asKept(packet)
      checkShape(code)
      assert.equal(runEbpf(code, memory, captured, 1500), want)
    })
  }
})

test('an empty program rejects', () => {
  const none = { code: new Uint16Array(), ifTrue: new Uint8Array(), ifFalse: new Uint8Array(), k: new Uint32Array() }
  assert.equal(runEbpf(classicToEbpf(none), new Uint8Array(FILTER_BYTES), 0, 0), 0)
})

test('programs of tcpdump give the same answer on each frame, whole and cut at each byte', () => {
  let accepted = 0
  for (const { expression, instructions } of filterPrograms) {
    const program = classicOf(instructions)
    const code = classicToEbpf(program)
    checkShape(code)
    for (const { name, bytes } of frames) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const { memory, captured } = asKept(bytes.subarray(0, cut))
        const want = runClassic(program, memory, captured, bytes.length)
        assert.equal(runEbpf(code, memory, captured, bytes.length), want, `${expression} on ${name}, ${cut} bytes`)
        if (want > 0) accepted++
      }
    }
  }
  assert.ok(accepted > 3_000, `${accepted} accepted`)
})

test('random programs give the same answer on random bytes', () => {
  const roll = dice(20261123)
  let accepted = 0
  for (let round = 0; round < 6_000; round++) {
    const program = randomProgram(roll)
    const code = classicToEbpf(program)
    checkShape(code)
    for (let i = 0; i < 4; i++) {
      const memory = Uint8Array.from({ length: FILTER_BYTES }, () => roll(roll(3) === 0 ? 4 : 256))
      const captured = roll(4) === 0 ? roll(20) : roll(FILTER_BYTES + 1)
      const length = captured + roll(2000)
      const want = runClassic(program, memory, captured, length)
      assert.equal(
        runEbpf(code, memory, captured, length),
        want,
        `round ${round}: ${JSON.stringify([...program.code].map((c, j) => [c, program.ifTrue[j], program.ifFalse[j], program.k[j]]))} on ${Buffer.from(memory).toString('hex')}, ${captured} of ${length}`,
      )
      if (want > 0) accepted++
    }
  }
  assert.ok(accepted > 2_000, `${accepted} accepted`)
})

test('a jump over more than 16 bits is refused in words', () => {
  const count = 9_000
  const program = {
    code: new Uint16Array(count).fill(0x40),
    ifTrue: new Uint8Array(count),
    ifFalse: new Uint8Array(count),
    k: new Uint32Array(count),
  }
  program.code[count - 1] = 0x06
  assert.throws(
    () => classicToEbpf(program),
    (error) =>
      error instanceof InputError &&
      /^The filter is too long for the kernel: [\d,]+ instructions\.$/.test(error.message),
  )
})

test('a loop, as protochain makes one, is refused in words', () => {
  assert.throws(
    () => classicToEbpf(classicOf('0 0 0 1; 5 0 0 4294967294; 6 0 0 1')),
    (error) =>
      error instanceof InputError && error.message === 'The filter has a loop, which the kernel does not take.',
  )
})
