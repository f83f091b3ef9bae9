// /proc, /sys and /etc of a made-up host, for tests of what is told of it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { HostInterface, InterfaceChange, InterfaceCounters } from '../../src/lib/host-agent/host-interface.ts'
import { SystemFiles } from '../../src/lib/host-agent/records/system-files.ts'

/** Texts by path. */
export const hostFiles: Readonly<Record<string, string>> = {
  '/proc/sys/kernel/hostname': 'leaf1\n',
  '/proc/sys/kernel/osrelease': '6.12.1-test\n',
  '/proc/stat': [
    'cpu  100 20 30 400 5 6 7 8 9 10',
    'cpu0 50 10 15 200 2 3 3 4 4 5',
    'cpu1 50 10 15 200 3 3 4 4 5 5',
    'intr 4294967299 0 1 2',
    'ctxt 12345',
    'btime 1700000000',
    '',
  ].join('\n'),
  '/proc/loadavg': '0.50 1.25 2.75 3/127 4711\n',
  '/proc/uptime': '35052.17 23939.01\n',
  '/proc/cpuinfo': 'processor\t: 0\ncpu MHz\t\t: 2596.144\n',
  '/proc/meminfo': [
    'MemTotal:       16384 kB',
    'MemFree:         8192 kB',
    'Buffers:          512 kB',
    'Cached:          1024 kB',
    'SwapCached:         1 kB',
    'SwapTotal:       2048 kB',
    'SwapFree:        2000 kB',
    'Shmem:            256 kB',
    '',
  ].join('\n'),
  '/proc/vmstat': 'nr_free_pages 5\npgpgin 290128701\npgpgout 50541428\npswpin 3\npswpout 4\n',
  '/proc/diskstats': [
    ' 254       0 vda 10 1 2000 30 40 5 600 70 0 80 90 0 0 0 0 0 0',
    ' 254       1 vda1 9 1 1900 29 39 5 590 69 0 79 89 0 0 0 0 0 0',
    '   7       0 loop0 1000 0 8000 1 0 0 0 0 0 1 1 0 0 0 0 0 0',
    ' 254      16 vdb 1 0 8 2 3 0 16 4 0 5 6 0 0 0 0 0 0',
    '',
  ].join('\n'),
  '/sys/block/vda/size': '1\n',
  '/sys/block/vdb/size': '1\n',
  '/sys/block/loop0/size': '1\n',
  '/proc/mounts': 'proc /proc proc rw 0 0\ntmpfs /run tmpfs rw 0 0\nserver:/home /home nfs rw 0 0\n',
  '/proc/net/snmp': [
    'Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits',
    'Ip: 1 64 4294967297 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18',
    'Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps',
    'Icmp: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29',
    'IcmpMsg: InType3 OutType3',
    'IcmpMsg: 353633 353616',
    'Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors',
    'Tcp: 1 200 120000 -1 5 6 7 8 9 10 11 12 13 14 15',
    'Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors',
    'Udp: 1 2 3 4 5 6',
    '',
  ].join('\n'),
  '/etc/machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4\n',
}

/** Files below a folder of their own; removed behind the test. */
export function filesOf(t: TestContext, texts: Readonly<Record<string, string>>): SystemFiles {
  const root = mkdtempSync(join(tmpdir(), 'sonde-host-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(root + path), { recursive: true })
    writeFileSync(root + path, text)
  }
  return new SystemFiles(root)
}

/** A card, up. */
export function hostInterface(index: number, name: string, change: Partial<HostInterface> = {}): HostInterface {
  return {
    index,
    name,
    kind: '',
    interfaceType: 6,
    hasEthernet: true,
    mac: Uint8Array.of(2, 0, 0, 0, 0, index),
    isUp: true,
    isRunning: true,
    isLoopback: false,
    isPromiscuous: false,
    ...change,
  }
}

export const loopback = hostInterface(1, 'lo', { interfaceType: 24, isLoopback: true, mac: new Uint8Array(0) })

/** Each counter another number. */
export const someCounters: InterfaceCounters = {
  rxPackets: 1000n,
  txPackets: 2000n,
  rxBytes: 0x1_0000_0001n,
  txBytes: 400_000n,
  rxErrors: 5n,
  txErrors: 6n,
  rxDropped: 7n,
  txDropped: 8n,
  multicast: 9n,
  rxCrcErrors: 10n,
  rxFrameErrors: 11n,
  rxMissedErrors: 12n,
  txAbortedErrors: 13n,
  txCarrierErrors: 14n,
  txHeartbeatErrors: 15n,
  txWindowErrors: 16n,
}

/** Interfaces that come and go by the hand of a test. */
export class FakeInterfaces {
  readonly ports: HostInterface[]
  counted = someCounters
  isClosed = false
  #changes: InterfaceChange[] = []

  constructor(...ports: HostInterface[]) {
    this.ports = ports
  }

  come(port: HostInterface): void {
    this.ports.push(port)
    this.#changes.push({ kind: 'come', now: port })
  }

  go(index: number): void {
    const [before] = this.ports.splice(this.#at(index), 1)
    this.#changes.push({ kind: 'gone', before: before! })
  }

  change(now: HostInterface): void {
    const at = this.#at(now.index)
    this.#changes.push({ kind: 'changed', before: this.ports[at]!, now })
    this.ports[at] = now
  }

  all(): readonly HostInterface[] {
    return this.ports
  }

  changes(): readonly InterfaceChange[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  counters(index: number): InterfaceCounters | undefined {
    return this.#at(index) < 0 ? undefined : this.counted
  }

  line() {
    return { speed: 10_000_000_000, duplex: 'full' } as const
  }

  close(): void {
    this.isClosed = true
  }

  #at(index: number): number {
    return this.ports.findIndex((port) => port.index === index)
  }
}
