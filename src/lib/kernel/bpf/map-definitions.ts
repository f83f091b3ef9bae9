// Owns which maps an object declares: those of section .maps, described by types, and those that hold its globals. Pure. See
// bpf.ts for the folder.

import { type Btf, btfKind, TYPE_BYTES } from './btf.ts'
import { type ElfFile, ObjectError, type Section, symbolKind } from './elf.ts'

// BPF_MAP_TYPE_*, BPF_F_*: linux/bpf.h.
export const mapType = {
  hash: 1,
  array: 2,
  perCpuHash: 5,
  perCpuArray: 6,
  lruHash: 9,
  lruPerCpuHash: 10,
  arrayOfMaps: 12,
  ringBuffer: 27,
} as const
/** Programs read only: the verifier then knows the values of what was frozen. */
const BPF_F_RDONLY_PROG = 1 << 7
const BPF_F_MMAPABLE = 1 << 10

export interface MapDefinition {
  readonly name: string
  readonly type: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly maxEntries: number
  readonly flags: number
  /** Undefined for a map of .maps; `constant` is frozen before a program is loaded. */
  readonly data: { readonly constant: boolean; readonly bytes: Uint8Array } | undefined
}

/** A variable with a place in one of the maps that hold globals. */
export interface Global {
  readonly map: number
  readonly at: number
  readonly bytes: number
  readonly constant: boolean
}

export interface Maps {
  readonly definitions: readonly MapDefinition[]
  readonly globals: ReadonlyMap<string, Global>
  /** Index of a definition by section and offset in it: `5:32` for maps of .maps, `7` for all of a section of globals. */
  readonly places: ReadonlyMap<string, number>
}

const isData = ({ name, size }: Section) => size > 0 && /^\.(rodata|data|bss)(\.|$)/.test(name)

/** @throws ObjectError */
export function readMaps(file: ElfFile, btf: Btf): Maps {
  const definitions: MapDefinition[] = []
  const globals = new Map<string, Global>()
  const places = new Map<string, number>()
  const variables = new Map<string, number>()
  for (let id = btf.firstId; id < btf.count; id++) if (btf.kind(id) === btfKind.var) variables.set(btf.name(id), id)
  const declared = file.sections.findIndex(({ name }) => name === '.maps')
  for (const symbol of file.symbols) {
    if (declared < 0 || symbol.section !== declared || symbol.kind !== symbolKind.object) continue
    places.set(`${declared}:${symbol.value}`, definitions.length)
    definitions.push(readDefinition(btf, symbol.name, variables.get(symbol.name)))
  }
  for (const [index, section] of file.sections.entries()) {
    if (!isData(section)) continue
    if (file.relocations.has(index)) throw new ObjectError(`${section.name} holds addresses, which are not supported`)
    const constant = section.name.startsWith('.rodata')
    const bytes = new Uint8Array(section.size)
    bytes.set(section.bytes.subarray(0, section.size))
    const map = definitions.length
    places.set(String(index), map)
    definitions.push({
      name: section.name,
      type: mapType.array,
      keyBytes: 4,
      valueBytes: section.size,
      maxEntries: 1,
      flags: constant ? BPF_F_RDONLY_PROG : BPF_F_MMAPABLE,
      data: { constant, bytes },
    })
    for (const symbol of file.symbols) {
      if (symbol.section !== index || symbol.kind !== symbolKind.object) continue
      if (symbol.value + symbol.size > section.size)
        throw new ObjectError(`${symbol.name} lies outside of ${section.name}`)
      globals.set(symbol.name, { map, at: symbol.value, bytes: symbol.size, constant })
    }
  }
  return { definitions, globals, places }
}

/** Members of a map's struct that are numbers: pointers to arrays of so many elements. */
const numbers = ['type', 'max_entries', 'map_flags', 'key_size', 'value_size', 'pinning', 'numa_node', 'map_extra']

function readDefinition(btf: Btf, name: string, variable: number | undefined): MapDefinition {
  if (variable === undefined) throw new ObjectError(`map ${name} has no type (BTF)`)
  const struct = btf.resolve(btf.sizeOrType(variable))
  if (btf.kind(struct) !== btfKind.struct) throw new ObjectError(`map ${name} is no structure`)
  const found = new Map<string, number>()
  for (let i = 0; i < btf.memberCount(struct); i++) {
    const at = btf.at(struct) + TYPE_BYTES + 12 * i
    const member = btf.text(btf.view.getUint32(at, true))
    const pointer = btf.resolve(btf.view.getUint32(at + 4, true))
    if (btf.kind(pointer) !== btfKind.ptr) throw new ObjectError(`${member} of map ${name} is not supported`)
    const target = btf.resolve(btf.sizeOrType(pointer))
    if (member === 'key' || member === 'value') found.set(`${member}_size`, btf.size(target))
    else if (numbers.includes(member) && btf.kind(target) === btfKind.array) found.set(member, btf.arrayLength(target))
    else throw new ObjectError(`${member} of map ${name} is not supported`)
  }
  for (const odd of ['pinning', 'numa_node', 'map_extra']) {
    if ((found.get(odd) ?? 0) !== 0) throw new ObjectError(`${odd} of map ${name} is not supported`)
  }
  return {
    name,
    type: found.get('type') ?? 0,
    keyBytes: found.get('key_size') ?? 0,
    valueBytes: found.get('value_size') ?? 0,
    maxEntries: found.get('max_entries') ?? 0,
    flags: found.get('map_flags') ?? 0,
    data: undefined,
  }
}
