import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDescription } from '../../src/lib/host-agent/records/description.ts'
import { readDisks } from '../../src/lib/host-agent/records/disks.ts'
import { hostRecords } from '../../src/lib/host-agent/records/host-records.ts'
import { interfaceRecords } from '../../src/lib/host-agent/records/interface-records.ts'
import { SystemFiles } from '../../src/lib/host-agent/records/system-files.ts'
import type { DecodedRecord } from '../../src/lib/sflow/datagram.ts'
import { FakeInterfaces, filesOf, hostFiles, hostInterface, loopback, someCounters } from '../helpers/host-tree.ts'

const fieldsOf = (records: readonly DecodedRecord[], tag: number): unknown => {
  const record = records.find((x) => x.tag === tag)
  return record !== undefined && 'fields' in record ? record.fields : undefined
}

const NONE = 0xffffffff

test('all records of a host, out of the texts of its kernel', (t) => {
  const reader = new FakeInterfaces(loopback, hostInterface(2, 'eth0'), hostInterface(3, 'br0', { kind: 'bridge' }))
  const records = hostRecords(filesOf(t, hostFiles), reader, 'arm64')
  assert.deepEqual(
    records.map(({ tag }) => tag),
    [2000, 2001, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010],
  )
  assert.deepEqual(fieldsOf(records, 2000), {
    hostname: 'leaf1',
    uuid: Uint8Array.from(Buffer.from('791d97492b148a30d3a671632afc535f', 'hex')),
    machine_type: 10,
    os_name: 2,
    os_release: '6.12.1-test',
  })
  assert.deepEqual(fieldsOf(records, 2001), {
    adapters: [
      { ifIndex: 2, mac_address: [Uint8Array.of(2, 0, 0, 0, 0, 2)] },
      { ifIndex: 3, mac_address: [Uint8Array.of(2, 0, 0, 0, 0, 3)] },
    ],
  })
  assert.deepEqual(fieldsOf(records, 2003), {
    load_one: 0.5,
    load_five: 1.25,
    load_fifteen: 2.75,
    proc_run: 3,
    proc_total: 127,
    cpu_num: 2,
    cpu_speed: 2596,
    uptime: 35_052,
    cpu_user: 1000,
    cpu_nice: 200,
    cpu_system: 300,
    cpu_idle: 4000,
    cpu_wio: 50,
    cpu_intr: 60,
    cpu_sintr: 70,
    interrupts: 3,
    contexts: 12_345,
    cpu_steal: 80,
    cpu_guest: 90,
    cpu_guest_nice: 100,
  })
  assert.deepEqual(fieldsOf(records, 2004), {
    mem_total: 16_777_216n,
    mem_free: 8_388_608n,
    mem_shared: 262_144n,
    mem_buffers: 524_288n,
    mem_cached: 1_048_576n,
    swap_total: 2_097_152n,
    swap_free: 2_048_000n,
    page_in: 290_128_701,
    page_out: 50_541_428,
    swap_in: 3,
    swap_out: 4,
  })
  // vda and vdb; the partition and the loop device are counted there.
  assert.deepEqual(fieldsOf(records, 2005), {
    disk_total: 0n,
    disk_free: 0n,
    part_max_used: 0,
    reads: 11,
    bytes_read: 1_028_096n,
    read_time: 32,
    writes: 43,
    bytes_written: 315_392n,
    write_time: 74,
  })
  assert.deepEqual(fieldsOf(records, 2006), {
    bytes_in: 4_294_967_297n,
    pkts_in: 1000,
    errs_in: 5,
    drops_in: 19,
    bytes_out: 400_000n,
    packets_out: 2000,
    errs_out: 6,
    drops_out: 8,
  })
  assert.deepEqual(
    Object.values(fieldsOf(records, 2007) as object),
    [1, 64, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
  )
  // Columns that the document has not are passed over: InCsumErrors, InTimestampReps, OutRateLimit*.
  assert.deepEqual(
    Object.values(fieldsOf(records, 2008) as object),
    [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
  )
  assert.deepEqual(Object.values(fieldsOf(records, 2009) as object), [
    1,
    200,
    120_000,
    NONE,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
  ])
  // An older kernel has no InCsumErrors of UDP.
  assert.deepEqual(Object.values(fieldsOf(records, 2010) as object), [1, 2, 3, 4, 5, 6, NONE])
})

test('what a machine does not tell is left out', (t) => {
  const records = hostRecords(filesOf(t, { '/proc/stat': 'cpu 1 2 3 4\n' }), new FakeInterfaces(), 'riscv64')
  assert.deepEqual(
    records.map(({ tag }) => tag),
    [2000, 2001, 2003, 2006],
  )
  assert.deepEqual(fieldsOf(records, 2000), {
    hostname: '',
    uuid: new Uint8Array(16),
    machine_type: 1,
    os_name: 2,
    os_release: '',
  })
  const { load_one, cpu_user, cpu_wio, cpu_num, interrupts } = fieldsOf(records, 2003) as Record<string, number>
  assert.deepEqual([load_one, cpu_user, cpu_wio, cpu_num, interrupts], [-1, 10, NONE, 0, NONE])
})

test('the UUID of the board goes before one made of the machine id', (t) => {
  const files = filesOf(t, {
    ...hostFiles,
    '/sys/class/dmi/id/product_uuid': '03000200-0400-0500-0006-000700080009\n',
  })
  const { uuid } = readDescription(files, 'x64')
  assert.equal(Buffer.from(uuid).toString('hex'), '03000200040005000006000700080009')
})

test('file systems count once a device, and the fullest in hundredths of a percent', () => {
  const sizes = new Map([
    ['/', { blockBytes: 4096, blocks: 1000, free: 400, available: 300 }],
    ['/data disk', { blockBytes: 512, blocks: 100, free: 100, available: 100 }],
  ])
  class Mounted extends SystemFiles {
    override text(path: string): string | undefined {
      if (path === '/proc/diskstats') return ''
      return path === '/proc/mounts'
        ? '/dev/vda / ext4 rw 0 0\n/dev/vda /var ext4 rw 0 0\n/dev/vdb /data\\040disk ext4 rw 0 0\n/dev/loop3 /snap squashfs ro 0 0\nserver:/x /x nfs rw 0 0\n'
        : undefined
    }
    override size(path: string) {
      return sizes.get(path)
    }
  }
  const { disk_total, disk_free, part_max_used } = readDisks(new Mounted())!
  // 600 of 900 that users can have.
  assert.deepEqual([disk_total, disk_free, part_max_used], [4_147_200n, 1_689_600n, 6667])
})

test('counters of a card, of a veth, and of one that is down', () => {
  const line = { speed: 10_000_000_000, duplex: 'full' } as const
  const card = interfaceRecords(hostInterface(2, 'eth0'), line, someCounters)
  assert.deepEqual(
    card.map(({ tag }) => tag),
    [1, 1005, 2],
  )
  assert.deepEqual(fieldsOf(card, 1), {
    ifIndex: 2,
    ifType: 6,
    ifSpeed: 10_000_000_000n,
    ifDirection: 1,
    ifStatus: 3,
    ifInOctets: 0x1_0000_0001n,
    ifInUcastPkts: 991,
    ifInMulticastPkts: 9,
    ifInBroadcastPkts: NONE,
    ifInDiscards: 19,
    ifInErrors: 5,
    ifInUnknownProtos: NONE,
    ifOutOctets: 400_000n,
    ifOutUcastPkts: 2000,
    ifOutMulticastPkts: NONE,
    ifOutBroadcastPkts: NONE,
    ifOutDiscards: 8,
    ifOutErrors: 6,
    ifPromiscuousMode: 0,
  })
  assert.deepEqual(fieldsOf(card, 1005), { name: 'eth0' })
  assert.deepEqual(Object.values(fieldsOf(card, 2) as object), [
    11,
    10,
    NONE,
    NONE,
    15,
    NONE,
    16,
    13,
    NONE,
    14,
    NONE,
    NONE,
    NONE,
  ])
  const down = hostInterface(7, 'veth1', { kind: 'veth', isUp: false, isRunning: false, isPromiscuous: true })
  const veth = interfaceRecords(down, { speed: undefined, duplex: undefined }, someCounters)
  assert.deepEqual(
    veth.map(({ tag }) => tag),
    [1, 1005],
  )
  const { ifSpeed, ifDirection, ifStatus, ifPromiscuousMode } = fieldsOf(veth, 1) as Record<string, unknown>
  assert.deepEqual([ifSpeed, ifDirection, ifStatus, ifPromiscuousMode], [0n, 0, 0, 1])
})

test('many adapters are cut so that the host fits one datagram, cards first', (t) => {
  const many = Array.from({ length: 100 }, (_, i) => hostInterface(i + 2, `veth${i}`, { kind: 'veth' }))
  const records = hostRecords(filesOf(t, hostFiles), new FakeInterfaces(...many, hostInterface(102, 'eth0')), 'x64')
  const { adapters } = fieldsOf(records, 2001) as { adapters: { ifIndex: number }[] }
  assert.deepEqual([adapters.length, adapters[0]!.ifIndex, adapters[1]!.ifIndex], [32, 102, 2])
})
