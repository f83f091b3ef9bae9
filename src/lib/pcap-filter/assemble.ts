// Owns the way from a graph of steps to instructions: what is in which register, order, jumps. Start at assemble.

import { BugError } from '../errors.ts'
import type { ClassicProgram } from './classic.ts'
import { inOrder, type Step, waysOf } from './graph.ts'
import { aluCode, fromX, jumpCode, MEMORY_WORDS, op, WHOLE_PACKET } from './opcodes.ts'
import { headerOffset, type Value } from './value.ts'

/** The instructions of one step; a jump goes to steps, or on where there is none. */
interface Block {
  readonly code: number[]
  readonly k: number[]
  readonly jump: { readonly code: number; readonly k: number; readonly yes: Step; readonly no: Step } | undefined
  readonly next: Step | undefined
}

/** What the registers hold, as far as it is the same on all ways. */
interface Registers {
  readonly a: Value | undefined
  readonly x: Value | undefined
}

const unknown: Registers = { a: undefined, x: undefined }

/** A program that takes the whole packet or nothing of it. */
export function assemble(root: Step): ClassicProgram {
  const order = inOrder(root)
  const writer = new Writer(order)
  const entries = new Map<Step, Registers>([[root, unknown]])
  const blocks = order.map((step) => {
    const { block, after } = writer.write(step, entries.get(step)!)
    for (const next of waysOf(step)) {
      const known = entries.get(next)
      entries.set(next, known === undefined ? after : meet(known, after))
    }
    return block
  })
  return layOut(order, blocks)
}

function meet(one: Registers, other: Registers): Registers {
  return { a: one.a === other.a ? one.a : undefined, x: one.x === other.x ? one.x : undefined }
}

/** Writes steps one after another. */
class Writer {
  #code: number[] = []
  #k: number[] = []
  #a: Value | undefined
  #x: Value | undefined
  /** Words of scratch memory that no variable has. */
  readonly #free: number[]
  /** Words that are to be cleared first. */
  #unset: readonly number[]

  constructor(order: readonly Step[]) {
    const slots = slotsOf(order.flatMap(valuesOf))
    this.#free = Array.from({ length: MEMORY_WORDS }, (_, slot) => slot).filter((slot) => !slots.has(slot))
    this.#unset = readUnset(order)
  }

  write(step: Step, entry: Registers): { block: Block; after: Registers } {
    this.#code = []
    this.#k = []
    this.#a = entry.a
    this.#x = entry.x
    if (this.#unset.length > 0) {
      this.#emit(op.loadNumber, 0)
      for (const slot of this.#unset) this.#emit(op.store, slot)
      this.#unset = []
    }
    let jump: Block['jump']
    let next: Step | undefined
    if (step.kind === 'return') {
      this.#emit(op.returnNumber, step.takes ? WHOLE_PACKET : 0)
    } else if (step.kind === 'assign') {
      this.#toA(step.value)
      this.#emit(op.store, step.variable.slot)
      this.#a = step.variable
      if (this.#x?.kind === 'variable') this.#x = undefined
      next = step.yes
    } else {
      const { jump: name, left, right } = step.test
      this.#operands(left, right)
      const isConstant = right.kind === 'constant'
      const code = jumpCode[name] + (isConstant ? 0 : fromX)
      jump = { code, k: isConstant ? right.value : 0, yes: step.yes, no: step.no }
    }
    return { block: { code: this.#code, k: this.#k, jump, next }, after: { a: this.#a, x: this.#x } }
  }

  #emit(code: number, k = 0): void {
    this.#code.push(code)
    this.#k.push(k)
  }

  /** The left operand into A, the right one into X unless it is a constant. */
  #operands(left: Value, right: Value): void {
    if (right.kind === 'constant') {
      this.#toA(left)
    } else if (isXAlone(right)) {
      this.#toA(left)
      this.#toX(right)
    } else if (!needsX(left)) {
      this.#toX(right)
      this.#toA(left)
    } else {
      const slot = this.#free.pop()
      if (slot === undefined) throw new BugError('a filter with more intermediate results than were counted')
      this.#toA(right)
      this.#emit(op.store, slot)
      this.#toA(left)
      this.#emit(op.loadXMemory, slot)
      this.#x = right
      this.#free.push(slot)
    }
  }

  #toX(value: Value): void {
    if (this.#x === value) return
    const header = headerOffset(value)
    if (value.kind === 'constant') this.#emit(op.loadXNumber, value.value)
    else if (value.kind === 'length') this.#emit(op.loadXLength)
    else if (value.kind === 'variable') this.#emit(op.loadXMemory, value.slot)
    else if (header !== undefined) this.#emit(op.loadXHeader, header)
    else {
      this.#toA(value)
      this.#emit(op.aToX)
    }
    this.#x = value
  }

  #toA(value: Value): void {
    if (this.#a === value) return
    switch (value.kind) {
      case 'constant':
        this.#emit(op.loadNumber, value.value)
        break
      case 'length':
        this.#emit(op.loadLength)
        break
      case 'variable':
        this.#emit(op.loadMemory, value.slot)
        break
      case 'load':
        if (value.index === undefined) {
          this.#emit(loadCode(value.size), value.offset)
        } else {
          this.#toX(value.index)
          this.#emit(loadCode(value.size) + AT_X, value.offset)
        }
        break
      case 'negate':
        this.#toA(value.of)
        this.#emit(op.negate)
        break
      case 'alu': {
        const { left, right, operator } = value
        if (headerOffset(value) !== undefined) {
          this.#toX(value)
          this.#emit(op.xToA)
          break
        }
        this.#operands(left, right)
        if (right.kind === 'constant') this.#emit(aluCode[operator], right.value)
        else this.#emit(aluCode[operator] + fromX)
        break
      }
    }
    this.#a = value
  }
}

/** From loads at a fixed place to those at X. */
const AT_X = op.loadByteAtX - op.loadByte

function loadCode(size: number): number {
  return size === 1 ? op.loadByte : size === 2 ? op.loadHalf : op.loadWord
}

/** Whether it gets into X without A. */
function isXAlone(value: Value): boolean {
  return value.kind === 'variable' || value.kind === 'length' || headerOffset(value) !== undefined
}

/** Whether it cannot get into A without X. */
function needsX(value: Value): boolean {
  switch (value.kind) {
    case 'constant':
    case 'length':
    case 'variable':
      return false
    case 'load':
      return value.index !== undefined
    case 'negate':
      return needsX(value.of)
    case 'alu':
      return headerOffset(value) !== undefined || value.right.kind !== 'constant' || needsX(value.left)
  }
}

function valuesOf(step: Step): readonly Value[] {
  if (step.kind === 'test') return [step.test.left, step.test.right]
  return step.kind === 'assign' ? [step.variable, step.value] : []
}

function slotsOf(values: readonly Value[], slots = new Set<number>()): ReadonlySet<number> {
  for (const value of values) {
    if (value.kind === 'variable') slots.add(value.slot)
    else if (value.kind === 'load' && value.index !== undefined) slotsOf([value.index], slots)
    else if (value.kind === 'negate') slotsOf([value.of], slots)
    else if (value.kind === 'alu') slotsOf([value.left, value.right], slots)
  }
  return slots
}

/**
 * Words that some way reads before it has set them: `not geneve or tcp`. Kernels do not load programs that read what was
 * never written.
 */
function readUnset(order: readonly Step[]): readonly number[] {
  const unset = new Set<number>()
  const set = new Map<Step, ReadonlySet<number>>()
  for (const step of order) {
    const before = set.get(step) ?? new Set()
    const read = step.kind === 'assign' ? [step.value] : valuesOf(step)
    for (const slot of slotsOf(read)) if (!before.has(slot)) unset.add(slot)
    const after = step.kind === 'assign' ? new Set([...before, step.variable.slot]) : before
    for (const next of waysOf(step)) {
      const known = set.get(next)
      set.set(next, known === undefined ? after : new Set([...known].filter((slot) => after.has(slot))))
    }
  }
  return [...unset].sort((x, y) => x - y)
}

/** Conditional jumps count up to this many instructions. */
const FARTHEST = 255

/** Puts blocks one after another; where a conditional jump does not reach far enough, one without condition follows it. */
function layOut(order: readonly Step[], blocks: readonly Block[]): ClassicProgram {
  const place = new Map(order.map((step, i) => [step, i]))
  const far = blocks.map(() => ({ yes: false, no: false }))
  const starts = new Array<number>(blocks.length)
  let length = 0
  for (let settled = false; !settled; ) {
    length = 0
    for (const [i, block] of blocks.entries()) {
      starts[i] = length
      length += block.code.length + (block.jump ? 1 : 0) + Number(far[i]!.yes) + Number(far[i]!.no)
      if (block.next !== undefined && place.get(block.next) !== i + 1) length++
    }
    settled = true
    for (const [i, { code, jump }] of blocks.entries()) {
      if (jump === undefined) continue
      const behind = starts[i]! + code.length + 1
      for (const side of ['yes', 'no'] as const) {
        if (far[i]![side] || starts[place.get(jump[side])!]! - behind <= FARTHEST) continue
        far[i]![side] = true
        settled = false
      }
    }
  }
  const program = {
    code: new Uint16Array(length),
    ifTrue: new Uint8Array(length),
    ifFalse: new Uint8Array(length),
    k: new Uint32Array(length),
  }
  for (const [i, { code, k, jump, next }] of blocks.entries()) {
    let at = starts[i]!
    program.code.set(code, at)
    program.k.set(k, at)
    at += code.length
    const to = (step: Step) => starts[place.get(step)!]!
    const always = (step: Step) => {
      program.code[at] = op.jump
      program.k[at] = to(step) - at - 1
      at++
    }
    if (next !== undefined && place.get(next) !== i + 1) always(next)
    if (jump === undefined) continue
    const { yes, no } = far[i]!
    program.code[at] = jump.code
    program.k[at] = jump.k
    at++
    program.ifTrue[at - 1] = yes ? 0 : to(jump.yes) - at
    program.ifFalse[at - 1] = no ? Number(yes) : to(jump.no) - at
    if (yes) always(jump.yes)
    if (no) always(jump.no)
  }
  return program
}
