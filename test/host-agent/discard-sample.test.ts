import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DiscardWriter } from '../../src/lib/host-agent/discard-sample.ts'
import type { DroppedPacket } from '../../src/lib/kernel/drops/drop-watch.ts'
import { XdrWriter } from '../../src/lib/wire/encode.ts'

/** 10.0.0.1:4096 → 10.0.0.2:9 UDP, and six bytes beyond what is told. */
const datagram = Uint8Array.from(
  Buffer.from('4500001c000100004011000a0a0000010a000002100000090008000000ffeeddccbbaa', 'hex'),
)

const packet: DroppedPacket = {
  seconds: 1_800_000_000,
  nanoseconds: 123_456_789,
  reason: 3,
  reasonName: 'NO_SOCKET',
  functionName: '__udp4_lib_rcv',
  functionOffset: 0x4bc,
  interfaceIndex: 7,
  interfaceName: 'veth0',
  isLeaving: false,
  inputIndex: 0,
  netns: 4_026_532_246,
  pid: 4711,
  process: 'iperf3',
  cpu: 1,
  ethertype: 0x0800,
  segments: 2,
  frameBytes: 28,
  beginsAt: 'network',
  bytes: datagram,
  offset: 0,
  length: 29,
}

function hexOf(given: Partial<DroppedPacket>, withProcess: boolean, ports = { input: 7, output: 0 }): string[] {
  const out = new XdrWriter(64)
  out.u32(0xfefefefe)
  const writer = new DiscardWriter(withProcess)
  if (!writer.write(out, { ...packet, ...given }, { ...ports, netnsName: 'blue' })) return []
  return (
    Buffer.from(out.written())
      .toString('hex')
      .match(/.{1,8}/g) ?? []
  )
}

const words = (text: string) => text.trim().split(/\s+/)

// 1,800,000,000.123456789 s = 0x18FAE27693B40000 + 0x075BCD15 ns.
const time = '00000413 00000008 18fae276 9b0fcd15'
const reason = '00000412 00000010 00000009 4e4f5f53 4f434b45 54000000'
const symbol = '0000040e 00000018 00000014 5f5f7564 70345f6c 69625f72 63762b30 78346263'

describe('a drop as a sample', () => {
  test('has header, function, reason and time; data source 0:0; numbers are left 0', () => {
    assert.deepEqual(
      hexOf({ length: 28 }, false),
      words(`fefefefe
        00000005 0000009c 00000000 00000000 00000000 00000000 00000007 00000000 00000003 00000004
        00000001 0000002c 0000000b 0000001c 00000000 0000001c
        4500001c 00010000 4011000a 0a000001 0a000002 10000009 00080000
        ${symbol} ${reason} ${time}`),
    )
  })

  test('has namespace, interface and process where asked for', () => {
    assert.deepEqual(
      hexOf({ length: 0 }, true, { input: 0, output: 9 }),
      words(`fefefefe
        00000005 000000a0 00000000 00000000 00000000 00000000 00000000 00000009 00000003 00000004
        ${symbol} ${reason} ${time}
        07ed9001 00000030 f0000196 00000004 626c7565 00000005 76657468 30000000 00001267 00000006 69706572 66330000
        00000001 00000002`),
    )
  })

  test('an Ethernet frame is protocol 1, and its last word is padded with zeros', () => {
    const frame = hexOf({ beginsAt: 'link', frameBytes: 60, length: 29, reasonName: '', functionName: '' }, false)
    assert.deepEqual(
      frame.slice(11, 25),
      words(`00000001 00000030 00000001 0000003c 00000000 0000001d
        4500001c 00010000 4011000a 0a000001 0a000002 10000009 00080000 00000000`),
    )
  })

  const reasons: readonly [what: string, given: Partial<DroppedPacket>, code: string | undefined][] = [
    ['a firewall', { reasonName: 'NETFILTER_DROP' }, '00000102'],
    ['a reason newer than sFlow', { reasonName: 'TCP_AO_FAILURE', functionName: '' }, '00000100'],
    ['no reason, in IP', { reasonName: 'NOT_SPECIFIED', functionName: 'ip_error' }, '0000011d'],
    ['no reason, function hidden', { reasonName: 'NOT_SPECIFIED', functionName: '' }, '00000100'],
    ['no drop', { reasonName: 'NOT_DROPPED_YET' }, undefined],
    ['memory let go', { reasonName: 'NOT_SPECIFIED', functionName: 'skb_release_data' }, undefined],
  ]
  for (const [what, given, code] of reasons) {
    test(`${what}: reason ${code ?? 'none, nothing is written'}`, () => {
      assert.equal(hexOf(given, false)[9], code)
    })
  }

  test('no header where the packet begins with what sFlow has no protocol for', () => {
    const arp = hexOf({ ethertype: 0x0806, reasonName: '', functionName: '' }, false)
    assert.equal(arp.length, 15)
    assert.equal(arp[10], '00000001')
  })

  test('the moment is exact at the ends of its range', () => {
    const at = (seconds: number, nanoseconds: number) => hexOf({ seconds, nanoseconds }, false).slice(-2)
    assert.deepEqual(at(0, 0), ['00000000', '00000000'])
    assert.deepEqual(at(4, 294_967_296), ['00000001', '00000000'])
    assert.deepEqual(at(65_536, 999_999_999), ['00003b9b', '059ac9ff'])
    assert.deepEqual(at(0xffffffff, 999_999_999), ['3b9ac9ff', 'ffffffff'])
  })
})
