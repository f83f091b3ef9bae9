// Owns telling from the first bytes what an input is, and saying what it is when it is nothing we read.
// Reads no records. Start at sniff.

import { InputError } from '../errors.ts'
import { pcapMagic } from './pcap.ts'

/** What an input is, by content. */
export type Content =
  | { readonly kind: 'pcap'; readonly littleEndian: boolean; readonly nanoseconds: boolean }
  | { readonly kind: 'pcapng' | 'gzip' | 'zstd' | 'ndjson' }

/** So many bytes are looked at; more only while they are white space. */
export const SNIFF_BYTES = 16

/** pcap with other record headers (libpcap sf-pcap.c, wiretap libpcap.h), by magic read big-endian. */
const otherPcaps: Readonly<Record<number, string>> = {
  2712849716: 'modified pcap (Kuznetzov)',
  2703965261: 'Navtel pcap',
  469762476: 'IXIA pcap (hardware)',
  469762475: 'IXIA pcap (software)',
}

/** Formats that people mistake for a capture, or pack one with: first bytes in hex, name, what to do. */
const foreign: readonly (readonly [hex: string, name: string, step: string])[] = [
  ['474d4255', 'a Microsoft Network Monitor capture', 'Convert it first: editcap -F pcapng FILE out.pcapng'],
  ['736e6f6f70000000', 'a snoop capture', 'Convert it first: editcap -F pcapng FILE out.pcapng'],
  ['fd377a585a00', 'packed with xz', 'Unpack it first: xz -dc FILE | sonde decode -'],
  ['425a68', 'packed with bzip2', 'Unpack it first: bzip2 -dc FILE | sonde decode -'],
  ['04224d18', 'packed with lz4', 'Unpack it first: lz4 -dc FILE | sonde decode -'],
  ['504b0304', 'a zip archive', 'Unpack it first: unzip -p FILE | sonde decode -'],
  ['7f454c46', 'a program (ELF)', ''],
]

/** What is wanted of an input, for messages. */
export interface Wanted {
  /** `a capture`. */
  readonly what: string
  /** What that looks like, for an input that is something else. */
  readonly readable: string
}

export const aCapture: Wanted = {
  what: 'a capture',
  readable:
    'pcap (a1b2c3d4 or a1b23c4d in either byte order), pcapng (0a0d0d0a), gzip or zstd of these, or sonde NDJSON ({)',
}

/**
 * Tells what an input is.
 * @param bytes its first bytes: all, or at least SNIFF_BYTES of them (white space not counted)
 * @param what for messages: the file's name, `stdin`, `the content of x.gz`
 * @param wanted for messages; whatever is read here is told
 * @throws InputError for an empty input and for what is nothing we read
 */
export function sniff(bytes: Uint8Array, what: string, wanted: Wanted = aCapture): Content {
  if (bytes.length === 0) {
    throw new InputError(`${what} is empty (0 bytes); ${wanted.what} is needed.`, [
      'See whether the program that wrote it had packets to write.',
    ])
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 4) {
    const magic = view.getUint32(0)
    const swapped = view.getUint32(0, true)
    if (magic === 0x0a0d0d0a) return { kind: 'pcapng' }
    if (magic === pcapMagic.microseconds) return { kind: 'pcap', littleEndian: false, nanoseconds: false }
    if (swapped === pcapMagic.microseconds) return { kind: 'pcap', littleEndian: true, nanoseconds: false }
    if (magic === pcapMagic.nanoseconds) return { kind: 'pcap', littleEndian: false, nanoseconds: true }
    if (swapped === pcapMagic.nanoseconds) return { kind: 'pcap', littleEndian: true, nanoseconds: true }
    // RFC 8878: frames, and skippable frames (magic 184d2a50 to 5f, little-endian) that pzstd puts first.
    if (swapped === 0xfd2fb528 || (swapped & 0xfffffff0) >>> 0 === 0x184d2a50) return { kind: 'zstd' }
    const other = otherPcaps[magic] ?? otherPcaps[swapped]
    if (other !== undefined) {
      throw new InputError(
        `${what} is a ${other} file (it begins with ${hexOf(bytes.subarray(0, 4))}), whose packet headers differ; a pcap with ${hexOf([0xa1, 0xb2, 0xc3, 0xd4])} or ${hexOf([0xa1, 0xb2, 0x3c, 0x4d])} is needed.`,
        ['Convert it first: editcap -F pcap FILE out.pcap'],
      )
    }
  }
  // RFC 1952: ID1, ID2, and CM 8 (deflate), the only method.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && (bytes.length < 3 || bytes[2] === 8)) return { kind: 'gzip' }
  if (firstText(bytes) === 0x7b) return { kind: 'ndjson' }
  const begin = hexOf(bytes.subarray(0, 8)).replaceAll(' ', '')
  for (const [hex, name, step] of foreign) {
    if (begin.startsWith(hex.slice(0, 16))) {
      throw new InputError(`${what} is ${name}; needed is ${wanted.readable}.`, step === '' ? [] : [step])
    }
  }
  throw new InputError(
    `${what} is not ${wanted.what}: it begins with ${describe(bytes)}; needed is ${wanted.readable}.`,
    ['Check the name; file FILE says what it may be.'],
  )
}

/** The first byte that is no white space, or -1; a byte-order mark counts as white space. */
export function firstText(bytes: Uint8Array): number {
  let i = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (i < bytes.length && isSpace(bytes[i]!)) i++
  return i < bytes.length ? bytes[i]! : -1
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

/** `"hello, w" (68 65 6c 6c 6f 2c 20 77)`, or the hex alone where it is no text. */
function describe(bytes: Uint8Array): string {
  const first = bytes.subarray(0, 8)
  const isText = first.every((byte) => (byte >= 0x20 && byte < 0x7f) || isSpace(byte))
  const text = isText ? `${JSON.stringify(String.fromCharCode(...first))} ` : ''
  return isText ? `${text}(${hexOf(first)})` : hexOf(first)
}

function hexOf(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
