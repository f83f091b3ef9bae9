// Owns the framing of an sFlow version 5 datagram: header, samples, records, as offsets into the datagram's own bytes.
// Knows no record's content and makes no object or string unless something is wrong. Start at Walker.open.

import type { IssueSink } from '../errors.ts'
import { Outcome } from '../wire/outcome.ts'
import { formatTag } from '../wire/record.ts'
import { SampleKind, SampleTag, sampleName, sampleTypeOf } from './samples.ts'

/** A datagram of 65,507 bytes holds at most this many records of 8 bytes. */
const MAX_RECORDS = 8192

/**
 * Walks one datagram at a time; all fields are of the current datagram and the current sample, and are overwritten by
 * the next. Wire values are kept as they are, except that compact and expanded forms of data source and interface
 * read the same: (type, index) and (format, value).
 *
 * A broken record costs that record, a broken sample that sample: whatever is wrong goes to the issue sink and the walk
 * goes on behind its declared end. Nothing throws.
 */
export class Walker {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  /** First byte of the datagram, and one past its last. */
  start = 0
  end = 0

  version = 0
  /** 1 IPv4, 2 IPv6, 0 unknown (C17). */
  agentType = 0
  /** First byte of the agent's address: 4, 16 or no bytes. */
  agentOffset = 0
  subAgentId = 0
  sequence = 0
  /** Milliseconds since the device or its agent started; wraps after 49.71 days. */
  uptime = 0
  /** Samples that the header announces. */
  sampleCount = 0

  /** Number of the current sample in its datagram, from 0; -1 before the first. */
  sampleIndex = -1
  sampleTag = 0
  sampleKind: SampleKind = SampleKind.other
  /** First byte of the sample's body, and one past its last (clipped to the datagram). */
  sampleOffset = 0
  sampleEnd = 0
  /** The sample is cut, or too short for its own head: its fields are not valid, its bytes are. */
  sampleBroken = false

  sequenceNumber = 0
  sourceType = 0
  sourceIndex = 0
  samplingRate = 0
  samplePool = 0
  drops = 0
  inputFormat = 0
  inputValue = 0
  outputFormat = 0
  outputValue = 0
  /** Discards only: the drop reason. */
  reason = 0

  /** Records that are here (whole or, the last one, clipped). */
  recordCount = 0
  readonly recordTag = new Uint32Array(MAX_RECORDS)
  /** First byte of the record's body. */
  readonly recordOffset = new Uint32Array(MAX_RECORDS)
  /** One past the last byte of the record's body, padding of an odd length not included. */
  readonly recordEnd = new Uint32Array(MAX_RECORDS)
  /** Index of the record that the sample's or datagram's end cuts, or -1. */
  recordClipped = -1
  /** First byte behind the last record of the sample. */
  recordsEnd = 0

  /** Where the next sample starts; after the last one, where the datagram's trailing bytes start. */
  next = 0

  readonly #issues: IssueSink

  constructor(issues: IssueSink) {
    this.#issues = issues
  }

  /**
   * Starts a datagram of `length` bytes at `offset`. `view` covers the same memory as `bytes`.
   * @returns false where it is no version 5 datagram (an issue says what it is)
   * @see sflow_version_5.txt, "sFlow Datagram"
   */
  open(bytes: Uint8Array, view: DataView, offset: number, length: number): boolean {
    this.bytes = bytes
    this.view = view
    this.start = offset
    this.end = offset + length
    this.sampleIndex = -1
    this.sampleCount = 0
    this.recordCount = 0
    this.next = this.end
    if (length < 8) {
      this.version = 0
      this.#issue('datagram', offset, 'not sFlow', `${length} bytes, an sFlow header needs at least 24`)
      return false
    }
    this.version = view.getUint32(offset)
    if (this.version !== 5) {
      this.#notVersion5()
      return false
    }
    this.agentType = view.getUint32(offset + 4)
    if (this.agentType > 2) {
      this.#issue(
        'datagram',
        offset + 4,
        'agent address',
        `agent address type ${this.agentType}, needed 1 (IPv4) or 2 (IPv6)`,
      )
      return false
    }
    this.agentOffset = offset + 8
    const at = offset + 8 + (this.agentType === 1 ? 4 : this.agentType === 2 ? 16 : 0)
    if (at + 16 > this.end) {
      this.#issue('datagram', offset, 'cut', `header cut: ${length} bytes, needed ${at + 16 - offset}`)
      return false
    }
    this.subAgentId = view.getUint32(at)
    this.sequence = view.getUint32(at + 4)
    this.uptime = view.getUint32(at + 8)
    this.sampleCount = view.getUint32(at + 12)
    this.next = at + 16
    return true
  }

  /** Goes to the next sample. False after the last one that is here. */
  nextSample(): boolean {
    const { view, end } = this
    const index = this.sampleIndex + 1
    let at = this.next
    if (index >= this.sampleCount) return false
    this.sampleIndex = index
    if (at + 8 > end) {
      this.#missingSamples(index, at)
      this.sampleIndex = index - 1
      this.sampleCount = index
      return false
    }
    const tag = view.getUint32(at)
    const claimed = view.getUint32(at + 4)
    at += 8
    this.sampleTag = tag
    this.sampleOffset = at
    this.recordCount = 0
    this.recordClipped = -1
    this.sampleBroken = false
    const left = end - at
    if (claimed > left) {
      this.#sampleIssue('sample cut', `claims ${claimed} bytes, ${left} left`)
      this.sampleEnd = end
      this.next = end
    } else {
      this.sampleEnd = at + claimed
      const padded = at + ((claimed + 3) & ~3)
      this.next = Math.min(padded, end)
    }
    this.recordsEnd = this.sampleEnd
    switch (tag) {
      case SampleTag.flow_sample:
        this.#flow(at)
        break
      case SampleTag.flow_sample_expanded:
        this.#flowExpanded(at)
        break
      case SampleTag.counters_sample:
        this.#counters(at)
        break
      case SampleTag.counters_sample_expanded:
        this.#countersExpanded(at)
        break
      case SampleTag.discarded_packet:
        this.#discard(at)
        break
      default:
        this.sampleKind = sampleTypeOf(tag)?.kind ?? SampleKind.other
        this.sampleBroken = claimed > left
    }
    return true
  }

  /** Index of the first whole record of this tag in the current sample, or -1. */
  findRecord(tag: number): number {
    const { recordTag, recordCount, recordClipped } = this
    for (let i = 0; i < recordCount; i++) if (recordTag[i] === tag && i !== recordClipped) return i
    return -1
  }

  /** The agent's address as four big-endian words, IPv4 as ::ffff:a.b.c.d; all zero where it is not known. */
  agentWords(into: Uint32Array | number[]): void {
    const { view, agentOffset } = this
    for (let k = 0; k < 4; k++) into[k] = this.agentType === 2 ? view.getUint32(agentOffset + k * 4) : 0
    if (this.agentType !== 1) return
    into[2] = 0xffff
    into[3] = view.getUint32(agentOffset)
  }

  /** `samples[2] flow_sample (0:1)`, for issues. */
  sampleWhere(): string {
    return `samples[${this.sampleIndex}] ${sampleName(this.sampleTag)} (${formatTag(this.sampleTag)})`
  }

  /** Tells that record `i`, whose declaration is `name`, can't be decoded. */
  reportRecord(i: number, name: string, outcome: Outcome): void {
    const list = sampleTypeOf(this.sampleTag)?.records
    const tag = formatTag(this.recordTag[i]!)
    const where = `samples[${this.sampleIndex}].${list}[${i}] ${name} (${tag})`
    this.#issue(where, outcome.at, `${name} ${outcome.kind}`, outcome.problem)
  }

  /** Tells that sampled_header record `i` says more bytes than it has. */
  reportShortHeader(i: number): void {
    const { view } = this
    const at = this.recordOffset[i]!
    const end = this.recordEnd[i]!
    const outcome = new Outcome()
    if (end - at < 16) outcome.short('header', at, 16, end)
    else outcome.long('header', at + 12, view.getUint32(at + 12), end)
    this.reportRecord(i, 'sampled_header', outcome)
  }

  /** Tells that the body of a sample without records can't be decoded. */
  reportBody(outcome: Outcome): void {
    this.#issue(this.sampleWhere(), outcome.at, `${sampleName(this.sampleTag)} ${outcome.kind}`, outcome.problem)
  }

  #flow(at: number): void {
    this.sampleKind = SampleKind.flow
    if (this.#tooShort(at, 32)) return
    const { view } = this
    this.sequenceNumber = view.getUint32(at)
    const source = view.getUint32(at + 4)
    this.sourceType = source >>> 24
    this.sourceIndex = source & 0xffffff
    this.samplingRate = view.getUint32(at + 8)
    this.samplePool = view.getUint32(at + 12)
    this.drops = view.getUint32(at + 16)
    const input = view.getUint32(at + 20)
    this.inputFormat = input >>> 30
    this.inputValue = input & 0x3fffffff
    const output = view.getUint32(at + 24)
    this.outputFormat = output >>> 30
    this.outputValue = output & 0x3fffffff
    this.#records(view.getUint32(at + 28), at + 32)
  }

  #flowExpanded(at: number): void {
    this.sampleKind = SampleKind.flow
    if (this.#tooShort(at, 44)) return
    const { view } = this
    this.sequenceNumber = view.getUint32(at)
    this.sourceType = view.getUint32(at + 4)
    this.sourceIndex = view.getUint32(at + 8)
    this.samplingRate = view.getUint32(at + 12)
    this.samplePool = view.getUint32(at + 16)
    this.drops = view.getUint32(at + 20)
    this.inputFormat = view.getUint32(at + 24)
    this.inputValue = view.getUint32(at + 28)
    this.outputFormat = view.getUint32(at + 32)
    this.outputValue = view.getUint32(at + 36)
    this.#records(view.getUint32(at + 40), at + 44)
  }

  #counters(at: number): void {
    this.sampleKind = SampleKind.counters
    if (this.#tooShort(at, 12)) return
    const { view } = this
    this.sequenceNumber = view.getUint32(at)
    const source = view.getUint32(at + 4)
    this.sourceType = source >>> 24
    this.sourceIndex = source & 0xffffff
    this.#records(view.getUint32(at + 8), at + 12)
  }

  #countersExpanded(at: number): void {
    this.sampleKind = SampleKind.counters
    if (this.#tooShort(at, 16)) return
    const { view } = this
    this.sequenceNumber = view.getUint32(at)
    this.sourceType = view.getUint32(at + 4)
    this.sourceIndex = view.getUint32(at + 8)
    this.#records(view.getUint32(at + 12), at + 16)
  }

  #discard(at: number): void {
    this.sampleKind = SampleKind.discard
    if (this.#tooShort(at, 32)) return
    const { view } = this
    this.sequenceNumber = view.getUint32(at)
    this.sourceType = view.getUint32(at + 4)
    this.sourceIndex = view.getUint32(at + 8)
    this.drops = view.getUint32(at + 12)
    this.inputFormat = 0
    this.inputValue = view.getUint32(at + 16)
    this.outputFormat = 0
    this.outputValue = view.getUint32(at + 20)
    this.reason = view.getUint32(at + 24)
    this.samplingRate = 1
    this.samplePool = 0
    this.#records(view.getUint32(at + 28), at + 32)
  }

  #tooShort(at: number, head: number): boolean {
    if (at + head <= this.sampleEnd) return false
    this.sampleBroken = true
    this.#sampleIssue('sample short', `${this.sampleEnd - at} bytes, its fields need ${head}`)
    return true
  }

  /** Indexes the records: tags and where their bodies are. */
  #records(count: number, from: number): void {
    const { view, recordTag, recordOffset, recordEnd, sampleEnd } = this
    let at = from
    let i = 0
    // MAX_RECORDS can't be reached by a UDP payload; it bounds what other callers may pass.
    for (; i < count && i < MAX_RECORDS; i++) {
      if (at + 8 > sampleEnd) break
      const length = view.getUint32(at + 4)
      recordTag[i] = view.getUint32(at)
      at += 8
      recordOffset[i] = at
      const left = sampleEnd - at
      if (length > left) {
        recordEnd[i] = sampleEnd
        this.recordClipped = i
        this.recordCount = i + 1
        this.recordsEnd = sampleEnd
        this.#recordIssue(i, 'record cut', `claims ${length} bytes, ${left} left`)
        return
      }
      recordEnd[i] = at + length
      const padded = at + ((length + 3) & ~3)
      at = Math.min(padded, sampleEnd)
    }
    this.recordCount = i
    this.recordsEnd = at
    if (i < count) {
      this.#sampleIssue('records missing', `announces ${count} records, ${i} found before its end`)
    }
  }

  #notVersion5(): void {
    const { version, start } = this
    if (version === 2 || version === 4) {
      const problem = `sFlow version ${version}; sonde decodes version 5, which every agent since 2004 can send`
      this.#issue('datagram', start, `version ${version}`, problem)
    } else {
      this.#issue('datagram', start, 'not sFlow', `version ${version}, needed 5`)
    }
  }

  #missingSamples(index: number, at: number): void {
    const problem = `header announces ${this.sampleCount} samples, ${index} found, ${this.end - at} bytes left`
    this.#issue('datagram', at, 'samples missing', problem)
  }

  #sampleIssue(kind: string, problem: string): void {
    this.#issue(this.sampleWhere(), this.sampleOffset, kind, problem)
  }

  #recordIssue(i: number, kind: string, problem: string): void {
    const tag = formatTag(this.recordTag[i]!)
    const list = sampleTypeOf(this.sampleTag)?.records
    this.#issue(`samples[${this.sampleIndex}].${list}[${i}] (${tag})`, this.recordOffset[i]!, kind, problem)
  }

  #issue(where: string, at: number, kind: string, problem: string): void {
    this.#issues({ where, at: at - this.start, kind, problem })
  }
}
