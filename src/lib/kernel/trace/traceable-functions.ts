// Owns at which functions of the running kernel programs may hang: by the list that tracefs has of them, else by /proc/kallsyms.
// See trace-watch.ts for the folder. parseTraceable and parseSymbols are pure.

import { readdirSync, readFileSync } from 'node:fs'
import { Arena } from '../../sys/arena.ts'
import { errnoName, SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import { type KernelBtf, readModuleBtf } from '../bpf/kernel-btf.ts'
import { findSkbFunctions, type SkbFunction } from './skb-functions.ts'

const FILE = 'available_filter_functions'
const FOLDERS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']
/** asm-generic/unistd.h: the same on every architecture. Linux 5.2. */
const fsCalls = { fsopen: 430, fsconfig: 431, fsmount: 432 } as const
const FSCONFIG_CMD_CREATE = 6
/** FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC. */
const CLOEXEC = 1
const EPERM = 1

/** Names by module (empty: the kernel), each with how often it is there. */
export type TraceableNames = ReadonlyMap<string, ReadonlyMap<string, number>>

export interface TraceableFunctions {
  readonly names: TraceableNames
  /** `tracefs`: a program may hang at each. `kallsyms`: they exist, and the kernel may refuse some. */
  readonly from: 'tracefs' | 'kallsyms'
  /** Why not by tracefs, a clause; empty where it is. */
  readonly why: string
}

/** Lines of available_filter_functions: `ip_rcv`, `br_handle_frame [bridge]`. */
export function parseTraceable(text: string): TraceableNames {
  return countNames(text, 0)
}

/** Functions of /proc/kallsyms: `ffffffff81000000 T ip_rcv`, `... t br_handle_frame\t[bridge]`. Other lines are left out. */
export function parseSymbols(text: string): TraceableNames {
  return countNames(text, ADDRESS_AND_LETTER)
}

/** `ffffffff81000000 T `. */
const ADDRESS_AND_LETTER = 19
const isFunction = (letter: string): boolean => 'tTwW'.includes(letter)

function countNames(text: string, skip: number): TraceableNames {
  const byModule = new Map<string, Map<string, number>>()
  const kernel = new Map<string, number>()
  byModule.set('', kernel)
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    if (skip === 0 || isFunction(text[at + skip - 2] ?? '')) {
      const line = text.slice(at + skip, end)
      const bracket = line.endsWith(']') ? line.lastIndexOf('[') : -1
      const name = bracket < 0 ? line : line.slice(0, bracket).trimEnd()
      let names = kernel
      if (bracket >= 0) {
        const module = line.slice(bracket + 1, -1)
        names = byModule.get(module) ?? new Map()
        byModule.set(module, names)
      }
      if (name !== '') names.set(name, (names.get(name) ?? 0) + 1)
    }
    at = end + 1
  }
  return byModule
}

/** Reads the list where tracefs is mounted, else through a mount of it that no one else sees, else /proc/kallsyms. */
export function readTraceable(libc: Libc): TraceableFunctions {
  let why = 'tracefs is not mounted'
  for (const folder of FOLDERS) {
    try {
      return { names: parseTraceable(readFileSync(`${folder}/${FILE}`, 'latin1')), from: 'tracefs', why: '' }
    } catch (error) {
      const { code = errnoName(0) } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT') why = `${folder}/${FILE} can't be read (${code})`
    }
  }
  try {
    return { names: parseTraceable(readUnmounted(libc)), from: 'tracefs', why: '' }
  } catch (error) {
    // The first reason is the better one, unless there was none.
    if (why === 'tracefs is not mounted') why = `${why}, nor may it be (${(error as NodeJS.ErrnoException).code})`
  }
  return { names: parseSymbols(readSymbols()), from: 'kallsyms', why }
}

function readSymbols(): string {
  try {
    return readFileSync('/proc/kallsyms', 'latin1')
  } catch {
    return ''
  }
}

/** A mount that is in no folder: `ip netns exec` hides tracefs, and a mount of it elsewhere would show. @throws SystemCallError */
function readUnmounted(libc: Libc): string {
  const arena = new Arena(libc, 64)
  const opened: number[] = []
  const call = (name: keyof typeof fsCalls, a: number, b: number): number => {
    const result = libc.syscall(fsCalls[name], a, b, 0, 0, 0, 0)
    if (result < 0) throw new SystemCallError(name, libc.errno())
    return result
  }
  try {
    arena.bytes.set(new TextEncoder().encode('tracefs\0'))
    const context = call('fsopen', arena.address, CLOEXEC)
    opened.push(context)
    call('fsconfig', context, FSCONFIG_CMD_CREATE)
    const mount = call('fsmount', context, CLOEXEC)
    opened.push(mount)
    const text = readFileSync(`/proc/self/fd/${mount}/${FILE}`, 'latin1')
    if (text === '') throw new SystemCallError(`read of ${FILE}`, EPERM)
    return text
  } finally {
    for (const fd of opened) libc.close(fd)
    arena.close()
  }
}

/** Modules that tell their types, by name. */
export function modulesWithTypes(): string[] {
  try {
    return readdirSync('/sys/kernel/btf').filter((name) => name !== 'vmlinux')
  } catch {
    return []
  }
}

/**
 * Functions with a socket buffer at which programs may hang, the kernel's own first, then those of modules.
 * @param modules whose functions as well; those without types are left out
 * @param traceable readTraceable's
 */
export function listSkbFunctions(
  types: KernelBtf,
  modules: readonly string[],
  traceable: TraceableFunctions,
): SkbFunction[] {
  const found = findSkbFunctions(types)
  for (const module of modules) {
    const own = readModuleBtf(module, types)
    if (own) for (const one of findSkbFunctions(own, module)) found.push(one)
  }
  const seen = new Set<string>()
  return found.filter(({ name, module }) => {
    // A name that is there twice, be it in a module, is not known to be this function.
    let count = 0
    for (const names of traceable.names.values()) count += names.get(name) ?? 0
    if (count !== 1 || !traceable.names.get(module)?.has(name)) return false
    const key = `${name} ${module}`
    return !seen.has(key) && seen.add(key)
  })
}
