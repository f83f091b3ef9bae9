// What each key function gives for samples typed out in ../attributes/packets.ts; null is missing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noData } from '../../src/lib/expression/data.ts'
import { parseKeys } from '../../src/lib/expression/expression.ts'
import { keyFunctions } from '../../src/lib/expression/functions/table.ts'
import type { Sample } from '../../src/lib/sflow/datagram.ts'
import { counters, discard, flow, record } from '../attributes/build.ts'
import * as packets from '../attributes/packets.ts'
import { compileKey, each, textOf } from './evaluate.ts'
import { testData } from './test-data.ts'

const http = (uri: string, host = 'shop.example') =>
  flow([
    record(2206, {
      method: 2,
      protocol: 1001,
      uri,
      host,
      referer: '',
      useragent: '',
      xff: '',
      authuser: '',
      'mime-type': '',
      req_bytes: 1n,
      resp_bytes: 2n,
      uS: 3,
      status: 200,
    }),
  ])

const { tagged, arp, vxlan, options6, fragment6, fragment4, write, cnp, dnsQuery, dnsOdd, bpdu, cutIp } = packets
const nothing = flow([])
const polled = counters([])

type Row = readonly [sample: Sample, key: string, text: string | null]

const cases: Readonly<Record<string, readonly Row[]>> = {
  null: [
    [tagged, 'null:vlan:none', '100'],
    [arp, 'null:vlan:none', 'none'],
    [arp, 'null:vlan', 'null'],
    [arp, 'null:vlan:', ''],
    [arp, 'null:vlan:0', '0'],
    [tagged, 'null:vlan:0', '100'],
    [arp, 'null:ipsource:0.0.0.0', '0.0.0.0'],
    [tagged, 'null:[or:ipsource:ip6source]:none', '10.1.0.1'],
    [options6, 'null:[or:ipsource:ip6source]:none', '2001:db8::1'],
    [arp, 'null:[or:ipsource:ip6source]:none', 'none'],
    [tagged, 'null:isunicast:true', 'true'],
    [nothing, 'null:isunicast:true', 'true'],
    [polled, 'null:direction:egress', 'egress'],
    [nothing, 'null:direction:sideways', 'ingress'],
    [polled, 'null:direction:sideways', 'sideways'],
    [nothing, 'null:dnsqname:-', '-'],
    [dnsQuery, 'null:dnsqname:-', 'www.example.org'],
    [nothing, 'null:[null:vlan:a]:b', 'a'],
    [nothing, 'null:[or:vlan:ipsource]:b', 'b'],
    [nothing, 'null:[range:queuedepth:0]', 'null'],
  ],
  or: [
    [tagged, 'or:ipsource:ip6source', '10.1.0.1'],
    [options6, 'or:ipsource:ip6source', '2001:db8::1'],
    [arp, 'or:ipsource:ip6source', null],
    [tagged, 'or:tcpsourceport:udpsourceport:icmptype', '443'],
    [vxlan, 'or:tcpsourceport:udpsourceport:icmptype', '55555'],
    [packets.echo, 'or:tcpsourceport:udpsourceport:icmptype', '8'],
    [arp, 'or:tcpsourceport:udpsourceport:icmptype', null],
    [tagged, 'or:vlan:ipsource', '100'],
    [vxlan, 'or:vlan:ipsource', '10.1.0.1'],
    [vxlan, "or:vlan:'text'", 'text'],
    [tagged, 'or:[map:macsource:members]:[group:ipsource:sites]', 'sender'],
    [fragment4, 'or:[group:ipsource:sites]:macsource', 'lab'],
    [arp, 'or:[group:ipsource:sites]:macsource', '02000000000A'],
    [arp, 'or:vlan', null],
  ],
  if: [
    [tagged, 'if:[first:stack:.:ip:ip6]:ip:ipsource:ip6source', '10.1.0.1'],
    [options6, 'if:[first:stack:.:ip:ip6]:ip:ipsource:ip6source', '2001:db8::1'],
    [arp, 'if:[first:stack:.:ip:ip6]:ip:ipsource:ip6source', null],
    [tagged, 'if:direction:ingress:inputifindex:outputifindex', '3'],
    [tagged, 'if:direction:egress:inputifindex:outputifindex', '7'],
    [tagged, 'if:tcpsourceport:443:web:other', 'web'],
    [tagged, 'if:tcpsourceport:80:web:other', 'other'],
    [arp, 'if:tcpsourceport:80:web:other', null],
    [tagged, 'if:ipsource:src:same:other', 'same'],
    [tagged, 'if:vlan:vlan.1:same:other', 'other'],
    [tagged, "if:vlan:'100':same:other", 'same'],
    [tagged, "if:dport:54321:'ipsource':b", 'ipsource'],
    [tagged, 'if:dport:54321:ipsource:vlan', '10.1.0.1'],
    [tagged, 'if:dport:1:ipsource:vlan', '100'],
    [tagged, 'if:dport:54321:ip6source:vlan', null],
    [tagged, 'if:dport:54321::b', ''],
  ],
  eq: [
    [tagged, 'eq:ipsource:ipdestination', 'false'],
    [tagged, 'eq:ipsource:src', 'true'],
    [arp, 'eq:ipsource:src', null],
    [arp, 'eq:macsource:src', 'true'],
    [options6, 'eq:ip6source:src', 'true'],
    [options6, 'eq:ip6source:ip6destination', 'false'],
    [tagged, 'eq:vlan:vlan.1', 'false'],
    [vxlan, 'eq:macsource:macsource.1', 'false'],
    [tagged, 'eq:inputifindex:outputifindex', 'false'],
    [tagged, 'eq:datasource:inputifindex', 'true'],
    [tagged, "eq:ipsource:'10.1.0.1'", 'true'],
    [tagged, "eq:'10.1.0.2':ipsource", 'false'],
    [tagged, 'eq:ipdscpname:[null:ipdscpname:x]', 'true'],
    [tagged, 'eq:isunicast:isbroadcast', 'false'],
    [write, 'eq:ibbtopcode:ibbtoptransport', 'false'],
    [tagged, "eq:'a':'a'", 'true'],
    [write, 'eq:ibbtrdmava:ibbtrdmava', 'true'],
  ],
  range: [
    [tagged, 'range:tcpsourceport:0:1023', 'true'],
    [tagged, 'range:tcpdestinationport:0:1023', 'false'],
    [arp, 'range:tcpsourceport:0:1023', null],
    [tagged, 'range:tcpsourceport:443:443', 'true'],
    [tagged, 'range:tcpsourceport:443', 'true'],
    [tagged, 'range:tcpsourceport:444', 'false'],
    [fragment4, 'range:ipfragoffset:1', 'true'],
    [tagged, 'range:ipfragoffset:1', 'false'],
    [tagged, 'range:bytes:1518:1518', 'true'],
    [tagged, 'range:inputifindex:1:3', 'true'],
    [flow([], { input_value: 0x3fffffff }), 'range:inputifindex:1', 'true'],
    [flow([], { input_format: 2, input_value: 2 }), 'range:inputifindex:1', null],
    [write, 'range:ibbtrdmava:9007199254740991', 'true'],
    [tagged, 'range:tcpflags:18:18', 'true'],
  ],
  bits: [
    [fragment6, 'bits:ip6flowlabel:261884', '74308'],
    [fragment6, 'bits:ip6flowlabel:0', '0'],
    [fragment6, 'bits:ip6flowlabel:4294967295', '74565'],
    [tagged, 'bits:ip6flowlabel:261884', null],
    [tagged, 'bits:tcpflags:16', '16'],
    [flow([], { sample_pool: 4_000_000_000 }), 'bits:samplepool:4294967295', '4000000000'],
  ],
  prefix: [
    [tagged, 'prefix:stack:.:1', 'eth'],
    [tagged, 'prefix:stack:.:3', 'eth.vlan.vlan'],
    [vxlan, 'prefix:stack:.:5', 'eth.ip.udp.vxlan.eth'],
    [vxlan, 'prefix:stack:.:6', 'eth.ip.udp.vxlan.eth.ip'],
    [tagged, 'prefix:stack:.:100', 'eth.vlan.vlan.ip.tcp'],
    [tagged, 'prefix:stack:ip:1', 'eth.vlan.vlan.'],
    [nothing, 'prefix:stack:.:1', null],
    [http('/metrics/json'), 'prefix:[uri:httpurl:path]:/:2', '/metrics'],
    [http('/metrics/json'), 'prefix:uripath:/:1', ''],
    [http('/metrics'), 'prefix:uripath:/:5', '/metrics'],
    [tagged, 'prefix:uripath:/:1', null],
    [tagged, 'prefix:ipsource:.:2', '10.1'],
    [dnsQuery, 'prefix:dnsqname:ex:1', 'www.'],
  ],
  suffix: [
    [write, 'suffix:stack:.:1', 'ibbt'],
    [tagged, 'suffix:stack:.:1', 'tcp'],
    [tagged, 'suffix:stack:.:2', 'ip.tcp'],
    [vxlan, 'suffix:stack:.:5', 'udp.vxlan.eth.ip.udp'],
    [vxlan, 'suffix:stack:.:7', 'eth.ip.udp.vxlan.eth.ip.udp'],
    [tagged, 'suffix:stack:.:9', 'eth.vlan.vlan.ip.tcp'],
    [nothing, 'suffix:stack:.:1', null],
    [dnsQuery, 'suffix:dnsqname:.:2', 'example.org'],
    [dnsQuery, 'suffix:dnsqname:.:1', 'org'],
    [dnsQuery, 'suffix:dnsqname:.:3', 'www.example.org'],
    [dnsQuery, 'suffix:dnsqname:.:9', 'www.example.org'],
    [dnsOdd, 'suffix:dnsqname:.:1', '\n\ufffd'],
    [tagged, 'suffix:dnsqname:.:1', null],
    [tagged, 'suffix:macsource:00:1', '0A'],
  ],
  first: [
    [tagged, 'first:stack:.:ip:ip6', 'ip'],
    [options6, 'first:stack:.:ip:ip6', 'ip6'],
    [options6, 'first:stack:.:ip:ipv6', null],
    [arp, 'first:stack:.:ip:ip6', null],
    [vxlan, 'first:stack:.:vxlan:udp', 'udp'],
    [nothing, 'first:stack:.:ip:ip6', null],
    [dnsQuery, 'first:dnsqname:.:org:example', 'example'],
    [dnsQuery, 'first:dnsqname:.:com', null],
    [tagged, 'first:dnsqname:.:com', null],
    [bpdu, 'first:stack:.:eth', 'eth'],
  ],
  concat: [
    [tagged, 'concat:-:ipsource:ipdestination', '10.1.0.1-10.2.0.2'],
    [arp, 'concat:-:ipsource:ipdestination', null],
    [write, 'concat:\\::ibbtoptransport:ibbtopname', 'RC:RDMA WRITE First'],
    [cnp, "concat:':':ibbtoptransport:ibbtopname", 'CNP:CNP'],
    [tagged, 'concat::vlan:vlan.1', '100200'],
    [tagged, "concat:' > ':sport:'to':dport", '443 > to > 54321'],
    [tagged, 'concat:\\, :sport:dport', '443,54321'],
    [tagged, 'concat:|:tcpflags:ipecn:isunicast:inputifindex:datasource:direction', '000010010|11|true|3|3|ingress'],
    [tagged, 'concat:-:macsource:eth.src:agent:sender', '02000000000A-02:00:00:00:00:0a-198.51.100.9-192.0.2.1'],
    [tagged, 'concat:-:time', '2026-01-02T03:04:05.000000006Z'],
    [write, 'concat:-:ibbtrdmava:ibbtrdmarkey', '9223372036854775809-3735928559'],
    [tagged, 'concat:-:[mask:ipsource:8]:[null:ip6source:none]', '10.0.0.0-none'],
    [tagged, 'concat:-:[or:vlan.5:ipsource]', '10.1.0.1'],
    [tagged, 'concat:-:[dns:ipsource]:[dns:ipdestination]', 'one.example.org-10.2.0.2'],
  ],
  uri: [
    [http('/a/b.tar.gz?x=1#top'), 'uri:httpurl:path', '/a/b.tar.gz'],
    [http('/a/b.tar.gz?x=1#top'), 'uri:httpurl:file', 'b.tar.gz'],
    [http('/a/b.tar.gz?x=1#top'), 'uri:httpurl:extension', 'gz'],
    [http('/a/b.tar.gz?x=1#top'), 'uri:httpurl:query', 'x=1'],
    [http('/a/b.tar.gz?x=1#top'), 'uri:httpurl:fragment', 'top'],
    [http('/a'), 'uri:httpurl:scheme', 'http'],
    [http('/a'), 'uri:httpurl:host', 'shop.example'],
    [http('/a'), 'uri:httpurl:port', null],
    [http('/a'), 'uri:httpurl:query', null],
    [http('/a/'), 'uri:httpurl:file', null],
    [http('ftp://me@[2001:db8::1]:21/f'), 'uri:httpurl:scheme', 'ftp'],
    [http('ftp://me@[2001:db8::1]:21/f'), 'uri:httpurl:user', 'me'],
    [http('ftp://me@[2001:db8::1]:21/f'), 'uri:httpurl:host', '[2001:db8::1]'],
    [http('ftp://me@[2001:db8::1]:21/f'), 'uri:httpurl:port', '21'],
    [http('ftp://me@[2001:db8::1]:21/f'), 'uri:httpurl:path', '/f'],
    [http('http://x'), 'uri:httpurl:path', ''],
    [http('*', ''), 'uri:httpurl:path', '*'],
    [tagged, 'uri:httpurl:path', null],
  ],
  mask: [
    [tagged, 'mask:ipsource:24', '10.1.0.0'],
    [tagged, 'mask:ipsource:12', '10.0.0.0'],
    [tagged, 'mask:ipsource:0', '0.0.0.0'],
    [tagged, 'mask:ipsource:32', '10.1.0.1'],
    [tagged, 'mask:ipsource:64', '10.1.0.1'],
    [options6, 'mask:ip6source:64', '2001:db8::'],
    [options6, 'mask:ip6source:20', '2001::'],
    [options6, 'mask:ip6source:128', '2001:db8::1'],
    [options6, 'mask:src:24:36', '2001:db8::'],
    [tagged, 'mask:src:24:36', '10.1.0.0'],
    [arp, 'mask:src:24', null],
    [arp, 'mask:ipsource:24', null],
    [tagged, 'mask:[or:ip6source:ipsource]:8', '10.0.0.0'],
    [tagged, 'concat:/:[mask:ipsource:8]:[mask:ipdestination:15]', '10.0.0.0/10.2.0.0'],
  ],
  group: [
    [tagged, 'group:ipsource:sites', 'lab'],
    [tagged, 'group:ipdestination:sites', null],
    [tagged, 'group:ipdestination:sites:other', 'rest'],
    [tagged, 'group:ipsource:other:sites', 'rest'],
    [tagged, 'group:ipsource:empty:sites', 'lab'],
    [options6, 'group:ip6source:sites', 'office'],
    [options6, 'group:ip6destination:sites', 'lab'],
    [options6, 'group:src:other', 'office'],
    [arp, 'group:src:other', null],
    [vxlan, 'group:ipsource.1:sites', 'far'],
  ],
  map: [
    [tagged, 'map:macsource:members', 'sender'],
    [tagged, 'map:macdestination:members', 'receiver'],
    [tagged, 'map:vlan:members', 'outer'],
    [tagged, 'map:vlan.1:members', null],
    [tagged, 'map:ipecn:members', 'marked'],
    [tagged, 'map:ipsource:members', 'one'],
    [tagged, 'map:ipdestination:members', null],
    [options6, 'map:ip6source:members', 'six'],
    [options6, 'map:src:members', 'six'],
    [tagged, 'map:direction:members', 'in'],
    [write, 'map:ibbtoptransport:members', 'reliable'],
    [arp, 'map:src:members', 'sender'],
    [arp, 'map:vlan:members', null],
    [nothing, 'map:macsource:members', null],
  ],
  oui: [
    [tagged, 'oui:macsource:name', 'Example Networks'],
    [tagged, 'oui:macsource:number', '020000'],
    [tagged, 'oui:macsource', '020000'],
    [vxlan, 'oui:macdestination.1', 'FFFFFF'],
    [vxlan, 'oui:macdestination.1:name', null],
    [nothing, 'oui:macsource', null],
    [arp, 'oui:src', '020000'],
    [tagged, 'oui:src', null],
  ],
  country: [
    [tagged, 'country:ipsource', 'DE'],
    [tagged, 'country:ipsource:code', 'DE'],
    [tagged, 'country:ipsource:name', 'Germany'],
    [tagged, 'country:ipsource:both', 'DE Germany'],
    [tagged, 'country:ipdestination', null],
    [options6, 'country:src', 'FR'],
    [options6, 'country:ip6source:name', null],
    [options6, 'country:ip6source:both', 'FR'],
    [arp, 'country:src', null],
  ],
  asn: [
    [tagged, 'asn:ipsource', '64500'],
    [tagged, 'asn:ipsource:number', '64500'],
    [tagged, 'asn:ipsource:descr', 'EXAMPLE-AS'],
    [tagged, 'asn:ipsource:both', '64500 EXAMPLE-AS'],
    [tagged, 'asn:ipdestination', null],
    [tagged, 'asn:ipdestination:both', null],
    [arp, 'asn:src', null],
  ],
  dns: [
    [tagged, 'dns:ipsource', 'one.example.org'],
    [tagged, 'dns:ipdestination', '10.2.0.2'],
    [options6, 'dns:ip6source', '2001:db8::1'],
    [arp, 'dns:ipsource', null],
    [arp, 'dns:src', '02000000000A'],
    [tagged, 'null:[dns:ipsource]:', 'one.example.org'],
    [arp, 'null:[dns:ipsource]:', ''],
    [tagged, 'suffix:[dns:ipsource]:.:2', 'example.org'],
  ],
  host: [
    [tagged, 'host:macsource:host_name', 'gpu-1'],
    [tagged, 'host:macsource:os_name', 'linux'],
    [tagged, 'host:macsource:machine_type', 'x86_64'],
    [tagged, 'host:macsource:uuid', '564dd23c-453d'],
    [tagged, 'host:macsource:os_release', null],
    [tagged, 'host:macdestination:host_name', null],
    [nothing, 'host:macsource:host_name', null],
    [arp, 'host:src:host_name', 'gpu-1'],
  ],
  node: [
    [tagged, 'node:inputifindex', 'leaf1'],
    [tagged, 'node:datasource', 'leaf1'],
    [flow([], { input_value: 0 }), 'node:inputifindex', null],
    [flow([], { input_value: 0x3fffffff }), 'node:inputifindex', null],
    [flow([], { output_format: 2, output_value: 4 }), 'node:outputifindex', null],
    [polled, 'node:inputifindex', null],
    [discard([]), 'node:inputifindex', 'leaf1'],
  ],
  ifname: [
    [tagged, 'ifname:inputifindex', 'swp3'],
    [tagged, 'ifname:outputifindex', '7'],
    [tagged, 'or:[ifname:outputifindex]:datasource', '7'],
    [flow([], { input_value: 0x3fffffff }), 'or:[ifname:inputifindex]:inputifindex', 'internal'],
    [flow([], { input_value: 0 }), 'ifname:inputifindex', null],
    [polled, 'ifname:datasource', 'swp3'],
  ],
  link: [
    [tagged, 'link:outputifindex', 'leaf1-spine1'],
    [tagged, 'link:inputifindex', null],
    [flow([], { source_id_type: 2 }), 'link:datasource', null],
  ],
}

for (const { name } of keyFunctions) {
  test(`${name} is in the table`, () => assert.ok((cases[name]?.length ?? 0) >= 3))
  describe(name, () => {
    for (const [i, [sample, key, text]] of (cases[name] ?? []).entries()) {
      test(`${i} ${key} → ${text}`, () => assert.equal(textOf(sample, key, testData), text))
    }
  })
}

test('the example of every function is one', () => {
  for (const { name, example } of keyFunctions) assert.equal(parseKeys(example, '--keys').length, 1, name)
})

test('a value is of the sample at hand, not of the one before', () => {
  const samples = [tagged, arp, options6, vxlan, nothing, tagged]
  const of = (key: string) => each(samples, compileKey(key, testData))
  assert.deepEqual(of('null:[or:ipsource:ip6source]:none'), [
    '10.1.0.1',
    'none',
    '2001:db8::1',
    '10.1.0.1',
    'none',
    '10.1.0.1',
  ])
  assert.deepEqual(of('concat:-:vlan:sport'), ['100-443', null, null, null, null, '100-443'])
  assert.deepEqual(of('suffix:stack:.:1'), ['tcp', 'arp', 'udp', 'udp', null, 'tcp'])
  assert.deepEqual(of('mask:src:16:16'), ['10.1.0.0', null, '2001::', '10.1.0.0', null, '10.1.0.0'])
  assert.deepEqual(of('group:src:sites:other'), ['lab', null, 'office', 'lab', null, 'lab'])
})

test('a header that is cut has what is wholly there', () => {
  assert.equal(textOf(cutIp, 'concat:-:ipsource:[null:ipdestination:cut]', noData), '10.1.0.1-cut')
  assert.equal(textOf(cutIp, 'prefix:stack:.:1', noData), 'ip')
})
