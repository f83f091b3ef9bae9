// Owns why tests that put programs into the kernel are skipped.

import { existsSync, readFileSync } from 'node:fs'
import { parseBpfObject } from '../../src/lib/kernel/bpf-object.ts'
import { openBpf } from '../../src/lib/kernel/loader.ts'

/** For `test(name, { skip: await whyNoBpf() }, ...)`: one clause, or false where programs may be loaded here. */
export async function whyNoBpf(): Promise<string | false> {
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'this kernel has no BTF'
  try {
    const bpf = await openBpf()
    const file = new URL('../bpf/every-kind.bpf.o', import.meta.url)
    bpf.load(parseBpfObject('every-kind', readFileSync(file)), { programs: ['count_packet'] })
    bpf.close()
    return false
  } catch (error) {
    return (error as Error).message
  }
}
