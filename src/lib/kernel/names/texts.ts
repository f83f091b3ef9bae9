// Owns names of 16 bytes, as the kernel has those of interfaces and processes, as text. See kernel-names.ts for the folder.

/** IFNAMSIZ and TASK_COMM_LEN: 16 each, the last byte is always 0. */
const NAME_BYTES = 16
/** Names that are kept as text: a power of two. */
const TEXTS = 1024
/** FNV-1a, 32 bits. */
const FNV_PRIME = 0x01000193

/**
 * Names of 16 bytes as text, made once as long as they stay: a table with one place for each hash, so that it never grows and a name
 * that comes again costs no text.
 */
export class Texts {
  readonly #bytes = new Uint8Array(TEXTS * NAME_BYTES)
  readonly #texts: string[] = new Array(TEXTS).fill('')
  readonly #decoder = new TextDecoder()

  /** The text up to its first 0. */
  of(bytes: Uint8Array, at: number): string {
    let hash = 0
    for (let i = 0; i < NAME_BYTES; i++) hash = Math.imul(hash ^ bytes[at + i]!, FNV_PRIME)
    const place = (hash ^ (hash >>> 16)) & (TEXTS - 1)
    const kept = place * NAME_BYTES
    let i = 0
    while (i < NAME_BYTES && this.#bytes[kept + i] === bytes[at + i]) i++
    if (i < NAME_BYTES) {
      for (let k = 0; k < NAME_BYTES; k++) this.#bytes[kept + k] = bytes[at + k]!
      let end = at
      while (end < at + NAME_BYTES && bytes[end] !== 0) end++
      this.#texts[place] = this.#decoder.decode(bytes.subarray(at, end))
    }
    return this.#texts[place]!
  }
}
