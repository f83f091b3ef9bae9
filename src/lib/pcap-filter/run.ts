// Owns running classic BPF on bytes. See classic.ts for the folder. Start at runFilter.

import { BugError } from '../errors.ts'
import type { ClassicProgram } from './classic.ts'
import { type AluName, aluCode, fromX, type JumpName, jumpCode, MEMORY_WORDS, op } from './opcodes.ts'
import { calculate, compare } from './value.ts'

const jumpNames = byCode<JumpName>(jumpCode)
const aluNames = byCode<AluName>(aluCode)

function byCode<Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries<number>(codes).map(([name, code]) => [code, name as Name]))
}

/**
 * Runs a program on a packet.
 * @param at where in `bytes` the packet begins
 * @param captured bytes of it that are there
 * @param length bytes that it had on the wire
 * @returns how many bytes are wanted; 0 rejects, as do loads behind the captured bytes and divisions by zero
 * @see McCanne and Jacobson, "The BSD Packet Filter", table 1; bpf_filter.c of libpcap for MOD, XOR and unsigned jumps
 */
export function runFilter(
  program: ClassicProgram,
  bytes: Uint8Array,
  at: number,
  captured: number,
  length: number,
): number {
  const { code, ifTrue, ifFalse, k } = program
  let a = 0
  let x = 0
  // Few programs have something to keep.
  let memory: Uint32Array | undefined
  // Jumps go forward only, except those of programs from elsewhere; each of those reads on in the packet.
  for (let pc = 0; pc < code.length; pc++) {
    const operand = k[pc]!
    switch (code[pc]!) {
      case op.loadWord:
      case op.loadWordAtX: {
        const from = code[pc] === op.loadWord ? operand : x + operand
        if (from + 4 > captured) return 0
        const b = at + from
        a = ((bytes[b]! << 24) | (bytes[b + 1]! << 16) | (bytes[b + 2]! << 8) | bytes[b + 3]!) >>> 0
        break
      }
      case op.loadHalf:
      case op.loadHalfAtX: {
        const from = code[pc] === op.loadHalf ? operand : x + operand
        if (from + 2 > captured) return 0
        a = (bytes[at + from]! << 8) | bytes[at + from + 1]!
        break
      }
      case op.loadByte:
      case op.loadByteAtX: {
        const from = code[pc] === op.loadByte ? operand : x + operand
        if (from >= captured) return 0
        a = bytes[at + from]!
        break
      }
      case op.loadXHeader:
        if (operand >= captured) return 0
        x = (bytes[at + operand]! & 15) << 2
        break
      case op.loadNumber:
        a = operand
        break
      case op.loadLength:
        a = length
        break
      case op.loadMemory:
        a = memory?.[operand] ?? 0
        break
      case op.loadXNumber:
        x = operand
        break
      case op.loadXLength:
        x = length
        break
      case op.loadXMemory:
        x = memory?.[operand] ?? 0
        break
      case op.store:
        memory ??= new Uint32Array(MEMORY_WORDS)
        memory[operand] = a
        break
      case op.storeX:
        memory ??= new Uint32Array(MEMORY_WORDS)
        memory[operand] = x
        break
      case op.jump:
        pc += operand | 0
        break
      case op.returnNumber:
        return operand
      case op.returnA:
        return a
      case op.aToX:
        x = a
        break
      case op.xToA:
        a = x
        break
      case op.negate:
        a = -a >>> 0
        break
      default: {
        const right = (code[pc]! & fromX) === 0 ? operand : x
        const jump = jumpNames.get(code[pc]! & ~fromX)
        const alu = aluNames.get(code[pc]! & ~fromX)
        if (jump !== undefined) {
          pc += compare(jump, a, right) ? ifTrue[pc]! : ifFalse[pc]!
        } else if (alu !== undefined) {
          if (right === 0 && (alu === 'divide' || alu === 'modulo')) return 0
          a = calculate(alu, a, right)
        } else {
          throw new BugError(`a filter program with an instruction that does not exist: ${code[pc]}`)
        }
      }
    }
  }
  throw new BugError('a filter program without an end')
}
