// Owns asking the kernel what of BPF it has and permits, without leaving anything behind. See libc.ts for the folder.

import { Arena } from './arena.ts'
import { errnoName } from './errno.ts'
import type { Libc } from './libc.ts'

/** bpf(2): asm/unistd.h. */
const callNumbers: Readonly<Record<string, number>> = { x64: 321, arm64: 280 }

// enum bpf_cmd, bpf_prog_type and bpf_attach_type of linux/bpf.h.
const BPF_PROG_LOAD = 5
const BPF_PROG_QUERY = 16
const BPF_PROG_TYPE_SCHED_CLS = 3
const BPF_TCX_INGRESS = 46
/** Loopback, which every network namespace has. */
const LOOPBACK_INDEX = 1
/** Of union bpf_attr: enough for both calls; the kernel takes what is missing for zeros. */
const ATTR_BYTES = 72

/** `r0 = 0; exit`, eight bytes each: opcode, registers, offset, immediate. */
const nothing = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0)
const licence = new TextEncoder().encode('GPL\0')

/** What became of one call: it was taken, or the name of the error. */
export type BpfAnswer = 'ok' | string

export interface BpfProbe {
  /** Loading a program of two instructions for packets of a network device; it is let go at once. */
  readonly load: BpfAnswer
  /** Asking which programs hang at loopback by TCX (6.6): EINVAL from a kernel that has none. */
  readonly tcx: BpfAnswer
}

/** Asks; undefined for an architecture whose call number is not known. */
export function probeBpf(libc: Libc): BpfProbe | undefined {
  const number = callNumbers[process.arch]
  if (number === undefined) return undefined
  const arena = new Arena(libc, 4096)
  try {
    return { load: load(libc, number, arena), tcx: query(libc, number, arena) }
  } finally {
    arena.close()
  }
}

function load(libc: Libc, number: number, arena: Arena): BpfAnswer {
  const attr = arena.take(ATTR_BYTES)
  const program = arena.take(nothing.length)
  const words = arena.take(licence.length)
  arena.bytes.set(nothing, program)
  arena.bytes.set(licence, words)
  arena.view.setUint32(attr, BPF_PROG_TYPE_SCHED_CLS, true)
  arena.view.setUint32(attr + 4, nothing.length / 8, true)
  arena.point(attr + 8, program)
  arena.point(attr + 16, words)
  const fd = libc.syscall(number, BPF_PROG_LOAD, arena.address + attr, ATTR_BYTES, 0, 0, 0)
  if (fd < 0) return errnoName(libc.errno())
  libc.close(fd)
  return 'ok'
}

function query(libc: Libc, number: number, arena: Arena): BpfAnswer {
  const attr = arena.take(ATTR_BYTES)
  arena.view.setUint32(attr, LOOPBACK_INDEX, true)
  arena.view.setUint32(attr + 4, BPF_TCX_INGRESS, true)
  // The last field that BPF_PROG_QUERY had before 6.6 ends at byte 40, and the fields behind it are zero.
  const result = libc.syscall(number, BPF_PROG_QUERY, arena.address + attr, ATTR_BYTES, 0, 0, 0)
  if (result >= 0) return 'ok'
  const name = errnoName(libc.errno())
  // It looked for programs and there are none.
  return name === 'ENOENT' ? 'ok' : name
}
