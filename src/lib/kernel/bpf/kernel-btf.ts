// Owns the types of the running kernel (/sys/kernel/btf): ids by name, names of enumerations. See bpf.ts for the folder.

import { readFileSync } from 'node:fs'
import { errnoName } from '../../sys/errno.ts'
import { Btf, btfKind, TYPE_BYTES } from './btf.ts'
import { ObjectError } from './elf.ts'
import { BpfRefusal } from './refusal.ts'

const FOLDER = '/sys/kernel/btf'

/** The types of the kernel, or of one of its modules on top of the kernel's. Keeps the file's bytes: some 5 MB. */
export class KernelBtf {
  /** All types, for those that walk through them. */
  readonly btf: Btf

  constructor(btf: Btf) {
    this.btf = btf
  }

  /** How many types there are, those of the kernel below a module included. */
  get count(): number {
    return this.btf.count
  }

  /** Id of the type of that kind and name; undefined where there is none. */
  findType(kind: 'struct' | 'func' | 'typedef' | 'enum', name: string): number | undefined {
    return this.btf.find(btfKind[kind], name)
  }

  /** Id of what a tracing program takes its arguments from. @throws BpfRefusal where this kernel has it not */
  requireType(kind: 'typedef' | 'func', name: string): number {
    const id = this.findType(kind, name)
    if (id !== undefined) return id
    const what = kind === 'func' ? 'function' : 'tracepoint for it'
    throw new BpfRefusal('none', `it has no ${name}`, `This kernel has no ${what} (${name} is not in its BTF).`)
  }

  /**
   * Values and names of an enumeration, names as in C; undefined where there is no such enumeration. Values of 64 bits are
   * rounded beyond 2^53.
   */
  enumNames(name: string): ReadonlyMap<number, string> | undefined {
    const { btf } = this
    const id = btf.find(btfKind.enum, name) ?? btf.find(btfKind.enum64, name)
    if (id === undefined) return undefined
    const wide = btf.kind(id) === btfKind.enum64
    const { view } = btf
    const at = btf.at(id)
    // kind_flag of an enumeration: its values are signed.
    const signed = view.getUint8(at + 7) >>> 7 === 1
    const names = new Map<number, string>()
    for (let i = 0; i < btf.memberCount(id); i++) {
      const member = at + TYPE_BYTES + i * (wide ? 12 : 8)
      const low = signed && !wide ? view.getInt32(member + 4, true) : view.getUint32(member + 4, true)
      const high = !wide ? 0 : signed ? view.getInt32(member + 8, true) : view.getUint32(member + 8, true)
      const value = high * 0x1_0000_0000 + low
      // Two names for one value: the first, which is the one that the kernel's code prints.
      if (!names.has(value)) names.set(value, btf.text(view.getUint32(member, true)))
    }
    return names
  }

  /** The types of a module stand on the kernel's. @throws BpfRefusal where they are damaged */
  withModule(bytes: Uint8Array, path: string): KernelBtf {
    return new KernelBtf(readTypes(bytes, path, this.btf))
  }
}

/** Reads /sys/kernel/btf/vmlinux. @throws BpfRefusal where this kernel has none (CONFIG_DEBUG_INFO_BTF) or it can't be read */
export function readKernelBtf(): KernelBtf {
  const path = `${FOLDER}/vmlinux`
  try {
    return new KernelBtf(readTypes(readFileSync(path), path))
  } catch (error) {
    if (error instanceof BpfRefusal) throw error
    const code = (error as NodeJS.ErrnoException).code ?? errnoName(0)
    const missing = code === 'ENOENT'
    throw new BpfRefusal(
      code,
      missing ? 'this kernel has no BTF' : `${path} can't be read (${code})`,
      missing
        ? `This kernel does not tell its own types: there is no ${path}.`
        : `The types of this kernel, ${path}, can't be read (${code}).`,
      [
        missing
          ? 'A kernel built with CONFIG_DEBUG_INFO_BTF has it; those of all large distributions are.'
          : 'Run it with sudo.',
      ],
      { cause: error },
    )
  }
}

/** Types of a loaded module (`mac80211`) on top of the kernel's; undefined where there is no such module, or it has none. */
export function readModuleBtf(module: string, kernel: KernelBtf): KernelBtf | undefined {
  const path = `${FOLDER}/${module}`
  try {
    return kernel.withModule(readFileSync(path), path)
  } catch {
    return undefined
  }
}

function readTypes(bytes: Uint8Array, path: string, base?: Btf): Btf {
  try {
    return new Btf(bytes, base)
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error
    const message = `The types of this kernel, ${path}, are not understood: ${error.message}.`
    throw new BpfRefusal('none', `${path} is not understood`, message, [], { cause: error })
  }
}
