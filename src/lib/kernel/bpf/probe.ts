// Owns asking the kernel what of BPF it has and permits, without leaving anything behind. See bpf.ts for the folder.

import { closeSync, openSync, readSync } from 'node:fs'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import { BpfCalls } from './bpf-calls.ts'
import { readKernelBtf } from './kernel-btf.ts'
import { type ProgramKind, programKind } from './program-kinds.ts'
import { BpfRefusal } from './refusal.ts'

/** `r0 = 0; exit`, eight bytes each: opcode, registers, offset, immediate. */
const nothing = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0)
const BPF_TCX_INGRESS = 46

/** What became of one call: it was taken, or the name of the error; `none` where it could not be tried (no BTF). */
export type BpfAnswer = 'ok' | string

export interface BpfProbe {
  /** Loading a program of two instructions for packets of a network device; it is let go at once. */
  readonly load: BpfAnswer
  /** Asking which programs hang at loopback by TCX (6.6): EINVAL from a kernel that has none. */
  readonly tcx: BpfAnswer
  /** Loading one for the tracepoint of dropped packets with its arguments' types (BTF), and one without. */
  readonly typedTracepoint: BpfAnswer
  readonly rawTracepoint: BpfAnswer
}

/** Asks; undefined for an architecture whose call number is not known. */
export function probeBpf(libc: Libc): BpfProbe | undefined {
  const calls = BpfCalls.open(libc)
  if (calls === undefined) return undefined
  return {
    load: answer(() => tryLoad(calls, programKind('tc'))),
    tcx: answer(() => calls.queryTcx(BPF_TCX_INGRESS)),
    typedTracepoint: answer(() => tryLoad(calls, programKind('tp_btf/kfree_skb'))),
    rawTracepoint: answer(() => tryLoad(calls, programKind('raw_tp/kfree_skb'))),
  }
}

function answer(ask: () => void): BpfAnswer {
  try {
    ask()
    return 'ok'
  } catch (error) {
    if (error instanceof SystemCallError || error instanceof BpfRefusal) return error.code
    throw error
  }
}

function tryLoad(calls: BpfCalls, { type, attachType, kernelType }: ProgramKind): void {
  const attachBtfId = kernelType === undefined ? 0 : readKernelBtf().requireType(kernelType.kind, kernelType.name)
  const fd = calls.loadProgram({
    name: 'nothing',
    type,
    attachType,
    licence: 'GPL',
    instructions: nothing,
    btfFd: 0,
    functionInfo: new Uint8Array(0),
    coreRelocations: new Uint8Array(0),
    attachBtfId,
  })
  calls.libc.close(fd)
}

/** How much of the list of functions is looked at: before 6.15 an x64 kernel's begins with some that are at zero by right. */
const LOOK_AT_BYTES = 1 << 16

/** Whether the kernel tells this user no addresses of its functions: then they are all zeros, or the list is not there. */
export function areFunctionsHidden(): boolean {
  const bytes = new Uint8Array(LOOK_AT_BYTES)
  try {
    const fd = openSync('/proc/kallsyms', 'r')
    try {
      const text = new TextDecoder('latin1').decode(bytes.subarray(0, readSync(fd, bytes)))
      return !/^(?!0{16})[0-9a-f]{16} /m.test(text)
    } finally {
      closeSync(fd)
    }
  } catch {
    return true
  }
}
