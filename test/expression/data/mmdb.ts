// Writes small files in MaxMind's format, for the tests (MaxMind DB File Format Specification 2.0): a tree of 24-bit records.

import { parseAddress } from '../../../src/lib/parse/address.ts'

type Datum = string | number | { readonly [name: string]: Datum }

function field(type: number, size: number): number[] {
  const [long, low] = size < 29 ? [[], size] : [[size - 29], 29]
  return type > 7 ? [low, type - 7, ...long] : [(type << 5) | low, ...long]
}

function encode(datum: Datum): number[] {
  if (typeof datum === 'string') {
    const bytes = [...new TextEncoder().encode(datum)]
    return [...field(2, bytes.length), ...bytes]
  }
  // uint32
  if (typeof datum === 'number')
    return [...field(6, 4), datum >>> 24, (datum >>> 16) & 255, (datum >>> 8) & 255, datum & 255]
  const entries = Object.entries(datum)
  return [...field(7, entries.length), ...entries.flatMap(([name, value]) => [...encode(name), ...encode(value)])]
}

/** A file of IPv6 with IPv4 below ::/96, as the published ones are. */
export function writeMmdb(networks: Readonly<Record<string, Datum>>): Uint8Array {
  const nodes: (number | undefined)[][] = [[undefined, undefined]]
  const data: number[] = []
  const leaves = new Map<number, number>()
  for (const [network, datum] of Object.entries(networks)) {
    const [address = '', length = ''] = network.split('/')
    const isV4 = !address.includes(':')
    const words = parseAddress(address)!
    const number = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n) & (isV4 ? 0xffffffffn : -1n)
    const bits = Number(length) + (isV4 ? 96 : 0)
    let node = 0
    for (let i = 0; i < bits; i++) {
      const bit = Number((number >> BigInt(127 - i)) & 1n)
      if (i === bits - 1) {
        leaves.set(node * 2 + bit, data.length)
      } else {
        nodes[node]![bit] ??= nodes.push([undefined, undefined]) - 1
        node = nodes[node]![bit]!
      }
    }
    data.push(...encode(datum))
  }
  const tree = nodes.flatMap((node, i) =>
    node.flatMap((next, bit) => {
      const leaf = leaves.get(i * 2 + bit)
      const value = leaf === undefined ? (next ?? nodes.length) : nodes.length + 16 + leaf
      return [value >>> 16, (value >>> 8) & 255, value & 255]
    }),
  )
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'Test',
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  })
  const mark = [0xab, 0xcd, 0xef, ...new TextEncoder().encode('MaxMind.com')]
  return Uint8Array.from([...tree, ...new Array<number>(16).fill(0), ...data, ...mark, ...metadata])
}
