// Owns merging several sources into one by capture time. Knows no format. Start at mergeSources.

import type { Batch, Origin, Source, SourceReport } from './source.ts'

/** Datagrams and bytes of one merged batch. */
const MERGED_COUNT = 1024
const MERGED_BYTES = 1 << 18

/**
 * One source that gives the datagrams of several, earliest first; at the same time, those of the source named first.
 * Each source is taken in its own order, so what is out of order inside one stays so. Payloads are copied.
 */
export function mergeSources(sources: readonly Source[]): Source {
  return new MergedSource(sources)
}

/** Where a source is: its present batch, and the next datagram in it. */
class Cursor {
  batch: Batch | undefined
  next = 0
  /** Datagrams of the batches before. */
  past = 0
  /** Of its source. */
  readonly index: number
  readonly #batches: AsyncIterator<Batch>

  constructor(source: Source, index: number) {
    this.index = index
    this.#batches = source.batches()[Symbol.asyncIterator]()
  }

  /** Loads a batch when the present one is used up; false at the end of the source. */
  async ready(): Promise<boolean> {
    while (this.batch === undefined || this.next >= this.batch.count) {
      this.past += this.next
      this.next = 0
      const result = await this.#batches.next()
      if (result.done) {
        this.batch = undefined
        return false
      }
      this.batch = result.value
    }
    return true
  }

  /** Whether the next datagram comes before that of `other`; `first` where their times are equal. */
  before(other: Cursor, first: boolean): boolean {
    const a = this.batch!
    const b = other.batch!
    const secA = a.sec[this.next]!
    const secB = b.sec[other.next]!
    if (secA !== secB) return secA < secB
    const nsecA = a.nsec[this.next]!
    const nsecB = b.nsec[other.next]!
    return nsecA === nsecB ? first : nsecA < nsecB
  }
}

class CopiedBatch implements Batch {
  bytes = new Uint8Array(MERGED_BYTES)
  view = new DataView(this.bytes.buffer)
  count = 0
  readonly offset = new Uint32Array(MERGED_COUNT)
  readonly length = new Uint32Array(MERGED_COUNT)
  readonly wireLength = new Uint32Array(MERGED_COUNT)
  readonly sec = new Uint32Array(MERGED_COUNT)
  readonly nsec = new Uint32Array(MERGED_COUNT)
  readonly sender = new Uint32Array(MERGED_COUNT * 4)
  readonly senderPort = new Uint16Array(MERGED_COUNT)
  /** Of each, the place of its source, and its number there. */
  readonly #source = new Uint32Array(MERGED_COUNT)
  readonly #number = new Float64Array(MERGED_COUNT)
  readonly #sources: readonly Source[]
  #end = 0

  constructor(sources: readonly Source[]) {
    this.#sources = sources
  }

  origin(i: number): Origin {
    return { name: this.#sources[this.#source[i]!]!.name, number: this.#number[i]! }
  }

  clear(): void {
    this.count = 0
    this.#end = 0
  }

  /** Copies the next datagram of a cursor that stands in a batch; false where there is no room for it. */
  add(cursor: Cursor): boolean {
    const from = cursor.batch!
    const i = cursor.next
    const length = from.length[i]!
    const n = this.count
    if (n === MERGED_COUNT || length > this.bytes.length - this.#end) {
      if (n > 0) return false
      this.bytes = new Uint8Array(length)
      this.view = new DataView(this.bytes.buffer)
    }
    const at = from.offset[i]!
    this.bytes.set(from.bytes.subarray(at, at + length), this.#end)
    this.offset[n] = this.#end
    this.length[n] = length
    this.wireLength[n] = from.wireLength[i]!
    this.sec[n] = from.sec[i]!
    this.nsec[n] = from.nsec[i]!
    for (let k = 0; k < 4; k++) this.sender[n * 4 + k] = from.sender[i * 4 + k]!
    this.senderPort[n] = from.senderPort[i]!
    this.#source[n] = cursor.index
    this.#number[n] = cursor.past + i + 1
    this.#end += length
    this.count = n + 1
    return true
  }
}

class MergedSource implements Source {
  readonly name: string
  readonly recorded: boolean
  readonly #sources: readonly Source[]

  constructor(sources: readonly Source[]) {
    this.#sources = sources
    this.name = sources.length <= 3 ? sources.map((source) => source.name).join(', ') : `${sources.length} captures`
    this.recorded = sources.every((source) => source.recorded)
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    const live: Cursor[] = []
    for (const [index, source] of this.#sources.entries()) {
      const cursor = new Cursor(source, index)
      if (await cursor.ready()) live.push(cursor)
    }
    const out = new CopiedBatch(this.#sources)
    while (live.length > 0) {
      const index = earliest(live)
      const cursor = live[index]!
      const rival = live.length > 1 ? runnerUp(live, index) : -1
      const { batch } = cursor
      // A run of one source is taken without looking at the others again: files that follow each other cost nothing.
      while (batch && cursor.next < batch.count) {
        if (rival >= 0 && !cursor.before(live[rival]!, index < rival)) break
        if (out.add(cursor)) {
          cursor.next++
        } else {
          yield out
          out.clear()
        }
      }
      if (!(await cursor.ready())) live.splice(index, 1)
    }
    if (out.count > 0) yield out
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()))
  }

  /** Sums; issues keep the name of their source. */
  report(): SourceReport {
    const reports = this.#sources.map((source) => source.report())
    const sum = (of: (report: SourceReport) => number) => reports.reduce((total, report) => total + of(report), 0)
    const known = reports.every((report) => report.bytesTotal !== undefined)
    return {
      packets: sum((report) => report.packets),
      datagrams: sum((report) => report.datagrams),
      cut: sum((report) => report.cut),
      otherPorts: mostly(addUp(reports.map((report) => report.otherPorts))),
      skipped: addUp(reports.map((report) => report.skipped)),
      issues: reports.flatMap((report, i) =>
        report.issues.map((issue) => ({ ...issue, problem: `${this.#sources[i]!.name}: ${issue.problem}` })),
      ),
      bytesRead: sum((report) => report.bytesRead),
      bytesTotal: known ? sum((report) => report.bytesTotal ?? 0) : undefined,
    }
  }
}

function earliest(live: readonly Cursor[]): number {
  let best = 0
  for (let i = 1; i < live.length; i++) if (live[i]!.before(live[best]!, false)) best = i
  return best
}

/** The earliest but `index`. */
function runnerUp(live: readonly Cursor[], index: number): number {
  let best = index === 0 ? 1 : 0
  for (let i = best + 1; i < live.length; i++) if (i !== index && live[i]!.before(live[best]!, false)) best = i
  return best
}

function addUp<K>(maps: readonly ReadonlyMap<K, number>[]): Map<K, number> {
  const total = new Map<K, number>()
  for (const map of maps) for (const [key, count] of map) total.set(key, (total.get(key) ?? 0) + count)
  return total
}

/** The 64 with the highest counts, as a single source keeps them. */
function mostly(counts: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 64))
}
