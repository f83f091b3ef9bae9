// Owns the seam between input and everything else: batches of datagram bytes. Knows no sFlow.
// udp, captures, NDJSON and the kernel all give Batches. Start at Source.

/**
 * Some hundred UDP payloads in one buffer, with what the container or socket said of each. Valid until the next batch:
 * copy what must stay. Entries 0..count-1 of the arrays count; the arrays may be longer.
 */
export interface Batch {
  readonly bytes: Uint8Array
  /** Over the same memory as `bytes`, from its first byte. */
  readonly view: DataView
  readonly count: number
  /** First byte of the payload, from the start of `bytes`. */
  readonly offset: Uint32Array
  /** Bytes of the payload that are here. */
  readonly length: Uint32Array
  /** Bytes of the payload as sent; more than `length` where the capture cut it (snaplen). */
  readonly wireLength: Uint32Array
  /** Capture or arrival time: seconds since 1970 UTC, and nanoseconds. */
  readonly sec: Uint32Array
  readonly nsec: Uint32Array
  /** IP source of the datagram, four big-endian words each; IPv4 as ::ffff:a.b.c.d. All zero where not known. */
  readonly sender: Uint32Array
  /** UDP source port, 0 where not known. */
  readonly senderPort: Uint16Array
  /** Where several inputs are one: where entry `i` is from. For messages. */
  origin?(i: number): Origin
}

/** A place in one of several inputs. */
export interface Origin {
  /** Name of the input. */
  readonly name: string
  /** Which of its datagrams, from 1. */
  readonly number: number
}

/** Where datagrams come from. */
export interface Source {
  /** For messages: the file name, `stdin`, `udp://[::]:6343`. */
  readonly name: string
  /** True where time is the capture's: an end is expected and the same input gives the same output. */
  readonly recorded: boolean
  batches(): AsyncIterable<Batch>
  close(): Promise<void>
  /** Live: `batches()` gives what has arrived up to now, and then ends. Without it, close() is all there is. */
  finish?(): void
  /** What was read up to now: for the "nothing found" message, the summary and the exit code. */
  report(): SourceReport
}

/** What a source met on the way. All counts are of packets unless said otherwise. */
export interface SourceReport {
  readonly packets: number
  readonly datagrams: number
  /** Of `datagrams`: cut by the capture's snaplen. */
  readonly cut: number
  /** UDP packets to other ports: port → packets; at most 64 ports are kept. */
  readonly otherPorts: ReadonlyMap<number, number>
  /** Why packets were left out, in words, with counts: `not UDP` → 12, `IP fragment without its rest` → 1. */
  readonly skipped: ReadonlyMap<string, number>
  /** Damage of the container itself; `kind` is stable, `problem` says found and needed. */
  readonly issues: readonly {
    readonly kind: string
    readonly at: number
    readonly problem: string
    readonly count: number
  }[]
  /** Bytes read and total bytes where known, for a progress bar. */
  readonly bytesRead: number
  readonly bytesTotal: number | undefined
  /** How datagrams arrive, where the source is a socket. */
  readonly live?: LiveReport | undefined
}

/** A receiving socket, or several, and what was lost there. Counts are of datagrams. Of this host's kernel: what hears of its drops. */
export interface LiveReport {
  readonly receiver: 'recvmmsg' | 'dgram' | 'tp_btf' | 'raw_tp'
  /** A clause that says why this receiver: `koffi is not installed`; empty where nothing is to be said. */
  readonly why: string
  /** Where it listens, with the port that was given: `udp://[::]:6343`; `kernel:`, with a namespace where it is of one. */
  readonly bound: readonly string[]
  /** What a person should know about that, in sentences: `IPv6 is off, so ...`. */
  readonly notices: readonly string[]
  /** Receive buffer in bytes, of each socket; granted is the smallest. */
  readonly bufferAsked: number
  readonly bufferGranted: number
  /** Dropped by the kernel because the buffer was full (or the checksum wrong); undefined where this system does not tell. */
  readonly kernelDropped: number | undefined
  /** Dropped by sonde because what follows was too slow; only the dgram receiver has such a queue. */
  readonly queueDropped: number
  /** Came from senders that are not allowed. Part of `packets`, not of `datagrams`. */
  readonly refused: number
  /** The first few of these senders; behind them `others` where there are more. */
  readonly refusedSenders: readonly string[]
}
