// Owns what a mutant must not do to the decoders: throw, give text that is no JSON, hang, or spoil what comes after.
// Start at Target.run.

import assert from 'node:assert/strict'
import { LineWriter } from '../../src/lib/decode/line.ts'
import { NdjsonWriter } from '../../src/lib/decode/ndjson.ts'
import type { DecodeIssue } from '../../src/lib/errors.ts'
import { FullDecoding, interpretDatagram } from '../../src/lib/sflow/decode.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import type { Batch } from '../../src/lib/source/source.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'

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
  readonly #json = new TextBuffer()
  readonly #lines = new TextBuffer()
  readonly #good: Uint8Array
  readonly #goodText: string
  readonly #goodDatagram: unknown
  /** Issues met, by kind: shows that the mutants go deep. */
  readonly kinds = new Map<string, number>()
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
      assert.equal(text.split('\n').length - 1, decoded.datagram?.samples.length ?? 0, 'not one object a sample')
      for (const line of text.split('\n').slice(0, -1)) JSON.parse(line)
      if (decoded.datagram !== undefined) encodeDatagram(decoded.datagram)
      assert.deepEqual(mutant, copy, 'decoding wrote to its input')
    }
    assert.equal(this.#write(this.#good), this.#goodText, 'the good datagram behind it is written otherwise')
    if (deep)
      assert.deepEqual(this.#full.decode(this.#good), this.#goodDatagram, 'the good datagram is decoded otherwise')
    const took = performance.now() - before
    assert.ok(took < HANG_MS, `took ${Math.round(took)} ms`)
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
      this.#line.sample(this.#walker, lines)
      this.samples++
    }
    utf8.decode(lines.written())
    return utf8.decode(json.written())
  }
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
