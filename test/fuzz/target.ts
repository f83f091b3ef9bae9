// Owns what a mutant must not do to the decoders: throw, give text that is no JSON, hang, or spoil what comes after.
// Start at Target.run.

import assert from 'node:assert/strict'
import type { DecodeIssue } from '../../src/lib/errors.ts'
import { NdjsonWriter } from '../../src/lib/ndjson/ndjson-writer.ts'
import { dissect } from '../../src/lib/packet/dissect.ts'
import { type Layer, layersOf } from '../../src/lib/packet/full.ts'
import { Packet } from '../../src/lib/packet/packet.ts'
import { LineWriter } from '../../src/lib/print/line.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { FullDecoding, interpretDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import type { SampledHeader } from '../../src/lib/sflow/records/version-5.ts'
import { counterRecords, flowRecords, sampleBodies } from '../../src/lib/sflow/registry.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import type { Fields } from '../../src/lib/wire/interpret.ts'
import { formatFields } from '../../src/lib/wire/json.ts'
import type { RecordType } from '../../src/lib/wire/record.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { exactNumbers } from '../helpers/json.ts'

/** One datagram costs microseconds; whatever takes this long grows with a number in the datagram. */
const HANG_MS = 2000

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Has exactly the room that was asked for, so that a writer that asks for too little throws. */
class TightBuffer extends TextBuffer {
  constructor() {
    super(0)
  }

  override ensure(more: number): void {
    const tight = new Uint8Array(this.length + more)
    tight.set(this.written())
    this.bytes = tight
    this.view = new DataView(tight.buffer)
  }
}

/** All decoders under test, kept for the whole run: a mutant that spoils one spoils the good datagram behind it. */
export class Target {
  readonly #full = new FullDecoding()
  readonly #ndjson = new NdjsonWriter()
  readonly #line = new LineWriter()
  readonly #issues: DecodeIssue[] = []
  readonly #walker = new Walker((issue) => this.#issues.push(issue))
  /** Another one for lines, which tell of less. */
  readonly #lineWalker = new Walker(() => {})
  readonly #packet = new Packet()
  readonly #json = new TextBuffer()
  readonly #lines = new TextBuffer()
  readonly #good: Uint8Array
  readonly #goodText: string
  readonly #goodDatagram: unknown
  /** Issues met, by kind: shows that the mutants go deep. */
  readonly kinds = new Map<string, number>()
  /** Layers met in the mutants that were looked at closely. */
  readonly layers = new Set<string>()
  samples = 0

  /** @param good a datagram without faults */
  constructor(good: Uint8Array) {
    this.#good = good
    this.#goodText = this.#write(good)
    this.#goodDatagram = this.#full.decode(good)
    assert.equal(this.#issues.length, 0, 'the good datagram is not good')
  }

  /**
   * Decodes a mutant in every way, then the good datagram in the same decoders.
   * @param deep also compare with the interpreter, read the JSON, and encode again
   * @throws whatever is wrong
   */
  run(mutant: Uint8Array, deep: boolean): void {
    const before = performance.now()
    const copy = deep ? mutant.slice() : mutant
    const decoded = this.#full.decode(mutant)
    const text = this.#write(mutant, deep)
    for (const { kind } of this.#issues) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    if (deep) {
      assert.deepEqual(decoded, interpretDatagram(mutant), 'compiled and interpreted decoders differ')
      assert.deepEqual(decoded.issues, this.#issues, 'the full face and the writers report other issues')
      const lines = text.split('\n').slice(0, -1)
      assert.equal(lines.length, decoded.datagram?.samples.length ?? 0, 'not one object a sample')
      for (const [i, line] of lines.entries()) this.#sameText(decoded.datagram!.samples[i]!, line)
      if (decoded.datagram !== undefined) encodeDatagram(decoded.datagram)
      assert.deepEqual(mutant, copy, 'decoding wrote to its input')
    }
    assert.equal(this.#write(this.#good), this.#goodText, 'the good datagram behind it is written otherwise')
    if (deep)
      assert.deepEqual(this.#full.decode(this.#good), this.#goodDatagram, 'the good datagram is decoded otherwise')
    const took = performance.now() - before
    assert.ok(took < HANG_MS, `took ${Math.round(took)} ms`)
  }

  /** The line of a sample is JSON, and says what the sample's object says. */
  #sameText(sample: Sample, line: string): void {
    const { layers } = exactNumbers(line) as { layers?: unknown }
    if (sample.kind === 'opaque') return
    if (sample.kind === 'text') {
      this.#sameFields(sampleBodies, sample.tag, sample.fields, line)
      return
    }
    let header: SampledHeader | undefined
    for (const record of sample.records) {
      if (!('fields' in record)) continue
      const registry = sample.kind === 'counters' ? counterRecords : flowRecords
      this.#sameFields(registry, record.tag, record.fields, line)
      if (registry === flowRecords && record.tag === 1) header ??= record.fields as SampledHeader
    }
    if (header === undefined) {
      assert.equal(layers, undefined, 'layers without a header')
      return
    }
    const bytes = header.header
    const { buffer, byteOffset, length } = bytes
    dissect(bytes, new DataView(buffer, byteOffset, length), 0, length, header.protocol, this.#packet)
    const objects = layersOf(this.#packet).map(({ layer, offset, quoted, fields }) => {
      this.layers.add(layer)
      return { layer, offset, ...(quoted ? { quoted } : {}), ...asRead(fields) }
    })
    assert.deepEqual(layers, objects, 'layers as text and as objects differ')
  }

  #sameFields(registry: ReadonlyMap<number, RecordType>, tag: number, fields: Fields, line: string): void {
    const text = `"fields":${formatFields(registry.get(tag)!, fields)}`
    assert.ok(line.includes(text), `not in the line: ${text}`)
  }

  /** The NDJSON of a datagram; its lines are written beside it. */
  #write(bytes: Uint8Array, tight = false): string {
    const json = tight ? new TightBuffer() : this.#json
    const lines = tight ? new TightBuffer() : this.#lines
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#issues.length = 0
    json.clear()
    lines.clear()
    if (!this.#walker.open(bytes, view, 0, bytes.length)) return ''
    this.#ndjson.datagram(this.#walker, batchOf(bytes, view), 0)
    while (this.#walker.nextSample()) {
      this.#ndjson.sample(this.#walker, json)
      json.text('\n')
      this.samples++
    }
    this.#lineWalker.open(bytes, view, 0, bytes.length)
    while (this.#lineWalker.nextSample()) this.#line.sample(this.#lineWalker, lines)
    utf8.decode(lines.written())
    return utf8.decode(json.written())
  }
}

/** Values as exactNumbers reads them: bigint only where a number is not exact. */
function asRead(fields: Layer['fields']): Record<string, unknown> {
  const small = (value: unknown): unknown =>
    typeof value === 'bigint' && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, small(value)]))
}

function batchOf(bytes: Uint8Array, view: DataView): Batch {
  return {
    bytes,
    view,
    count: 1,
    offset: Uint32Array.of(0),
    length: Uint32Array.of(bytes.length),
    wireLength: Uint32Array.of(bytes.length),
    sec: Uint32Array.of(1_767_225_600),
    nsec: Uint32Array.of(5),
    sender: Uint32Array.of(0, 0, 0xffff, 0xc0000209),
    senderPort: Uint16Array.of(40_000),
  }
}
