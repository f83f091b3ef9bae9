// Owns reading one sample's NDJSON, as ndjson-writer.ts writes it, straight to XDR bytes. What is not in our own
// key order is refused, and parse.ts reads it. Start at SampleScanner.

import { counterRecords, flowRecords } from '../sflow/registry.ts'
import { SampleKind, SampleTag, sampleTypes } from '../sflow/samples.ts'
import { XdrWriter } from '../wire/encode.ts'
import { type Field, f, u32 } from '../wire/kinds.ts'
import type { RecordType } from '../wire/record.ts'
import { compileExpect, compileScan, type Scan } from '../wire/scan.ts'
import { Scanner } from '../wire/scanner.ts'

const COMMA = 0x2c
const COLON = 0x3a
const BRACE_CLOSE = 0x7d
const BRACKET_CLOSE = 0x5d
/** Tags below this are looked up in an array; the others are left to parse.ts. */
const DENSE_TAGS = 4096

type Expect = (d: DataView, q: number) => number

/** One sample type: what stands before its records, and how its head is put on the wire. */
interface SampleScan {
  readonly tag: number
  readonly start: Expect
  readonly head: Scan
  /** Words of the head in `head`'s order → words on the wire. */
  readonly put: (from: DataView, out: XdrWriter) => void
  readonly records: ReadonlyMap<number, RecordType>
}

const source = ['sequence_number', 'source_id_type', 'source_id_index']
const headKeys: Readonly<Record<number, readonly string[]>> = {
  [SampleKind.flow]: [
    ...source,
    'sampling_rate',
    'sample_pool',
    'drops',
    'input_format',
    'input_value',
    'output_format',
    'output_value',
  ],
  [SampleKind.counters]: source,
}

/** Expanded samples have the words of the JSON in the same order. */
function putExpanded(words: number): SampleScan['put'] {
  return (from, out) => {
    for (let i = 0; i < words; i++) out.u32(from.getUint32(i * 4))
  }
}

/** Compact samples join type and index, format and value; what does not fit can't have come from one. */
function putCompact(from: DataView, out: XdrWriter): void {
  out.u32(from.getUint32(0))
  out.u32(from.getUint32(4) * 0x1000000 + from.getUint32(8))
}

function putCompactFlow(from: DataView, out: XdrWriter): void {
  putCompact(from, out)
  for (let i = 3; i < 6; i++) out.u32(from.getUint32(i * 4))
  out.u32(from.getUint32(24) * 0x40000000 + from.getUint32(28))
  out.u32(from.getUint32(32) * 0x40000000 + from.getUint32(36))
}

/** Scans samples; keeps its compiled readers. */
export class SampleScanner {
  readonly #scanner = new Scanner()
  readonly #head = new XdrWriter(64)
  readonly #types: readonly SampleScan[]
  readonly #flow = new RecordScans(flowRecords)
  readonly #counters = new RecordScans(counterRecords)
  readonly #afterHead = compileExpect(',"records":[')
  readonly #tag = compileExpect('{"tag":"')
  readonly #trailing = compileExpect(',"trailing":"')
  readonly #layers = compileExpect('],"layers":[')

  constructor() {
    this.#types = sampleTypes.flatMap((type) => {
      const keys = headKeys[type.kind]
      if (keys === undefined) return []
      const fields: Field[] = keys.map((key) => f(key, u32))
      const tag = type.tag
      const put =
        tag === SampleTag.flow_sample
          ? putCompactFlow
          : tag === SampleTag.counters_sample
            ? putCompact
            : putExpanded(keys.length)
      return [
        {
          tag,
          start: compileExpect(`,"sample_type":"${type.name}","sample_tag":"0:${tag}",`),
          head: compileScan({ name: type.name, fields }),
          put,
          records: type.kind === SampleKind.counters ? counterRecords : flowRecords,
        },
      ]
    })
  }

  /**
   * Appends the sample whose text starts behind its sample_index at `q` and ends with the object at `end`. There must be
   * SCAN_SLACK readable bytes behind `end`.
   * @returns whether it was in our own form; where not, `out` is as it was
   */
  scan(s: Uint8Array, d: DataView, q: number, end: number, out: XdrWriter): boolean {
    const before = out.length
    if (this.#sample(s, d, q, end, out)) return true
    out.length = before
    return false
  }

  #sample(s: Uint8Array, d: DataView, from: number, end: number, out: XdrWriter): boolean {
    for (const type of this.#types) {
      const q = type.start(d, from)
      if (q >= 0) return this.#body(type, s, d, q, end, out)
    }
    return false
  }

  #body(type: SampleScan, s: Uint8Array, d: DataView, from: number, end: number, out: XdrWriter): boolean {
    const head = this.#head
    head.length = 0
    let q = type.head(s, d, from, head, this.#scanner)
    if (q < 0) return false
    q = this.#afterHead(d, q)
    if (q < 0) return false
    out.u32(type.tag)
    const lengthAt = out.length
    out.u32(0)
    type.put(head.view, out)
    const countAt = out.length
    out.u32(0)
    let count = 0
    const scans = type.records === flowRecords ? this.#flow : this.#counters
    while (s[q] !== BRACKET_CLOSE) {
      if (count > 0 && s[q++] !== COMMA) return false
      q = this.#record(scans, s, d, q, out)
      if (q < 0) return false
      count++
    }
    out.view.setUint32(countAt, count)
    out.view.setUint32(lengthAt, out.length - lengthAt - 4)
    return this.#atEnd(s, d, q, end)
  }

  /** Behind the records: the object's end, or layers (which say nothing new) up to it. */
  #atEnd(s: Uint8Array, d: DataView, q: number, end: number): boolean {
    if (s[end - 1] !== BRACE_CLOSE) return false
    if (q + 2 === end) return true
    return this.#layers(d, q) >= 0 && s[end - 2] === BRACKET_CLOSE
  }

  #record(scans: RecordScans, s: Uint8Array, d: DataView, from: number, out: XdrWriter): number {
    let q = this.#tag(d, from)
    if (q < 0 || s[q] !== 0x30 || s[q + 1] !== COLON) return -1
    let tag = 0
    q += 2
    for (let c = s[q]! - 48; c >= 0 && c <= 9; c = s[++q]! - 48) tag = tag * 10 + c
    const scan = tag < DENSE_TAGS ? scans.of(tag) : undefined
    if (scan === undefined) return -1
    q = scan.start(d, q)
    if (q < 0) return -1
    out.u32(tag)
    const lengthAt = out.length
    out.u32(0)
    q = scan.fields(s, d, q, out, this.#scanner)
    if (q < 0 || s[q] !== BRACE_CLOSE) return -1
    q++
    // Bytes behind the known fields are rare: the slow way knows their padding.
    if (this.#trailing(d, q) >= 0 || s[q] !== BRACE_CLOSE) return -1
    out.view.setUint32(lengthAt, out.length - lengthAt - 4)
    return q + 1
  }
}

/** Compiled readers of one number space of records. */
class RecordScans {
  readonly #types: ReadonlyMap<number, RecordType>
  readonly #made: ({ start: Expect; fields: Scan } | undefined)[] = new Array(DENSE_TAGS).fill(undefined)

  constructor(types: ReadonlyMap<number, RecordType>) {
    this.#types = types
  }

  of(tag: number): { start: Expect; fields: Scan } | undefined {
    return this.#made[tag] ?? this.#make(tag)
  }

  #make(tag: number): { start: Expect; fields: Scan } | undefined {
    const type = this.#types.get(tag)
    if (type === undefined || type.opaque === true) return undefined
    const made = { start: compileExpect(`","name":"${type.name}","fields":{`), fields: compileScan(type) }
    this.#made[tag] = made
    return made
  }
}
