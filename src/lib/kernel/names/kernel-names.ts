// Owns where names of this kernel come from: of drop reasons and of functions by their address. Must not know who asks for them.
// Start at KernelNames; kallsyms.ts reads functions, reason-names.ts the reasons, texts.ts names of interfaces and processes.

import { type KernelBtf, readKernelBtf, readModuleBtf } from '../bpf/kernel-btf.ts'
import { type Kallsyms, readKallsyms } from './kallsyms.ts'
import { ReasonNames } from './reason-names.ts'

/** Stand-ins for tests have the same form. */
export interface KernelNames {
  readonly reasons: Pick<ReasonNames, 'of'>
  readonly functions: Kallsyms
}

/** Reads the names of this kernel: some 200 ms. @throws BpfRefusal where it has no BTF */
export function readKernelNames(kernel: KernelBtf = readKernelBtf()): KernelNames {
  return {
    reasons: new ReasonNames(kernel, (module) => readModuleBtf(module, kernel)),
    functions: readKallsyms(),
  }
}
