// Owns turning captures into header bytes for the dissector's tests: frames of a capture, headers of sampled packets.

import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { dissect } from '../../src/lib/packet/dissect.ts'
import { layersOf } from '../../src/lib/packet/full.ts'
import { Packet } from '../../src/lib/packet/packet.ts'
import { writeLayers } from '../../src/lib/packet/write-layers.ts'
import { decodeDatagram } from '../../src/lib/sflow/decode.ts'
import { findNetwork, network, networkCode, networkOffset } from '../../src/lib/source/link.ts'
import { openCapture, openFrames } from '../../src/lib/source/open.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { exactNumbers } from '../helpers/json.ts'

/** A header to dissect. `number` counts frames of the file from 1, as tshark does. */
export interface Header {
  readonly file: string
  readonly number: number
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly protocol: number
}

/** header_protocol numbers by link type; others are entered at their network header. */
const protocolOf: Readonly<Record<number, number>> = { 1: 1, 9: 7, 50: 14, 228: 11, 229: 12, 247: 18 }

/** ERF (link type 197): InfiniBand records are of type 21 behind 16 bytes and 8 for each extension header. */
function erfPayload(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 24 || (bytes[start + 8]! & 0x7f) !== 21) return -1
  let at = start + 16
  let more = (bytes[start + 8]! & 0x80) !== 0
  while (more && at + 8 <= end) {
    more = (bytes[at]! & 0x80) !== 0
    at += 8
  }
  return at
}

/** Where a frame's header starts and what it is; protocol 0 where the link type has nothing to dissect. */
function entry(view: DataView, link: number, start: number, end: number): { start: number; protocol: number } {
  const protocol = protocolOf[link]
  if (protocol !== undefined) return { start, protocol }
  if (link === 197) {
    const at = erfPayload(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), start, end)
    return at < 0 ? { start, protocol: 0 } : { start: at, protocol: 18 }
  }
  const result = findNetwork(view, link, start, end)
  const code = networkCode(result)
  const at = networkOffset(result)
  const six = at < end && view.getUint8(at) >>> 4 === 6
  if (code === network.ipv4) return { start: at, protocol: 11 }
  if (code === network.ipv6) return { start: at, protocol: 12 }
  return { start: at, protocol: code === network.either ? (six ? 12 : 11) : 0 }
}

/** Every frame of a capture; frames of link types without a header_protocol have protocol 0. Bytes are copies. */
export async function framesOf(path: string): Promise<Header[]> {
  const reader = await openFrames(path)
  const found: Header[] = []
  for (let batch = await reader.next(); batch !== undefined; batch = await reader.next()) {
    for (let i = 0; i < batch.count; i++) {
      const bytes = batch.bytes.slice(batch.offset[i]!, batch.offset[i]! + batch.length[i]!)
      const view = new DataView(bytes.buffer)
      const { start, protocol } = entry(view, batch.linkType[i]!, 0, bytes.length)
      found.push({ file: basename(path), number: found.length + 1, bytes, start, end: bytes.length, protocol })
    }
  }
  await reader.close()
  return found
}

/** Headers of all sampled_header records of a capture with sFlow. */
export async function sampledHeadersOf(path: string): Promise<Header[]> {
  const source = await openCapture(path)
  const found: Header[] = []
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      const payload = batch.bytes.slice(batch.offset[i]!, batch.offset[i]! + batch.length[i]!)
      for (const { protocol, header } of headerRecords(payload)) {
        found.push({ file: basename(path), number: i, bytes: header, start: 0, end: header.length, protocol })
      }
    }
  }
  await source.close()
  return found
}

function headerRecords(payload: Uint8Array): { protocol: number; header: Uint8Array }[] {
  const found: { protocol: number; header: Uint8Array }[] = []
  for (const sample of decodeDatagram(payload).datagram?.samples ?? []) {
    if (!('records' in sample)) continue
    for (const record of sample.records) {
      if (record.name !== 'sampled_header' || !('fields' in record)) continue
      const { protocol, header } = record.fields as { protocol: number; header: Uint8Array }
      found.push({ protocol, header })
    }
  }
  return found
}

/** Files of a folder of captures, in order. */
export function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(pcap|pcapng|cap)$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/** Dissects a header from a view that covers just its bytes, so that reading past them throws. */
export function dissectHeader(header: Header, packet = new Packet()): Packet {
  const bytes = header.bytes.slice(0, header.end)
  return dissect(bytes, new DataView(bytes.buffer), header.start, header.end, header.protocol, packet)
}

/** Dissects hex as a header of a header_protocol. */
export function dissectHex(hex: string, protocol = 1): Packet {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(/[^0-9a-f]/gi, ''), 'hex'))
  return dissect(bytes, new DataView(bytes.buffer), 0, bytes.length, protocol, new Packet())
}

/** The write face as text. */
export function textOf(packet: Packet): string {
  const out = new TextBuffer()
  out.ensure((packet.end - packet.start) * 64 + 4096)
  writeLayers(packet, out)
  return new TextDecoder().decode(out.written())
}

/** The full face in the form of the write face. */
export function flatLayersOf(packet: Packet): unknown[] {
  return layersOf(packet).map(({ layer, offset, quoted, fields }) => ({
    layer,
    offset,
    ...(quoted ? { quoted } : {}),
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, small(value)])),
  }))
}

/** 64-bit values that are exact as numbers are numbers, as JSON has them. */
function small<T>(value: T): T | number {
  return typeof value === 'bigint' && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** Parsed write face. */
export function parsedLayersOf(packet: Packet): unknown[] {
  return exactNumbers(textOf(packet)) as unknown[]
}
