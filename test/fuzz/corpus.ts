// Owns the datagrams that the fuzzer starts from: every declared record with plausible content, every kind of packet
// header, and, where they are there, all datagrams of the shared captures. Start at corpus().

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { counterRecords, flowRecords, sampleBodies } from '../../src/lib/sflow/registry.ts'
import { fixedLength, type Kind } from '../../src/lib/wire/kinds.ts'
import type { RecordType } from '../../src/lib/wire/record.ts'
import { DatagramWriter } from '../bench/datagram-writer.ts'
import { generateMixed } from '../bench/generate.ts'
import { Random } from '../bench/random.ts'
import { ownDatagrams } from '../helpers/own-capture.ts'
import { sharedPath } from '../helpers/shared.ts'
import { packets } from './headers.ts'

export interface Corpus {
  /** Datagrams in groups of one kind; no group is empty. */
  readonly groups: readonly (readonly Uint8Array[])[]
  /** Where they come from, for the report. */
  readonly sources: readonly string[]
}

/** The same for the same seed and the same shared folder. */
export function corpus(seed: number): Corpus {
  const groups = [[...recordDatagrams(new Random(seed))], [...headerDatagrams()], networkDatagrams(seed)]
  const sources = [`${groups.flat().length} datagrams made here`]
  for (const folder of ['captures/sflow', 'captures/agents']) {
    const path = sharedPath(folder)
    if (path === undefined) {
      sources.push(`${folder} not there`)
      continue
    }
    const found = readdirSync(path)
      .filter((name) => name.endsWith('.pcap'))
      .sort()
      .flatMap((name) => capturedDatagrams(join(path, name)))
    sources.push(`${found.length} of ${folder}`)
    if (found.length > 0) groups.push(found)
  }
  return { groups, sources }
}

function datagram(write: (w: DatagramWriter) => void): Uint8Array {
  const bytes = new Uint8Array(16_384)
  const w = new DatagramWriter()
  w.begin(bytes, new DataView(bytes.buffer), 0, 0xc0000209, 1, 1000)
  write(w)
  return bytes.slice(0, w.end())
}

const COMPACT_FLOW = [1, 1, 3, 400, 4000, 0, 3, 4] as const
const COMPACT_COUNTERS = [2, 1, 3] as const

/** One datagram a record type, with two records of it; flow records in a flow sample and in a discard. */
function* recordDatagrams(random: Random): Generator<Uint8Array> {
  for (const [tag, type] of flowRecords) {
    yield datagram((w) => {
      w.beginSample(...COMPACT_FLOW)
      for (let i = 0; i < 2; i++) writeRecord(w, tag, type, random)
      w.endSample()
      w.beginSample(5, 1, 0, 0, 0, 3, 0, 258)
      writeRecord(w, tag, type, random)
      w.endSample()
    })
  }
  for (const [tag, type] of counterRecords) {
    yield datagram((w) => {
      w.beginSample(...COMPACT_COUNTERS)
      for (let i = 0; i < 2; i++) writeRecord(w, tag, type, random)
      w.endSample()
    })
  }
  for (const [tag, type] of sampleBodies) {
    yield datagram((w) => {
      w.beginBody(tag)
      for (const field of type.fields) writeValue(w, field.kind, random)
      w.endBody()
    })
  }
}

function writeRecord(w: DatagramWriter, tag: number, type: RecordType, random: Random): void {
  w.beginRecord(tag)
  for (const field of type.fields) writeValue(w, field.kind, random)
  if (type.fields.length === 0) w.text('opaque by choice')
  w.endRecord()
}

/** A value of any kind that decodes: small counts, short texts, arms that exist. */
function writeValue(w: DatagramWriter, kind: Kind, random: Random): void {
  switch (kind.kind) {
    case 'array': {
      const count = random.below(4)
      w.u32(count)
      for (let i = 0; i < count; i++) writeValue(w, kind.of!, random)
      break
    }
    case 'struct':
      for (const field of kind.fields!) writeValue(w, field.kind, random)
      break
    case 'union': {
      const arms = [...kind.arms!]
      const [type, arm] = arms[random.below(arms.length)]!
      w.u32(type)
      writeValue(w, arm, random)
      break
    }
    case 'address': {
      const type = random.below(3)
      w.u32(type)
      for (let i = 0; i < [0, 1, 4][type]!; i++) w.u32(random.u32())
      break
    }
    case 'opaque':
    case 'string': {
      const packet = packets[random.below(packets.length)]!.bytes
      w.opaque(kind.kind === 'string' ? words[random.below(words.length)]! : packet, 0, random.below(9))
      break
    }
    case 'records': {
      w.u32(1, 1, 20, 1, 64, 4)
      w.text('')
      break
    }
    case 'fixed':
      for (let i = 0; i < fixedLength(kind); i += 4) w.u32(random.u32())
      break
    case 'mac':
      w.u32(random.u32(), random.u32() & 0xffff0000)
      break
    default:
      for (let i = 0; i < kind.size!; i += 4) w.u32(random.below(2) === 0 ? random.below(8) : random.u32())
  }
}

/** At least nine bytes each: plain, quotes and controls, UTF-8, broken UTF-8. */
const words = [
  'ethernet1/1',
  '"\\\u0000\u001f\u007f\n\r\t"',
  'Zürich→日本',
  '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000',
]
  .map((text) => new TextEncoder().encode(text))
  .concat([Uint8Array.of(0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0xe2, 0x82)])

/** One datagram a header. */
function* headerDatagrams(): Generator<Uint8Array> {
  for (const { protocol, bytes } of packets) {
    yield datagram((w) => {
      w.beginSample(3, 1, 0, 3, 400, 4000, 0, 0, 3, 1, 258)
      w.beginRecord(1)
      w.u32(protocol, bytes.length + 4, 4)
      w.opaque(bytes, 0, bytes.length)
      w.endRecord()
      w.endSample()
    })
  }
}

/** What the benchmark's network sends. */
function networkDatagrams(seed: number): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-fuzz-'))
  const path = join(folder, 'mixed.pcap')
  generateMixed({ samples: 260, flows: 100, seed, path })
  const datagrams = ownDatagrams(path).map((x) => x.slice())
  rmSync(folder, { recursive: true })
  return datagrams
}

/** UDP payloads of a classic pcap of Ethernet frames, IPv4 or IPv6 without extension headers; others are left out. */
function capturedDatagrams(path: string): Uint8Array[] {
  const file = new Uint8Array(readFileSync(path))
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const found: Uint8Array[] = []
  if (file.length < 24) return found
  const magic = view.getUint32(0, true)
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d
  if (view.getUint32(20, little) !== 1) return found
  for (let at = 24; at + 16 <= file.length; ) {
    const end = at + 16 + view.getUint32(at + 8, little)
    let p = at + 16 + 14
    at = end
    if (end > file.length || p + 48 > end) continue
    let type = view.getUint16(p - 2)
    while ((type === 0x8100 || type === 0x88a8) && p + 48 < end) {
      type = view.getUint16(p + 2)
      p += 4
    }
    const isIpv4 = type === 0x0800 && view.getUint8(p + 9) === 17
    const isIpv6 = type === 0x86dd && view.getUint8(p + 6) === 17
    if (!isIpv4 && !isIpv6) continue
    p += (isIpv4 ? (view.getUint8(p) & 15) * 4 : 40) + 8
    if (p < end) found.push(file.slice(p, end))
  }
  return found
}
