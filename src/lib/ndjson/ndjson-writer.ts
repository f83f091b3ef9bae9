// Owns the NDJSON form of a datagram: one object a sample, carrying its datagram (docs/records.md is its contract).
// Bytes to bytes: no object, no string. Knows nothing of files or terminals. Start at NdjsonWriter.

import { dropReasonNames } from '../names/drop-reasons.ts'
import { dissect } from '../packet/dissect.ts'
import { Packet } from '../packet/packet.ts'
import { writeLayers } from '../packet/write-layers.ts'
import { counterRecords, flowRecords, sampleBodies } from '../sflow/registry.ts'
import { SampleKind, sampleName, sampleTypeOf } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { Outcome } from '../wire/outcome.ts'
import { PackedNames } from '../wire/packed-text.ts'
import { formatTag, type RecordType } from '../wire/record.ts'
import { compileTemplate } from '../wire/template.ts'
import { OUTPUT_BYTES_PER_INPUT_BYTE, TEXT_OVERHEAD, type TextBuffer, writeAscii, writeHex } from '../wire/text.ts'
import { compileWrite, compileWriteRecord, type FieldsWriter } from '../wire/write.ts'
import { DatagramPrefix } from './prefix.ts'

type Part = (w: Walker, out: TextBuffer) => void

/** Tags below this are looked up in an array, the others (vendors') in a map. */
const DENSE_TAGS = 4096
const SAMPLED_HEADER = 1

const reasons = new PackedNames('reason', dropReasonNames)

const source =
  '"sequence_number":<u32 w.sequenceNumber>,"source_id_type":<u32 w.sourceType>,"source_id_index":<u32 w.sourceIndex>,'
/** What each kind of sample says before its records, and the bracket that opens them. */
const heads: Readonly<Record<number, string>> = {
  [SampleKind.flow]:
    `${source}"sampling_rate":<u32 w.samplingRate>,"sample_pool":<u32 w.samplePool>,"drops":<u32 w.drops>,` +
    '"input_format":<u32 w.inputFormat>,"input_value":<u32 w.inputValue>,' +
    '"output_format":<u32 w.outputFormat>,"output_value":<u32 w.outputValue>,"records":[',
  [SampleKind.counters]: `${source}"records":[`,
  [SampleKind.discard]:
    `${source}"drops":<u32 w.drops>,"inputifindex":<u32 w.inputValue>,"outputifindex":<u32 w.outputValue>,` +
    '"reason":<u32 w.reason><put reasons.beside(v,p,w.reason)>,"records":[',
}

/** How every sample begins, behind what is said of its datagram. */
const START = ',"sample_index":<u32 w.sampleIndex>,"sample_type":"'
/** Tags below this are looked up in an array. */
const SMALL_TAGS = 8
const startUnknown = compileTemplate<Part>('w,out', START)

/** Of a sample whose tag is not known. */
function unknownHead(w: Walker, out: TextBuffer): void {
  startUnknown(w, out)
  const text = `${sampleName(w.sampleTag)}","sample_tag":"${formatTag(w.sampleTag)}",`
  out.length = writeAscii(out.view, out.length, text)
}

const startLayers = compileTemplate<(out: TextBuffer) => void>('out', ',"layers":')

/** Writes samples as NDJSON objects. One a stream: it keeps the current datagram's prefix and its compiled records. */
export class NdjsonWriter {
  readonly #prefix = new DatagramPrefix()
  readonly #packet = new Packet()
  readonly #outcome = new Outcome()
  readonly #flow = new RecordWriters(flowRecords)
  readonly #counters = new RecordWriters(counterRecords)
  readonly #bodies = new Map<number, FieldsWriter>()
  readonly #heads = new Map<number, Part>()
  readonly #usualHeads: (Part | undefined)[] = new Array(SMALL_TAGS).fill(undefined)

  /** Takes up datagram `i` of the batch, which the walker has opened. */
  datagram(w: Walker, batch: Batch, i: number): void {
    this.#prefix.set(w, batch, i)
  }

  /** The datagram alone, without its closing brace: for objects that hold all samples, and for datagrams without any. */
  prefix(out: TextBuffer): void {
    out.ensure(TEXT_OVERHEAD)
    out.length = this.#prefix.copy(out.view, out.length)
  }

  /** Appends the current sample's object, without a line end. */
  sample(w: Walker, out: TextBuffer): void {
    out.ensure((w.sampleEnd - w.sampleOffset) * OUTPUT_BYTES_PER_INPUT_BYTE + TEXT_OVERHEAD)
    out.length = this.#prefix.copy(out.view, out.length)
    this.#body(w, out)
  }

  /** As sample(), but without what belongs to the datagram: for objects that hold all samples. */
  sampleOnly(w: Walker, out: TextBuffer): void {
    out.ensure((w.sampleEnd - w.sampleOffset) * OUTPUT_BYTES_PER_INPUT_BYTE + TEXT_OVERHEAD)
    const at = out.length
    this.#body(w, out)
    // The head starts with the comma that follows a prefix: here it opens the object.
    out.view.setUint8(at, 0x7b)
  }

  #body(w: Walker, out: TextBuffer): void {
    this.#head(w)(w, out)
    const kind = w.sampleKind
    if (w.sampleBroken || kind === SampleKind.other || kind === SampleKind.text) this.#whole(w, out)
    else this.#records(w, kind === SampleKind.counters ? this.#counters : this.#flow, out)
    if (w.next < w.end && w.sampleIndex + 1 === w.sampleCount) {
      // The room asked for is the sample's: what lies behind it comes on top.
      out.ensure((w.end - w.next) * 2 + TEXT_OVERHEAD)
      this.#hex(w, ',"datagram_trailing":"', w.next, w.end, out)
    }
    out.view.setUint8(out.length++, 0x7d)
  }

  #head(w: Walker): Part {
    const tag = w.sampleTag
    const { sampleBroken: broken } = w
    // The tags of the specification itself are small and come with every sample: no map for them.
    const known = tag < SMALL_TAGS && !broken ? this.#usualHeads[tag] : undefined
    if (known !== undefined) return known
    const key = broken ? -tag - 1 : tag
    let part = this.#heads.get(key)
    if (part !== undefined) return part
    const type = sampleTypeOf(tag)
    // Unknown tags come from the network: nothing is compiled for them and nothing is kept.
    if (type === undefined) return unknownHead
    const text = `${START}${sampleName(tag)}","sample_tag":"${formatTag(tag)}",`
    part = compileTemplate<Part>('w,out', text + (broken ? '' : (heads[type.kind] ?? '')), { reasons })
    this.#heads.set(key, part)
    if (tag < SMALL_TAGS && !broken) this.#usualHeads[tag] = part
    return part
  }

  /** The body of a sample without records, or of one that can't be read. */
  #whole(w: Walker, out: TextBuffer): void {
    const type = sampleBodies.get(w.sampleTag)
    if (type !== undefined && !w.sampleBroken) {
      let writer = this.#bodies.get(w.sampleTag)
      if (writer === undefined) {
        writer = compileWrite(type)
        this.#bodies.set(w.sampleTag, writer)
      }
      const at = out.length
      out.length = writeAscii(out.view, at, '"fields":')
      const next = writer(w.bytes, w.view, w.sampleOffset, w.sampleEnd, out, this.#outcome)
      if (next >= 0) {
        if (next < w.sampleEnd) this.#hex(w, ',"trailing":"', next, w.sampleEnd, out)
        return
      }
      out.length = at
      w.reportBody(this.#outcome)
    }
    this.#hex(w, '"bytes":"', w.sampleOffset, w.sampleEnd, out)
  }

  #hex(w: Walker, before: string, at: number, end: number, out: TextBuffer): void {
    let p = writeAscii(out.view, out.length, before)
    p = writeHex(out.view, p, w.view, at, end - at)
    out.view.setUint8(p, 0x22)
    out.length = p + 1
  }

  #records(w: Walker, writers: RecordWriters, out: TextBuffer): void {
    const { recordTag, recordOffset, recordEnd, recordCount, recordClipped } = w
    let header = -1
    for (let i = 0; i < recordCount; i++) {
      if (i > 0) out.view.setUint8(out.length++, 0x2c)
      const tag = recordTag[i]!
      const writer = i === recordClipped ? undefined : writers.of(tag)
      if (writer === undefined) {
        this.#opaque(w, i, writers.nameOf(tag), i === recordClipped ? 'cut' : '', out)
        continue
      }
      const next = writer(w.bytes, w.view, recordOffset[i]!, recordEnd[i]!, out, this.#outcome)
      if (next < 0) {
        const name = writers.nameOf(tag)!
        w.reportRecord(i, name, this.#outcome)
        this.#opaque(w, i, name, this.#outcome.problem, out)
      } else if (tag === SAMPLED_HEADER && header < 0) {
        header = i
      }
    }
    out.view.setUint8(out.length++, 0x5d)
    if (w.recordsEnd < w.sampleEnd) this.#hex(w, ',"trailing":"', w.recordsEnd, w.sampleEnd, out)
    if (header >= 0 && writers === this.#flow) this.#layers(w, recordOffset[header]!, out)
  }

  /** A record that has no fields to show: unknown, opaque by choice, cut or broken. */
  #opaque(w: Walker, i: number, name: string | undefined, issue: string, out: TextBuffer): void {
    let p = writeAscii(out.view, out.length, `{"tag":"${formatTag(w.recordTag[i]!)}"`)
    if (name !== undefined) p = writeAscii(out.view, p, `,"name":"${name}"`)
    if (issue !== '') p = writeAscii(out.view, p, `,"issue":"${issue}"`)
    out.length = p
    this.#hex(w, ',"bytes":"', w.recordOffset[i]!, w.recordEnd[i]!, out)
    out.view.setUint8(out.length++, 0x7d)
  }

  #layers(w: Walker, record: number, out: TextBuffer): void {
    const start = record + 16
    const end = start + w.view.getUint32(record + 12)
    dissect(w.bytes, w.view, start, end, w.view.getUint32(record), this.#packet)
    startLayers(out)
    writeLayers(this.#packet, out)
    // Further layers are not looked at (packet.ts, MAX_LAYERS): said, not silent.
    if (this.#packet.deeper) out.length = writeAscii(out.view, out.length, ',"layers_cut":true')
  }
}

/** The compiled writers of one number space of records, made when first met. */
class RecordWriters {
  readonly #types: ReadonlyMap<number, RecordType>
  readonly #dense: (FieldsWriter | undefined)[] = new Array(DENSE_TAGS).fill(undefined)
  readonly #sparse = new Map<number, FieldsWriter>()

  constructor(types: ReadonlyMap<number, RecordType>) {
    this.#types = types
  }

  /** Undefined where the record is unknown or kept as bytes. */
  of(tag: number): FieldsWriter | undefined {
    const writer = tag < DENSE_TAGS ? this.#dense[tag] : this.#sparse.get(tag)
    return writer ?? this.#compile(tag)
  }

  nameOf(tag: number): string | undefined {
    return this.#types.get(tag)?.name
  }

  #compile(tag: number): FieldsWriter | undefined {
    const type = this.#types.get(tag)
    if (type === undefined || type.opaque === true) return undefined
    const writer = compileWriteRecord(type)
    if (tag < DENSE_TAGS) this.#dense[tag] = writer
    else this.#sparse.set(tag, writer)
    return writer
  }
}
