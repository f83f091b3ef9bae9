// Owns what a compiled BPF object holds: programs, maps, globals, types and relocations, read from its ELF file. Pure; bytes may
// be hostile. See bpf.ts for the folder.

import { Btf, btfKind, TYPE_BYTES } from './btf.ts'
import { type ElfFile, ObjectError, parseElf, symbolKind, viewOf } from './elf.ts'
import { type CodeRecords, type LinkedProgram, Linker } from './linker.ts'
import { type Global, type MapDefinition, readMaps } from './map-definitions.ts'

/** An object as clang wrote it, ready to be loaded. */
export interface BpfObject {
  readonly name: string
  /** `Dual BSD/GPL`: decides which helpers the kernel lets it call. */
  readonly licence: string
  /** Its types, with the places of its globals written in: what BPF_BTF_LOAD takes. */
  readonly btf: Uint8Array
  readonly programs: readonly LinkedProgram[]
  /** What put the programs together, and does so anew with other bodies of functions (LoadOptions.bodies). */
  readonly linker: Linker
  readonly maps: readonly MapDefinition[]
  readonly globals: ReadonlyMap<string, Global>
}

const EXT_MAGIC = 0xeb9f

/**
 * Reads an object.
 * @param name for messages: `sample`
 * @throws ObjectError, and nothing else whatever the bytes are
 * @see the kernel's Documentation/bpf/btf.rst, "ELF File Format Interface"
 */
export function parseBpfObject(name: string, bytes: Uint8Array): BpfObject {
  const file = parseElf(bytes)
  const typesOf = file.sections.find((section) => section.name === '.BTF')
  if (typesOf === undefined) throw new ObjectError('it has no types (BTF): was it compiled with -g?')
  const btf = new Btf(withPlaces(file, typesOf.bytes))
  const maps = readMaps(file, btf)
  const linker = new Linker(file, maps.places, readCodeRecords(file, btf))
  const licence = file.sections.find((section) => section.name === 'license')
  return {
    name,
    licence: licence ? String.fromCharCode(...licence.bytes.subarray(0, 64)).replace(/\0.*$/s, '') : '',
    btf: btf.bytes,
    programs: linker.programs(),
    linker,
    maps: maps.definitions,
    globals: maps.globals,
  }
}

/**
 * Clang leaves size and offsets of the sections of globals at zero, for the loader to write in. The kernel wants them in order
 * of their offsets, and refuses a section of size 0.
 */
function withPlaces(file: ElfFile, original: Uint8Array): Uint8Array {
  const bytes = original.slice()
  const btf = new Btf(bytes)
  const { view } = btf
  const sections = new Map(file.sections.map(({ name }, index) => [name, index]))
  const offsets = new Map<string, number>()
  for (const { kind, section, name, value } of file.symbols) {
    if (kind === symbolKind.object) offsets.set(`${section}:${name}`, value)
  }
  for (let id = btf.firstId; id < btf.count; id++) {
    if (btf.kind(id) !== btfKind.datasec) continue
    const index = sections.get(btf.name(id))
    const section = index === undefined ? undefined : file.sections[index]
    if (section === undefined) throw new ObjectError(`it needs ${btf.name(id)}, which is not supported`)
    const at = btf.at(id)
    view.setUint32(at + 8, section.size, true)
    const variables = Array.from({ length: btf.memberCount(id) }, (_, i) => {
      const member = at + TYPE_BYTES + 12 * i
      const type = view.getUint32(member, true)
      const name = btf.name(type)
      const offset = offsets.get(`${index}:${name}`)
      if (offset === undefined) throw new ObjectError(`${name} has no place in ${section.name}`)
      return { type, offset, size: view.getUint32(member + 8, true) }
    })
    variables.sort((a, b) => a.offset - b.offset)
    for (const [i, { type, offset, size }] of variables.entries()) {
      const member = at + TYPE_BYTES + 12 * i
      view.setUint32(member, type, true)
      view.setUint32(member + 4, offset, true)
      view.setUint32(member + 8, size, true)
    }
  }
  return bytes
}

/** What .BTF.ext says of code, by the name of its section. Source lines are left alone: they only adorn the verifier's log. */
function readCodeRecords(file: ElfFile, btf: Btf): ReadonlyMap<string, CodeRecords> {
  const found = new Map<string, { functions: Uint8Array[]; relocations: Uint8Array[] }>()
  const section = file.sections.find(({ name }) => name === '.BTF.ext')
  if (section === undefined) return found
  const { bytes } = section
  const view = viewOf(bytes)
  if (bytes.length < 24 || view.getUint16(0, true) !== EXT_MAGIC) throw new ObjectError('.BTF.ext is damaged')
  const header = view.getUint32(4, true)
  const take = (offsetAt: number, kind: keyof CodeRecords, size: number) => {
    const begin = header + view.getUint32(offsetAt, true)
    const end = begin + view.getUint32(offsetAt + 4, true)
    if (end > bytes.length) throw new ObjectError('.BTF.ext is cut off')
    if (end - begin < 4) return
    const recordBytes = view.getUint32(begin, true)
    if (recordBytes < size) throw new ObjectError(`.BTF.ext has records of ${recordBytes} bytes`)
    for (let at = begin + 4; at < end; ) {
      if (end - at < 8) throw new ObjectError('.BTF.ext is cut off')
      const name = btf.text(view.getUint32(at, true))
      const count = view.getUint32(at + 4, true)
      at += 8
      if (count * recordBytes > end - at) throw new ObjectError('.BTF.ext is cut off')
      const of = found.get(name) ?? { functions: [], relocations: [] }
      found.set(name, of)
      for (let i = 0; i < count; i++, at += recordBytes) of[kind].push(bytes.subarray(at, at + size))
    }
  }
  take(8, 'functions', 8)
  // The part for relocations came later: an older header ends before it.
  if (header >= 32 && bytes.length >= 32) take(24, 'relocations', 16)
  return found
}
