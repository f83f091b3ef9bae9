// Owns the record of a connection's state in the kernel (Linux tcp_info).
// Must not know how records are decoded. Start at extended_tcp_info.

import { packetDirections } from '../../names/sflow.ts'
import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const extended_tcp_info = record({
  name: 'extended_tcp_info',
  tag: [0, 2209],
  source: 'sFlow discussion list, "TCP performance structure" (Linux, struct tcp_info)',
  fields: [
    f('dir', u32, 'direction of the sampled packet', { names: packetDirections }),
    f('snd_mss', u32, 'maximum segment size for sending', 'bytes'),
    f('rcv_mss', u32, 'maximum segment size for receiving', 'bytes'),
    f('unacked', u32, 'packets sent and not acknowledged', 'packets'),
    f('lost', u32, 'packets taken for lost', 'packets'),
    f('retrans', u32, 'packets sent again and not acknowledged', 'packets'),
    f('pmtu', u32, 'path MTU', 'bytes'),
    f('rtt', u32, 'smoothed round-trip time', 'µs'),
    f('rttvar', u32, 'variance of the round-trip time', 'µs'),
    f('snd_cwnd', u32, 'congestion window', 'packets'),
    f('reordering', u32, 'reordering that is tolerated', 'packets'),
    f('min_rtt', u32, 'least round-trip time', 'µs'),
  ],
})
export type ExtendedTcpInfo = Of<typeof extended_tcp_info>

/** Flow records of this file, for the registry. */
export const flow = [extended_tcp_info] as const
