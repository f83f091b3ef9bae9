// Owns groups of networks: of prefixes that lie in each other the longest counts. Built once; a look-up is a binary search
// and allocates nothing. Start at buildGroupSet.

import { InputError } from '../../errors.ts'
import { type AddressWords, type Prefix, parsePrefix } from '../../parse/address.ts'
import type { GroupSet } from '../data.ts'

/**
 * @param groups networks as CIDR text by name of the group; where two groups have the same prefix the first counts
 * @throws InputError for a text that is no prefix
 */
export function buildGroupSet(groups: ReadonlyMap<string, readonly string[]>, what: string): GroupSet {
  const networks: Network[] = []
  for (const [label, [name, list]] of [...groups].entries()) {
    for (const text of list) networks.push(networkOf(text, label, `${what}, group ${name}:`))
  }
  const four = new Ranges(
    networks.filter((x) => x.isV4),
    32,
  )
  const six = new Ranges(
    networks.filter((x) => !x.isV4),
    128,
  )
  const words = six.words
  return {
    names: [...groups.keys()],
    find4: (address) => {
      const starts = four.words[3]!
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if (starts[middle]! <= address) low = middle
        else high = middle - 1
      }
      return four.labels[low]!
    },
    find6: (a, b, c, d) => {
      let low = 0
      let high = words[0]!.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if (isAtMost(words, middle, a, b, c, d)) low = middle
        else high = middle - 1
      }
      return six.labels[low]!
    },
  }
}

function isAtMost(words: readonly Uint32Array[], i: number, a: number, b: number, c: number, d: number): boolean {
  const [w0, w1, w2] = [words[0]![i]!, words[1]![i]!, words[2]![i]!]
  if (w0 !== a) return w0 < a
  if (w1 !== b) return w1 < b
  if (w2 !== c) return w2 < c
  return words[3]![i]! <= d
}

interface Network {
  readonly isV4: boolean
  readonly from: bigint
  /** One past its last address. */
  readonly to: bigint
  readonly label: number
}

function networkOf(text: string, label: number, what: string): Network {
  let prefix: Prefix
  try {
    prefix = parsePrefix(text.trim(), what)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.message, [
      'Groups are lists of networks, such as {"sites": {"office": ["10.1.0.0/16"]}}.',
    ])
  }
  const isV4 = !text.includes(':')
  const bits = isV4 ? prefix.bits - 96 : prefix.bits
  const from = isV4 ? BigInt(prefix.words[3]) : wordsToNumber(prefix.words)
  return { isV4, from, to: from + (1n << BigInt((isV4 ? 32 : 128) - bits)), label }
}

function wordsToNumber(words: AddressWords): bigint {
  return words.reduce((number, word) => (number << 32n) | BigInt(word), 0n)
}

/** Where each range starts, as four words, and the label from there on; the first starts at 0. */
class Ranges {
  readonly words: readonly Uint32Array[]
  readonly labels: Int32Array

  constructor(networks: readonly Network[], bits: number) {
    // Wider ones first, so that a narrower one is on top; of equal ones the first given is on top.
    const sorted = networks
      .map((network, order) => ({ ...network, order }))
      .sort((a, b) => compare(a.from, b.from) || compare(b.to, a.to) || b.order - a.order)
    const starts: bigint[] = [0n]
    const labels: number[] = [-1]
    const open: Network[] = []
    const end = 1n << BigInt(bits)
    const mark = (at: bigint, label: number): void => {
      if (at >= end) return
      if (starts.at(-1) === at) labels[labels.length - 1] = label
      else {
        starts.push(at)
        labels.push(label)
      }
    }
    const close = (until: bigint): void => {
      while (open.length > 0 && open.at(-1)!.to <= until) {
        const closed = open.pop()!
        mark(closed.to, open.at(-1)?.label ?? -1)
      }
    }
    for (const network of sorted) {
      close(network.from)
      open.push(network)
      mark(network.from, network.label)
    }
    close(end)
    this.words = [96n, 64n, 32n, 0n].map((shift) =>
      Uint32Array.from(starts, (start) => Number((start >> shift) & 0xffff_ffffn)),
    )
    this.labels = Int32Array.from(labels)
  }
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)
