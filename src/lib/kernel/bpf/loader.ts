// Owns loading BPF objects into this kernel. See bpf.ts for the folder and for what a loaded object can do. Start at openBpf.

import { readFileSync } from 'node:fs'
import { BugError } from '../../errors.ts'
import { SystemCallError } from '../../sys/errno.ts'
import { type Libc, loadLibc } from '../../sys/libc.ts'
import { pageBytes } from '../../sys/page-size.ts'
import type { Bpf, BpfMap, BpfProgram, BpfVariable, LoadedObject, LoadOptions } from './bpf.ts'
import { BpfCalls, LoadError } from './bpf-calls.ts'
import type { BpfObject } from './bpf-object.ts'
import { viewOf } from './elf.ts'
import { type KernelBtf, readKernelBtf } from './kernel-btf.ts'
import { INSTRUCTION_BYTES, type LinkedProgram } from './linker.ts'
import { KernelMap } from './map.ts'
import type { MapDefinition } from './map-definitions.ts'
import { KernelProgram } from './program.ts'
import { type ProgramKind, programKind } from './program-kinds.ts'
import { refuseLoad, refuseSystem } from './refusal.ts'

const PROT_READ_WRITE = 3
const MAP_SHARED = 1

/**
 * Opens the way into bpf(2).
 * @throws BpfRefusal: not Linux, no koffi, an architecture whose call number is not known
 */
export async function openBpf(load: typeof loadLibc = loadLibc): Promise<Bpf> {
  const { libc, why } = await load()
  if (libc === undefined) throw refuseSystem(why)
  const calls = BpfCalls.open(libc)
  if (calls === undefined) throw refuseSystem(`the number of bpf(2) is not known for ${process.arch}`)
  return new KernelBpf(calls)
}

class KernelBpf implements Bpf {
  readonly libc: Libc
  readonly possibleCpus: number
  readonly #calls: BpfCalls
  readonly #loaded = new Set<KernelObject>()
  #btf: KernelBtf | undefined

  constructor(calls: BpfCalls) {
    this.#calls = calls
    this.libc = calls.libc
    this.possibleCpus = countCpus(readFileSync('/sys/devices/system/cpu/possible', 'latin1'))
  }

  load(object: BpfObject, options: LoadOptions = {}): LoadedObject {
    const loaded = new KernelObject(this.#calls, object, options, {
      possibleCpus: this.possibleCpus,
      kernelType: ({ kind, name }) => this.kernelBtf().requireType(kind, name),
      forget: (gone) => this.#loaded.delete(gone),
    })
    this.#loaded.add(loaded)
    return loaded
  }

  settle(): void {
    this.#calls.waitForPrograms()
  }

  close(): void {
    for (const object of [...this.#loaded]) object.close()
  }

  /** Kept: reading it costs some ten milliseconds. */
  kernelBtf(): KernelBtf {
    this.#btf ??= readKernelBtf()
    return this.#btf
  }
}

/** `0-3,8` is 9: so many values has a per-CPU map, whether each CPU is there or not. Bad text counts as one. */
export function countCpus(possible: string): number {
  const last = /(\d+)\s*$/.exec(possible)?.[1]
  return last === undefined ? 1 : Number(last) + 1
}

type KernelType = NonNullable<ProgramKind['kernelType']>

interface Surroundings {
  readonly possibleCpus: number
  readonly kernelType: (type: KernelType) => number
  readonly forget: (object: KernelObject) => void
}

/** Memory of a map of globals. */
interface Mapping {
  readonly address: number
  readonly bytes: number
  readonly buffer: ArrayBuffer
  readonly view: DataView
}

class KernelObject implements LoadedObject {
  readonly #calls: BpfCalls
  readonly #object: BpfObject
  readonly #surroundings: Surroundings
  /** By index of the definition; some may belong to others (LoadOptions.maps). */
  readonly #maps = new Map<number, BpfMap>()
  readonly #ownMaps: KernelMap[] = []
  readonly #programs = new Map<string, KernelProgram>()
  readonly #mappings = new Map<number, Mapping>()

  /** @throws BpfRefusal; nothing is left in the kernel then */
  constructor(calls: BpfCalls, object: BpfObject, options: LoadOptions, surroundings: Surroundings) {
    this.#calls = calls
    this.#object = object
    this.#surroundings = surroundings
    const wanted = chosenPrograms(object, options)
    try {
      const used = new Set(wanted.flatMap(({ mapUses }) => mapUses.map(({ map }) => map)))
      const constants = constantBytes(object, options.constants ?? {})
      for (const index of used) this.#makeMap(index, options, constants.get(index))
      this.#loadPrograms(wanted, options.targets ?? {})
    } catch (error) {
      this.close()
      throw error
    }
  }

  program(name: string): BpfProgram {
    const program = this.#programs.get(name)
    if (program === undefined) throw new BugError(`program ${name} of ${this.#object.name} is not loaded`)
    return program
  }

  map(name: string): BpfMap {
    for (const map of this.#maps.values()) if (map.name === name) return map
    throw new BugError(`map ${name} of ${this.#object.name} is not loaded`)
  }

  variable(name: string): BpfVariable {
    const global = this.#object.globals.get(name)
    const map = global && this.#maps.get(global.map)
    if (global === undefined || global.constant || map === undefined) {
      throw new BugError(`${this.#object.name} has no variable ${name}, or no program that uses it is loaded`)
    }
    const mapping = this.#mappings.get(global.map) ?? this.#mapData(global.map, map)
    return { view: mapping.view, at: global.at, bytes: global.bytes }
  }

  close(): void {
    for (const program of this.#programs.values()) program.close()
    for (const { address, bytes, buffer } of this.#mappings.values()) {
      // As Arena.close: a late reader finds nothing instead of a fault.
      buffer.transfer(0)
      this.#calls.libc.munmap(address, bytes)
    }
    for (const map of this.#ownMaps) map.close()
    this.#mappings.clear()
    this.#surroundings.forget(this)
  }

  #makeMap(index: number, options: LoadOptions, constants: Uint8Array | undefined): void {
    const definition = this.#object.maps[index]!
    const shared = options.maps?.[definition.name]
    if (shared) {
      this.#maps.set(index, shared)
      return
    }
    const settings = { ...definition, maxEntries: options.maxEntries?.[definition.name] ?? definition.maxEntries }
    try {
      const map = new KernelMap(this.#calls, this.#calls.createMap(settings), settings, this.#surroundings.possibleCpus)
      this.#maps.set(index, map)
      this.#ownMaps.push(map)
      if (definition.data) fillData(this.#calls, map, definition.data, constants)
    } catch (error) {
      throw error instanceof SystemCallError ? refuseLoad(`map ${definition.name}`, error, '') : error
    }
  }

  #loadPrograms(wanted: readonly LinkedProgram[], targets: Readonly<Record<string, string>>): void {
    const { name, btf } = this.#object
    const btfFd = this.#refusing(`the types of ${name}`, () => this.#calls.loadBtf(btf))
    try {
      for (const program of wanted) {
        const kind = programKind(program.section, targets[program.name])
        this.#programs.set(program.name, this.#loadProgram(program, kind, btfFd))
      }
    } finally {
      // Programs hold on to it.
      this.#calls.libc.close(btfFd)
    }
  }

  #loadProgram(program: LinkedProgram, kind: ProgramKind, btfFd: number): KernelProgram {
    const settings = {
      name: program.name,
      type: kind.type,
      attachType: kind.attachType,
      licence: this.#object.licence,
      instructions: this.#withMaps(program),
      btfFd,
      functionInfo: program.functionInfo,
      coreRelocations: program.coreRelocations,
      attachBtfId: kind.kernelType === undefined ? 0 : this.#surroundings.kernelType(kind.kernelType),
    }
    const fd = this.#refusing(`program ${program.name}`, () => this.#calls.loadProgram(settings))
    return new KernelProgram(this.#calls, fd, program.name, kind)
  }

  /** The instructions with the descriptors of this load's maps written in. */
  #withMaps({ instructions, mapUses }: LinkedProgram): Uint8Array {
    const bytes = instructions.slice()
    const view = viewOf(bytes)
    for (const { instruction, map } of mapUses) {
      view.setUint32(instruction * INSTRUCTION_BYTES + 4, this.#maps.get(map)!.fd, true)
    }
    return bytes
  }

  #refusing(what: string, load: () => number): number {
    try {
      return load()
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error
      throw refuseLoad(what, error, error instanceof LoadError ? error.log : '')
    }
  }

  #mapData(index: number, map: BpfMap): Mapping {
    const { libc } = this.#calls
    const bytes = Math.ceil(map.valueBytes / pageBytes()) * pageBytes()
    const address = libc.mmap(0, bytes, PROT_READ_WRITE, MAP_SHARED, map.fd, 0)
    if (address === -1) throw refuseLoad(`memory of ${map.name}`, new SystemCallError('mmap', libc.errno()), '')
    const buffer = libc.viewOf(address, bytes)
    const mapping = { address, bytes, buffer, view: new DataView(buffer) }
    this.#mappings.set(index, mapping)
    return mapping
  }
}

/** The wanted programs of an object, with other bodies where there are some. */
function chosenPrograms(object: BpfObject, { programs: names, bodies }: LoadOptions): readonly LinkedProgram[] {
  const missing = Object.keys(bodies ?? {}).find((name) => !object.linker.has(name))
  if (missing !== undefined) throw new BugError(`${object.name} has no function ${missing}`)
  const programs = bodies === undefined ? object.programs : object.linker.programs(bodies)
  if (names === undefined) return programs
  return names.map((name) => {
    const program = programs.find((one) => one.name === name)
    if (program === undefined) throw new BugError(`${object.name} has no program ${name}`)
    return program
  })
}

/** The first values of globals; constants are frozen, which is what lets the verifier know them. */
function fillData(
  calls: BpfCalls,
  map: KernelMap,
  data: NonNullable<MapDefinition['data']>,
  constants: Uint8Array | undefined,
): void {
  map.update(0, constants ?? data.bytes)
  if (data.constant) calls.freezeMap(map.fd)
}

/** Copies of the constant maps with the caller's values written in, by the map's index. */
function constantBytes(
  object: BpfObject,
  constants: Readonly<Record<string, number | bigint>>,
): ReadonlyMap<number, Uint8Array> {
  const changed = new Map<number, Uint8Array>()
  for (const [name, value] of Object.entries(constants)) {
    const global = object.globals.get(name)
    if (!global?.constant || global.bytes > 8) throw new BugError(`${object.name} has no constant ${name}`)
    const bytes = changed.get(global.map) ?? object.maps[global.map]!.data!.bytes.slice()
    changed.set(global.map, bytes)
    let rest = BigInt.asUintN(64, BigInt(value))
    for (let i = 0; i < global.bytes; i++) {
      bytes[global.at + i] = Number(rest & 0xffn)
      rest >>= 8n
    }
  }
  return changed
}

export { readBpfObject } from './object-files.ts'
