// Owns why tests that put programs into the kernel are skipped, and whether a program is still there.

import { existsSync, readFileSync } from 'node:fs'
import { parseBpfObject } from '../../src/lib/kernel/bpf/bpf-object.ts'
import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'
import { Arena } from '../../src/lib/sys/arena.ts'
import { libc } from './libc.ts'

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

const BPF_PROG_GET_FD_BY_ID = 13
/** bpf(2): asm/unistd.h. */
const BPF = process.arch === 'x64' ? 321 : 280

/** Whether any process has the program, or anything that it hangs at: it would be there by its number. */
export function isProgramLoaded(id: number): boolean {
  const arena = new Arena(libc, 4096)
  arena.view.setUint32(0, id, true)
  const fd = libc.syscall(BPF, BPF_PROG_GET_FD_BY_ID, arena.address, 12, 0, 0, 0)
  arena.close()
  if (fd >= 0) libc.close(fd)
  return fd >= 0
}
