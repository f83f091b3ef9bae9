import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PacketHeader } from '../../src/lib/replay/packet-header.ts'
import { ethernet, ipv4, ipv6, join, udp } from '../helpers/capture-bytes.ts'

const packet4 = ipv4(udp('aabbccdd'))
const packet6 = ipv6(udp('aabbccdd'))
const internal = 0x3fffffff

/** [protocol, bytes left out, frame_length, stripped, ifIndex, input, output], or undefined. */
function found(linkType: number, frame: Uint8Array, wireLength = frame.length): unknown {
  const header = new PacketHeader()
  const padded = join('ffffff', frame)
  if (!header.find(new DataView(padded.buffer), linkType, 3, padded.length, wireLength)) return undefined
  const { protocol, skip, frameLength, stripped, ifIndex, input, output } = header
  return [protocol, skip, frameLength, stripped, ifIndex, input, output]
}

const cooked = (type: string, hardware: string, protocol: string, packet: Uint8Array) =>
  join(type, hardware, '0006 020000000001 0000', protocol, packet)
const cooked2 = (type: string, hardware: string, protocol: string, packet: Uint8Array) =>
  join(protocol, '0000 0000002a', hardware, type, '06 020000000001 0000', packet)

const cases: readonly (readonly [string, number, Uint8Array, unknown])[] = [
  ['Ethernet: the FCS was there too', 1, ethernet(0x0800, packet4), [1, 0, 50, 4, 0, undefined, 0]],
  ['Ethernet without IP', 1, ethernet(0x0806, join('0001')), [1, 0, 20, 4, 0, undefined, 0]],
  ['raw IPv4', 101, packet4, [11, 0, 32, 0, 0, undefined, 0]],
  ['raw IPv6', 101, packet6, [12, 0, 52, 0, 0, undefined, 0]],
  ['IPv4 by link type', 228, packet4, [11, 0, 32, 0, 0, undefined, 0]],
  ['IPv6 by link type', 229, packet6, [12, 0, 52, 0, 0, undefined, 0]],
  ['BSD loopback', 0, join('02000000', packet4), [11, 4, 32, 0, 0, undefined, 0]],
  ['PPP', 9, join('ff030021', packet4), [7, 0, 38, 2, 0, undefined, 0]],
  ['802.11', 105, join('0800', packet4), [15, 0, 38, 4, 0, undefined, 0]],
  ['InfiniBand', 247, join('00'.repeat(40)), [18, 0, 46, 6, 0, undefined, 0]],
  // The 14 octets of the Ethernet header that the cooked one replaced, and the FCS.
  ['cooked, to us', 113, cooked('0000', '0001', '0800', packet4), [11, 16, 50, 18, 0, undefined, internal]],
  ['cooked, from us', 113, cooked('0004', '0001', '86dd', packet6), [12, 16, 70, 18, 0, internal, undefined]],
  ['cooked, to others', 113, cooked('0003', '0001', '0800', packet4), [11, 16, 50, 18, 0, undefined, 0]],
  ['cooked, a tunnel', 113, cooked('0000', 'fffe', '0800', packet4), [11, 16, 32, 0, 0, undefined, internal]],
  [
    'cooked, with a VLAN tag',
    113,
    cooked('0000', '0001', '8100', join('0064 0800', packet4)),
    [11, 20, 54, 22, 0, undefined, internal],
  ],
  [
    'cooked v2 tells its interface',
    276,
    cooked2('00', '0001', '0800', packet4),
    [11, 20, 50, 18, 42, undefined, internal],
  ],
  ['cooked v2, from us', 276, cooked2('04', '0304', '86dd', packet6), [12, 20, 70, 18, 42, internal, undefined]],
  ['cooked ARP: no form for it', 113, cooked('0000', '0001', '0806', packet4), undefined],
  ['cooked, cut', 113, join('00000001'), undefined],
  ['a link type without a form', 220, packet4, undefined],
  ['an empty frame', 1, new Uint8Array(0), undefined],
  ['raw, neither 4 nor 6', 101, join('00', packet4), undefined],
]

for (const [name, linkType, frame, want] of cases) {
  test(name, () => assert.deepEqual(found(linkType, frame), want))
}

test('frame_length is of the frame as sent, also where the capture cut it', () => {
  assert.deepEqual(found(1, ethernet(0x0800, packet4), 1514), [1, 0, 1518, 4, 0, undefined, 0])
})
