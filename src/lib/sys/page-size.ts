// Owns how large a page of memory is. See libc.ts for the folder.

import { readFileSync } from 'node:fs'

/** AT_PAGESZ: getauxval(3). */
const AT_PAGESZ = 6
const USUAL = 4096

/** From the bytes of /proc/PID/auxv: pairs of 64-bit words. 4096 where they do not tell. */
export function parsePageSize(auxv: Uint8Array): number {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength)
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (view.getUint32(at, true) === AT_PAGESZ && view.getUint32(at + 4, true) === 0)
      return view.getUint32(at + 8, true)
  }
  return USUAL
}

/** Bytes of a page on this machine: 4 KiB on x64, up to 64 KiB on arm64. */
export function pageBytes(): number {
  try {
    return parsePageSize(readFileSync('/proc/self/auxv'))
  } catch {
    return USUAL
  }
}
