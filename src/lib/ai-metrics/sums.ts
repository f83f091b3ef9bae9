// Owns sums of samples in rows of one array: which columns there are, and how a packet is added. Knows no scale, no place, no
// time. See ai-metrics.ts for the folder. Start at Sums.add.

import { aethCredits } from '../names/bth.ts'
import { isAck, isNak, isRnr, Meaning, type PacketFacts } from './packet-facts.ts'

/** Columns of a row: sums over samples, each times its weight (1 but for smoothed sums). */
export const Column = {
  frames: 0,
  bytes: 1,
  bytesSquared: 2,
  roce: 3,
  roceBytes: 4,
  roceBytesSquared: 5,
  messages: 6,
  /** Largest ones: frame, DMA length + 1, 2^32 - DMA length, credit code + 1, 32 - code. 0: none. */
  longest: 7,
  dmaMost: 8,
  dmaLeast: 9,
  codeMost: 10,
  codeLeast: 11,
  /** Packets with a RETH; its DMA length. */
  reth: 12,
  dma: 13,
  dmaSquared: 14,
  /** ACKs with a credit count: how many, credits, codes. */
  acks: 15,
  credits: 16,
  creditsSquared: 17,
  codes: 18,
  /** ACKs whose code is 31, no valid count. */
  withoutCount: 19,
  nak: 20,
  rnr: 21,
  /** RoCE packets with CE. */
  ce: 22,
  cnp: 23,
  cnpOther: 24,
  /** RoCE and UET packets with the DSCP of trimmed ones; any packet with it. */
  trim: 25,
  trimAny: 26,
  uet: 27,
  cutBefore: 28,
  cutBehind: 29,
  /** Differences of sequence numbers, see sequence-pairs.ts. */
  psnPairs: 30,
  psnAdvance: 31,
  psnSeconds: 32,
  psnBackwards: 33,
  psnAmbiguous: 34,
  msnPairs: 35,
  msnAdvance: 36,
  msnSeconds: 37,
  msnAmbiguous: 38,
} as const
/** What most packets change lies in one cache line, and the codes behind the rest. */
const FIXED = 39
const FIRST_MOST = Column.longest
const BEHIND_MOST = Column.reth

/** Kinds that are counted by code, each in a column that is made when the first of them is met. */
export const CodeKind = {
  /** Opcode, 0 to 255. */
  opcode: 0,
  /** AETH syndrome of a NAK or RNR NAK, 0 to 255. */
  syndrome: 256,
  /** Exponent of the power of two that a DMA length reaches, 0 to 31. */
  size: 512,
} as const
const CODES = 544

/** Numbers that all rows of one Sums may hold: 128 MiB. */
const MOST_NUMBERS = 1 << 24

/** Rows of sums, 0 and up; rows and columns are made as they are needed. */
export class Sums {
  /** Numbers a row. */
  width = 64
  values: Float64Array<ArrayBuffer>
  /** By code: its column, 0 where it was not met. */
  readonly columnOf = new Int16Array(CODES)
  /** Codes in the order of their columns from FIXED on. */
  readonly codes: number[] = []
  #rows: number

  constructor(rows = 64) {
    this.#rows = rows
    this.values = new Float64Array(rows * this.width)
  }

  /** Whether there is room for this row; makes it. */
  reach(row: number): boolean {
    if (row < this.#rows) return true
    let rows = this.#rows
    while (rows <= row) rows *= 2
    if (rows * this.width > MOST_NUMBERS) return false
    const values = new Float64Array(rows * this.width)
    values.set(this.values)
    this.values = values
    this.#rows = rows
    return true
  }

  /** All rows are empty again; columns stay. */
  clear(): void {
    this.values.fill(0)
  }

  /** Adds a packet to a row that was reached. @param weight g, 1 but for smoothed sums */
  add(row: number, facts: PacketFacts, weight: number): void {
    const { opcode, frame } = facts
    // First, as they may make the array wider.
    const opcodeColumn = opcode < 0 ? 0 : this.#column(CodeKind.opcode + opcode)
    const sizeColumn =
      facts.dma < 0 ? 0 : this.#column(CodeKind.size + 31 - Math.clz32(facts.dma | (facts.dma === 0 ? 1 : 0)))
    const isError = facts.syndrome >= 0 && !isAck(facts.syndrome)
    const errorColumn = isError ? this.#column(CodeKind.syndrome + facts.syndrome) : 0
    const { values } = this
    const at = row * this.width
    values[at + Column.frames]! += weight
    if (frame >= 0) {
      values[at + Column.bytes]! += frame * weight
      values[at + Column.bytesSquared]! += frame * frame * weight
      if (frame > values[at + Column.longest]!) values[at + Column.longest] = frame
    }
    if (facts.trimmed) values[at + Column.trimAny]! += weight
    if (facts.uet) {
      values[at + Column.uet]! += weight
      if (facts.trimmed) values[at + Column.trim]! += weight
    }
    if (opcode < 0) {
      if (facts.cutBeforeBth) values[at + Column.cutBefore]! += weight
      return
    }
    values[at + Column.roce]! += weight
    if (frame >= 0) {
      values[at + Column.roceBytes]! += frame * weight
      values[at + Column.roceBytesSquared]! += frame * frame * weight
    }
    if (opcodeColumn > 0) values[at + opcodeColumn]! += weight
    if (facts.ce) values[at + Column.ce]! += weight
    if (facts.trimmed) values[at + Column.trim]! += weight
    if (opcode === 0x81 && facts.plain) values[at + Column.cnp]! += weight
    else if (opcode >>> 5 === 4) values[at + Column.cnpOther]! += weight
    if (facts.cutBehindBth) values[at + Column.cutBehind]! += weight
    if ((facts.meaning & Meaning.start) !== 0) values[at + Column.messages]! += weight
    if (facts.dma >= 0) {
      const { dma } = facts
      values[at + Column.reth]! += weight
      values[at + Column.dma]! += dma * weight
      values[at + Column.dmaSquared]! += dma * dma * weight
      if (dma + 1 > values[at + Column.dmaMost]!) values[at + Column.dmaMost] = dma + 1
      if (0x100000000 - dma > values[at + Column.dmaLeast]!) values[at + Column.dmaLeast] = 0x100000000 - dma
      if (sizeColumn > 0) values[at + sizeColumn]! += weight
    }
    if (facts.syndrome < 0) return
    if (isError) {
      if (errorColumn > 0) values[at + errorColumn]! += weight
      if (isNak(facts.syndrome)) values[at + Column.nak]! += weight
      else if (isRnr(facts.syndrome)) values[at + Column.rnr]! += weight
      return
    }
    this.#ack(at, facts.syndrome & 31, weight)
  }

  /** Adds a row of another Sums, whose codes may have other columns. */
  join(row: number, other: Sums, from: number): void {
    for (const code of other.codes) this.#column(code)
    const { values } = this
    const at = row * this.width
    const start = from * other.width
    for (let k = 0; k < FIXED; k++) {
      const value = other.values[start + k]!
      if (k < FIRST_MOST || k >= BEHIND_MOST) values[at + k]! += value
      else if (value > values[at + k]!) values[at + k] = value
    }
    for (const code of other.codes) {
      if (this.columnOf[code]! > 0) values[at + this.columnOf[code]!]! += other.values[start + other.columnOf[code]!]!
    }
  }

  /** Of smoothed sums: everything weighs less, but for largest ones. */
  decay(factor: number): void {
    const { values, width } = this
    for (let at = 0; at < values.length; at += width) {
      for (let k = 0; k < width; k++) if (k < FIRST_MOST || k >= BEHIND_MOST) values[at + k]! *= factor
    }
  }

  /** Largest ones are found anew. */
  forgetExtremes(): void {
    const { values, width } = this
    for (let at = 0; at < values.length; at += width) values.fill(0, at + FIRST_MOST, at + BEHIND_MOST)
  }

  #ack(at: number, code: number, weight: number): void {
    const { values } = this
    if (code === 31) {
      values[at + Column.withoutCount]! += weight
      return
    }
    const credits = aethCredits[code]!
    values[at + Column.acks]! += weight
    values[at + Column.credits]! += credits * weight
    values[at + Column.creditsSquared]! += credits * credits * weight
    values[at + Column.codes]! += code * weight
    if (code + 1 > values[at + Column.codeMost]!) values[at + Column.codeMost] = code + 1
    if (32 - code > values[at + Column.codeLeast]!) values[at + Column.codeLeast] = 32 - code
  }

  /** The column of a code; 0 where there is no room for one more. */
  #column(code: number): number {
    const known = this.columnOf[code]!
    if (known > 0) return known
    const column = FIXED + this.codes.length
    if (column >= this.width && !this.#widen()) return 0
    this.codes.push(code)
    this.columnOf[code] = column
    return column
  }

  #widen(): boolean {
    const width = this.width * 2
    if (this.#rows * width > MOST_NUMBERS) return false
    const values = new Float64Array(this.#rows * width)
    for (let row = 0; row < this.#rows; row++) {
      values.set(this.values.subarray(row * this.width, (row + 1) * this.width), row * width)
    }
    this.values = values
    this.width = width
    return true
  }
}
