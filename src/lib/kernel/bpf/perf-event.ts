// Owns kprobes as events of perf_event_open(2): one function each, for kernels that have no way to hang at many by one link.
// See bpf.ts for the folder.

import { readFileSync } from 'node:fs'
import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'

/** Number of perf_event_open(2) by process.arch: asm/unistd.h. */
const callNumbers: Readonly<Record<string, number>> = { x64: 298, arm64: 241 }
/** PERF_ATTR_SIZE_VER1 (linux/perf_event.h): up to config2. */
const ATTR_BYTES = 72
const PERF_FLAG_FD_CLOEXEC = 8
const EVERY_PROCESS = -1
const NO_GROUP = -1
/** A probe is one for all CPUs; the event must still name one. */
const ANY_CPU = 0
const ENOENT = 2
const ENOSYS = 38

/** Number of the kind of event "kprobe" on this kernel. @throws SystemCallError: ENOENT where it has none (CONFIG_KPROBE_EVENTS) */
export function kprobeEventType(): number {
  try {
    return Number(readFileSync('/sys/bus/event_source/devices/kprobe/type', 'latin1'))
  } catch {
    throw new SystemCallError('perf_event_open of a kprobe', ENOENT)
  }
}

/**
 * An event at the beginning of a function.
 * @param type of kprobeEventType
 * @param symbol of /proc/kallsyms, one that is there once
 * @returns a file descriptor @throws SystemCallError; ENOENT or EADDRNOTAVAIL for a name that is not there, or there twice
 */
export function openKprobeEvent(libc: Libc, type: number, symbol: string): number {
  const number = callNumbers[process.arch]
  if (number === undefined) throw new SystemCallError('perf_event_open of a kprobe', ENOSYS)
  const name = new TextEncoder().encode(`${symbol}\0`)
  const arena = new Arena(libc, ATTR_BYTES + name.length + 16)
  try {
    const attr = arena.take(ATTR_BYTES)
    const text = arena.take(name.length)
    arena.bytes.set(name, text)
    // struct perf_event_attr: type, size, then kprobe_func (in the place of config1).
    arena.view.setUint32(attr, type, true)
    arena.view.setUint32(attr + 4, ATTR_BYTES, true)
    arena.point(attr + 56, text)
    const fd = libc.syscall(number, arena.address + attr, EVERY_PROCESS, ANY_CPU, NO_GROUP, PERF_FLAG_FD_CLOEXEC, 0)
    if (fd < 0) throw new SystemCallError('perf_event_open of a kprobe', libc.errno())
    return fd
  } finally {
    arena.close()
  }
}
