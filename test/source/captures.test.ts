// The captures of ../shared: frames and datagrams as other decoders counted them, and pcap-parser as second witness of
// every packet and byte of the files that it can read (classic pcap in microseconds).

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type ReadFrame, readCapture, readFrames } from '../helpers/read-captures.ts'
import { sharedJson, sharedPath } from '../helpers/shared.ts'

interface Expected {
  readonly frames?: number | null
  readonly container?: { readonly frames: number }
  readonly tshark?: { readonly datagrams: number } | null
  readonly sflowtool?: { readonly datagrams: number } | null
  readonly agree?: boolean
}

const root = sharedPath('captures')
const files = Object.entries(
  sharedJson<{ files: Record<string, Expected> }>('captures/expected.json')?.files ?? {},
).filter(([name]) => !name.startsWith('topology/'))

/** Where tshark's number of frames is not the number of packets. */
const otherFrames: Readonly<Record<string, readonly [frames: number, why: string]>> = {
  'malformed/libpcap-brcm-tag.pcap': [15, 'tshark 4.0 does not know link type 281 and stops; tcpdump reads 15'],
  'malformed/libpcap-brcm-tag-stp.pcap': [4, 'the same; tcpdump reads 4'],
  'malformed/tcpdump-hoobr_juniper3.pcap': [
    1,
    'a Juniper link type whose header is too short for tshark; one record of 6 bytes',
  ],
  'malformed/tcpdump-juniper_es_oobr.pcap': [1, 'the same; one record of 5 bytes'],
  'malformed/tcpdump-juniper_monitor_invalid_cookie_length.pcap': [1, 'the same; one record of 82 bytes'],
  'packets/pcapng-be-test018.pcapng': [4, 'tshark shows the 4 custom blocks as frames'],
  'packets/pcapng-be-test102.pcapng': [5, 'the same, 3 custom blocks'],
  'packets/pcapng-le-test017.pcapng': [0, 'the same, nothing but 4 custom blocks'],
  'packets/pcapng-le-test202.pcapng': [8, 'the same, 3 custom blocks'],
}

/** Datagrams where the two decoders disagree, judged from the bytes. */
const judgedDatagrams: Readonly<Record<string, readonly [datagrams: number, why: string]>> = {
  'malformed/derived-overflowd-snaplen128.pcap': [
    40,
    'sflowtool refuses what the snaplen cut; 40 UDP packets to 6343 are there',
  ],
  'malformed/tcpdump-sflow-print-segv.pcap': [1, 'UDP length 16 of 896 bytes of IP: one payload of 8 bytes'],
  'sflow/derived-overflowd-ipfrag.pcap': [12, 'sflowtool counts the 36 fragments; 12 datagrams of three'],
  'sflow/gopacket-appresources-ovsdp.pcap': [1, 'they differ on records only'],
  'sflow/gopacket-portname-openflow.pcap': [1, 'they differ on records only'],
  'sflow/tcpdump-multiple-counter-30-pdus.pcap': [
    30,
    'tshark leaves 5 that are not sFlow 5 as UDP; all 30 packets go to 6343',
  ],
  'sflow/telegraf-v5-example.pcap': [1, 'they differ on records only'],
}

/** What must be damage, and nothing else may be. */
const damaged: Readonly<Record<string, readonly string[]>> = {
  'malformed/derived-tcpdump-v6-truncated-file.pcap': ['packet cut'],
  'packets/nanosecond_pcap-fuzz-2021-10-13.pcap': ['packet time', 'packet header cut'],
  'packets/nanosecond_pcap-timestamp_invalid_nano.pcap': ['packet time'],
}

describe('captures of others', { skip: root === undefined && '../shared/captures is not there' }, () => {
  test('frames and damage of every file', async () => {
    for (const [name, expected] of files) {
      const { frames, issues } = await readFrames(join(root!, name))
      const [count] = otherFrames[name] ?? [expected.frames ?? expected.container?.frames]
      assert.equal(frames.length, count, name)
      assert.deepEqual(
        issues.map((issue) => issue.kind),
        // The version 2.0 of the fuzzed file is before the lengths changed places.
        damaged[name] ?? [],
        name,
      )
    }
    assert.ok(files.length > 200, `${files.length} files`)
    process.stdout.write(`frames compared in ${files.length} captures, ${Object.keys(otherFrames).length} explained\n`)
  })

  test('datagrams of every sFlow capture', async () => {
    let compared = 0
    for (const [name, expected] of files) {
      const { tshark, sflowtool, agree } = expected
      if (!tshark || !sflowtool) continue
      const { datagrams, report } = await readCapture(join(root!, name))
      const want = agree === true ? sflowtool.datagrams : judgedDatagrams[name]?.[0]
      assert.equal(datagrams.length, want, name)
      assert.equal(report.datagrams, want, name)
      compared++
    }
    assert.ok(compared >= 44, `${compared} captures`)
  })

  test('datagrams of the captures of agents', async () => {
    const agents = sharedJson<{ files: Record<string, { byte_walk: { datagrams: number } }> }>(
      'captures/agents/expected.json',
    )
    for (const [name, expected] of Object.entries(agents?.files ?? {})) {
      const { datagrams, report } = await readCapture(join(root!, 'agents', name))
      assert.equal(datagrams.length, expected.byte_walk.datagrams, name)
      assert.deepEqual([report.packets, report.issues, [...report.skipped]], [datagrams.length, [], []], name)
    }
    assert.equal(Object.keys(agents?.files ?? {}).length, 3)
  })

  test('the same datagrams in pcap, nanosecond pcap and pcapng', async () => {
    const [plain, nano, next] = await Promise.all(
      ['tcpdump-sflow-print-v6.pcap', 'derived-tcpdump-v6-ns.pcap', 'derived-tcpdump-v6.pcapng'].map((name) =>
        readCapture(join(root!, 'sflow', name)),
      ),
    )
    assert.equal(plain!.datagrams.length, 25)
    assert.deepEqual(nano!.datagrams, plain!.datagrams)
    assert.deepEqual(next!.datagrams, plain!.datagrams)
  })

  test('the same datagrams under other link headers, on IPv6 and in fragments', async () => {
    const all = await readCapture(join(root!, 'sflow/overflowd-1-600.pcap'))
    const want = digest(all.datagrams.slice(100, 112).map((datagram) => datagram.hex))
    for (const kind of ['ipfrag', 'ipv6', 'qinq', 'sll', 'sll2', 'vlan']) {
      const { datagrams } = await readCapture(join(root!, `sflow/derived-overflowd-${kind}.pcap`))
      assert.equal(digest(datagrams.map((datagram) => datagram.hex)), want, kind)
    }
  })

  test('pcap-parser gives the same packets and bytes', async () => {
    let compared = 0
    let packets = 0
    for (const [name] of files) {
      const magic = readFileSync(join(root!, name)).subarray(0, 8).toString('hex')
      // Only these are what it reads: microseconds, version 2.4.
      if (magic !== 'd4c3b2a102000400' && magic !== 'a1b2c3d400020004') continue
      const { frames } = await readFrames(join(root!, name))
      const witness = await witnessed(join(root!, name))
      assert.equal(frames.length, witness.length, name)
      assert.deepEqual(frames.map(summary), witness.map(summary), name)
      compared++
      packets += frames.length
    }
    assert.ok(compared > 150, `${compared} files`)
    process.stdout.write(`pcap-parser compared: ${packets} packets of ${compared} captures\n`)
  })
})

const digest = (value: unknown) => createHash('sha1').update(JSON.stringify(value)).digest('hex')
const summary = ({ time, wire, hex }: Omit<ReadFrame, 'link'>) => `${time} ${wire} ${hex.length / 2} ${digest(hex)}`

interface ParserPacket {
  readonly header: {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly originalLength: number
  }
  readonly data: Buffer
}
interface Parser {
  on(event: 'packet', listener: (packet: ParserPacket) => void): void
  on(event: 'end', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
}

/** What pcap-parser reads of a file. */
function witnessed(path: string): Promise<Omit<ReadFrame, 'link'>[]> {
  const { parse } = createRequire(import.meta.url)('pcap-parser') as { parse(path: string): Parser }
  return new Promise((resolve, reject) => {
    const packets: Omit<ReadFrame, 'link'>[] = []
    const parser = parse(path)
    parser.on('packet', ({ header, data }) => {
      const nanoseconds = String(header.timestampMicroseconds * 1000).padStart(9, '0')
      packets.push({
        time: `${header.timestampSeconds}.${nanoseconds}`,
        wire: header.originalLength,
        hex: data.toString('hex'),
      })
    })
    parser.on('end', () => resolve(packets))
    parser.on('error', reject)
  })
}
