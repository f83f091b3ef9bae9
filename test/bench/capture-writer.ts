// Owns writing a classic pcap of UDP datagrams, streaming, to a file or to who takes its parts. Knows no sFlow: the caller
// fills in payloads.

import { closeSync, openSync, writeSync } from 'node:fs'
import { onesComplement } from './flows.ts'

const CHUNK = 4 << 20
const HEADERS = 16 + 14 + 20 + 8
/** Longest payload a caller may write: larger than any sFlow datagram here, smaller than a UDP datagram can be. */
export const MAX_PAYLOAD = 9000

/**
 * Microsecond pcap, little-endian, link type Ethernet; every packet is IPv4/UDP to port 6343.
 * `begin` gives the position of the payload in `view`, `end` takes its length.
 */
export class CaptureWriter {
  readonly view: DataView
  readonly bytes: Uint8Array
  /** Packets and bytes of the file up to now. */
  packets = 0
  size = 24
  readonly #write: (bytes: Uint8Array) => void
  readonly #close: () => void
  #at = 0

  /** @param to a file's path, or what takes parts of the capture, whose bytes are valid until it returns */
  constructor(to: string | ((bytes: Uint8Array) => void)) {
    if (typeof to === 'string') {
      const fd = openSync(to, 'w')
      this.#write = (bytes) => {
        for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from, bytes.length - from)
      }
      this.#close = () => closeSync(fd)
    } else {
      this.#write = to
      this.#close = () => {}
    }
    this.bytes = new Uint8Array(CHUNK)
    this.view = new DataView(this.bytes.buffer)
    const v = this.view
    v.setUint32(0, 0xa1b2c3d4, true)
    v.setUint16(4, 2, true)
    v.setUint16(6, 4, true)
    v.setUint32(16, 65_535, true)
    v.setUint32(20, 1, true)
    this.#at = 24
  }

  /** Makes room for a packet and gives the position of its payload. */
  begin(): number {
    if (this.#at + HEADERS + MAX_PAYLOAD > CHUNK) this.#flush()
    return this.#at + HEADERS
  }

  /** Writes the headers before the payload of `length` bytes. `source` is the IPv4 address of the sender. */
  end(length: number, seconds: number, microseconds: number, source: number): void {
    const v = this.view
    const at = this.#at
    const frame = 14 + 20 + 8 + length
    v.setUint32(at, seconds, true)
    v.setUint32(at + 4, microseconds, true)
    v.setUint32(at + 8, frame, true)
    v.setUint32(at + 12, frame, true)
    const ethernet = at + 16
    v.setUint32(ethernet, 0x02000000)
    v.setUint16(ethernet + 4, 0x0001)
    v.setUint32(ethernet + 6, 0x02000000)
    v.setUint16(ethernet + 10, 0x0002)
    v.setUint16(ethernet + 12, 0x0800)
    const ip = ethernet + 14
    v.setUint16(ip, 0x4500)
    v.setUint16(ip + 2, 20 + 8 + length)
    v.setUint32(ip + 4, 0x00004000)
    v.setUint16(ip + 8, (64 << 8) | 17)
    v.setUint16(ip + 10, 0)
    v.setUint32(ip + 12, source)
    v.setUint32(ip + 16, 0xc0000201)
    v.setUint16(ip + 10, onesComplement(v, ip, 20))
    const udp = ip + 20
    v.setUint16(udp, 40_000)
    v.setUint16(udp + 2, 6343)
    v.setUint16(udp + 4, 8 + length)
    v.setUint16(udp + 6, 0)
    this.#at = at + 16 + frame
    this.size += 16 + frame
    this.packets++
  }

  close(): void {
    this.#flush()
    this.#close()
  }

  #flush(): void {
    this.#write(this.bytes.subarray(0, this.#at))
    this.#at = 0
  }
}
