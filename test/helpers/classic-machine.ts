// Classic BPF as libpcap's bpf_filter() runs it, written from its documentation, as a second reading beside src's: numbers, slow.
// What it rejects by itself is 0: loads of what is not there, division by zero, unknown codes, running off the end.

import type { ClassicProgram } from '../../src/lib/pcap-filter/classic.ts'

const U32 = 2 ** 32

export function runClassic(program: ClassicProgram, packet: Uint8Array, captured: number, length: number): number {
  let a = 0
  let x = 0
  const memory = Array.from({ length: 16 }, () => 0)
  const load = (at: number, bytes: number): number | undefined => {
    if (at + bytes > captured) return undefined
    let value = 0
    for (let b = 0; b < bytes; b++) value = value * 256 + packet[at + b]!
    return value
  }
  const arithmetic = (operation: number, b: number): number | undefined => {
    switch (operation) {
      case 0x00:
        return (a + b) % U32
      case 0x10:
        return (a - b + U32) % U32
      case 0x20:
        return Number((BigInt(a) * BigInt(b)) % BigInt(U32))
      case 0x30:
        return b === 0 ? undefined : Math.floor(a / b)
      case 0x40:
        return (a | b) >>> 0
      case 0x50:
        return (a & b) >>> 0
      case 0x60:
        return b > 31 ? 0 : (a * 2 ** b) % U32
      case 0x70:
        return b > 31 ? 0 : Math.floor(a / 2 ** b)
      case 0x90:
        return b === 0 ? undefined : a % b
      case 0xa0:
        return (a ^ b) >>> 0
      default:
        return undefined
    }
  }
  for (let i = 0; i < program.code.length; i++) {
    const code = program.code[i]!
    const k = program.k[i]!
    const word = { 0: 4, 8: 2, 16: 1 }[code & 0x18]
    let value: number | undefined
    if (code === 0x06) return k
    if (code === 0x16) return a
    if (code === 0x02 || code === 0x03) {
      if (k > 15) return 0
      memory[k] = code === 0x02 ? a : x
    } else if (code === 0x05) {
      i += k
    } else if (code === 0x07) {
      x = a
    } else if (code === 0x87) {
      a = x
    } else if (code === 0x84) {
      a = (U32 - a) % U32
    } else if ((code & 0x07) === 0x00 || (code & 0x07) === 0x01) {
      const isX = (code & 0x07) === 0x01
      if (code === 0x00 || code === 0x01) value = k
      else if (code === 0x60 || code === 0x61) value = memory[k]
      else if (code === 0x80 || code === 0x81) value = length
      else if (code === 0xb1) value = load(k, 1) === undefined ? undefined : (load(k, 1)! % 16) * 4
      else if (!isX && (code & 0xe0) === 0x20 && code < 0x100 && word) value = load(k, word)
      else if (!isX && (code & 0xe0) === 0x40 && code < 0x100 && word) value = load(x + k, word)
      if (value === undefined) return 0
      if (isX) x = value
      else a = value
    } else if ((code & 0x07) === 0x04 && code < 0x100) {
      value = arithmetic(code & 0xf0, (code & 0x08) === 0 ? k : x)
      if (value === undefined) return 0
      a = value
    } else if ([0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d].includes(code)) {
      const b = (code & 0x08) === 0 ? k : x
      const operation = code & 0xf0
      const holds =
        operation === 0x10 ? a === b : operation === 0x20 ? a > b : operation === 0x30 ? a >= b : (a & b) !== 0
      i += holds ? program.ifTrue[i]! : program.ifFalse[i]!
    } else return 0
  }
  return 0
}
