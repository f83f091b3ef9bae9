// Owns the error for what the kernel refuses of BPF. See bpf.ts for the folder.

import { EnvironmentError } from '../errors.ts'

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
