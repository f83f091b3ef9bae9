// Owns telling what is wrong with the input: the first issues of each kind in words, the rest counted; and the newest.
// Start at IssueLog.

import { type DecodeIssue, formatCount, formatIssue } from '../errors.ts'

/** Issues of one kind that are told in words; the others are counted. */
const TOLD_OF_A_KIND = 3
/** Kinds come from our own code and from record names, so there are few; this bounds them all the same. */
const MAX_KINDS = 256

/** Counts issues by kind and tells the first few; --verbose tells all. */
export class IssueLog {
  /** Kind → how many. */
  readonly counts = new Map<string, number>()
  total = 0
  readonly #tell: (line: string) => void
  readonly #detail: ((line: string) => void) | undefined
  readonly #hint: string
  /** The newest in words, a ring: the next one goes to #next. */
  #kept: string[] = []
  #next = 0
  /** Kind → its newest in words; the newest kind last. */
  readonly #newest = new Map<string, string>()
  #most = 0
  #aTick = 0
  /** How many more are put into words before the next tick only to be kept. */
  #left = 0

  /**
   * @param detail takes the issues that `tell` does not get; without it they are only counted
   * @param hint how to see those, in the count of them that close() tells
   */
  constructor(tell: (line: string) => void, detail?: (line: string) => void, hint = ' (--verbose tells each)') {
    this.#tell = tell
    this.#detail = detail
    this.#hint = hint
  }

  /** Keeps the newest `most` in words: those that are told, and at most `aTick` others between two ticks. */
  remember(most: number, aTick: number): void {
    this.#most = most
    this.#aTick = aTick
    this.#left = aTick
  }

  tick(): void {
    this.#left = this.#aTick
  }

  /** What is kept, newest first. */
  newest(): string[] {
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)].reverse()
  }

  /** Each kind with its count and its newest issue that was put into words, the cause first; the newest kind first. */
  kinds(): { kind: string; count: number; newest: string }[] {
    return [...this.#newest].map(([kind, newest]) => ({ kind, count: this.counts.get(kind)!, newest })).reverse()
  }

  /** @param place gives the datagram, for the message: `x.pcap datagram 17`; called only where it is told */
  add(issue: DecodeIssue, place: () => string): void {
    this.total++
    const kind = this.counts.size < MAX_KINDS || this.counts.has(issue.kind) ? issue.kind : 'other'
    const count = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, count)
    const tell = count <= TOLD_OF_A_KIND ? this.#tell : this.#detail
    if (tell === undefined && --this.#left < 0) return
    const where = place()
    const line = `${where}: ${formatIssue(issue)}`
    tell?.(line)
    if (this.#most === 0) return
    this.#keep(line)
    this.#newest.delete(kind)
    this.#newest.set(kind, `${issue.problem}, in ${issue.where} of ${where}`)
  }

  #keep(line: string): void {
    this.#kept[this.#next] = line
    this.#next = (this.#next + 1) % this.#most
  }

  /** Tells how many more of each kind there were than were told in words. */
  close(): void {
    if (this.#detail !== undefined) return
    for (const [kind, count] of this.counts) {
      const more = count - TOLD_OF_A_KIND
      if (more > 0) this.#tell(`${formatCount(more)} more of the kind "${kind}"${this.#hint}.`)
    }
  }
}
