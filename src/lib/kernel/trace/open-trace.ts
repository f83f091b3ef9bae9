// Owns opening a trace: the ways of hanging it in their order, and what to say of those that are refused. See trace-watch.ts for the
// seam. Start at openTrace.

import { InputError } from '../../errors.ts'
import type { Bpf } from '../bpf/bpf.ts'
import type { KernelBtf } from '../bpf/kernel-btf.ts'
import { openBpf } from '../bpf/loader.ts'
import { readBpfObject } from '../bpf/object-files.ts'
import { BpfRefusal } from '../bpf/refusal.ts'
import { type KernelNames, readKernelNames } from '../names/kernel-names.ts'
import { BpfTraceWatch } from './bpf-trace-watch.ts'
import { type MetaPath, readMetaPath } from './meta-path.ts'
import { MOST_META_FIELDS, TracePrograms } from './trace-programs.ts'
import { hangBy, TraceTargets } from './trace-tiers.ts'
import { type OpenTrace, type TraceTier, type TraceWish, traceTiers } from './trace-watch.ts'

const HIDDEN =
  'The kernel hides the addresses of its functions from this user, so callers and places of drops are not named: that needs CAP_SYSLOG, and sysctl kernel.kptr_restrict below 2.'

/** See OpenTrace. */
export const openTrace: OpenTrace = async (wish, progress = () => true) => {
  const bpf = await openBpf()
  try {
    return open(bpf, wish, progress)
  } catch (error) {
    bpf.close()
    throw error
  }
}

function open(bpf: Bpf, wish: TraceWish, progress: (attached: number, wanted: number) => boolean): BpfTraceWatch {
  const kernel = bpf.kernelBtf()
  const names = readKernelNames(kernel)
  const targets = new TraceTargets(kernel, wish, bpf.libc)
  const meta = readFields(wish, kernel)
  const object = readBpfObject('trace')
  const why: string[] = []
  const faults: (BpfRefusal | InputError)[] = []
  for (const tier of wish.tier === undefined ? traceTiers : [wish.tier]) {
    const programs = new TracePrograms(bpf, object, wish, meta)
    const begin = performance.now()
    try {
      const { functions, attached, refusedNames, untried } = hangBy(tier, wish, targets, programs, progress)
      const attachMs = performance.now() - begin
      const notices = noticesOf(names, targets, tier)
      if (untried > 0) notices.push(untriedOf(untried))
      const { caller, stack } = wish
      const callerIsTold = tier === 'kprobe' || tier === 'kprobe.multi'
      const settings = { functions, meta, caller, stack, callerIsTold }
      return new BpfTraceWatch(bpf, programs, names, settings, { tier, why, attached, refusedNames, attachMs, notices })
    } catch (error) {
      programs.close()
      // A name that is no function's may be a tracepoint's.
      if (!(error instanceof BpfRefusal || error instanceof InputError)) throw error
      why.push(`${tier}: ${error instanceof BpfRefusal ? error.clause : error.message.replace(/\.$/, '')}`)
      faults.push(error)
    }
  }
  throw faultOf(faults, why, wish.tier)
}

function readFields({ meta }: TraceWish, kernel: KernelBtf): readonly MetaPath[] {
  if (meta.length > MOST_META_FIELDS) {
    throw new InputError(
      `At most ${MOST_META_FIELDS} fields of a buffer can be told, and ${meta.length} are asked for.`,
    )
  }
  return meta.map((text) => readMetaPath(text, kernel))
}

/** What to say where no way works: a name that is not there before a kernel that refuses. */
function faultOf(
  faults: readonly (BpfRefusal | InputError)[],
  why: readonly string[],
  only: TraceTier | undefined,
): BpfRefusal | InputError {
  // The last way needs least, so that what it lacks all lack.
  const last = faults.at(-1)!
  if (only !== undefined && last instanceof BpfRefusal) {
    const { code, clause, message, nextSteps } = last
    const other = `Only ${only} was to be tried; without --tier the best way that this kernel permits is taken.`
    return new BpfRefusal(code, clause, message, [...nextSteps, other], { cause: last })
  }
  if (faults.length === 1 || last instanceof BpfRefusal) return last
  const near = new Set(faults.flatMap((fault) => (fault instanceof InputError ? fault.nextSteps : [])))
  const refused = why.filter((_, i) => faults[i] instanceof BpfRefusal)
  return new InputError(last.message, [...near, ...refused.map((clause) => `Not by ${clause}.`)], { cause: last })
}

function untriedOf(untried: number): string {
  const were = untried === 1 ? '1 function was' : `${untried} functions were`
  return `${were} not tried: one by one takes long, and 4 s were up, or it was ended. --func chooses fewer.`
}

function noticesOf({ functions }: KernelNames, { listIsMissing }: TraceTargets, tier: TraceTier): string[] {
  const notices = functions.hidden ? [HIDDEN] : []
  if (listIsMissing !== '' && tier !== 'tp_btf') {
    notices.push(`Which functions may be traced is not known (${listIsMissing}): they were tried one after another.`)
  }
  return notices
}
