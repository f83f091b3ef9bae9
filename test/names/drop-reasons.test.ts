import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chooseDropReason, type KernelDrop } from '../../src/lib/names/drop-reason-choice.ts'
import { canonicalDropReason, dropReasonCode, dropReasonName, dropReasonOf } from '../../src/lib/names/drop-reasons.ts'

describe('dropReasonName', () => {
  const rows: { code: number; want: string | undefined }[] = [
    { code: 0, want: 'net_unreachable' },
    { code: 12, want: 'dst_host_tos_unreacheable' },
    { code: 15, want: 'precedence_cutoff' },
    { code: 16, want: undefined },
    { code: 33, want: 'dev_hdr' },
    { code: 36, want: 'tc_egress' },
    { code: 255, want: undefined },
    { code: 258, want: 'acl' },
    { code: 259, want: 'no_buffer_space' },
    { code: 332, want: 'dev_hdr' },
    { code: 366, want: 'tc_egress' },
    { code: 372, want: 'bgp_flowspec' },
    { code: 373, want: undefined },
    { code: 0xffffffff, want: undefined },
  ]
  for (const { code, want } of rows) test(`${code} is ${want}`, () => assert.equal(dropReasonName(code), want))
})

test('dropReasonOf gives the right code for the misprinted ones (C1)', () => {
  assert.equal(dropReasonOf(33)?.code, 332)
  assert.equal(dropReasonOf(36)?.code, 366)
  assert.deepEqual(dropReasonOf(271), {
    code: 271,
    name: 'uc_dip_over_mc_dmac',
    group: 'L3',
    source: 'drops',
    linux: ['UNICAST_IN_L2_MULTICAST'],
    traps: ['uc_dip_over_mc_dmac'],
  })
})

test('dropReasonCode gives the codes to encode', () => {
  assert.equal(dropReasonCode('dev_hdr'), 332)
  assert.equal(dropReasonCode('tc_egress'), 366)
  assert.equal(dropReasonCode('no such reason'), undefined)
})

test('canonicalDropReason counts like with like', () => {
  assert.deepEqual([33, 36, 328, 2, 258, 9999].map(canonicalDropReason), [332, 366, 2, 2, 258, 9999])
})

describe('chooseDropReason', () => {
  const rows: { name: string; drop: KernelDrop; want: number | undefined }[] = [
    { name: 'a reason', drop: { reason: 'NO_SOCKET' }, want: 3 },
    { name: 'a reason before a function', drop: { reason: 'NETFILTER_DROP', symbol: 'nf_hook_slow+0x5e' }, want: 258 },
    { name: 'a newer reason is unknown', drop: { reason: 'SECURITY_HOOK' }, want: 256 },
    {
      name: 'a newer reason, told by its function',
      drop: { reason: 'TCP_AUTH_HDR', symbol: 'tcp_v4_rcv+0x7c' },
      want: 289,
    },
    { name: 'NOT_DROPPED_YET is not sent', drop: { reason: 'NOT_DROPPED_YET', symbol: 'tcp_v4_rcv' }, want: undefined },
    { name: 'a trap before its group', drop: { trap: 'ttl_value_is_too_small', group: 'l3_exceptions' }, want: 257 },
    { name: 'a group, the trap being new', drop: { trap: 'brand_new', group: 'l2_drops' }, want: 284 },
    { name: 'a named trap of an ignored group', drop: { trap: 'udp_parsing', group: 'parser_error_drops' }, want: 316 },
    { name: 'an ignored group', drop: { trap: 'brand_new', group: 'parser_error_drops' }, want: undefined },
    { name: 'an ignored trap', drop: { trap: 'arp_request', group: 'neigh_discovery' }, want: undefined },
    { name: 'a trap of VPP', drop: { trap: 'vpp_node_error' }, want: 256 },
    { name: 'an unknown trap', drop: { trap: 'brand_new', group: 'brand_new_drops' }, want: undefined },
    { name: 'a function of UDP', drop: { symbol: '__udp4_lib_rcv' }, want: 289 },
    { name: 'a function of IPv6', drop: { symbol: 'ip6_rcv_core' }, want: 285 },
    { name: 'a function of the bridge', drop: { symbol: '__br_forward' }, want: 284 },
    { name: 'case does not matter', drop: { symbol: 'ICMP_rcv' }, want: 285 },
    { name: 'another function', drop: { symbol: 'nf_hook_slow+0x5e' }, want: 256 },
    { name: 'a socket being closed is not sent', drop: { symbol: 'sk_stream_kill_queues' }, want: undefined },
    { name: 'nothing known', drop: {}, want: undefined },
  ]
  for (const { name, drop, want } of rows) test(name, () => assert.equal(chooseDropReason(drop), want))
})
