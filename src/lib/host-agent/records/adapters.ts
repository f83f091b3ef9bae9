// Owns the host's adapters together: their addresses (host_adapters, 0:2001) and their traffic (host_net_io, 0:2006).
// Start at readAdapters.

import type { HostAdapters, HostNetIo } from '../../sflow/records/host.ts'
import { type HostInterface, type InterfaceReader, isPhysical } from '../host-interface.ts'

/** Adapters that are told: 16 bytes each, and all host records must fit one datagram of 1,400. */
const MOST_ADAPTERS = 32

/** Physical ones first; without any, as in a container, all that are not loopback. Those without an address are left out. */
export function readAdapters(interfaces: readonly HostInterface[]): HostAdapters {
  const adapters = [...interfaces]
    .sort((a, b) => Number(isPhysical(b)) - Number(isPhysical(a)))
    .flatMap(({ index, mac }) => (mac.every((byte) => byte === 0) ? [] : [{ ifIndex: index, mac_address: [mac] }]))
  return { adapters: adapters.slice(0, MOST_ADAPTERS) }
}

/** Sums over the physical adapters; without any, over all that are not loopback. */
export function readTraffic(interfaces: readonly HostInterface[], reader: InterfaceReader): HostNetIo {
  const physical = interfaces.filter(isPhysical)
  const counted = physical.length > 0 ? physical : interfaces.filter(({ isLoopback }) => !isLoopback)
  const sum = {
    bytesIn: 0n,
    packetsIn: 0n,
    errorsIn: 0n,
    dropsIn: 0n,
    bytesOut: 0n,
    packetsOut: 0n,
    errorsOut: 0n,
    dropsOut: 0n,
  }
  for (const { index } of counted) {
    const x = reader.counters(index)
    if (x === undefined) continue
    sum.bytesIn += x.rxBytes
    sum.packetsIn += x.rxPackets
    sum.errorsIn += x.rxErrors
    sum.dropsIn += x.rxDropped + x.rxMissedErrors
    sum.bytesOut += x.txBytes
    sum.packetsOut += x.txPackets
    sum.errorsOut += x.txErrors
    sum.dropsOut += x.txDropped
  }
  return {
    bytes_in: BigInt.asUintN(64, sum.bytesIn),
    pkts_in: low32(sum.packetsIn),
    errs_in: low32(sum.errorsIn),
    drops_in: low32(sum.dropsIn),
    bytes_out: BigInt.asUintN(64, sum.bytesOut),
    packets_out: low32(sum.packetsOut),
    errs_out: low32(sum.errorsOut),
    drops_out: low32(sum.dropsOut),
  }
}

const low32 = (value: bigint): number => Number(BigInt.asUintN(32, value))
