// Owns finding out what of the kernel sonde may use: rights, BPF, its type information. See doctor.ts for the folder.

import { closeSync, openSync } from 'node:fs'
import { release } from 'node:os'
import { areFunctionsHidden, type BpfProbe, probeBpf } from '../kernel/bpf/probe.ts'
import { type Capability, readCapabilities } from '../sys/capabilities.ts'
import { loadLibc } from '../sys/libc.ts'

export interface KernelFacts {
  /** `linux` */
  readonly platform: string
  /** As uname -r has it. */
  readonly release: string
  readonly capabilities: ReadonlySet<Capability> | undefined
  /** Code of the system where the kernel's own types can't be read; undefined where they can. */
  readonly btf: string | undefined
  /** Undefined where bpf(2) could not be called. */
  readonly bpf: BpfProbe | undefined
  /** Names of functions can't be found by their addresses. */
  readonly functionsHidden: boolean
}

const BTF = '/sys/kernel/btf/vmlinux'

export async function probeKernel(): Promise<KernelFacts> {
  const { libc } = await loadLibc()
  return {
    platform: process.platform,
    release: release(),
    capabilities: readCapabilities(),
    btf: whyNotReadable(BTF),
    bpf: libc && probeBpf(libc),
    functionsHidden: areFunctionsHidden(),
  }
}

function whyNotReadable(path: string): string | undefined {
  try {
    closeSync(openSync(path, 'r'))
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error'
  }
}
