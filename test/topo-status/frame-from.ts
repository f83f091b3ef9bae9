// Owns a frame of a host, as it enters at its port.

import { record } from '../helpers/cards.ts'

/** An Ethernet frame of IPv4 from 198.51.100.`host`, MAC address 00:00:5e:00:53:`host`. */
export function frameFrom(host: number, firstByte = 0) {
  const header = new Uint8Array(34)
  header.set([0, 0, 0x5e, 0, 0x53, 1, firstByte, 0, 0x5e, 0, 0x53, host, 8, 0, 0x45, 0, 0, 100])
  header.set([198, 51, 100, host, 203, 0, 113, 1], 26)
  return record(1, 'sampled_header', { protocol: 1, frame_length: 118, stripped: 4, header })
}
