// An eBPF machine for bodies of functions, written from RFC 9669 and as strict as a verifier on the path that it takes: what
// the kernel would refuse throws. Registers hold numbers or addresses of one of two memories.

/** Of the packet's memory, or of the stack, whose offset 0 is the frame pointer. */
interface Address {
  readonly memory: 'packet' | 'stack'
  readonly offset: number
}
type Known = bigint | Address

const STACK_BYTES = 512
const U64 = (1n << 64n) - 1n
const U32 = (1n << 32n) - 1n

interface Instruction {
  readonly opcode: number
  readonly destination: number
  readonly source: number
  readonly offset: number
  readonly immediate: number
}

function decode(code: Uint8Array): Instruction[] {
  if (code.length === 0 || code.length % 8 !== 0) throw new Error(`${code.length} bytes are no instructions`)
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength)
  return Array.from({ length: code.length / 8 }, (_, i) => ({
    opcode: view.getUint8(i * 8),
    destination: view.getUint8(i * 8 + 1) & 0xf,
    source: view.getUint8(i * 8 + 1) >> 4,
    offset: view.getInt16(i * 8 + 2, true),
    immediate: view.getInt32(i * 8 + 4, true),
  }))
}

const classOf = (opcode: number): number => opcode & 0x07
const isSwap = (opcode: number): boolean => (opcode & 0xf0) === 0xd0
const isJump = (opcode: number): boolean => classOf(opcode) === 0x05 || classOf(opcode) === 0x06
const EXIT = 0x95
const JA = 0x05

/** What check_cfg() of the kernel wants: each instruction is led to, no jump leaves, goes back or falls off the end. */
export function checkShape(code: Uint8Array): void {
  const instructions = decode(code)
  const reached = new Set<number>()
  const open = [0]
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (reached.has(i)) continue
    const one = instructions[i]
    if (one === undefined) throw new Error(`control leaves the program for ${i}`)
    reached.add(i)
    const { opcode, offset } = one
    if (opcode === EXIT) continue
    if (!isJump(opcode)) open.push(i + 1)
    else {
      if (offset < 0) throw new Error(`${i} jumps back`)
      open.push(i + 1 + offset)
      if (opcode !== JA) open.push(i + 1)
    }
  }
  if (reached.size !== instructions.length)
    throw new Error(`only ${reached.size} of ${instructions.length} are reached`)
}

/** r0 as the body leaves it, 32 bits. Throws where the machine, or the kernel's verifier on this path, would not go on. */
export function runEbpf(code: Uint8Array, packet: Uint8Array, captured: number, length: number): number {
  const instructions = decode(code)
  const registers: (Known | undefined)[] = Array.from({ length: 11 })
  registers[1] = { memory: 'packet', offset: 0 }
  registers[2] = BigInt(captured)
  registers[3] = BigInt(length)
  registers[10] = { memory: 'stack', offset: 0 }
  const stack = new Uint8Array(STACK_BYTES)
  const written = new Uint8Array(STACK_BYTES)
  const memories = { packet, stack }

  const whole = (register: number): Known => {
    const value = registers[register]
    if (value === undefined) throw new Error(`r${register} is read before it is written`)
    return value
  }
  const number = (register: number): bigint => {
    const value = whole(register)
    if (typeof value !== 'bigint') throw new Error(`r${register} is an address`)
    return value
  }
  const set = (register: number, value: Known): void => {
    if (register >= 10) throw new Error(`r${register} can't be written`)
    registers[register] = value
  }
  const place = (register: number, offset: number, bytes: number): { at: number; of: 'packet' | 'stack' } => {
    const base = whole(register)
    if (typeof base !== 'object') throw new Error(`r${register} is no address`)
    const at = base.offset + offset + (base.memory === 'stack' ? STACK_BYTES : 0)
    if (at < 0 || at + bytes > memories[base.memory].length)
      throw new Error(`${base.memory} has no ${bytes} bytes at ${at}`)
    if (base.memory === 'stack' && at % bytes !== 0) throw new Error('the stack is read or written across its words')
    return { at, of: base.memory }
  }

  const sizes: Readonly<Record<number, number>> = { 0: 4, 8: 2, 16: 1, 24: 8 }
  for (let i = 0, steps = 0; steps < 1_000_000; steps++) {
    const one = instructions[i]
    if (one === undefined) throw new Error(`control leaves the program for ${i}`)
    const { opcode, destination, source, offset, immediate } = one
    const bySource = (opcode & 0x08) !== 0
    i++
    switch (classOf(opcode)) {
      case 0x01: {
        if ((opcode & 0xe0) !== 0x60 || immediate !== 0) throw new Error(`unknown load ${opcode}`)
        const bytes = sizes[opcode & 0x18]!
        const { at, of } = place(source, offset, bytes)
        let value = 0n
        for (let b = bytes - 1; b >= 0; b--) {
          if (of === 'stack' && written[at + b] === 0) throw new Error('the stack is read before it is written')
          value = (value << 8n) | BigInt(memories[of][at + b]!)
        }
        set(destination, value)
        break
      }
      case 0x02:
      case 0x03: {
        if ((opcode & 0xe0) !== 0x60) throw new Error(`unknown store ${opcode}`)
        const bytes = sizes[opcode & 0x18]!
        const { at, of } = place(destination, offset, bytes)
        if (of !== 'stack') throw new Error('a packet is written to')
        const value = classOf(opcode) === 0x02 ? BigInt.asUintN(64, BigInt(immediate)) : number(source)
        for (let b = 0; b < bytes; b++) {
          stack[at + b] = Number((value >> BigInt(8 * b)) & 0xffn)
          written[at + b] = 1
        }
        break
      }
      case 0x04:
      case 0x07: {
        if (offset !== 0) throw new Error('an offset where none belongs')
        set(destination, calculate(one, whole, bySource && !isSwap(opcode) ? whole(source) : BigInt(immediate)))
        break
      }
      default: {
        if (opcode === EXIT) return Number(number(0) & U32)
        if (!isJump(opcode)) throw new Error(`unknown instruction ${opcode}`)
        if (opcode === JA || jumps(opcode, number(destination), bySource ? number(source) : BigInt(immediate)))
          i += offset
      }
    }
  }
  throw new Error('it does not end')
}

/** Of arithmetic, what is written to the destination. */
function calculate(
  { opcode, destination, immediate }: Instruction,
  read: (register: number) => Known,
  operand: Known,
): Known {
  const narrow = classOf(opcode) === 0x04
  const operation = opcode & 0xf0
  if (operation === 0xb0) {
    if (typeof operand === 'bigint') return operand & (narrow ? U32 : U64)
    if (narrow) throw new Error('half an address is copied')
    return operand
  }
  if (operation === 0xd0) {
    // Byte swap: the immediate is the width; only to big endian is expected on a little-endian machine.
    if ((opcode & 0x08) === 0 || !narrow) throw new Error(`unknown byte order ${opcode}`)
    const width = immediate
    const value = read(destination)
    if (typeof value !== 'bigint') throw new Error('the bytes of an address are swapped')
    let from = value & ((1n << BigInt(width)) - 1n)
    let to = 0n
    for (let b = 0; b < width; b += 8) {
      to = (to << 8n) | (from & 0xffn)
      from >>= 8n
    }
    return to
  }
  const left = read(destination)
  if (typeof left === 'object') {
    if (operation !== 0x00 || narrow || typeof operand !== 'bigint') throw new Error('an address is calculated with')
    if (operand > 0xffffn) throw new Error('an address moves too far')
    return { memory: left.memory, offset: left.offset + Number(operand) }
  }
  if (typeof operand !== 'bigint') throw new Error('an address is calculated with')
  const mask = narrow ? U32 : U64
  const width = narrow ? 32n : 64n
  const a = left & mask
  const b = operand & mask
  const isConstant = (opcode & 0x08) === 0
  switch (operation) {
    case 0x00:
      return (a + b) & mask
    case 0x10:
      return (a - b) & mask
    case 0x20:
      return (a * b) & mask
    case 0x30:
    case 0x90:
      // The machine has an answer; this translator never wants it.
      if (b === 0n) throw new Error('division by zero')
      return operation === 0x30 ? a / b : a % b
    case 0x40:
      return a | b
    case 0x50:
      return a & b
    case 0x60:
    case 0x70: {
      if (isConstant && b >= width) throw new Error('a shift by too many bits')
      const bits = b & (width - 1n)
      return operation === 0x60 ? (a << bits) & mask : a >> bits
    }
    case 0x80:
      return -a & mask
    case 0xa0:
      return a ^ b
    default:
      throw new Error(`unknown arithmetic ${opcode}`)
  }
}

function jumps(opcode: number, left: bigint, right: bigint): boolean {
  const mask = classOf(opcode) === 0x06 ? U32 : U64
  const a = left & mask
  const b = right & mask
  switch (opcode & 0xf0) {
    case 0x10:
      return a === b
    case 0x20:
      return a > b
    case 0x30:
      return a >= b
    case 0x40:
      return (a & b) !== 0n
    case 0x50:
      return a !== b
    case 0xa0:
      return a < b
    case 0xb0:
      return a <= b
    default:
      throw new Error(`unknown jump ${opcode}`)
  }
}
