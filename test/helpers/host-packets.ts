// Sampled and dropped packets as the kernel's taps hand them on, for tests of what makes sFlow of them.

import type { DroppedPacket } from '../../src/lib/kernel/drops/drop-watch.ts'
import type { TappedPacket } from '../../src/lib/kernel/tap/tap.ts'

/** Ethernet, IPv4, UDP 10.0.0.1:1111 → 10.0.0.2:2222, with 8 octets of payload: 50 bytes. */
export const udpFrame = Uint8Array.from(
  Buffer.from(
    '0200000000020200000000010800' +
      '4500002400010000401100000a0000010a000002' +
      '0457' +
      '08ae' +
      '00100000' +
      '0102030405060708',
    'hex',
  ),
)

/** An ingress sample of interface 3, to be forwarded by interface 4. `bytes` is shared: copy before changing. */
export function tapped(change: Partial<TappedPacket> = {}): TappedPacket {
  return {
    interfaceIndex: 3,
    direction: 'ingress',
    inputIndex: 3,
    outputIndex: 4,
    frameBytes: 1514,
    segments: 1,
    vlanTag: undefined,
    vlanProtocol: 0,
    bytes: udpFrame,
    offset: 0,
    length: udpFrame.length,
    seconds: 1_700_000_000,
    nanoseconds: 123_456_789,
    nextHop: undefined,
    ...change,
  }
}

/** A UDP datagram to a port where nobody listens. */
export function dropped(change: Partial<DroppedPacket> = {}): DroppedPacket {
  return {
    seconds: 1_700_000_000,
    nanoseconds: 123_456_789,
    reason: 3,
    reasonName: 'NO_SOCKET',
    functionName: '__udp4_lib_rcv',
    functionOffset: 0x4bc,
    interfaceIndex: 3,
    interfaceName: 'eth0',
    isLeaving: false,
    inputIndex: 0,
    netns: 4026532246,
    pid: 0,
    process: 'swapper/0',
    cpu: 0,
    ethertype: 0x0800,
    segments: 1,
    frameBytes: udpFrame.length,
    beginsAt: 'link',
    bytes: udpFrame,
    offset: 0,
    length: udpFrame.length,
    ...change,
  }
}
