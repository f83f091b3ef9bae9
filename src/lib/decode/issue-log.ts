// Owns telling what is wrong with the input: the first issues of each kind in words, the rest counted.
// Start at IssueLog.

import { type DecodeIssue, formatIssue } from '../errors.ts'

/** Issues of one kind that are told in words; the others are counted. */
const TOLD_OF_A_KIND = 3
/** Kinds come from our own code and from record names, so there are few; this bounds them all the same. */
const MAX_KINDS = 256

/** Counts issues by kind and tells the first few. */
export class IssueLog {
  /** Kind → how many. */
  readonly counts = new Map<string, number>()
  total = 0
  readonly #tell: (line: string) => void

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** @param place the datagram, for the message: `datagram 17 of x.pcap` */
  add(issue: DecodeIssue, place: string): void {
    this.total++
    const kind = this.counts.size < MAX_KINDS || this.counts.has(issue.kind) ? issue.kind : 'other'
    const count = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, count)
    if (count <= TOLD_OF_A_KIND) this.#tell(`${place}: ${formatIssue(issue)}`)
  }

  /** Tells how many more of each kind there were. */
  close(): void {
    for (const [kind, count] of this.counts) {
      if (count > TOLD_OF_A_KIND)
        this.#tell(`${(count - TOLD_OF_A_KIND).toLocaleString('en-US')} more like it: ${kind}`)
    }
  }
}
