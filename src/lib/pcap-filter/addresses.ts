// Owns the text of addresses as filters have them. Knows no layers. Start at readIpv4.

/** The first numbers of an IPv4 address, at the top of a word, and how many bits they are. */
export interface Ipv4 {
  readonly word: number
  readonly bits: number
}

/** One to four decimal numbers with dots between them; undefined for anything else. */
export function readIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.')
  let word = 0
  for (const part of parts) {
    const value = /^\d+$/.test(part) ? Number(part) : 256
    if (value > 255) return undefined
    word = word * 256 + value
  }
  const bits = 8 * parts.length
  return parts.length > 4 ? undefined : { word: shifted(word, 32 - bits), bits }
}

/** The mask that keeps the first bits of a word. */
export function maskOf(bits: number): number {
  return bits <= 0 ? 0 : shifted(0xffffffff, 32 - Math.min(bits, 32))
}

function shifted(word: number, by: number): number {
  return by === 0 ? word >>> 0 : (word << by) >>> 0
}

/**
 * A number as network: moved to the left until its first byte is not 0, with the mask of what is then left.
 * `net 10` is 10.0.0.0/8.
 */
export function networkOf(number: number): { readonly word: number; readonly mask: number } {
  let word = number
  let mask = 0xffffffff
  while (word !== 0 && word < 0x1000000) {
    word = shifted(word, 8)
    mask = shifted(mask, 8)
  }
  return { word, mask }
}

/** The six bytes of a MAC address that the lexer took for one. */
export function readEther(text: string): number[] {
  const parts = text.split(/[:.-]/)
  if (parts.length === 6) return parts.map((part) => Number.parseInt(part, 16))
  const digits = parts.join('')
  return Array.from({ length: 6 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

/** area.node, 6 and 10 bits; undefined for anything else. */
export function readDecnet(text: string): number | undefined {
  const [, area, node] = /^(\d{1,5})\.(\d{1,5})/.exec(text) ?? []
  if (area === undefined) return undefined
  return ((Number(area) << 10) & 0xfc00) | (Number(node) & 0x3ff)
}
