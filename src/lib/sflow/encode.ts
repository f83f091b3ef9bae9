// Owns objects → datagram bytes, the inverse of decode.ts. Start at encodeDatagram.

import { encodeFields, XdrWriter } from '../wire/encode.ts'
import { formatTag } from '../wire/record.ts'
import type { Datagram, DecodedRecord, Sample } from './datagram.ts'
import { counterRecords, flowRecords, sampleBodies } from './registry.ts'
import { SampleTag } from './samples.ts'

/**
 * Encodes a datagram; `encodeDatagram(decodeDatagram(x).datagram)` is x for every canonical x (padding zero, nothing
 * cut). Gives a fresh array, or a view into `into` when that is given.
 * @throws RangeError where a record with fields has a tag that is not declared, or a value does not fit its field
 */
export function encodeDatagram(datagram: Datagram, into?: XdrWriter): Uint8Array {
  const out = into ?? new XdrWriter()
  if (into !== undefined) into.length = 0
  writeHead(out, datagram, datagram.samples.length)
  for (const sample of datagram.samples) writeSample(out, sample)
  if (datagram.trailing !== undefined) out.append(datagram.trailing)
  return into === undefined ? out.finish() : out.bytes.subarray(0, out.length)
}

/**
 * Appends the datagram's header.
 * @returns where the number of samples stands, for who learns it later
 */
export function writeHead(out: XdrWriter, head: Omit<Datagram, 'samples'>, samples: number): number {
  out.u32(5)
  out.u32(head.agent.type)
  out.append(head.agent.bytes)
  out.u32(head.sub_agent_id)
  out.u32(head.sequence_number)
  out.u32(head.uptime)
  out.u32(samples)
  return out.length - 4
}

/** Appends one sample with its tag and length. @throws RangeError as encodeDatagram */
export function writeSample(out: XdrWriter, sample: Sample): void {
  framed(out, sample.tag, () => encodeSample(sample, out))
}

/** Tag, length (set afterwards), body, padding to 4. */
function framed(out: XdrWriter, tag: number, body: () => void): void {
  out.u32(tag)
  const at = out.length
  out.u32(0)
  body()
  const length = out.length - at - 4
  out.view.setUint32(at, length)
  out.append(new Uint8Array(-length & 3))
}

function encodeSample(sample: Sample, out: XdrWriter): void {
  switch (sample.kind) {
    case 'opaque':
      out.append(sample.bytes)
      return
    case 'text':
      encodeFields(declared(sampleBodies, sample.tag), sample.fields, out)
      break
    case 'flow': {
      const expanded = sample.tag === SampleTag.flow_sample_expanded
      out.u32(sample.sequence_number)
      source(sample.source_id_type, sample.source_id_index, expanded, out)
      out.u32(sample.sampling_rate)
      out.u32(sample.sample_pool)
      out.u32(sample.drops)
      port(sample.input_format, sample.input_value, expanded, out)
      port(sample.output_format, sample.output_value, expanded, out)
      encodeRecords(sample.records, flowRecords, out)
      break
    }
    case 'counters':
      out.u32(sample.sequence_number)
      source(sample.source_id_type, sample.source_id_index, sample.tag === SampleTag.counters_sample_expanded, out)
      encodeRecords(sample.records, counterRecords, out)
      break
    case 'discard':
      out.u32(sample.sequence_number)
      source(sample.source_id_type, sample.source_id_index, true, out)
      out.u32(sample.drops)
      out.u32(sample.inputifindex)
      out.u32(sample.outputifindex)
      out.u32(sample.reason)
      encodeRecords(sample.records, flowRecords, out)
  }
  if (sample.trailing !== undefined) out.append(sample.trailing)
}

/** Compact: type in 8 bits, index in 24. */
function source(type: number, index: number, expanded: boolean, out: XdrWriter): void {
  if (expanded) {
    out.u32(type)
    out.u32(index)
    return
  }
  if (type > 0xff || index > 0xffffff) {
    throw new RangeError(`data source ${type}:${index} does not fit a compact sample, use the expanded form`)
  }
  out.u32(type * 0x1000000 + index)
}

/** Compact: format in 2 bits, value in 30. */
function port(format: number, value: number, expanded: boolean, out: XdrWriter): void {
  if (expanded) {
    out.u32(format)
    out.u32(value)
    return
  }
  if (format > 3 || value > 0x3fffffff) {
    throw new RangeError(`interface ${format}:${value} does not fit a compact sample, use the expanded form`)
  }
  out.u32(format * 0x40000000 + value)
}

type Registry = typeof flowRecords

function encodeRecords(records: readonly DecodedRecord[], registry: Registry, out: XdrWriter): void {
  out.u32(records.length)
  for (const record of records) {
    framed(out, record.tag, () => {
      if ('bytes' in record) {
        out.append(record.bytes)
        return
      }
      encodeFields(declared(registry, record.tag), record.fields, out)
      if (record.trailing !== undefined) out.append(record.trailing)
    })
  }
}

function declared(registry: Registry, tag: number) {
  const type = registry.get(tag)
  if (type === undefined) throw new RangeError(`no record ${formatTag(tag)} is declared: give its bytes`)
  return type
}
