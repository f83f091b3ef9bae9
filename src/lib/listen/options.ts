// Owns what a person can ask of `sonde listen`, as values. Knows no flag. Start at ListenOptions; run.ts does it.

import type { Prefix } from '../parse/address.ts'
import type { UdpAddress } from '../parse/udp-address.ts'
import type { Selection } from '../print/options.ts'

/** A capture that is written beside. */
export interface WriteOptions {
  /** Its ending says the form: .pcap or .pcapng, .gz behind it. */
  readonly path: string
  readonly rotateBytes: number | undefined
  readonly rotateSeconds: number | undefined
  readonly keep: number | undefined
}

export interface ListenOptions extends Selection {
  /** Where to listen, at least one. */
  readonly addresses: readonly UdpAddress[]
  /** Receive buffer asked for, bytes. */
  readonly bufferBytes: number
  /** Senders that are heard; all where undefined. */
  readonly allow: readonly Prefix[] | undefined
  /** Undefined: nothing is written. */
  readonly write: WriteOptions | undefined
  /** Ends by itself after so many milliseconds; undefined: never. */
  readonly durationMs: number | undefined
  /** Other sockets have the same addresses: threads that share the work. */
  readonly sharePort?: boolean
  readonly stop: AbortSignal
}
