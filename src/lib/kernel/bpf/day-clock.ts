// Owns the distance from the kernel's monotonic clock, in which BPF programs tell time, to the clock of the day. See bpf.ts for the folder.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'

/** clock_gettime(2): asm/unistd.h. */
const callNumbers: Readonly<Record<string, number>> = { x64: 228, arm64: 113 }
const CLOCK_REALTIME = 0
const CLOCK_MONOTONIC = 1
const BILLION = 1e9
/** struct timespec: two i64. */
const TIMESPEC_BYTES = 16

/** Turns nanoseconds of CLOCK_MONOTONIC (bpf_ktime_get_ns) into CLOCK_REALTIME. Refresh it before each batch: clocks are set and slewed. */
export class DayClock {
  /** What `tell` found: ns since 1970, in two parts. */
  seconds = 0
  nanoseconds = 0
  readonly #libc: Libc
  readonly #arena: Arena
  /** Realtime less monotonic; nanoseconds from 0 to a billion. */
  #offsetSeconds = 0
  #offsetNanoseconds = 0

  /** @throws SystemCallError */
  constructor(libc: Libc) {
    this.#libc = libc
    this.#arena = new Arena(libc, 3 * TIMESPEC_BYTES)
    this.refresh()
  }

  /** Reads the monotonic clock, the clock of the day, and the monotonic one again: about a microsecond. @throws SystemCallError */
  refresh(): void {
    this.#read(CLOCK_MONOTONIC, 0)
    this.#read(CLOCK_REALTIME, 1)
    this.#read(CLOCK_MONOTONIC, 2)
    // All differences are of clocks read within a microsecond (or a descheduling), so doubles are exact.
    const between = (this.#second(2) - this.#second(0)) * BILLION + this.#nanosecond(2) - this.#nanosecond(0)
    const nanoseconds = this.#nanosecond(1) - this.#nanosecond(0) - Math.round(between / 2)
    const carry = Math.floor(nanoseconds / BILLION)
    this.#offsetSeconds = this.#second(1) - this.#second(0) + carry
    this.#offsetNanoseconds = nanoseconds - carry * BILLION
  }

  /** Sets `seconds` and `nanoseconds` from a monotonic time in ns, given in two halves of 32 bits. */
  tell(high: number, low: number): void {
    // Beyond 2^53 ns, 104 days of uptime, a double rounds to 2 ns.
    const monotonic = high * 2 ** 32 + low
    const second = Math.floor(monotonic / BILLION)
    const nanoseconds = monotonic - second * BILLION + this.#offsetNanoseconds
    const carry = nanoseconds >= BILLION ? 1 : 0
    this.seconds = second + this.#offsetSeconds + carry
    this.nanoseconds = nanoseconds - carry * BILLION
  }

  close(): void {
    this.#arena.close()
  }

  #read(clock: number, slot: number): void {
    const to = this.#arena.address + slot * TIMESPEC_BYTES
    const result = this.#libc.syscall(callNumbers[process.arch] ?? -1, clock, to, 0, 0, 0, 0)
    if (result !== 0) throw new SystemCallError('clock_gettime', this.#libc.errno())
  }

  #second(slot: number): number {
    return Number(this.#arena.view.getBigInt64(slot * TIMESPEC_BYTES, true))
  }

  #nanosecond(slot: number): number {
    return this.#arena.view.getUint32(slot * TIMESPEC_BYTES + 8, true)
  }
}
