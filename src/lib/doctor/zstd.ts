// Owns trying whether this Node unpacks zstd. See doctor.ts for the folder.

import * as zlib from 'node:zlib'

/** A frame of one raw block without content (RFC 8878, 3.1.1): magic, a single segment of 0 bytes, a last block of 0 bytes. */
const emptyFrame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00, 0x01, 0x00, 0x00)

/** False before Node 22.15, which has no such function. */
export function readsZstd(): boolean {
  try {
    return zlib.zstdDecompressSync(emptyFrame).length === 0
  } catch {
    return false
  }
}
