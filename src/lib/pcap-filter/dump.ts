// Owns a program as text, in the form of `tcpdump -d`. See classic.ts for the folder. Start at dumpProgram.

import type { ClassicProgram } from './classic.ts'
import { aluCode, fromX, jumpCode, op } from './opcodes.ts'

/** One line an instruction: its number, what it does, and for jumps where they lead. */
export function dumpProgram(program: ClassicProgram): string {
  let text = ''
  for (let i = 0; i < program.code.length; i++) text += `${line(program, i)}\n`
  return text
}

function line({ code, ifTrue, ifFalse, k }: ClassicProgram, i: number): string {
  const [name, operand] = instruction(code[i]!, k[i]!, i)
  const shown = `(${String(i).padStart(3, '0')}) ${name.padEnd(8)} ${operand}`
  if (!isConditional(code[i]!)) return shown.trimEnd()
  return `${shown.padEnd(32)}jt ${i + 1 + ifTrue[i]!}\tjf ${i + 1 + ifFalse[i]!}`
}

const loads = new Map<number, string>([
  [op.loadWord, 'ld'],
  [op.loadHalf, 'ldh'],
  [op.loadByte, 'ldb'],
])
const indexed = new Map<number, string>([
  [op.loadWordAtX, 'ld'],
  [op.loadHalfAtX, 'ldh'],
  [op.loadByteAtX, 'ldb'],
])
const alu = new Map<number, string>([
  [aluCode.add, 'add'],
  [aluCode.subtract, 'sub'],
  [aluCode.multiply, 'mul'],
  [aluCode.divide, 'div'],
  [aluCode.modulo, 'mod'],
  [aluCode.and, 'and'],
  [aluCode.or, 'or'],
  [aluCode.xor, 'xor'],
  [aluCode.shiftLeft, 'lsh'],
  [aluCode.shiftRight, 'rsh'],
])
/** Those whose number is a mask, and is shown as one. */
const masks: ReadonlySet<number> = new Set([aluCode.and, aluCode.or, aluCode.xor])
const jumps = new Map<number, string>([
  [jumpCode.equal, 'jeq'],
  [jumpCode.greater, 'jgt'],
  [jumpCode.atLeast, 'jge'],
  [jumpCode.anyBit, 'jset'],
])

function isConditional(code: number): boolean {
  return jumps.has(code & ~fromX)
}

function instruction(code: number, k: number, i: number): readonly [string, string] {
  const hex = `#0x${k.toString(16)}`
  const load = loads.get(code)
  if (load !== undefined) return [load, `[${k}]`]
  const atX = indexed.get(code)
  if (atX !== undefined) return [atX, `[x + ${k}]`]
  const operand = (code & fromX) === 0 ? undefined : 'x'
  const jump = jumps.get(code & ~fromX)
  if (jump !== undefined) return [jump, operand ?? hex]
  const arithmetic = alu.get(code & ~fromX)
  if (arithmetic !== undefined) return [arithmetic, operand ?? (masks.has(code) ? hex : `#${k}`)]
  switch (code) {
    case op.loadNumber:
      return ['ld', hex]
    case op.loadLength:
      return ['ld', '#pktlen']
    case op.loadMemory:
      return ['ld', `M[${k}]`]
    case op.loadXNumber:
      return ['ldx', hex]
    case op.loadXLength:
      return ['ldx', '#pktlen']
    case op.loadXMemory:
      return ['ldx', `M[${k}]`]
    case op.loadXHeader:
      return ['ldxb', `4*([${k}]&0xf)`]
    case op.store:
      return ['st', `M[${k}]`]
    case op.storeX:
      return ['stx', `M[${k}]`]
    case op.jump:
      return ['ja', String(i + 1 + (k | 0))]
    case op.returnNumber:
      return ['ret', `#${k}`]
    case op.returnA:
      return ['ret', '']
    case op.aToX:
      return ['tax', '']
    case op.xToA:
      return ['txa', '']
    case op.negate:
      return ['neg', '']
    default:
      return ['unimp', hex]
  }
}
