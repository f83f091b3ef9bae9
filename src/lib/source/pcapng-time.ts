// Owns the clocks of pcapng interfaces: 64-bit counts of units to seconds and nanoseconds, exactly.
// Knows no blocks. Start at InterfaceClock.

/**
 * Converts the timestamps of one interface (draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset). `read` leaves its
 * result in `sec` and `nsec`, so that nothing is allocated for a packet.
 */
export class InterfaceClock {
  /** Seconds since 1970, 0 to 2^32-1, and nanoseconds rounded down. */
  sec = 0
  nsec = 0
  /** The last time read was before 1970 or after 2106; it was moved to the nearest end. */
  outOfRange = false
  readonly #perSecond: number
  readonly #nanosPerUnit: number
  /** Units in a second where a double can't count them. */
  readonly #exactly: bigint | undefined
  readonly #offset: number

  /**
   * @param resolution if_tsresol: bit 7 clear, 10^-n s; set, 2^-n s. 6 (microseconds) where the option is missing
   * @param offset if_tsoffset, seconds to add
   */
  constructor(resolution = 6, offset = 0) {
    const exponent = resolution & 0x7f
    const decimal = resolution < 0x80 && exponent <= 9
    this.#perSecond = decimal ? 10 ** exponent : 1
    this.#nanosPerUnit = decimal ? 10 ** (9 - exponent) : 1
    this.#exactly = decimal ? undefined : resolution < 0x80 ? 10n ** BigInt(exponent) : 2n ** BigInt(exponent)
    this.#offset = offset
  }

  /** Converts the count `high * 2^32 + low`. */
  read(high: number, low: number): void {
    const exactly = this.#exactly
    if (exactly !== undefined) {
      const units = (BigInt(high) << 32n) | BigInt(low)
      this.#set(Number(units / exactly), Number(((units % exactly) * 1_000_000_000n) / exactly))
      return
    }
    // Long division in steps of 16 bits: every intermediate value is below 10^9 * 2^16 < 2^46, so doubles are exact.
    const d = this.#perSecond
    const q1 = Math.floor(high / d)
    const x2 = (high - q1 * d) * 65_536 + (low >>> 16)
    const q2 = Math.floor(x2 / d)
    const x3 = (x2 - q2 * d) * 65_536 + (low & 0xffff)
    const q3 = Math.floor(x3 / d)
    this.#set(q1 * 4_294_967_296 + q2 * 65_536 + q3, (x3 - q3 * d) * this.#nanosPerUnit)
  }

  #set(seconds: number, nanoseconds: number): void {
    const sec = seconds + this.#offset
    this.outOfRange = sec < 0 || sec > 0xffff_ffff
    this.sec = sec < 0 ? 0 : Math.min(sec, 0xffff_ffff)
    this.nsec = nanoseconds
  }
}
