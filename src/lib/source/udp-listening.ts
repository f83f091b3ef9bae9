// Owns what both receivers share: their settings, the way from IPv6 to IPv4 where IPv6 is off, their report. See udp.ts.

import type { Prefix } from '../parse/address.ts'
import type { UdpAddress } from '../parse/udp-address.ts'
import type { LiveReport, SourceReport } from './source.ts'
import { RefusedSenders } from './udp-allow.ts'
import { cannotListen } from './udp-errors.ts'

/** UdpOptions with nothing left open. */
export interface UdpSettings {
  readonly addresses: readonly UdpAddress[]
  readonly bufferBytes: number
  readonly forceBuffer: boolean
  readonly allow: readonly Prefix[] | undefined
  readonly sharePort: boolean
  readonly blocking: boolean
  readonly patienceMs: number
  /** Why this receiver, as LiveReport has it. */
  readonly why: string
}

/** A socket that is bound; S is the receiver's own kind. */
export interface Listening<S> {
  readonly socket: S
  /** `udp://[::]:6343` */
  readonly bound: string
  /** Bytes of receive buffer. */
  readonly granted: number
}

/** What came up to now, of all sockets of a source; see SourceReport and LiveReport. */
export interface Arrived {
  packets: number
  datagrams: number
  cut: number
  bytes: number
  refused: number
  readonly refusedSenders: RefusedSenders
}

export function nothingArrived(): Arrived {
  return { packets: 0, datagrams: 0, cut: 0, bytes: 0, refused: 0, refusedSenders: new RefusedSenders() }
}

const anyV4 = { host: '0.0.0.0', words: [0, 0, 0xffff, 0], isV4: true } as const

/** Whether it means all addresses of this machine, of both families. */
export function isAnyAddress({ words }: UdpAddress): boolean {
  return words.every((word) => word === 0)
}

/**
 * Binds to an address; where that is all of this machine and IPv6 is off, to all of IPv4.
 * @param bind throws an error with the system's `code`
 * @throws EnvironmentError
 */
export async function listenAt<S>(
  address: UdpAddress,
  bind: (address: UdpAddress) => S | Promise<S>,
): Promise<S & { readonly notice: string | undefined }> {
  try {
    return { ...(await bind(address)), notice: undefined }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT' || !isAnyAddress(address)) {
      throw cannotListen(address, error)
    }
  }
  const fallback = { ...anyV4, port: address.port }
  try {
    return { ...(await bind(fallback)), notice: 'IPv6 is off on this machine: listening for IPv4 only.' }
  } catch (error) {
    throw cannotListen(fallback, error)
  }
}

/** The report of a source of sockets. */
export function reportArrived(
  arrived: Arrived,
  settings: UdpSettings,
  listening: readonly { readonly bound: string; readonly granted: number; readonly notice: string | undefined }[],
  rest: Pick<LiveReport, 'receiver' | 'kernelDropped' | 'queueDropped'>,
): SourceReport {
  const { packets, datagrams, cut, bytes, refused } = arrived
  return {
    packets,
    datagrams,
    cut,
    otherPorts: new Map(),
    skipped: new Map(refused > 0 ? [['sender not allowed', refused]] : []),
    issues: [],
    bytesRead: bytes,
    bytesTotal: undefined,
    live: {
      ...rest,
      why: settings.why,
      bound: listening.map(({ bound }) => bound),
      notices: listening.flatMap(({ notice }) => notice ?? []),
      bufferAsked: settings.bufferBytes,
      bufferGranted: Math.min(...listening.map(({ granted }) => granted)),
      refused,
      refusedSenders: arrived.refusedSenders.names(),
    },
  }
}
