// Owns the numbers of classic BPF's instructions. Knows no expression. Start at op.

/** Instruction codes. @see linux/bpf_common.h and linux/filter.h */
export const op = {
  loadByte: 0x30,
  loadHalf: 0x28,
  loadWord: 0x20,
  loadByteAtX: 0x50,
  loadHalfAtX: 0x48,
  loadWordAtX: 0x40,
  loadNumber: 0x00,
  loadLength: 0x80,
  loadMemory: 0x60,
  loadXNumber: 0x01,
  loadXMemory: 0x61,
  loadXLength: 0x81,
  /** X = 4 * (packet[k] & 15): the length of an IPv4 header. */
  loadXHeader: 0xb1,
  store: 0x02,
  storeX: 0x03,
  negate: 0x84,
  jump: 0x05,
  returnNumber: 0x06,
  returnA: 0x16,
  aToX: 0x07,
  xToA: 0x87,
} as const

/** Arithmetic on A: with k as it is, with X plus `fromX`. */
export const aluCode = {
  add: 0x04,
  subtract: 0x14,
  multiply: 0x24,
  divide: 0x34,
  or: 0x44,
  and: 0x54,
  shiftLeft: 0x64,
  shiftRight: 0x74,
  modulo: 0x94,
  xor: 0xa4,
} as const

/** Jumps that compare A: with k as it is, with X plus `fromX`. */
export const jumpCode = { equal: 0x15, greater: 0x25, atLeast: 0x35, anyBit: 0x45 } as const

/** Added to an arithmetic or jump code: the operand is X instead of k. */
export const fromX = 0x08

/** Words of scratch memory (BPF_MEMWORDS). */
export const MEMORY_WORDS = 16

/** What a program returns for a packet it takes: all bytes, as tcpdump's snapshot length. */
export const WHOLE_PACKET = 262144

export type AluName = keyof typeof aluCode
export type JumpName = keyof typeof jumpCode
