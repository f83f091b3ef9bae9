// Owns turning a good datagram into a bad one. The same seed and number give the same bytes. Start at Mutator.make.

import { counterRecords, flowRecords } from '../../src/lib/sflow/registry.ts'
import { sampleTypes } from '../../src/lib/sflow/samples.ts'
import { Random } from '../bench/random.ts'

/** Longest datagram that comes out: what UDP over IPv4 can carry (65,535 - 20 - 8). */
const MAX_BYTES = 65_507

/** Words that break lengths, counts and offsets. */
const bombs = [
  0, 1, 2, 3, 4, 5, 7, 8, 0x7f, 0xff, 0x100, 0xffff, 0x10000, 0x3fffffff, 0x40000000, 0x7ffffffc, 0x7fffffff,
].concat([0x80000000, 0x80000001, 0xfffffff0, 0xfffffffb, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff])

/** Two bytes that change what a header is: ethertypes, protocols of GRE and PPP, UDP ports of tunnels. */
const shorts = [
  0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x0806, 0x6558, 0x88be, 0x22eb, 0x8915, 0x0021, 0x0057,
].concat([53, 2152, 4789, 4790, 4791, 4793, 6081, 6635, 0, 0xffff, 0x4500, 0x6000, 0x4f00])

/** One byte: IP protocols and next headers, header lengths, opcodes. */
const octets = [
  0, 1, 2, 4, 6, 17, 27, 33, 41, 43, 44, 47, 50, 51, 58, 60, 115, 132, 135, 136, 0x45, 0x4f, 0x60, 0x64, 0xff,
]

const tags = [...flowRecords.keys(), ...counterRecords.keys(), ...sampleTypes.map((x) => x.tag), 0, 4095, 0xffffffff]

/** Makes mutants of a corpus, in a buffer that the next one overwrites. Each group of the corpus has the same weight. */
export class Mutator {
  readonly #corpus: readonly (readonly Uint8Array[])[]
  readonly #seed: number
  readonly #bytes = new Uint8Array(MAX_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  #length = 0

  constructor(corpus: readonly (readonly Uint8Array[])[], seed: number) {
    this.#corpus = corpus
    this.#seed = seed
  }

  /** Mutant `number`, with 1 to 6 changes. Valid until the next call. */
  make(number: number): Uint8Array {
    const random = new Random(Math.imul(this.#seed, 0x9e3779b1) ^ number)
    const parent = this.#pick(random)
    this.#bytes.set(parent)
    this.#length = parent.length
    const changes = random.below(2) === 0 ? 1 : 2 + random.below(5)
    for (let i = 0; i < changes; i++) this.#change(random)
    return this.#bytes.subarray(0, this.#length)
  }

  #pick(random: Random): Uint8Array {
    const group = this.#corpus[random.below(this.#corpus.length)]!
    return group[random.below(group.length)]!
  }

  #change(random: Random): void {
    const bytes = this.#bytes
    const length = this.#length
    if (length < 8) {
      this.#splice(random)
      return
    }
    // Lengths and counts sit on words; headers are not aligned.
    const word = random.below(length >>> 2) * 4
    switch (random.below(12)) {
      case 0:
      case 1: {
        const at = random.below(length)
        bytes[at] = bytes[at]! ^ (1 << random.below(8))
        break
      }
      case 2:
        bytes[random.below(length)] = random.below(256)
        break
      case 3:
      case 4:
        this.#view.setUint32(word, bombs[random.below(bombs.length)]!)
        break
      case 5:
        // Off by a little: the nastiest lengths.
        this.#view.setUint32(word, this.#view.getUint32(word) + random.below(17) - 8)
        break
      case 6:
        this.#view.setUint32(word, tags[random.below(tags.length)]!)
        break
      case 7:
        this.#view.setUint16(random.below(length - 2), shorts[random.below(shorts.length)]!)
        break
      case 8:
        bytes[random.below(length)] = octets[random.below(octets.length)]!
        break
      case 9:
        if (random.below(50) === 0) this.#grow(random)
        else this.#length = random.below(4) === 0 ? random.below(length) : length - random.below(Math.min(length, 64))
        break
      case 10:
        this.#splice(random)
        break
      default:
        this.#move(word, random)
    }
  }

  /** The head of this datagram, the tail of another one. */
  #splice(random: Random): void {
    const other = this.#pick(random)
    const at = random.below(this.#length + 1) & ~3
    const from = random.below(other.length + 1) & ~3
    const tail = other.subarray(from, from + MAX_BYTES - at)
    this.#bytes.set(tail, at)
    this.#length = at + tail.length
  }

  /** Repeats it, up to the longest datagram there can be. */
  #grow(random: Random): void {
    const wanted = this.#length + random.below(MAX_BYTES - this.#length + 1)
    while (this.#length < wanted) {
      const size = Math.min(this.#length, wanted - this.#length)
      this.#bytes.copyWithin(this.#length, 0, size)
      this.#length += size
    }
  }

  /** Copies up to 64 words over another place: repeats and removes records. */
  #move(word: number, random: Random): void {
    const size = Math.min(this.#length - word, 4 * (1 + random.below(64)))
    const to = Math.min(random.below((this.#length >>> 2) + 1) * 4, MAX_BYTES - size)
    this.#bytes.copyWithin(to, word, word + size)
    this.#length = Math.max(this.#length, to + size)
  }
}
