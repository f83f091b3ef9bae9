// Owns putting a program together: its instructions and those of the functions that it calls in one piece, calls and types'
// relocations moved along, places of maps noted. Pure; bytes may be hostile. See bpf.ts for the folder.

import {
  type ElfFile,
  type ElfSymbol,
  ObjectError,
  type Relocation,
  symbolKind,
  UNDEFINED_SECTION,
  viewOf,
} from './elf.ts'

export const INSTRUCTION_BYTES = 8
// Opcodes and "pseudo" source registers: linux/bpf.h.
const CALL = 0x85
const LOAD_64 = 0x18
const PSEUDO_CALL = 1
export const PSEUDO_MAP_FD = 1
export const PSEUDO_MAP_VALUE = 2
const PSEUDO_FUNCTION = 4
/** The kernel's own limit of what it verifies: BPF_COMPLEXITY_LIMIT_INSNS. */
const MOST_INSTRUCTIONS = 1_000_000

/** Of one section: struct bpf_func_info and struct bpf_core_relo; the first word of both is an offset in bytes. */
export interface CodeRecords {
  readonly functions: readonly Uint8Array[]
  readonly relocations: readonly Uint8Array[]
}

/** An instruction that wants the file descriptor of a map. */
export interface MapUse {
  /** Index of the instruction, a 64-bit load of two slots. */
  readonly instruction: number
  /** Index of the map's definition. */
  readonly map: number
  /** It wants the address of the map's value, where a global lies; its offset is in the second slot already. */
  readonly value: boolean
}

export interface LinkedProgram {
  readonly name: string
  /** `tcx/ingress`: what kind of program it is. */
  readonly section: string
  readonly instructions: Uint8Array
  readonly mapUses: readonly MapUse[]
  /** struct bpf_func_info: index of the first instruction and type of each function. */
  readonly functionInfo: Uint8Array
  /** struct bpf_core_relo: where the kernel writes its own offsets. */
  readonly coreRelocations: Uint8Array
}

/** Instructions of functions by name, in place of those that were compiled: they may call helpers, and need no map. */
export type Bodies = Readonly<Record<string, Uint8Array>>

interface Code {
  readonly name: string
  readonly section: number
  readonly begin: number
  readonly bytes: Uint8Array
}

/** A function's place in the program that is put together. */
interface Placed {
  readonly code: Code
  /** Index of its first instruction. */
  readonly first: number
  /** What stands there instead of the code: complete as it is. */
  readonly body: Uint8Array | undefined
}

export class Linker {
  readonly #file: ElfFile
  readonly #places: ReadonlyMap<string, number>
  readonly #records: ReadonlyMap<string, CodeRecords>
  /** By `section:offset`. */
  readonly #functions = new Map<string, Code>()
  readonly #relocations = new Map<string, Relocation>()

  /** @throws ObjectError */
  constructor(file: ElfFile, places: ReadonlyMap<string, number>, records: ReadonlyMap<string, CodeRecords>) {
    this.#file = file
    this.#places = places
    this.#records = records
    for (const symbol of file.symbols) {
      if (symbol.kind !== symbolKind.func) continue
      this.#functions.set(`${symbol.section}:${symbol.value}`, codeOf(file, symbol))
    }
    for (const [section, list] of file.relocations) {
      for (const one of list) this.#relocations.set(`${section}:${one.at}`, one)
    }
  }

  /** Whether there is a function of that name. */
  has(name: string): boolean {
    for (const code of this.#functions.values()) if (code.name === name) return true
    return false
  }

  /**
   * Each function that is seen from outside and has a section of its own kind.
   * @param bodies other instructions for some of the functions that they call
   * @throws ObjectError
   */
  programs(bodies: Bodies = {}): LinkedProgram[] {
    return this.#file.symbols
      .filter(({ kind, global, section }) => {
        return kind === symbolKind.func && global && this.#file.sections[section]?.name !== '.text'
      })
      .map((symbol) => this.#link(this.#functions.get(`${symbol.section}:${symbol.value}`)!, bodies))
  }

  #link(entry: Code, bodies: Bodies): LinkedProgram {
    const placed: Placed[] = [{ code: entry, first: 0, body: undefined }]
    let count = entry.bytes.length / INSTRUCTION_BYTES
    const firstOf = (section: number, at: number): number => {
      const code = this.#functions.get(`${section}:${at}`)
      if (code === undefined) throw new ObjectError(`${entry.name} calls what is no function`)
      const there = placed.find((one) => one.code === code)
      if (there) return there.first
      const first = count
      const body = bodies[code.name]
      placed.push({ code, first, body })
      count += (body ?? code.bytes).length / INSTRUCTION_BYTES
      if (count > MOST_INSTRUCTIONS) throw new ObjectError(`${entry.name} has more than a million instructions`)
      return first
    }
    const parts: Uint8Array[] = []
    const mapUses: MapUse[] = []
    // Grows while it is gone through: each function may call further ones.
    for (const { code, first, body } of placed) parts.push(body ?? this.#relocate(code, first, firstOf, mapUses))
    return {
      name: entry.name,
      section: this.#file.sections[entry.section]!.name,
      instructions: joined(parts),
      mapUses,
      functionInfo: joined(placed.map((one) => this.#functionInfo(one))),
      coreRelocations: joined(placed.flatMap((one) => this.#coreRelocations(one))),
    }
  }

  #relocate(
    code: Code,
    first: number,
    firstOf: (section: number, at: number) => number,
    mapUses: MapUse[],
  ): Uint8Array {
    const bytes = code.bytes.slice()
    const view = viewOf(bytes)
    for (let at = 0; at < bytes.length; at += INSTRUCTION_BYTES) {
      const opcode = bytes[at]!
      const source = bytes[at + 1]! >>> 4
      const relocation = this.#relocations.get(`${code.section}:${code.begin + at}`)
      const index = first + at / INSTRUCTION_BYTES
      if (opcode === CALL && (source === PSEUDO_CALL || relocation !== undefined)) {
        const [section, target] = callTarget(code, at, view.getInt32(at + 4, true), relocation?.symbol)
        bytes[at + 1] = (bytes[at + 1]! & 0xf) | (PSEUDO_CALL << 4)
        view.setInt32(at + 4, firstOf(section, target) - index - 1, true)
      } else if (opcode === LOAD_64) {
        if (at + 2 * INSTRUCTION_BYTES > bytes.length)
          throw new ObjectError(`${code.name} ends inside of an instruction`)
        if (relocation) this.#relocateLoad(view, at, index, relocation.symbol, firstOf, mapUses)
        at += INSTRUCTION_BYTES
      } else if (relocation) {
        throw new ObjectError(`${code.name} has a relocation of an unknown kind (${relocation.type})`)
      }
    }
    return bytes
  }

  #relocateLoad(
    view: DataView,
    at: number,
    index: number,
    symbol: ElfSymbol,
    firstOf: (section: number, at: number) => number,
    mapUses: MapUse[],
  ): void {
    if (symbol.section === UNDEFINED_SECTION) {
      throw new ObjectError(`it needs ${symbol.name}, which is defined elsewhere`)
    }
    const added = view.getInt32(at + 4, true)
    const mark = (source: number) => view.setUint8(at + 1, (view.getUint8(at + 1) & 0xf) | (source << 4))
    const map = this.#places.get(`${symbol.section}:${symbol.value + added}`)
    const data = this.#places.get(String(symbol.section))
    if (map !== undefined) {
      mark(PSEUDO_MAP_FD)
      mapUses.push({ instruction: index, map, value: false })
    } else if (data !== undefined) {
      mark(PSEUDO_MAP_VALUE)
      view.setInt32(at + 12, symbol.value + added, true)
      mapUses.push({ instruction: index, map: data, value: true })
    } else {
      mark(PSEUDO_FUNCTION)
      view.setInt32(at + 4, firstOf(symbol.section, symbol.value + added) - index - 1, true)
    }
  }

  #functionInfo({ code, first }: Placed): Uint8Array {
    const record = this.#recordsOf(code).functions.find((one) => viewOf(one).getUint32(0, true) === code.begin)
    if (record === undefined) throw new ObjectError(`function ${code.name} has no type (BTF)`)
    const moved = record.slice()
    viewOf(moved).setUint32(0, first, true)
    return moved
  }

  #coreRelocations({ code, first, body }: Placed): Uint8Array[] {
    const moved: Uint8Array[] = []
    if (body) return moved
    for (const record of this.#recordsOf(code).relocations) {
      const at = viewOf(record).getUint32(0, true) - code.begin
      if (at < 0 || at >= code.bytes.length) continue
      const copy = record.slice()
      // In bytes, where the records of functions count instructions.
      viewOf(copy).setUint32(0, first * INSTRUCTION_BYTES + at, true)
      moved.push(copy)
    }
    return moved
  }

  #recordsOf({ section }: Code): CodeRecords {
    return this.#records.get(this.#file.sections[section]!.name) ?? { functions: [], relocations: [] }
  }
}

function codeOf(file: ElfFile, { name, section, value, size }: ElfSymbol): Code {
  const bytes = file.sections[section]?.bytes
  if (bytes === undefined || value + size > bytes.length || size === 0) {
    throw new ObjectError(`function ${name} lies outside of its section`)
  }
  if (value % INSTRUCTION_BYTES !== 0 || size % INSTRUCTION_BYTES !== 0) {
    throw new ObjectError(`function ${name} is no whole number of instructions`)
  }
  return { name, section, begin: value, bytes: bytes.subarray(value, value + size) }
}

/** Section and offset in bytes. Without a relocation the call stays in its section and counts from the next instruction. */
function callTarget(code: Code, at: number, immediate: number, symbol: ElfSymbol | undefined): [number, number] {
  if (symbol === undefined) return [code.section, code.begin + at + (immediate + 1) * INSTRUCTION_BYTES]
  if (symbol.section === UNDEFINED_SECTION) throw new ObjectError(`it needs ${symbol.name}, which is defined elsewhere`)
  return [symbol.section, symbol.value + (immediate + 1) * INSTRUCTION_BYTES]
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
