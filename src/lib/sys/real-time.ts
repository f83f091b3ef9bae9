// Owns giving this thread a processor whenever it wants one (SCHED_FIFO). See libc.ts for the folder.

import { Arena } from './arena.ts'
import type { Libc } from './libc.ts'

/** sched_setscheduler(2) by process.arch; loadLibc refuses other architectures. */
const SCHED_SETSCHEDULER: Readonly<Record<string, number>> = { x64: 144, arm64: 119 }
const SCHED_OTHER = 0
const SCHED_FIFO = 1
/** Processes that are started meanwhile are ordinary ones. */
const SCHED_RESET_ON_FORK = 0x40000000
const THIS_THREAD = 0
/** The least of its kind is above all ordinary threads. */
const LEAST = 1

/**
 * Puts this thread before all ordinary ones. It must sleep most of the time: of a processor that it keeps busy the kernel takes a
 * twentieth away for all the others.
 * @returns ends it; where it is not permitted (CAP_SYS_NICE), all stays as it was
 * @see sched(7)
 */
export function goFirst(libc: Libc): () => void {
  const arena = new Arena(libc, 16)
  const set = (policy: number, priority: number) => {
    // struct sched_param
    arena.view.setInt32(0, priority, true)
    libc.syscall(SCHED_SETSCHEDULER[process.arch] ?? -1, THIS_THREAD, policy, arena.address, 0, 0, 0)
  }
  set(SCHED_FIFO | SCHED_RESET_ON_FORK, LEAST)
  return () => {
    set(SCHED_OTHER, 0)
    arena.close()
  }
}
