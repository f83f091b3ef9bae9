// What hosts tell of themselves, by the MAC addresses of their adapters.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostNames } from '../../src/lib/agents/hosts.ts'
import type { DecodedRecord, Sample } from '../../src/lib/sflow/datagram.ts'
import { encodeDatagram } from '../../src/lib/sflow/encode.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { counters, hex, ip4, record } from '../attributes/build.ts'

const descr = (hostname: string, more: object = {}) =>
  record(2000, {
    hostname,
    uuid: hex('564dd23c453dacd2fa6485da86713620'),
    machine_type: 3,
    os_name: 2,
    os_release: '6.12',
    ...more,
  })
const adapters = (...list: string[][]) =>
  record(2001, { adapters: list.map((macs, i) => ({ ifIndex: i, mac_address: macs.map((mac) => hex(mac)) })) })

function feed(hosts: HostNames, ...samples: Sample[]): void {
  const bytes = encodeDatagram({ agent: ip4('192.0.2.1'), sub_agent_id: 0, sequence_number: 1, uptime: 1, samples })
  const walker = new Walker(() => {})
  walker.open(bytes, new DataView(bytes.buffer), 0, bytes.length)
  while (walker.nextSample()) hosts.read(walker)
}
const told = (...records: DecodedRecord[]) => counters(records)

test('every address of every adapter', () => {
  const hosts = new HostNames(100)
  feed(hosts, told(descr('gpu-1'), adapters(['020000000001'], [], ['020000000002', '020000000003'])))
  const gpu = {
    host_name: 'gpu-1',
    machine_type: 'x86_64',
    os_name: 'linux',
    os_release: '6.12',
    uuid: '564dd23c-453d-acd2-fa64-85da86713620',
  }
  for (const low of [1, 2, 3]) assert.deepEqual(hosts.find(0x02000000, low), gpu)
  assert.equal(hosts.find(0x02000000, 4), undefined)
  assert.equal(hosts.count, 3)
})

test('what is not known is undefined', () => {
  const hosts = new HostNames(100)
  const unknown = { uuid: new Uint8Array(16), machine_type: 99, os_name: 99, os_release: '' }
  feed(hosts, told(adapters(['020000000001']), descr('', unknown)))
  assert.deepEqual(hosts.find(0x02000000, 1), {
    host_name: undefined,
    machine_type: undefined,
    os_name: undefined,
    os_release: undefined,
    uuid: undefined,
  })
})

test('one record without the other says nothing', () => {
  const hosts = new HostNames(100)
  feed(hosts, told(descr('gpu-1')), told(adapters(['020000000001'])))
  assert.deepEqual([hosts.count, hosts.version], [0, 0])
})

test('the version grows when an answer changes, not when it is told again', () => {
  const hosts = new HostNames(100)
  feed(hosts, told(descr('a'), adapters(['020000000001'])))
  const first = hosts.version
  feed(hosts, told(descr('a'), adapters(['020000000001'])))
  assert.equal(hosts.version, first)
  feed(hosts, told(descr('b'), adapters(['020000000001'])))
  assert.ok(hosts.version > first)
  assert.equal(hosts.find(0x02000000, 1)!.host_name, 'b')
})

test('bounded: the address heard longest ago goes', () => {
  const hosts = new HostNames(2)
  feed(hosts, told(descr('a'), adapters(['020000000001'])), told(descr('b'), adapters(['020000000002'])))
  feed(hosts, told(descr('a'), adapters(['020000000001'])), told(descr('c'), adapters(['020000000003'])))
  assert.equal(hosts.count, 2)
  assert.equal(hosts.find(0x02000000, 1)!.host_name, 'a')
  assert.equal(hosts.find(0x02000000, 2), undefined)
  assert.equal(hosts.find(0x02000000, 3)!.host_name, 'c')
})
