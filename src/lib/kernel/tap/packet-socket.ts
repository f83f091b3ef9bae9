// Owns one packet socket with a filter and a mapped ring (AF_PACKET, TPACKET_V3). See tap.ts for the folder.

import { Arena } from '../../sys/arena.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'

// linux/socket.h, linux/if_packet.h, linux/if_ether.h.
export const AF_PACKET = 17
export const SOCK_RAW_CLOEXEC = 3 | 0o2000000
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
const SOL_PACKET = 263
const PACKET_RX_RING = 5
const PACKET_STATISTICS = 6
const PACKET_VERSION = 10
const PACKET_VNET_HDR = 15
const TPACKET_V3 = 2
const ETH_P_ALL = 0x0003
const SOCKADDR_LL_BYTES = 20

const PROT_READ_WRITE = 3
const MAP_SHARED = 1

// struct tpacket_block_desc.
const BLOCK_STATUS = 8
const BLOCK_PACKETS = 12
const BLOCK_FIRST = 16
const TP_STATUS_USER = 1
/** A block is given to the reader this many ms after its first packet, full or not. */
const RETIRE_MS = 20
/** Frames of a V3 ring have no fixed size; it only must divide the block. */
const FRAME_BYTES = 2048

// struct tpacket3_hdr.
export const frameField = {
  next: 0,
  seconds: 4,
  nanoseconds: 8,
  captured: 12,
  length: 16,
  status: 20,
  mac: 24,
  vlanTag: 32,
  vlanProtocol: 36,
} as const
export const TP_STATUS_VLAN_VALID = 1 << 4
export const TP_STATUS_VLAN_TPID_VALID = 1 << 6
/** struct virtio_net_hdr, which stands right before the packet. */
export const VNET_BYTES = 10

export interface RingSize {
  readonly blocks: number
  /** A multiple of the page. */
  readonly blockBytes: number
}

/** A socket that gives the packets of one interface that a filter takes. Belongs to the network namespace in which it is made. */
export class PacketSocket {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly #libc: Libc
  readonly #fd: number
  readonly #ring: RingSize
  readonly #address: number
  readonly #buffer: ArrayBuffer
  readonly #status: Int32Array
  #next = 0
  #lost = 0
  #open = true

  /** @throws SystemCallError: EPERM without CAP_NET_RAW, ENODEV, ENOMEM */
  constructor(libc: Libc, interfaceIndex: number, program: Uint8Array, ring: RingSize) {
    this.#libc = libc
    this.#ring = ring
    // Protocol 0: it hears of nothing before bind, when the filter is there.
    this.#fd = libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0)
    if (this.#fd < 0) throw new SystemCallError('socket AF_PACKET', libc.errno())
    try {
      this.#attach(program)
      this.#set(PACKET_VERSION, TPACKET_V3, 'PACKET_VERSION')
      this.#set(PACKET_VNET_HDR, 1, 'PACKET_VNET_HDR')
      const size = ring.blocks * ring.blockBytes
      const request = Uint32Array.of(ring.blockBytes, ring.blocks, FRAME_BYTES, size / FRAME_BYTES, RETIRE_MS, 0, 0)
      this.#check(libc.setsockopt(this.#fd, SOL_PACKET, PACKET_RX_RING, request, request.byteLength), 'PACKET_RX_RING')
      this.#address = libc.mmap(0, size, PROT_READ_WRITE, MAP_SHARED, this.#fd, 0)
      this.#check(this.#address, 'mmap of a packet ring')
      this.#buffer = libc.viewOf(this.#address, size)
    } catch (error) {
      libc.close(this.#fd)
      throw error
    }
    this.bytes = new Uint8Array(this.#buffer)
    this.view = new DataView(this.#buffer)
    this.#status = new Int32Array(this.#buffer)
    try {
      this.#bind(interfaceIndex)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /**
   * Hands on the packets of all blocks that are ready: where each one's struct tpacket3_hdr begins in `bytes`, valid until `take`
   * returns. Never blocks.
   */
  drain(take: (at: number) => void): void {
    const { blocks, blockBytes } = this.#ring
    for (let looked = 0; looked < blocks && this.#open; looked++) {
      const block = this.#next * blockBytes
      const status = (block + BLOCK_STATUS) >>> 2
      if ((Atomics.load(this.#status, status) & TP_STATUS_USER) === 0) return
      let at = block + this.view.getUint32(block + BLOCK_FIRST, true)
      for (let left = this.view.getUint32(block + BLOCK_PACKETS, true); left > 0; left--) {
        take(at)
        at += this.view.getUint32(at + frameField.next, true)
      }
      Atomics.store(this.#status, status, 0)
      this.#next = (this.#next + 1) % blocks
    }
  }

  /** Packets that the filter took and the ring had no room for, since the beginning. */
  lost(): number {
    if (!this.#open) return this.#lost
    // struct tpacket_stats_v3: packets, drops, times that the queue froze. Reading sets them to 0.
    const counts = new Uint32Array(3)
    if (this.#libc.getsockopt(this.#fd, SOL_PACKET, PACKET_STATISTICS, counts, Uint32Array.of(12)) === 0) {
      this.#lost += counts[1]!
    }
    return this.#lost
  }

  close(): void {
    if (!this.#open) return
    this.lost()
    this.#open = false
    this.#buffer.transfer(0)
    this.#libc.munmap(this.#address, this.#ring.blocks * this.#ring.blockBytes)
    this.#libc.close(this.#fd)
  }

  #attach(program: Uint8Array): void {
    // struct sock_fprog holds an address, so program and all lie in an arena.
    const arena = new Arena(this.#libc, 32 + program.length)
    try {
      const head = arena.take(16)
      const at = arena.take(program.length)
      arena.bytes.set(program, at)
      arena.view.setUint16(head, program.length / 8, true)
      arena.point(head + 8, at)
      const words = arena.bytes.subarray(head, head + 16)
      this.#check(this.#libc.setsockopt(this.#fd, SOL_SOCKET, SO_ATTACH_FILTER, words, 16), 'SO_ATTACH_FILTER')
    } finally {
      arena.close()
    }
  }

  #bind(interfaceIndex: number): void {
    const address = new Uint8Array(SOCKADDR_LL_BYTES)
    const view = new DataView(address.buffer)
    view.setUint16(0, AF_PACKET, true)
    // In network order, as the address wants it.
    view.setUint16(2, ETH_P_ALL)
    view.setInt32(4, interfaceIndex, true)
    this.#check(this.#libc.bind(this.#fd, address, address.length), 'bind of a packet socket')
  }

  #set(option: number, value: number, name: string): void {
    this.#check(this.#libc.setsockopt(this.#fd, SOL_PACKET, option, Int32Array.of(value), 4), name)
  }

  #check(result: number, call: string): void {
    if (result < 0) throw new SystemCallError(call, this.#libc.errno())
  }
}
