// Owns the two programs that a pcap-filter expression becomes for a trace: one for frames, one for packets that begin at their network
// header. See step.ts for the folder. Start at compileFilters.

import { InputError } from '../errors.ts'
import type { TraceWish } from '../kernel/trace/trace-watch.ts'
import { type ClassicProgram, linkTypes } from '../pcap-filter/classic.ts'
import { compileFilter } from '../pcap-filter/compile.ts'
import type { FilterNames } from '../pcap-filter/names.ts'

/** BPF_RET | BPF_K with 0: nothing matches (linux/filter.h). */
const RETURN_NONE = 0x06
const rejectAll: ClassicProgram = Object.freeze({
  code: Uint16Array.of(RETURN_NONE),
  ifTrue: Uint8Array.of(0),
  ifFalse: Uint8Array.of(0),
  k: Uint32Array.of(0),
})

/**
 * Both programs of an expression. Where it asks for a link layer, packets that have none (yet) don't match.
 * @throws InputError where it is no expression for frames
 */
export function compileFilters(text: string, names: FilterNames): NonNullable<TraceWish['filter']> {
  const link = compileFilter(text, linkTypes.ethernet, names)
  try {
    return { link, network: compileFilter(text, linkTypes.raw, names) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { link, network: rejectAll }
  }
}
