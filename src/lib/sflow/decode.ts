// Owns the full face of a datagram: bytes → objects. Framing is walker.ts, records are compiled or interpreted from
// their declarations. Knows no packet header (sampled_header gives bytes). Start at decodeDatagram.

import type { DecodeIssue } from '../errors.ts'
import { compileFull, type FullDecoder } from '../wire/full.ts'
import { interpret } from '../wire/interpret.ts'
import { Outcome } from '../wire/outcome.ts'
import type { RecordType } from '../wire/record.ts'
import type { Datagram, DecodedRecord, Sample } from './datagram.ts'
import { counterRecords, flowRecords, sampleBodies } from './registry.ts'
import { SampleKind, sampleName } from './samples.ts'
import { Walker } from './walker.ts'

export interface Decoded {
  /** Undefined where the bytes are no version 5 datagram: the issue says what they are. */
  datagram: Datagram | undefined
  issues: DecodeIssue[]
}

/**
 * Decodes one datagram to objects of its own (nothing refers to `bytes`). Never throws on bad bytes: what is broken is
 * in `issues`, and everything whole beside it is decoded.
 */
export function decodeDatagram(bytes: Uint8Array): Decoded {
  return new FullDecoding(compileFull).decode(bytes)
}

/** As decodeDatagram, by interpreting the declarations: the oracle of the compiled decoders. */
export function interpretDatagram(bytes: Uint8Array): Decoded {
  return new FullDecoding(interpreted).decode(bytes)
}

const interpreted =
  (type: RecordType): FullDecoder =>
  (s, d, at, end, outcome) =>
    interpret(type, s, d, at, end, outcome)

/** A decoder that keeps its compiled records; one for many datagrams. */
export class FullDecoding {
  readonly #compile: (type: RecordType) => FullDecoder
  readonly #decoders = new Map<RecordType, FullDecoder>()
  readonly #outcome = new Outcome()
  #issues: DecodeIssue[] = []
  readonly #walker = new Walker((issue) => this.#issues.push(issue))

  constructor(compile: (type: RecordType) => FullDecoder = compileFull) {
    this.#compile = compile
  }

  decode(bytes: Uint8Array): Decoded {
    this.#issues = []
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const datagram = this.#datagram(bytes, view)
    return { datagram, issues: this.#issues }
  }

  #datagram(bytes: Uint8Array, view: DataView): Datagram | undefined {
    const w = this.#walker
    if (!w.open(bytes, view, 0, bytes.length)) return undefined
    const size = w.agentType === 1 ? 4 : w.agentType === 2 ? 16 : 0
    const datagram: Datagram = {
      agent: { type: w.agentType as 0 | 1 | 2, bytes: bytes.slice(w.agentOffset, w.agentOffset + size) },
      sub_agent_id: w.subAgentId,
      sequence_number: w.sequence,
      uptime: w.uptime,
      samples: [],
    }
    while (w.nextSample()) datagram.samples.push(this.#sample(w))
    if (w.next < w.end) datagram.trailing = bytes.slice(w.next, w.end)
    return datagram
  }

  #sample(w: Walker): Sample {
    const tag = w.sampleTag
    const name = sampleName(tag)
    const opaque = (): Sample => ({ kind: 'opaque', tag, name, bytes: w.bytes.slice(w.sampleOffset, w.sampleEnd) })
    if (w.sampleBroken || w.sampleKind === SampleKind.other) return opaque()
    if (w.sampleKind === SampleKind.text) {
      const type = sampleBodies.get(tag)!
      const fields = this.#decoder(type)(w.bytes, w.view, w.sampleOffset, w.sampleEnd, this.#outcome)
      if (fields === undefined) {
        w.reportBody(this.#outcome)
        return opaque()
      }
      const text: Sample = { kind: 'text', tag, name, fields }
      if (this.#outcome.next < w.sampleEnd) text.trailing = w.bytes.slice(this.#outcome.next, w.sampleEnd)
      return text
    }
    const head = {
      tag,
      name,
      sequence_number: w.sequenceNumber,
      source_id_type: w.sourceType,
      source_id_index: w.sourceIndex,
      records: this.#records(w),
    }
    const sample = kindOf(w, head)
    if (w.recordsEnd < w.sampleEnd) sample.trailing = w.bytes.slice(w.recordsEnd, w.sampleEnd)
    return sample
  }

  #records(w: Walker): DecodedRecord[] {
    const registry = w.sampleKind === SampleKind.counters ? counterRecords : flowRecords
    const list: DecodedRecord[] = []
    for (let i = 0; i < w.recordCount; i++) list.push(this.#record(w, i, registry.get(w.recordTag[i]!)))
    return list
  }

  #record(w: Walker, i: number, type: RecordType | undefined): DecodedRecord {
    const tag = w.recordTag[i]!
    const at = w.recordOffset[i]!
    const end = w.recordEnd[i]!
    const opaque = (): DecodedRecord => {
      const bytes = w.bytes.slice(at, end)
      return type === undefined ? { tag, bytes } : { tag, name: type.name, bytes }
    }
    if (type === undefined || type.opaque === true || i === w.recordClipped) return opaque()
    const fields = this.#decoder(type)(w.bytes, w.view, at, end, this.#outcome)
    if (fields === undefined) {
      w.reportRecord(i, type.name, this.#outcome)
      return opaque()
    }
    const record: DecodedRecord = { tag, name: type.name, fields }
    if (this.#outcome.next < end) record.trailing = w.bytes.slice(this.#outcome.next, end)
    return record
  }

  #decoder(type: RecordType): FullDecoder {
    let decoder = this.#decoders.get(type)
    if (decoder === undefined) {
      decoder = this.#compile(type)
      this.#decoders.set(type, decoder)
    }
    return decoder
  }
}

type Head = Pick<
  Extract<Sample, { kind: 'counters' }>,
  'tag' | 'name' | 'sequence_number' | 'source_id_type' | 'source_id_index' | 'records'
>

function kindOf(w: Walker, head: Head): Sample {
  if (w.sampleKind === SampleKind.counters) return { kind: 'counters', ...head }
  if (w.sampleKind === SampleKind.discard) {
    return {
      kind: 'discard',
      ...head,
      drops: w.drops,
      inputifindex: w.inputValue,
      outputifindex: w.outputValue,
      reason: w.reason,
    }
  }
  return {
    kind: 'flow',
    ...head,
    sampling_rate: w.samplingRate,
    sample_pool: w.samplePool,
    drops: w.drops,
    input_format: w.inputFormat,
    input_value: w.inputValue,
    output_format: w.outputFormat,
    output_value: w.outputValue,
  }
}
