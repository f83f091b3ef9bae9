// Owns what a person can ask of `sonde listen`, as values. Knows no flag. Start at ListenOptions; run.ts does it.

import type { Prefix } from '../parse/address.ts'
import type { UdpAddress } from '../parse/udp-address.ts'
import type { Selection } from '../print/options.ts'
import type { SideOptions } from './open-sides.ts'
import type { ListenSnapshot } from './snapshot.ts'

export interface ListenOptions extends Selection {
  /** Where to listen, at least one. */
  readonly addresses: readonly UdpAddress[]
  /** Receive buffer asked for, bytes. */
  readonly bufferBytes: number
  /** Senders that are heard; all where undefined. */
  readonly allow: readonly Prefix[] | undefined
  /** What is done beside printing. */
  readonly sides: SideOptions
  /** Keep one in N flow samples; undefined: all. */
  readonly resample: number | undefined
  /** Ends by itself after so many milliseconds; undefined: never. */
  readonly durationMs: number | undefined
  /** Other sockets have the same addresses: threads that share the work. */
  readonly sharePort?: boolean
  readonly stop: AbortSignal
  /** Gets the state, once a second or more often, in the thread that asks for all this. */
  readonly onSnapshot?: ((snapshot: ListenSnapshot) => void) | undefined
}
