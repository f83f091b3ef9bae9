// Owns the records of sflow_80211.txt: wireless payload, receive and transmit information, radio counters.
// Must not know how records are decoded. Start at extended_80211_payload.

import { cipherSuites, wlanVersions } from '../../names/sflow.ts'
import { arrayOf, f, mac, opaque, records, string, struct, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_80211.txt'

export const extended_80211_payload = record({
  name: 'extended_80211_payload',
  tag: [0, 1013],
  source: `${document}, "Extended 802.11 Payload"`,
  notes: 'sflowtool reads a whole sampled_header in place of data (C5).',
  fields: [
    f('ciphersuite', u32, 'cipher suite: OUI << 8 | suite type', { names: cipherSuites }),
    f('data', opaque, 'decrypted bytes, from the LLC header on'),
  ],
})
export type Extended80211Payload = Of<typeof extended_80211_payload>

export const extended_80211_rx = record({
  name: 'extended_80211_rx',
  tag: [0, 1014],
  source: `${document}, "Extended 802.11 RX"`,
  notes: 'No source gives the unit of speed.',
  fields: [
    f('ssid', string, 'service set identifier'),
    f('bssid', mac, 'basic service set identifier'),
    f('version', u32, 'variant of 802.11', { names: wlanVersions }),
    f('channel', u32, 'channel number'),
    f('speed', u64, 'speed'),
    f('rsni', u32, 'received signal to noise indicator (802.11k)'),
    f('rcpi', u32, 'received channel power indicator (802.11k)'),
    f('packet_duration', u32, 'time that the packet took on air; 0 unknown', 'µs'),
  ],
})
export type Extended80211Rx = Of<typeof extended_80211_rx>

export const extended_80211_tx = record({
  name: 'extended_80211_tx',
  tag: [0, 1015],
  source: `${document}, "Extended 802.11 TX"`,
  notes: 'No source gives the unit of speed.',
  fields: [
    f('ssid', string, 'service set identifier'),
    f('bssid', mac, 'basic service set identifier'),
    f('version', u32, 'variant of 802.11', { names: wlanVersions }),
    f('transmissions', u32, 'times that the packet was sent: 0 unknown, 1 first try, n after n - 1 retries'),
    f('packet_duration', u32, 'time of the successful attempt on air; 0 unknown', 'µs'),
    f('retrans_duration', u32, 'time of the failed attempts on air; 0 unknown', 'µs'),
    f('channel', u32, 'channel number'),
    f('speed', u64, 'speed'),
    f('power', u32, 'transmit power', 'mW'),
  ],
})
export type Extended80211Tx = Of<typeof extended_80211_tx>

export const extended_80211_aggregation = record({
  name: 'extended_80211_aggregation',
  tag: [0, 1016],
  source: `${document}, "Extended 802.11 Aggregation Data"`,
  notes:
    'The records of a PDU are kept as tag and bytes, so nesting costs no recursion. Layout from sflow-parser only.',
  fields: [f('pdus', arrayOf(struct(f('flow_records', records, 'flow records of the PDU'))), 'PDUs of the aggregate')],
})
export type Extended80211Aggregation = Of<typeof extended_80211_aggregation>

export const ieee80211_counters = record({
  name: 'ieee80211_counters',
  tag: [0, 6],
  source: `${document}, "802.11 interface counters" (IEEE802dot11-MIB)`,
  fields: [
    f('dot11TransmittedFragmentCount', u32, 'fragments acknowledged or sent to a group address'),
    f('dot11MulticastTransmittedFrameCount', u32, 'multicast frames sent', 'frames'),
    f('dot11FailedCount', u32, 'frames given up after too many attempts', 'frames'),
    f('dot11RetryCount', u32, 'frames sent after one or more retries', 'frames'),
    f('dot11MultipleRetryCount', u32, 'frames sent after more than one retry', 'frames'),
    f('dot11FrameDuplicateCount', u32, 'duplicate frames received', 'frames'),
    f('dot11RTSSuccessCount', u32, 'RTS answered by CTS'),
    f('dot11RTSFailureCount', u32, 'RTS not answered by CTS'),
    f('dot11ACKFailureCount', u32, 'expected acknowledgements that did not come'),
    f('dot11ReceivedFragmentCount', u32, 'fragments received'),
    f('dot11MulticastReceivedFrameCount', u32, 'multicast frames received', 'frames'),
    f('dot11FCSErrorCount', u32, 'frames with a wrong FCS', 'frames'),
    f('dot11TransmittedFrameCount', u32, 'frames sent', 'frames'),
    f('dot11WEPUndecryptableCount', u32, 'frames that could not be decrypted', 'frames'),
    f('dot11QoSDiscardedFragmentCount', u32, 'QoS fragments discarded'),
    f('dot11AssociatedStationCount', u32, 'stations associated now'),
    f('dot11QoSCFPollsReceivedCount', u32, 'QoS CF-polls received'),
    f('dot11QoSCFPollsUnusedCount', u32, 'QoS CF-polls received and not used'),
    f('dot11QoSCFPollsUnusableCount', u32, 'QoS CF-polls received that could not be used'),
    f('dot11QoSCFPollsLostCount', u32, 'QoS CF-polls sent without an answer'),
  ],
})
export type Ieee80211Counters = Of<typeof ieee80211_counters>

export const radio_utilization = record({
  name: 'radio_utilization',
  tag: [0, 1002],
  source: `${document}, "802.11 radio utilization"`,
  fields: [
    f('elapsed_time', u32, 'elapsed time', 'ms'),
    f('on_channel_time', u32, 'time on the assigned channel', 'ms'),
    f('on_channel_busy_time', u32, 'time on the assigned channel with the channel busy', 'ms'),
  ],
})
export type RadioUtilization = Of<typeof radio_utilization>

/** Flow records of this file, for the registry. */
export const flow = [extended_80211_payload, extended_80211_rx, extended_80211_tx, extended_80211_aggregation] as const

/** Counter records of this file, for the registry. */
export const counters = [ieee80211_counters, radio_utilization] as const
