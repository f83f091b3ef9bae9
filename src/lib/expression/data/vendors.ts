// Owns vendors of MAC addresses from a list: IEEE's oui.txt and CSV, or Wireshark's manuf. Knows no file. Start at
// parseVendors.

import { InputError } from '../../errors.ts'
import type { VendorTable } from '../data.ts'

/** Bits of the three sizes of IEEE's assignments: MA-L, MA-M, MA-S. */
const sizes = [36, 28, 24] as const

/**
 * Parses a list; lines of other forms are left out, as are comments.
 * @throws InputError where no line has a vendor
 */
export function parseVendors(text: string, what: string): VendorTable {
  const labels = new Map<string, number>()
  const bySize = new Map<number, Map<number, number>>(sizes.map((bits) => [bits, new Map()]))
  for (const line of text.split('\n')) {
    const vendor = parseLine(line)
    if (vendor === undefined) continue
    let label = labels.get(vendor.name)
    if (label === undefined) {
      label = labels.size
      labels.set(vendor.name, label)
    }
    bySize.get(vendor.bits)?.set(vendor.prefix, label)
  }
  if (labels.size === 0) {
    throw new InputError(`${what} has no line with a vendor.`, [
      "Give IEEE's oui.txt or oui.csv, or Wireshark's manuf.",
    ])
  }
  return new Vendors([...labels.keys()], bySize)
}

interface Vendor {
  readonly prefix: number
  readonly bits: number
  readonly name: string
}

/** `00-00-5E   (hex)\t\tName`, `MA-L,00005E,Name,Address`, `00:00:5E\tShort\tName`, `8C:1F:64:01:00:00/36\tShort\tName`. */
function parseLine(line: string): Vendor | undefined {
  const ieee = /^([0-9A-F]{2}-[0-9A-F]{2}-[0-9A-F]{2})\s+\(hex\)\s+(\S.*?)\s*$/i.exec(line)
  if (ieee !== null) return vendor(ieee[1]!, undefined, ieee[2]!)
  const csv = /^MA-[LMS],([0-9A-F]{6,9}),(?:"((?:[^"]|"")*)"|([^,]*))/i.exec(line)
  if (csv !== null) return vendor(csv[1]!, undefined, csv[2]?.replaceAll('""', '"') ?? csv[3]!)
  const manuf = /^([0-9A-F]{2}(?:[:.-][0-9A-F]{2}){2,5})(?:\/(\d{2}))?\t+([^\t\r#]+)(?:\t+([^\t\r#]+))?/i.exec(line)
  if (manuf !== null) return vendor(manuf[1]!, manuf[2], (manuf[4] ?? manuf[3]!).trim())
  return undefined
}

function vendor(address: string, length: string | undefined, name: string): Vendor | undefined {
  const digits = address.replace(/[:.-]/g, '')
  const bits = length === undefined ? digits.length * 4 : Number(length)
  const trimmed = name.trim()
  if (trimmed === '' || !sizes.some((size) => size === bits)) return undefined
  return { prefix: Number.parseInt(digits.slice(0, bits / 4), 16), bits, name: trimmed }
}

/** 32 bits and four more are 36. */
const FOUR_BITS = 16

class Vendors implements VendorTable {
  readonly names: readonly string[]
  readonly #small: ReadonlyMap<number, number>
  readonly #medium: ReadonlyMap<number, number>
  readonly #large: ReadonlyMap<number, number>

  constructor(names: readonly string[], bySize: ReadonlyMap<number, ReadonlyMap<number, number>>) {
    this.names = names
    this.#small = bySize.get(36) ?? new Map()
    this.#medium = bySize.get(28) ?? new Map()
    this.#large = bySize.get(24) ?? new Map()
  }

  find(high: number, low: number): number {
    const small = this.#small.size === 0 ? undefined : this.#small.get(high * FOUR_BITS + (low >>> 12))
    if (small !== undefined) return small
    const medium = this.#medium.size === 0 ? undefined : this.#medium.get(high >>> 4)
    return medium ?? this.#large.get(high >>> 8) ?? -1
  }
}
