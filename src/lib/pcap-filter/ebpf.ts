// Owns classic BPF as the body of an eBPF function, for the kernel's verifiers from Linux 6.1 on. Pure. See classic.ts for the folder.

import { formatCount, InputError } from '../errors.ts'
import { type ClassicProgram, FILTER_BYTES } from './classic.ts'
import { alwaysRejects, type Flow, initialised, traceFlow } from './flow.ts'
import { fromX, MEMORY_WORDS, op } from './opcodes.ts'

/** struct bpf_insn: opcode, registers (destination in the low half), offset, immediate. */
const INSTRUCTION_BYTES = 8

// Registers. Nothing is called, so all that are not the caller's may be used.
const A = 0
const BYTES = 1
const CAPTURED = 2
const LENGTH = 3
const X = 4
const SCRATCH = 5
const FRAME = 10

// Opcodes: RFC 9669, sections 4 and 5. All arithmetic and all jumps are of 32 bits, which clears the upper halves.
const MOV_K = 0xb4
const MOV_X = 0xbc
const MOV64_X = 0xbf
const ADD_K = 0x04
const AND_K = 0x54
const LSH_K = 0x64
const ADD64_X = 0x0f
const TO_BIG_ENDIAN = 0xdc
const STORE_K = 0x62
const STORE_X = 0x63
const EXIT = 0x95
const JUMP = 0x05
/** Class of conditional jumps that compare 32 bits; the operations are classic BPF's. */
const JMP32 = 0x06
const IF_EQUAL_K = 0x16
const IF_NOT_EQUAL = 0x50
const IF_GREATER64_K = 0x25
const IF_GREATER_X = 0x2e
const IF_LESS = 0xa0
const IF_LESS_K = 0xa6
const IF_LESS_OR_EQUAL = 0xb0
/** Loads of memory by bytes: 1, 2 and 4. */
const loadOf: Readonly<Record<number, number>> = { 1: 0x71, 2: 0x69, 4: 0x61 }

/** What a jump to an index of a classic instruction can't be. */
const REJECT = -1
const MOST_JUMP = 0x7fff
/** What `ja` skips beyond this is a jump back: libpcap's protochain is the one that makes it. */
const MOST_SKIPPED = 0x7fff_ffff

/**
 * A classic BPF program as the body of an eBPF function `int filter(const u8 *bytes, u32 captured, u32 length)`. In r1 is an
 * address of FILTER_BYTES readable bytes, in r2 how many of them are the packet's, in r3 the packet's whole length, which
 * `len` gives. It calls nothing, and uses r0, r4, r5 and at most 64 bytes of stack.
 *
 * What it returns is the program's answer: 0 rejects. Loads of what is not captured, division by zero, unknown instructions and
 * running off the end reject, as libpcap's own bpf_filter() does. Shifts by more than 31 bits leave 0, likewise.
 * @returns struct bpf_insn, one after another, little-endian
 * @throws InputError for a program whose jumps don't fit into 16 bits, or go back
 * @see linux/bpf.h, RFC 9669
 */
export function classicToEbpf(program: ClassicProgram): Uint8Array {
  const flow = traceFlow(program)
  const body = new Body(program.code.length)
  begin(body, flow)
  for (let i = 0; i < program.code.length; i++) {
    // The verifier refuses instructions that nothing leads to.
    if (flow.reached[i] === 0) continue
    body.starts[i] = body.length
    translate(body, program, i)
  }
  return body.assemble(flow.runsOff)
}

/** What may be read before it is written is zero, as in libpcap; the verifier wants it written. */
function begin(body: Body, flow: Flow): void {
  if (flow.unset & initialised.a) body.add(MOV_K, A, 0, 0, 0)
  if (flow.unset & initialised.x) body.add(MOV_K, X, 0, 0, 0)
  for (let slot = 0; slot < MEMORY_WORDS; slot++) {
    if (flow.unset & (1 << slot)) body.add(STORE_K, FRAME, 0, slotAt(slot), 0)
  }
}

// Classes of classic instructions, and what else is in a code: linux/bpf_common.h.
const CLASS = 0x07
const LD = 0x00
const LDX = 0x01
const ST = 0x02
const STX = 0x03
const ALU = 0x04
const JMP = 0x05
const RET = 0x06
const MODE = 0xe0
const IMM = 0x00
const ABS = 0x20
const MEM = 0x60
const LEN = 0x80
const SIZE = 0x18
const SIZE_H = 0x08
const SIZE_B = 0x10
const OPERATION = 0xf0
const DIV = 0x30
const LSH = 0x60
const RSH = 0x70
const NEG = 0x80
const MOD = 0x90
const JEQ = 0x10
const JGT = 0x20
const JGE = 0x30

function translate(body: Body, program: ClassicProgram, i: number): Body {
  const code = program.code[i]!
  const k = program.k[i]!
  if (alwaysRejects(code, k)) return body.jump(JUMP, 0, 0, 0, REJECT)
  switch (code & CLASS) {
    case LD:
      return load(body, code, k)
    case LDX:
      return loadX(body, code, k)
    case ST:
      return body.add(STORE_X, FRAME, A, slotAt(k), 0)
    case STX:
      return body.add(STORE_X, FRAME, X, slotAt(k), 0)
    case ALU:
      return arithmetic(body, code, k)
    case JMP:
      return jump(body, program, i)
    case RET:
      if (code !== op.returnA) body.add(MOV_K, A, 0, 0, k)
      return body.add(EXIT, 0, 0, 0, 0)
    default:
      return code === op.xToA ? body.add(MOV_X, A, X, 0, 0) : body.add(MOV_X, X, A, 0, 0)
  }
}

/** The scratch memory lies at the frame's end, in words. */
function slotAt(slot: number): number {
  return (slot - MEMORY_WORDS) * 4
}

function load(body: Body, code: number, k: number): Body {
  switch (code & MODE) {
    case IMM:
      return body.add(MOV_K, A, 0, 0, k)
    case MEM:
      return body.add(loadOf[4]!, A, FRAME, slotAt(k), 0)
    case LEN:
      return body.add(MOV_X, A, LENGTH, 0, 0)
    default: {
      const bytes = (code & SIZE) === SIZE_B ? 1 : (code & SIZE) === SIZE_H ? 2 : 4
      if ((code & MODE) === ABS) loadAt(body, k, bytes)
      else loadBehindX(body, k, bytes)
      return bytes === 1 ? body : body.add(TO_BIG_ENDIAN, A, 0, 0, bytes * 8)
    }
  }
}

function loadAt(body: Body, k: number, bytes: number): Body {
  body.jump(IF_LESS_K, CAPTURED, 0, k + bytes, REJECT)
  return body.add(loadOf[bytes]!, A, BYTES, k, 0)
}

/**
 * X + k is the true sum, as in libpcap, and not one of 32 bits. So X is held against a constant first, which is what the
 * verifier needs to let it be added to an address, and the sum against what is captured then.
 */
function loadBehindX(body: Body, k: number, bytes: number): Body {
  body.add(MOV_X, SCRATCH, X, 0, 0)
  body.jump(IF_GREATER64_K, SCRATCH, 0, FILTER_BYTES - k - bytes, REJECT)
  body.add(MOV_X, A, SCRATCH, 0, 0)
  body.add(ADD_K, A, 0, 0, k + bytes)
  body.jump(IF_GREATER_X, A, CAPTURED, 0, REJECT)
  body.add(MOV64_X, A, BYTES, 0, 0)
  body.add(ADD64_X, A, SCRATCH, 0, 0)
  return body.add(loadOf[bytes]!, A, A, k, 0)
}

function loadX(body: Body, code: number, k: number): Body {
  switch (code & MODE) {
    case IMM:
      return body.add(MOV_K, X, 0, 0, k)
    case MEM:
      return body.add(loadOf[4]!, X, FRAME, slotAt(k), 0)
    case LEN:
      return body.add(MOV_X, X, LENGTH, 0, 0)
    default:
      // ldxb 4*([k]&0xf): an IPv4 header's length.
      body.jump(IF_LESS_K, CAPTURED, 0, k + 1, REJECT)
      body.add(loadOf[1]!, X, BYTES, k, 0)
      body.add(AND_K, X, 0, 0, 0xf)
      return body.add(LSH_K, X, 0, 0, 2)
  }
}

/** The codes of operations are the same in eBPF. */
function arithmetic(body: Body, code: number, k: number): Body {
  const operation = code & OPERATION
  const isShift = operation === LSH || operation === RSH
  if ((code & fromX) === 0 || operation === NEG) {
    if (isShift && k > 31) return body.add(MOV_K, A, 0, 0, 0)
    return body.add(code, A, 0, 0, operation === NEG ? 0 : k)
  }
  if (operation === DIV || operation === MOD) body.jump(IF_EQUAL_K, X, 0, 0, REJECT)
  // eBPF would shift by the lowest five bits.
  if (isShift) {
    body.add(IF_LESS_K, X, 0, 1, 32)
    body.add(MOV_K, A, 0, 0, 0)
  }
  return body.add(code, A, X, 0, 0)
}

function jump(body: Body, program: ClassicProgram, i: number): Body {
  const code = program.code[i]!
  const k = program.k[i]!
  const next = i + 1
  const end = program.code.length
  const place = (skip: number): number => (next + skip < end ? next + skip : REJECT)
  const ifTrue = place(program.ifTrue[i]!)
  const ifFalse = place(program.ifFalse[i]!)
  if (code === op.jump) {
    if (k > MOST_SKIPPED) throw loops()
    return body.goTo(place(k), next)
  }
  if (ifTrue === ifFalse) return body.goTo(ifTrue, next)
  const register = code & fromX
  const source = register === 0 ? 0 : X
  const immediate = register === 0 ? k : 0
  const opposite = oppositeOf[code & OPERATION]
  if (ifTrue === next && opposite !== undefined) {
    return body.jump(JMP32 | register | opposite, A, source, immediate, ifFalse)
  }
  body.jump(JMP32 | register | (code & OPERATION), A, source, immediate, ifTrue)
  return body.goTo(ifFalse, next)
}

/** jeq, jgt, jge; there is none for jset. */
const oppositeOf: Readonly<Record<number, number>> = {
  [JEQ]: IF_NOT_EQUAL,
  [JGT]: IF_LESS_OR_EQUAL,
  [JGE]: IF_LESS,
}

/** eBPF instructions as they are added, with jumps by the classic instruction that they lead to. */
class Body {
  /** Of each classic instruction, the first of its eBPF ones. */
  readonly starts: Int32Array
  readonly #words: number[] = []
  /** Instruction and target by turns. */
  readonly #jumps: number[] = []

  constructor(classicCount: number) {
    this.starts = new Int32Array(classicCount)
  }

  get length(): number {
    return this.#words.length / 2
  }

  add(opcode: number, destination: number, source: number, offset: number, immediate: number): this {
    this.#words.push(opcode | (destination << 8) | (source << 12) | (offset << 16), immediate)
    return this
  }

  jump(opcode: number, destination: number, source: number, immediate: number, to: number): this {
    this.#jumps.push(this.length, to)
    return this.add(opcode, destination, source, 0, immediate)
  }

  /** A jump, unless it is the next instruction anyway. */
  goTo(to: number, next: number): this {
    return to === next ? this : this.jump(JUMP, 0, 0, 0, to)
  }

  assemble(runsOff: boolean): Uint8Array {
    const reject = this.length
    if (runsOff || this.#jumps.some((to, i) => i % 2 === 1 && to === REJECT)) {
      this.add(MOV_K, A, 0, 0, 0)
      this.add(EXIT, 0, 0, 0, 0)
    }
    const bytes = new Uint8Array(this.length * INSTRUCTION_BYTES)
    const view = new DataView(bytes.buffer)
    this.#words.forEach((word, i) => {
      view.setUint32(i * 4, word, true)
    })
    for (let i = 0; i < this.#jumps.length; i += 2) {
      const from = this.#jumps[i]!
      const to = this.#jumps[i + 1]!
      const offset = (to === REJECT ? reject : this.starts[to]!) - from - 1
      if (offset > MOST_JUMP) throw tooLong(this.length)
      view.setInt16(from * INSTRUCTION_BYTES + 2, offset, true)
    }
    return bytes
  }
}

function loops(): InputError {
  return new InputError('The filter has a loop, which the kernel does not take.', [
    'The protochain of other compilers makes one.',
  ])
}

function tooLong(instructions: number): InputError {
  return new InputError(`The filter is too long for the kernel: ${formatCount(instructions)} instructions.`, [
    'Its jumps reach over at most 32,767. Name fewer hosts, networks or ports, or a network for many hosts.',
  ])
}
