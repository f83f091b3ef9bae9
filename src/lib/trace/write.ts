// Owns the NDJSON of a trace (docs/trace.md has its keys): what read.ts reads back. See step.ts for the folder. Start at headJson.

import type { TraceEnd, TraceHead } from './head.ts'
import type { TraceStep, Tuple } from './step.ts'

/** Texts of strings that are kept: names of functions, processes and interfaces come again and again. */
const MOST_TEXTS = 8192
const NS = 1_000_000_000n

/** The first line, without newline. */
export function headJson(head: TraceHead): string {
  const { modules, filter, func, ifname, netns, mark } = head
  return safeJson({
    kind: 'trace',
    time: isoTime(head.time),
    tier: head.tier,
    functions: head.functions,
    not_attached: head.notAttached,
    attach_ms: Math.round(head.attachMs),
    why: head.why,
    filter,
    func,
    ifname,
    // The member of a step of the same name is a number: this one is what was asked.
    only_netns: netns,
    only_mark: mark,
    kmods: modules.length === 0 ? undefined : modules,
    track_skb: head.track,
    caller: head.caller,
    stack: head.stack,
    meta: head.meta,
  })
}

/** The last line, without newline. */
export function endJson({ steps, notShown, seen, refused, lost, missed, seconds, by }: TraceEnd): string {
  const rounded = Math.round(seconds * 1e6) / 1e6
  return safeJson({
    kind: 'trace_end',
    steps,
    not_shown: notShown,
    seen,
    refused,
    lost,
    missed,
    seconds: rounded,
    by,
  })
}

/** JSON in one line, harmless at a terminal whatever text is in it. */
export function safeJson(value: unknown): string {
  return escapeActive(JSON.stringify(value, (_, x: unknown) => (typeof x === 'string' ? x.toWellFormed() : x)))
}

/** Characters on which a terminal acts, as everywhere in our NDJSON (wire/json-text.ts). */
function escapeActive(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `2026-11-23T21:38:07.123456789Z` */
function isoTime(time: bigint): string {
  return `${isoSecond(time / NS)}${String(time % NS).padStart(9, '0')}Z`
}

/** `2026-11-23T21:38:07.` */
function isoSecond(second: bigint): string {
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.`
}

/** Writes steps. */
export class StepWriter {
  readonly #strings = new Map<string, string>()
  #second = -1n
  #secondText = ''

  /** A line, without newline. What is empty or not known is left out. */
  step(step: TraceStep): string {
    const { packet, netns, netnsName, interfaceIndex, interfaceName, mtu, tuple, reason, droppedIn, caller } = step
    let line = `{"kind":"step","time":"${this.#time(step.time)}","skb":"${step.skb}"`
    if (packet !== 0) line += `,"packet":${packet}`
    line += `,"cpu":${step.cpu},"pid":${step.pid},"process":${this.#string(step.process)}`
    if (netns !== 0) line += `,"netns":${netns}`
    if (netnsName !== '') line += `,"netns_name":${this.#string(netnsName)}`
    line += `,"mark":${step.mark}`
    if (interfaceIndex !== 0) line += `,"ifindex":${interfaceIndex}`
    if (interfaceName !== '') line += `,"iface":${this.#string(interfaceName)}`
    line += `,"proto":"0x${step.ethertype.toString(16).padStart(4, '0')}"`
    if (mtu !== 0) line += `,"mtu":${mtu}`
    line += `,"len":${step.length}`
    if (tuple !== undefined) line += `,"tuple":${this.#tuple(tuple)}`
    line += `,"func":${this.#string(step.functionName)}`
    if (step.isTracepoint) line += ',"tracepoint":true'
    if (reason !== '') line += `,"reason":${this.#string(reason)}`
    if (droppedIn !== '') line += `,"dropped_in":${this.#string(droppedIn)}`
    if (caller !== '') line += `,"caller":${this.#string(caller)}`
    if (step.stack.length > 0) line += `,"stack":[${step.stack.map((x) => this.#string(x)).join(',')}]`
    return `${line}${this.#meta(step.meta)}}`
  }

  #meta(meta: TraceStep['meta']): string {
    let text = ''
    for (const field in meta) text += `${text === '' ? '' : ','}${this.#string(field)}:${meta[field]}`
    return text === '' ? '' : `,"meta":{${text}}`
  }

  #tuple({ source, destination, sourcePort, destinationPort, protocol, flags, message }: Tuple): string {
    let text = `{"saddr":"${source}","daddr":"${destination}"`
    if (sourcePort !== undefined) text += `,"sport":${sourcePort}`
    if (destinationPort !== undefined) text += `,"dport":${destinationPort}`
    text += `,"proto":${this.#string(protocol)}`
    if (flags !== undefined) text += `,"flags":${this.#string(flags)}`
    if (message !== undefined) text += `,"message":${this.#string(message)}`
    return `${text}}`
  }

  /** Steps come in order of time, nearly: the text of their second is kept. */
  #time(time: bigint): string {
    const second = time / NS
    if (second !== this.#second) {
      this.#second = second
      this.#secondText = isoSecond(second)
    }
    return `${this.#secondText}${String(Number(time - second * NS)).padStart(9, '0')}Z`
  }

  #string(text: string): string {
    let json = this.#strings.get(text)
    if (json === undefined) {
      if (this.#strings.size >= MOST_TEXTS) this.#strings.clear()
      json = escapeActive(JSON.stringify(text.toWellFormed()))
      this.#strings.set(text, json)
    }
    return json
  }
}
