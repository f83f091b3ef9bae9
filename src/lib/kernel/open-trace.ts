// Owns opening a trace: which functions, by which way, what to say where a better way is refused. See trace-watch.ts for the seam.
// Start at openTrace.

import { BugError, InputError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'
import type { Bpf } from './bpf.ts'
import { BpfTraceWatch, type TracedFunction } from './bpf-trace-watch.ts'
import { type KernelBtf, readKernelBtf } from './kernel-btf.ts'
import { type KernelNames, readKernelNames } from './kernel-names.ts'
import { openBpf } from './loader.ts'
import { readBpfObject } from './object-files.ts'
import { BpfRefusal } from './refusal.ts'
import { findSkbTracepoints, type SkbFunction } from './skb-functions.ts'
import { hasLocation, TracePrograms, traceCookie } from './trace-programs.ts'
import { type OpenTrace, type TraceTier, type TraceWatch, type TraceWish, traceTiers } from './trace-watch.ts'

/** What a way of hanging needs. */
interface Attempt {
  readonly wish: TraceWish
  readonly kernel: KernelBtf
  readonly programs: TracePrograms
  readonly progress: (attached: number, wanted: number) => boolean
}

/** What came of it. */
interface Hung {
  readonly functions: readonly TracedFunction[]
  readonly attached: number
  readonly refusedNames: readonly string[]
}

/** See OpenTrace. */
export const openTrace: OpenTrace = async (wish, progress = () => true) => {
  const kernel = readKernelBtf()
  const names = readKernelNames(kernel)
  const why: string[] = []
  const refusals: BpfRefusal[] = []
  for (const tier of wish.tier === undefined ? traceTiers : [wish.tier]) {
    const bpf = await openBpf()
    try {
      return open(tier, bpf, wish, kernel, names, why, progress)
    } catch (error) {
      bpf.close()
      if (!(error instanceof BpfRefusal)) throw error
      why.push(`${tier}: ${error.clause}`)
      refusals.push(error)
    }
  }
  // The last way needs least, so that what it lacks all lack.
  throw refusals.at(-1)!
}

function open(
  tier: TraceTier,
  bpf: Bpf,
  wish: TraceWish,
  kernel: KernelBtf,
  names: KernelNames,
  why: readonly string[],
  progress: (attached: number, wanted: number) => boolean,
): TraceWatch {
  const programs = new TracePrograms(bpf, readBpfObject('trace'), wish)
  const begin = performance.now()
  const { functions, attached, refusedNames } = ways[tier]({ wish, kernel, programs, progress })
  const attachMs = performance.now() - begin
  const notices = names.functions.hidden && (wish.caller || wish.stack || tier === 'tp_btf') ? [HIDDEN] : []
  const { caller, stack } = wish
  const callerIsTold = tier === 'kprobe' || tier === 'kprobe.multi'
  const settings = { functions, meta: [], caller, stack, callerIsTold }
  return new BpfTraceWatch(bpf, programs, names, settings, { tier, why, attached, refusedNames, attachMs, notices })
}

const HIDDEN =
  'The kernel hides the addresses of its functions from this user, so callers and places of drops are not named: that needs CAP_SYSLOG, and sysctl kernel.kptr_restrict below 2.'

const ways: Readonly<Record<TraceTier, (attempt: Attempt) => Hung>> = {
  'kprobe.multi': notYet,
  kprobe: notYet,
  fentry: notYet,
  tp_btf: hangAtTracepoints,
}

function notYet(): Hung {
  throw new BpfRefusal('none', 'not built', 'This way of hanging is not built yet.')
}

/** One program each; all are loaded before the first hangs, so that none tells of packets long before the others. */
function hangAtTracepoints({ wish, kernel, programs, progress }: Attempt): Hung {
  const chosen = chooseFunctions(wish, findSkbTracepoints(kernel), 'tracepoint')
  const functions: TracedFunction[] = []
  const refusedNames: string[] = []
  const loaded = []
  let refusal: BpfRefusal | undefined
  for (const each of chosen) {
    try {
      loaded.push({
        name: each.name,
        program: programs.load('trace_tracepoint', each.name, traceCookie(functions.length, each, true)),
      })
      functions.push({
        name: each.name,
        isTracepoint: true,
        hasReason: each.reason >= 0,
        hasLocation: hasLocation(each.name, true),
      })
    } catch (error) {
      if (!(error instanceof BpfRefusal) || error.code === 'EPERM') throw error
      refusal = error
      refusedNames.push(each.name)
    }
  }
  if (wish.track && loaded.length > 0) hangAtFree(programs)
  let attached = 0
  for (const { name, program } of loaded) {
    try {
      program.attachTracepoint()
      attached++
    } catch (error) {
      if (!(error instanceof BpfRefusal)) throw error
      refusal = error
      refusedNames.push(name)
    }
    if (!progress(attached, loaded.length)) break
  }
  if (attached === 0) throw refusal ?? new BugError('a trace hangs nowhere')
  return { functions, attached, refusedNames }
}

/** Buffers whose end no tracepoint tells. Without it some would be taken for others that lie at the same address later. */
function hangAtFree(programs: TracePrograms): void {
  try {
    programs.load('trace_freed').attachTracepoint()
  } catch (error) {
    if (!(error instanceof BpfRefusal)) throw error
  }
}

/** Those whose whole names fit. @throws InputError where there is none */
function chooseFunctions(wish: TraceWish, all: readonly SkbFunction[], what: string): readonly SkbFunction[] {
  const { functions } = wish
  if (functions === undefined) return all
  const whole = new RegExp(`^(?:${functions.source})$`, functions.flags.replace(/[gy]/g, ''))
  const chosen = all.filter(({ name }) => whole.test(name))
  if (chosen.length > 0) return chosen
  const near = didYouMean(
    functions.source.replace(/\W/g, ''),
    all.map(({ name }) => name),
  )
  throw new InputError(`No ${what} of this kernel that takes a socket buffer is named "${functions.source}".`, [
    near ??
      `There are ${all.length}, such as ${all
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')}.`,
  ])
}
