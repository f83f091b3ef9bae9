// Owns the meaning of one NDJSON object of a sample: back to the objects of lib/sflow. Any key order, any spacing.
// Knows no file. scan.ts is the fast way for our own key order. Start at parseLine.

import type { DecodedRecord, Sample } from '../sflow/datagram.ts'
import { counterRecords, flowRecords, sampleBodies } from '../sflow/registry.ts'
import { SampleKind, SampleTag, sampleTypeOf } from '../sflow/samples.ts'
import { describe, JsonMismatch, parseFields, parseHex, parseIp, parseTag, parseUnsigned } from '../wire/json.ts'
import type { Address } from '../wire/kinds.ts'

/** What a line says of its datagram. */
export interface LineHead {
  readonly sec: number
  readonly nsec: number
  /** 4 or 16 bytes, none where not known. */
  readonly sender: Uint8Array
  readonly agent: Address
  readonly subAgent: number
  readonly sequence: number
  readonly uptime: number
  readonly trailing: Uint8Array | undefined
}

export interface ParsedLine {
  readonly head: LineHead
  /** Samples with their index in the datagram; none for a datagram without any. */
  readonly samples: ReadonlyArray<readonly [index: number, sample: Sample]>
}

type Json = Record<string, unknown>

/**
 * @returns the samples of one line: one, none, or all of a datagram (`--object datagram`)
 * @throws JsonMismatch where the line is no sample of ours; SyntaxError where it is no JSON
 */
export function parseLine(text: string): ParsedLine {
  const line = object(parseJson(text), 'the line')
  if (line.sample_type === undefined && line.samples === undefined && line.datagram_sequence === undefined) {
    throw new JsonMismatch('the line has no sample_type and no datagram_sequence: it is no output of sonde decode')
  }
  const head = parseHead(line)
  if (Array.isArray(line.samples)) {
    const samples = line.samples.map((x) => parseIndexed(object(x, 'samples')))
    return { head, samples }
  }
  return { head, samples: line.sample_type === undefined ? [] : [parseIndexed(line)] }
}

/** JSON with whole numbers beyond 2^53 as bigint, from their own digits. */
function parseJson(text: string): unknown {
  if (!/[:[,]\s*-?\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    const inexact = typeof value === 'number' && !Number.isSafeInteger(value)
    return inexact && source !== undefined && /^\d+$/.test(source) ? BigInt(source) : value
  })
}

function object(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw new JsonMismatch(`${what} is ${describe(value)}, needed an object`)
}

function parseHead(line: Json): LineHead {
  const time = parseTimestamp(line.time)
  const trailing = line.datagram_trailing
  return {
    ...time,
    sender: ip(line.sender, 'sender').bytes,
    agent: ip(line.agent, 'agent'),
    subAgent: parseUnsigned(line.sub_agent, 'sub_agent'),
    sequence: parseUnsigned(line.datagram_sequence, 'datagram_sequence'),
    uptime: parseUnsigned(line.uptime_ms, 'uptime_ms'),
    trailing: trailing === undefined ? undefined : parseHex(trailing, 'datagram_trailing'),
  }
}

function parseTimestamp(value: unknown): { sec: number; nsec: number } {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(value) : null
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}Z`)
  if (match === null || Number.isNaN(ms)) {
    throw new JsonMismatch(`time is ${describe(value)}, needed UTC as in "2026-01-01T00:00:00.000000000Z"`)
  }
  return { sec: ms / 1000, nsec: Number((match[2] ?? '').padEnd(9, '0')) }
}

function ip(value: unknown, what: string): Address {
  if (value === null) return { type: 0, bytes: new Uint8Array(0) }
  const bytes = typeof value === 'string' ? parseIp(value) : undefined
  if (bytes === undefined) throw new JsonMismatch(`${what} is ${describe(value)}, needed an IP address or null`)
  return { type: bytes.length === 4 ? 1 : 2, bytes }
}

function parseIndexed(line: Json): readonly [number, Sample] {
  return [parseUnsigned(line.sample_index, 'sample_index'), parseSample(line)]
}

function parseSample(line: Json): Sample {
  const tag = parseTag(line.sample_tag, 'sample_tag')
  const type = sampleTypeOf(tag)
  const name = type?.name ?? 'unknown sample'
  if (line.bytes !== undefined) return { kind: 'opaque', tag, name, bytes: parseHex(line.bytes, 'bytes') }
  const trailing = line.trailing === undefined ? {} : { trailing: parseHex(line.trailing, 'trailing') }
  const body = sampleBodies.get(tag)
  if (body !== undefined) return { kind: 'text', tag, name, fields: parseFields(body, line.fields), ...trailing }
  if (type === undefined) throw new JsonMismatch(`sample_tag is ${describe(line.sample_tag)}, which needs "bytes"`)
  const number = (key: string) => parseUnsigned(line[key], key)
  const base = {
    tag,
    name,
    sequence_number: number('sequence_number'),
    source_id_type: number('source_id_type'),
    source_id_index: number('source_id_index'),
    records: parseRecords(line.records, type.kind === SampleKind.counters ? counterRecords : flowRecords),
    ...trailing,
  }
  if (type.kind === SampleKind.counters) return { kind: 'counters', ...base }
  const drops = number('drops')
  if (tag === SampleTag.discarded_packet) {
    return {
      kind: 'discard',
      ...base,
      drops,
      inputifindex: number('inputifindex'),
      outputifindex: number('outputifindex'),
      reason: number('reason'),
    }
  }
  return {
    kind: 'flow',
    ...base,
    sampling_rate: number('sampling_rate'),
    sample_pool: number('sample_pool'),
    drops,
    input_format: number('input_format'),
    input_value: number('input_value'),
    output_format: number('output_format'),
    output_value: number('output_value'),
  }
}

function parseRecords(value: unknown, registry: typeof flowRecords): DecodedRecord[] {
  if (!Array.isArray(value)) throw new JsonMismatch(`records is ${describe(value)}, needed a list`)
  return value.map((item, i) => {
    const record = object(item, `records[${i}]`)
    const tag = parseTag(record.tag, `records[${i}].tag`)
    const type = registry.get(tag)
    if (record.bytes !== undefined || type === undefined) {
      return { tag, bytes: parseHex(record.bytes, `records[${i}].bytes`) }
    }
    const parsed: DecodedRecord = { tag, name: type.name, fields: parseFields(type, record.fields) }
    if (record.trailing !== undefined) parsed.trailing = parseHex(record.trailing, `records[${i}].trailing`)
    return parsed
  })
}
