// Owns the bytes of a classic pcap that is written (draft-ietf-opsawg-pcap), with nanoseconds or microseconds. Writes into
// a buffer, never to a file (fd-sink.ts and capture-file.ts do), and knows nothing of what is in the packets. Start at
// writeCaptureHeader; captureForms of capture-form.ts has pcapng beside it.

/** A growing byte buffer: TextBuffer of wire/text.ts is one. `bytes` and `view` may be other objects after `ensure`. */
export interface ByteBuffer {
  bytes: Uint8Array
  view: DataView
  /** Bytes written so far. */
  length: number
  /** Makes room for `more` bytes after `length`. */
  ensure(more: number): void
}

const MAGIC = { nanoseconds: 0xa1b23c4d, microseconds: 0xa1b2c3d4 } as const
/** What tcpdump writes where nothing was cut: MAXIMUM_SNAPLEN of libpcap. */
export const SNAPLEN = 262_144
const FILE_HEADER_BYTES = 24
export const RECORD_HEADER_BYTES = 16
/** Below, a loop is faster than TypedArray.set with its subarray object. */
const SHORT_BYTES = 256

/**
 * Appends the file header; little-endian, as most captures are.
 * @param linkType LINKTYPE_ value of all packets that follow: 1 Ethernet, 101 raw IP
 * @param fraction what the fraction of a second counts; the caller writes its records so
 */
export function writeCaptureHeader(
  out: ByteBuffer,
  linkType: number,
  fraction: keyof typeof MAGIC = 'nanoseconds',
): void {
  out.ensure(FILE_HEADER_BYTES)
  const { view } = out
  const p = out.length
  view.setUint32(p, MAGIC[fraction], true)
  view.setUint16(p + 4, 2, true)
  view.setUint16(p + 6, 4, true)
  view.setUint32(p + 8, 0, true)
  view.setUint32(p + 12, 0, true)
  view.setUint32(p + 16, SNAPLEN, true)
  view.setUint32(p + 20, linkType, true)
  out.length = p + FILE_HEADER_BYTES
}

/**
 * Appends one packet: bytes `at` to `at + length` of `source`.
 * @param sec capture time, seconds since 1970 UTC; `nsec` nanoseconds below 1,000,000,000
 * @param originalLength bytes of the packet as sent: more than `length` where only its head is here
 */
export function writeCaptureRecord(
  out: ByteBuffer,
  sec: number,
  nsec: number,
  source: DataView,
  at: number,
  length: number,
  originalLength: number,
): void {
  out.ensure(RECORD_HEADER_BYTES + length)
  const { view } = out
  const p = out.length
  view.setUint32(p, sec, true)
  view.setUint32(p + 4, nsec, true)
  view.setUint32(p + 8, length, true)
  view.setUint32(p + 12, originalLength, true)
  const start = p + RECORD_HEADER_BYTES
  if (length <= SHORT_BYTES) {
    const words = length & ~3
    for (let i = 0; i < words; i += 4) view.setUint32(start + i, source.getUint32(at + i))
    for (let i = words; i < length; i++) view.setUint8(start + i, source.getUint8(at + i))
  } else {
    out.bytes.set(new Uint8Array(source.buffer, source.byteOffset + at, length), start)
  }
  out.length = start + length
}
