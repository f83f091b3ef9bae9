// Owns what the driver of an interface tells by ethtool's calls: speed, duplex, counters of its own. See interfaces.ts for the folder.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'

/** ioctl(2): asm/unistd.h. */
const callNumbers: Readonly<Record<string, number>> = { x64: 16, arm64: 29 }
const AF_INET = 2
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000
// linux/sockios.h, linux/ethtool.h.
const SIOCETHTOOL = 0x8946
const ETHTOOL_GSTRINGS = 0x1b
const ETHTOOL_GSTATS = 0x1d
const ETHTOOL_GSSET_INFO = 0x37
const ETHTOOL_GLINKSETTINGS = 0x4c
const ETH_SS_STATS = 1
const ETH_GSTRING_BYTES = 32
/** struct ethtool_link_settings before the masks of link modes; of these there are three. */
const SETTINGS_BYTES = 48
const MASK_WORDS = 15
const UNKNOWN_SPEED = 0xffffffff
const HALF = 0
const FULL = 1
/** struct ifreq: 16 bytes of name, then a pointer. */
const IFREQ_BYTES = 40
const NAME_BYTES = 16
/** Drivers with many queues have some thousand counters; more are not read. */
const MOST_COUNTERS = 8192

export interface LinkSettings {
  /** Bits a second; undefined where the driver does not know it (no carrier, a virtual interface). */
  readonly speed: number | undefined
  readonly duplex: 'full' | 'half' | undefined
}

/** Asks drivers. Belongs to the network namespace in which it is made. */
export class Ethtool {
  readonly #libc: Libc
  readonly #fd: number
  readonly #arena: Arena
  readonly #request: number
  readonly #data: number
  #open = true

  /** @throws SystemCallError */
  constructor(libc: Libc) {
    this.#libc = libc
    this.#fd = libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0)
    if (this.#fd < 0) throw new SystemCallError('socket', libc.errno())
    this.#arena = new Arena(libc, IFREQ_BYTES + 64 + MOST_COUNTERS * ETH_GSTRING_BYTES)
    this.#request = this.#arena.take(IFREQ_BYTES)
    this.#data = this.#arena.take(16 + MOST_COUNTERS * ETH_GSTRING_BYTES)
    this.#arena.point(this.#request + NAME_BYTES, this.#data)
  }

  /** Speed and duplex; both undefined where the driver tells nothing (loopback) or there is no such interface. */
  settings(name: string): LinkSettings {
    const { view } = this.#arena
    const at = this.#data
    if (!this.#open) return { speed: undefined, duplex: undefined }
    // Asked with no room for masks, the kernel answers how many words they have, negated; then it wants to be asked with that.
    this.#clear(SETTINGS_BYTES)
    if (!this.#ask(name, ETHTOOL_GLINKSETTINGS)) return { speed: undefined, duplex: undefined }
    const words = -view.getInt8(at + MASK_WORDS)
    if (words <= 0) return { speed: undefined, duplex: undefined }
    this.#clear(SETTINGS_BYTES + 12 * words)
    view.setInt8(at + MASK_WORDS, words)
    if (!this.#ask(name, ETHTOOL_GLINKSETTINGS)) return { speed: undefined, duplex: undefined }
    const megabits = view.getUint32(at + 4, true)
    const duplex = view.getUint8(at + 8)
    return {
      speed: megabits === 0 || megabits === UNKNOWN_SPEED ? undefined : megabits * 1e6,
      duplex: duplex === FULL ? 'full' : duplex === HALF ? 'half' : undefined,
    }
  }

  /** The driver's own counters by its own names (`rx_crc_errors`, `rx_queue_0_packets`); empty where it has none. */
  counters(name: string): ReadonlyMap<string, bigint> {
    const found = new Map<string, bigint>()
    if (!this.#open) return found
    const names = this.#counterNames(name)
    const { view } = this.#arena
    this.#clear(8 + 8 * names.length)
    view.setUint32(this.#data + 4, names.length, true)
    if (names.length === 0 || !this.#ask(name, ETHTOOL_GSTATS)) return found
    names.forEach((counter, k) => {
      found.set(counter, view.getBigUint64(this.#data + 8 + 8 * k, true))
    })
    return found
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#libc.close(this.#fd)
    this.#arena.close()
  }

  #counterNames(name: string): string[] {
    const { view, bytes } = this.#arena
    const at = this.#data
    // struct ethtool_sset_info: command, reserved, mask of sets (u64), then a count for each that there is.
    this.#clear(24)
    view.setBigUint64(at + 8, 1n << BigInt(ETH_SS_STATS), true)
    if (!this.#ask(name, ETHTOOL_GSSET_INFO) || view.getBigUint64(at + 8, true) === 0n) return []
    const count = view.getUint32(at + 16, true)
    if (count > MOST_COUNTERS) return []
    // struct ethtool_gstrings: command, set, length, then the names.
    this.#clear(12 + count * ETH_GSTRING_BYTES)
    view.setUint32(at + 4, ETH_SS_STATS, true)
    view.setUint32(at + 8, count, true)
    if (count === 0 || !this.#ask(name, ETHTOOL_GSTRINGS)) return []
    return Array.from({ length: count }, (_, k) => {
      const from = at + 12 + k * ETH_GSTRING_BYTES
      const text = bytes.subarray(from, from + ETH_GSTRING_BYTES)
      const end = text.indexOf(0)
      return new TextDecoder().decode(end < 0 ? text : text.subarray(0, end)).trim()
    })
  }

  #clear(length: number): void {
    this.#arena.bytes.fill(0, this.#data, this.#data + length)
  }

  #ask(name: string, command: number): boolean {
    const { bytes, view, address } = this.#arena
    const encoded = new TextEncoder().encode(name)
    if (encoded.length >= NAME_BYTES) return false
    bytes.fill(0, this.#request, this.#request + NAME_BYTES)
    bytes.set(encoded, this.#request)
    view.setUint32(this.#data, command, true)
    const call = callNumbers[process.arch] ?? -1
    return this.#libc.syscall(call, this.#fd, SIOCETHTOOL, address + this.#request, 0, 0, 0) === 0
  }
}
