// Owns the types of the running kernel (/sys/kernel/btf): ids by name, names of enumerations. See bpf.ts for the folder.

import { BpfRefusal } from './refusal.ts'

/** The types of the kernel, or of one of its modules on top of the kernel's. Reading takes some ten milliseconds. */
export interface KernelBtf {
  /** Id of the type of that kind and name; undefined where there is none. */
  findType(kind: 'struct' | 'func' | 'typedef' | 'enum', name: string): number | undefined
  /** Values and names of an enumeration, names as in C; undefined where there is no such enumeration. Unsigned beyond 2^31 where the enumeration is. */
  enumNames(name: string): ReadonlyMap<number, string> | undefined
}

/** Reads /sys/kernel/btf/vmlinux. @throws BpfRefusal where this kernel has none (CONFIG_DEBUG_INFO_BTF) or it can't be read */
export function readKernelBtf(): KernelBtf {
  throw new BpfRefusal('none', 'no BTF', 'The BPF loader is not there yet.')
}

/** Types of a loaded module (`mac80211`); undefined where there is no such module with types. */
export function readModuleBtf(_module: string, _kernel: KernelBtf): KernelBtf | undefined {
  return undefined
}
