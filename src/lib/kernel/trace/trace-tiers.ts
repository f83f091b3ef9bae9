// Owns the ways of hanging a trace (TraceTier): which functions each takes, and how its programs are loaded and hung. See open-trace.ts.
// Start at hangBy.

import { BugError, InputError } from '../../errors.ts'
import { didYouMean } from '../../parse/nearest.ts'
import type { Libc } from '../../sys/libc.ts'
import type { BpfProgram } from '../bpf/bpf.ts'
import type { KernelBtf } from '../bpf/kernel-btf.ts'
import { BpfRefusal } from '../bpf/refusal.ts'
import type { TracedFunction } from './bpf-trace-watch.ts'
import { findSkbTracepoints, type SkbFunction } from './skb-functions.ts'
import { type HangWish, type Hung, hangAtAll, hangByFentry, hangByKprobe, shortList } from './trace-attach.ts'
import { placeOfDrop, type TracePrograms, traceCookie } from './trace-programs.ts'
import type { TraceTier, TraceWish } from './trace-watch.ts'
import { listSkbFunctions, modulesWithTypes, readTraceable, type TraceableFunctions } from './traceable-functions.ts'

/** By which memory is given back: the address is the second argument of both. Small data goes by either, by the kernel's version. */
const freeing = ['kmem_cache_free', 'kfree'] as const

/** What all ways share: read once, though several are tried. */
export class TraceTargets {
  readonly kernel: KernelBtf
  readonly #wish: TraceWish
  readonly #libc: Libc
  #traceable: TraceableFunctions | undefined
  #functions: readonly SkbFunction[] | undefined

  constructor(kernel: KernelBtf, wish: TraceWish, libc: Libc) {
    this.kernel = kernel
    this.#wish = wish
    this.#libc = libc
  }

  /** Those that the wish names, or all. Some 300 ms the first time. @throws InputError where it names none */
  functions(): readonly SkbFunction[] {
    this.#traceable ??= readTraceable(this.#libc)
    this.#functions ??= listSkbFunctions(this.kernel, chosenModules(this.#wish), this.#traceable)
    return chosen(this.#wish, this.#functions, 'function')
  }

  /** Likewise. */
  tracepoints(): readonly SkbFunction[] {
    const modules = chosenModules(this.#wish)
    if (modules.length > 0 && this.#wish.modules !== 'all') {
      throw new BpfRefusal('none', 'it knows no functions of modules', 'Tracepoints are of the kernel, not of modules.')
    }
    return chosen(this.#wish, findSkbTracepoints(this.kernel), 'tracepoint')
  }

  /** Why the list of functions that may be traced could not be had; empty where it was, or was not asked for. */
  get listIsMissing(): string {
    return this.#traceable?.why ?? ''
  }
}

/** What came of it: the list that cookies number, and how it hangs. */
export interface HungTrace extends Hung {
  readonly functions: readonly TracedFunction[]
}

type Progress = NonNullable<HangWish['progress']>

/**
 * Hangs a trace by one way.
 * @throws BpfRefusal where that does not work; InputError where the wish names what is not there
 */
export function hangBy(
  tier: TraceTier,
  wish: TraceWish,
  targets: TraceTargets,
  programs: TracePrograms,
  progress: Progress,
): HungTrace {
  if (tier === 'tp_btf') return hangAtTracepoints(targets.tracepoints(), wish, programs, progress)
  const all = targets.functions()
  // One by one all would take minutes. Who names functions wants those.
  const functions = tier === 'kprobe.multi' || wish.functions !== undefined ? all : shortList(all)
  const cookieOf = (index: number, one: SkbFunction) => traceCookie(index, one, false)
  const hung = hangAt[tier](programs, { functions, cookieOf, progress })
  if (wish.track) hangAtFree(programs)
  return { ...hung, functions: functions.map((one) => tracedFunction(one, false)) }
}

const hangAt: Readonly<Record<Exclude<TraceTier, 'tp_btf'>, (programs: TracePrograms, wish: HangWish) => Hung>> = {
  'kprobe.multi': (programs, wish) => hangAtAll(programs.load('trace_multi'), wish),
  kprobe: (programs, wish) => hangByKprobe(programs.load('trace_kprobe'), wish),
  fentry: (programs, wish) => hangByFentry(({ name }, cookie) => programs.load('trace_fentry', name, cookie), wish),
}

const tracedFunction = ({ name, reason }: SkbFunction, isTracepoint: boolean): TracedFunction => ({
  name,
  isTracepoint,
  hasReason: reason >= 0,
  hasLocation: placeOfDrop(name, isTracepoint),
})

/** One program each; all are loaded before the first hangs, so that none tells of packets long before the others. */
function hangAtTracepoints(
  tracepoints: readonly SkbFunction[],
  wish: TraceWish,
  programs: TracePrograms,
  progress: Progress,
): HungTrace {
  const loaded: { readonly name: string; readonly program: BpfProgram }[] = []
  const refusedNames: string[] = []
  let refusal: BpfRefusal | undefined
  const refused = (name: string, error: unknown) => {
    // Without the right to do it at all each is refused.
    if (!(error instanceof BpfRefusal) || error.code === 'EPERM') throw error
    refusal = error
    refusedNames.push(name)
  }
  for (const [index, one] of tracepoints.entries()) {
    const { name } = one
    try {
      loaded.push({ name, program: programs.load('trace_tracepoint', name, traceCookie(index, one, true)) })
    } catch (error) {
      refused(name, error)
    }
  }
  if (wish.track && loaded.length > 0) hangAtFree(programs)
  let attached = 0
  for (const { name, program } of loaded) {
    try {
      program.attachTracepoint()
      attached++
    } catch (error) {
      refused(name, error)
    }
    if (!progress(attached, tracepoints.length)) break
  }
  if (attached === 0) throw refusal ?? new BugError('a trace hangs nowhere')
  const untried = tracepoints.length - attached - refusedNames.length
  return { functions: tracepoints.map((one) => tracedFunction(one, true)), attached, refusedNames, untried }
}

/** Buffers whose end no function tells. Without it some would be taken for others that lie at the same address later. */
function hangAtFree(programs: TracePrograms): void {
  for (const tracepoint of freeing) {
    try {
      programs.load('trace_freed', tracepoint).attachTracepoint()
    } catch (error) {
      if (!(error instanceof BpfRefusal)) throw error
    }
  }
}

/** @throws InputError for a module that is not there */
function chosenModules({ modules }: TraceWish): readonly string[] {
  const there = modulesWithTypes()
  if (modules === 'all') return there
  for (const name of modules) {
    if (there.includes(name)) continue
    const near = didYouMean(name, there)
    throw new InputError(`The module "${name}" is not loaded, or tells no types.`, [
      near ?? `Those that do are in /sys/kernel/btf (${there.length} of them).`,
    ])
  }
  return modules
}

/** Those that are wanted. @throws InputError where there is none */
function chosen({ functions }: TraceWish, all: readonly SkbFunction[], what: string): readonly SkbFunction[] {
  if (functions === undefined) return all
  const { pattern, text } = functions
  const found = all.filter(({ name }) => pattern.test(name))
  if (found.length > 0 || all.length === 0) return found
  const names = all.map(({ name }) => name)
  const near = didYouMean(text.replace(/\W/g, ''), names)
  const few = what === 'tracepoint' ? [`There are ${all.length}, such as ${names.slice(0, 3).join(', ')}.`] : []
  const message = `No ${what} of this kernel that takes a socket buffer is named "${text}".`
  throw new InputError(message, near === undefined ? few : [near])
}
