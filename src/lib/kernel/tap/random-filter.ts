// Owns the classic BPF program that takes packets at random for a packet socket, and what each taken one stands for. Pure. See tap.ts.
//
// Such a program knows a packet's length, but not how many packets on the wire it becomes (GSO). So it takes a buffer with a
// probability q that grows with its length, and the reader, who knows the segments by then, puts right what is too much or too
// little: samples of each segment with probability p / q, so that together each has p.

/** struct sock_filter: code, jump if true, jump if false, k. */
const INSTRUCTION_BYTES = 8
// linux/bpf_common.h, linux/filter.h.
const LD_ABS_W = 0x20
const LD_LEN = 0x80
const LD_IMM = 0x00
const DIV_K = 0x34
const MUL_K = 0x24
const TAX = 0x07
const JEQ_K = 0x15
const JGT_K = 0x25
const JGE_X = 0x3d
const RET_K = 0x06
/** Where the kernel's own values are, as negative offsets: SKF_AD_OFF. */
const ANCILLARY = 0xfffff000
const PKTTYPE = ANCILLARY + 4
const RANDOM = ANCILLARY + 56
const PACKET_OUTGOING = 4

const TWO_32 = 2 ** 32

/** What a filter does, for those who read what it took. */
export interface RandomFilter {
  /** struct sock_filter, one after another. */
  readonly program: Uint8Array
  /** Probability of a packet that it was taken, by its length. At least p, but for rounding, unless it is 1. */
  readonly probability: (bytes: number) => number
  /** p. */
  readonly ratio: number
}

/**
 * A filter for one direction.
 * @param threshold p × 2^32
 * @param headerBytes how much of a packet is wanted
 * @param usualBytes length of the longest packet that is no buffer of several: the MTU and its Ethernet header
 */
export function randomFilter(
  threshold: number,
  direction: 'ingress' | 'egress',
  headerBytes: number,
  usualBytes: number,
): RandomFilter {
  const ratio = threshold / TWO_32
  const isOutgoing = direction === 'egress'
  // The most by which the threshold can be multiplied in 32 bits; beyond, everything is taken.
  const most = Math.floor((TWO_32 - 1) / threshold)
  // Jumps are counted from the next instruction.
  const direct: readonly Instruction[] = [
    [LD_ABS_W, 0, 0, PKTTYPE],
    isOutgoing ? [JEQ_K, 0, 1, PACKET_OUTGOING] : [JEQ_K, 1, 0, PACKET_OUTGOING],
    [RET_K, 0, 0, headerBytes],
    [RET_K, 0, 0, 0],
  ]
  const random: readonly Instruction[] = [
    [LD_ABS_W, 0, 0, PKTTYPE],
    isOutgoing ? [JEQ_K, 0, 10, PACKET_OUTGOING] : [JEQ_K, 10, 0, PACKET_OUTGOING],
    [LD_LEN, 0, 0, 0],
    [DIV_K, 0, 0, usualBytes],
    [JGT_K, 6, 0, most],
    [JEQ_K, 0, 1, 0],
    [LD_IMM, 0, 0, 1],
    [MUL_K, 0, 0, threshold],
    [TAX, 0, 0, 0],
    [LD_ABS_W, 0, 0, RANDOM],
    [JGE_X, 1, 0, 0],
    [RET_K, 0, 0, headerBytes],
    [RET_K, 0, 0, 0],
  ]
  return {
    program: assemble(ratio >= 1 ? direct : random),
    probability: (bytes) => {
      const times = Math.max(1, Math.floor(bytes / usualBytes))
      return times > most ? 1 : times * ratio
    },
    ratio,
  }
}

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number]

function assemble(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES)
  const view = new DataView(bytes.buffer)
  instructions.forEach(([code, ifTrue, ifFalse, k], i) => {
    const at = i * INSTRUCTION_BYTES
    view.setUint16(at, code, true)
    view.setUint8(at + 2, ifTrue)
    view.setUint8(at + 3, ifFalse)
    view.setUint32(at + 4, k, true)
  })
  return bytes
}
