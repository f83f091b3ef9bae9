// Owns what the name of a program's section says: which kind of program it is and where it is to hang. Pure. See bpf.ts for the
// folder.

import { ObjectError } from './elf.ts'

// enum bpf_prog_type and bpf_attach_type: linux/bpf.h.
const BPF_PROG_TYPE_KPROBE = 2
const BPF_PROG_TYPE_SCHED_CLS = 3
const BPF_PROG_TYPE_RAW_TRACEPOINT = 17
const BPF_PROG_TYPE_TRACING = 26
const BPF_TRACE_RAW_TP = 23
const BPF_TRACE_FENTRY = 24
const BPF_TRACE_KPROBE_MULTI = 42
const BPF_TCX_INGRESS = 46
const BPF_TCX_EGRESS = 47

export type Attach =
  | { readonly by: 'tcx' }
  | { readonly by: 'tc' }
  | { readonly by: 'kprobe' | 'kprobe.multi' }
  | { readonly by: 'fentry'; readonly function: string }
  | { readonly by: 'raw_tp' | 'tp_btf'; readonly tracepoint: string }

export interface ProgramKind {
  readonly type: number
  readonly attachType: number
  readonly attach: Attach
  /** Type in the kernel's BTF that the program takes its arguments from: a tracepoint's typedef, or the function. */
  readonly kernelType: { readonly kind: 'typedef' | 'func'; readonly name: string } | undefined
}

/**
 * @param section as libbpf names them: `tcx/ingress`, `tp_btf/kfree_skb`; without the part behind the slash where it is chosen later
 * @param chosen tracepoint or function in place of the section's
 * @throws ObjectError for one that this loader has no way to hang up
 */
export function programKind(section: string, chosen?: string): ProgramKind {
  const slash = section.indexOf('/')
  const kind = slash < 0 ? section : section.slice(0, slash)
  const target = chosen ?? (slash < 0 ? '' : section.slice(slash + 1))
  const none = { kernelType: undefined }
  if (kind === 'tc') return { type: BPF_PROG_TYPE_SCHED_CLS, attachType: 0, attach: { by: 'tc' }, ...none }
  if (section === 'tcx/ingress' || section === 'tcx/egress') {
    const attachType = target === 'ingress' ? BPF_TCX_INGRESS : BPF_TCX_EGRESS
    return { type: BPF_PROG_TYPE_SCHED_CLS, attachType, attach: { by: 'tcx' }, ...none }
  }
  if (kind === 'raw_tp' && target !== '') {
    const attach: Attach = { by: 'raw_tp', tracepoint: target }
    return { type: BPF_PROG_TYPE_RAW_TRACEPOINT, attachType: 0, attach, ...none }
  }
  if (kind === 'tp_btf' && target !== '') {
    const attach: Attach = { by: 'tp_btf', tracepoint: target }
    return {
      type: BPF_PROG_TYPE_TRACING,
      attachType: BPF_TRACE_RAW_TP,
      attach,
      kernelType: { kind: 'typedef', name: `btf_trace_${target}` },
    }
  }
  if (kind === 'fentry' && target !== '') {
    const attach: Attach = { by: 'fentry', function: target }
    const kernelType = { kind: 'func', name: target } as const
    return { type: BPF_PROG_TYPE_TRACING, attachType: BPF_TRACE_FENTRY, attach, kernelType }
  }
  if (section === 'kprobe') return { type: BPF_PROG_TYPE_KPROBE, attachType: 0, attach: { by: 'kprobe' }, ...none }
  if (section === 'kprobe.multi') {
    const attach: Attach = { by: 'kprobe.multi' }
    return { type: BPF_PROG_TYPE_KPROBE, attachType: BPF_TRACE_KPROBE_MULTI, attach, ...none }
  }
  throw new ObjectError(`programs of section "${section}" are not supported`)
}

/** The name that BPF_RAW_TRACEPOINT_OPEN wants; undefined where the program was bound to it as it was loaded. */
export function tracepointOf(attach: Attach): string | undefined {
  return attach.by === 'raw_tp' ? attach.tracepoint : undefined
}
