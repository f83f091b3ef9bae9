// Owns live datagrams from UDP sockets, as a Source. Knows no sFlow and prints nothing.
// Two receivers stand behind it: recvmmsg(2) through koffi (udp-recvmmsg.ts) and node:dgram (udp-dgram.ts).
// Start at openUdp.

import { isMainThread } from 'node:worker_threads'
import { EnvironmentError } from '../errors.ts'
import type { Prefix } from '../parse/address.ts'
import type { UdpAddress } from '../parse/udp-address.ts'
import { loadLibc } from '../sys/libc.ts'
import type { LiveReport, Source } from './source.ts'
import { openDgram } from './udp-dgram.ts'
import type { UdpSettings } from './udp-listening.ts'
import { openRecvmmsg } from './udp-recvmmsg.ts'

/** Bytes of receive buffer that are asked for. The kernel doubles it and counts 2,304 for 1,400: room for 7,281 such datagrams. */
export const RECEIVE_BUFFER_BYTES = 8 << 20

/** A person sees no such delay, and a program that reads a pipe gets more at a time. */
export const PATIENCE_MS = 4

export interface UdpOptions {
  /** Where to listen; one socket each, at least one. */
  readonly addresses: readonly UdpAddress[]
  /** Receive buffer of each socket; RECEIVE_BUFFER_BYTES where not given. */
  readonly bufferBytes?: number | undefined
  /** Goes beyond net.core.rmem_max where this user may; true where not given. */
  readonly forceBuffer?: boolean | undefined
  /** Senders that are heard; all where not given. */
  readonly allow?: readonly Prefix[] | undefined
  /** Lets several sockets have the same address (SO_REUSEPORT), one a worker. The kernel keeps a sender with one of them. */
  readonly sharePort?: boolean | undefined
  /** Ends the source, as close does. */
  readonly signal?: AbortSignal | undefined
  /** Takes this receiver and no other; the better one that there is, where not given. */
  readonly receiver?: LiveReport['receiver'] | undefined
  /**
   * Waits with the whole thread (true in a worker, where nothing else is to do), so that messages to it are late by up to
   * BLOCKED_MS; or beside it, so that timers and signals go on.
   */
  readonly blocking?: boolean | undefined
  /**
   * How long a datagram may wait in its socket, so that many are read at once: each look costs as much as some tens of datagrams.
   * PATIENCE_MS where not given; kernel times are those of arrival all the same. Has no meaning for dgram.
   */
  readonly patienceMs?: number | undefined
}

/**
 * Opens sockets and receives from then on; read `batches()` soon. Batches come as fast as datagrams do, from one socket at a
 * time, with arrival times of the kernel (recvmmsg) or of the clock (dgram). It ends when it is closed, and not before.
 * @throws EnvironmentError where an address can't be had (in use, privileged, not here); nothing stays open then
 */
export async function openUdp(options: UdpOptions): Promise<Source> {
  const settings = {
    addresses: options.addresses,
    bufferBytes: options.bufferBytes ?? RECEIVE_BUFFER_BYTES,
    forceBuffer: options.forceBuffer ?? true,
    allow: options.allow,
    sharePort: options.sharePort ?? false,
    blocking: options.blocking ?? !isMainThread,
    patienceMs: options.patienceMs ?? PATIENCE_MS,
  }
  const source = await open(settings, options.receiver)
  const { signal } = options
  if (signal?.aborted) await source.close()
  else signal?.addEventListener('abort', () => void source.close(), { once: true })
  return source
}

async function open(settings: Omit<UdpSettings, 'why'>, receiver: UdpOptions['receiver']): Promise<Source> {
  if (receiver === 'dgram') return openDgram({ ...settings, why: 'it was asked for' })
  const { libc, why } = await loadLibc()
  if (libc) return openRecvmmsg(libc, { ...settings, why: receiver ? 'it was asked for' : 'koffi is there' })
  if (receiver) throw new EnvironmentError(`recvmmsg can't be used: ${why}.`)
  return openDgram({ ...settings, why })
}
