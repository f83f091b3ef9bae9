// Owns the ELF container of BPF objects: sections, symbols, relocations. Pure; bytes may be hostile. See bpf.ts for the folder.

/** An object that is damaged, or holds what this loader has no way for. The only error that reading one throws. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError'
}

/** Symbol.section of what is defined elsewhere: SHN_UNDEF. */
export const UNDEFINED_SECTION = 0

// Section types: elf(5).
const SHT_SYMTAB = 2
const SHT_NOBITS = 8
const SHT_REL = 9
const EM_BPF = 247
const HEADER_BYTES = 64
const SECTION_HEADER_BYTES = 64
const SYMBOL_BYTES = 24
const RELOCATION_BYTES = 16
/** Where a section has no bytes in the file (.bss), its size costs nothing to claim; the kernel's limit of a map's value is near 2^31. */
const MOST_SECTION_BYTES = 1 << 26

export interface Section {
  readonly name: string
  readonly type: number
  /** Its bytes in the file, not copied; empty for a section of zeros. */
  readonly bytes: Uint8Array
  /** Its bytes in memory. */
  readonly size: number
}

/** STT_* of elf(5), as far as BPF objects have them. */
export const symbolKind = { none: 0, object: 1, func: 2, section: 3 } as const

export interface ElfSymbol {
  readonly name: string
  /** Offset in its section. */
  readonly value: number
  readonly size: number
  readonly kind: number
  /** Index of its section; beyond the last for special ones (SHN_ABS). */
  readonly section: number
  /** Seen from outside: a function that is no program may be either. */
  readonly global: boolean
}

export interface Relocation {
  /** Offset in the section that it changes. */
  readonly at: number
  /** R_BPF_*. */
  readonly type: number
  readonly symbol: ElfSymbol
}

export interface ElfFile {
  readonly sections: readonly Section[]
  readonly symbols: readonly ElfSymbol[]
  /** Relocations by the index of the section that they change. */
  readonly relocations: ReadonlyMap<number, readonly Relocation[]>
}

interface RawSection {
  readonly nameAt: number
  readonly type: number
  readonly bytes: Uint8Array
  readonly size: number
  readonly link: number
  readonly info: number
}

/** A DataView on the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * The text that begins at an offset and ends with a zero.
 * @throws ObjectError where it begins or ends outside
 */
export function textAt(bytes: Uint8Array, at: number): string {
  const end = at < bytes.length ? bytes.indexOf(0, at) : -1
  if (end < 0) throw new ObjectError(`a name at ${at} lies outside of its table of ${bytes.length} bytes`)
  let text = ''
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

/**
 * Reads the container.
 * @throws ObjectError where it is no little-endian 64-bit relocatable of BPF, or a part lies outside of the file
 * @see elf(5); the kernel's Documentation/bpf/llvm_reloc.rst
 */
export function parseElf(file: Uint8Array): ElfFile {
  // Node's Buffer has another slice(), which does not copy; parts of this one are copied and changed.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const view = viewOf(bytes)
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== 0x7f454c46) throw new ObjectError('it is no ELF file')
  // EI_CLASS 64 bits, EI_DATA little-endian.
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new ObjectError('it is no little-endian 64-bit ELF file')
  if (view.getUint16(18, true) !== EM_BPF) throw new ObjectError('it is not made for BPF')
  const tableAt = readOffset(view, 40)
  const count = view.getUint16(60, true)
  const namesIndex = view.getUint16(62, true)
  if (view.getUint16(58, true) !== SECTION_HEADER_BYTES)
    throw new ObjectError('its section headers are of another size')
  if (count * SECTION_HEADER_BYTES > bytes.length - tableAt) throw new ObjectError('its section headers are cut off')
  const raw = Array.from({ length: count }, (_, i) => readSection(bytes, view, tableAt + i * SECTION_HEADER_BYTES))
  const names = raw[namesIndex]
  if (names === undefined) throw new ObjectError('it has no names of sections')
  const sections = raw.map(({ nameAt, type, bytes, size }) => ({
    name: textAt(names.bytes, nameAt),
    type,
    bytes,
    size,
  }))
  const symbols = readSymbols(raw)
  return { sections, symbols, relocations: readRelocations(raw, symbols) }
}

/** An offset or size of 64 bits; no object comes near 4 GiB. */
function readOffset(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true)
  if (high !== 0) throw new ObjectError(`an offset at ${at} lies outside of the file`)
  return view.getUint32(at, true)
}

function readSection(file: Uint8Array, view: DataView, at: number): RawSection {
  const type = view.getUint32(at + 4, true)
  const begin = readOffset(view, at + 24)
  const size = readOffset(view, at + 32)
  const inFile = type === SHT_NOBITS || type === 0 ? 0 : size
  if (inFile > 0 && (begin > file.length || inFile > file.length - begin)) {
    throw new ObjectError(`a section of ${size} bytes at ${begin} lies outside of the file`)
  }
  if (size > MOST_SECTION_BYTES) throw new ObjectError(`a section claims ${size} bytes`)
  return {
    nameAt: view.getUint32(at, true),
    type,
    bytes: inFile === 0 ? new Uint8Array(0) : file.subarray(begin, begin + inFile),
    size,
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
  }
}

function readSymbols(sections: readonly RawSection[]): ElfSymbol[] {
  const table = sections.find(({ type }) => type === SHT_SYMTAB)
  if (table === undefined) throw new ObjectError('it has no symbols')
  const names = sections[table.link]
  if (names === undefined) throw new ObjectError('it has no names of symbols')
  const view = viewOf(table.bytes)
  return Array.from({ length: Math.floor(table.bytes.length / SYMBOL_BYTES) }, (_, i) => {
    const at = i * SYMBOL_BYTES
    return {
      name: textAt(names.bytes, view.getUint32(at, true)),
      kind: view.getUint8(at + 4) & 0xf,
      global: view.getUint8(at + 4) >>> 4 !== 0,
      section: view.getUint16(at + 6, true),
      value: readOffset(view, at + 8),
      size: readOffset(view, at + 16),
    }
  })
}

function readRelocations(sections: readonly RawSection[], symbols: readonly ElfSymbol[]): Map<number, Relocation[]> {
  const found = new Map<number, Relocation[]>()
  for (const { type, bytes, info } of sections) {
    if (type !== SHT_REL) continue
    if (sections[info] === undefined) throw new ObjectError(`relocations are for section ${info}, which there is not`)
    const view = viewOf(bytes)
    const list = found.get(info) ?? []
    for (let at = 0; at + RELOCATION_BYTES <= bytes.length; at += RELOCATION_BYTES) {
      const symbol = symbols[view.getUint32(at + 12, true)]
      if (symbol === undefined) throw new ObjectError('a relocation names a symbol that there is not')
      list.push({ at: readOffset(view, at), type: view.getUint32(at + 8, true), symbol })
    }
    found.set(info, list)
  }
  return found
}
