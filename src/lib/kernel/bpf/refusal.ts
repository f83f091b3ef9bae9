// Owns the error for what the kernel refuses of BPF, and the sentences for its causes. See bpf.ts for the folder.

import { existsSync, readFileSync } from 'node:fs'
import { EnvironmentError } from '../../errors.ts'
import { type Capability, readCapabilities } from '../../sys/capabilities.ts'
import type { SystemCallError } from '../../sys/errno.ts'

/** The kernel, or this system, does not permit or offer it. Its message is one sentence for a user. */
export class BpfRefusal extends EnvironmentError {
  /** Name of the system's error: `EPERM`; `none` where no call was made (no Linux, no koffi, no BTF). */
  readonly code: string
  /** For "why not the better one": a clause without the end of a sentence: `BPF_LINK_CREATE was refused (EINVAL)`. */
  readonly clause: string
  constructor(
    code: string,
    clause: string,
    message: string,
    nextSteps: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, nextSteps, options)
    this.code = code
    this.clause = clause
  }
}

/** Without libc: not Linux, no koffi, another architecture. `why` is loadLibc's clause. */
export function refuseSystem(why: string): BpfRefusal {
  const nextSteps =
    process.platform !== 'linux'
      ? ['Run sonde on the Linux machine itself.']
      : why.startsWith('koffi')
        ? ['Install it beside sonde: npm install -g koffi']
        : []
  const what = process.platform === 'linux' ? why : `this is ${process.platform}, not Linux`
  return new BpfRefusal('none', what, `Programs can't be put into this kernel: ${what}.`, nextSteps)
}

/** What a program for packets needs, and what one at a tracepoint needs beside it. */
const needed: readonly Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON']

/** What this process may, as far as the system tells. */
export interface Rights {
  readonly capabilities: ReadonlySet<Capability> | undefined
  /** The mode of kernel lockdown: `integrity`; undefined where the kernel has none. */
  readonly lockdown: string | undefined
}

function readRights(): Rights {
  return { capabilities: readCapabilities(), lockdown: readLockdown() }
}

/** The mode in brackets of /sys/kernel/security/lockdown. */
function readLockdown(): string | undefined {
  try {
    return /\[(\w+)\]/.exec(readFileSync('/sys/kernel/security/lockdown', 'latin1'))?.[1]
  } catch {
    return undefined
  }
}

/** Of the needed rights those that are missing; CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON (capabilities(7)). */
function missingRights({ capabilities: has }: Rights): readonly Capability[] {
  if (has === undefined) return []
  return needed.filter((name) => !has.has(name) && !(name !== 'CAP_NET_ADMIN' && has.has('CAP_SYS_ADMIN')))
}

function notPermitted(error: SystemCallError, rights: Rights): BpfRefusal {
  const missing = missingRights(rights)
  const clause = `${callOf(error)} is not permitted (${error.code})`
  if (missing.length > 0) {
    return new BpfRefusal(
      error.code,
      clause,
      `Programs may not be put into this kernel: this user has not ${missing.join(', ')}.`,
      ['Run it with sudo; in a container, with --cap-add BPF,PERFMON,NET_ADMIN.'],
      { cause: error },
    )
  }
  const { lockdown } = rights
  const policy =
    lockdown === undefined || lockdown === 'none'
      ? "a policy of this kernel or of the container's runtime (seccomp, a security module)"
      : `kernel lockdown, which is "${lockdown}", or another policy`
  return new BpfRefusal(
    error.code,
    clause,
    `This process has the rights, and the kernel refuses the program all the same (${error.code}): ${policy} forbids it.`,
    ['In a container, try the host itself, or a seccomp profile that permits bpf(2).'],
    { cause: error },
  )
}

/** `BPF_PROG_LOAD` of `BPF_PROG_LOAD: operation not permitted (EPERM)`. */
function callOf(error: SystemCallError): string {
  return error.message.split(':')[0]!
}

/** Lines of the verifier's log that are shown. */
const LOG_LINES = 4

/** The end of a verifier's log, without its statistics. */
export function logTail(log: string): readonly string[] {
  return log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(processed \d+ insns|verification time|stack depth)/.test(line))
    .slice(-LOG_LINES)
}

/**
 * For a map, types or program that was refused.
 * @param what as a subject: `program sample_ingress`
 * @param log the verifier's, empty where there is none
 * @param rights this process's where not given
 */
export function refuseLoad(what: string, error: SystemCallError, log: string, rights = readRights()): BpfRefusal {
  const tail = logTail(log)
  if (error.code === 'EPERM' || (error.code === 'EACCES' && tail.length === 0)) return notPermitted(error, rights)
  const clause = `${callOf(error)} of ${what} was refused (${error.code})`
  if (error.code === 'ENOSYS') {
    return new BpfRefusal(error.code, clause, 'This kernel has no BPF (CONFIG_BPF_SYSCALL).', [], { cause: error })
  }
  if (error.code === 'E2BIG' && tail.length === 0) {
    return new BpfRefusal(
      error.code,
      clause,
      "This kernel is too old: it can't fit a program to its own structures, which came with 5.17.",
      [],
      { cause: error },
    )
  }
  return new BpfRefusal(
    error.code,
    clause,
    `This kernel does not take ${what} (${error.code}).`,
    tail.map((line) => `Its verifier says: ${line}`),
    { cause: error },
  )
}

/** Errors by which a kernel says that it does not have a hook at all: the attributes are well-formed. */
function lackOf(where: string, code: string): { readonly what: string; readonly since: string } | undefined {
  if (where === 'TCX' && code === 'EINVAL') return { what: 'TCX', since: 'which came with 6.6' }
  if (where === 'kprobe.multi' && code === 'EOPNOTSUPP') {
    return { what: 'kprobe.multi', since: 'which came with 5.18 and needs CONFIG_FPROBE' }
  }
  if (where.startsWith('kprobe of ') && code === 'ENOENT' && !existsSync('/sys/bus/event_source/devices/kprobe')) {
    return { what: 'kprobes', since: 'which need CONFIG_KPROBE_EVENTS' }
  }
  return undefined
}

/**
 * For a program that was loaded and may not hang where it should.
 * @param where `TCX`, `kprobe.multi`, `kprobe of FUNCTION`, `fentry of FUNCTION` or the name of a tracepoint
 */
export function refuseAttach(name: string, where: string, error: SystemCallError): BpfRefusal {
  if (error.code === 'EPERM' || error.code === 'EACCES') return notPermitted(error, readRights())
  const lacks = lackOf(where, error.code)
  if (lacks) {
    const call = `${callOf(error)}: ${error.code}`
    const message = `This kernel has no ${lacks.what}, ${lacks.since} (${call}).`
    return new BpfRefusal(error.code, `this kernel has no ${lacks.what} (${call})`, message, [], { cause: error })
  }
  const clause = `${callOf(error)} was refused (${error.code})`
  const message = `Program ${name} may not hang at ${where}: ${error.message}.`
  return new BpfRefusal(error.code, clause, message, [], { cause: error })
}
