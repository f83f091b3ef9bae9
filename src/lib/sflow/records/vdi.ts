// Owns the record of virtual desktop sessions, which only sflowtool describes.
// Must not know how records are decoded. Start at vdi_counters.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const vdi_counters = record({
  name: 'vdi_counters',
  tag: [0, 2205],
  source: 'sflowtool; no document',
  notes: 'Known from sflowtool only; the number is not in the registry.',
  fields: [
    f('sessions_current', u32, 'sessions now'),
    f('sessions_total', u32, 'sessions'),
    f('sessions_duration', u32, 'time of all sessions together', 's'),
    f('rx_bytes', u32, 'bytes received', 'bytes'),
    f('tx_bytes', u32, 'bytes sent', 'bytes'),
    f('rx_packets', u32, 'packets received', 'packets'),
    f('tx_packets', u32, 'packets sent', 'packets'),
    f('rx_packets_lost', u32, 'packets lost on receipt', 'packets'),
    f('tx_packets_lost', u32, 'packets lost on sending', 'packets'),
    f('rtt_min_ms', u32, 'least round-trip time', 'ms'),
    f('rtt_max_ms', u32, 'greatest round-trip time', 'ms'),
    f('rtt_avg_ms', u32, 'mean round-trip time', 'ms'),
    f('audio_rx_bytes', u32, 'audio bytes received', 'bytes'),
    f('audio_tx_bytes', u32, 'audio bytes sent', 'bytes'),
    f('audio_tx_limit', u32, 'limit for audio sent', 'bit/s'),
    f('img_rx_bytes', u32, 'image bytes received', 'bytes'),
    f('img_tx_bytes', u32, 'image bytes sent', 'bytes'),
    f('img_frames', u32, 'image frames', 'frames'),
    f('img_qual_min', u32, 'least image quality, 0 to 100'),
    f('img_qual_max', u32, 'greatest image quality, 0 to 100'),
    f('img_qual_avg', u32, 'mean image quality, 0 to 100'),
    f('usb_rx_bytes', u32, 'USB bytes received', 'bytes'),
    f('usb_tx_bytes', u32, 'USB bytes sent', 'bytes'),
  ],
})
export type VdiCounters = Of<typeof vdi_counters>

/** Counter records of this file, for the registry. */
export const counters = [vdi_counters] as const
