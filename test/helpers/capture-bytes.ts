// Owns building captures byte by byte for tests: containers, link headers, IP and UDP. Independent of src/.

/** Joins hex text (spaces allowed), numbers (one byte each) and bytes. */
export function join(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      parts.map((part) => {
        if (typeof part === 'number') return Uint8Array.of(part)
        return typeof part === 'string' ? Buffer.from(part.replaceAll(' ', ''), 'hex') : part
      }),
    ),
  )
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** A number of `size` bytes. */
export function word(value: number, size: number, littleEndian = false): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[littleEndian ? i : size - 1 - i] = Math.floor(value / 256 ** i) & 255
  return bytes
}

export interface TestPacket {
  readonly frame: Uint8Array | string
  readonly sec?: number
  /** Micro- or nanoseconds, as the file has them. */
  readonly fraction?: number
  /** Length as sent; that of the frame where not given. */
  readonly original?: number
  /** Captured length as the record claims it. */
  readonly captured?: number
}

/** A classic pcap. */
export function pcap(
  packets: readonly TestPacket[],
  { littleEndian = true, nanoseconds = false, linkType = 1, minor = 4 } = {},
): Uint8Array {
  const w = (value: number, size = 4) => word(value, size, littleEndian)
  const header = join(
    w(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4),
    w(2, 2),
    w(minor, 2),
    w(0),
    w(0),
    w(65_535),
    w(linkType),
  )
  return join(
    header,
    ...packets.map(({ frame, sec = 1, fraction = 0, original, captured }) => {
      const bytes = join(frame)
      return join(w(sec), w(fraction), w(captured ?? bytes.length), w(original ?? bytes.length), bytes)
    }),
  )
}

/** pcapng blocks of one byte order. */
export class Blocks {
  readonly #le: boolean
  constructor(littleEndian = true) {
    this.#le = littleEndian
  }

  w(value: number, size = 4): Uint8Array {
    return word(value, size, this.#le)
  }

  /** Any block; `end` replaces the second length. */
  block(type: number, body: Uint8Array, end?: number): Uint8Array {
    const padded = join(body, new Uint8Array((4 - (body.length % 4)) % 4))
    const length = padded.length + 12
    return join(this.w(type), this.w(length), padded, this.w(end ?? length))
  }

  section(major = 1): Uint8Array {
    return this.block(0x0a0d0d0a, join(this.w(0x1a2b3c4d), this.w(major, 2), this.w(0, 2), 'ffffffffffffffff'))
  }

  option(code: number, value: Uint8Array): Uint8Array {
    return join(this.w(code, 2), this.w(value.length, 2), value, new Uint8Array((4 - (value.length % 4)) % 4))
  }

  interface(linkType: number, snaplen = 0, ...options: readonly Uint8Array[]): Uint8Array {
    return this.block(1, join(this.w(linkType, 2), this.w(0, 2), this.w(snaplen), ...options))
  }

  /** Enhanced packet: time as two words. */
  enhanced(id: number, high: number, low: number, frame: Uint8Array | string, original?: number, captured?: number) {
    const bytes = join(frame)
    const lengths = join(this.w(captured ?? bytes.length), this.w(original ?? bytes.length))
    return this.block(6, join(this.w(id), this.w(high), this.w(low), lengths, bytes))
  }

  simple(frame: Uint8Array | string, original?: number): Uint8Array {
    const bytes = join(frame)
    return this.block(3, join(this.w(original ?? bytes.length), bytes))
  }

  /** The obsolete packet block, type 2. */
  packet(id: number, high: number, low: number, frame: Uint8Array | string, original?: number): Uint8Array {
    const bytes = join(frame)
    const lengths = join(this.w(bytes.length), this.w(original ?? bytes.length))
    return this.block(2, join(this.w(id, 2), this.w(0, 2), this.w(high), this.w(low), lengths, bytes))
  }
}

/** UDP from port 5000; `length` replaces the length field. */
export function udp(payload: Uint8Array | string, port = 6343, length?: number): Uint8Array {
  const bytes = join(payload)
  return join(word(5000, 2), word(port, 2), word(length ?? bytes.length + 8, 2), '0000', bytes)
}

/** IPv4 from 192.0.2.1 to 192.0.2.2. */
export function ipv4(
  content: Uint8Array,
  { protocol = 17, options = '', flags = 0, id = 7, length = -1, last = 1, version = 4 } = {},
): Uint8Array {
  const header = join(options)
  const words = 5 + header.length / 4
  return join(
    version * 16 + words,
    0,
    word(length < 0 ? words * 4 + content.length : length, 2),
    word(id, 2),
    word(flags, 2),
    64,
    protocol,
    '0000',
    'c00002',
    last,
    'c0000202',
    header,
    content,
  )
}

/** IPv6 from 2001:db8::1 to 2001:db8::2. */
export function ipv6(content: Uint8Array, next = 17, length = content.length): Uint8Array {
  const prefix = '20010db800000000000000000000'
  return join('60000000', word(length, 2), next, 64, prefix, '0001', prefix, '0002', content)
}

export const macs = '020000000002 020000000001'

/** Ethernet II; `tags` are VLAN tags with their types, in hex. */
export function ethernet(type: number, content: Uint8Array, tags = ''): Uint8Array {
  return join(macs, tags, word(type, 2), content)
}
