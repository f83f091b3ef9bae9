// Owns one UDP socket made by system calls: options, address, the kernel's count of drops. See libc.ts for the folder.

import type { AddressWords } from '../parse/address.ts'
import { SystemCallError } from './errno.ts'
import type { Libc } from './libc.ts'
import { kernelDrops, socketInode } from './proc-net.ts'
import { AF_INET, type Family, SOCKADDR_BYTES, sockaddr } from './sockaddr.ts'

// asm-generic/socket.h and linux/in6.h: the same numbers on x64 and arm64.
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_ERROR = 4
const SO_SNDBUF = 7
const SO_RCVBUF = 8
const SO_NO_CHECK = 11
const SO_REUSEPORT = 15
const SO_SNDBUFFORCE = 32
const SO_RCVBUFFORCE = 33
const SO_TIMESTAMPNS = 35
const SO_MEMINFO = 55
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
// linux/udp.h
const IPPROTO_UDP = 17
const UDP_NO_CHECK6_TX = 101
const UDP_NO_CHECK6_RX = 102

/** The entry of SO_MEMINFO that counts dropped datagrams: SK_MEMINFO_DROPS, linux/sock_diag.h. */
const MEMINFO_DROPS = 8
const MEMINFO_BYTES = 4 * (MEMINFO_DROPS + 1)

/** A UDP socket. Close it: it is no handle of Node's, and nothing else will. */
export class UdpSocket {
  readonly fd: number
  readonly family: Family
  readonly #libc: Libc
  #open = true
  #drops = 0
  #lastDrops = 0

  /** @throws SystemCallError, EAFNOSUPPORT where the family is off */
  constructor(libc: Libc, family: Family) {
    this.#libc = libc
    this.family = family
    this.fd = libc.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)
    if (this.fd < 0) throw new SystemCallError('socket', libc.errno())
  }

  /** Makes an IPv6 socket take IPv4 too, with senders as ::ffff:a.b.c.d. Before bind. */
  takeIpv4Too(): void {
    this.#set(IPPROTO_IPV6, IPV6_V6ONLY, 0, 'setsockopt IPV6_V6ONLY')
  }

  /** Lets further sockets of this user have the same address; the kernel spreads senders over them. Before bind. */
  sharePort(): void {
    this.#set(SOL_SOCKET, SO_REUSEPORT, 1, 'setsockopt SO_REUSEPORT')
  }

  /**
   * Sends and takes datagrams with a checksum of 0, as RDMA cards send them. The kernel would leave it to the card, so that between
   * namespaces captured packets have a wrong one.
   */
  leaveOutChecksum(): void {
    if (this.family === AF_INET) {
      this.#set(SOL_SOCKET, SO_NO_CHECK, 1, 'setsockopt SO_NO_CHECK')
      return
    }
    this.#set(IPPROTO_UDP, UDP_NO_CHECK6_TX, 1, 'setsockopt UDP_NO_CHECK6_TX')
    this.#set(IPPROTO_UDP, UDP_NO_CHECK6_RX, 1, 'setsockopt UDP_NO_CHECK6_RX')
  }

  /** Asks for the kernel's arrival time with each datagram: a control message SO_TIMESTAMPNS with a struct timespec. */
  stampArrivals(): void {
    this.#set(SOL_SOCKET, SO_TIMESTAMPNS, 1, 'setsockopt SO_TIMESTAMPNS')
  }

  /**
   * Asks for a receive buffer.
   * @param force goes beyond net.core.rmem_max where this user may (CAP_NET_ADMIN)
   * @returns bytes granted, in the unit in which they were asked; the kernel sets twice that for its own overhead (socket(7))
   */
  askReceiveBuffer(bytes: number, force: boolean): number {
    this.#set(SOL_SOCKET, SO_RCVBUF, bytes, 'setsockopt SO_RCVBUF')
    if (force && this.#granted(SO_RCVBUF) < bytes) {
      this.#libc.setsockopt(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, Int32Array.of(bytes), 4)
    }
    return this.#granted(SO_RCVBUF)
  }

  /** As askReceiveBuffer, for sending; `force` goes beyond net.core.wmem_max. */
  askSendBuffer(bytes: number, force = false): number {
    this.#set(SOL_SOCKET, SO_SNDBUF, bytes, 'setsockopt SO_SNDBUF')
    if (force && this.#granted(SO_SNDBUF) < bytes) {
      this.#libc.setsockopt(this.fd, SOL_SOCKET, SO_SNDBUFFORCE, Int32Array.of(bytes), 4)
    }
    return this.#granted(SO_SNDBUF)
  }

  /** @throws SystemCallError: EADDRINUSE, EACCES, EADDRNOTAVAIL */
  bind(words: AddressWords, port: number): void {
    const address = sockaddr(this.family, words, port)
    this.#check(this.#libc.bind(this.fd, address, address.length), 'bind')
  }

  /** Fixes the other end, so that the kernel tells of its refusals. @throws SystemCallError: ENETUNREACH */
  connect(words: AddressWords, port: number): void {
    const address = sockaddr(this.family, words, port)
    this.#check(this.#libc.connect(this.fd, address, address.length), 'connect')
  }

  /** Number of the error that waits for the next call, 0 where none does: a refusal of the last datagram. It is taken away. */
  takeError(): number {
    const error = new Int32Array(1)
    this.#check(this.#libc.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, error, Uint32Array.of(4)), 'getsockopt SO_ERROR')
    return error[0]!
  }

  /** The port that it is bound to. */
  localPort(): number {
    const address = new Uint8Array(SOCKADDR_BYTES)
    this.#check(this.#libc.getsockname(this.fd, address, Uint32Array.of(SOCKADDR_BYTES)), 'getsockname')
    return (address[2]! << 8) | address[3]!
  }

  /**
   * Datagrams that the kernel dropped at this socket since it was opened: full buffer, bad checksum. Keeps counting over the
   * wrap of the kernel's 32 bits if asked in time; after close it is the last known number.
   * @returns undefined where the kernel tells it neither by SO_MEMINFO (4.12) nor in /proc/net/udp
   */
  kernelDropped(): number | undefined {
    if (!this.#open) return this.#drops
    const now = this.#dropsOfMeminfo() ?? kernelDrops(new Set([socketInode(this.fd)]))
    if (now === undefined) return undefined
    this.#drops += (now - this.#lastDrops) >>> 0
    this.#lastDrops = now
    return this.#drops
  }

  close(): void {
    if (!this.#open) return
    this.kernelDropped()
    this.#open = false
    this.#libc.close(this.fd)
  }

  #dropsOfMeminfo(): number | undefined {
    const info = new Uint32Array(MEMINFO_BYTES / 4)
    const length = Uint32Array.of(MEMINFO_BYTES)
    if (this.#libc.getsockopt(this.fd, SOL_SOCKET, SO_MEMINFO, info, length) !== 0) return undefined
    return length[0]! >= MEMINFO_BYTES ? info[MEMINFO_DROPS]! : undefined
  }

  #granted(option: number): number {
    const value = new Int32Array(1)
    this.#check(this.#libc.getsockopt(this.fd, SOL_SOCKET, option, value, Uint32Array.of(4)), 'getsockopt')
    return value[0]! / 2
  }

  #set(level: number, name: number, value: number, call: string): void {
    this.#check(this.#libc.setsockopt(this.fd, level, name, Int32Array.of(value), 4), call)
  }

  #check(result: number, call: string): void {
    if (result < 0) throw new SystemCallError(call, this.#libc.errno())
  }
}
