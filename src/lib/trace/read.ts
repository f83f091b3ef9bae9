// Owns reading the NDJSON of a trace back, as write.ts writes it; any key order, any spacing. See step.ts for the folder. Start at
// parseTraceLine.

import { traceTiers } from '../kernel/trace/trace-watch.ts'
import { JsonMismatch } from '../wire/json.ts'
import type { TraceEnd, TraceHead } from './head.ts'
import type { TraceStep, Tuple } from './step.ts'

export type TraceLine =
  | { readonly kind: 'trace'; readonly head: TraceHead }
  | { readonly kind: 'step'; readonly step: TraceStep }
  | { readonly kind: 'trace_end'; readonly end: TraceEnd }
  /** JSON that is none of ours: a route of --summary, or another program's. */
  | { readonly kind: 'other' }

type Json = Readonly<Record<string, unknown>>

const NS = 1_000_000_000n
/** Frames that are kept of a stack: more than a kernel tells (PERF_MAX_STACK_DEPTH is 127). */
const MOST_FRAMES = 128
/** Fields of --meta that are kept. */
const MOST_META = 16

const noMeta: Readonly<Record<string, bigint | null>> = Object.freeze({})
const noStack: readonly string[] = Object.freeze([])

/** @throws JsonMismatch where the line is not what its kind has; SyntaxError where it is no JSON */
export function parseTraceLine(text: string): TraceLine {
  const line = parseJson(text)
  if (!isObject(line)) throw new JsonMismatch(`the line is ${found(line)}, needed an object`)
  switch (line.kind) {
    case 'step':
      return { kind: 'step', step: parseStep(line) }
    case 'trace':
      return { kind: 'trace', head: parseHead(line) }
    case 'trace_end':
      return { kind: 'trace_end', end: parseEnd(line) }
    default:
      return { kind: 'other' }
  }
}

/** Whole numbers beyond 2^53 as bigint, from their own digits; that is slow, and few lines have such. */
function parseJson(text: string): unknown {
  if (!/[:[,]\s*-?\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    const inexact = typeof value === 'number' && !Number.isSafeInteger(value)
    return inexact && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
  })
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseStep(line: Json): TraceStep {
  const number = (key: string) => (line[key] === undefined ? 0 : unsigned(line[key], key))
  return {
    time: parseTime(line.time),
    skb: matching(line.skb, 'skb', /^0x[0-9a-f]{1,16}$/, 'an address as "0xffff970bc5f568e8"'),
    packet: count(line, 'packet'),
    cpu: number('cpu'),
    pid: number('pid'),
    process: string(line, 'process'),
    netns: number('netns'),
    netnsName: string(line, 'netns_name'),
    mark: number('mark'),
    interfaceIndex: number('ifindex'),
    interfaceName: string(line, 'iface'),
    ethertype: line.proto === undefined ? 0 : parseEthertype(line.proto),
    mtu: number('mtu'),
    length: number('len'),
    tuple: line.tuple === undefined ? undefined : parseTuple(line.tuple),
    functionName: matching(line.func, 'func', /./s, 'the name of a function'),
    isTracepoint: line.tracepoint === true,
    reason: string(line, 'reason'),
    droppedIn: string(line, 'dropped_in'),
    caller: string(line, 'caller'),
    stack: line.stack === undefined ? noStack : strings(line.stack, 'stack').slice(0, MOST_FRAMES),
    meta: line.meta === undefined ? noMeta : parseMeta(line.meta),
  }
}

function parseTuple(value: unknown): Tuple {
  if (!isObject(value)) throw new JsonMismatch(`tuple is ${found(value)}, needed an object`)
  const address = (key: string) => matching(value[key], `tuple.${key}`, /^[0-9a-f.:]{2,45}$/, 'an IP address')
  const port = (key: string) => (value[key] === undefined ? undefined : unsigned(value[key], `tuple.${key}`))
  const tuple = {
    source: address('saddr'),
    destination: address('daddr'),
    sourcePort: port('sport'),
    destinationPort: port('dport'),
    protocol: string(value, 'proto'),
    flags: value.flags === undefined ? undefined : string(value, 'flags'),
  }
  return value.message === undefined ? tuple : { ...tuple, message: string(value, 'message') }
}

function parseMeta(value: unknown): Record<string, bigint | null> {
  if (!isObject(value)) throw new JsonMismatch(`meta is ${found(value)}, needed an object`)
  const entries = Object.entries(value).slice(0, MOST_META)
  return Object.fromEntries(
    entries.map(([field, x]) => {
      if (x === null || typeof x === 'bigint') return [field, x]
      if (typeof x === 'number' && Number.isSafeInteger(x)) return [field, BigInt(x)]
      throw new JsonMismatch(`meta "${field}" is ${found(x)}, needed a whole number or null`)
    }),
  )
}

function parseHead(line: Json): TraceHead {
  const tier = traceTiers.find((each) => each === line.tier)
  if (tier === undefined) {
    throw new JsonMismatch(`tier is ${found(line.tier)}, needed one of ${traceTiers.join(', ')}`)
  }
  const text = (key: string) => (line[key] === undefined ? undefined : string(line, key))
  return {
    time: parseTime(line.time),
    tier,
    functions: count(line, 'functions'),
    notAttached: count(line, 'not_attached'),
    attachMs: count(line, 'attach_ms'),
    why: line.why === undefined ? [] : strings(line.why, 'why'),
    filter: text('filter'),
    func: text('func'),
    ifname: text('ifname'),
    netns: text('only_netns'),
    mark: text('only_mark'),
    modules: line.kmods === undefined ? [] : line.kmods === 'all' ? 'all' : strings(line.kmods, 'kmods'),
    track: line.track_skb === true,
    caller: line.caller === true,
    stack: line.stack === true,
    meta: line.meta === undefined ? [] : strings(line.meta, 'meta').slice(0, MOST_META),
  }
}

const ends: readonly TraceEnd['by'][] = ['stop', 'limit', 'duration', 'reader', 'end']

function parseEnd(line: Json): TraceEnd {
  const { seconds } = line
  return {
    steps: count(line, 'steps'),
    seen: line.seen === undefined ? undefined : count(line, 'seen'),
    refused: line.refused === undefined ? undefined : count(line, 'refused'),
    lost: count(line, 'lost'),
    ...(line.not_shown === undefined ? {} : { notShown: count(line, 'not_shown') }),
    ...(line.missed === undefined ? {} : { missed: count(line, 'missed') }),
    seconds: typeof seconds === 'number' && seconds >= 0 ? seconds : 0,
    by: ends.find((each) => each === line.by) ?? 'end',
  }
}

function parseTime(value: unknown): bigint {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(value) : null
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}Z`)
  if (match === null || Number.isNaN(ms)) {
    throw new JsonMismatch(`time is ${found(value)}, needed UTC as in "2026-01-01T00:00:00.000000000Z"`)
  }
  return BigInt(ms / 1000) * NS + BigInt((match[2] ?? '').padEnd(9, '0'))
}

function parseEthertype(value: unknown): number {
  return Number(matching(value, 'proto', /^0x[0-9a-f]{1,4}$/, 'an ethertype as "0x0800"'))
}

/** A count may be larger than 32 bits; 0 where it is not there. */
function count(line: Json, key: string): number {
  const value = line[key]
  if (value === undefined) return 0
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new JsonMismatch(`${key} is ${found(value)}, needed a whole number`)
}

function string(line: Json, key: string): string {
  const value = line[key]
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  throw new JsonMismatch(`${key} is ${found(value)}, needed a text`)
}

function matching(value: unknown, key: string, pattern: RegExp, needed: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value
  throw new JsonMismatch(`${key} is ${found(value)}, needed ${needed}`)
}

function strings(value: unknown, key: string): readonly string[] {
  if (Array.isArray(value) && value.every((x): x is string => typeof x === 'string')) return value
  throw new JsonMismatch(`${key} is ${found(value)}, needed a list of texts`)
}

/** 32 bits. */
function unsigned(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
  throw new JsonMismatch(`${key} is ${found(value)}, needed a whole number of 32 bits`)
}

/** A value as an error quotes it; it may have bigints inside. */
function found(value: unknown): string {
  if (value === undefined) return 'missing'
  const shown = JSON.stringify(value, (_, x: unknown) => (typeof x === 'bigint' ? String(x) : x))
  return shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
}
