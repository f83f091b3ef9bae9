// sFlow-RT's flow definitions: those of its public applications as they stand (sflow-rt/NAME on GitHub), and what is wrong
// with others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Scope } from '../../src/lib/attributes/scope.ts'
import { InputError } from '../../src/lib/errors.ts'
import { buildGroupSet } from '../../src/lib/expression/data/groups.ts'
import type { LanguageData } from '../../src/lib/expression/data.ts'
import { emitFilter, emitKey, emitNumber } from '../../src/lib/expression/expression.ts'
import { readFlowDefinition } from '../../src/lib/expression/flow-definition.ts'
import { testData } from './test-data.ts'

const five = 'ipsource,ipdestination,ipprotocol,or:tcpsourceport:udpsourceport,or:tcpdestinationport:udpdestinationport'
const edge = 'direction=ingress&link:inputifindex=null'
const bgp = 'tcpflags~....1.000&(tcpsourceport=179|tcpdestinationport=179)'
const external =
  '&group:ipsource:ddos_protect=external&group:ipdestination:ddos_protect!=external,private,multicast,exclude'
const sizes = [0, 64, 65, 128, 256, 512, 1024, 1518].map(
  (from, i) => `range:bytes:${from}:${[63, 64, 127, 255, 511, 1023, 1517, 1518][i]}`,
)

/** By application; keys as the application gives them, a list or text. */
const definitions: Readonly<Record<string, readonly object[]>> = {
  'active-routes': [
    { value: 'bytes', n: 10, t: 10, fs: '_SEP_' },
    { keys: 'bgpdestinationaspath', value: 'bytes', n: 10, t: 10, fs: '_SEP_' },
    { keys: 'bgpdestinationas', value: 'bytes' },
    { keys: 'bgpdestinationpeeras', value: 'bytes' },
    { keys: 'bgpsourceas', value: 'bytes' },
  ],
  'ai-metrics': [
    { value: 'frames', t: 0.1, filter: 'suffix:stack:.:1=ibbt' },
    { value: 'bytes', filter: 'direction=ingress' },
    { value: 'frames', filter: 'ibbt_offset!=null&direction=ingress&(ipecn=11|ip6ecn=11)' },
    { value: 'frames', filter: 'ibbtopcode=129&ibbtse=false&ibbtm=false&direction=ingress' },
    { value: 'frames', filter: 'ipdscp=5|ip6dscp=5' },
    { value: 'frames', values: ['avg:ibbtrdmalen'] },
    { keys: 'concat:\\::ibbtoptransport:ibbtopname', value: 'frames' },
    { value: 'avg:ibbtaethack', values: ['min:ibbtaethack', 'max:ibbtaethack'] },
    { keys: 'reason', value: 'frames', dropped: true },
  ],
  'browse-drops': [{ keys: 'reason,stack', value: 'frames', filter: null, t: 2, n: 100, fs: '_SEP_', dropped: true }],
  'dashboard-example': [
    { value: 'bytes', t: 2, fs: '_SEP_' },
    { keys: 'stack', value: 'bytes', n: 10, t: 2 },
  ],
  'ddos-blackhole': [
    { keys: 'ipdestination,group:ipdestination:ddos_protect', value: 'frames', filter: external.slice(1), t: 2 },
    { keys: 'ipdestination,stack', value: 'frames', t: 2 },
  ],
  'ddos-protect': [
    {
      keys: 'ipdestination,group:ipdestination:ddos_protect,ipprotocol',
      value: 'frames',
      filter: `first:stack:.:ip:ip6=ip${external}`,
    },
    {
      keys: 'ipdestination,group:ipdestination:ddos_protect,ipprotocol',
      value: 'frames',
      filter: `(ipflags=001|range:ipfragoffset:1=true)&first:stack:.:ip:ip6=ip${external}`,
    },
    {
      keys: 'ipdestination,group:ipdestination:ddos_protect,udpsourceport',
      value: 'frames',
      filter: `ipprotocol=17&first:stack:.:ip:ip6=ip${external}`,
    },
    {
      keys: 'ipdestination,group:ipdestination:ddos_protect,icmptype',
      value: 'frames',
      filter: `ipprotocol=1&first:stack:.:ip:ip6=ip${external}`,
    },
    {
      keys: 'ipdestination,group:ipdestination:ddos_protect,tcpsourceport',
      value: 'frames',
      filter: `ipprotocol=6&tcpflags~....1..1.&first:stack:.:ip:ip6=ip${external}`,
    },
    {
      keys: 'ip6destination,group:ip6destination:ddos_protect,ip6nexthdr',
      value: 'frames',
      filter: '(ip6fragm=yes|range:ip6fragoffset:1=true)&first:stack:.:ip:ip6=ip6',
    },
    { keys: 'ip6destination,group:ip6destination:ddos_protect,icmp6type', value: 'frames', filter: 'ip6nexthdr=58' },
  ],
  dtn: [
    {
      keys: 'ip6source,ip6destination,null:[map:[bits:ip6flowlabel:261884]:scitag]:unknown',
      value: 'bytes',
      filter: 'tcpsourceport=1094|tcpdestinationport=1094',
    },
  ],
  'fabric-metrics': [
    { keys: five, filter: 'first:stack:.:ip:ip6=ip&ipprotocol=6,17&direction=ingress', value: 'bytes' },
    {
      keys: 'ip6source,ip6destination,ip6nexthdr,or:tcpsourceport:udpsourceport,or:tcpdestinationport:udpdestinationport',
      filter: 'first:stack:.:ip:ip6=ip6&ip6nexthdr=6,17&direction=ingress',
      value: 'bytes',
    },
  ],
  'fabric-view': [
    { keys: 'stack', value: 'bytes', n: 5, t: 5 },
    { keys: 'ipsource', value: 'bytes', filter: 'first:stack:.:ip:ipv6=ip', n: 5 },
    { keys: 'group:ipsource:fv,group:ipdestination:fv', value: 'bytes', filter: 'first:stack:.:ip:ipv6=ip' },
    { keys: 'ipsource', value: 'bps', filter: '' },
    { keys: 'macsource,oui:macsource:name', value: 'fps', filter: 'isbroadcast=true' },
    { keys: 'priority', value: 'bps' },
    { keys: 'ipdscpname', value: 'bps' },
    { keys: 'ip6tos', value: 'bps' },
    { keys: 'suffix:dnsqname:.:2', value: 'requests' },
    { keys: 'or:ipsource:ip6source', value: 'requests', filter: 'dnsqr=false' },
    { keys: 'ipdestination,icmpunreachableport', value: 'fps' },
    { keys: 'ipdestination,icmpunreachablenet', value: 'fps' },
    { keys: 'ipsource,ipdestination,vni,macsource.1,ipsource.1,macdestination.1,ipdestination.1', value: 'bps' },
  ],
  'flow-graph': [
    {
      keys: 'ipsource,ipdestination,group:ipsource:fv,group:ipdestination:fv',
      value: 'frames',
      log: true,
      flowStart: true,
    },
  ],
  'flow-trend, top-flows': [
    { keys: 'macsource,oui:macsource:name', value: 'frames', filter: 'macdestination=FFFFFFFFFFFF' },
    { keys: 'ipsource,ipdestination,tcpdestinationport', value: 'frames', filter: 'tcpflags~.......1.' },
    { keys: 'arpipsender', value: 'requests', filter: 'arpoperation=1' },
    { keys: 'grevsid', value: 'bps' },
    { keys: 'genevevni', value: 'bps' },
    { keys: 'ipsource,ipdestination', value: 'frames', filter: "'ipsource'='10.0.0.1'" },
  ],
  'ix-metrics, ixp-metrics': [
    {
      keys: 'map:macsource:ix_member,map:macdestination:ix_member',
      value: 'bytes',
      n: 20,
      filter: 'direction=ingress',
    },
    { keys: [...sizes, 'range:bytes:1519'].join(','), value: 'frames', n: 9, filter: 'direction=ingress' },
    {
      keys: 'macsource,group:ipsource:ix_member',
      value: 'bytes',
      filter: `${edge}&first:stack:.:ip:ip6=ip`,
      log: true,
      flowStart: true,
    },
    {
      keys: 'or:[map:macsource:ix_member]:[group:ipsource:ix_member]:[group:ip6source:ix_member],or:[map:macdestination:ix_member]:[group:ipdestination:ix_member]:[group:ip6destination:ix_member]',
      value: 'frames',
      filter: 'tcpsourceport=179|tcpdestinationport=179',
    },
    {
      keys: 'group:ipsource:ix_member,group:ipdestination:ix_member,ipsource,ipdestination',
      value: 'frames',
      filter: `${edge}&first:stack:.:ip:ip6=ip&${bgp}`,
    },
    { keys: 'macsource', value: 'bytes', filter: 'direction=ingress&map:macsource:ix_member=null' },
    {
      keys: 'macsource,ethernetprotocol',
      value: 'frames',
      filter: 'ethernetprotocol!=2048,2054,34525',
      activeTimeout: 10,
    },
    { keys: 'macsource,macdestination,arpoperation,arpipsender,arpiptarget', value: 'frames' },
    { keys: 'macsource,macdestination,ethernetprotocol', value: 'frames', filter: 'isunicast=false' },
    {
      keys: 'macdestination.1',
      value: 'bytes',
      filter: 'direction=ingress&vxlanvni!=null&link:inputifindex!=null&outputifindex=multiple&isunicast.1=true',
    },
    {
      keys: 'macdestination',
      value: 'bytes',
      filter: 'direction=ingress&vxlanvni=null&link:inputifindex=null&outputifindex=multiple&isunicast=true',
    },
  ],
  'mininet-dashboard': [
    {
      keys: 'ipsource,ipdestination,ipprotocol,or:tcpsourceport:udpsourceport:icmptype,or:tcpdestinationport:udpdestinationport:icmpcode',
      value: 'bytes',
      t: 2,
    },
  ],
  particle: [
    {
      keys: [
        'group:ipsource:fv',
        'ipsource',
        'null:[dns:ipsource]:',
        'null:[country:ipsource:both]:',
        'null:[asn:ipsource:both]:',
        'group:ipdestination:fv',
        'ipdestination',
      ],
      value: 'bytes',
      filter: 'group:ipsource:fv=s&(ipprotocol=6)',
      n: 20,
      t: 2,
    },
  ],
  'sflow-test': [
    { keys: 'inputifindex,outputifindex', value: 'frames', filter: 'direction=ingress', log: true, activeTimeout: 10 },
    { keys: 'ip_offset,ipbytes,bytes,stripped', value: 'frames', filter: 'direction=ingress' },
    {
      keys: 'ipsource,ipdestination,icmptype,icmpseqno',
      value: 'frames',
      filter: 'direction=ingress&prefix:stack:.:1=eth',
    },
    {
      keys: [
        'null:inputifindex',
        'null:queueindex',
        'null:[range:queuedepth:0]',
        'null:[range:transitdelay:0]',
        'null:vlansource',
        'null:prioritydestination',
        'null:ipnexthoprouter',
        'null:ipsourcemaskbits',
        'null:bgpnexthop',
        'null:bgpas',
        'null:bgpdestinationaspath',
        'null:bgpcommunities',
        'null:bgplocalpref',
      ],
      value: 'frames',
    },
  ],
  'sunburst, world-map': [
    {
      keys: [
        'stack',
        'null:ethernetprotocol:0',
        'null:ipprotocol:0',
        'null:ip6nexthdr:0',
        'null:tcpsourceport:0',
        'null:udpdestinationport:0',
      ],
      value: 'frames',
    },
    { keys: 'if:[first:stack:.:ip:ip6]:ip:[dns:ipsource]:[dns:ip6source]', value: 'bytes' },
    { keys: 'if:[first:stack:.:ip:ip6]:ip:[country:ipdestination]:[country:ip6destination]', value: 'bytes' },
  ],
  'recipes of flows.md': [
    { keys: 'ipsource,ipdestination,ibbtdestqp', value: 'bytes', filter: 'ibbt_offset!=null' },
    {
      keys: 'node:outputifindex,ifname:outputifindex',
      value: 'bytes',
      filter: 'ibbt_offset!=null&direction=ingress&link:outputifindex!=null',
    },
    { keys: 'reason,node:inputifindex,ifname:inputifindex,ipsource,ipdestination', value: 'frames', dropped: true },
    { keys: 'node:outputifindex,ifname:outputifindex,queueindex', value: 'max:queuedepth' },
    { value: 'bytes', aggMode: 'edge', name: 'fabric' },
  ],
}

const anything = buildGroupSet(new Map([['external', ['0.0.0.0/0', '::/0']]]), '--groups x')
const data: LanguageData = {
  ...testData,
  groups: new Map(['ddos_protect', 'fv', 'ix_member'].map((name) => [name, anything])),
  maps: new Map(['scitag', 'ix_member'].map((name) => [name, new Map([['020000000001', 'a']])])),
}

for (const [application, list] of Object.entries(definitions)) {
  for (const [i, definition] of list.entries()) {
    test(`${application} ${i}`, () => {
      const { keys, values, filter } = readFlowDefinition(JSON.stringify(definition), '--flow x.json')
      const scope = new Scope()
      if (filter !== undefined) assert.match(emitFilter(scope, filter, data), /^\(.+\)$/)
      for (const key of keys) emitKey(scope, key, data)
      for (const value of values) {
        if (value.statistic === 'count') emitKey(scope, value.expression, data)
        else emitNumber(scope, value.expression, data)
      }
      const given = 'keys' in definition ? definition.keys : ''
      assert.deepEqual(
        keys.map((key) => key.text),
        Array.isArray(given)
          ? given
          : String(given)
              .split(',')
              .filter((x) => x !== ''),
      )
    })
  }
}

test('all members', () => {
  const read = readFlowDefinition(
    '{"name":"x","keys":["vlan","ipsource"],"value":"bytes","values":"frames,avg:iptotallength","filter":" ","n":"10","t":0.5,"fs":"_SEP_","log":true,"dropped":"true","aggMode":"edge","ipfixCollectors":["10.0.0.1"]}',
    '--flow x.json',
  )
  assert.equal(read.name, 'x')
  assert.deepEqual(
    read.values.map(({ text, statistic }) => [text, statistic]),
    [
      ['bytes', 'rate'],
      ['frames', 'rate'],
      ['avg:iptotallength', 'avg'],
    ],
  )
  assert.equal(read.filter, undefined)
  assert.deepEqual(
    [read.top, read.smoothMs, read.separator, read.dropped, read.aggregation],
    [10, 500, '_SEP_', true, 'edge'],
  )
  assert.deepEqual(read.unused, ['log', 'ipfixCollectors'])
  const empty = readFlowDefinition('{}', '--flow x.json')
  assert.deepEqual([empty.keys, empty.values, empty.top, empty.dropped], [[], [], undefined, false])
})

test('what is wrong is told with member and place', () => {
  for (const [json, message] of [
    ['[]', '--flow x.json is no flow definition: needed one object, such as {"keys": "ipsource", "value": "bytes"}.'],
    ['{"key":"ipsource"}', '--flow x.json: a flow definition has no "key". Did you mean keys?'],
    ['{"zzzzzz":1}', '--flow x.json: a flow definition has no "zzzzzz".'],
    ['{"keys":5}', '--flow x.json: keys is wrong: needed text, or a list of texts.'],
    ['{"keys":[5]}', '--flow x.json: keys is wrong: needed text, or a list of texts.'],
    ['{"filter":5}', '--flow x.json: filter is wrong: needed text.'],
    ['{"n":"many"}', '--flow x.json: n is wrong: needed a number above 0.'],
    ['{"t":0}', '--flow x.json: t is wrong: needed a number above 0.'],
    ['{"dropped":"maybe"}', '--flow x.json: dropped is wrong: needed true or false.'],
    [
      '{"keys":"vlan,ipsorce"}',
      'keys of --flow x.json is wrong: "ipsorce" is no attribute. Did you mean ipsource or ip6source?\n  vlan,ipsorce\n       ^^^^^^^',
    ],
    [
      '{"value":"stack"}',
      'value of --flow x.json is wrong: a value is a number, and this is text; count:stack counts its distinct values.\n  stack\n  ^^^^^',
    ],
    [
      '{"filter":"vlan"}',
      'filter of --flow x.json is wrong: needed one of = != ~ !~ after vlan, such as vlan!=null for "is there".\n  vlan\n      ^',
    ],
  ] as const) {
    assert.throws(
      () => readFlowDefinition(json, '--flow x.json'),
      (error) => {
        assert.ok(error instanceof InputError)
        assert.equal(error.message, message)
        return true
      },
    )
  }
  assert.throws(() => readFlowDefinition('{"keys":', '--flow x.json'), InputError)
})
