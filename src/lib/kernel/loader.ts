// Owns loading BPF objects into this kernel. See bpf.ts for the folder and for what a loaded object can do. Start at openBpf.

import { loadLibc } from '../sys/libc.ts'
import type { Bpf } from './bpf.ts'
import type { BpfObject } from './bpf-object.ts'
import { BpfRefusal } from './refusal.ts'

/**
 * Opens the way into bpf(2).
 * @throws BpfRefusal: not Linux, no koffi, an architecture whose call number is not known
 */
export async function openBpf(load: typeof loadLibc = loadLibc): Promise<Bpf> {
  const { why } = await load()
  throw new BpfRefusal('none', why ?? 'there is no loader', 'The BPF loader is not there yet.')
}

/**
 * Reads one of the objects that come with sonde (src/bpf/NAME.bpf.o).
 * @throws BpfRefusal where it is not there or damaged
 */
export function readBpfObject(name: string): BpfObject {
  throw new BpfRefusal('none', `there is no ${name}`, 'The BPF loader is not there yet.')
}
