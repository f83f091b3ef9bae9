// Owns the seam between the BPF loader and those who run programs in the kernel: what a loaded object, its maps, programs and
// links can do. Must not know what a program is for, sFlow or the terminal. Start at Bpf; loader.ts opens one and loads objects.

import type { Libc } from '../../sys/libc.ts'
import type { BpfObject } from './bpf-object.ts'
import type { KernelBtf } from './kernel-btf.ts'

/** How an object is to be loaded. */
export interface LoadOptions {
  /** Names of the programs (functions in C) to load; all of the object where not given. Maps that none of them uses are not made. */
  readonly programs?: readonly string[]
  /** max_entries of maps by name, in place of the object's; for a ring buffer its bytes (a power of two, at least a page). */
  readonly maxEntries?: Readonly<Record<string, number>>
  /** Values of `const volatile` globals by name: integers of 1 to 8 bytes. Fixed from then on, so that the verifier drops branches. */
  readonly constants?: Readonly<Record<string, number | bigint>>
  /**
   * Instructions in place of the body of a `static __noinline` function, by its name; they may call helpers, and need no map. The
   * compiled body must use each argument and none may be constant, or clang passes it not at all.
   */
  readonly bodies?: Readonly<Record<string, Uint8Array>>
  /** Function or tracepoint that a program of kind fentry or tp_btf is for, by the program's name. */
  readonly targets?: Readonly<Record<string, string>>
  /** Maps by name (`.bss` for the globals) that are shared with what was loaded before instead of made. Their owner closes them, last. */
  readonly maps?: Readonly<Record<string, BpfMap>>
}

/** Functions of the kernel and what the program is told at each (bpf_get_attach_cookie). One of the two is given. */
export interface KprobeTargets {
  /** Names as in /proc/kallsyms; one that is there twice is refused, and all others with it. */
  readonly symbols?: readonly string[] | undefined
  readonly addresses?: BigUint64Array | undefined
  /** As many as there are functions. */
  readonly cookies: BigUint64Array
}

/** The way into bpf(2) of this kernel. Everything it gives is gone when it is closed, and when the process ends however that happens. */
export interface Bpf {
  readonly libc: Libc
  /** CPUs that there may ever be: so many values a per-CPU map has for each key. */
  readonly possibleCpus: number
  /**
   * Makes the maps and loads the programs of an object. All or nothing: what was made is closed again where something is refused.
   * @throws BpfRefusal
   */
  load(object: BpfObject, options?: LoadOptions): LoadedObject
  /** The kernel's own types, read once when first asked for. @throws BpfRefusal where it has none */
  kernelBtf(): KernelBtf
  /**
   * Returns when every program that ran anywhere when it was called is through, some 10 ms later: what programs read of a map or
   * variable before it was set has no effect any more. Programs run under RCU, and this waits for a grace period.
   * @throws SystemCallError
   */
  settle(): void
  /** Closes what was loaded and not closed before. */
  close(): void
}

/** An object in the kernel. */
export interface LoadedObject {
  /** @throws BugError for a name that the object has not, or that was not loaded */
  program(name: string): BpfProgram
  /** @throws BugError likewise */
  map(name: string): BpfMap
  /** A global that is not constant (`u64 lost;`): memory shared with the programs, read and written in place. @throws BugError likewise */
  variable(name: string): BpfVariable
  /** Takes its links off, then lets programs and maps go. Safe to repeat. */
  close(): void
}

/** A global of a program. The view is empty after close. */
export interface BpfVariable {
  readonly view: DataView
  /** Where it begins in the view. */
  readonly at: number
  readonly bytes: number
}

/** A map. Keys and values are bytes as the C structure has them (little-endian). Nothing here allocates a call. */
export interface BpfMap {
  readonly name: string
  readonly fd: number
  /** BPF_MAP_TYPE_*: linux/bpf.h. */
  readonly type: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly maxEntries: number
  /** Bytes of all values of one key: of a per-CPU map `possibleCpus` values, each rounded up to 8 bytes; else valueBytes. */
  readonly lookupBytes: number
  /**
   * Reads the value of a key. A key given as a number is written as a u32.
   * @param into at least lookupBytes long
   * @returns whether the map has the key
   * @throws SystemCallError for anything but a missing key
   */
  lookup(key: Uint8Array | number, into: Uint8Array): boolean
  /** A u64 at an offset of the value, added up over all CPUs where the map is per CPU; 0 where the key is missing. Exact up to 2^53. */
  sum(key: Uint8Array | number, offset?: number): number
  /** Sets the value of a key; of a per-CPU map lookupBytes, all CPUs'. @throws SystemCallError, e.g. E2BIG where it is full */
  update(key: Uint8Array | number, value: Uint8Array): void
  /** @returns whether the key was there @throws SystemCallError */
  remove(key: Uint8Array | number): boolean
  /** The key behind `key` into `into`; the first where undefined. @returns false behind the last */
  nextKey(key: Uint8Array | undefined, into: Uint8Array): boolean
}

/** Where a program hangs. */
export interface BpfLink {
  readonly fd: number
  /** Takes it off. No error where the device or the kernel took it off before. Safe to repeat. */
  close(): void
}

/** What BPF_PROG_TEST_RUN told. */
export interface TestRun {
  readonly result: number
  /** Of one run, on average, as the kernel measured it: the harness included, some 20 ns. */
  readonly nanoseconds: number
}

export interface BpfProgram {
  readonly name: string
  readonly fd: number
  /** The kernel's number of the program. */
  readonly id: number
  /** Instructions after verification. */
  readonly instructions: number
  /**
   * Hangs the program at a device by TCX.
   * @param place before or behind all that hang there now; a program that ends the packet's way there hides it from those behind.
   *   `last` where not given
   * @throws BpfRefusal; code EINVAL from a kernel before 6.6, ENODEV where there is no such device
   */
  attachTcx(interfaceIndex: number, direction: 'ingress' | 'egress', place?: 'first' | 'last'): BpfLink
  /** Hangs a `raw_tp/NAME` or `tp_btf/NAME` program at its tracepoint. @throws BpfRefusal */
  attachTracepoint(): BpfLink
  /** Hangs a `kprobe.multi` program at many functions at once: all or none. @throws BpfRefusal */
  attachKprobeMulti(targets: KprobeTargets): BpfLink
  /** Hangs a `kprobe` program at one function; to be called for each. @throws BpfRefusal */
  attachKprobe(symbol: string, cookie: bigint): BpfLink
  /** Hangs a `fentry` program at the function that it was loaded for. @throws BpfRefusal */
  attachFentry(): BpfLink
  /**
   * Runs a program for packets on bytes of ours, beginning at the link layer (at least 14).
   * @param repeat runs, of which the mean time is told
   * @param interfaceIndex device that the packet pretends to come from; loopback's where not given
   */
  testRun(packet: Uint8Array, repeat?: number, interfaceIndex?: number): TestRun
  /**
   * Since it was loaded: runs and nanoseconds, zeros unless sysctl kernel.bpf_stats_enabled is 1; and `misses`, times that it was not
   * run since the same CPU was in it already (a task that an interrupt came between), counted always since Linux 5.12.
   */
  statistics(): { readonly runs: number; readonly nanoseconds: number; readonly misses: number }
}
