// Owns turning decoded datagrams into the notation of vectors.json, one rule a kind of field.
// Values come from the decoder under test; how they are written here does not depend on it. Start at inVectorNotation.

import type { Datagram, DecodedRecord, Sample } from '../../src/lib/sflow/datagram.ts'
import { counterRecords, flowRecords, sampleBodies } from '../../src/lib/sflow/registry.ts'
import { type Fields, interpret } from '../../src/lib/wire/interpret.ts'
import type { Address, Field, Kind, NestedRecord } from '../../src/lib/wire/kinds.ts'
import { Outcome } from '../../src/lib/wire/outcome.ts'
import type { RecordType } from '../../src/lib/wire/record.ts'

type Registry = ReadonlyMap<number, RecordType>

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** `00:00:5e:00:53:01` */
const macText = (bytes: Uint8Array) => hex(bytes).match(/../g)!.join(':')

/** Addresses of the documentation prefixes as the vectors write them: `192.0.2.1`, `2001:db8::1`. */
function addressText(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null
  if (bytes.length === 4) return bytes.join('.')
  // All of them are 2001:db8:: and a last group, but for that prefix's own zero groups.
  const groups = hex(bytes)
    .match(/.{4}/g)!
    .map((x) => Number.parseInt(x, 16).toString(16))
  return groups.join(':').replace(/:(?:0:)+/, '::')
}

function value(kind: Kind, x: unknown): unknown {
  switch (kind.kind) {
    case 'u64':
      return String(x as bigint)
    case 'mac':
      return macText(x as Uint8Array)
    case 'ipv4':
    case 'ipv6':
      return addressText(x as Uint8Array)
    case 'address':
      return addressText((x as Address).bytes)
    case 'opaque':
    case 'fixed':
      return hex(x as Uint8Array)
    case 'array':
      return (x as unknown[]).map((item) => value(kind.of!, item))
    case 'struct':
      return members(kind.fields!, x as Fields)
    case 'records':
      return (x as NestedRecord[]).map(nested)
    default:
      return x
  }
}

/** Members in declared order; those of an absent tail are left out, a union gives two keys (`type`, and its own). */
function members(fields: readonly Field[], values: Fields): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const { name, kind } of fields) {
    const x = values[name]
    if (x === undefined) continue
    if (kind.kind === 'union') {
      const { type, value: inner } = x as { type: number; value: unknown }
      out.type = type
      out[name] = value(kind.arms!.get(type)!, inner)
    } else {
      out[name] = value(kind, x)
    }
  }
  return out
}

const tagOf = (tag: number) => ({ enterprise: Math.floor(tag / 4096), format: tag % 4096 })

function nested({ tag, bytes }: NestedRecord): unknown {
  const type = flowRecords.get(tag)!
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields = interpret(type, bytes, view, 0, bytes.length, new Outcome())
  return { ...tagOf(tag), name: type.name, fields: members(type.fields, fields!) }
}

function record(registry: Registry, x: DecodedRecord): unknown {
  if ('bytes' in x) return { ...tagOf(x.tag), name: x.name ?? 'unknown', raw: hex(x.bytes) }
  const type = registry.get(x.tag)!
  return { ...tagOf(x.tag), name: x.name, fields: members(type.fields, x.fields) }
}

const sampleTypes: Record<string, string> = {
  flow_sample: 'flow',
  counters_sample: 'counter',
  flow_sample_expanded: 'flow_expanded',
  counters_sample_expanded: 'counter_expanded',
}

function sample(x: Sample): unknown {
  const { tag, name } = x
  const head = { type: sampleTypes[name] ?? name, ...tagOf(tag) }
  if (x.kind === 'opaque') return { ...head, type: 'unknown', raw: hex(x.bytes) }
  if (x.kind === 'text') return { ...head, ...members(sampleBodies.get(tag)!.fields, x.fields) }
  const { kind, tag: _tag, name: _name, records, ...numbers } = x
  const registry = kind === 'counters' ? counterRecords : flowRecords
  return { ...head, ...numbers, records: records.map((r) => record(registry, r)) }
}

export function inVectorNotation(datagram: Datagram): unknown {
  return {
    version: 5,
    agent_address: addressText(datagram.agent.bytes),
    sub_agent_id: datagram.sub_agent_id,
    sequence_number: datagram.sequence_number,
    uptime: datagram.uptime,
    samples: datagram.samples.map(sample),
  }
}
