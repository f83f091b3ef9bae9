// Owns where a classic BPF program can get to, and what it may read before it has written it. Pure. See classic.ts for the folder.

import { type ClassicProgram, FILTER_BYTES } from './classic.ts'

/** Words of scratch memory: BPF_MEMWORDS. */
export const SLOTS = 16

/** Bits beside those of the scratch memory's words, 0 to 15. */
export const initialised = { a: 1 << 16, x: 1 << 17 } as const

export interface Flow {
  /** 1 for an instruction that some path leads to. */
  readonly reached: Uint8Array
  /** What some path reads before it was written, as bits. */
  readonly unset: number
  /** Some path runs off the end. */
  readonly runsOff: boolean
}

/** Jumps go forward only, so that one pass in order sees all paths. */
export function traceFlow(program: ClassicProgram): Flow {
  const count = program.code.length
  const reached = new Uint8Array(count)
  // What every path to an instruction has written.
  const written = new Int32Array(count).fill(-1)
  let unset = 0
  let runsOff = count === 0
  const lead = (to: number, state: number): void => {
    if (to >= count) {
      runsOff = true
      return
    }
    reached[to] = 1
    written[to]! &= state
  }
  if (count > 0) lead(0, 0)
  for (let i = 0; i < count; i++) {
    if (reached[i] === 0) continue
    const code = program.code[i]!
    const k = program.k[i]!
    if (alwaysRejects(code, k)) continue
    const state = written[i]!
    const { reads, writes } = effectOf(code, k)
    unset |= reads & ~state
    const after = state | writes
    if (isReturn(code)) continue
    if (code === JUMP_ALWAYS) lead(i + 1 + k, after)
    else if ((code & CLASS) === JMP) {
      lead(i + 1 + program.ifTrue[i]!, after)
      lead(i + 1 + program.ifFalse[i]!, after)
    } else lead(i + 1, after)
  }
  return { reached, unset, runsOff }
}

// linux/bpf_common.h and linux/filter.h.
const CLASS = 0x07
const JMP = 0x05
export const JUMP_ALWAYS = 0x05
const LD_W_ABS = 0x20
const LD_H_ABS = 0x28
const LD_B_ABS = 0x30
const LD_W_IND = 0x40
const LD_H_IND = 0x48
const LD_B_IND = 0x50
const LD_MEM = 0x60
const LD_LEN = 0x80
const LD_IMM = 0x00
const LDX_IMM = 0x01
const LDX_MEM = 0x61
const LDX_LEN = 0x81
const LDX_MSH = 0xb1
const ST = 0x02
const STX = 0x03
const DIV_K = 0x34
const MOD_K = 0x94
const NEG = 0x84
const RET_K = 0x06
const RET_A = 0x16
const TAX = 0x07
const TXA = 0x87

/** Bytes of a packet that a load takes, by its code. */
const loadBytes: Readonly<Record<number, number>> = {
  [LD_W_ABS]: 4,
  [LD_H_ABS]: 2,
  [LD_B_ABS]: 1,
  [LD_W_IND]: 4,
  [LD_H_IND]: 2,
  [LD_B_IND]: 1,
  [LDX_MSH]: 1,
}
/** add, sub, mul, div, or, and, lsh, rsh, mod, xor: with k, and with X. */
const alu = [0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x94, 0xa4].flatMap((code) => [code, code | 0x08])
/** jeq, jgt, jge, jset, likewise. */
const jumps = [0x15, 0x25, 0x35, 0x45].flatMap((code) => [code, code | 0x08])
const known: ReadonlySet<number> = new Set([
  ...Object.keys(loadBytes).map(Number),
  ...[LD_MEM, LD_LEN, LD_IMM, LDX_IMM, LDX_MEM, LDX_LEN, ST, STX, NEG, JUMP_ALWAYS, RET_K, RET_A, TAX, TXA],
  ...alu,
  ...jumps,
])

/** Whatever the packet, this instruction rejects it: it is unknown, out of reach, or divides by zero. */
export function alwaysRejects(code: number, k: number): boolean {
  if (!known.has(code)) return true
  const bytes = loadBytes[code]
  if (bytes !== undefined) return k + bytes > FILTER_BYTES
  if (code === LD_MEM || code === LDX_MEM || code === ST || code === STX) return k >= SLOTS
  return k === 0 && (code === DIV_K || code === MOD_K)
}

function isReturn(code: number): boolean {
  return code === RET_K || code === RET_A
}

/** What an instruction reads and writes, as bits. Of known ones only. */
function effectOf(code: number, k: number): { reads: number; writes: number } {
  const { a, x } = initialised
  switch (code) {
    case LD_W_IND:
    case LD_H_IND:
    case LD_B_IND:
      return { reads: x, writes: a }
    case LD_MEM:
      return { reads: 1 << k, writes: a }
    case LD_W_ABS:
    case LD_H_ABS:
    case LD_B_ABS:
    case LD_LEN:
    case LD_IMM:
      return { reads: 0, writes: a }
    case LDX_MEM:
      return { reads: 1 << k, writes: x }
    case LDX_IMM:
    case LDX_LEN:
    case LDX_MSH:
      return { reads: 0, writes: x }
    case ST:
      return { reads: a, writes: 1 << k }
    case STX:
      return { reads: x, writes: 1 << k }
    case TAX:
      return { reads: a, writes: x }
    case TXA:
      return { reads: x, writes: a }
    case JUMP_ALWAYS:
    case RET_K:
      return { reads: 0, writes: 0 }
    case RET_A:
      return { reads: a, writes: 0 }
    default:
      return { reads: (code & 0x08) === 0 ? a : a | x, writes: (code & CLASS) === JMP ? 0 : a }
  }
}
