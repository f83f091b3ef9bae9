// Owns where a classic BPF program can get to, and what it may read before it has written it. Pure. See classic.ts for the folder.

import { type ClassicProgram, FILTER_BYTES } from './classic.ts'
import { aluCode, fromX, jumpCode, MEMORY_WORDS, op } from './opcodes.ts'

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
    if (code === op.jump) lead(i + 1 + k, after)
    else if ((code & CLASS) === JUMP_CLASS) {
      lead(i + 1 + program.ifTrue[i]!, after)
      lead(i + 1 + program.ifFalse[i]!, after)
    } else lead(i + 1, after)
  }
  return { reached, unset, runsOff }
}

/** Class of all jumps: the lowest three bits. */
const CLASS = 0x07
const JUMP_CLASS = 0x05

/** Bytes of a packet that a load takes, by its code. */
const loadBytes: Readonly<Record<number, number>> = {
  [op.loadWord]: 4,
  [op.loadHalf]: 2,
  [op.loadByte]: 1,
  [op.loadWordAtX]: 4,
  [op.loadHalfAtX]: 2,
  [op.loadByteAtX]: 1,
  [op.loadXHeader]: 1,
}
const known: ReadonlySet<number> = new Set<number>([
  ...Object.values(op),
  ...[...Object.values(aluCode), ...Object.values(jumpCode)].flatMap((code) => [code, code | fromX]),
])

/** Whatever the packet, this instruction rejects it: it is unknown, out of reach, or divides by zero. */
export function alwaysRejects(code: number, k: number): boolean {
  if (!known.has(code)) return true
  const bytes = loadBytes[code]
  if (bytes !== undefined) return k + bytes > FILTER_BYTES
  if (code === op.loadMemory || code === op.loadXMemory || code === op.store || code === op.storeX)
    return k >= MEMORY_WORDS
  return k === 0 && (code === aluCode.divide || code === aluCode.modulo)
}

function isReturn(code: number): boolean {
  return code === op.returnNumber || code === op.returnA
}

/** What an instruction reads and writes, as bits. Of known ones only. */
function effectOf(code: number, k: number): { reads: number; writes: number } {
  const { a, x } = initialised
  switch (code) {
    case op.loadWordAtX:
    case op.loadHalfAtX:
    case op.loadByteAtX:
      return { reads: x, writes: a }
    case op.loadMemory:
      return { reads: 1 << k, writes: a }
    case op.loadWord:
    case op.loadHalf:
    case op.loadByte:
    case op.loadLength:
    case op.loadNumber:
      return { reads: 0, writes: a }
    case op.loadXMemory:
      return { reads: 1 << k, writes: x }
    case op.loadXNumber:
    case op.loadXLength:
    case op.loadXHeader:
      return { reads: 0, writes: x }
    case op.store:
      return { reads: a, writes: 1 << k }
    case op.storeX:
      return { reads: x, writes: 1 << k }
    case op.aToX:
      return { reads: a, writes: x }
    case op.xToA:
      return { reads: x, writes: a }
    case op.jump:
    case op.returnNumber:
      return { reads: 0, writes: 0 }
    case op.returnA:
      return { reads: a, writes: 0 }
    default:
      return { reads: (code & fromX) === 0 ? a : a | x, writes: (code & CLASS) === JUMP_CLASS ? 0 : a }
  }
}
