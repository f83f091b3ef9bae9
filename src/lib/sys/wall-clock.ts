// Owns CLOCK_REALTIME in nanoseconds, which Node tells in milliseconds only. See libc.ts for the folder.

import { Arena } from './arena.ts'
import type { Libc } from './libc.ts'

/** clock_gettime(2) by process.arch; loadLibc refuses other architectures. */
const CLOCK_GETTIME: Readonly<Record<string, number>> = { x64: 228, arm64: 113 }
const CLOCK_REALTIME = 0
const NS_PER_S = 1_000_000_000n

/** The clock by which packets are stamped. Close it. */
export class WallClock {
  readonly #libc: Libc
  /** A struct timespec. */
  readonly #arena: Arena

  constructor(libc: Libc) {
    this.#libc = libc
    this.#arena = new Arena(libc, 16)
  }

  /** Nanoseconds since 1970, UTC. */
  nowNs(): bigint {
    const { view, address } = this.#arena
    this.#libc.syscall(CLOCK_GETTIME[process.arch] ?? -1, CLOCK_REALTIME, address, 0, 0, 0, 0)
    return view.getBigInt64(0, true) * NS_PER_S + view.getBigInt64(8, true)
  }

  close(): void {
    this.#arena.close()
  }
}
